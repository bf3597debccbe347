"""A text's lines as blocks, and blocks of lines that belong together. They tile the text."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator

from pipeline.document import Block, Label

LINE_ENDS = "\n\r\x0b\x0c\x85\u2028\u2029"
"""The line boundaries of Unicode Standard Annex 14 (class BK, CR, LF, NL)."""

LINE_RE = re.compile(rf"[^{LINE_ENDS}]*(?:\r\n|[{LINE_ENDS}]|\Z)")
"""A line with its end."""


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


def joined(text: str, blocks: Iterator[Block], goes_on: Callable[[list[str], str], bool]) -> Iterator[Block]:
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
