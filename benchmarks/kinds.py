"""The category model: which of the labels a line has. Trained from examples, judged by the hand-labelled lines."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from itertools import pairwise

import numpy as np
import numpy.typing as npt
from catboost import CatBoostClassifier

from benchmarks.categories import Examples
from benchmarks.dataset import Row
from benchmarks.trees import REPEATABLE, Floats, Judged, from_catboost, keeps, second_matrix
from pipeline.document import KEPT, Label
from pipeline.label.category import CLASSES, INDEX
from pipeline.label.model import HUNDREDTHS, OF_KINDS, joint
from pipeline.label.order import in_order
from pipeline.label.trees import SCALE, Trees

SELDOM = 3.0
"""Lines that each label is counted with beforehand."""

FOLLOWED = 20.0
"""Lines that are counted beforehand behind each label, of the labels as they are frequent."""


def category_matrix(row: Row, first: Floats, second: Floats, votes: npt.NDArray[np.float32]) -> npt.NDArray[np.float32]:
    """Features of the category model."""
    keep = keeps([row], [second])[0]
    return np.hstack([second_matrix(row, first), second[:, None], keep[:, None], votes]).astype(np.float32)


def train_categories(x: npt.NDArray[np.float32], y: Sequence[str], weights: Sequence[float], trees: int) -> Trees:
    """Boosted oblivious trees for the label of a line."""
    model = CatBoostClassifier(
        loss_function="MultiClass",
        classes_count=len(CLASSES),
        iterations=trees,
        depth=5,
        learning_rate=0.25,
        border_count=32,
        rsm=0.2,
        bootstrap_type="Bernoulli",
        subsample=0.7,
        **REPEATABLE,
    )
    model.fit(x, np.array([INDEX[Label(label)] for label in y]), sample_weight=np.array(weights))
    return from_catboost(model)


def fit_category(
    rows: Sequence[Row],
    examples: Examples,
    train: Sequence[int],
    first: Mapping[int, Floats],
    second: Mapping[int, Floats],
    trees: int,
) -> Trees:
    """The category model from some rows."""
    xs, ys, ws = [], [], []
    for i in train:
        found = examples.of(i)
        if found:
            x = category_matrix(rows[i], first[i], second[i], examples.votes[i])
            xs.append(x[[k for k, _, _ in found]])
            ys += [label for _, label, _ in found]
            ws += [weight for _, _, weight in found]
    return train_categories(np.vstack(xs), ys, ws, trees)


def order_of(pages: Sequence[Sequence[str | None]]) -> npt.NDArray[np.int16]:
    """How much likelier each label is right after each than anywhere, in hundredths of logarithms; learned from pages' labels."""
    size = len(CLASSES)
    pairs, alone = np.zeros((size, size)), np.full(size, SELDOM)
    for page in pages:
        numbers = [None if label is None else INDEX[Label(label)] for label in page]
        for one, other in pairwise(numbers):
            if one is not None and other is not None:
                pairs[one, other] += 1
        alone += np.bincount([number for number in numbers if number is not None], minlength=size)
    share = alone / alone.sum()
    pairs += FOLLOWED * share
    return np.round(HUNDREDTHS * np.log(pairs / pairs.sum(axis=1, keepdims=True) / share)).astype(np.int16)


def category_pairs(
    rows: Sequence[Row],
    examples: Examples,
    trees: Trees,
    follows: npt.NDArray[np.int16],
    hand: Sequence[int],
    judged: Judged,
) -> list[tuple[str, str, int]]:
    """(gold, predicted, words) of each hand-labelled line."""
    kept_classes = np.array([label in KEPT for label in CLASSES])
    pairs: list[tuple[str, str, int]] = []
    for i in hand:
        seen = category_matrix(rows[i], judged.first[i], judged.second[i], examples.votes[i])
        margins = trees.margins(seen.astype(np.float64))
        if i in judged.kinds:
            margins = joint(margins, judged.kinds[i], OF_KINDS)
        fits = kept_classes == keeps([rows[i]], [judged.joint[i]])[0][:, None]
        best = in_order(np.where(fits, margins / SCALE, -1e9), follows / HUNDREDTHS)
        sizes = [max(1, len(t.split())) for t in rows[i].texts]
        said = zip(examples.labels[i], [str(CLASSES[k]) for k in best], sizes, strict=True)
        pairs += [(gold, found, size) for gold, found, size in said if gold is not None]
    return pairs
