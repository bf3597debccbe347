"""Pages written for training: news and articles of sites that do not exist, in 37 languages, every text with its label.

`benchmarks/written/` holds them as HTML. An element's attribute `l` is the label of its text and of all within, unless an element inside
has its own; `<html>` says the headline (`gt`), the authors (`ga`) and the date (`gd`). A language model wrote them, furniture and all, to
show the labeller other languages and other templates than the benchmark has. They are flattened as the benchmark's pages are; nothing is
measured on them.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import NamedTuple

import lxml.html
import numpy as np
from bs4 import BeautifulSoup
from resiliparse.extract.html2text import extract_plain_text

from benchmarks.dataset import BARE, BARE_LINE, ONE_LINE, WRITTEN, Key, Row, build_row, page_of
from benchmarks.line_labels import labels_as_read
from pipeline.document import ABOUT, KEPT, Label

PAGES = Path(__file__).with_name("written")

AHEAD = 12
"""Characters that must agree where a renderer left out what stands before."""

SKIPPED = 200
"""Letters that a renderer leaves out at most: the browser's title."""

Piece = tuple[str, str]
"""A text and its label."""


def _nodes(markup: str) -> str:
    tree = BeautifulSoup(markup, "lxml")
    for element in tree(["script", "style", "noscript"]):
        element.decompose()
    return tree.get_text("\n")


def _layout(markup: str) -> str:
    from inscriptis import get_text  # of the group "train"

    return str(get_text(markup))


RENDERINGS: dict[str, Callable[[str], str]] = {
    "resiliparse": lambda markup: str(extract_plain_text(markup, alt_texts=False)),
    "inscriptis": _layout,
    "bs4": _nodes,
}
"""The settings that give the benchmark's own texts from its pages."""


class Text(NamedTuple):
    """A page in one rendering: the text, its non-blank lines (of a text in one line what it is parted into), the label of each."""

    text: str
    lines: list[str]
    labels: list[str]
    title: str
    authors: list[str]
    date: str


def read_written(folder: Path = PAGES) -> dict[Key, Text]:
    """The texts of all pages, by the name of the set, the rendering and the page's name.

    Every page is there as its three flattened texts, in one line, and as its main text alone: every other page with the lines of its
    head (headline, authors, date), and two of four pages in one line.
    """
    out = {}
    for number, path in enumerate(sorted(folder.glob("*.html"))):
        markup = path.read_text(encoding="utf-8")
        root = lxml.html.document_fromstring(markup.encode(), parser=lxml.html.HTMLParser(encoding="utf-8"))
        pieces = list(labelled_texts(root))
        authors = [name.strip() for name in (root.get("ga") or "").split(";") if name.strip()]
        fields = root.get("gt") or "", authors, root.get("gd") or ""
        texts = {renderer: flatten(markup) for renderer, flatten in RENDERINGS.items()}
        for renderer, text in texts.items():
            lines = [line for line in text.split("\n") if line.strip()]
            out[WRITTEN, renderer, path.stem] = Text(text, lines, line_labels(pieces, lines), *fields)
        full = out[WRITTEN, "bs4", path.stem]
        out[WRITTEN, ONE_LINE, path.stem] = in_one_line(full, pieces)
        labels = [label if number % 2 or label not in ABOUT else "" for label in full.labels]
        body = [(line, label) for line, label in zip(full.lines, labels, strict=True) if label in KEPT | ABOUT]
        bare = Text("\n".join(line for line, _ in body), [line for line, _ in body], [label for _, label in body], *fields)
        if number // 2 % 2:
            out[WRITTEN, BARE, path.stem] = bare
        else:
            out[WRITTEN, BARE_LINE, path.stem] = in_one_line(bare, body)
    return out


def in_one_line(page: Text, pieces: list[Piece]) -> Text:
    """The page without its line ends: parted as the pipeline parts such texts."""
    text = " ".join(page.text.split())
    lines = [line.text for line in page_of(ONE_LINE, text).lines]
    return page._replace(text=text, lines=lines, labels=line_labels(pieces, lines))


def labelled_texts(element: lxml.html.HtmlElement, label: str = "") -> Iterator[Piece]:
    """The texts of an element and their labels, in order; `label` is that of what the element is in."""
    label = Label.TITLE if element.tag == "title" else element.get("l") or label
    yield element.text or "", label
    for child in element:
        yield from labelled_texts(child, label)
        yield child.tail or "", label


def _letters(text: str) -> str:
    return "".join(c for c in text if c.isalnum())


def line_labels(pieces: list[Piece], texts: list[str]) -> list[str]:
    """The label that most letters of each line have; a line of none has that of the line before."""
    given = "".join(_letters(piece) for piece, _ in pieces)
    known = [label for piece, label in pieces for _ in _letters(piece)]
    lines = [_letters(text) for text in texts]
    shown = "".join(lines)
    out: list[str] = []
    at = begin = 0
    for line in lines:
        found: Counter[str] = Counter()
        for position in range(begin, begin + len(line)):
            if given[at : at + 1] != shown[position]:  # a list's letters, or a text that the renderer left out
                at = max(at, given.find(shown[position : position + AHEAD], at, at + SKIPPED))
            if given[at : at + 1] == shown[position]:
                found[known[at]] += 1
                at += 1
        begin += len(line)
        out.append(found.most_common(1)[0][0] if found else out[-1] if out else Label.NAVIGATION)
    return out


def kept_by(label: str | None, name: str) -> bool:
    """Whether the benchmark's gold text would hold a line: those of news hold the standfirst, those of other articles seldom."""
    return label in KEPT and not (label == Label.STANDFIRST and name.startswith("art-"))


def written_rows() -> list[Row]:
    """The pages as rows, all renderings."""
    out = []
    for key, page in read_written().items():
        gold = {"id": key[2], "type": "article", "title": page.title, "authors": page.authors, "date": page.date, "text": ""}
        row = build_row((key[0], key[1], gold, page.text))
        assert row is not None
        labels = labels_as_read("\n".join(page.lines), page.labels, row.texts)
        assert None not in labels
        row.share = np.array([float(kept_by(label, row.id)) for label in labels])
        row.gold = Counter(word for bag, kept in zip(row.bags, row.kept, strict=True) if kept for word in bag)
        out.append(row)
    return out
