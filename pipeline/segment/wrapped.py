"""Hard-wrapped text: its lines were broken at a fixed width, and a block is a paragraph."""

from __future__ import annotations

import re
from collections.abc import Iterator
from itertools import pairwise
from unicodedata import east_asian_width

from pipeline.document import Block
from pipeline.segment.lines import joined

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
    open_ended = sum(a[-1] not in ".!?:…。！？：；" for a in full)
    least = 0.6 if lengths[-1] <= WIDER * width else 0.8
    enough = len(full) >= WRAP_LINES and len(full) > least * len(long) and open_ended > 0.7 * len(full)
    return width if enough else None


def columns(line: str) -> int:
    """Columns that a line takes: two for a wide character (Unicode Standard Annex 11), one for others."""
    narrow = line.isascii() or not _MAYBE_WIDE_RE.search(line)
    return len(line) if narrow else len(line) + sum(east_asian_width(c) in "WF" for c in line)


_MAYBE_WIDE_RE = re.compile("[\u1100-\U0010ffff]")
"""The first wide character is U+1100, of the Hangul Jamo."""


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
        size = columns(lines[-1].rstrip())
        return size <= WIDER * width and size + first_columns(line) > width and not BULLET_RE.match(line)

    return joined(text, blocks, goes_on)


BULLET_RE = re.compile(r"\s*(?:[•●▪‣◦*-]|\(?\d{1,2}[.)])\s")
