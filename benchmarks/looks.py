"""What the two looks learn: the lexicons of words and of class names, and boosted trees."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
import numpy.typing as npt
import scipy.sparse as sp
from catboost import CatBoostClassifier
from sklearn.linear_model import SGDClassifier

from benchmarks.dataset import Row
from benchmarks.trees import REPEATABLE, Floats, from_catboost
from pipeline.label.trees import Trees


def slot_matrix(rows: Sequence[Row]) -> sp.csr_matrix:
    """The lines' words as a sparse matrix: 1 over the square root of their number."""
    counts = np.array([len(s) // 4 for r in rows for s in r.slots])
    flat = np.frombuffer(b"".join(s for r in rows for s in r.slots), dtype=np.int32)
    values = np.repeat(1 / np.sqrt(np.maximum(counts, 1)), counts).astype(np.float32)
    return sp.csr_matrix((values, flat, np.concatenate([[0], np.cumsum(counts)])), shape=(len(counts), 1 << 16))


def train_lexicon(rows: Sequence[Row]) -> npt.NDArray[np.int16]:
    """Weights of the lexicon, as 256ths."""
    rows = [r for r in rows if r.renderer != "inscriptis"]
    y = np.concatenate([r.kept for r in rows]).astype(int)
    weights = np.concatenate([r.weights + 30 / len(r.bags) for r in rows])
    model = SGDClassifier(loss="log_loss", alpha=2e-6, max_iter=4, tol=None, random_state=0, average=True)
    model.fit(slot_matrix(rows), y, sample_weight=weights)
    return np.clip(np.round(model.coef_[0] * 256), -32000, 32000).astype(np.int16)


def train_tags(rows: Sequence[Row]) -> npt.NDArray[np.int16]:
    """Weights of the class names' lexicon, as 256ths."""
    tags = [pair for r in rows for pair in r.tags]
    parts = [slots for pair in tags for slots in pair]
    sizes = np.array([len(p) // 4 for p in parts])
    values = np.repeat(1 / np.sqrt(np.maximum(sizes, 1)), sizes).astype(np.float32)
    flat = np.frombuffer(b"".join(parts), dtype=np.int32)
    ends = np.concatenate([[0], np.cumsum(sizes.reshape(-1, 2).sum(axis=1))])
    matrix = sp.csr_matrix((values, flat, ends), shape=(len(tags), 1 << 16))
    y = np.concatenate([r.kept for r in rows]).astype(int)
    weights = np.concatenate([r.weights + 30 / len(r.bags) for r in rows])
    model = SGDClassifier(loss="log_loss", alpha=4e-6, max_iter=4, tol=None, random_state=0, average=True)
    model.fit(matrix, y, sample_weight=weights)
    return np.clip(np.round(model.coef_[0] * 256), -32000, 32000).astype(np.int16)


def train_trees(x: npt.NDArray[np.float32], y: npt.NDArray[np.int64], weights: Floats, trees: int, rate: float) -> Trees:
    """Boosted oblivious trees of depth 6 for a yes-or-no target."""
    model = CatBoostClassifier(
        iterations=trees,
        depth=6,
        learning_rate=rate,
        border_count=63,
        rsm=0.3,
        bootstrap_type="Bernoulli",
        subsample=0.5,
        **REPEATABLE,
    )
    model.fit(x, y, sample_weight=weights)
    return from_catboost(model)


def stack(
    rows: Sequence[Row], matrices: Sequence[npt.NDArray[np.float32]]
) -> tuple[npt.NDArray[np.float32], npt.NDArray[np.int64], Floats]:
    """Training data: features, targets, weights."""
    y = np.concatenate([r.kept for r in rows]).astype(np.int64)
    return np.vstack(matrices).astype(np.float32), y, np.concatenate([r.weights for r in rows])
