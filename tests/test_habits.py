"""Habits of the command line: help with examples, completion, quiet and JSON, standard streams, Ctrl-C."""

from __future__ import annotations

import json
import os
import re
import shlex
import signal
import subprocess
import sys
from collections import Counter
from collections.abc import Callable, Iterator
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import click
import pytest
from conftest import Command

import pipeline
from flows import cli
from flows.batch import Job
from flows.interrupt import Interrupt
from flows.parts import made
from flows.readers.entry import Origin, document
from flows.readers.limits import Options
from flows.run import Counts, Report, summary
from flows.slices import plan
from flows.sources import find_sources
from flows.terminal import make_console
from flows.work import Made

ROOT = Path(__file__).parent.parent


@pytest.mark.parametrize("name", sorted(cli.cli.commands))
def test_every_help_has_examples_that_the_command_understands(name: str) -> None:
    command = cli.cli.commands[name]
    examples = re.findall(r"copydesk ([^|>\n]+)", command.epilog or "")
    assert examples, f"copydesk {name} --help teaches nothing"
    for example in examples:
        words = shlex.split(example)
        other = cli.cli.commands[words[0]]
        known = {option for parameter in other.params for option in [*parameter.opts, "-h", "--help"]}
        assert [word for word in words if word.startswith("-") and word != "-" and word not in known] == []


@pytest.mark.parametrize("shell", ["bash", "zsh", "fish"])
def test_completion_is_a_script_for_the_shell(copydesk: Command, shell: str, tmp_path: Path) -> None:
    result = copydesk("completion", shell)
    assert result.status == 0
    assert "_COPYDESK_COMPLETE" in result.out
    if shell == "bash":
        (tmp_path / "script").write_text(result.out)
        assert subprocess.run(["bash", "-n", tmp_path / "script"], check=False).returncode == 0


def test_what_is_typed_is_completed() -> None:
    env = os.environ | {"_COPYDESK_COMPLETE": "bash_complete", "COMP_WORDS": "copydesk re", "COMP_CWORD": "1"}
    done = subprocess.run([sys.executable, "-m", "flows"], cwd=ROOT, env=env, capture_output=True, text=True, check=False)
    assert done.stdout.split() == ["plain,report", "plain,retry"]


def row_of(record: pipeline.Record) -> Made:
    """The row of a record."""
    return made(Job("a.json", document(b"", Origin("a.txt"), "text/plain")), record, "a.json", 0, b"")


def flow_of(*documents: bytes) -> Callable[..., Counts]:
    """A flow that cleans these documents without Prefect."""

    def flow(_i: object, _o: object, done: Callable[[list[Made]], None], _options: object, **_: object) -> Counts:
        records = [pipeline.clean(data, name=f"{n}.txt") for n, data in enumerate(documents)]
        for record in records:
            done([row_of(record)])
        rejected = sum(record.status == "rejected" for record in records)
        outcomes = {"ok": len(records) - rejected} | ({"empty": rejected} if rejected else {})
        return {"outcomes": outcomes, "formats": {"text": len(records)}, "skipped": {}}

    return flow


def test_a_quiet_run_says_nothing(copydesk: Command, raw: list[Path], tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(cli, "clean_all", flow_of(b"Some words.", b""))
    assert copydesk("run", raw[0], raw[1], "-o", tmp_path, "--quiet") == (1, "", "")


def test_a_run_sums_up_as_json(copydesk: Command, raw: list[Path], tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(cli, "clean_all", flow_of(b"Some words.", b""))
    result = copydesk("run", raw[0], raw[1], "-o", tmp_path, "--json", "--quiet")
    assert (result.status, result.err) == (1, "")
    assert json.loads(result.out) == {"documents": 2, "ok": 1, "rejected": {"empty": 1}} | {
        "formats": {"text": 2},
        "skipped": {},
        "unchanged": 0,
        "output": str(tmp_path),
    }


def test_progress_tells_the_rate(copydesk: Command, raw: list[Path], tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(cli, "clean_all", flow_of(*[b"Some words."] * 150))
    said = copydesk("run", raw[0], "-o", tmp_path / "out").err
    assert re.search(r"cleaned 100 documents so far, [\d,.]+/s\n", said)
    assert "cleaned 150 documents\n" in said


@pytest.mark.parametrize(
    ("expected", "elapsed", "said"),
    [(None, 60, ""), (300, 30, "about 60 s left"), (1000, 28, "about 4 minutes left"), (5000, 30, ""), (100, 30, "")],
)
def test_time_left_is_told_when_it_can_be(
    expected: float | None, elapsed: float, said: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    report = Report(make_console(), 9, quiet=True)
    report.counts["ok"] = 100
    report.expect(expected)
    monkeypatch.setattr("flows.run.monotonic", lambda: report.began + elapsed)
    assert report.left() == said


def test_verify_reads_a_record_from_standard_input(copydesk: Command, raw: list[Path]) -> None:
    record = copydesk("clean", raw[0]).out.encode()
    assert copydesk("verify", "-", "--against", raw[0], stdin=record).status == 0


def test_after_ctrl_c_no_batch_is_begun(monkeypatch: pytest.MonkeyPatch) -> None:
    """The signal comes while the second and third batch are under way; both end, and no other is begun."""
    from flows import clean_dump

    said: list[str] = []
    begun: list[str] = []
    future = SimpleNamespace(result=lambda: None, add_done_callback=lambda call: call(future))

    def batches() -> Iterator[str]:
        for number in range(5):
            if number == 3:
                os.kill(os.getpid(), signal.SIGINT)
            yield str(number)

    monkeypatch.setattr(clean_dump, "clean_batch", SimpleNamespace(submit=lambda work: begun.append(work) or future))
    monkeypatch.setattr(clean_dump, "_report", lambda _session, work, _shown: work)
    session: Any = SimpleNamespace(is_done=lambda work: False)
    runner: Any = SimpleNamespace(workers=2)
    before = signal.getsignal(signal.SIGINT)
    done: list[object] = []
    works: Any = batches()
    shown: Any = None
    with pytest.raises(KeyboardInterrupt), Interrupt(said.append):
        done.extend(clean_dump.each_done(session, runner, works, shown))
    assert signal.getsignal(signal.SIGINT) is before
    assert said == ["finishing the documents at hand; Ctrl-C again stops at once"]
    assert begun == done == ["0", "1", "2"]


def test_ctrl_c_is_heard_while_documents_are_counted(tmp_path: Path) -> None:
    (tmp_path / "rows.jsonl").write_text('{"text": "Words"}\n' * 10)
    batches = plan(find_sources([str(tmp_path)]), Options(), Counter())
    with Interrupt(str):
        os.kill(os.getpid(), signal.SIGINT)
        with pytest.raises(KeyboardInterrupt):
            next(batches)


def test_a_second_ctrl_c_stops_at_once() -> None:
    def press_twice(interrupt: Interrupt) -> None:
        interrupt.check()
        os.kill(os.getpid(), signal.SIGINT)
        assert interrupt.asked
        os.kill(os.getpid(), signal.SIGINT)
        pytest.fail("the second one was not heard")

    with pytest.raises(KeyboardInterrupt), Interrupt(str) as interrupt:
        press_twice(interrupt)


def test_an_interrupted_run_says_how_to_go_on(
    copydesk: Command, raw: list[Path], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def flow(_i: object, _o: object, done: Callable[[list[Made]], None], _options: object, **_: object) -> Counts:
        done([row_of(pipeline.clean(b"Some words."))])
        raise KeyboardInterrupt

    monkeypatch.setattr(cli, "clean_all", flow)
    result = copydesk("run", raw[0], raw[1], "-o", tmp_path)
    assert result.status == 130
    assert "1 record written, each whole; run the same command again to go on" in result.err


def test_exit_statuses_are_documented() -> None:
    page = (ROOT / "docs" / "command-line.md").read_text()
    statuses = {cli.REJECTED, cli.FlowError.exit_code, cli.INTERRUPTED, cli.CallError.exit_code, 0}
    assert {int(found) for found in re.findall(r"^\| (\d+) \|", page, re.MULTILINE)} == statuses
    assert all(isinstance(command, click.Command) for command in cli.cli.commands.values())


@pytest.mark.parametrize(("cleaned", "said"), [(0, "nothing new: 3 documents unchanged"), (2, "\n3 documents unchanged")])
def test_a_run_says_what_is_unchanged(capsys: pytest.CaptureFixture[str], cleaned: int, said: str) -> None:
    numbers = {"ok": cleaned} if cleaned else {}
    summary({"outcomes": numbers, "formats": {"text": cleaned}, "unchanged": {"documents": 3}}, "out", make_console())
    out = capsys.readouterr().out
    assert said in out
    assert ("format" in out) == ("result" in out) == bool(cleaned)
