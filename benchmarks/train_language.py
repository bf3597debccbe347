"""Trains the language profiles and fits the weights of the votes:

    python -m benchmarks.train_language BENCH            writes pipeline/language/{profiles.npz,weights.tsv}

Texts that share a passage are in one fold, over all lengths and both sets, so that no fold is asked about a sentence that it
has learnt from. The profiles that the weights are fitted on have not seen the texts that they are asked about either.
"""

from __future__ import annotations

import argparse
import gzip
import io
import json
import random
import zipfile
from collections import Counter, defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np
from scipy.optimize import minimize

from pipeline.language import detect, vote
from pipeline.language.profiles import SCALE, Profiles, letter_groups, profile_votes
from pipeline.language.scripts import AMONG, fits, letters, main_script
from pipeline.language.voters import cld2_votes, langdetect_votes, langid_votes

HOME = Path("pipeline/language")
FOLDS = 6
SHINGLE = 18
"""Characters of the passage that two texts of a fold may share."""

GROUPS = 900
"""Letter groups that a language brings in at most: its most frequent."""

TIMES = 2
"""Times that a letter group must be seen in a language to be brought in."""

UNSEEN = 0.5
"""What a letter group counts for in a language that was not seen to use it."""

STRANGE = 9
"""One in so many of the wide languages is kept from the profiles of a fold, as the web has languages that nobody labelled."""

RARER = 2.3
"""How much rarer on the web a language is than its larger neighbour, at least: ten times, as a logarithm. Our texts have both
equally often."""

WEIGHT = {"common": 3.0, "wide": 1.0}
"""Weight of a text by its set: most of the web is written in the common languages."""


@dataclass(frozen=True, slots=True)
class Row:
    """A labelled text; `set` is `mixed` for a paragraph of a document."""

    set: str
    code: str
    length: int
    text: str


def jsonl(path: Path) -> Iterable[dict[str, object]]:
    with gzip.open(path, "rt", encoding="utf-8") as file:
        yield from map(json.loads, file)


def read_rows(bench: Path) -> list[Row]:
    rows = [Row(r["set"], r["lang"], r["length"], r["text"]) for r in jsonl(bench / "lid-dev.jsonl.gz")]
    for document in jsonl(bench / "lid-mixed-dev.jsonl.gz"):
        rows += [Row("mixed", p["lang"], 0, p["text"]) for p in document["paragraphs"]]
    return rows


def folds(rows: Sequence[Row]) -> list[int]:
    """The fold of each row: union-find over shared passages, then the groups by lot."""
    parent = list(range(len(rows)))

    def root(at: int) -> int:
        while parent[at] != at:
            parent[at] = parent[parent[at]]
            at = parent[at]
        return at

    seen: dict[tuple[str, str], int] = {}
    for at, row in enumerate(rows):
        for start in range(max(1, len(row.text) - SHINGLE + 1)):
            key = (row.code, row.text[start : start + SHINGLE])
            parent[root(at)] = root(seen.setdefault(key, at))
    groups = sorted({root(at) for at in range(len(rows))})
    random.Random(0).shuffle(groups)
    fold = {group: n % FOLDS for n, group in enumerate(groups)}
    return [fold[root(at)] for at in range(len(rows))]


def voted(script: str) -> bool:
    """Whether the languages of a script are told apart by votes."""
    return script == "Latn" or script in AMONG


def train_profiles(rows: Iterable[Row]) -> Profiles:
    counts: defaultdict[str, Counter[str]] = defaultdict(Counter)
    for row in rows:
        script = main_script(letters(row.text))
        if voted(script) and fits(row.code, script):
            counts[row.code].update(letter_groups(row.text))
    codes = tuple(sorted(counts))
    groups: set[str] = set()
    for code in codes:
        often = sorted(((-n, g) for g, n in counts[code].items() if n >= TIMES))[:GROUPS]
        groups |= {g for _, g in often}
    ordered = sorted(groups)
    table = np.empty((len(ordered), len(codes)), np.uint8)
    for column, code in enumerate(codes):
        total = counts[code].total()
        chances = np.array([counts[code][g] for g in ordered], dtype=np.float64)
        log = np.log(np.where(chances >= TIMES, chances + UNSEEN, UNSEEN) / total)
        table[:, column] = np.clip(np.round(-log * SCALE), 0, 255)
    return Profiles(codes, {g: n for n, g in enumerate(ordered)}, table.astype(np.float32) / -SCALE)


def write_profiles(profiles: Profiles, path: Path) -> None:
    """The same profiles give the same bytes: the archive has no dates."""
    arrays = {
        "codes": np.frombuffer("\n".join(profiles.codes).encode(), np.uint8),
        "groups": np.frombuffer("\n".join(profiles.rows).encode(), np.uint8),
        "table": np.round(profiles.table * -SCALE).astype(np.uint8),
    }
    with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED, compresslevel=9) as archive:
        for name, array in arrays.items():
            packed = io.BytesIO()
            np.save(packed, array, allow_pickle=False)
            archive.writestr(zipfile.ZipInfo(f"{name}.npy"), packed.getvalue(), zipfile.ZIP_DEFLATED, 9)


@dataclass(frozen=True, slots=True)
class Ballot:
    """What the voters said of a row: answers of all four, in the script."""

    row: Row
    fold: int
    answers: tuple[dict[str, float], ...]
    script: str
    known: frozenset[str]


def ballot(row: Row, fold: int, profiles: Profiles) -> Ballot | None:
    """The votes on a row; none if its script decides."""
    sample = row.text[: detect.SAMPLE]
    script = main_script(letters(sample))
    if not voted(script):
        return None
    text = sample if script == "Latn" else detect.without_latin(sample)
    answers = (cld2_votes(text), profile_votes(text, profiles), langid_votes(text), langdetect_votes(text))
    return Ballot(row, fold, tuple(detect.in_script(a, script) for a in answers), script, frozenset(profiles.codes))


def ballots(rows: Sequence[Row], fold: Sequence[int]) -> tuple[list[Ballot], list[Profiles]]:
    found: list[Ballot] = []
    trained = []
    wide = sorted({row.code for row in rows if row.set == "wide"})
    for n in range(FOLDS):
        strange = wide[n::STRANGE]
        known = (row for row, f in zip(rows, fold, strict=True) if f != n and row.code not in strange)
        trained.append(train_profiles(known))
        asked = (ballot(row, n, trained[n]) for row, f in zip(rows, fold, strict=True) if f == n and row.set in WEIGHT)
        found += [b for b in asked if b]
    return found, trained


def fit(votes: Sequence[Ballot], asked: int) -> list[float]:
    """Weights of one round (the first `asked` voters): a conditional logit with a little ridge."""
    designs, right, weight = [], [], []
    for b in votes:
        answers = b.answers[:asked]
        codes = vote.candidates(answers, b.script)
        if b.row.code in codes:
            designs.append(np.array(vote.features(codes, answers, b.known, long=len(b.row.text) >= vote.LONG)))
            right.append(codes.index(b.row.code))
            weight.append(WEIGHT[b.row.set])
    most = max(map(len, designs))
    x = np.zeros((len(designs), most, designs[0].shape[1]))
    off = np.full((len(designs), most), -1e9)
    for n, design in enumerate(designs):
        x[n, : len(design)], off[n, : len(design)] = design, 0.0
    rows, gold, heavy = np.arange(len(designs)), np.array(right), np.array(weight)

    def loss(w: np.ndarray) -> tuple[float, np.ndarray]:
        sums = x @ w + off
        chances = np.exp(sums - sums.max(axis=1, keepdims=True))
        chances /= chances.sum(axis=1, keepdims=True)
        slope = heavy @ (x[rows, gold] - np.einsum("nm,nmk->nk", chances, x))
        return float(-(heavy * np.log(chances[rows, gold] + 1e-12)).sum() + w @ w / 2), w - slope

    bounds = [(None, -RARER if name == "smaller neighbour" else None) for name in vote.FEATURES[: x.shape[2]]]
    start = np.array([min(0.5, high) if high is not None else 0.5 for _, high in bounds])
    return [round(float(w), 3) for w in minimize(loss, start, jac=True, method="L-BFGS-B", bounds=bounds).x]


def fit_all(votes: Sequence[Ballot]) -> dict[str, list[float]]:
    return {name: fit(votes, asked) for name, asked in zip(vote.ROUNDS, (2, 3, 4), strict=True)}


def write_weights(weights: dict[str, list[float]], path: Path) -> None:
    lines = ["\t".join(("feature", *vote.ROUNDS))]
    for n, feature in enumerate(vote.FEATURES):
        lines.append("\t".join([feature, *(str(weights[r][n]) if n < len(weights[r]) else "" for r in vote.ROUNDS)]))
    path.write_text("\n".join(lines) + "\n", encoding="utf-8")


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("bench", type=Path, help="folder of the benchmark")
    bench = parser.parse_args().bench
    rows = read_rows(bench)
    votes, _ = ballots(rows, folds(rows))
    write_weights(fit_all(votes), HOME / "weights.tsv")
    write_profiles(train_profiles(rows), HOME / "profiles.npz")


if __name__ == "__main__":
    main()
