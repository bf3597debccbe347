"""Trains the language profiles and fits the weights of the votes:

    python -m benchmarks.train_language BENCH            writes {profiles,words}.npz and weights.tsv of pipeline/language

Texts that share a passage are in one fold, over all lengths and both sets, so that no fold is asked about a sentence that it
has learnt from. The profiles that the weights are fitted on have not seen the texts that they are asked about either.
"""

from __future__ import annotations

import argparse
import gzip
import json
import random
from collections import Counter, defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np
from scipy.optimize import minimize

from benchmarks.words import train_words, write_arrays, write_words
from pipeline.language import detect, vote
from pipeline.language.profiles import SCALE, Profiles, letter_groups, profile_votes
from pipeline.language.scripts import AMONG, fits, letters, main_script
from pipeline.language.voters import cld2_votes, langdetect_votes, langid_votes
from pipeline.language.words import Words, word_votes

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

USUAL = 1.5
"""How much more usual a common language is, at least, where a text is long: there, the texts teach no more than that all
voters are right."""

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
    arrays = {
        "codes": np.frombuffer("\n".join(profiles.codes).encode(), np.uint8),
        "groups": np.frombuffer("\n".join(profiles.rows).encode(), np.uint8),
        "table": np.round(profiles.table * -SCALE).astype(np.uint8),
    }
    write_arrays(arrays, path)


@dataclass(frozen=True, slots=True)
class Ballot:
    """What the voters said of a row: answers of all four, in the script, and what its words say if it is short."""

    row: Row
    fold: int
    answers: tuple[dict[str, float], ...]
    spoken: vote.Spoken | None
    script: str
    known: frozenset[str]


Taught = tuple[Profiles, Words]
"""What is learnt from the texts of all folds but one."""


def ballot(row: Row, fold: int, taught: Taught) -> Ballot | None:
    """The votes on a row; none if its script decides."""
    profiles, words = taught
    sample = row.text[: detect.SAMPLE]
    script = main_script(letters(sample))
    if not voted(script):
        return None
    text = sample if script == "Latn" else detect.without_latin(sample)
    answers = (cld2_votes(text), profile_votes(text, profiles), langid_votes(text), langdetect_votes(text))
    spoken = None if len(sample) >= vote.LONG else word_votes(text, words)
    return Ballot(row, fold, tuple(detect.in_script(a, script) for a in answers), spoken, script, frozenset(profiles.codes))


def teach(rows: Sequence[Row]) -> Taught:
    return train_profiles(rows), train_words(labelled(rows))


def labelled(rows: Iterable[Row]) -> list[tuple[str, str]]:
    """The code and text of the rows whose language is told by votes."""
    return [(row.code, row.text) for row in rows if voted(script := main_script(letters(row.text))) and fits(row.code, script)]


def ballots(rows: Sequence[Row], fold: Sequence[int]) -> tuple[list[Ballot], list[Taught]]:
    found: list[Ballot] = []
    taught = []
    wide = sorted({row.code for row in rows if row.set == "wide"})
    for n in range(FOLDS):
        strange = wide[n::STRANGE]
        taught.append(teach([row for row, f in zip(rows, fold, strict=True) if f != n and row.code not in strange]))
        asked = (ballot(row, n, taught[n]) for row, f in zip(rows, fold, strict=True) if f == n and row.set in WEIGHT)
        found += [b for b in asked if b]
    return found, taught


UNUSED = {
    "fast": {"langid", "langid unknown", "langdetect"},
    "more": {"langdetect"},
    "all": set(),
    "fast, long": {"english", "words", "words, capital", "words unknown", "langid", "langid unknown", "langdetect"},
    "more, long": {"english", "words", "words, capital", "words unknown", "langdetect"},
}
"""Features that a round does without."""

VOICES = {"cld2", "profiles", "words", "words, capital", "langid", "langdetect"}
"""Features of which more can only speak for a language."""


def bound(feature: str, name: str) -> tuple[float | None, float | None]:
    """The least and the greatest weight of a feature in a round."""
    if feature in UNUSED[name]:
        return 0.0, 0.0
    if feature in VOICES:
        return 0.0, None
    if feature == "usual" and name in vote.LONG_ROUNDS:
        return USUAL, None
    if feature.endswith(("unknown", "silent")):  # ignorance does not speak for a language
        return None, 0.0
    return None, -RARER if feature == "smaller neighbour" else None


def fit(votes: Sequence[Ballot], asked: int, name: str) -> list[float]:
    """Weights of one round (the first `asked` voters): a conditional logit with a little ridge."""
    designs, right, weight = [], [], []
    for b in votes:
        answers = b.answers[:asked]
        codes = vote.candidates(answers, b.spoken, b.script)
        if b.row.code in codes:
            designs.append(np.array(vote.features(codes, answers, b.spoken, b.known)))
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

    bounds = [bound(feature, name) for feature in vote.FEATURES]
    start = np.array([low if low is not None else high or 0.0 for low, high in bounds])
    return [round(float(w), 3) + 0.0 for w in minimize(loss, start, jac=True, method="L-BFGS-B", bounds=bounds).x]


def fit_all(votes: Sequence[Ballot]) -> dict[str, list[float]]:
    short, long = ([b for b in votes if (b.spoken is None) is part] for part in (False, True))
    found = {name: fit(short, asked, name) for name, asked in zip(vote.ROUNDS, (2, 3, 4), strict=True)}
    return found | {name: fit(long, asked, name) for name, asked in zip(vote.LONG_ROUNDS, (2, 3), strict=True)}


def write_weights(weights: dict[str, list[float]], path: Path) -> None:
    lines = ["\t".join(("feature", *weights))]
    for n, feature in enumerate(vote.FEATURES):
        lines.append("\t".join([feature, *("" if feature in UNUSED[name] else str(w[n]) for name, w in weights.items())]))
    path.write_text("\n".join(lines) + "\n", encoding="utf-8")


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("bench", type=Path, help="folder of the benchmark")
    bench = parser.parse_args().bench
    rows = read_rows(bench)
    votes, _ = ballots(rows, folds(rows))
    write_weights(fit_all(votes), HOME / "weights.tsv")
    profiles, words = teach(rows)
    write_profiles(profiles, HOME / "profiles.npz")
    write_words(words, HOME / "words.npz")


if __name__ == "__main__":
    main()
