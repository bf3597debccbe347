"""The case files: small inputs, each with the one right answer.

A row of `fixtures/cases/NAME.jsonl` has a label, an input, the expected value and its origin: `wild` (seen on a real
page), `synthetic`, `negative` (text that must be left alone) or `known-failure` (strict xfail: a fix must move the row).
"""

from __future__ import annotations

import base64
import json
from collections.abc import Callable
from typing import Any

import pytest
from conftest import FIXTURES

from pipeline import numbered
from pipeline.dates import find_dates, read_stamp
from pipeline.decode import decode_bytes
from pipeline.decode.declared import declared_in_markup
from pipeline.document import Block, Document, Label, Payload, UnusablePayloadError
from pipeline.html import flatten_page
from pipeline.join import join
from pipeline.label.page import Page
from pipeline.label.rules import votes_on
from pipeline.language import detect_language
from pipeline.markdown import MEDIA_TYPE, plain
from pipeline.metadata.bylines import named_in
from pipeline.metadata.outlets import by_host, by_name
from pipeline.metadata.sheet import Sheet
from pipeline.metadata.titles import find_title
from pipeline.metadata.weights import load
from pipeline.metadata.when import find_when
from pipeline.names import looks_like_name, read_people
from pipeline.repair import repair_steps, replay
from pipeline.segment import line_blocks, segment
from pipeline.view import normalize, read

ORIGINS = {"wild", "synthetic", "negative", "known-failure"}


def dates(case: dict[str, Any]) -> list[str]:
    """Dates of a line in ISO 8601; `language` and `month_first` are what the document knows."""
    found = find_dates(case["text"], case.get("language"))
    for date in found:
        assert 0 <= date.start < date.end <= len(case["text"])
    return [date.iso(month_first=case.get("month_first", False)) for date in found]


def bylines(text: str) -> list[dict[str, str | None]]:
    """People of a byline, in order."""
    mentions = read_people(text)
    for mention in mentions:
        assert " ".join(text[mention.start : mention.end].split()).casefold() == mention.author.name.casefold()
    return [{k: getattr(m.author, k) for k in ("name", "honorific", "affiliation", "role")} for m in mentions]


def repairs(text: str) -> str:
    """The text after its repair."""
    return replay(text, repair_steps(text))


def decoding(case: dict[str, Any]) -> dict[str, Any]:
    """The decoded text and how it was decoded, or the code of the rejection."""
    try:
        decoded = decode_bytes(base64.b64decode(case["base64"]), case["declared"])
    except UnusablePayloadError as error:
        return {"rejected": str(error.code)}
    return {name: getattr(decoded, name) for name in ("text", "encoding", "method", "replaced")}


def declared(head: str) -> str | None:
    """The label that the head of a page declares."""
    return declared_in_markup(head.encode())


def language_code(text: str) -> str:
    """The language of a text; one that is undetermined has no confidence worth the name."""
    found = detect_language(text)
    assert 0 <= found.confidence <= 1
    return found.code


def _document(text: str, blocks: list[Block]) -> Document:
    return Document(Payload(text.encode(), "case.txt"), text, blocks=tuple(blocks))


def joins(lines: list[str]) -> list[str]:
    """Running text, a line each, after lines that were cut apart are joined."""
    text = "".join(line + "\n" for line in lines)
    blocks = [block._replace(label=Label.PARAGRAPH) for block in line_blocks(text)]
    joined = join(_document(text, blocks))
    assert join(joined) == joined
    return [read(joined, block.start, block.end) for block in joined.blocks]


def wrapped(text: str) -> list[str]:
    """The paragraphs that a text is cut into."""
    document = segment(_document(text, []))
    return [read(document, block.start, block.end) for block in document.blocks if block.label is not Label.BLANK]


def marks(text: str) -> str:
    """A block of Markdown without its marks."""
    return normalize(plain(text))


def markdown(text: str) -> list[str] | None:
    """The blocks that Markdown is cut into, as they read; `None` if a text is not taken for that."""
    return _read_as(MEDIA_TYPE, text)


def numbered_links(text: str) -> list[str] | None:
    """The blocks of a text browser's dump, as they read; `None` if a text is not taken for that."""
    return _read_as(numbered.MEDIA_TYPE, text)


def _read_as(syntax: str, text: str) -> list[str] | None:
    document = segment(_document(text, []))
    shown = [block for block in document.blocks if block.label is not Label.BLANK]
    return [read(document, block.start, block.end) for block in shown] if document.syntax == syntax else None


def rules(case: dict[str, Any]) -> str | None:
    """The label that a rule proposes for a line of a page; `None` if it does not speak."""
    text = "\n".join(case["lines"])
    page = Page.of(segment(_document(text, [])))
    at = next(k for k, line in enumerate(page.lines) if line.text == case["lines"][case["line"]])
    return next((str(vote.label) for vote in votes_on(page)[at] if vote.rule == case["rule"]), None)


def stamps(value: str) -> str | None:
    """The date of a field made for machines."""
    found = read_stamp(value)
    return found.iso() if found else None


def authors(text: str) -> list[str]:
    """Names of the authors that a line names."""
    return [author.name for author, *_ in named_in(text)]


def outlets(name: str) -> str | None:
    """The outlet that a name means, or the host behind "host:"."""
    known = by_host(name.removeprefix("host:")) if name.startswith("host:") else by_name(name)
    return known.name if known else None


def _sheet(page: str) -> Sheet:
    text, blocks = flatten_page(page, ask_others=False)
    return Sheet(Document(Payload(b"", "case.html"), text, blocks=blocks))


def titles(page: str) -> str | None:
    """The title of an HTML page."""
    found, _ = find_title(_sheet(page), load())
    return found.value if found else None


def published(page: str) -> str | None:
    """The date on which an HTML page was published."""
    sheet = _sheet(page)
    return find_when(sheet.with_headline("River rises"), load())[1]["date_published"]


ANSWERS: dict[str, tuple[Callable[[Any], object], int]] = {
    "dates": (dates, 140),
    "bylines": (bylines, 45),
    "names": (looks_like_name, 65),
    "repairs": (repairs, 40),
    "normalize": (normalize, 35),
    "decoding": (decoding, 65),
    "declared": (declared, 17),
    "language": (language_code, 38),
    "joins": (joins, 20),
    "wrapped": (wrapped, 13),
    "glued": (wrapped, 7),
    "marks": (marks, 55),
    "markdown": (markdown, 16),
    "numbered": (numbered_links, 16),
    "rules": (rules, 60),
    "stamps": (stamps, 35),
    "authors": (authors, 57),
    "outlets": (outlets, 31),
    "titles": (titles, 24),
    "published": (published, 15),
}
"""How each file's rows are answered, and how many rows it has at least: cases do not get lost."""


def _rows(name: str) -> list[dict[str, Any]]:
    return [json.loads(line) for line in (FIXTURES / "cases" / f"{name}.jsonl").read_text("utf-8").split("\n") if line]


def _parameters() -> list[Any]:
    known = pytest.mark.xfail(reason="known failure", raises=AssertionError)
    return [
        pytest.param(name, row, id=f"{name}: {row['label']}", marks=[known] if row["origin"] == "known-failure" else [])
        for name in ANSWERS
        for row in _rows(name)
    ]


@pytest.mark.parametrize(("name", "row"), _parameters())
def test_case(name: str, row: dict[str, Any]) -> None:
    answer, _ = ANSWERS[name]
    assert answer(row["input"]) == row["expected"]


@pytest.mark.parametrize("name", ANSWERS)
def test_case_files_are_in_order(name: str) -> None:
    rows = _rows(name)
    assert len(rows) >= ANSWERS[name][1]
    assert {row["origin"] for row in rows} <= ORIGINS
    assert any(row["origin"] == "negative" for row in rows)
    assert all(row.keys() == {"label", "input", "expected", "origin"} for row in rows)
    labels = [row["label"] for row in rows]
    assert len(labels) == len(set(labels))


def test_every_case_file_is_answered() -> None:
    assert {path.stem for path in (FIXTURES / "cases").iterdir()} == ANSWERS.keys()


def test_dates_are_tried_in_many_languages() -> None:
    assert len({row["input"].get("language") for row in _rows("dates")} - {None}) >= 15
