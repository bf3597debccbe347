"""Train the line labeller: lexicon, first look, second look, network, kinds. Prints cross-validated figures, writes the model.

    python -m benchmarks.train BENCH --work FOLDER [--kind text|html] [--only figures|model]

BENCH is the benchmark's folder. The same versions give the same bytes.
"""

from __future__ import annotations

import argparse
import json
import pickle
import time
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, fields
from itertools import compress
from pathlib import Path
from typing import NamedTuple, TypeVar

import numpy as np
import numpy.typing as npt

from benchmarks.categories import Examples, confusion, figures, read_sources
from benchmarks.dataset import BARE, BARE_LINE, ONE_LINE, RENDERERS, WRITTEN, Row, build, deal, folds, page_f1, table
from benchmarks.graft import grafts
from benchmarks.kinds import category_pairs, fit_category, order_of
from benchmarks.looks import stack, train_lexicon, train_tags, train_trees
from benchmarks.network import train_network
from benchmarks.trees import TABLE, Floats, Judged, ask, keeps, second_matrix
from benchmarks.written import written_rows
from pipeline.label.features import SPOKEN, WIDTH, spoken
from pipeline.label.lexicon import slot_scores
from pipeline.label.markup import FIXED, moving
from pipeline.label.model import OF_TREES, joint
from pipeline.label.network import Network
from pipeline.label.shape import LINE_NAMES
from pipeline.label.trees import Trees, probabilities

T = TypeVar("T")


DOUBTED = 0.5
"""F1 of the first look below which an article's gold text is doubted, on HTML."""

ARTICLES = 4.0
"""How often articles and news count in the second look at HTML: dumps hold little else. All seven types lose .001 by it."""


ON_KINDS = {"text": 0.02, "html": 0.004}
"""Weight of a labelled line's kind in what the network learns. Pages of HTML lose main text where it is higher, texts do not."""


def _is_article(row: Row) -> bool:
    return row.type in ("article", "fundus")


def chosen(rows: Sequence[Row], seed: int) -> list[int]:
    """One rendering of each page, drawn at random: they are nearly copies of each other."""
    rng = np.random.default_rng(seed)
    by_page: dict[tuple[str, str, bool], list[int]] = {}
    for i, r in enumerate(rows):
        by_page.setdefault(r.page, []).append(i)
    return sorted(v[int(rng.integers(len(v)))] for v in by_page.values())


@dataclass(frozen=True, slots=True)
class Models:
    """What one training gives; written as the package's model file."""

    lexicon: npt.NDArray[np.int16]
    tags: npt.NDArray[np.int16] | None
    first: Trees
    second: Trees
    network: Network
    category: Trees
    follows: npt.NDArray[np.int16]

    def write(self, path: Path) -> None:
        """Write the model file."""
        arrays: dict[str, npt.NDArray[np.generic]] = {"lexicon": self.lexicon, "logistic": TABLE, "follows": self.follows}
        if self.tags is not None:
            arrays["tags"] = self.tags
        for name in ("first", "second", "category"):
            trees: Trees = getattr(self, name)
            arrays |= {
                f"{name}_questions": trees.questions.astype(np.int16),
                f"{name}_borders": trees.borders,
                f"{name}_leaves": trees.leaves,
                f"{name}_bias": trees.bias,
            }
        for field in fields(Network):
            numbers = getattr(self.network, field.name)
            if numbers is None:
                continue
            arrays[f"network_{field.name}"] = numbers if field.name == "borders" else numbers.astype(np.int32)
        np.savez_compressed(path, allow_pickle=False, **arrays)


Lexicons = tuple[npt.NDArray[np.int16], npt.NDArray[np.int16] | None]
"""Weights of words, and of class names."""


class Looks(NamedTuple):
    """What the two looks learned: lexicons of the inner folds and of all rows, trees, probabilities of the rows left out."""

    words: list[Lexicons]
    lexicons: Lexicons
    trees: tuple[Trees, Trees]
    first: dict[int, Floats]
    second: dict[int, Floats]


def inner_folds(rows: Sequence[Row], count: int) -> list[int]:
    """The inner fold of each row, by site; written pages are dealt out like others."""
    fold = deal({row.site for row in rows}, count, seed=7)
    return [fold[row.site] for row in rows]


class Trainer:
    """Trains on some rows as if there were no others: the second look only sees first looks that never saw the page."""

    def __init__(self, rows: Sequence[Row], examples: Examples, a: argparse.Namespace) -> None:
        self.rows, self.examples, self.a = rows, examples, a

    def fit(self, train: Sequence[int], name: str) -> Models:
        """All models from some rows; what the two looks learned is kept in the work folder under `name`."""
        fold = dict(zip(train, inner_folds([self.rows[i] for i in train], self.a.inner), strict=True))
        looks = cached(self.a.work / f"looks-{self.a.kind}-{name}.pickle", lambda: self._looks(fold))
        self._score(fold, looks.words)
        network = cached(self.a.work / f"network-{self.a.kind}-{name}.pickle", lambda: self._network(train))
        examples = [i for i in self.examples.indices if i in fold]
        kinds = fit_category(self.rows, self.examples, examples, looks.first, looks.second, self.a.category_trees)
        follows = order_of([self.examples.labels[i] for i in self.examples.hand if i in fold])
        return Models(*looks.lexicons, *looks.trees, network, kinds, follows)

    def _network(self, train: Sequence[int]) -> Network:
        sound = [i for i in train if self.rows[i].sound]
        known = set(self.examples.indices)
        targets = [self.examples.of(i) if i in known else [] for i in sound]
        network = train_network([self.rows[i] for i in sound], targets, self.a.epochs, ON_KINDS[self.a.kind])
        return network if self.a.kind == "text" else network.of_content()

    def _looks(self, fold: Mapping[int, int]) -> Looks:
        """The two looks; those at texts learn from grafted pages, too, which are of the fold of the page whose body they have."""
        if self.a.kind == "html":
            return self._look(fold)
        bench = {i: f for i, f in fold.items() if self.rows[i].set != WRITTEN and self.rows[i].renderer in RENDERERS}
        found = grafts(self.rows, bench, lambda keys: read_sources(self.a.bench, keys))
        more = {len(self.rows) + n: fold[graft.body] for n, graft in enumerate(found)}
        return Trainer([*self.rows, *(g.row for g in found)], self.examples, self.a)._look({**fold, **more})

    def _look(self, fold: Mapping[int, int]) -> Looks:
        """The two looks, and what they say of each row where they did not learn from it."""
        rows, a, train = self.rows, self.a, list(fold)
        sound = [i for i in train if rows[i].sound]
        words = [self._lexicons([i for i in sound if fold[i] != f]) for f in range(a.inner)]
        self._score(fold, words)
        first: dict[int, Floats] = {}
        for f in range(a.inner):
            trees = self._first([i for i in sound if fold[i] != f])
            first |= {i: ask(trees, rows[i].rows) for i in train if fold[i] == f}
        everything = self._first(sound)
        last, second = self._second_look(fold, first)
        return Looks(words, self._lexicons(sound), (everything, last), first, second)

    def _second_look(self, fold: Mapping[int, int], first: Mapping[int, Floats]) -> tuple[Trees, dict[int, Floats]]:
        """The second look, and what two of its kind say of each row where they did not learn from it: what the kinds learn from."""
        picked = self._picked(self._trusted(fold, first), seed=2)
        second: dict[int, Floats] = {}
        for f in range(2):
            trees = self._second([i for i in picked if fold[i] % 2 != f], first)
            second |= {i: ask(trees, second_matrix(self.rows[i], first[i])) for i in fold if fold[i] % 2 == f}
        return self._second(picked, first), second

    def _trusted(self, train: Iterable[int], first: Mapping[int, Floats]) -> list[int]:
        """The rows fit for training; on HTML without articles of which first looks that did not know them say quite something else.

        There the gold text holds a part of the article, more often than not.
        """
        sound = [i for i in train if self.rows[i].sound]
        if self.a.kind == "text":
            return sound
        kept = keeps([self.rows[i] for i in sound], [first[i] for i in sound])
        agreed = [page_f1(self.rows[i], k) >= DOUBTED or not _is_article(self.rows[i]) for i, k in zip(sound, kept, strict=True)]
        return list(compress(sound, agreed))

    def _score(self, fold: Mapping[int, int], words: Sequence[Lexicons]) -> None:
        for i, f in fold.items():
            self.put_scores(i, *words[f])

    def _lexicons(self, train: Sequence[int]) -> Lexicons:
        rows = [self.rows[i] for i in train]
        return train_lexicon(rows), train_tags(rows) if self.a.kind == "html" else None

    def put_scores(self, i: int, weights: npt.NDArray[np.int16], tags: npt.NDArray[np.int16] | None) -> None:
        """Write the lexicons' columns into a row's features."""
        row = self.rows[i]
        lines = row.rows[:, : len(LINE_NAMES)].astype(np.float64)
        row.rows[:, WIDTH - SPOKEN : WIDTH] = spoken(lines, slot_scores(row.slots, weights))
        if tags is not None:
            near, far = (slot_scores([pair[k] for pair in row.tags], tags) for k in (0, 1))
            fixed = row.rows[:, WIDTH : WIDTH + FIXED].astype(np.float64)
            row.rows[:, WIDTH + FIXED :] = np.hstack(moving(fixed, near, far))

    def _picked(self, train: Sequence[int], seed: int) -> list[int]:
        allowed = set(train)
        return [i for i in chosen(self.rows, seed) if i in allowed]

    def _first(self, train: Sequence[int]) -> Trees:
        rows = [self.rows[i] for i in self._picked(train, seed=1)]
        return train_trees(*stack(rows, [r.rows for r in rows]), self.a.first_trees, 0.1)

    def _second(self, picked: Sequence[int], first: Mapping[int, Floats]) -> Trees:
        rows = [self.rows[i] for i in picked]
        x, y, weights = stack(rows, [second_matrix(self.rows[i], first[i]) for i in picked])
        if self.a.kind == "text":
            return train_trees(x, y, weights, self.a.second_trees, 0.08)
        count = np.concatenate([np.full(len(r.bags), ARTICLES if _is_article(r) else 1.0) for r in rows])
        return train_trees(x, y, weights * count, self.a.second_trees, 0.06)

    def judge(self, models: Models, test: Sequence[int]) -> Judged:
        """What the models say of rows that they have not seen."""
        judged = Judged({}, {}, {}, {})
        hand = set(self.examples.hand)
        for i in test:
            self.put_scores(i, models.lexicon, models.tags)
            rows = self.rows[i].rows.astype(np.float64)
            judged.first[i] = ask(models.first, rows)
            looked = models.second.margins(second_matrix(self.rows[i], judged.first[i]).astype(np.float64))[:, 0]
            judged.second[i] = probabilities(looked, TABLE)
            answers = models.network.ask(rows)
            judged.joint[i] = probabilities(joint(looked, answers.content, OF_TREES[self.a.kind]), TABLE)
            if i in hand and answers.kinds is not None:
                judged.kinds[i] = answers.kinds
        return judged


def cached(path: Path, make: Callable[[], T]) -> T:
    """What a slow step gave before, or gives now. The file is this script's own; nobody else's is ever read."""
    if not path.exists():
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(pickle.dumps(make()))
    found: T = pickle.loads(path.read_bytes())
    return found


def main() -> None:
    """Cross-validate, then train on everything and write the model."""
    ap = argparse.ArgumentParser(description=__doc__.split("\n")[0])
    ap.add_argument("bench", type=Path)
    ap.add_argument("--work", type=Path, required=True, help="folder for features and fold models")
    ap.add_argument("--folds", type=int, default=3, help="outer folds: the figures")
    ap.add_argument("--inner", type=int, default=4, help="inner folds: what the second look learns from; even")
    ap.add_argument("--first-trees", type=int, default=300)
    ap.add_argument("--second-trees", type=int, help="300 for text, 450 for HTML")
    ap.add_argument("--category-trees", type=int, help="160 for text, 140 for HTML")
    ap.add_argument("--epochs", type=int, help="of the network: 18 for text, 30 for HTML")
    ap.add_argument("--kind", choices=["text", "html"], default="text", help="what the model judges")
    ap.add_argument("--only", choices=["figures", "model"])
    ap.add_argument("--fold", type=int, nargs="+", help="figures of these outer folds only")
    a = ap.parse_args()
    a.second_trees = a.second_trees or (300 if a.kind == "text" else 450)
    a.category_trees = a.category_trees or (160 if a.kind == "text" else 140)
    a.epochs = a.epochs or (18 if a.kind == "text" else 30)
    started = time.monotonic()

    def say(text: str) -> None:
        print(f"[{time.monotonic() - started:6.0f} s] {text}", flush=True)

    renderers = (*RENDERERS, ONE_LINE, BARE, BARE_LINE) if a.kind == "text" else ("html",)
    model = Path("pipeline/label") / f"{a.kind}.npz"
    rows = cached(
        a.work / f"rows-{a.kind}.pickle", lambda: build(a.bench, renderers) + (written_rows() if a.kind == "text" else [])
    )
    examples = cached(a.work / f"examples-{a.kind}.pickle", lambda: Examples(rows, chosen(rows, 5), a.bench))
    say(f"{len(rows)} renderings of pages, {sum(len(r.bags) for r in rows)} lines, {len(examples.hand)} pages with line labels")
    trainer = Trainer(rows, examples, a)
    if a.only != "figures":
        trainer.fit(list(range(len(rows))), "all").write(model)
        say(f"wrote {model}: {model.stat().st_size:,} bytes")
    if a.only == "model":
        return
    fold = folds(rows, a.folds)
    dealt = {f"{row.set} {row.id}": f for row, f in zip(rows, fold, strict=True)}
    (a.work / f"folds-{a.kind}.json").write_text(json.dumps(dealt, sort_keys=True), encoding="utf-8")
    judged = Judged({}, {}, {}, {})
    pairs: dict[int, list[tuple[str, str, int]]] = {}
    for f in a.fold if a.fold is not None else range(a.folds):
        test = [i for i in range(len(rows)) if fold[i] == f]
        models = trainer.fit([i for i in range(len(rows)) if fold[i] != f], str(f))
        models.write(a.work / f"{a.kind}-{f}.npz")
        for known, found in zip(judged, trainer.judge(models, test), strict=True):
            known.update(found)
        pairs |= {
            i: category_pairs(rows, examples, models.category, models.follows, [i], judged) for i in examples.hand if fold[i] == f
        }
        say(f"fold {f}")
    (a.work / f"held-out-{a.kind}.pickle").write_bytes(pickle.dumps(tuple(judged)))
    order = sorted(judged.first)
    for title, p in zip(("first look", "second look", "with network"), judged[:3], strict=True):
        print(table(title, [rows[i] for i in order], keeps([rows[i] for i in order], [p[i] for i in order])), flush=True)
    theirs = set(examples.bench)
    for title, of in (("the benchmark's", theirs), ("our own", set(pairs) - theirs)):
        said = [pair for i, found in pairs.items() if i in of for pair in found]
        print(f"line labels, {title} pages: {len({i for i in pairs if i in of})}")
        print("\n".join([*(f"{name:26} {value:.3f}" for name, value in figures(said).items()), *confusion(said)]), flush=True)


if __name__ == "__main__":
    main()
