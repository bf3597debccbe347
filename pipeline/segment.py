"""Text to blocks: one block a line, one blank block a run of empty lines. They tile the text.

Where a text is hard-wrapped (its lines were broken at a fixed width), a block is a paragraph: all lines up to an empty one. In
Markdown a block is what Markdown takes for one paragraph, heading, entry of a list or row of a table.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from dataclasses import replace
from itertools import pairwise
from unicodedata import east_asian_width

from pipeline.document import Block, Document, Label, Problem, ProblemCode
from pipeline.markdown import MEDIA_TYPE, begins_block, is_markdown, unclosed

LINE_RE = re.compile(r"[^\n\r\x0b\x0c\x85\u2028\u2029]*(?:\r\n|[\n\r\x0b\x0c\x85\u2028\u2029]|\Z)")
"""A line with its end: the line boundaries of Unicode Standard Annex 14 (class BK, CR, LF, NL)."""


def line_blocks(text: str) -> Iterator[Block]:
    """The blocks of a plain text: each line with its line end; white-space lines are joined into one blank block."""
    blank_from = None
    for match in LINE_RE.finditer(text):
        start, end = match.span()
        if start == end:
            continue
        if match.group().strip():
            if blank_from is not None:
                yield Block(blank_from, start, Label.BLANK)
                blank_from = None
            yield Block(start, end)
        elif blank_from is None:
            blank_from = start
    if blank_from is not None:
        yield Block(blank_from, len(text), Label.BLANK)


WRAP_WIDTHS = range(50, 101)
"""Widths at which mail, RFCs and text browsers break lines."""

WRAP_LINES = 8
"""Full lines that must be seen before a text counts as hard-wrapped."""


def wrap_width(text: str) -> int | None:
    """The width at which the lines of a text were broken, in columns; `None` if they were not.

    In hard-wrapped text hardly a line of several words is longer than the width; a long line that another follows is nearly always so
    long that the next word did not fit; and few of those end a sentence. Short lines (menus) say nothing.
    """
    lines = [line.rstrip() for line in text[:WRAP_SAMPLE].split("\n")]
    lengths = sorted(columns(line) for line in lines if len(line.split(None, 2)) > 2 or columns(line) > len(line) + 4)
    if len(lengths) < WRAP_LINES:
        return None
    width = lengths[int(WITHIN * (len(lengths) - 1))]
    if width not in WRAP_WIDTHS:
        return None
    followed = ((a, columns(a), b) for a, b in pairwise(lines) if b.strip() and not BULLET_RE.match(b))
    long = [(a, size, b) for a, size, b in followed if 0.6 * width < size <= width]
    full = [a for a, size, b in long if size + first_columns(b) > width]
    open_ended = sum(a[-1] not in ".!?:" for a in full)
    least = 0.6 if lengths[-1] <= WIDER * width else 0.8
    enough = len(full) >= WRAP_LINES and len(full) > least * len(long) and open_ended > 0.7 * len(full)
    return width if enough else None


def columns(line: str) -> int:
    """Columns that a line takes: two for a wide character (Unicode Standard Annex 11), one for others."""
    return len(line) if line.isascii() else len(line) + sum(east_asian_width(c) in "WF" for c in line)


def first_columns(line: str) -> int:
    """Columns that must be free at the end of a line for the first word of the next: with a space before it, if it is not wide."""
    word = line.split(None, 1)[0]
    return 2 if columns(word[0]) == 2 else 1 + columns(word)


WITHIN = 0.985
"""Share of the lines of several words that the width holds; tables and programs are wider."""

WIDER = 1.06
"""How much wider the widest of these lines may be, for a text of which fewer long lines must be full: no other text ends so sharply."""

WRAP_SAMPLE = 50_000


def unwrap(text: str, blocks: Iterator[Block], width: int) -> Iterator[Block]:
    """Join the lines of each hard-wrapped paragraph: a line goes on in the next if the next one's first word did not fit."""

    def goes_on(lines: list[str], line: str) -> bool:
        return columns(lines[-1].rstrip()) + first_columns(line) > width and not BULLET_RE.match(line)

    return _joined(text, blocks, goes_on)


def unbroken(text: str, blocks: Iterator[Block]) -> Iterator[Block]:
    """Join the lines of each paragraph of Markdown; a heading's underline belongs to the heading."""

    def goes_on(lines: list[str], line: str) -> bool:
        opened = len(lines) <= MAX_OPEN and sum(map(unclosed, lines)) > 0
        return opened or not begins_block(line, lines[-1])

    return _joined(text, blocks, goes_on)


MAX_OPEN = 6
"""Lines over which a link or a picture may stretch."""


def _joined(text: str, blocks: Iterator[Block], goes_on: Callable[[list[str], str], bool]) -> Iterator[Block]:
    """Blocks of lines that belong together: `goes_on` says whether the lines of a block go on in the line behind them."""
    held: Block | None = None
    lines: list[str] = []
    for block in blocks:
        line = text[block.start : block.end].rstrip("\r\n")
        if held is not None and Label.BLANK not in (held.label, block.label) and goes_on(lines, line):
            held = Block(held.start, block.end)
            lines.append(line)
            continue
        if held is not None:
            yield held
        held, lines = block, [line]
    if held is not None:
        yield held


BULLET_RE = re.compile(r"\s*(?:[•●▪‣◦*-]|\(?\d{1,2}[.)])\s")


_INVISIBLE_RE = re.compile("[\u180e\u200b\u2060\ufeff\u202a-\u202e\u2066-\u2069]")
"""Zero-width space, word joiner, byte order mark; bidi embeddings, overrides and isolates (Unicode Standard Annex 9)."""


def _noting_invisible(document: Document) -> Document:
    found = None if document.text.isascii() else _INVISIBLE_RE.search(document.text)
    if found is None:
        return document
    message = f"invisible characters, the first U+{ord(found.group()):04X}, stand in the text; the record's text leaves them out"
    return document.noting(Problem(ProblemCode.INVISIBLE, message, *found.span()))


def segment(document: Document) -> Document:
    """Stage: fill `blocks` with unlabelled blocks that tile the text; a flattened page has its blocks already."""
    document = _noting_invisible(document)
    if document.blocks:
        return document
    blocks = line_blocks(document.text)
    if document.payload.media_type == MEDIA_TYPE or is_markdown(document.text):
        return replace(document, blocks=tuple(unbroken(document.text, blocks)), markdown=True)
    width = wrap_width(document.text)
    if width is not None:
        blocks = unwrap(document.text, blocks, width)
    return replace(document, blocks=tuple(blocks))
