"""Which lines of a page to keep, given how likely each belongs to the main content."""

from __future__ import annotations

import numpy as np

from pipeline.label.features import Matrix

UNKNOWN_SITES = 1.1
"""Factor on the threshold: on sites that the labeller has not learned from, its probabilities are a little too high. Of .8 to 1.3
this is the highest that costs articles nothing (`docs/model.md`)."""


def threshold(p: Matrix, words: Matrix) -> float:
    """The probability from which lines are kept, so that the expected word F1 of the page is greatest.

    For a hard page, where no line is sure, it is lower than for a clear one: the best threshold is half of the F1 that
    can be reached (Lipton, Elkan, Naryanaswamy 2014, theorem 1), here times `UNKNOWN_SITES`. The likeliest line is always kept.
    """
    order = np.argsort(-p, kind="stable")
    gain = np.cumsum((p * words)[order])
    size = np.cumsum(words[order])
    best = float((gain / (size + gain[-1] + 1e-9)).max())
    return min(UNKNOWN_SITES * best, float(p.max()))
