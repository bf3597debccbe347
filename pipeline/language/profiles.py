"""The project's own voter: how often each language uses which letters, letter groups and words.

A naive Bayes model over groups of one to four characters inside words, and whole long words, of 90 languages. It knows
less than the large voters, and other things: languages they leave out, and neighbours they mistake for each other.
`profiles.npz` holds the groups and, for each language, their log probabilities; `benchmarks/train_language.py` makes it.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from functools import cache

import numpy as np
import numpy.typing as npt

from pipeline import packed

SAMPLE = 300
"""Characters that are looked at."""

SCALE = 16.0
"""Steps of a log probability in the file."""

LONGEST = 4
"""Characters of the longest group."""

TELLING_SHARE = 0.12
"""Share of telling words from which a text is in the language; in its own language it is 0.15 to 0.5."""

TELLING = 0.1
"""How far (as a log probability) another language may use a telling word more often."""

_WORD_RE = re.compile(r"[^\W\d_]+(?:['’ʻʼ`-][^\W\d_]+)*")


@dataclass(frozen=True, slots=True)
class Profiles:
    """Rows of `table` by letter group; a column for each language."""

    codes: tuple[str, ...]
    rows: dict[str, int]
    table: npt.NDArray[np.float32]


@cache
def load() -> Profiles:
    """The package's profiles."""
    found = packed.arrays("pipeline.language", "profiles.npz")
    codes, groups = (packed.text(found[name]).split("\n") for name in ("codes", "groups"))
    return Profiles(tuple(codes), {group: row for row, group in enumerate(groups)}, found["table"].astype(np.float32) / -SCALE)


def letter_groups(text: str) -> list[str]:
    """The groups of a text: of each word with a space on both sides, and the word itself where it is longer."""
    found: list[str] = []
    for word in _WORD_RE.findall(text.lower()):
        found += word
        padded = f" {word} "
        length = len(padded)
        for size in range(2, LONGEST + 1):
            found += [padded[at : at + size] for at in range(length - size + 1)]
        if length > LONGEST:
            found.append(padded)
    return found


def profile_votes(text: str, profiles: Profiles) -> dict[str, float]:
    """Probability of each language, from the start of a text; empty if no letter group is known."""
    get = profiles.rows.get
    rows = [row for group in letter_groups(text[:SAMPLE]) if (row := get(group)) is not None]
    if not rows:
        return {}
    scores = profiles.table[rows].sum(axis=0, dtype=np.float64) / len(rows) ** 0.5  # groups overlap: they are not independent
    chances = np.exp(scores - scores.max())
    chances /= chances.sum()
    return dict(zip(profiles.codes, chances.tolist(), strict=True))


@cache
def telling_words(code: str) -> frozenset[str]:
    """Words that a language uses often, and no other language much more often."""
    profiles = load()
    if code not in profiles.codes:
        return frozenset()
    column = profiles.table[:, profiles.codes.index(code)]
    near = (column >= profiles.table.max(axis=1) - TELLING) & (column > -255 / SCALE + 4) & (column > column.min())
    groups = [group for group, telling in zip(profiles.rows, near.tolist(), strict=True) if telling]
    return frozenset(group[1:-1] for group in groups if len(group) > 2 and group[0] == group[-1] == " ")


def in_language(text: str, code: str) -> bool:
    """Whether a quick look shows that a text is in a language."""
    known = telling_words(code)
    words = text.lower().split()
    return bool(words) and sum(word in known for word in words) >= TELLING_SHARE * len(words)
