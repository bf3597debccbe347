"""A linear model over the words of a line: how much they read like main content, in no language in particular.

Words and pairs of words are hashed (CRC-32) into a table of small integer weights, so that the table has a fixed size and
no vocabulary has to be shipped.
"""

from __future__ import annotations

import zlib
from collections.abc import Sequence
from itertools import pairwise

import numpy as np
import numpy.typing as npt

BITS = 16
MASK = (1 << BITS) - 1
MAX_TOKENS = 40
PAIRS_UP_TO = 12
"""Words up to which a line's pairs of neighbours count too: furniture is short."""


class Hasher:
    """Slots of words in the table; remembers the words of one page."""

    __slots__ = ("_known",)

    def __init__(self) -> None:
        self._known: dict[str, int] = {}

    def slot(self, word: str) -> int:
        """The slot of a word or pair."""
        known = self._known.get(word)
        if known is None:
            known = self._known[word] = zlib.crc32(word.encode("utf-8", "surrogatepass")) & MASK
        return known

    def slots(self, tokens: Sequence[str]) -> list[int]:
        """The slots of a line, each once, sorted."""
        tokens = tokens[:MAX_TOKENS]
        slot = self.slot
        found = {slot(t) for t in tokens}
        if tokens and len(tokens) <= PAIRS_UP_TO:
            found.update(slot(f"{a} {b}") for a, b in pairwise(tokens))
            found.add(slot("^" + tokens[0]))
            found.add(slot(tokens[-1] + "$"))
            if len(tokens) <= 4:
                found.add(slot("=" + " ".join(tokens)))
        return sorted(found)


def line_scores(lines: Sequence[Sequence[str]], weights: npt.NDArray[np.int16]) -> npt.NDArray[np.float64]:
    """One score a line, given the words of each."""
    hasher = Hasher()
    return slot_scores([hasher.slots(tokens) for tokens in lines], weights)


def slot_scores(slots: Sequence[Sequence[int]], weights: npt.NDArray[np.int16]) -> npt.NDArray[np.float64]:
    """One score a line, given the slots of each: the sum of their weights over the square root of their number."""
    counts = np.array([len(s) for s in slots], dtype=np.int64)
    flat = np.fromiter((x for s in slots for x in s), dtype=np.int64, count=int(counts.sum()))
    sums = np.concatenate([[0], np.cumsum(weights[flat], dtype=np.int64)])
    ends = np.cumsum(counts)
    totals: npt.NDArray[np.float64] = (sums[ends] - sums[ends - counts]).astype(np.float64)
    scores: npt.NDArray[np.float64] = totals / np.sqrt(np.maximum(counts, 1)) / 256.0
    return scores
