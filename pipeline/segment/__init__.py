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

from pipeline import markdown, numbered
from pipeline.document import Block, Document, Problem, ProblemCode
from pipeline.segment.glued import parted
from pipeline.segment.lines import LINE_ENDS, LINE_RE, joined, line_blocks
from pipeline.segment.wrapped import unwrap, wrap_width


def unbroken(text: str, blocks: Iterable[Block], code: Iterable[tuple[int, int]]) -> Iterator[Block]:
    """Join the lines of each paragraph of Markdown; a heading's underline belongs to the heading, and lines of code stay as they are."""

    def goes_on(lines: list[str], line: str) -> bool:
        return (markdown.ends_inside(lines) and not markdown.begins_entry(line)) or not markdown.begins_block(line, lines[-1])

    starts = {start for start, _ in code}
    for in_code, part in groupby(blocks, key=lambda block: block.start in starts):
        known = iter(part)
        yield from known if in_code else joined(text, known, goes_on)


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
    if said == markdown.MEDIA_TYPE or markdown.is_markdown(text):
        code = markdown.fenced(text)
        blocks = tuple(unbroken(text, line_blocks(text), code))
        return replace(document, blocks=blocks, syntax=markdown.MEDIA_TYPE, code=code)
    foot = numbered.foot_of(text)
    if foot is not None:
        return replace(document, blocks=(*_cut(text[:foot]), Block(foot, len(text))), syntax=numbered.MEDIA_TYPE)
    return replace(document, blocks=_cut(text), syntax=said if said == numbered.MEDIA_TYPE else "")


def _cut(text: str) -> tuple[Block, ...]:
    width = wrap_width(text)
    blocks = line_blocks(text)
    return tuple(parted(text, tuple(blocks)) if width is None else unwrap(text, blocks, width))


__all__ = ["LINE_ENDS", "LINE_RE", "line_blocks", "segment", "unbroken"]
