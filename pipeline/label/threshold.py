"""Which lines of a page to keep, given how likely each belongs to the main content."""

from __future__ import annotations

import numpy as np

from pipeline.label.features import Matrix


def threshold(p: Matrix, words: Matrix) -> float:
    """The probability from which lines are kept, so that the expected word F1 of the page is greatest.

    For a hard page, where no line is sure, it is lower than for a clear one: the best threshold is half of the F1 that
    can be reached (Lipton, Elkan, Naryanaswamy 2014, theorem 1).
    """
    order = np.argsort(-p, kind="stable")
    gain = np.cumsum((p * words)[order])
    size = np.cumsum(words[order])
    return float((gain / (size + gain[-1] + 1e-9)).max())
