"""What the category model sees beside the features: the rules' votes, and how the page was judged."""

from __future__ import annotations

from collections.abc import Sequence

from pipeline.document import Label
from pipeline.label.rules import Vote

CLASSES: tuple[Label, ...] = tuple(label for label in Label if label is not Label.BLANK)
"""The labels that a line can have, in the order of the model's classes."""

INDEX = {label: k for k, label in enumerate(CLASSES)}
"""The column of each label."""


def vote_columns(votes: Sequence[Vote]) -> list[float]:
    """The confidence of the surest vote for each label; 0 where nobody votes."""
    columns = [0.0] * len(CLASSES)
    for vote in votes:
        k = INDEX[vote.label]
        columns[k] = max(columns[k], vote.confidence)
    return columns
