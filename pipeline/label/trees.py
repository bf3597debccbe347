"""Boosted oblivious trees, evaluated in whole numbers, so that every machine comes to the same verdict.

In an oblivious tree all nodes of one level ask the same question, so a leaf's number is made of the answers' bits. Leaf
values are integers; their sum does not depend on the order of addition.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

SCALE = 1 << 12
"""Leaf values are log-odds times this."""

CHUNK = 4096
"""Lines that are evaluated at a time: bounds the memory for a page of a million lines."""


@dataclass(frozen=True, slots=True)
class Trees:
    """`questions[t, k]` is the column that level k of tree t asks about, `borders[t, k]` what it must exceed.

    `leaves[t, leaf, class]` is what the leaf adds to each class (one for a yes-or-no model), `bias[class]` comes on top.
    """

    questions: npt.NDArray[np.int32]
    borders: npt.NDArray[np.float32]
    leaves: npt.NDArray[np.int32]
    bias: npt.NDArray[np.int64]

    @classmethod
    def read(cls, arrays: Mapping[str, npt.NDArray[np.generic]], name: str) -> Trees:
        """The trees stored under a name in the model file; raises `ValueError` if their sums would not fit in 32 bits."""
        parts = (arrays[f"{name}_{part}"] for part in ("questions", "borders", "leaves", "bias"))
        questions, borders, leaves, bias = parts
        if np.abs(leaves.astype(np.int64)).max(axis=1, initial=0).sum(axis=0).max(initial=0) >= 1 << 31:
            raise ValueError(f"the leaves of {name!r} add up to more than 32 bits hold; scale them down")
        return cls(
            questions.astype(np.int32),
            borders.astype(np.float32),
            leaves.astype(np.int32),
            bias.astype(np.int64),
        )

    def margins(self, rows: npt.NDArray[np.float64]) -> npt.NDArray[np.int64]:
        """For each row the sum of its leaves a class, in `SCALE`-ths of log-odds."""
        parts = [self._margins(rows[i : i + CHUNK]) for i in range(0, len(rows), CHUNK)]
        return np.concatenate(parts) if parts else np.zeros((0, len(self.bias)), dtype=np.int64)

    def _margins(self, rows: npt.NDArray[np.float64]) -> npt.NDArray[np.int64]:
        columns = np.ascontiguousarray(rows.T, dtype=np.float32)
        trees, depth = self.questions.shape
        leaf = np.zeros((trees, len(rows)), dtype=np.uint8)  # at most eight levels
        for k in range(depth):
            leaf |= (columns[self.questions[:, k]] > self.borders[:, k, None]).view(np.uint8) << k
        size = self.leaves.shape[1]
        flat = self.leaves.reshape(trees * size, -1)
        place = leaf + (np.arange(trees, dtype=np.int32) * size)[:, None]
        if flat.shape[1] == 1:
            total = flat[:, 0].take(place).sum(axis=0, dtype=np.int32)[:, None]
        else:
            total = np.zeros((len(rows), flat.shape[1]), dtype=np.int32)
            for row in place:
                total += flat.take(row, axis=0)
        margins: npt.NDArray[np.int64] = self.bias + total
        return margins


STEPS = 64
REACH = 16 * STEPS


def probabilities(margins: npt.NDArray[np.int64], table: npt.NDArray[np.float64]) -> npt.NDArray[np.float64]:
    """Probabilities for margins, read from a table of the logistic function in steps of 1/64 from -16 to 16."""
    place = (margins * STEPS + SCALE // 2) // SCALE
    return table[np.clip(place, -REACH, REACH) + REACH]
