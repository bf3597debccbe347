"""Text to blocks: one block a line, one blank block a run of empty lines. They tile the text.

Where a text is hard-wrapped (its lines were broken at a fixed width), a block is a paragraph: all lines up to an empty one. In
Markdown a block is what Markdown takes for one paragraph, heading, entry of a list or row of a table.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import replace
from itertools import pairwise

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
    """The width at which the lines of a text were broken, in characters; `None` if they were not.

    In hard-wrapped text the longest lines are of like length, most lines that another follows are nearly that long, and few
    of those end a sentence.
    """
    lines = [line.rstrip() for line in text[:WRAP_SAMPLE].split("\n")]
    followed = [a for a, b in pairwise(lines) if a and b]
    if len(followed) < WRAP_LINES:
        return None
    lengths = sorted(len(line) for line in lines if line)
    width = lengths[int(0.98 * (len(lengths) - 1))]
    if width not in WRAP_WIDTHS or lengths[-1] > 1.2 * width:
        return None
    full = [line for line in followed if len(line) > 0.75 * width]
    open_ended = sum(line[-1] not in ".!?:" for line in full)
    enough = len(full) >= WRAP_LINES and len(full) > 0.6 * len(followed) and open_ended > 0.7 * len(full)
    return width if enough else None


WRAP_SAMPLE = 50_000


def unwrap(text: str, blocks: Iterator[Block], width: int) -> Iterator[Block]:
    """Join the lines of each hard-wrapped paragraph: a line goes on in the next if the next one's first word did not fit."""
    held: Block | None = None
    for block in blocks:
        if (
            held is not None
            and held.label is not Label.BLANK
            and block.label is not Label.BLANK
            and _went_on(text, held, block, width)
        ):
            held = Block(held.start, block.end)
            continue
        if held is not None:
            yield held
        held = block
    if held is not None:
        yield held


MAX_OPEN = 6
"""Lines over which a link or a picture may stretch."""


def unbroken(text: str, blocks: Iterator[Block]) -> Iterator[Block]:
    """Join the lines of each paragraph of Markdown; a heading's underline belongs to the heading."""
    held: Block | None = None
    before, opened, lines = "", 0, 0
    for block in blocks:
        line = text[block.start : block.end].rstrip("\r\n")
        if (
            held is not None
            and Label.BLANK not in (held.label, block.label)
            and ((opened > 0 and lines <= MAX_OPEN) or not begins_block(line, before))
        ):
            held = Block(held.start, block.end)
        else:
            if held is not None:
                yield held
            held, opened, lines = block, 0, 0
        before, opened, lines = line, opened + unclosed(line), lines + 1
    if held is not None:
        yield held


def _went_on(text: str, first: Block, second: Block, width: int) -> bool:
    last_line = text[first.start : first.end].rstrip().rpartition("\n")[2]
    line = text[second.start : second.end]
    word = line.split(maxsplit=1)[0]
    return len(last_line) + 1 + len(word) > width and not BULLET_RE.match(line)


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
