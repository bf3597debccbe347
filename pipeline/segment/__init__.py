"""Text to blocks: one block a line, one blank block a run of empty lines. They tile the text.

Where a text is hard-wrapped (`wrapped`), a block is a paragraph: all lines up to an empty one. In Markdown a block is what Markdown
takes for one paragraph, heading, entry of a list or row of a table. The list of addresses at the foot of a text browser's dump is one
block. Where a page was set in few lines (`glued`), these are parted.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from dataclasses import replace
from itertools import groupby
from operator import itemgetter

from pipeline import markdown, numbered
from pipeline.document import Block, Document, Problem, ProblemCode
from pipeline.markdown import begins_block, begins_entry, ends_inside, in_fences, is_markdown
from pipeline.segment.glued import parted
from pipeline.segment.lines import LINE_ENDS, LINE_RE, joined, line_blocks
from pipeline.segment.wrapped import unwrap, wrap_width


def unbroken(text: str, blocks: Iterable[Block]) -> Iterator[Block]:
    """Join the lines of each paragraph of Markdown; a heading's underline belongs to the heading, and fenced code stays as it is."""

    def goes_on(lines: list[str], line: str) -> bool:
        return (ends_inside(lines) and not begins_entry(line)) or not begins_block(line, lines[-1])

    known = list(blocks)
    fenced = in_fences([text[block.start : block.end] for block in known])
    for code, part in groupby(zip(fenced, known, strict=True), key=itemgetter(0)):
        of_part = (block for _, block in part)
        yield from of_part if code else joined(text, of_part, goes_on)


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
    text, said = document.text, document.payload.media_type
    if said == markdown.MEDIA_TYPE or is_markdown(text):
        return replace(document, blocks=tuple(unbroken(text, line_blocks(text))), syntax=markdown.MEDIA_TYPE)
    foot = numbered.foot_of(text)
    if foot is not None:
        blocks = (*_cut(text[:foot]), Block(foot, len(text)))
        return replace(document, blocks=blocks, syntax=numbered.MEDIA_TYPE)
    syntax = numbered.MEDIA_TYPE if said == numbered.MEDIA_TYPE else ""
    return replace(document, blocks=_cut(text), syntax=syntax)


def _cut(text: str) -> tuple[Block, ...]:
    width = wrap_width(text)
    blocks = line_blocks(text)
    return tuple(parted(text, tuple(blocks)) if width is None else unwrap(text, blocks, width))


__all__ = ["LINE_ENDS", "LINE_RE", "line_blocks", "segment", "unbroken"]
