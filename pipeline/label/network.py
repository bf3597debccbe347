"""A small convolutional network over the lines of a page, evaluated in whole numbers.

It reads the features of all lines at once: each layer sees lines twice as far away as the one before, and the mean of the page.
Weights and activations are whole numbers and every sum stays below 2**53, so that the order of addition, and with it the
machine, the library underneath and its threads, make no difference; the square root and the division that normalise a line are
correctly rounded by IEEE 754.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, replace
from typing import NamedTuple

import numpy as np
import numpy.typing as npt

LEVELS = 32
"""A feature is seen as the share of its column's borders that it has reached, in so many steps."""

UNIT = 256
"""Activations are multiples of one 256th."""

WEIGHT = 1024
"""Weights are multiples of one 1,024th."""

FLOOR = 1e-3
"""Added to the mean square of a line's activations before they are divided by its root."""

AT_ONCE = 4 * 65_536
"""Multiplications in one matrix product: up to here OpenBLAS calls no threads, which would cost more than they give
(its `interface/gemm.c`: `SMP_THRESHOLD_MIN` times `GEMM_MULTITHREAD_THRESHOLD`)."""

CHUNK = 4096
"""Lines that go through a layer at a time: bounds the memory for a page of a million lines."""

Floats = npt.NDArray[np.float64]


def levels(rows: npt.NDArray[np.floating], borders: npt.NDArray[np.float32]) -> Floats:
    """Each feature as a whole number from -LEVELS / 2 to LEVELS / 2: how many of its column's borders it has reached.

    `borders` has a row a column, filled up with infinity.
    """
    known = np.isfinite(borders).sum(axis=1)
    order = np.argsort(-known, kind="stable")  # columns of many borders first: half have one or two
    values = np.ascontiguousarray(rows.astype(np.float32).T[order])
    limits = borders[order]
    reached = np.zeros(values.shape, dtype=np.uint8)
    for k, many in enumerate((known[:, None] > np.arange(known.max(initial=0))).sum(axis=0).tolist()):
        reached[:many] += values[:many] >= limits[:many, k, None]
    back = np.empty_like(order)
    back[order] = np.arange(len(order))
    reached = np.ascontiguousarray(reached[back].T)
    count = np.maximum(known, 1)
    share: Floats = np.floor((2.0 * LEVELS * reached + count) / (2.0 * count)) - LEVELS // 2
    return share


class Answers(NamedTuple):
    """Log-odds of each line, in `UNIT`-ths: that it is main content; of each label, a column for each, if the network says them."""

    content: npt.NDArray[np.int64]
    kinds: npt.NDArray[np.int64] | None


@dataclass(frozen=True, slots=True)
class Network:
    """The network's numbers, all whole.

    `entry` leads from the features to the channels. A layer k has `taps[k]`, three matrices for the line `2**k` before, the
    line itself and the one `2**k` behind; `page[k]` for the page's mean; `out[k]` for what it adds to the line. `head` and
    `answer` lead to the log-odds of main content, `kind_head` and `kind_answer` to those of the labels: the model for
    HTML has none.
    """

    borders: npt.NDArray[np.float32]
    entry: Floats
    entry_bias: Floats
    taps: Floats
    taps_bias: Floats
    page: Floats
    out: Floats
    head: Floats
    head_bias: Floats
    answer: Floats
    answer_bias: Floats
    kind_head: Floats | None = None
    kind_head_bias: Floats | None = None
    kind_answer: Floats | None = None
    kind_answer_bias: Floats | None = None

    @classmethod
    def read(cls, arrays: Mapping[str, npt.NDArray[np.generic]], name: str) -> Network:
        """The network stored under a name in the model file."""
        parts = {part: arrays[f"{name}_{part}"] for part in cls.__slots__ if f"{name}_{part}" in arrays}
        borders = parts.pop("borders").astype(np.float32)
        return cls(borders, **{part: array.astype(np.float64) for part, array in parts.items()})

    def of_content(self) -> Network:
        """The same network, without its word on the kinds of lines."""
        return replace(self, kind_head=None, kind_head_bias=None, kind_answer=None, kind_answer_bias=None)

    def ask(self, rows: Floats) -> Answers:
        """What each line of a page is; the first column of `rows` is the line's words."""
        words = rows[:, 0]
        state = np.zeros((len(rows), self.entry.shape[1]), dtype=np.int32)
        for part in _chunks(len(rows)):
            entered = _times(levels(rows[part], self.borders), self.entry, LEVELS // 2 * WEIGHT // UNIT)
            state[part] = np.maximum(entered + self.entry_bias, 0.0)
        for k in range(len(self.taps)):
            self._add_layer(k, state, words)
        content = self._answer(state, self.head, self.head_bias, self.answer, self.answer_bias)[:, 0]
        if self.kind_head is None or self.kind_head_bias is None or self.kind_answer is None or self.kind_answer_bias is None:
            return Answers(content, None)
        return Answers(content, self._answer(state, self.kind_head, self.kind_head_bias, self.kind_answer, self.kind_answer_bias))

    @staticmethod
    def _answer(
        state: npt.NDArray[np.int32], head: Floats, head_bias: Floats, answer: Floats, answer_bias: Floats
    ) -> npt.NDArray[np.int64]:
        """What one of the heads says of each line."""
        out = np.zeros((len(state), answer.shape[1]), dtype=np.int64)
        for part in _chunks(len(state)):
            last = np.maximum(_times(_normal(state[part]), head, WEIGHT) + head_bias, 0.0)
            out[part] = _times(last, answer, WEIGHT) + answer_bias
        return out

    def _add_layer(self, k: int, state: npt.NDArray[np.int32], words: Floats) -> None:
        """Add to each line what layer k says of it and of the lines around."""
        n, reach = len(state), 1 << k
        seen = np.zeros((n + 2 * reach, state.shape[1]), dtype=np.float32)
        mass = np.zeros(state.shape[1])
        for part in _chunks(n):
            line = _normal(state[part])
            seen[part.start + reach : part.stop + reach] = line
            mass += (line * words[part, None]).sum(axis=0)
        mean = np.rint(mass / max(float(words.sum()), 0.5))
        whole = self.taps_bias[k] + _times(mean[None, :], self.page[k], WEIGHT)
        for part in _chunks(n):
            sums = np.zeros((part.stop - part.start, state.shape[1]))
            for tap, matrix in enumerate(self.taps[k]):
                beside = seen[part.start + tap * reach : part.stop + tap * reach]
                sums += _times(beside.astype(np.float64), matrix, 1)
            state[part] += _times(np.maximum(np.rint(sums / WEIGHT) + whole, 0.0), self.out[k], WEIGHT).astype(np.int32)


def _chunks(n: int) -> Iterator[slice]:
    return (slice(i, min(i + CHUNK, n)) for i in range(0, n, CHUNK))


def _normal(state: npt.NDArray[np.int32]) -> Floats:
    """The activations of each line, divided by the root of their mean square."""
    values = state.astype(np.float64)
    square = (values * values).sum(axis=1, keepdims=True) / values.shape[1]
    normal: Floats = np.rint(values * UNIT / np.sqrt(square + FLOOR * UNIT * UNIT))
    return normal


def _times(lines: Floats, matrix: Floats, scale: int) -> Floats:
    """A matrix product of whole numbers, divided by the scale and rounded."""
    step = max(1, AT_ONCE // matrix.size)
    out = np.empty((len(lines), matrix.shape[1]))
    for i in range(0, len(lines), step):
        np.matmul(lines[i : i + step], matrix, out=out[i : i + step])
    return np.rint(out / scale, out=out)
