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


def line_slots(tokens: Sequence[str]) -> list[int]:
    """The slots in the table of a line's words and pairs, each once, sorted."""
    tokens = tokens[:MAX_TOKENS]
    said = set(tokens)
    if tokens and len(tokens) <= PAIRS_UP_TO:
        said.update(f"{a} {b}" for a, b in pairwise(tokens))
        said.add("^" + tokens[0])
        said.add(tokens[-1] + "$")
        if len(tokens) <= 4:
            said.add("=" + " ".join(tokens))
    return sorted({zlib.crc32(word.encode("utf-8", "surrogatepass")) & MASK for word in said})


def slot_scores(lines: Sequence[bytes], weights: npt.NDArray[np.int16]) -> npt.NDArray[np.float64]:
    """One score a line, given its slots as int32: the sum of their weights over the square root of their number."""
    counts = np.array([len(line) for line in lines], dtype=np.int64) // 4
    flat = np.frombuffer(b"".join(lines), dtype=np.int32)
    sums = np.concatenate([[0], np.cumsum(weights[flat], dtype=np.int64)])
    ends = np.cumsum(counts)
    totals: npt.NDArray[np.float64] = (sums[ends] - sums[ends - counts]).astype(np.float64)
    scores: npt.NDArray[np.float64] = totals / np.sqrt(np.maximum(counts, 1)) / 256.0
    return scores
