"""How the voters' answers become one answer with a probability.

Each candidate gets a sum of a few features, weighed; the sums of all candidates go through a softmax, whose value is the
confidence. There are three sets of weights, one for each round (`fast`, `more`, `all`), in `weights.tsv`.
`benchmarks/train_language.py` fits them to labelled text, in which they are calibrated; `docs/language.md` has the table.
"""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from functools import cache
from importlib import resources

from pipeline.language.scripts import fits
from pipeline.language.voters import CLD2_KNOWS, LANGDETECT_KNOWS, langid_knows

ROUNDS = ("fast", "more", "all")
"""CLD2 and the profiles; then langid too; then langdetect too."""

FEATURES = (
    *("usual", "smaller neighbour", "english", "cld2", "cld2, long text", "cld2 silent", "cld2 unknown"),
    *("profiles", "profiles, long text", "profiles unknown"),
    *("langid", "langid unknown", "langdetect"),
)
"""In the order of the columns; a round uses the first 10, 12 or 13."""

WIDTH = {"fast": 10, "more": 12, "all": 13}
NEIGHBOURS = frozenset({"bs", "ms"})
"""Languages that differ little from a larger neighbour (Croatian, Indonesian): they need more evidence."""

LONG = 120
"""Characters from which a text is long: CLD2 errs far less on it."""

TAKEN = 5
"""Candidates that a voter with an opinion on all languages brings in."""

_LEAST = {"cld2": 0.02, "profiles": 1e-6, "langid": 1e-4, "langdetect": 1e-3}


def _log(votes: Mapping[str, float], code: str, voter: str) -> float:
    return math.log(max(votes.get(code, 0.0), _LEAST[voter]))


def best(votes: Mapping[str, float], script: str, count: int = TAKEN) -> list[str]:
    """The first few candidates of a voter that are written in the script."""
    fitting = ((-share, code) for code, share in votes.items() if fits(code, script))
    return [code for _, code in sorted(fitting)[:count]]


def candidates(answers: Sequence[Mapping[str, float]], script: str) -> list[str]:
    """The languages that are worth weighing, in alphabetical order."""
    return sorted({code for votes in answers for code in best(votes, script)})


def features(
    codes: Sequence[str], answers: Sequence[Mapping[str, float]], known: frozenset[str], *, long: bool
) -> list[list[float]]:
    """A row for each candidate; `answers` are those of CLD2, the profiles, langid, langdetect, as far as asked.

    `known` are the languages that the profiles have, `long` says whether the text is.
    """
    cld2, profiles, *rest = answers
    rows = []
    for code in codes:
        fast = _log(cld2, code, "cld2") if cld2 and code in CLD2_KNOWS else 0.0
        own = _log(profiles, code, "profiles") if profiles and code in known else 0.0
        row = [
            *(float(code in LANGDETECT_KNOWS), float(code in NEIGHBOURS), float(code == "en" and not long)),
            *(fast, fast * long, float(not cld2 and code in CLD2_KNOWS), float(code not in CLD2_KNOWS)),
            *(own, own * long, float(code not in known)),
        ]
        if rest:
            row += [_log(rest[0], code, "langid") if code in langid_knows() else 0.0, float(code not in langid_knows())]
        if len(rest) > 1:
            row.append(_log(rest[1], code, "langdetect") if rest[1] and code in LANGDETECT_KNOWS else 0.0)
        rows.append(row)
    return rows


@cache
def weights() -> dict[str, tuple[float, ...]]:
    """The weights of each round, in the order of `FEATURES`."""
    lines = resources.files(__package__).joinpath("weights.tsv").read_text("utf-8").splitlines()
    table = {cells[0]: cells[1:] for cells in (line.split("\t") for line in lines) if cells[0] in FEATURES}
    return {name: tuple(float(table[f][at]) for f in FEATURES[: WIDTH[name]]) for at, name in enumerate(ROUNDS)}


def weigh(codes: Sequence[str], rows: Sequence[Sequence[float]], weight: Sequence[float]) -> tuple[str, float]:
    """The best candidate and its probability; of equals, the first."""
    sums = [sum(w * x for w, x in zip(weight, row, strict=True)) for row in rows]
    top = max(sums)
    return codes[sums.index(top)], 1.0 / sum(math.exp(s - top) for s in sums)
