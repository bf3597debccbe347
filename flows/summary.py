"""The metadata summary at the end of `copydesk explain`: each field with its value, its candidates, or why it is unknown."""

from __future__ import annotations

from bisect import bisect_right
from collections.abc import Iterator, Sequence
from dataclasses import fields

from rich.text import Text

from flows.terminal import hanging
from pipeline.document import Metadata
from pipeline.record import Author, Caption, Contributor, FieldEvidence, Outlet, Record

FIELDS = tuple(field.name for field in fields(Metadata) if field.name not in ("unknown", "evidence"))
"""What a document says about itself, in order."""

LOSERS = 3
"""Losing candidates of a field that are shown without `--verbose`."""
INDENT = " " * 18


def summary_rows(record: Record, starts: Sequence[int], width: int | None, *, verbose: bool) -> Iterator[Text]:
    """The fields of a record, row by row; `starts` are the offsets of the text's lines, `width` that of the page."""
    yield Text()
    yield Text("What the document says about itself", style="bold")
    for name in FIELDS:
        yield from _field(name, shown_values(record, name), record.unknown.get(name), width)
        losers = _losers(record.evidence.get(name, []), verbose=verbose)
        for candidate in losers[: None if verbose else LOSERS]:
            yield from hanging(INDENT, f"not {_candidate(candidate, starts)}", width, body_style="dim")
        if len(losers) > LOSERS and not verbose:
            yield Text(f"{INDENT}and {len(losers) - LOSERS} more candidates (--verbose lists them)", style="dim")
    yield from _field("language", _language(record), None, width)
    for problem in record.problems:
        where = "" if problem.start is None else f" (line {line_number(starts, problem.start)})"
        yield from _field("problem", [f"{problem.code}: {problem.message}{where}"], None, width)


def _losers(candidates: Sequence[FieldEvidence], *, verbose: bool) -> list[FieldEvidence]:
    """The candidates that were not chosen; mere copies of a chosen one with `verbose` only."""
    chosen = {c.value for c in candidates if c.chosen and not verbose}
    return [c for c in candidates if not c.chosen and c.value not in chosen]


def _field(name: str, values: list[str], unknown: str | None, width: int | None) -> Iterator[Text]:
    head = f"  {name:<14}  "
    if not values:
        yield from hanging(head, f"– {unknown or 'not found'}", width, body_style="dim")
    for k, value in enumerate(values):
        yield from hanging(INDENT if k else head, value, width, "green")


def _candidate(candidate: FieldEvidence, starts: Sequence[int]) -> str:
    raw = f", read from {candidate.raw!r}" if candidate.raw != candidate.value else ""
    return f"{candidate.value} ({candidate.rule} {candidate.confidence:.2f}, line {line_number(starts, candidate.start)}{raw})"


def line_number(starts: Sequence[int], offset: int) -> int:
    """The number, from 1, of the line in which an offset lies."""
    return bisect_right(starts, offset)


def shown_values(record: Record, name: str) -> list[str]:
    """The values of a field, one string each."""
    value = getattr(record, name)
    if not value:
        return []
    if isinstance(value, list):
        return [", ".join(value)] if name == "tags" else [_one(entry) for entry in value]
    return [_one(value)]


def _one(value: object) -> str:
    match value:
        case Author():
            name = " ".join(part for part in (value.honorific, value.name) if part)
            return ", ".join(part for part in (name, value.role, value.affiliation) if part)
        case Contributor():
            return f"{value.name} ({value.role})"
        case Outlet():
            return f"{value.name} ({value.domain})" if value.domain else value.name
        case Caption():
            return f"{value.text} [{value.credit}]" if value.credit else value.text
        case _:
            return str(value)


def _language(record: Record) -> list[str]:
    found = record.language
    return [f"{found.code} ({found.method} {found.confidence:.2f})"] if found else []
