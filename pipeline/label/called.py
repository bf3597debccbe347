"""Columns on whether the words of short lines are words that people are called by: what a byline and a menu differ in."""

from __future__ import annotations

from collections.abc import Sequence
from functools import lru_cache

import numpy as np

from pipeline.label.features import Matrix, shifted
from pipeline.onomasticon import sorts_of

UP_TO = 120
"""Characters of a line that may be a byline; longer ones are not looked at."""

REMEMBERED = 1 << 14
"""Lines that a process remembers: furniture comes again on every page of a site."""

NAMES = ("named", "plain", "unknown", "opens_given", "opens_plain", "ends_named", "pairs")
AROUND = (-2, -1, 1, 2)
WIDTH = len(NAMES) + len(AROUND)

_LONG = [-1.0] * len(NAMES)
_NONE = [0.0] * len(NAMES)


def called_columns(texts: Sequence[str]) -> Matrix:
    """A row a line: the columns `NAMES`, then the share of names in the lines around."""
    own = np.array([_of(text) if len(text) <= UP_TO else _LONG for text in texts], dtype=np.float64).reshape(-1, len(NAMES))
    return np.hstack([own, shifted(own[:, :1], AROUND)])


@lru_cache(REMEMBERED)
def _of(text: str) -> list[float]:
    sorts = sorts_of(text)
    if not sorts:
        return _NONE
    named = [sort in ("given", "family", "both") for sort in sorts]
    given = [sort in ("given", "both") for sort in sorts]
    plain = [sort == "plain" for sort in sorts]
    pairs = sum(first and not after for first, after in zip(given, plain[1:], strict=False))
    share = 1 / len(sorts)
    return [sum(named) * share, sum(plain) * share, sorts.count("unknown") * share, given[0], plain[0], named[-1], pairs]
