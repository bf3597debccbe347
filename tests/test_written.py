"""The pages written for training: each text has a label of the record, and the lines of a flattened page have those of their texts."""

from __future__ import annotations

import re

import lxml.html
import pytest

from benchmarks.written import PAGES, labelled_texts, line_labels
from pipeline.document import Label

PATHS = sorted(PAGES.glob("*.html"))


@pytest.mark.parametrize("path", PATHS, ids=lambda path: path.stem)
def test_every_text_has_a_label(path) -> None:
    root = lxml.html.document_fromstring(path.read_bytes(), parser=lxml.html.HTMLParser(encoding="utf-8"))
    assert set(root.keys()) >= {"lang", "gt", "ga", "gd", "go"}
    assert re.fullmatch(r"(\d{4}-\d\d-\d\d)?", root.get("gd"))
    found = {label for text, label in labelled_texts(root) if text.strip()}
    assert found <= set(Label) - {Label.BLANK}
    assert found >= {Label.TITLE, Label.PARAGRAPH}


def test_no_page_is_lost() -> None:
    assert len(PATHS) == 204


def test_lines_have_the_label_of_most_of_their_letters() -> None:
    pieces = [
        ("Not shown", "navigation"),
        ("The mayor", "title"),
        ("By", "byline"),
        ("Jane Roe", "byline"),
        ("It rained.", "paragraph"),
    ]
    text = "The mayor\n\n  * By Jane Roe\n---\nIt rained. By"
    assert line_labels(pieces, text.split("\n")) == ["title", "title", "byline", "byline", "paragraph"]
    assert line_labels(pieces, []) == []


@pytest.mark.parametrize("path", PATHS, ids=lambda path: path.stem)
def test_a_line_that_shows_one_text_has_its_label(path) -> None:
    root = lxml.html.document_fromstring(path.read_bytes(), parser=lxml.html.HTMLParser(encoding="utf-8"))
    pieces = [(" ".join(text.split()), label) for text, label in labelled_texts(root) if any(c.isalnum() for c in text)]
    listed = [f"{k % 9}. {text}" if k % 3 else text for k, (text, _) in enumerate(pieces)]
    assert line_labels(pieces, [text for text, _ in pieces]) == [label for _, label in pieces]
    right = [found == label for found, (_, label) in zip(line_labels(pieces, listed), pieces, strict=True)]
    assert sum(right) >= 0.95 * len(right)  # numbers at every second line are harder than what renderers write
