"""What the model for HTML says of the lines of a flattened text: targets that the model for texts learns from beside the gold.

The two see the same page, and the one for HTML sees it with its markup. Where the gold holds a part of a page, or a line that a reader
would leave out, its doubt tells more than the gold's yes or no (Hinton, Vinyals, Dean 2015).
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from multiprocessing import Pool

import numpy as np
import numpy.typing as npt

from benchmarks.dataset import Row

Floats = npt.NDArray[np.float64]
Places = npt.NDArray[np.int32]

MATCHED = 0.5
"""Share of a line's words that must stand in the page of HTML, in order, for the line to have an answer from there."""

LONGEST = 4e9
"""Words of one rendering times words of the other up to which the two are aligned: a page of 60,000 words."""


def places(words: Sequence[Sequence[str]], others: Sequence[Sequence[str]]) -> Places:
    """For each word of a page's lines the line of another rendering that holds it, or -1: their longest common subsequence."""
    from rapidfuzz.distance import LCSseq  # only who trains has it

    numbers: dict[str, int] = {}
    ours, theirs = ([numbers.setdefault(w, len(numbers)) for line in lines for w in line] for lines in (words, others))
    line_of = np.repeat(np.arange(len(others), dtype=np.int32), [len(line) for line in others])
    out = np.full(len(ours), -1, dtype=np.int32)
    if len(ours) * len(theirs) <= LONGEST:
        for op in LCSseq.opcodes(ours, theirs):
            if op.tag == "equal":
                out[op.src_start : op.src_end] = line_of[op.dest_start : op.dest_end]
    return out


def carried(sizes: Sequence[int], where: Places, said: Floats) -> Floats:
    """What is said of each line's words on the mean, given how many words the lines have and where they stand; else not a number."""
    ends = np.cumsum(sizes)
    line = np.repeat(np.arange(len(ends)), sizes)
    found = where >= 0
    count = np.bincount(line[found], minlength=len(ends))
    total = np.bincount(line[found], weights=said[where[found]], minlength=len(ends))
    enough = count >= np.maximum(MATCHED * np.asarray(sizes), 1)
    return np.where(enough, total / np.maximum(count, 1), np.nan)


def _places(job: tuple[Sequence[Sequence[str]], Sequence[Sequence[str]]]) -> Places:
    return places(*job)


class Teacher:
    """The renderings of pages of HTML, and where the words of texts stand on them."""

    def __init__(self, rows: Sequence[Row], pages: Sequence[Row]) -> None:
        self.page = {(page.set, page.id): k for k, page in enumerate(pages)}
        self.taught = [i for i, row in enumerate(rows) if (row.set, row.id) in self.page]
        jobs = ((rows[i].bags, pages[self.page[rows[i].set, rows[i].id]].bags) for i in self.taught)
        with Pool(2) as pool:
            self.where = dict(zip(self.taught, pool.imap(_places, jobs, chunksize=16), strict=True))

    def teach(self, rows: Sequence[Row], train: Sequence[int], said: Mapping[int, Floats]) -> None:
        """Give the rows that are learned from what is `said` of the lines of each page of HTML, by its number; take it from the others."""
        for row in rows:
            row.taught = None
        for i in train:
            k = self.page.get((rows[i].set, rows[i].id))
            if k in said and i in self.where:
                rows[i].taught = carried([len(bag) for bag in rows[i].bags], self.where[i], said[k])
