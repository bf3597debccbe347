"""Boosted oblivious trees as CatBoost learns them, in whole numbers, and what they say of a page."""

from __future__ import annotations

import json
import math
import tempfile
from collections.abc import Sequence
from pathlib import Path
from typing import NamedTuple

import numpy as np
import numpy.typing as npt
from catboost import CatBoostClassifier

from benchmarks.dataset import Row
from pipeline.label.region import region_features
from pipeline.label.threshold import threshold
from pipeline.label.trees import REACH, SCALE, STEPS, Trees, probabilities

TABLE = np.array([round(1 / (1 + math.exp(-k / STEPS)), 6) for k in range(-REACH, REACH + 1)])
REPEATABLE = {"l2_leaf_reg": 5, "random_seed": 0, "thread_count": 2, "verbose": 0, "allow_writing_files": False}
"""CatBoost settings that every model shares; with another number of threads the sums, and so the trees, differ."""

Floats = npt.NDArray[np.float64]


class Judged(NamedTuple):
    """The probabilities of rows' lines: first look, second look, second look and network together.

    Of rows with line labels also what the network says of the kinds of their lines, as `Network.ask` gives it.
    """

    first: dict[int, Floats]
    second: dict[int, Floats]
    joint: dict[int, Floats]
    kinds: dict[int, npt.NDArray[np.int64]]


def from_catboost(model: CatBoostClassifier) -> Trees:
    """A CatBoost model in whole numbers."""
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "model.json"
        model.save_model(str(path), format="json")
        saved = json.loads(path.read_text())
    trees = saved["oblivious_trees"]
    depth = max(len(t["splits"] or ()) for t in trees)
    scale, bias = saved["scale_and_bias"]
    classes = len(bias)
    questions = np.zeros((len(trees), depth), dtype=np.int32)
    borders = np.full((len(trees), depth), np.inf, dtype=np.float32)
    leaves = np.zeros((len(trees), 1 << depth, classes), dtype=np.int32)
    for t, tree in enumerate(trees):
        for k, split in enumerate(tree["splits"] or ()):
            questions[t, k], borders[t, k] = split["float_feature_index"], split["border"]
        values = np.array(tree["leaf_values"]).reshape(-1, classes) * scale
        leaves[t, : len(values)] = np.round(values * SCALE)
    return Trees(questions, borders, leaves, np.round(np.array(bias) * SCALE).astype(np.int64))


def second_matrix(row: Row, p: Floats) -> npt.NDArray[np.float32]:
    """Features of the second look."""
    rows = row.rows.astype(np.float64)
    return np.hstack([rows, region_features(row.telling, rows, p)]).astype(np.float32)


def ask(trees: Trees, x: npt.NDArray[np.float32]) -> Floats:
    """Probabilities for a page's lines."""
    return probabilities(trees.margins(x.astype(np.float64))[:, 0], TABLE)


def keeps(rows: Sequence[Row], p: Sequence[Floats]) -> list[npt.NDArray[np.bool_]]:
    """The lines to keep, by the threshold of each page."""
    out = []
    for row, q in zip(rows, p, strict=True):
        words = np.array([len(b) for b in row.bags], dtype=np.float64)
        out.append(q >= threshold(q, words))
    return out
