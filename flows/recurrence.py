"""Learning which lines recur over the documents of one site or folder, in two passes over a dump, whatever their order.

The first pass counts lines in tables of fixed size, which may count too many, never too few. The second counts the few that
came often enough, exactly, and where they stand in a document: before its own text, amid it, or behind it. Documents
with little text of their own, such as copies, do not count, and near copies of that text count once.
"""

from __future__ import annotations

import hashlib
from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field

import numpy as np
import numpy.typing as npt

from flows.duplicates import NEAR
from pipeline.fingerprint import simhash64
from pipeline.fingerprint import words as tokens
from pipeline.furniture import LONGEST, PROSE, Recurring, own_stretch, words

MINIMUM = 5
"""Documents in which a line must stand."""

EDGE = 0.8
"""Share of them in which it must stand before or behind the document's own text; subheadings that recur stand amid it."""

PROSE_EDGE = 0.95
"""The same for a line as long as a sentence."""

OWN = 20
"""Words that do not recur which a document must have to count."""

SAMPLE = 16
"""Documents of a line that are compared with each other."""

SLOTS = 1 << 25
"""Places in each of the two tables of the first pass, a byte each."""

MOST = 1_000_000
"""Lines that may come often; more would not fit into memory."""

_MIX = 0x9E3779B97F4A7C15


class TooManyLinesError(ValueError):
    """More lines recur than can be counted; the message says what to do."""


@dataclass(slots=True)
class Seen:
    """What the second pass saw of a line; `sample` has the SimHashes of some of its documents, the same in whatever order."""

    documents: int = 0
    head: int = 0
    tail: int = 0
    sample: list[int] = field(default_factory=list)

    def add(self, signature: int) -> None:
        """Take a document into the sample, which keeps those that come first in an order of its own."""
        if signature not in self.sample:
            self.sample.append(signature)
            if len(self.sample) > SAMPLE:
                self.sample.remove(max(self.sample, key=_order))

    def distinct(self) -> int:
        """Documents of the sample that are no near copies of each other."""
        chosen: list[int] = []
        for signature in sorted(self.sample):
            if all((signature ^ other).bit_count() > NEAR for other in chosen):
                chosen.append(signature)
        return len(chosen)


def _order(signature: int) -> int:
    return signature * _MIX & (1 << 64) - 1


class Learner:
    """Is shown every document twice: `count` them all, then `look` at them all, then take the `rows`."""

    def __init__(self, minimum: int = MINIMUM) -> None:
        if not 2 <= minimum <= SAMPLE:
            raise ValueError(f"the number of documents is from 2 to {SAMPLE}, not {minimum}")
        self.minimum = minimum
        self.tables: tuple[npt.NDArray[np.uint8], ...] = tuple(np.zeros(SLOTS, dtype=np.uint8) for _ in range(2))
        self.seen: dict[tuple[str, str], Seen] = {}
        self.counted: Counter[str] = Counter()

    def count(self, group: str, lines: Sequence[str]) -> None:
        """First pass: take the lines of a document into the tables."""
        places = _places(group, sorted({line for line in lines if len(line) <= LONGEST}))
        for table, column in zip(self.tables, places, strict=True):
            slots = np.unique(column)
            table[slots] = np.minimum(table[slots], 254) + 1

    def look(self, group: str, lines: Sequence[str]) -> None:
        """Second pass: note where lines that come often stand in a document, if it has text of its own."""
        often = self._often(group, lines)
        sizes = [words(line) for line in lines]
        if sum(size for size, recurs in zip(sizes, often, strict=True) if not recurs) < OWN:
            return
        first, last = own_stretch(sizes, often)
        if first == last:
            return
        self.counted[group] += 1
        own = " ".join(line for line, recurs in zip(lines, often, strict=True) if not recurs)
        signature = int(simhash64(tokens(own)), 16)
        places: dict[str, tuple[bool, bool]] = {}
        for i, (line, recurs) in enumerate(zip(lines, often, strict=True)):
            if recurs:
                head, tail = places.get(line, (True, True))
                places[line] = (head and i < first, tail and i >= last)
        for line, (head, tail) in places.items():
            seen = self.seen.setdefault((group, line), Seen())
            seen.documents += 1
            seen.head += head
            seen.tail += tail
            seen.add(signature)
        if len(self.seen) > MOST:
            raise TooManyLinesError(f"more than {MOST:,} lines recur; ask for more --documents, or name fewer inputs at a time")

    def rows(self) -> Iterator[Recurring]:
        """The lines that are furniture, in no order."""
        for (group, line), seen in self.seen.items():
            head, tail = seen.head / max(seen.documents, 1), seen.tail / max(seen.documents, 1)
            distinct = seen.distinct()
            if distinct >= self.minimum and head + tail >= (PROSE_EDGE if words(line) >= PROSE else EDGE):
                yield Recurring(group, line, seen.documents, distinct, self.counted[group], round(head, 3), round(tail, 3))

    def _often(self, group: str, lines: Sequence[str]) -> list[bool]:
        short = [line for line in lines if len(line) <= LONGEST]
        often = np.ones(len(short), dtype=bool)
        for table, column in zip(self.tables, _places(group, short), strict=True):
            often &= table[column] >= self.minimum
        known = iter(often.tolist())
        return [len(line) <= LONGEST and next(known) for line in lines]


def _places(group: str, lines: Sequence[str]) -> tuple[npt.NDArray[np.uint64], npt.NDArray[np.uint64]]:
    """The places of a group's lines in the two tables."""
    seed = hashlib.blake2b(group.encode("utf-8", "surrogatepass"), digest_size=16).digest()
    digests = b"".join(
        hashlib.blake2b(line.encode("utf-8", "surrogatepass"), digest_size=16, key=seed).digest() for line in lines
    )
    pairs = np.frombuffer(digests, dtype="<u8").reshape(-1, 2) % np.uint64(SLOTS)
    return pairs[:, 0], pairs[:, 1]
