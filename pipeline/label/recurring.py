"""The vote of a furniture list: this line recurs over the documents of the site or folder that this one is from."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from pipeline.document import Label
from pipeline.furniture import Recurring, own_stretch
from pipeline.label.page import Page
from pipeline.label.vote import Vote

RULE = "furniture"
"""Its name in evidence. It says that a line is not main content, and nothing on what else it is."""

SUREST = 0.97


def with_recurring(page: Page, votes: Sequence[Sequence[Vote]], known: Mapping[str, Recurring]) -> Sequence[Sequence[Vote]]:
    """The votes, with one more on each line that is known to recur.

    Prose that stands amid what is the document's own stays out of it: there it is a quotation. A document that has nothing of
    its own gets no such votes.
    """
    recurs = [line.text in known for line in page.lines]
    if not any(recurs):
        return votes
    first, last = own_stretch([line.words if line.prose else 0.0 for line in page.lines], recurs)
    if first == last:
        return votes
    return [
        [*said, _vote(known[line.text])] if again and not (line.prose and first <= i < last) else said
        for i, (said, line, again) in enumerate(zip(votes, page.lines, recurs, strict=True))
    ]


def _vote(row: Recurring) -> Vote:
    """The more documents, the surer; the distinct ones count, so that copies of one document prove nothing."""
    edge = "head" if row.head >= row.tail else "tail"
    seen = f"in {row.documents:,} of {row.of:,} documents of {row.group}, {max(row.head, row.tail):.0%} at the {edge}"
    sure = min(1.0, row.head + row.tail) * row.documents / (row.documents + 1)
    return Vote(Label.OTHER_CHROME, RULE, seen, round(min(SUREST, sure), 3))
