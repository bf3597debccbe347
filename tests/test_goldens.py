"""Whole records of the five fixtures, and of the first document of a dump of each format, compared whole.

    pytest tests/test_goldens.py --update-goldens

rewrites them and then fails, so that no run can bless itself: read the difference in git, then run again.
"""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest
from conftest import FIXTURES

import pipeline
from flows.batch import Batch, Job, apply, finish, found_in
from flows.readers.limits import Options
from flows.sources import find_sources

GOLDEN = FIXTURES / "golden"
RAW = sorted((FIXTURES / "raw").iterdir())
FIRSTS = FIXTURES / "golden_dumps"
DUMPS = sorted(path for path in (FIXTURES / "dumps").iterdir() if path.is_file() and path.suffix != ".md")
REGENERATE = "pytest tests/test_goldens.py --update-goldens"
SHOWN = 60


def record_of(path: Path) -> bytes:
    """The record's canonical bytes, as `copydesk run fixtures/raw` writes them."""
    return pipeline.to_json(pipeline.clean(path.read_bytes(), name=path.name, path=path.name))


def first_of(path: Path) -> tuple[bytes, str]:
    """The record of a dump's first document, as `copydesk run fixtures/dumps` writes it, and its text."""
    [source] = find_sources([str(path)])
    job = Job("", next(found_in(source, Options())), source)
    apply(Batch("golden", [job]), pipeline.STAGES)
    return pipeline.to_json(finish(job)), job.document.text if job.document else ""


def difference(old: dict[str, Any], new: dict[str, Any], text: str) -> list[str]:
    """What changed between two records, a line each: fields by name, blocks by place and first words."""
    told = [
        f"{name}: {_short(old.get(name))} -> {_short(new.get(name))}"
        for name in dict.fromkeys((*old, *new))
        if name not in ("blocks", "evidence", "text") and old.get(name) != new.get(name)
    ]
    if old.get("text") != new.get("text"):
        told.append(f"text: {len(old.get('text') or '')} -> {len(new.get('text') or '')} characters")
    told += _evidence(old.get("evidence", {}), new.get("evidence", {}))
    return told + _blocks(old.get("blocks", []), new.get("blocks", []), text)


def _evidence(old: dict[str, Any], new: dict[str, Any]) -> list[str]:
    told = []
    for name in dict.fromkeys((*old, *new)):
        before, after = old.get(name, []), new.get(name, [])
        told += [f"evidence.{name}: gone {_short(c)}" for c in before if c not in after]
        told += [f"evidence.{name}: new {_short(c)}" for c in after if c not in before]
    return told


def _blocks(old: list[dict[str, Any]], new: list[dict[str, Any]], text: str) -> list[str]:
    before = {(b["start"], b["end"]): b for b in old}
    after = {(b["start"], b["end"]): b for b in new}
    told = []
    for start, end in sorted(before.keys() | after.keys()):
        one, other = before.get((start, end)), after.get((start, end))
        place = f"block at {start} {text[start:end].strip()[:SHOWN]!r}"
        if one is None or other is None:
            told.append(f"{place}: {one['label'] if one else 'no block'} -> {other['label'] if other else 'no block'}")
        elif one["label"] != other["label"]:
            told.append(f"{place}: {one['label']} -> {other['label']}")
        elif one != other:
            told.append(f"{place}: still {one['label']}, for other reasons")
    return told


def _short(value: object) -> str:
    shown = json.dumps(value, ensure_ascii=False)
    return shown if len(shown) <= 200 else shown[:197] + "..."


@pytest.mark.parametrize("path", RAW, ids=lambda path: path.name[:3])
def test_golden(path: Path, request: pytest.FixtureRequest) -> None:
    compare(GOLDEN / f"{path.stem}.json", record_of(path), path.read_bytes().decode(), request)


@pytest.mark.parametrize("path", DUMPS, ids=lambda path: path.name)
def test_golden_of_a_dump(path: Path, request: pytest.FixtureRequest) -> None:
    compare(FIRSTS / f"{path.name}.json", *first_of(path), request)


def compare(golden: Path, made: bytes, text: str, request: pytest.FixtureRequest) -> None:
    """Compare a record with its golden, or make it the golden and fail."""
    if request.config.getoption("--update-goldens"):
        golden.write_bytes(made)
        pytest.fail(f"{golden.name} was rewritten; read the difference in git, then run without --update-goldens")
    stored = golden.read_bytes() if golden.exists() else b"{}"
    if made != stored:
        told = difference(json.loads(stored), json.loads(made), text)
        pytest.fail(
            "\n".join([f"{golden.name} is not what the library gives:", *told, f"If this is right: {REGENERATE}"]), pytrace=False
        )


def test_there_is_a_golden_for_every_dump_and_no_other() -> None:
    assert sorted(path.stem for path in GOLDEN.iterdir()) == [path.stem for path in RAW]
    assert sorted(path.stem for path in FIRSTS.iterdir()) == [path.name for path in DUMPS]


def test_difference_names_fields_and_blocks() -> None:
    block = {"start": 0, "end": 5, "label": "title", "kept": False, "evidence": []}
    old = {"title": "One", "text": "abc", "evidence": {"title": []}, "blocks": [block]}
    new = {"title": "Two", "text": "ab", "evidence": {"title": [{"value": "Two"}]}, "blocks": [block | {"label": "heading"}]}
    assert difference(old, new, "Hello") == [
        'title: "One" -> "Two"',
        "text: 3 -> 2 characters",
        'evidence.title: new {"value": "Two"}',
        "block at 0 'Hello': title -> heading",
    ]
    assert difference(old, old, "Hello") == []
