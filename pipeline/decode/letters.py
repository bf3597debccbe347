"""How likely a text is in any of many languages, letter pair by letter pair: the measure by which encodings are told apart.

Bytes read in a wrong encoding give letters that do not stand beside each other in any one language. `letters.npz` holds
the log probability of each letter after another, for each language; `benchmarks/train_decoding.py` makes it.
"""

from __future__ import annotations

import itertools
import re
from dataclasses import dataclass
from functools import cache

import numpy as np
import numpy.typing as npt

from pipeline import packed

SCALE = 16.0
"""Steps of a log probability in the file."""

STRANGE = 12.0
"""What a pair costs that is in no language."""

ALONE = "\0"
"""Stands before a character that is in the table by itself, for pairs that are not."""

CASE = 4.0
"""What a capital behind a small letter costs, and a small letter between two capitals."""

MIXED = 4.0
"""What a Latin letter beside one of another script costs."""

_MIXED_RE = re.compile("[A-Za-z](?=[\u0370-\u1cff])|[\u0370-\u1cff](?=[A-Za-z])")


@dataclass(frozen=True, slots=True)
class Letters:
    """Rows of `cost` by pair of characters; a column for each language. The last row is for unknown pairs."""

    codes: tuple[str, ...]
    rows: dict[str, int]
    cost: npt.NDArray[np.float32]


@cache
def load() -> Letters:
    """The package's table."""
    found = packed.arrays("pipeline.decode", "letters.npz")
    characters = packed.text(found["pairs"])
    pairs = {characters[at : at + 2]: at // 2 for at in range(0, len(characters), 2)}
    table = with_strange(found["cost"].astype(np.float32) / SCALE)
    return Letters(tuple(packed.text(found["codes"]).split("\n")), pairs, table)


def with_strange(table: npt.NDArray[np.float32]) -> npt.NDArray[np.float32]:
    """The table with its last row, for pairs that are in no language."""
    return np.vstack([table, np.full((1, table.shape[1]), STRANGE, np.float32)])


def shape(text: str) -> str:
    """A text as the table has it: small letters, one digit for all, one space for all white space but NBSP."""
    return "".join("0" if "0" <= c <= "9" else " " if c in "\t\n\r\x0b\x0c" else c for c in text.lower())


def case_breaks(text: str) -> int:
    """Capitals that stand behind a small letter."""
    return sum(a.islower() and b.isupper() for a, b in itertools.pairwise(text))


def _rows(shaped: str, letters: Letters) -> list[int]:
    known = letters.rows
    strange = len(known)
    rows = []
    for at in range(len(shaped) - 1):
        row = known.get(shaped[at : at + 2])
        rows.append(known.get(ALONE + shaped[at + 1], strange) if row is None else row)
    return rows


def script_breaks(text: str) -> int:
    """Latin letters that stand beside a letter of another script."""
    return len(_MIXED_RE.findall(text))


def cost(text: str, letters: Letters) -> float:
    """Cost of a text (a negative log likelihood) in the language in which it is least."""
    rows = _rows(f" {shape(text)} ", letters)
    return float(letters.cost[rows].sum(axis=0, dtype=np.float64).min()) + CASE * case_breaks(text) + MIXED * script_breaks(text)


def strangeness(text: str, letters: Letters) -> float:
    """Mean cost of the pairs that are not ASCII, in the language in which the text costs least; up to `STRANGE`."""
    shaped = f" {shape(text)} "
    costs = letters.cost[_rows(shaped, letters)]
    language = int(costs.sum(axis=0, dtype=np.float64).argmin())
    foreign = [at for at in range(len(shaped) - 1) if not shaped[at : at + 2].isascii()]
    return float(costs[foreign, language].mean()) if foreign else 0.0
