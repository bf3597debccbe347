"""The second look at a page: each line against the region that the first look found to be the main content."""

from __future__ import annotations

import numpy as np

from pipeline.label.features import COLUMN, Matrix, shifted, window_means
from pipeline.label.telling import Telling

NEAR = (-6, -5, -4, -3, -2, -1, 1, 2, 3, 4, 5, 6)
WINDOWS = (2, 5, 12, 30)
HEADS = ("related_links", "comments", "share_prompt", "author_bio", "subscription_prompt")
COMPARED = (
    "ends",
    "lower_words",
    "commas",
    "capital_words",
    "unspaced",
    "bullet",
    "indent",
    "blanks_before",
    "score",
    "digits",
)
DOUBT = 0.45
"""Probability that a line must exceed to add to a region."""


def region_names() -> list[str]:
    """Names of the columns of `region_features`."""
    names = ["p", *(f"p{k:+}" for k in NEAR), *(f"p~{w}" for w in WINDOWS), *(f"p_by_words~{w}" for w in WINDOWS)]
    names += ["in_region", "lines_off", "words_off", "mass", "region_mass", "mass_before", "mass_behind", "region_echo"]
    names += ["region_echo_2", "heads_between", "relative_length", "p_above", "p_below", "region_length", "region_from"]
    names += ["region_to", "region_words", "region_lines"]
    return names + [f"unlike_{name}" for name in COMPARED]


def main_region(p: Matrix, words: Matrix) -> tuple[int, int]:
    """First line of the region of greatest probability mass, and the line behind its last."""
    best, span, total, first = 0.0, (0, 0), 0.0, 0
    for i, value in enumerate(((p - DOUBT) * np.maximum(words, 1.0)).tolist()):
        if total <= 0:
            total, first = 0.0, i
        total += value
        if total > best:
            best, span = total, (first, i + 1)
    return span


def region_features(telling: Telling, rows: Matrix, p: Matrix) -> Matrix:
    """One row a line, given the first look's features and probabilities. Columns are named by `region_names`."""
    words = rows[:, 0]
    n = len(p)
    index = np.arange(n)
    first, last = main_region(p, words)
    inside = (index >= first) & (index < last)
    sure = inside & (p > 0.5)
    model = sure if sure.any() else np.ones(n, dtype=bool)
    heads = np.cumsum((rows[:, [COLUMN[h] for h in HEADS]] >= 1).any(axis=1))
    before = np.cumsum(words) - words
    mass = words * p
    running = np.cumsum(mass)
    total = max(float(running[-1]), 1e-9)
    above, below = index < first, index >= last
    top = min(first, n - 1)
    end = max(last - 1, 0)
    lines_off = np.where(above, first - index, np.where(below, index - last + 1, 0))
    words_off = np.where(above, before[top] - before, np.where(below, before - before[end] - words[end], 0.0))
    heads_off = np.where(below, heads - (heads[end] if last else 0), np.where(above, heads[top] - heads, 0))
    compared = rows[:, [COLUMN[c] for c in COMPARED]]
    length = max(float(words[model].sum()), 1.0)
    usual = np.cumsum((compared * words[:, None])[model], axis=0)[-1] / length
    mean = float(words[model].sum()) / float(model.sum())

    def whole(value: float) -> Matrix:
        return np.full(n, value, dtype=np.float64)

    columns = [
        inside.astype(np.float64),
        lines_off.astype(np.float64),
        np.minimum(words_off, 3000.0),
        mass / total,
        whole(float(running[end] - running[first] + mass[first]) / total if last else 0.0),
        (running - mass) / total,
        (total - running) / total,
        telling.share_in(sure, others_only=True),
        telling.share_in(sure, others_only=True, often=1),
        heads_off.astype(np.float64),
        words / max(mean, 1.0),
        np.maximum.accumulate(p),
        np.maximum.accumulate(p[::-1])[::-1],
        whole(mean),
        (index - first).astype(np.float64),
        (last - index).astype(np.float64),
        whole(float(words[first:last].sum()) / max(float(words.sum()), 1.0)),
        whole(last - first),
    ]
    column = p[:, None]
    by_words = window_means(column * words[:, None], WINDOWS) / np.maximum(window_means(words[:, None], WINDOWS), 0.01)
    near = [column, shifted(column, NEAR), window_means(column, WINDOWS), by_words]
    return np.hstack([*near, np.stack(columns, axis=1), compared - usual])
