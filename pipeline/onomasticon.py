"""Words that people are called by, against words of every day: what tells "Summer Swann" from "Summer Sale".

`onomasticon.npz` says of 176,000 words how much likelier they are as a given name and as a family name than as any word, in
binary logarithms; `benchmarks/onomasticon.py` makes it. A word stands there as its CRC-32: one strange word in 24,000
is taken for another, which does no harm.
"""

from __future__ import annotations

import re
from bisect import bisect_left
from functools import cache, lru_cache
from typing import NamedTuple
from zlib import crc32

from pipeline import packed

WORD_RE = re.compile(r"[^\W\d_]+(?:['’][^\W\d_]+)*")
"""Words of names: the halves of a double name are two."""


class Odds(NamedTuple):
    """How much likelier a word is as a given name and as a family name than as any word: log2."""

    given: int
    family: int


class _Table(NamedTuple):
    keys: list[int]
    given: list[int]
    family: list[int]


@cache
def _load() -> _Table:
    found = packed.arrays("pipeline", "onomasticon.npz")
    return _Table(found["steps"].cumsum().tolist(), found["given"].tolist(), found["family"].tolist())


def key(word: str) -> int:
    """What stands for a word in the table."""
    return crc32(word.casefold().replace("’", "'").encode("utf-8", "surrogatepass"))


@lru_cache(1 << 14)
def odds(word: str) -> Odds | None:
    """What is known of a word; `None` if it is neither a frequent word nor a known name."""
    table, wanted = _load(), key(word)
    place = bisect_left(table.keys, wanted)
    if place == len(table.keys) or table.keys[place] != wanted:
        return None
    return Odds(table.given[place], table.family[place])


NAME = 1
"""Odds from which a word is taken for a name: twice as likely."""

PLAIN = -3
"""Odds up to which it is taken for a plain word."""


GIVEN = frozenset({"given", "both"})
FAMILY = frozenset({"family", "both"})
"""Sorts of words that are names."""


@lru_cache(1 << 14)
def sort_of(word: str) -> str:
    """What a word is: `given`, `family`, `both` names, `plain`, `either` name or plain word, or `unknown`."""
    said = odds(word)
    if said is None:
        return "unknown"
    if max(said) <= PLAIN:
        return "plain"
    if max(said) < NAME:
        return "either"
    return "both" if min(said) >= NAME else "given" if said.given > said.family else "family"


def sorts_of(text: str) -> list[str]:
    """What the words of a text are; initials are left out."""
    return [sort_of(word) for word in WORD_RE.findall(text) if len(word) > 1]
