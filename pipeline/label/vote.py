"""What a rule says of a line."""

from __future__ import annotations

from typing import NamedTuple

from pipeline.document import Label


class Vote(NamedTuple):
    """A proposal: the label, who proposes it, what was seen, how sure (0 to 1)."""

    label: Label
    rule: str
    seen: str
    confidence: float
