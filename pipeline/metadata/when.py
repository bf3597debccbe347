"""When the document was published and changed: the dates that were found, weighed together."""

from __future__ import annotations

from dataclasses import replace

from pipeline.dates import minutes
from pipeline.document import Candidate, Label, Problem, ProblemCode
from pipeline.metadata.candidates import choose
from pipeline.metadata.dated import Dated, find_dated
from pipeline.metadata.sheet import Sheet
from pipeline.metadata.weights import Weights, score, sure

LISTED = 12
"""Candidates that a record lists."""

AT_HEADLINE = frozenset(
    f"line {label}, close {place}"
    for label in (Label.DATE, Label.BYLINE)
    for place in ("below the headline", "above the headline", "above the body")
)
"""Clues of a date that stands where documents have theirs. The day of the masthead, say, stands elsewhere."""


def with_agreement(sheet: Sheet, dated: list[Dated]) -> list[Dated]:
    """The same dates, each with what the others say of it."""
    days: dict[str, set[str]] = {}
    instants: dict[int, set[str]] = {}
    for d in dated:
        days.setdefault(d.value[:10], set()).add(d.origin)
        at = minutes(d.value)
        if at is not None:
            instants.setdefault(at, set()).add(d.origin)
    published = sorted(d.value[:10] for d in dated if not d.changed and d.origin in ("json-ld", "meta"))
    changed = {d.value[:10] for d in dated if d.changed and d.origin in ("json-ld", "meta")}
    updated = any(d.origin == "line" and d.value[:10] in changed.difference(published) for d in dated)
    heads = {d.origin for d in dated}
    at_headline = {d.value[:10] for d in dated if not (AT_HEADLINE.isdisjoint(d.clues) or d.changed)}
    out = []
    for d in dated:
        at = minutes(d.value)
        others = days[d.value[:10]] | (instants[at] if at is not None else set())
        clues = [*d.clues, f"from {d.origin}"]
        clues += [f"{origin} agrees" for origin in sorted(others - {d.origin})]
        clues += [f"{origin} says otherwise" for origin in sorted(heads - others)]
        clues += ["earliest of the head"] * (bool(published) and d.value[:10] == published[0])
        clues += ["before all dates of the head"] * (bool(published) and d.value[:10] < published[0])
        clues += ["after all dates of the head"] * (bool(published) and d.value[:10] > published[-1])
        clues += [f"of the head, lines: {'silent' if 'line' not in heads else 'other days'}"] * (
            d.origin in ("json-ld", "meta") and "line" not in others
        )
        clues += ["alone"] * (len(others) == 1)
        elsewhere = sheet.kind == "text" and d.origin == "line" and AT_HEADLINE.isdisjoint(d.clues)
        clues += ["another day stands at the headline"] * (elsewhere and not at_headline <= {d.value[:10]})
        if d.value[:10] in changed.difference(published):
            clues.append("the head calls it modified" + (", published another" if published else ""))
        elif updated and d.origin in ("json-ld", "meta") and not d.changed:
            clues += ["a line shows the modified date", f"{d.rule}, a line shows the modified date"]
        out.append(replace(d, clues=tuple(clues)))
    return out


def find_when(sheet: Sheet, weights: Weights) -> tuple[dict[str, tuple[Candidate, ...]], dict[str, str | None], list[Problem]]:
    """Candidates and choices for `date_published` and `date_modified`."""
    dated = with_agreement(sheet, find_dated(sheet))
    published = [_candidate(sheet, d, weights, "date_published") for d in dated]
    modified = [_candidate(sheet, d, weights, "date_modified") for d in dated if d.changed]
    best, published_all = choose(_unique(published), LISTED)
    best, published_all = _more_precise(best, published_all, {(d.value, d.start) for d in dated if d.changed})
    later, modified_all = choose(_unique(modified), LISTED)
    values = {"date_published": best.value if best else None, "date_modified": later.value if later else None}
    problems = [
        Problem(ProblemCode.DATE_AMBIGUOUS, f"{c.raw!r} could be day-month or month-day; read as {c.value[:10]}", c.start, c.end)
        for c in (best, later)
        if c is not None and any(d.open and (d.start, d.end) == (c.start, c.end) for d in dated)
    ]
    fetched = (sheet.document.payload.fetched_at or "")[:10]
    if best is not None and fetched and best.value[:10] > fetched:
        message = f"{best.value} is later than the dump's fetch date {fetched}"
        problems.append(Problem(ProblemCode.DATE_AFTER_FETCH, message, best.start, best.end))
    return {"date_published": published_all, "date_modified": modified_all}, values, problems


def _candidate(sheet: Sheet, d: Dated, weights: Weights, field: str) -> Candidate:
    text = sheet.document.text[d.start : d.end]
    return Candidate(d.value, d.start, d.end, text, d.rule, sure(score(weights, field, sheet.kind, d.clues)), clues=d.clues)


def _unique(found: list[Candidate]) -> list[Candidate]:
    best: dict[tuple[str, int], Candidate] = {}
    for c in found:
        key = (c.value, c.start)
        if key not in best or best[key].confidence < c.confidence:
            best[key] = c
    return list(best.values())


RANKS = (
    "json-ld datePublished of article",
    "meta article:published_time",
    "json-ld datePublished",
    "meta published",
    "meta",
    "time",
)
"""Rules in the order in which their time of day is believed, once the day is known."""


def _same_day(one: str, other: str) -> bool:
    """Whether two dates can be of one day: the same in their zones, or, where one has no zone, less than fourteen hours apart."""
    if one[:10] == other[:10]:
        return True
    there, here = minutes(one), minutes(other + "+00:00" if len(other) in (16, 19) else other)
    return there is not None and here is not None and abs(there - here) <= 14 * 60


def _more_precise(
    best: Candidate | None, found: tuple[Candidate, ...], changed: set[tuple[str, int]]
) -> tuple[Candidate | None, tuple[Candidate, ...]]:
    """The day is chosen; its time and zone are the head's, by the best rule that gives them."""
    if best is None:
        return best, found
    timed = [
        (rank, c)
        for c in found
        for rank, rule in enumerate(RANKS)
        if c.rule.startswith(rule)
        and (c.value, c.start) not in changed
        and minutes(c.value) is not None
        and _same_day(c.value, best.value)
    ]
    if not timed:
        return best, found
    finer = min(timed, key=lambda pair: (pair[0], -pair[1].confidence, pair[1].start))[1]
    if finer is best or (finer.rule.startswith("time") and minutes(best.value) is not None):
        return best, found
    chosen = replace(finer, chosen=True, confidence=max(best.confidence, finer.confidence))
    return chosen, (chosen, *(replace(c, chosen=False) for c in found if c is not finer))
