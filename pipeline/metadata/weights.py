"""What each clue is worth: a table of log-odds by field, trained (`benchmarks/train_metadata.py`) and kept as text.

The odds are those of a candidate against "none of them", whatever else the page offers; for authors, against "no author".

A candidate's score is the weight of "*" plus the weights of its clues; a clue that the table does not have weighs nothing.
"""

from __future__ import annotations

import math
from collections.abc import Iterable, Mapping
from functools import cache
from importlib import resources

Weights = Mapping[tuple[str, str, str], int]
"""Hundredths of log-odds by field, kind of document ("html" or "text") and clue."""


@cache
def load() -> Weights:
    """The package's table."""
    return read_weights((resources.files("pipeline.metadata") / "weights.tsv").read_text(encoding="utf-8"))


def read_weights(table: str) -> Weights:
    """A table from its text; raises `ValueError` if a row has not four cells or its weight is no number."""
    rows = [row.split("\t") for row in table.split("\n")[1:] if row and row[0] != "#"]
    return {(field, kind, clue): int(weight) for field, kind, clue, weight in rows}


def score(weights: Weights, field: str, kind: str, clues: Iterable[str]) -> int:
    """Log-odds, in hundredths, of a candidate against none."""
    return sum(weights.get((field, kind, clue), 0) for clue in ("*", *clues))


def sure(hundredths: int) -> float:
    """The probability that log-odds stand for, to three places: of a candidate, if there were no other."""
    return round(1 / (1 + math.exp(-max(-2000, min(2000, hundredths)) / 100)), 3)
