"""Lines that hold several lines of a page, set in one: `text_content()` puts nothing between paragraphs, other tools a space."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from itertools import pairwise
from typing import NamedTuple

from pipeline.document import Block, Label
from pipeline.segment.headline import headline_cuts

LONG = 600
"""Characters of a line from which it may hold several lines of a page, set in one with nothing between: "... at noon.Nobody was hurt"."""

MEAN = 200
"""Characters of a line, on the mean, from which a text has too few lines."""

PROSE = 80
"""Characters from which a line is running text; most of a page's must stand in lines that hold several: else these are odd ones."""

LEAST_GLUED = 3
"""Sentences that must be glued so, for that to be believed."""

VERY_LONG = 3000
"""Characters of a line, or of such a part of it, from which each sentence is a block: a page that was set in one line."""

LONGEST = 200_000
"""Characters of a line up to which it may be a page; a longer one is none, and stays whole."""

_GLUED_RE = re.compile(r"(?:(?<=[^\W\d_]{2}[.!?…])|(?<=[.!?…][\"”’)]))(?=[“«\"]?[A-ZÀ-Þ][^\W\d_]{0,24}[\s,’'-])")
"""Between a sentence and the next; in programs ("java.util.List;") a name goes on otherwise."""

_BOUNDARY_RE = re.compile(r"(?<=[a-zß-ÿ]{2})(?=[A-ZÀ-Þ][a-zß-ÿ])")
_LEFT_RE, _RIGHT_RE = re.compile(r"[^\W\d_][a-zß-ÿ]*\Z"), re.compile(r"[^\W\d_][a-zß-ÿ]*")
_WORD_RE = re.compile(r"[^\W\d_]+")
LETTERS = 24
"""Letters of a word, on either side of where it might be glued, that are looked at."""

_SENTENCE_RE = re.compile(r"[^\W\d_]{3}[\"”’»)]?[.!?…][\"”’»)]*\s+(?=[A-ZÀ-Þ\"“„«])|[。！？][」』”’）)》]*+(?!\Z)")


def parted(text: str, blocks: Sequence[Block]) -> Sequence[Block]:
    """The blocks of a text; if it has too few lines, those that hold several parted: where these are glued, or at each sentence."""
    lines = [block for block in blocks if block.label is not Label.BLANK]
    if len(text) < MEAN * len(lines):
        return blocks
    words = Words(
        Counter("".join(_parts(text, match.start())) for match in _BOUNDARY_RE.finditer(text)), frozenset(_WORD_RE.findall(text))
    )
    cuts = {block: found for block in lines if (found := _cuts(text, block, words))}
    prose = [(block.end - block.start, block in cuts) for block in lines if block.end - block.start >= PROSE]
    if sum(size if cut else -size for size, cut in prose) <= 0:
        return blocks
    return [Block(a, b, block.label) for block in blocks for a, b in pairwise([block.start, *cuts.get(block, ()), block.end])]


class Words(NamedTuple):
    """How often a text says what may be two words with nothing between, and its words."""

    glued: Mapping[str, int]
    said: frozenset[str]


def _cuts(text: str, block: Block, words: Words) -> list[int]:
    """Where a long line is parted."""
    start, end = block.start, block.end
    if not LONG <= end - start <= LONGEST:
        return []
    glued = [match.start() for match in _GLUED_RE.finditer(text, start, end)]
    glued = sorted({*glued, *_between_words(text, start, end, words)}) if len(glued) >= LEAST_GLUED else []
    inner: list[int] = []
    if end - start >= VERY_LONG:
        glued = sorted({*glued, *headline_cuts(text, start, end)})
    for first, last in pairwise([start, *glued, end]):
        if last - first >= VERY_LONG:
            inner += [match.end() for match in _SENTENCE_RE.finditer(text, first, last)]
    return sorted({*glued, *inner} - {start, end})


def _between_words(text: str, start: int, end: int, words: Words) -> Iterator[int]:
    """Where two words are glued ("townThe", "HomeNewsSport"), and no name is written so.

    "YouTube" is: it is said more than once, or it begins with a capital, is no row of glued words, and "You" is no word of the text.
    """
    for match in _BOUNDARY_RE.finditer(text, start, end):
        place = match.start()
        left, right = _parts(text, place)
        row = (
            text[place - len(left) - 1 : place - len(left)].islower()
            or text[place + len(right) : place + len(right) + 1].isupper()
        )
        if words.glued[left + right] == 1 and (left[:1].islower() or row or not words.said.isdisjoint((left, left.lower()))):
            yield place


def _parts(text: str, place: int) -> tuple[str, str]:
    """The letters before a place, from a capital on, and those behind it up to the next: what may be two words."""
    left, right = _LEFT_RE.search(text[max(0, place - LETTERS) : place]), _RIGHT_RE.match(text[place : place + LETTERS])
    return left[0] if left else "", right[0] if right else ""
