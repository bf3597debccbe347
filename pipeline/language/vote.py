"""How the voters' answers become one answer with a probability.

Each candidate gets a sum of a few features, weighed; the sums of all candidates go through a softmax, whose value is the
confidence. There is a set of weights for each round of a short text (`fast`, `more`, `all`) and of a long one, in
`weights.tsv`: words decide a line of which half is names, while CLD2 is all but right on a paragraph. `benchmarks/train_language.py` fits them to labelled text, in which they are calibrated; `docs/language.md` has the table.
"""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from functools import cache
from importlib import resources

from pipeline.language.scripts import fits
from pipeline.language.voters import CLD2_KNOWS, LANGDETECT_KNOWS, langid_knows

ROUNDS = ("fast", "more", "all")
"""CLD2, the profiles and the words; then langid too; then langdetect too."""

LONG_ROUNDS = ("fast, long", "more, long")
"""The rounds of a long text: no words, and langdetect is not asked."""

FEATURES = (
    *("usual", "smaller neighbour", "english", "cld2", "cld2 silent", "cld2 unknown", "profiles", "profiles unknown"),
    *("words", "words, capital", "words unknown", "langid", "langid unknown", "langdetect"),
)
"""In the order of the columns; what a round does not use has no weight there."""

NEIGHBOURS = frozenset({"bs", "ms"})
"""Languages that differ little from a larger neighbour (Croatian, Indonesian): they need more evidence."""

LONG = 120
"""Characters from which a text is long."""

CAPITAL = 0.4
"""What a word with a capital counts beside one without, where the candidates are chosen."""

Spoken = tuple[dict[str, float], dict[str, float]]
"""What the words of a text say: those in small letters, and those that start with a capital."""

TAKEN = 5
"""Candidates that a voter with an opinion on all languages brings in."""

_LEAST = {"cld2": 0.02, "profiles": 1e-6, "langid": 1e-4, "langdetect": 1e-3}


def _log(votes: Mapping[str, float], code: str, voter: str) -> float:
    return math.log(max(votes.get(code, 0.0), _LEAST[voter]))


def best(votes: Mapping[str, float], script: str, count: int = TAKEN) -> list[str]:
    """The first few candidates of a voter that are written in the script."""
    fitting = ((-share, code) for code, share in votes.items() if fits(code, script))
    return [code for _, code in sorted(fitting)[:count]]


def candidates(answers: Sequence[Mapping[str, float]], spoken: Spoken | None, script: str) -> list[str]:
    """The languages that are worth weighing, in alphabetical order."""
    found = {code for votes in answers for code in best(votes, script)}
    if spoken is not None:
        small, large = spoken
        found.update(best({code: score + CAPITAL * large[code] for code, score in small.items()}, script))
    return sorted(found)


def features(
    codes: Sequence[str], answers: Sequence[Mapping[str, float]], spoken: Spoken | None, known: frozenset[str]
) -> list[list[float]]:
    """A row for each candidate; `answers` are those of CLD2, the profiles, langid, langdetect, as far as asked.

    `spoken` is what the words of a short text say, `known` the languages that the profiles have.
    """
    cld2, profiles, *rest = answers
    rows = []
    for code in codes:
        row = [
            *(float(code in LANGDETECT_KNOWS), float(code in NEIGHBOURS), float(code == "en" and spoken is not None)),
            _log(cld2, code, "cld2") if cld2 and code in CLD2_KNOWS else 0.0,
            *(float(not cld2 and code in CLD2_KNOWS), float(code not in CLD2_KNOWS)),
            *(_log(profiles, code, "profiles") if profiles and code in known else 0.0, float(code not in known)),
        ]
        small, large = spoken or ({}, {})
        row += [small.get(code, 0.0), large.get(code, 0.0), float(spoken is not None and code not in small)]
        langid = code in langid_knows() if rest else False
        row += [_log(rest[0], code, "langid") if langid else 0.0, float(bool(rest) and not langid)]
        heard = len(rest) > 1 and rest[1] and code in LANGDETECT_KNOWS
        row.append(_log(rest[1], code, "langdetect") if heard else 0.0)
        rows.append(row)
    return rows


@cache
def weights() -> dict[str, tuple[float, ...]]:
    """The weights of each round, in the order of `FEATURES`; 0 for what it does not use."""
    lines = resources.files(__package__).joinpath("weights.tsv").read_text("utf-8").splitlines()
    table = {cells[0]: cells[1:] for cells in (line.split("\t") for line in lines)}
    return {
        name: tuple(float(table[feature][at] or 0) for feature in FEATURES) for at, name in enumerate((*ROUNDS, *LONG_ROUNDS))
    }


def weigh(codes: Sequence[str], rows: Sequence[Sequence[float]], weight: Sequence[float]) -> tuple[str, float]:
    """The best candidate and its probability; of equals, the first."""
    sums = [sum(w * x for w, x in zip(weight, row, strict=True)) for row in rows]
    top = max(sums)
    return codes[sums.index(top)], 1.0 / sum(math.exp(s - top) for s in sums)
