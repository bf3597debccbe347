"""Runs on one output, without Prefect: nothing twice, nothing lost, whatever happens in between."""

from __future__ import annotations

import json
import os
import random
import signal
import subprocess
import sys
import time
from collections import Counter
from pathlib import Path

import pytest
import zstandard

import flows.closing
from flows.apart import clean_batch
from flows.ledger import Ledger
from flows.lock import LockedError, locked
from flows.outputs import OutputError
from flows.session import Settings, opened
from flows.sources import find_sources
from pipeline.record import from_json

ROOT = Path(__file__).parent.parent
TEXT = (
    "{n}: A headline about place {n}\n\nBy Jane Doe\n\n"
    + "This is a sentence about the matter at hand, and it is long enough. " * 3
)


def once(source: Path, output: Path, limit: int = 1 << 30, **how: object) -> Counter[str]:
    """A run in this process; it stops short after some batches, as if it was killed there."""
    settings = Settings.of(str(source), str(output), **{"runner": "thread", "batch": 7, **how})
    sources = find_sources(settings.inputs)
    outcomes: Counter[str] = Counter()
    with opened(settings) as session:
        for number, work in enumerate(session.batches(sources, Counter())):
            if number == limit:
                return outcomes
            if not session.is_done(work):
                clean_batch(work)
                outcomes["cleaned"] += work.documents
        session.close(outcomes)
        return outcomes + Counter(session.unchanged())


def dump(path: Path, numbers: range, extra: str = "") -> Path:
    path.parent.mkdir(exist_ok=True)
    rows = ({"id": f"d{n}", "text": "" if n == 3 else TEXT.format(n=n) + extra} for n in numbers)
    path.write_text("".join(json.dumps(row) + "\n" for row in rows))
    return path


def state(output: Path) -> dict[str, bytes]:
    """All that a run has written, but for the ledger."""
    files = (path for path in output.rglob("*") if path.is_file())
    return {str(path.relative_to(output)): path.read_bytes() for path in files if ".copydesk/l" not in str(path)}


def members(output: Path) -> list[str | None]:
    found = []
    for path in sorted(output.glob("part-*.jsonl.zst")):
        with zstandard.ZstdDecompressor().stream_reader(path.read_bytes()) as stream:
            found += [from_json(line).source.member for line in stream.read().splitlines()]
    found += [from_json(path.read_bytes()).source.member for path in sorted(output.rglob("*.json"))]
    return found


@pytest.mark.parametrize("form", ["json", "jsonl"])
def test_only_what_is_new_is_cleaned(tmp_path: Path, form: str) -> None:
    source, out = dump(tmp_path / "in" / "dump.jsonl", range(20)), tmp_path / "out"
    assert once(source, out, format=form)["cleaned"] == 20
    before = state(out)
    assert once(source, out) == {"documents": 20}
    assert state(out) == before
    dump(source, range(25))
    assert once(source, out) == {"cleaned": 5, "documents": 20}
    assert members(out) == [f"d{n}" for n in range(25)]
    assert before.items() - {("MANIFEST", before["MANIFEST"])} <= state(out).items()
    os.utime(source)
    assert once(source, out) == {"documents": 25}


@pytest.mark.parametrize("form", ["json", "jsonl", "parquet"])
def test_a_changed_document_takes_the_place_of_its_record(tmp_path: Path, form: str) -> None:
    source, out = dump(tmp_path / "in" / "dump.jsonl", range(20)), tmp_path / "out"
    once(source, out, format=form)
    lines = source.read_text().splitlines(keepends=True)
    source.write_text("".join([*lines[:4], lines[5].replace("d5", "d4b"), *lines[5:18]]))
    assert once(source, out)["cleaned"] == 1
    expected = ["d0", "d1", "d2", "d3", "d5", "d6"]
    manifest = json.loads((out / "MANIFEST").read_bytes())
    assert manifest["documents"] == 18
    if form == "json":
        assert sorted(p.name for p in out.rglob("*.json")) == sorted(
            f"{n + 1:06d}-d{'4b' if n == 4 else n}.json" for n in range(18)
        )
    elif form == "jsonl":
        found = members(out)
        assert sorted(map(str, found)) == sorted("d4b" if n == 4 else f"d{n}" for n in range(18))
        assert found[:6] == expected
        assert {part["place"] for part in manifest["files"]} == {p.name for p in out.glob("part-*")}
    else:
        import pyarrow.parquet

        tables = [pyarrow.parquet.read_table(path) for path in sorted(out.glob("part-*.parquet"))]
        assert sum(table.num_rows for table in tables) == 18
        assert tables[0]["member"].to_pylist() == expected
        assert from_json(tables[0]["record"][0].as_py().encode()).source.member == "d0"


@pytest.mark.parametrize("form", ["json", "jsonl"])
def test_a_run_that_was_stopped_is_finished_with_the_same_bytes(tmp_path: Path, form: str) -> None:
    source = dump(tmp_path / "in" / "dump.jsonl", range(40)).parent
    (source / "one.txt").write_text(TEXT.format(n=99))
    once(source, tmp_path / "whole", format=form)
    for limit in (0, 1, 3, 5):
        out = tmp_path / f"out{limit}"
        once(source, out, limit, format=form)
        assert not (out / "MANIFEST").exists()
        assert once(source, out, format=form)["cleaned"] == 41 - 7 * limit
        assert state(out) == state(tmp_path / "whole")


def test_a_run_that_was_stopped_while_it_was_closed(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    source = dump(tmp_path / "in" / "dump.jsonl", range(20))
    once(source, tmp_path / "whole", format="jsonl")
    entered = Ledger.enter
    calls: list[int] = []

    def enter(self: Ledger, *args: object) -> None:
        calls.append(1)
        if len(calls) == 2:
            raise KeyboardInterrupt
        entered(self, *args)  # type: ignore[arg-type]

    monkeypatch.setattr(Ledger, "enter", enter)
    with pytest.raises(KeyboardInterrupt):
        once(source, tmp_path / "out", format="jsonl")
    monkeypatch.undo()
    assert once(source, tmp_path / "out") == {"documents": 20}
    assert state(tmp_path / "out") == state(tmp_path / "whole")


def test_a_run_that_was_stopped_and_another_that_does_something_else(tmp_path: Path) -> None:
    source, other = dump(tmp_path / "in" / "dump.jsonl", range(30)), dump(tmp_path / "other" / "other.jsonl", range(100, 110))
    out = tmp_path / "out"
    once(source, out, 2, format="jsonl")
    once(other, out)
    assert sorted(map(str, members(out))) == sorted(f"d{n}" for n in [*range(14), *range(100, 110)])
    once(source, out)
    assert sorted(map(str, members(out))) == sorted(f"d{n}" for n in [*range(30), *range(100, 110)])
    with Ledger_of(out) as ledger:
        assert [run.state for run in ledger.runs()] == ["interrupted", "finished", "finished"]


def Ledger_of(out: Path):  # noqa: N802
    from contextlib import closing

    return closing(Ledger(f"sqlite:///{out}/.copydesk/ledger.sqlite"))


def test_rejected_documents_are_tried_again_when_asked(tmp_path: Path) -> None:
    source, out = dump(tmp_path / "in" / "dump.jsonl", range(10)), tmp_path / "out"
    once(source, out)
    with Ledger_of(out) as ledger:
        assert ledger.counts()["outcomes"] == {"empty": 1, "ok": 9}
        assert ledger.forget_rejected("blank") == []
        [settings] = ledger.forget_rejected("empty")
        assert settings["inputs"] == [str(source)]
    assert once(source, out) == {"cleaned": 1, "documents": 9}
    assert once(source, out) == {"documents": 10}


def test_a_new_version_cleans_again_when_asked(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    source, out = dump(tmp_path / "in" / "dump.jsonl", range(10)), tmp_path / "out"
    once(source, out)
    for module in ("flows.ledger", "flows.news", "flows.session"):
        monkeypatch.setattr(f"{module}.MADE_BY", "another")
    assert once(source, out) == {"documents": 10}
    assert once(source, out, refresh=True) == {"cleaned": 10}
    assert once(source, out, refresh=True) == {"documents": 10}
    assert len(members(out)) == 10


def test_a_record_that_was_taken_away_is_made_again(tmp_path: Path) -> None:
    source, out = dump(tmp_path / "in" / "dump.jsonl", range(20)), tmp_path / "out"
    once(source, out, format="jsonl")
    before = members(out)
    next(iter(sorted(out.glob("part-*")))).unlink()
    assert once(source, out) == {"cleaned": 7, "documents": 13}
    assert sorted(map(str, members(out))) == sorted(map(str, before))


def test_another_run_on_the_output_is_told_who_works_there(tmp_path: Path) -> None:
    (tmp_path / "state").mkdir()
    with locked(tmp_path / "state"), pytest.raises(LockedError, match=f"process {os.getpid()} on"), locked(tmp_path / "state"):
        pass
    with locked(tmp_path / "state"):
        pass


def test_an_output_keeps_its_format(tmp_path: Path) -> None:
    source, out = dump(tmp_path / "in" / "dump.jsonl", range(3)), tmp_path / "out"
    once(source, out)
    with pytest.raises(OutputError, match="are json"):
        once(source, out, format="jsonl")


def test_two_folders_with_the_same_names_have_records_of_their_own(tmp_path: Path) -> None:
    one, other = dump(tmp_path / "one" / "dump.jsonl", range(4)), dump(tmp_path / "other" / "dump.jsonl", range(4, 8))
    for folder in (one.parent, other.parent):
        (folder / "page.txt").write_text(TEXT.format(n=folder.name))
        once(folder, tmp_path / "out")
    names = [path.name for path in tmp_path.glob("out/*")]
    assert len(names) == len(set(names)) == 6
    assert len(members(tmp_path / "out")) == 10
    assert once(other.parent, tmp_path / "out") == {"documents": 5}


def test_a_folder_that_was_moved_keeps_the_places_of_its_records(tmp_path: Path) -> None:
    once(dump(tmp_path / "one" / "dump.jsonl", range(4)).parent, tmp_path / "out")
    before = state(tmp_path / "out")
    (tmp_path / "one").rename(tmp_path / "other")
    assert once(tmp_path / "other", tmp_path / "out") == {"cleaned": 4}
    assert state(tmp_path / "out") == before
    assert once(tmp_path / "other", tmp_path / "out") == {"documents": 4}


def test_many_documents_share_files(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("flows.session.SMALL", 15)
    source, out = dump(tmp_path / "in" / "dump.jsonl", range(20)), tmp_path / "out"
    once(source, out)
    assert len(list(out.glob("part-000001-00000?.jsonl.zst"))) == 3
    assert json.loads((out / "MANIFEST").read_bytes())["format"] == "jsonl"


KILLED = """
import sys
from pathlib import Path
sys.path[:0] = [{root!r}, {tests!r}]
from test_session import once
once(Path({source!r}), Path({out!r}), format="jsonl", runner={runner!r})
"""


@pytest.mark.parametrize("runner", ["thread", "process:1"])
def test_kill_9_at_any_moment_loses_nothing(tmp_path: Path, runner: str) -> None:
    source = dump(tmp_path / "in" / "dump.jsonl", range(150))
    once(source, tmp_path / "whole", format="jsonl")
    chance = random.Random(7)
    for n in range(2):
        out = tmp_path / f"out{n}"
        names = {"root": str(ROOT), "tests": str(ROOT / "tests"), "source": str(source), "out": str(out), "runner": runner}
        command = [sys.executable, "-c", KILLED.format(**names)]
        for _ in range(3):
            with subprocess.Popen(command) as process:
                wait_for(out / ".copydesk" / "lock")
                time.sleep(chance.uniform(0.0, 1.5))
                process.send_signal(signal.SIGKILL)
        once(source, out, format="jsonl")
        assert state(out) == state(tmp_path / "whole")


def wait_for(path: Path) -> None:
    ends = time.monotonic() + 60
    while not path.exists() and time.monotonic() < ends:
        time.sleep(0.01)


def test_tidying_up_can_be_stopped_and_done_again(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    source, out = dump(tmp_path / "in" / "dump.jsonl", range(20)), tmp_path / "out"
    once(source, out, format="jsonl")
    dump(source, range(18), "changed")

    def stop(*_: object) -> bytes:
        raise KeyboardInterrupt

    monkeypatch.setattr(flows.closing, "manifest", stop)
    with pytest.raises(KeyboardInterrupt):
        once(source, out)
    monkeypatch.undo()
    once(source, out)
    assert members(out) == ["d3", *(f"d{n}" for n in range(18) if n != 3)]  # d3 is empty as before, and stays where it was
    assert [path.name for path in out.glob("part-000001-*")] == ["part-000001-000001-2.jsonl.zst"]


def test_how_much_there_is_to_do_is_judged_by_the_files_seen(tmp_path: Path) -> None:
    source = dump(tmp_path / "in" / "a.jsonl", range(20)).parent
    dump(source / "b.jsonl", range(20))
    settings = Settings.of(str(source), str(tmp_path / "out"), runner="thread", batch=7, format="jsonl")
    with opened(settings) as session:
        assert session.expected() is None
        told = [session.expected() for _ in session.batches(find_sources(settings.inputs), Counter())]
    assert told == [None, None, 42.0, 56.0, 70.0, 40.0]
