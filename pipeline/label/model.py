"""The trained labeller: loaded once from the package's model file, asked once a page.

`text.npz` and `html.npz` hold arrays of numbers only (no pickle): the lexicon, two looks at whether a line is main content, a network
that reads the lines together, and what kind of block it is (of texts the network says that, too). `docs/model.md` says how it was trained; `benchmarks/train.py` trains it.
"""

from __future__ import annotations

import hashlib
import io
from collections.abc import Sequence
from dataclasses import dataclass
from functools import cache
from importlib import resources

import numpy as np
import numpy.typing as npt

from pipeline.label.category import vote_columns
from pipeline.label.features import Matrix, features
from pipeline.label.lexicon import slot_scores
from pipeline.label.markup import markup_features
from pipeline.label.network import UNIT, Network
from pipeline.label.page import Page
from pipeline.label.region import region_features
from pipeline.label.threshold import threshold
from pipeline.label.trees import REACH, SCALE, STEPS, Trees, probabilities
from pipeline.label.vote import Vote


@dataclass(frozen=True, slots=True)
class Model:
    """The model file's parts. `name` identifies it in records: a digest of the file. `tags` is the lexicon of class names.

    `follows` says of two labels how much likelier the second is right after the first than anywhere, as a logarithm.
    """

    name: str
    lexicon: npt.NDArray[np.int16]
    tags: npt.NDArray[np.int16] | None
    logistic: npt.NDArray[np.float64]
    first: Trees
    second: Trees
    network: Network
    category: Trees
    follows: Matrix


@dataclass(frozen=True, slots=True)
class Opinion:
    """What the model says of a page's lines.

    `probability` of each line that it is main content, and `margin`, the same as log-odds; a line is kept from `threshold`
    (`limit` as log-odds) on. `kinds` holds the log-odds of each label, a column for each of `CLASSES`. `votes` holds the
    confidence of the rules, in the same columns. `follows` is the model's.
    """

    probability: Matrix
    margin: Matrix
    threshold: float
    limit: float
    kinds: Matrix
    votes: Matrix
    follows: Matrix


@cache
def load(kind: str = "text") -> Model:
    """The package's model for plain text, or for pages of HTML."""
    return read_model((resources.files("pipeline.label") / f"{kind}.npz").read_bytes(), kind)


def read_model(stored: bytes, kind: str = "text") -> Model:
    """A model from its file's bytes; raises `ValueError` or `KeyError` if they are not one."""
    with np.load(io.BytesIO(stored), allow_pickle=False) as arrays:
        parts = {name: arrays[name] for name in arrays.files}
    return Model(
        f"{kind}-" + hashlib.sha256(stored).hexdigest()[:12],
        parts["lexicon"],
        parts.get("tags"),
        parts["logistic"],
        Trees.read(parts, "first"),
        Trees.read(parts, "second"),
        Network.read(parts, "network"),
        Trees.read(parts, "category"),
        parts["follows"] / HUNDREDTHS,
    )


HUNDREDTHS = 100
"""What follows what is stored in hundredths."""

OF_TREES = {"text": 2, "html": 3}
"""How much the second look's log-odds weigh against one of the network's, when the two are averaged."""

OF_KINDS = 2
"""How much the trees' log-odds of the labels weigh against one of the network's, where it says them."""


def joint(trees: npt.NDArray[np.int64], network: npt.NDArray[np.int64], weight: int) -> npt.NDArray[np.int64]:
    """Trees and network as one: their mean log-odds, in `SCALE`-ths, the trees' weighed so often."""
    return (weight * trees + (SCALE // UNIT) * network) // (weight + 1)


def ask(page: Page, votes: Sequence[Sequence[Vote]], model: Model | None = None) -> Opinion:
    """The model's opinion of a page, given the rules' votes; the package's model unless another is given."""
    model = model or load(page.kind)
    scores = slot_scores([reading.slots for reading in page.readings], model.lexicon)
    rows = features(page, scores)
    if page.markups and model.tags is not None:
        rows = np.hstack([rows, markup_features(page, rows, model.tags)])
    first = probabilities(model.first.margins(rows)[:, 0], model.logistic)
    seen = np.hstack([rows, region_features(page.telling, rows, first)])
    looked = model.second.margins(seen)[:, 0]
    second = probabilities(looked, model.logistic)
    columns = vote_columns(votes)
    kinds = model.category.margins(category_matrix(seen, second, threshold(second, rows[:, 0]), columns))
    answers = model.network.ask(rows)
    margins = joint(looked, answers.content, OF_TREES[page.kind])
    probability = probabilities(margins, model.logistic)
    limit = threshold(probability, rows[:, 0])
    return Opinion(
        probability,
        margins / SCALE,
        limit,
        float(np.searchsorted(model.logistic, limit) - REACH) / STEPS,
        (kinds if answers.kinds is None else joint(kinds, answers.kinds, OF_KINDS)) / SCALE,
        columns,
        model.follows,
    )


def category_matrix(seen: Matrix, second: Matrix, limit: float, votes: Matrix) -> Matrix:
    """What the category model sees: all features, the verdict on main content, the rules' votes."""
    return np.hstack([seen, second[:, None], (second >= limit)[:, None], votes])
