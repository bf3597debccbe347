"""The one place that decides what a block is: it weighs all votes and keeps them as evidence."""

from __future__ import annotations

from pipeline.document import Evidence, Label
from pipeline.label.rules import Vote


def decide(votes: list[Vote]) -> tuple[Label, tuple[Evidence, ...]]:
    """The label of the surest vote (the first of equals), and the votes as evidence: for it first, then against it."""
    if not votes:
        return Label.OTHER_CHROME, (Evidence("none", "no rule knows this line", 0.0),)
    winner = max(votes, key=lambda v: v.confidence)
    ordered = [winner] + [v for v in votes if v is not winner and v.label is winner.label]
    ordered += [v for v in votes if v.label is not winner.label and v.confidence >= 0.5]
    return winner.label, tuple(_evidence(v, winner.label) for v in ordered)


def _evidence(vote: Vote, label: Label) -> Evidence:
    rule = vote.rule if vote.label is label else f"{vote.rule} (for {vote.label})"
    return Evidence(rule, vote.seen, round(vote.confidence, 3))
