"""The kinds of a page's lines, decided together: furniture comes in runs, and a heading seldom stands below a heading.

Labels as hidden states of a chain, decoded after Viterbi (1967). A line that is main content alone stays so, and a line of chrome
stays chrome: the lines around decide which kind of it. What is said about the document each line decides alone.
"""

from __future__ import annotations

import numpy as np

from pipeline.document import ABOUT, KEPT
from pipeline.label.category import CLASSES
from pipeline.label.features import Matrix

OF_ORDER = 0.3
"""Weight of the order between two kinds of main content or of chrome, beside what speaks for each line alone: by hand, from a grid
on two folds (`docs/model.md`)."""

_CONTENT = np.array([label in KEPT for label in CLASSES])
_CHROME = np.array([label not in KEPT | ABOUT for label in CLASSES])
_WEIGHTS = OF_ORDER * (np.outer(_CONTENT, _CONTENT) | np.outer(_CHROME, _CHROME))
_OPEN = np.where(_CONTENT[:, None], _CONTENT, np.where(_CHROME[:, None], _CHROME, np.eye(len(CLASSES), dtype=bool)))
"""For what a line is alone, what it may be among others."""

_FAR = -1e9


def in_order(kinds: Matrix, follows: Matrix) -> list[int]:
    """The likeliest sequence of kinds, as columns of `kinds`.

    `kinds` holds the log-odds of each line's labels; `follows`, in row a and column b, how much likelier b is right after a than
    anywhere, as a logarithm.
    """
    kinds = np.where(_OPEN[kinds.argmax(axis=1)], kinds, _FAR)
    weighed = np.ascontiguousarray((_WEIGHTS * follows).T)
    ends = np.arange(0, weighed.size, len(weighed))
    best = kinds[0]
    before = []
    for line in kinds[1:]:
        ways = best + weighed
        likeliest = ways.argmax(axis=1)
        before.append(likeliest)
        best = ways.take(ends + likeliest) + line
    chosen = [int(best.argmax())]
    for step in reversed(before):
        chosen.append(int(step[chosen[-1]]))
    return chosen[::-1]
