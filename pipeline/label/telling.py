"""The telling words of a page's lines, and how they come again in others."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt


@dataclass(frozen=True, slots=True)
class Telling:
    """The telling words of all lines (longer than three letters, or unspaced), each once a line, as numbers."""

    words: npt.NDArray[np.int64]
    line_of: npt.NDArray[np.int64]
    per_line: npt.NDArray[np.float64]
    size: int

    @classmethod
    def of(cls, lines: Sequence[bytes]) -> Telling:
        """Number the words of the lines, which are given as arrays of uint32."""
        per_line = np.array([len(words) for words in lines], dtype=np.int64) // 4
        known, numbers = np.unique(np.frombuffer(b"".join(lines), dtype=np.uint32), return_inverse=True)
        line_of = np.repeat(np.arange(len(lines)), per_line)
        return cls(numbers.astype(np.int64), line_of, np.maximum(per_line, 1).astype(np.float64), max(len(known), 1))

    def share_in(self, chosen: npt.NDArray[np.bool_], *, others_only: bool = False, often: int = 0) -> npt.NDArray[np.float64]:
        """For each line the share of its words that stand in more than `often` chosen lines (itself not counted, if asked)."""
        own = chosen[self.line_of]
        seen = np.bincount(self.words[own], minlength=self.size)
        found = seen[self.words] - (own if others_only else 0) > often
        return self._shares(found)

    def share_above(self, chosen: npt.NDArray[np.bool_]) -> npt.NDArray[np.float64]:
        """For each line the share of its words that stand in a chosen line above it."""
        own = chosen[self.line_of]
        first = np.full(self.size, len(self.per_line), dtype=np.int64)
        np.minimum.at(first, self.words[own], self.line_of[own])
        return self._shares(first[self.words] < self.line_of)

    def _shares(self, found: npt.NDArray[np.bool_]) -> npt.NDArray[np.float64]:
        return np.bincount(self.line_of, weights=found, minlength=len(self.per_line)) / self.per_line
