"""Learn what clues are worth from candidates that are right or wrong: a choice among a page's candidates, or each alone."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt
from scipy.optimize import minimize
from sklearn.feature_extraction import DictVectorizer

Floats = npt.NDArray[np.float64]
Loss = Callable[[Floats, Floats, Floats, npt.NDArray[np.int64]], tuple[float, Floats]]
"""From the candidates' margins, whether they are right, their weights and their pages' numbers, in order: the loss and its slope."""

RARE = 5
"""Times that a clue must be seen to get a weight."""


@dataclass(frozen=True)
class Example:
    """A candidate's clues, whether it is right, and how much it counts."""

    clues: tuple[str, ...]
    right: bool
    weight: float = 1.0


def fit(pages: Sequence[Sequence[Example]], loss: Loss, priors: Mapping[str, int], strength: float) -> dict[str, int]:
    """Weights of the clues as hundredths of log-odds, "*" for the bias.

    `pages` holds the candidates of each page, one at least; `loss` is `one_of` or `each_alone`. The weights are drawn to those
    by hand in `priors`, or to nothing, the more so the smaller `strength` is.
    """
    examples = [e for page in pages for e in page]
    count = Counter(clue for e in examples for clue in set(e.clues))
    vectorizer = DictVectorizer()
    rows = vectorizer.fit_transform([{c: 1 for c in e.clues if count[c] >= RARE} for e in examples])
    clues = [str(c) for c in vectorizer.get_feature_names_out()]
    by_hand = np.array([priors.get(c, 0) / 100 for c in clues])
    right, weight = (np.array([getattr(e, part) for e in examples], dtype=np.float64) for part in ("right", "weight"))
    page = np.repeat(np.arange(len(pages)), [len(p) for p in pages])

    def drawn(w: Floats) -> tuple[float, Floats]:
        of_all, slope = loss(rows @ (w[:-1] + by_hand) + w[-1], right, weight, page)
        return of_all + float(w @ w) / 2 / strength, np.append(rows.T @ slope, slope.sum()) + w / strength

    found = minimize(drawn, np.zeros(len(clues) + 1), jac=True, method="L-BFGS-B", options={"maxiter": 1000}).x
    weights = {c: round(100 * w) for c, w in zip(clues, found[:-1] + by_hand, strict=True)}
    seldom = {c: w for c, w in priors.items() if c not in weights}
    return {"*": round(100 * found[-1]), **seldom, **{c: w for c, w in weights.items() if abs(w) >= 3}}


def each_alone(margins: Floats, right: Floats, weight: Floats, _: npt.NDArray[np.int64]) -> tuple[float, Floats]:
    """Logistic loss of each candidate, and its slope by the margins."""
    loss = np.logaddexp(0, margins) - right * margins
    return float(weight @ loss), weight * (1 / (1 + np.exp(-margins)) - right)


def one_of(margins: Floats, right: Floats, weight: Floats, page: npt.NDArray[np.int64]) -> tuple[float, Floats]:
    """Logistic loss of the choice among a page's candidates and "none of them", whose margin is 0, and its slope by the margins.

    Several candidates of a page can be right, and share its probability; if there is none, "none" is right.
    """
    pages = int(page[-1]) + 1
    top = np.zeros(pages)
    np.maximum.at(top, page, margins)
    odds, of_none = np.exp(margins - top[page]), np.exp(-top)
    good = np.bincount(page, odds * right, pages)
    none = np.bincount(page, right, pages) == 0
    good = np.where(none, of_none, good)
    everything = np.bincount(page, odds, pages) + of_none  # at least 1: the likeliest
    good = np.maximum(good, np.finfo(np.float64).tiny)
    of_page = np.zeros(pages)
    of_page[page] = weight
    slope = weight * (odds / everything[page] - odds * right / good[page])
    return float(of_page @ (np.log(everything) - np.log(good))), slope
