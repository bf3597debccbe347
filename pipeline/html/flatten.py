"""A page as a text with all its chrome, the same on every machine: lines, and beside each what the markup knew.

A line is the text between two boundaries of block-level elements or line breaks, its white space collapsed. The cells of a
table row stand in one line, with tabs between them. Left out are only the elements that are never text (`NO_TEXT`).
"""

from __future__ import annotations

from dataclasses import dataclass, field
from functools import lru_cache

import lxml.html
from lxml import etree

from pipeline.document import Block, Container, Markup
from pipeline.html.structured import Fact

NO_TEXT = frozenset(["script", "style", "template", "head", "svg", "math", "iframe", "object", "audio", "video", "canvas", "map"])
"""Elements whose content is no text of the page."""

BLOCK_LEVEL = frozenset(
    [
        "address",
        "article",
        "aside",
        "blockquote",
        "body",
        "button",
        "caption",
        "center",
        "dd",
        "details",
        "dialog",
        "dir",
        "div",
        "dl",
        "dt",
        "fieldset",
        "figcaption",
        "figure",
        "footer",
        "form",
        "frameset",
        "h1",
        "h2",
        "h3",
        "h4",
        "h5",
        "h6",
        "header",
        "hgroup",
        "html",
        "label",
        "legend",
        "li",
        "main",
        "menu",
        "nav",
        "noscript",
        "ol",
        "optgroup",
        "option",
        "p",
        "pre",
        "search",
        "section",
        "select",
        "summary",
        "table",
        "tbody",
        "textarea",
        "tfoot",
        "thead",
        "tr",
        "ul",
    ],
)
CELLS = frozenset({"td", "th"})
BREAKS = frozenset({"br", "hr"})
HIDING = ("display:none", "visibility:hidden")
APART = frozenset({"a", "span", "time", "label", "small", "cite", "address", "strong"})
"""Elements inside a line that pages set apart by style: where one ends and another begins, they get a space between."""

STRONG = frozenset({"b", "strong"})
NOTED = ("datetime", "itemprop", "rel", "property")
"""Attributes of the elements inside a line that are kept with it."""

MAX_NOTED = 12

_SILENT, _BLOCK, _CELL, _BREAK, _INLINE = "silent", "block", "cell", "break", "inline"
_KINDS = {
    **dict.fromkeys(BREAKS, _BREAK),
    **dict.fromkeys(CELLS, _CELL),
    **dict.fromkeys(BLOCK_LEVEL, _BLOCK),
    **dict.fromkeys(NO_TEXT, _SILENT),
}
"""What an element does to the line; elements not named here are custom ones, which hold lines, or stand inside a line."""


@dataclass(slots=True)
class _Line:
    pieces: list[str] = field(default_factory=list)
    linked: int = 0
    strong: int = 0
    noted: list[tuple[str, str, str]] = field(default_factory=list)
    words: list[str] = field(default_factory=list)


class Flattener:
    """Walks a tree once; `text` and `blocks` are its result."""

    def __init__(self) -> None:
        self.parts: list[str] = []
        self.blocks: list[Block] = []
        self.size = 0
        self.line = _Line()
        self.links = self.bolds = self.pre = 0
        self.closed = ""
        self.apart = False
        self.containers = [Container(None, "html", ())]

    @property
    def text(self) -> str:
        """The flattened text."""
        return "".join(self.parts)

    def add(self, text: str, markup: Markup) -> None:
        """A line of its own."""
        self.parts.append(text + "\n")
        self.blocks.append(Block(self.size, self.size + len(text) + 1, markup=markup))
        self.size += len(text) + 1

    def add_fact(self, fact: Fact, head: Container) -> None:
        """A fact of the page's head as a line of its own."""
        self.add(fact.value, Markup(head, noted=((fact.source, fact.name, fact.kind),)))

    def walk(self, root: lxml.html.HtmlElement) -> None:
        """Flatten an element with all that is in it."""
        walker = etree.iterwalk(root, events=("start", "end"))
        for event, element in walker:
            tag = element.tag
            kind = _KINDS.get(tag)
            if kind is None:
                if not isinstance(tag, str):
                    continue
                kind = _BLOCK if "-" in tag else _INLINE
            if event == "start":
                if kind is _SILENT:
                    walker.skip_subtree()
                    continue
                self._open(kind, tag, element)
                text = element.text
                if text:
                    self._say(text)
            else:
                if kind is not _SILENT:
                    self._close(kind, tag)
                tail = element.tail
                if tail and element is not root:
                    self._say(tail)
        self._flush()

    def _open(self, kind: str, tag: str, element: lxml.html.HtmlElement) -> None:
        if kind is _BLOCK:
            self._flush()
            self._enter(tag, element)
            self.pre += tag == "pre"
        elif kind is _CELL:
            self.line.pieces.append("\x1f")
            self._enter(tag, element)
        elif kind is _BREAK:
            self._flush()
        else:
            if self.closed in APART and tag in APART and self.line.pieces and len(self.line.pieces[-1]) > 1:
                self.apart = True
            self.links += tag == "a"
            self.bolds += tag in STRONG
            if len(self.line.noted) < MAX_NOTED:
                self._note(tag, element)

    def _close(self, kind: str, tag: str) -> None:
        if kind is _BLOCK:
            self._flush()
            self.containers.pop()
            self.pre -= tag == "pre"
        elif kind is _CELL:
            self.containers.pop()
        self.closed = tag
        if tag == "a":
            self.links -= 1
        elif tag in STRONG:
            self.bolds -= 1

    def _enter(self, tag: str, element: lxml.html.HtmlElement) -> None:
        above = self.containers[-1]
        words: tuple[str, ...] = ()
        hidden = above.hidden or tag == "noscript"
        attributes = element.items()
        if attributes:
            get = dict(attributes).get
            named = [value for name in ("class", "id", "role", "itemprop", "aria-label") if (value := get(name))]
            words = split_words(" ".join(named)) if named else ()
            style = get("style")
            hidden = (
                hidden
                or (style is not None and any(h in style.replace(" ", "").lower() for h in HIDING))
                or get("hidden") is not None
                or get("aria-hidden") == "true"
            )
        self.containers.append(Container(above, tag, words, hidden))

    def _note(self, tag: str, element: lxml.html.HtmlElement) -> None:
        attributes = element.items()
        if not attributes:
            return
        get = dict(attributes).get
        for name in NOTED:
            value = get(name)
            if value:
                self.line.noted.append((tag, name, value[:200]))
        named, marked = get("class"), get("id")
        if named or marked:
            self.line.words += split_words(f"{named} {marked}" if named and marked else named or marked or "")

    def _say(self, text: str) -> None:
        self.closed = ""
        if self.pre and "\n" in text:
            first, *rest = text.split("\n")
            self._put(first)
            for line in rest:
                self._flush()
                self._put(line)
        else:
            self._put(text)

    def _put(self, text: str) -> None:
        if self.apart and text[:1].isalnum():
            self.line.pieces.append(" ")
        self.apart = False
        self.line.pieces.append(text)
        if self.links or self.bolds:
            size = len(text.strip())
            self.line.linked += size if self.links else 0
            self.line.strong += size if self.bolds else 0

    def _flush(self) -> None:
        line = self.line
        if not line.pieces and not line.noted and not line.words:
            return
        raw = "".join(line.pieces)
        if "\x1f" in raw:
            text = "\t".join(filter(None, (" ".join(cell.split()) for cell in raw.split("\x1f"))))
        else:
            text = " ".join(raw.split())
        if text:
            size = len(text)
            markup = Markup(
                self.containers[-1],
                share(line.linked, size),
                share(line.strong, size),
                tuple(line.noted),
                tuple(line.words[:MAX_WORDS]),
            )
            self.add(text, markup)
        self.line = _Line()


def share(part: int, whole: int) -> float:
    """A share in 64ths, so that sums of shares are exact."""
    return min(64, 64 * part // whole) / 64


MAX_WORDS = 12
"""Class words that are kept of an element, or of the elements inside a line."""

_SEPARATORS = str.maketrans(dict.fromkeys("-_:./@[]()#,;|=+%!&?*'\"0123456789", " "))


@lru_cache(1 << 12)
def split_words(names: str) -> tuple[str, ...]:
    """The words of class names and ids: "postBody-main_2" has "post", "body" and "main"."""
    if not names.islower():
        names = "".join(" " + c.lower() if c.isupper() and not before.isupper() else c.lower() for before, c in pairs(names))
    words = [word for word in names[:MAX_NAMES].translate(_SEPARATORS).split() if 1 < len(word) < 25]
    return tuple(dict.fromkeys(words))[:MAX_WORDS]


MAX_NAMES = 300


def pairs(text: str) -> list[tuple[str, str]]:
    """Each character with the one before it."""
    text = text[:MAX_NAMES]
    return list(zip(" " + text, text, strict=False))
