"""Furniture of a dump: what is learned and what is not, the list, and what the labeller makes of it."""

from __future__ import annotations

import json
import random
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Any

import pytest
from conftest import Command, Result

import pipeline
from flows.furniture import furniture_near, load_furniture
from flows.recurrence import Learner
from pipeline.document import Payload
from pipeline.furniture import Furniture, Recurring, group_of, own_stretch, read_furniture, to_lines
from pipeline.record import payload_id

MENU = ["Harbour Gazette", "Weather", "Crossword club"]
FOOT = [
    "Get the Gazette on your doorstep every morning",
    "The tide tables were read out on the old harbour wall by three volunteers, said the warden of the board",
]
QUOTE = "We will rebuild the pier, plank by plank, before the first ferry of the summer comes in."

NOUNS = [
    "pier",
    "ferry",
    "council",
    "school",
    "market",
    "bridge",
    "library",
    "museum",
    "theatre",
    "garden",
    "station",
    "lighthouse",
]
VERBS = [
    "opened",
    "closed",
    "moved",
    "burned",
    "flooded",
    "reopened",
    "changed",
    "sold",
    "painted",
    "measured",
    "visited",
    "rebuilt",
]


def story(n: int) -> list[str]:
    """Three sentences of prose that no other story has."""
    chance = random.Random(n)
    return [
        f"The {chance.choice(NOUNS)} number {n * 7 + k} was {chance.choice(VERBS)} by {chance.randint(100, 999)} people "
        f"on day {chance.randint(1, 365)}, said {chance.choice(NOUNS)} warden {n * 31 + k} to the {chance.choice(NOUNS)} board."
        for k in range(3)
    ]


def page(n: int, amid: Sequence[str] = ()) -> list[str]:
    body = story(n)
    return [*MENU, f"Story number {n}", body[0], *amid, *body[1:], *FOOT]


def learned(pages: Sequence[Sequence[str]], minimum: int = 5, group: str = "gazette.example") -> dict[str, Recurring]:
    learner = Learner(minimum)
    for show in (learner.count, learner.look):
        for lines in pages:
            show(group, lines)
    return {row.line: row for row in learner.rows()}


def test_lines_around_the_documents_own_text_are_learned() -> None:
    found = learned([page(n) for n in range(8)])
    assert found.keys() == {*MENU, *FOOT}
    assert found["Weather"] == Recurring("gazette.example", "Weather", 8, 8, 8, 1.0, 0.0)
    assert found[FOOT[1]].tail == 1.0


@pytest.mark.parametrize(
    ("what", "pages"),
    [
        ("too few documents", [page(n) for n in range(4)]),
        ("copies of one document count once", [page(1) for _ in range(50)] + [page(n) for n in range(2, 5)]),
        ("near copies count once", [[*page(1), f"Fetched as number {n}"] for n in range(50)]),
        ("a template with little in it that is its own", [[*MENU, f"Reading {n}", *FOOT] for n in range(50)]),
        ("lines that are prose only", [story(n) for n in range(50)]),
    ],
    ids=lambda value: value.replace(" ", "-") if isinstance(value, str) else "",
)
def test_nothing_is_learned(what: str, pages: list[list[str]]) -> None:
    assert not learned(pages), what


def test_a_sentence_or_subheading_amid_the_text_is_not_learned() -> None:
    found = learned([page(n, amid=[QUOTE, "What comes next"]) for n in range(12)])
    assert found.keys() == {*MENU, *FOOT}


def test_a_long_line_that_is_not_always_at_the_edge_is_not_learned() -> None:
    pages = [page(n) for n in range(10)] + [page(n, amid=[FOOT[1]])[: -len(FOOT)] for n in range(10, 13)]
    found = learned(pages)
    assert FOOT[0] in found
    assert FOOT[1] not in found


def test_copies_do_not_count_beside_real_documents() -> None:
    body = story(1)
    found = learned([page(n) for n in range(8)] + [page(1) for _ in range(20)])
    assert MENU[0] in found
    assert not set(body) & found.keys()


def test_the_order_of_documents_does_not_matter() -> None:
    pages = [page(n % 30, amid=["What comes next"] if n % 3 else []) for n in range(60)]
    mixed = random.Random(3).sample(pages, len(pages))
    assert learned(pages) == learned(mixed) != {}


def test_groups_are_apart() -> None:
    learner = Learner(5)
    for show in (learner.count, learner.look):
        for n in range(8):
            show("one.example" if n % 2 else "other.example", page(n))
    assert not list(learner.rows())


@pytest.mark.parametrize(
    ("payload", "group"),
    [
        (Payload(b"", "a", url="https://WWW.Example.org:8080/a?b"), "example.org"),
        (Payload(b"", "a", url="http://user@news.example.org"), "news.example.org"),
        (Payload(b"", "a", url="no address", path="sub/a.txt"), "./sub"),
        (Payload(b"", "a.txt", path="a.txt"), "."),
        (Payload(b"", "a.txt", path="a/b/c.txt"), "./a/b"),
        (Payload(b"", "d.jsonl", "7", "sub/d.jsonl"), "./sub/d.jsonl"),
    ],
)
def test_groups(payload: Payload, group: str) -> None:
    assert group_of(payload) == group


@pytest.mark.parametrize(
    ("sizes", "recurs", "span"),
    [
        ([2, 20, 20, 3], [True, False, False, True], (1, 3)),
        ([2, 20, 5, 20, 3], [True, False, True, False, True], (1, 4)),
        ([2, 3], [False, False], (0, 0)),
        ([], [], (0, 0)),
        ([30, 30], [True, True], (0, 0)),
    ],
)
def test_own_stretch(sizes: list[float], recurs: list[bool], span: tuple[int, int]) -> None:
    assert own_stretch(sizes, recurs) == span


ROW: dict[str, Any] = {"group": "a.example", "line": "Weather", "documents": 8, "distinct": 8, "of": 9, "head": 1.0, "tail": 0.0}


def test_the_list_can_be_read_again() -> None:
    rows = [Recurring(**ROW), Recurring(**ROW | {"line": "b\u2028\ud800", "documents": 9})]
    content = b"".join(to_lines(rows, made_by="x", minimum=5))
    assert [json.loads(line).get("documents") for line in content.splitlines()] == [None, 9, 8]
    assert read_furniture(content)["a.example"]["Weather"] == rows[0]
    assert b"".join(to_lines(rows[::-1], made_by="x", minimum=5)) == content


@pytest.mark.parametrize(
    ("content", "said"),
    [
        (b"", "no list of furniture"),
        (b"[]\n", "line 1: this is no list"),
        (b'{"furniture": 2}\n', "line 1: this list has version 2"),
        (json.dumps(ROW).encode(), "line 1: this is no list"),
        (b'{"furniture": 1}\n{}', "line 2: a row has group"),
        (b'{"furniture": 1}\nx', "line 2"),
        (b'{"furniture": 1}\n' + b"[" * 200_000, "line 2"),
        *(
            (b'{"furniture": 1}\n' + json.dumps(ROW | {name: value}).encode(), f"line 2: .*'{name}'")
            for name, value in (("line", ""), ("group", 1), ("documents", 0), ("of", True), ("head", 2), ("tail", "x"))
        ),
    ],
)
def test_a_faulty_list_is_refused_with_its_line(content: bytes, said: str) -> None:
    with pytest.raises(ValueError, match=said):
        read_furniture(content)


def told(*lines: str, group: str = "gazette.example", documents: int = 40) -> Furniture:
    return {group: {line: Recurring(group, line, documents, 16, documents, 0.0, 1.0) for line in lines}}


def labels(text: str, furniture: Furniture) -> dict[str, tuple[bool, list[str]]]:
    document = pipeline.clean_document(Payload(text.encode(), "a.txt", url="https://gazette.example/1"), furniture=furniture)
    return {document.text[b.start : b.end].strip(): (b.kept, [e.rule for e in b.evidence]) for b in document.blocks}


TEXT = "\n\n".join(["Story number 1", *story(1), *story(2), FOOT[1] + "."])


def test_a_line_that_recurs_is_left_out_and_says_why() -> None:
    line = FOOT[1] + "."
    kept, _ = labels(TEXT, {})[line]
    assert kept
    kept, evidence = labels(TEXT, told(line))[line]
    assert not kept
    assert evidence[0] == "furniture"
    document = pipeline.clean_document(Payload(TEXT.encode(), "a.txt", url="https://gazette.example/1"), furniture=told(line))
    [said] = [e for b in document.blocks for e in b.evidence if e.rule == "furniture"]
    assert said.seen == "in 40 of 40 documents of gazette.example, 100% at the tail"
    record = pipeline.clean(TEXT.encode(), "a.txt", url="https://gazette.example/1", furniture=told(line))
    assert pipeline.verify(record, TEXT.encode()) == []


def test_other_documents_are_as_without() -> None:
    line = FOOT[1] + "."
    plain = pipeline.clean(TEXT.encode(), "a.txt", url="https://gazette.example/1")
    for furniture in (told(line, group="other.example"), told("Weather"), {}):
        assert pipeline.clean(TEXT.encode(), "a.txt", url="https://gazette.example/1", furniture=furniture) == plain


def test_prose_amid_the_text_and_documents_of_nothing_else_stay() -> None:
    body = [*story(1), QUOTE, *story(2)]
    text = "\n\n".join(body)
    assert labels(text, told(QUOTE))[QUOTE][0]
    assert labels(text, told(*body)) == labels(text, {})


def dump(folder: Path, number: int = 8) -> Path:
    (folder / "in" / "gazette").mkdir(parents=True)
    for n in range(number):
        (folder / "in" / "gazette" / f"{n}.txt").write_text("\n\n".join([*page(n)[:-1], FOOT[1] + "."]))
    return folder / "in"


def test_the_command_writes_the_list_and_the_others_take_it(copydesk: Command, tmp_path: Path) -> None:
    source, out = dump(tmp_path), tmp_path / "f.jsonl"
    result = copydesk("furniture", source, "-o", out)
    assert (result.status, result.out) == (0, "")
    assert "f.jsonl: 5 lines of 1 sites or folders; 8 documents counted" in result.err
    known = load_furniture(str(out))
    assert known["./gazette"].keys() == {*MENU, FOOT[0], FOOT[1] + "."}
    first = out.read_bytes()
    assert copydesk("furniture", source / "gazette" / "..", "-o", out).status == 0
    assert out.read_bytes() == first
    one = source / "gazette" / "1.txt"
    assert "furniture 0.89" in copydesk("explain", one, "--furniture", out).out
    text = json.loads(copydesk("clean", one, "--furniture", out).out)["text"]
    assert "tide tables" not in text
    assert story(1)[1] in text
    assert copydesk("furniture", source, "-o", out, "--documents", 9).status == 0
    assert load_furniture(str(out)) == {}


@pytest.mark.parametrize(
    ("call", "said"),
    [
        (lambda run, place: run("furniture", place / "none"), "does not exist"),
        (lambda run, place: run("furniture", place / "a.txt", "-o", place / "a.txt" / "x"), "cannot write"),
        (lambda run, place: run("clean", place / "a.txt", "--furniture", place / "bad"), "bad: line 1"),
        (lambda run, place: run("run", place / "a.txt", "-o", place / "out", "--furniture", place / "bad"), "bad: line 1"),
    ],
)
def test_wrong_calls(copydesk: Command, tmp_path: Path, call: Callable[[Command, Path], Result], said: str) -> None:
    (tmp_path / "a.txt").write_text("Some words.")
    (tmp_path / "bad").write_text("{}")
    result = call(copydesk, tmp_path)
    assert result.status == 2
    assert said in result.err


def test_the_folder_of_a_single_document_is_found_by_its_path(tmp_path: Path) -> None:
    known = {**told("x", group="./sub"), **told("y", group="./a/sub"), **told("z", group="host.example")}
    payload = Payload(b"", "p.txt", path="p.txt")
    assert furniture_near(known, payload, str(tmp_path / "a" / "sub" / "p.txt")) == {".": known["./a/sub"]}
    assert furniture_near(known, payload, str(tmp_path / "b" / "sub" / "p.txt")) == {".": known["./sub"]}
    assert furniture_near(known, payload, str(tmp_path / "p.txt")) == known
    dumped = Payload(b"", "sub", "7", "sub")
    assert furniture_near(known, dumped, str(tmp_path / "sub")) == known  # the dump's own group


def test_the_flow_honours_a_list_and_knows_another(prefect_server: None, tmp_path: Path) -> None:
    from flows.clean_dump import clean_dump

    source, out, file = dump(tmp_path), tmp_path / "out", tmp_path / "f.jsonl"
    line = FOOT[1] + "."
    file.write_bytes(b"".join(to_lines(told(line, group="./gazette")["./gazette"].values(), made_by="x", minimum=5)))
    clean_dump(str(source), str(out))
    given = {"furniture": str(file)}
    counts = clean_dump(str(source), str(out), runner="thread:1", settings=given)
    assert counts["outcomes"] == {"ok": 8}  # cleaned before, but without
    again = clean_dump(str(source), str(out), runner="thread:1", settings=given)
    assert (again["outcomes"], again["unchanged"]) == ({}, {"documents": 8})
    data = (source / "gazette" / "1.txt").read_bytes()
    expected = pipeline.clean(data, "1.txt", path="gazette/1.txt", furniture=load_furniture(str(file)))
    assert expected.id == payload_id(data)
    assert (out / "gazette" / "1.json").read_bytes() == pipeline.to_json(expected)
    assert "tide tables" not in (expected.text or "")
    assert clean_dump(str(source), str(out), runner="thread:1")["outcomes"] == {"ok": 8}  # and without again


def test_an_output_can_be_named_for_its_inputs(prefect_server: None, copydesk: Command, tmp_path: Path) -> None:
    from flows.clean_dump import clean_dump

    source, out = dump(tmp_path), tmp_path / "out"
    clean_dump(str(source), str(out), runner="thread:1")
    assert copydesk("furniture", out, "-o", tmp_path / "one.jsonl").status == 0
    assert copydesk("furniture", source, "-o", tmp_path / "other.jsonl").status == 0
    assert (tmp_path / "one.jsonl").read_bytes() == (tmp_path / "other.jsonl").read_bytes()


def test_pages_of_html_are_learned_without_their_head(tmp_path: Path, copydesk: Command) -> None:
    rows = [
        {
            "id": str(n),
            "url": f"https://gazette.example/{n}",
            "html": "<html><head><title>Gazette</title></head><body>"
            + "".join(f"<p>{line}</p>" for line in page(n))
            + "</body></html>",
        }
        for n in range(8)
    ]
    (tmp_path / "d.jsonl").write_text("".join(json.dumps(row) + "\n" for row in rows))
    assert copydesk("furniture", tmp_path / "d.jsonl", "-o", tmp_path / "f.jsonl").status == 0
    assert load_furniture(str(tmp_path / "f.jsonl"))["gazette.example"].keys() == {*MENU, *FOOT}


def test_a_document_without_text_is_passed_over() -> None:
    learner = Learner(2)
    learner.count("a", [])
    learner.look("a", [])
    assert not list(learner.rows())
