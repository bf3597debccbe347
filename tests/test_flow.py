"""The flow: documents in are records out, with the library's own bytes, and nothing is written twice."""

from __future__ import annotations

import os
import signal
import time
from pathlib import Path

import pytest

import pipeline
from flows.interrupt import Interrupt
from flows.run import clean_all
from flows.work import Made
from pipeline.document import Document
from pipeline.record import from_json

pytestmark = pytest.mark.usefixtures("prefect_server")


def run(inputs: list[str], output: Path, **how: object) -> tuple[dict[str, int], list[Made]]:
    seen: list[Made] = []
    return clean_all(inputs, output, seen.extend, **{"runner": "thread", **how})["outcomes"], seen


def test_records_of_the_fixtures_are_those_of_the_library(raw: list[Path], tmp_path: Path) -> None:
    counts, seen = run([str(raw[0].parent)], tmp_path, runner="process:2", settings={"batch": 3})
    assert counts == {"ok": 5}
    assert sorted(row.place for row in seen) == [p.stem + ".json" for p in raw]
    assert sorted(p.name for p in tmp_path.iterdir()) == [".copydesk", *(p.stem + ".json" for p in raw), "MANIFEST"]
    for file in raw:
        record = pipeline.clean(file.read_bytes(), name=file.name, path=file.name)
        assert (tmp_path / f"{file.stem}.json").read_bytes() == pipeline.to_json(record)
    assert task_names() == {
        *(
            "batch 1: 3 documents, 000_33d6601fe55d2f36.txt and 2 more",
            "batch 2: 2 documents, 003_03203657905a317c.txt and 1 more",
        ),
        *(f"{task} batch" for task in ("decode", "strip chrome", "detect language", "split metadata", "emit")),
    }


def task_names() -> set[str]:
    """Names of the tasks of the last run, up to the batch's number."""
    from prefect.client.orchestration import get_client
    from prefect.client.schemas.filters import FlowRunFilter, FlowRunFilterId
    from prefect.client.schemas.sorting import FlowRunSort

    with get_client(sync_client=True) as client:
        [last] = client.read_flow_runs(limit=1, sort=FlowRunSort.START_TIME_DESC)
        only = FlowRunFilter(id=FlowRunFilterId(any_=[last.id]))
        for _ in range(100):  # they are recorded in batches
            names = {run.name for run in client.read_task_runs(flow_run_filter=only)}
            if len(names) == 12:
                break
            time.sleep(0.2)
    return {name if name.startswith("batch") else name.partition(" batch")[0] + " batch" for name in names}


def test_every_bad_document_has_a_record_and_the_rest_is_cleaned(raw: list[Path], tmp_path: Path) -> None:
    source, output = tmp_path / "in", tmp_path / "out"
    source.mkdir()
    (source / "good.txt").write_bytes(raw[0].read_bytes())
    (source / 'two\nlines "and" quotes — 中文.txt').write_bytes(raw[1].read_bytes())
    (source / "empty.txt").write_bytes(b"")
    (source / "blank.txt").write_bytes(b" \n\t\n")
    (source / "picture.txt").write_bytes(b"\x89PNG\r\n\x1a\n\x00\x00")
    (source / "long.txt").write_bytes(b"x" * (50 * 1024 * 1024))
    (source / "out.txt").symlink_to("/dev/null")
    os.mkfifo(source / "pipe.txt")
    counts, seen = run([str(source)], output)
    expected = {"ok": 2, "empty": 1, "blank": 1, "unsupported": 1, "too_large": 1, "outside_input": 1, "unreadable": 1}
    assert counts == expected
    records = [from_json(file.read_bytes()) for file in output.glob("*.json")]
    assert len(records) == len(seen) == 8
    assert {r.source.name for r in records} == {file.name for file in source.iterdir()}
    assert all(r.reason and r.reason.message for r in records if r.status == "rejected")


def test_a_second_run_cleans_what_is_new(raw: list[Path], tmp_path: Path) -> None:
    def state() -> dict[str, tuple[bytes, int]]:
        return {file.name: (file.read_bytes(), file.stat().st_mtime_ns) for file in tmp_path.glob("*.json")}

    run([str(file) for file in raw[:2]], tmp_path)
    first = state()
    counts, seen = run([str(file) for file in raw[:2]], tmp_path)
    assert (counts, seen, state()) == ({}, [], first)
    counts, seen = run([str(file) for file in raw[:3]], tmp_path)
    assert counts == {"ok": 1}
    assert len(state()) == 3
    assert first.items() <= state().items()


def test_a_run_that_was_interrupted_goes_on_to_the_same_bytes(raw: list[Path], tmp_path: Path) -> None:
    """Ctrl-C is pressed in the second batch, which is begun again by the next run."""
    source = tmp_path / "in"
    source.mkdir()
    for n in range(12):
        (source / f"{n:02}.txt").write_bytes(raw[n % 5].read_bytes() + str(n).encode())
    how = {"format": "jsonl", "settings": {"batch": 4}, "runner": "thread:1"}
    run([str(source)], tmp_path / "whole", **how)
    cleaned: list[str] = []
    stages = pipeline.STAGES

    def press(document: Document) -> Document:
        cleaned.append(document.payload.name)
        if document.payload.name == "05.txt":
            os.kill(os.getpid(), signal.SIGINT)
            while not interrupt.asked:
                time.sleep(0.01)
        return stages[0][1](document)

    with pytest.MonkeyPatch.context() as patch, Interrupt(str) as interrupt:
        patch.setattr(pipeline, "STAGES", (("decode", press), *stages[1:]))
        with pytest.raises(KeyboardInterrupt):
            run([str(source)], tmp_path / "out", **how)
    assert cleaned == [f"{n:02}.txt" for n in range(6)]
    assert [path.name for path in (tmp_path / "out").glob("part-*")] == ["part-000001-000001.jsonl.zst"]
    assert run([str(source)], tmp_path / "out", **how)[0] == {"ok": 12}
    assert contents(tmp_path / "out") == contents(tmp_path / "whole")


def contents(output: Path) -> dict[str, bytes]:
    return {path.name: path.read_bytes() for path in output.iterdir() if path.is_file()}
