"""The kinds of a page's lines, decided together: furniture comes in runs, and a heading seldom stands below a heading.

Labels as hidden states of a chain, decoded after Viterbi (1967). What may follow what counts between two kinds of main content and
between two kinds of chrome; where the document begins and ends, and what is said about it, each line decides alone.
"""

from __future__ import annotations

import numpy as np

from pipeline.document import ABOUT, KEPT
from pipeline.label.category import CLASSES
from pipeline.label.features import Matrix

OF_CONTENT = 0.8
"""Weight of the order between two kinds of main content, beside what speaks for each line alone."""

OF_CHROME = 0.3
"""Weight of the order between two kinds of chrome. Both by hand, from a grid on one fold (`docs/model.md`)."""

_CONTENT = np.array([label in KEPT for label in CLASSES])
_CHROME = np.array([label not in KEPT | ABOUT for label in CLASSES])
_WEIGHTS = OF_CONTENT * np.outer(_CONTENT, _CONTENT) + OF_CHROME * np.outer(_CHROME, _CHROME)


def in_order(kinds: Matrix, follows: Matrix) -> list[int]:
    """The likeliest sequence of kinds, as columns of `kinds`.

    `kinds` holds the log-odds of each line's labels; `follows`, in row a and column b, how much likelier b is right after a than
    anywhere, as a logarithm.
    """
    weighed = _WEIGHTS * follows
    best = kinds[0]
    before = []
    for line in kinds[1:]:
        ways = best[:, None] + weighed
        before.append(ways.argmax(axis=0))
        best = ways.max(axis=0) + line
    chosen = [int(best.argmax())]
    for step in reversed(before):
        chosen.append(int(step[chosen[-1]]))
    return chosen[::-1]
