"""The flow: documents in are records out, with the library's own bytes, and nothing is written twice."""

from __future__ import annotations

import os
from pathlib import Path

import pytest

import pipeline
from flows.run import clean_all
from pipeline.record import Record, from_json

pytestmark = pytest.mark.usefixtures("prefect_server")


def run(inputs: list[str], output: Path) -> tuple[dict[str, int], list[Record]]:
    seen: list[Record] = []
    return clean_all(inputs, output, seen.append)["outcomes"], seen


def test_records_of_the_fixtures_are_those_of_the_library(raw: list[Path], tmp_path: Path) -> None:
    counts, seen = run([str(raw[0].parent)], tmp_path)
    assert counts == {"ok": 5}
    assert len(seen) == 5
    assert sorted(p.name for p in tmp_path.iterdir()) == [p.stem + ".json" for p in raw]
    for file in raw:
        record = pipeline.clean(file.read_bytes(), name=file.name, path=file.name)
        assert (tmp_path / f"{file.stem}.json").read_bytes() == pipeline.to_json(record)


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
    records = [from_json(file.read_bytes()) for file in output.iterdir()]
    assert len(records) == len(seen) == 8
    assert {r.source.name for r in records} == {file.name for file in source.iterdir()}
    assert all(r.reason and r.reason.message for r in records if r.status == "rejected")


def test_a_second_run_writes_nothing(raw: list[Path], tmp_path: Path) -> None:
    def state() -> dict[str, tuple[bytes, int]]:
        return {file.name: (file.read_bytes(), file.stat().st_mtime_ns) for file in tmp_path.iterdir()}

    run([str(file) for file in raw[:2]], tmp_path)
    first = state()
    run([str(file) for file in raw[:2]], tmp_path)
    assert state() == first
    assert len(first) == 2
