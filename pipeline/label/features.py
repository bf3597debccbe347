"""Features of the lines of a page: what the trained labeller sees.

All are counts, shares and distances, so that they mean the same in every script and on every machine; logarithms and
other functions of the C library are avoided, because their last bit differs between machines.
"""

from __future__ import annotations

import numpy as np
import numpy.typing as npt

from pipeline.label.page import Page
from pipeline.label.shape import COLUMN as _COL
from pipeline.label.shape import LINE_NAMES, SIGNS

Matrix = npt.NDArray[np.float64]
CHROME_COLUMNS = tuple(range(9))

HEADS = ("comments", "related_links", "author_bio", "tags", "share_prompt", "subscription_prompt")
SCORE_WINDOWS = (2, 6, 15, 50)
NEIGHBOURS = (-3, -2, -1, 1, 2, 3)
NEAR = (
    "words",
    "ends",
    "prose",
    "lower_words",
    "capital_words",
    "dated_only",
    "blanks_before",
    "starts_lower",
    "starts_mark",
    "bullet",
    "vocabulary",
    "related_links",
    "name",
    "indent",
)
WINDOWS = (4, 12, 40)
SUMMED = ("words", "ends", "prose", "dated", "lower_words", "commas", "chrome", "vocabulary", "capital_words", "name", "short")


def feature_names() -> list[str]:
    """Names of the columns of `features`."""
    place = ["index", "from_end", "share", "words_before", "words_behind", "words_share", "page_lines", "page_words"]
    place += ["page_prose", "page_ends", "page_blanks", "page_unspaced", "page_lower_start", "page_longest"]
    place += ["body_from", "body_to", "title_from", "run_from", "prose_from", "prose_to", "longest_from"]
    place += [f"since_{sign}" for sign in HEADS] + ["rhythm_1", "rhythm_k"]
    near = [f"{name}{k:+}" for name in NEAR for k in NEIGHBOURS]
    around = [f"{name}~{w}" for w in WINDOWS for name in SUMMED]
    spoken = ["score", *(f"score{k:+}" for k in NEIGHBOURS), *(f"score~{w}" for w in SCORE_WINDOWS)]
    spoken += [*(f"score_by_words~{w}" for w in SCORE_WINDOWS), "score_before", "score_behind"]
    return [*LINE_NAMES, "chrome", "short", *place, *near, *around, *spoken]


SPOKEN = len(NEIGHBOURS) + 2 * len(SCORE_WINDOWS) + 3
"""Columns that hold the lexicon's scores: the last ones."""

WIDTH = len(feature_names())
"""Number of columns; for HTML those of `markup_features` come behind."""

COLUMN = {name: k for k, name in enumerate(feature_names())}
"""The column of each feature."""


def features(page: Page, scores: Matrix) -> Matrix:
    """One row a line, given the lexicon's score of each line. Columns are named by `feature_names`."""
    stored = b"".join(reading.shape for reading in page.readings)
    rows = np.frombuffer(stored, dtype=np.float64).reshape(-1, len(LINE_NAMES)).copy()
    rows[:, _COL["indent"]] = np.minimum(page.indents, 20)
    rows[:, _COL["blanks_before"]] = np.minimum(page.blanks, 4)
    _page_columns(page, rows)
    chrome = rows[:, [len(LINE_NAMES) - len(SIGNS) + k for k in CHROME_COLUMNS]].max(axis=1)
    short = (rows[:, 0] < 5).astype(np.float64)
    place = np.hstack([_place(page, rows), _since(page), _rhythm(rows)])
    return np.hstack(
        [rows, chrome[:, None], short[:, None], place, _near(rows), _around(rows, chrome, short), spoken(rows, scores)]
    )


def _since(page: Page) -> Matrix:
    """Lines since the last furniture heading of each kind, 99 at most."""
    out = np.full((len(page.lines), len(HEADS)), 99.0)
    last: dict[str, int] = {}
    for i, line in enumerate(page.lines):
        for hit in line.hits:
            if hit.entry.where == "head" and line.words <= 10:
                last[hit.entry.sign] = i
        for k, sign in enumerate(HEADS):
            if sign in last:
                out[i, k] = min(i - last[sign], 99)
    return out


def _rhythm(rows: Matrix) -> Matrix:
    """How regularly line shapes come again around a line: at the next line, and at the best distance of two to five."""
    words = rows[:, 0]
    shape = (words > 1).astype(np.int64) + (words > 4) + (words > 12) + 4 * rows[:, _COL["ends"]].astype(np.int64)
    shape += 8 * (rows[:, _COL["dated"]] > 0)
    n = len(rows)
    same = np.zeros((n, 5))
    for k in range(1, 6):
        if n > k:
            equal = (shape[k:] == shape[:-k]).astype(np.float64)
            same[:-k, k - 1] = equal
            same[k:, k - 1] += equal
    means = window_means(same / 2, (6,))
    return np.stack([means[:, 0], means[:, 1:].max(axis=1)], axis=1)


def spoken(rows: Matrix, scores: Matrix) -> Matrix:
    """The lexicon's scores of a line, its neighbours and its surroundings."""
    score = np.clip(scores, -8.0, 8.0)[:, None]
    words = rows[:, :1]
    weighted = window_means(score * words, SCORE_WINDOWS) / np.maximum(window_means(words, SCORE_WINDOWS), 0.01)
    mass, total = np.cumsum(score * words, axis=0), np.cumsum(words, axis=0)
    before = mass / np.maximum(total, 1.0)
    behind = (mass[-1] - mass) / np.maximum(total[-1] - total, 1.0)
    return np.hstack([score, shifted(score, NEIGHBOURS), window_means(score, SCORE_WINDOWS), weighted, before, behind])


def _page_columns(page: Page, rows: Matrix) -> None:
    """Fill the columns that need the whole page: copies, the body, and how a line's words stand elsewhere."""
    first, last = page.body
    rows[first:last, _COL["in_body"]] = 1.0
    rows[list(page.runs), _COL["in_run"]] = 1.0
    rows[:, _COL["copies"]] = [min(page.copies[tuple(line.tokens)], 9) for line in page.lines]
    words = page.telling
    prose = rows[:, _COL["prose"]] > 0
    in_body = np.zeros(len(rows), dtype=bool)
    in_body[first:last] = prose[first:last]
    is_title = np.zeros(len(rows), dtype=bool)
    if page.title is not None:
        is_title[page.title] = True
    rows[:, _COL["vocabulary"]] = words.share_in(in_body)
    rows[:, _COL["title_words"]] = words.share_in(is_title)
    rows[:, _COL["echo"]] = words.share_in(rows[:, 0] > 8, others_only=True)
    rows[:, _COL["echo_above"]] = words.share_above(prose)


def _place(page: Page, rows: Matrix) -> Matrix:
    n = len(rows)
    index = np.arange(n, dtype=np.float64)
    words = rows[:, 0]
    total = max(words.sum(), 1.0)
    before = np.cumsum(words) - words
    first, last = page.body
    title = page.title if page.title is not None else -1
    run = np.full(n, -1.0)
    for i, (_, head) in page.runs.items():
        run[i] = i - head
    prose = np.flatnonzero(rows[:, _COL["prose"]])
    behind = np.searchsorted(prose, index, side="right") - 1
    ahead = np.searchsorted(prose, index, side="left")
    since = np.where(behind >= 0, index - prose[np.maximum(behind, 0)], 99.0) if len(prose) else np.full(n, 99.0)
    until = (
        np.where(ahead < len(prose), prose[np.minimum(ahead, len(prose) - 1)] - index, 99.0) if len(prose) else np.full(n, 99.0)
    )
    longest = float(np.argmax(words))

    def whole(value: float) -> Matrix:
        return np.full(n, value)

    columns = [
        index,
        n - 1 - index,
        index / n,
        before,
        total - before - words,
        (before + words / 2) / total,
        whole(n),
        whole(total),
        whole(float(words[prose].sum()) / total),
        whole(float(rows[:, _COL["ends"]].mean())),
        whole(float((rows[:, _COL["blanks_before"]] > 0).mean())),
        whole(float(rows[:, _COL["unspaced"]].mean())),
        whole(float(rows[:, _COL["starts_lower"]].mean())),
        whole(float(words.max())),
        index - first,
        last - index,
        index - title if title >= 0 else whole(-999.0),
        run,
        np.minimum(since, 99.0),
        np.minimum(until, 99.0),
        index - longest,
    ]
    return np.stack(columns, axis=1)


def _near(rows: Matrix) -> Matrix:
    chosen = rows[:, [_COL[name] for name in NEAR]]
    return shifted(chosen, NEIGHBOURS)


def shifted(columns: Matrix, steps: tuple[int, ...]) -> Matrix:
    """Each column as it is so many lines away; -1 beyond the page's ends."""
    n, width = columns.shape
    reach = max(abs(s) for s in steps)
    padded = np.full((n + 2 * reach, width), -1.0)
    padded[reach : reach + n] = columns
    stacked = np.stack([padded[reach + s : reach + s + n] for s in steps], axis=2)
    return stacked.reshape(n, width * len(steps))


def _around(rows: Matrix, chrome: Matrix, short: Matrix) -> Matrix:
    plain = [rows[:, _COL[name]] if name in _COL else {"chrome": chrome, "short": short}[name] for name in SUMMED]
    return window_means(np.stack(plain, axis=1), WINDOWS)


def window_means(columns: Matrix, widths: tuple[int, ...]) -> Matrix:
    """Mean of each column over the lines up to so many away on both sides."""
    n = len(columns)
    sums = np.vstack([np.zeros((1, columns.shape[1])), np.cumsum(columns, axis=0)])
    index = np.arange(n)
    out = []
    for w in widths:
        low, high = np.maximum(index - w, 0), np.minimum(index + w + 1, n)
        out.append((sums[high] - sums[low]) / (high - low)[:, None])
    return np.hstack(out)
