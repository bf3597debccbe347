"""What the category model sees beside the features: the rules' votes, and how the page was judged."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
import numpy.typing as npt

from pipeline.document import Label
from pipeline.label.vote import Vote

CLASSES: tuple[Label, ...] = tuple(label for label in Label if label is not Label.BLANK)
"""The labels that a line can have, in the order of the model's classes."""

INDEX = {label: k for k, label in enumerate(CLASSES)}
"""The column of each label."""


def vote_columns(votes: Sequence[Sequence[Vote]]) -> npt.NDArray[np.float64]:
    """For each line the confidence of the surest vote for each label; 0 where nobody votes."""
    columns = [[0.0] * len(CLASSES) for _ in votes]
    for column, said in zip(columns, votes, strict=True):
        for vote in said:
            k = INDEX[vote.label]
            column[k] = max(column[k], vote.confidence)
    return np.array(columns).reshape(len(votes), len(CLASSES))
