"""Dates of the document: its own published and modified date, apart from the dates of everything else on the page."""

from __future__ import annotations

from pipeline import wording
from pipeline.dates import MONTH_FIRST, DateExpression, find_dates
from pipeline.document import Block, Candidate, Document, Label, Problem, ProblemCode
from pipeline.metadata.candidates import candidate, choose, labelled

OWN = {Label.DATE: 0.9, Label.BYLINE: 0.8, Label.SECTION: 0.85, Label.OUTLET: 0.75}
"""Confidence of a date by the label of the block that holds it."""

FOREIGN = {Label.CAPTION: 0.2, Label.RELATED_LINKS: 0.05, Label.LEGAL_NOTICE: 0.02, Label.COMMENTS: 0.02}
"""Dates there belong to pictures and other documents; they are listed as losers."""

MAX_FOREIGN = 5


def _modified(text: str, expression: DateExpression) -> bool:
    """Whether the words before a date say "updated"."""
    return any(h.entry.sign == "modified" for h in wording.find_in(text[: expression.start].rpartition("|")[2]))


def find_when(document: Document) -> tuple[dict[str, tuple[Candidate, ...]], dict[str, str | None], list[Problem]]:
    """Candidates and choices for `date_published` and `date_modified`."""
    published: list[Candidate] = []
    modified: list[Candidate] = []
    problems: list[Problem] = []
    found: list[tuple[Block, str, DateExpression, float]] = []
    for block, text in labelled(document, *OWN):
        found += [(block, text, e, OWN[block.label]) for e in find_dates(text, document.language.code)]
    foreign = []
    for block, text in labelled(document, *FOREIGN):
        if len(text) < 400:
            foreign += [(block, text, e, FOREIGN[block.label]) for e in find_dates(text, document.language.code)]
    first = _order(document, [(t, e) for _, t, e, _ in found + foreign])
    for n, (block, text, e, confidence) in enumerate(found + foreign[:MAX_FOREIGN]):
        own = n < len(found)
        sure = confidence - (0.15 if e.order_open and first is None else 0.0) - (0.1 if e.day is None else 0.0)
        rule = f"{e.shape} in {block.label}"
        c = candidate(document, block, text[e.start : e.end], e.iso(month_first=bool(first)), rule, sure - 0.01 * min(n, 5))
        (modified if own and _modified(text, e) else published).append(c)
        if own and e.order_open and first is None:
            message = f"{c.raw!r} could be day-month or month-day; read as day-month"
            problems.append(Problem(ProblemCode.DATE_AMBIGUOUS, message, c.start, c.end))
    best, published_all = choose(published)
    later, modified_all = choose(modified)
    values = {"date_published": best.value if best else None, "date_modified": later.value if later else None}
    return {"date_published": published_all, "date_modified": modified_all}, values, problems


def _order(document: Document, expressions: list[tuple[str, DateExpression]]) -> bool | None:
    """Month first or day first, from the unambiguous numeric dates on the page, else from the language."""
    for text, e in expressions:
        if e.shape == "day-month-year numeric" and not e.order_open and e.day and e.day > 12:
            lead = text[e.start : e.end].lstrip()
            numbers = [int(x) for x in "".join(c if c.isdigit() else " " for c in lead).split()]
            if e.month in numbers and e.day in numbers:
                return numbers.index(e.month) < numbers.index(e.day)
    if document.language.code in MONTH_FIRST:
        return True
    return None if document.language.code in ("en", "und") else False
