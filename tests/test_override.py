"""People's corrections win, stand in the record as evidence, and say so when they no longer apply."""

from __future__ import annotations

import json
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
from conftest import Command
from hypothesis import given
from hypothesis import strategies as st

import pipeline
from flows.batch import Job
from flows.commands.correct import parsed
from flows.corrections import Watch, load_overrides
from flows.parts import made
from flows.readers.entry import Origin
from flows.readers.entry import document as document_of
from pipeline.document import Document, Label, Payload, ProblemCode
from pipeline.override import FIELDS, SEEN, Override, override_fields, override_labels, read_overrides, to_lines
from pipeline.record import Record, payload_id

TEXT = """Home | News | Sport

A headline of six plain words

By Jane Doe

12 March 2024

{body}

{more}

Read also: another story of the town
""".format(
    body="The committee met on Tuesday and agreed that the bridge will be repaired before winter. " * 3,
    more="Work on the bridge begins in the spring, and traffic will be led around it for months. " * 3,
)
DATA = TEXT.encode()
ID = payload_id(DATA)


def label(first: str, wanted: Label, seen: str | None = None, reason: str = "seen on the page") -> Override:
    start = TEXT.index(first)
    end = TEXT.index("\n", start) + 1
    return Override(
        ID, "a.txt", reason, start=start, end=end, label=wanted, seen=TEXT[start:end][:SEEN] if seen is None else seen
    )


def value(name: str, given: Any, reason: str = "printed edition") -> Override:
    return Override(ID, "a.txt", reason, name, given)


def cleaned(*overrides: Override) -> Record:
    record = pipeline.clean(DATA, "a.txt", overrides={ID: overrides})
    assert pipeline.verify(record, DATA) == []
    return record


def test_a_label_wins_and_shows_as_evidence() -> None:
    assert "Work on the bridge" in (cleaned().text or "")
    record = cleaned(label("Work on", Label.ADVERTISEMENT))
    assert "Work on the bridge" not in (record.text or "")
    [block] = [b for b in record.blocks if b.label is Label.ADVERTISEMENT]
    first = block.evidence[0]
    assert (first.rule, first.seen, first.confidence) == ("override", "seen on the page", 1.0)
    assert len(block.evidence) > 1, "what the rules said stays"


def test_fields_are_read_from_corrected_labels() -> None:
    assert cleaned(label("A headline", Label.NAVIGATION)).title is None
    assert cleaned(label("Home |", Label.TITLE), label("A headline", Label.NAVIGATION)).title == "Home | News | Sport"


VALUES = [
    ("title", "Another headline"),
    ("standfirst", "In short."),
    ("agency", "Reuters"),
    ("dateline", "PARIS"),
    ("section", "News"),
    ("date_published", "2024-05-01"),
    ("date_modified", "2024-05-01T16:00+02:00"),
    ("outlet", {"name": "The Paper", "domain": "paper.example"}),
    ("authors", [{"name": "John Roe", "role": "editor"}, {"name": "The Desk", "kind": "organisation"}]),
    ("contributors", [{"name": "Ann Poe", "role": "translator"}]),
    ("tags", ["bridges", "winter"]),
    ("language", "pt-BR"),
]


@pytest.mark.parametrize(("name", "wanted"), VALUES, ids=[name for name, _ in VALUES])
def test_a_field_gets_its_value_and_the_rule_s_value_loses(name: str, wanted: Any) -> None:
    record = cleaned(value(name, wanted))
    shown = json.loads(pipeline.to_json(record))[name]
    if name == "language":
        assert (shown["code"], shown["method"], shown["confidence"]) == (wanted, "override", 1.0)
        return
    pairs = zip(shown, wanted, strict=True) if isinstance(wanted, list) else [(shown, wanted)]
    assert all(one == other or other.items() <= one.items() for one, other in pairs)
    chosen = [c for c in record.evidence[name] if c.chosen]
    assert {(c.rule, c.confidence) for c in chosen} == {("override", 1.0)}
    assert name not in record.unknown


def test_what_lost_stays_a_candidate() -> None:
    found = cleaned(value("authors", [{"name": "John Roe"}])).evidence["authors"]
    assert [(c.value, c.chosen) for c in found] == [("John Roe", True), ("Jane Doe", False)]


def test_a_field_can_be_known_to_have_no_value() -> None:
    record = cleaned(value("authors", None), value("title", None))
    assert (record.authors, record.title) == ([], None)
    assert record.unknown["authors"] == "override: printed edition"
    assert not any(c.chosen for c in record.evidence["authors"])


def test_a_value_that_stands_in_the_text_is_found_there() -> None:
    [found] = [c for c in cleaned(value("authors", [{"name": "The committee"}])).evidence["authors"] if c.chosen]
    assert TEXT[found.start : found.end] == found.raw == "The committee"


def test_an_override_that_no_longer_applies_is_a_problem_and_changes_nothing() -> None:
    record = cleaned(label("Work on", Label.ADVERTISEMENT, seen="something else"))
    assert [problem.code for problem in record.problems] == [ProblemCode.OVERRIDE_STALE]
    assert record.text == cleaned().text
    behind = replace(label("Work on", Label.ADVERTISEMENT), end=10_000)
    assert [problem.code for problem in cleaned(behind).problems] == [ProblemCode.OVERRIDE_STALE]


def test_overrides_of_other_documents_change_nothing() -> None:
    other = {payload_id(b"other"): [value("title", "Other")]}
    assert pipeline.clean(DATA, "a.txt", overrides=other) == pipeline.clean(DATA, "a.txt")


def document() -> Document:
    return pipeline.clean_document(Payload(DATA, "a.txt"))


spans = st.tuples(st.integers(0, len(TEXT) - 1), st.integers(1, 300), st.sampled_from([x for x in Label if x is not Label.BLANK]))


@given(st.lists(spans, max_size=4))
def test_blocks_tile_the_text_whatever_is_overridden(found: list[tuple[int, int, Label]]) -> None:
    overrides = [
        Override(
            ID, "", "why", start=start, end=min(start + size, len(TEXT)), label=wanted, seen=TEXT[start : start + size][:SEEN]
        )
        for start, size, wanted in found
    ]
    once = override_labels(document(), overrides)
    assert "".join(TEXT[b.start : b.end] for b in once.blocks) == TEXT
    assert all(b.start < b.end for b in once.blocks)


def test_overriding_twice_is_overriding_once() -> None:
    overrides = [label("Work on", Label.ADVERTISEMENT), value("title", "Another"), value("authors", None)]
    once = override_fields(override_labels(document(), overrides), overrides)
    assert override_fields(override_labels(once, overrides), overrides) == once


def test_lines_are_sorted_read_back_and_the_last_word_counts() -> None:
    first, second = value("title", "One"), value("title", "Two")
    others = [label("Work on", Label.ADVERTISEMENT), value("authors", [{"name": "Zoë"}]), first]
    lines = to_lines([*others, second])
    assert lines == to_lines([second, *others[:2]])
    assert to_lines([o for found in read_overrides(lines).values() for o in found]) == lines
    assert "Zoë" in lines.decode()
    assert len(lines.splitlines()) == 3


ROW = {"document": ID, "name": "a.txt", "reason": "why"}
FAULTY = [
    ("not json", "Expecting value"),
    ([], "is an object"),
    (ROW, "either a 'field' or a 'label'"),
    (ROW | {"field": "text", "value": "x"}, "'text' cannot be overridden"),
    (ROW | {"field": "title", "value": ""}, "not empty"),
    (ROW | {"field": "title", "value": 3}, "not empty"),
    (ROW | {"field": "date_published", "value": "1 May 2024"}, "ISO 8601"),
    (ROW | {"field": "date_published", "value": "2024-13-01"}, "ISO 8601"),
    (ROW | {"field": "authors", "value": "Jane"}, "takes a list"),
    (ROW | {"field": "authors", "value": [{"named": "Jane"}]}, "named"),
    (ROW | {"field": "authors", "value": [{"name": "Jane", "kind": "dog"}]}, "person or organisation"),
    (ROW | {"field": "tags", "value": [1]}, "texts"),
    (ROW | {"field": "language", "value": "English!"}, "language code"),
    (ROW | {"field": "title", "value": "x", "more": 1}, "unknown key 'more'"),
    (ROW | {"label": "blank", "start": 0, "end": 1, "seen": "x"}, "no label"),
    (ROW | {"label": "title", "start": 5, "end": 1, "seen": "x"}, "start < end"),
    (ROW | {"label": "title", "start": True, "end": 2, "seen": "x"}, "start < end"),
    (ROW | {"document": "sha256:1", "field": "title", "value": "x"}, "id of a record"),
]


@pytest.mark.parametrize(("row", "said"), FAULTY, ids=[said for _, said in FAULTY])
def test_a_faulty_row_is_refused_with_its_line(row: Any, said: str) -> None:
    line = row if isinstance(row, str) else json.dumps(row)
    with pytest.raises(ValueError, match=f"line 2: .*{said}"):
        read_overrides(b"\n" + line.encode())


def test_deeply_nested_rows_are_refused() -> None:
    with pytest.raises(ValueError, match="line 1"):
        read_overrides(b"[" * 200_000)


@pytest.mark.parametrize(
    ("name", "typed", "expected"),
    [
        ("title", " ", None),
        ("tags", "a; b;", ["a", "b"]),
        ("authors", "Jane Doe; John Roe", [{"name": "Jane Doe"}, {"name": "John Roe"}]),
        ("authors", '[{"name": "A; B"}]', [{"name": "A; B"}]),
        ("contributors", "Ann Poe (editor)", [{"name": "Ann Poe", "role": "editor"}]),
        ("outlet", "CGTN (cgtn.com)", {"name": "CGTN", "domain": "cgtn.com"}),
        ("outlet", "CGTN", {"name": "CGTN"}),
    ],
)
def test_short_forms_of_values(name: str, typed: str, expected: Any) -> None:
    assert parsed(name, typed.strip()) == expected


@pytest.fixture
def place(tmp_path: Path, copydesk: Command) -> Path:
    (tmp_path / "a.txt").write_bytes(DATA)
    (tmp_path / "a.json").write_text(copydesk("clean", tmp_path / "a.txt").out, encoding="utf-8")
    return tmp_path


def test_correct_then_clean(copydesk: Command, place: Path) -> None:
    options = ("--field", "date_published=2024-05-01", "--label", "11=related_links", "--against", place / "a.txt")
    file = place / "o.jsonl"
    result = copydesk("correct", place / "a.json", *options, "--reason", "printed edition", "-o", file)
    assert (result.status, result.out) == (0, "")
    assert "2 overrides for a.txt" in result.err
    again = file.read_bytes()
    copydesk("correct", place / "a.json", *options, "--reason", "printed edition", "-o", file)
    assert file.read_bytes() == again
    record = json.loads(copydesk("clean", place / "a.txt", "--overrides", file).out)
    assert record["date_published"] == "2024-05-01"
    assert "Work on" not in record["text"]
    assert "override 1.00" in copydesk("explain", place / "a.txt", "--overrides", file).out
    (place / "new.json").write_text(json.dumps(record))
    assert copydesk("verify", place / "new.json", "--against", place / "a.txt").status == 0


def test_a_document_in_a_dump_is_corrected(copydesk: Command, tmp_path: Path) -> None:
    dump, made, file = tmp_path / "d.jsonl", tmp_path / "b.json", tmp_path / "o.jsonl"
    dump.write_text("".join(json.dumps({"id": name, "text": text}) + "\n" for name, text in (("a", "Other."), ("b", TEXT))))
    made.write_text(copydesk("clean", dump, "--member", "b").out)
    options = ("--label", "11=related_links", "--against", dump, "--reason", "seen", "-o", file)
    assert copydesk("correct", made, *options).status == 0
    record = copydesk("clean", dump, "--member", "b", "--overrides", file).out
    assert "Work on" not in json.loads(record)["text"]
    assert copydesk("verify", "-", "--against", dump, stdin=record.encode()).status == 0
    assert "override 1.00" in copydesk("explain", dump, "--member", "b", "--overrides", file).out


def test_a_line_of_a_page_is_corrected(copydesk: Command, tmp_path: Path) -> None:
    page, made, file = tmp_path / "a.html", tmp_path / "a.json", tmp_path / "o.jsonl"
    rows = "".join(f"<p>{line}</p>" for line in TEXT.split("\n") if line)
    page.write_text(f"<html><body>{rows}</body></html>")
    made.write_text(copydesk("clean", page).out)
    number = (
        copydesk("text", page).out.split("\n").index(next(x for x in TEXT.split("\n") if x.startswith("Work on")).strip()) + 1
    )
    options = ("--label", f"{number}=advertisement", "--against", page, "--reason", "seen", "-o", file)
    assert copydesk("correct", made, *options).status == 0
    record = copydesk("clean", page, "--overrides", file).out
    assert "Work on" not in json.loads(record)["text"]
    assert copydesk("verify", "-", "--against", page, stdin=record.encode()).status == 0


@pytest.mark.parametrize(
    ("options", "said"),
    [
        ((), "--field or --label"),
        (("--field", "date_published"), "NAME=VALUE"),
        (("--field", "date_published=yesterday"), "ISO 8601"),
        (("--field", "text=x"), "cannot be overridden"),
        (("--label", "3=title"), "--against"),
        (("--label", "3=headline", "--against", "a.txt"), "no label"),
        (("--label", "99=title", "--against", "a.txt"), "has 13 lines"),
        (("--label", "2=title", "--against", "a.txt"), "is empty"),
        (("--label", "x=title", "--against", "a.txt"), "LINE=LABEL"),
        (("--label", "3=title", "--against", "a.json"), "is not the document"),
        (("--field", "contributors=Jane"), "(editor)"),
    ],
)
def test_a_wrong_correction_is_refused(
    copydesk: Command, place: Path, options: tuple[str, ...], said: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(place)
    result = copydesk("correct", "a.json", *options, "--reason", "why")
    assert result.status == 2
    assert said in result.err
    assert not (place / "overrides.jsonl").exists()


def test_faulty_override_files_are_said_in_one_line(copydesk: Command, place: Path) -> None:
    (place / "o.jsonl").write_text("{}\n")
    for command in (("clean", place / "a.txt"), ("run", place / "a.txt", "--output", place / "out")):
        result = copydesk(*command, "--overrides", place / "o.jsonl")
        assert result.status == 2
        assert "o.jsonl: line 1: 'document' must be a string" in result.err


def test_a_run_says_which_overrides_met_no_document(place: Path) -> None:
    (place / "o.jsonl").write_bytes(to_lines([value("title", "x"), replace(value("title", "x"), document=payload_id(b""))]))
    watch = Watch(load_overrides(str(place / "o.jsonl")))
    stale = cleaned(label("Work on", Label.TITLE, seen="other"))
    watch.saw([made(Job("a.json", document_of(DATA, Origin("a.txt"), "text/plain")), stale, "a.json", 0, b"")])
    assert watch.faults() == [
        "overrides that no longer apply: 1 (problem override_stale in the records)",
        "overrides that name no document of this run: 1",
    ]


def test_the_flow_honours_overrides(prefect_server: None, place: Path) -> None:
    from flows.clean_dump import clean_dump

    (place / "o.jsonl").write_bytes(to_lines([value("title", "Another"), label("Work on", Label.ADVERTISEMENT)]))
    clean_dump(str(place / "a.txt"), str(place / "out"))
    counts = clean_dump(str(place / "a.txt"), str(place / "out"), overrides=str(place / "o.jsonl"))
    assert counts["outcomes"] == {"ok": 1}  # it was cleaned before, but without
    again = clean_dump(str(place / "a.txt"), str(place / "out"), overrides=str(place / "o.jsonl"))
    assert (again["outcomes"], again["unchanged"]) == ({}, {"documents": 1})
    expected = pipeline.clean(DATA, "a.txt", path="a.txt", overrides=load_overrides(str(place / "o.jsonl")))
    assert (place / "out" / "a.json").read_bytes() == pipeline.to_json(expected)


def test_every_field_that_can_be_corrected_is_in_the_docs() -> None:
    page = (Path(__file__).parent.parent / "docs" / "corrections.md").read_text()
    assert [name for name in FIELDS if f"`{name}`" not in page] == []
