"""Everything that a line's text alone tells the labeller, worked out once for all pages that hold the line."""

from __future__ import annotations

import zlib
from array import array
from functools import lru_cache
from typing import NamedTuple

from pipeline.label.alone import own_votes
from pipeline.label.lexicon import line_slots
from pipeline.label.line import Line, read_line
from pipeline.label.shape import line_shape
from pipeline.label.vote import Vote

REMEMBERED = 1 << 14
"""Short lines that a process remembers (some 2 KB each): furniture comes again on every page of a site."""

SHORT = 80
"""Characters up to which a line is remembered."""

MAX_TELLING = 60
"""Words of a line that are compared with other lines."""


class Reading(NamedTuple):
    """A line, its columns as bytes, and the votes that it gets for itself.

    `shape` holds float64; `slots`, the places of its words in the lexicon, int32; `telling`, a number for each of its telling
    words (longer than three letters, or unspaced), uint32.
    """

    line: Line
    shape: bytes
    slots: bytes
    telling: bytes
    votes: tuple[Vote, ...]


def _read(text: str) -> Reading:
    line = read_line(text)
    words = {t for t in line.tokens[:MAX_TELLING] if len(t) > 3 or t >= "\u0e00"}
    numbers = sorted({zlib.crc32(t.encode("utf-8", "surrogatepass")) for t in words})
    return Reading(
        line,
        array("d", line_shape(line)).tobytes(),
        array("i", line_slots(line.tokens)).tobytes(),
        array("I", numbers).tobytes(),
        own_votes(line),
    )


_remembered = lru_cache(REMEMBERED)(_read)


def reading_of(text: str) -> Reading:
    """What a line of normalized text tells."""
    return _remembered(text) if len(text) <= SHORT else _read(text)
