"""The words of each language: of a short text, they say most.

`words.npz` holds how much more often than other languages each of 80 or so uses a word, from lists of 20,000 words for the
large languages and from labelled text for the others; `benchmarks/train_language.py` makes it. A word stands there as its
CRC-32, which takes a third of the room: one strange word in ten thousand is taken for another, which does no harm.

Words that start with a capital count apart, as names stand in texts of all languages.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from functools import cache
from zlib import crc32

import numpy as np
import numpy.typing as npt

from pipeline import packed

SCALE = 16.0
"""Steps of a score in the file."""

MOST = 5.0
"""Most that a word says for a language, as a logarithm: beyond, it would decide alone."""

WORD_RE = re.compile(
    "(?:[^\\W\\d_]|[\u0300-\u036f\u064b-\u065f\u0900-\u0963\u0971-\u0dff])+(?:['’][^\\W\\d_]+)*"  # Indic vowels are marks
)


@dataclass(frozen=True, slots=True)
class Words:
    """The entries of word `keys[n]` are those from `starts[n]` on: columns of languages, and their scores.

    `unlisted` is the score of a word that is in another language's list only.
    """

    codes: tuple[str, ...]
    unlisted: tuple[float, ...]
    keys: npt.NDArray[np.uint32]
    starts: npt.NDArray[np.uint32]
    columns: npt.NDArray[np.uint8]
    scores: npt.NDArray[np.int8]


@cache
def load() -> Words:
    """The package's words."""
    found = packed.arrays("pipeline.language", "words.npz")
    return Words(
        tuple(packed.text(found["codes"]).split("\n")),
        tuple((found["unlisted"] / SCALE).tolist()),
        np.cumsum(found["steps"], dtype=np.uint32),
        np.concatenate([[0], np.cumsum(found["counts"])]).astype(np.uint32),
        found["columns"],
        found["scores"],
    )


def key(word: str) -> int:
    """What stands for a word in the table."""
    return crc32(word.lower().replace("’", "'").encode())


def word_votes(text: str, words: Words) -> tuple[dict[str, float], dict[str, float]]:
    """What the words of a text say for each language: those in small letters, and those that start with a capital."""
    sums = [[0.0] * len(words.codes), [0.0] * len(words.codes)]
    known = [0, 0]
    for word, at in zip(*_found(text, words.keys), strict=True):
        capital = word[0].isupper()
        known[capital] += 1
        start, end = int(words.starts[at]), int(words.starts[at + 1])
        for column, score in zip(words.columns[start:end].tolist(), words.scores[start:end].tolist(), strict=True):
            sums[capital][column] += score / SCALE - words.unlisted[column]
    root = max(1, sum(known)) ** 0.5  # words that stand together are not independent
    small, large = (
        {code: (total + n * rest) / root for code, total, rest in zip(words.codes, row, words.unlisted, strict=True)}
        for row, n in zip(sums, known, strict=True)
    )
    return small, large


def _found(text: str, keys: npt.NDArray[np.uint32]) -> tuple[list[str], list[int]]:
    """The words of a text that are in the table, and where."""
    found = WORD_RE.findall(text)
    wanted = np.array([key(word) for word in found], np.uint32)
    places = np.minimum(np.searchsorted(keys, wanted), len(keys) - 1)
    hits = np.flatnonzero(keys[places] == wanted).tolist()
    return [found[n] for n in hits], places[hits].tolist()
