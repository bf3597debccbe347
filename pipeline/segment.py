"""Text to blocks: one block a line, one blank block a run of empty lines. They tile the text."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import replace

from pipeline.document import Block, Document, Label

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


def segment(document: Document) -> Document:
    """Stage: fill `blocks` with unlabelled blocks that tile the text."""
    return replace(document, blocks=tuple(line_blocks(document.text)))
