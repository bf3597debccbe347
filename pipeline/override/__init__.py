"""Corrections by people: what they say of a document wins over what the rules say, and stands in the record as evidence.

An override names a document by its id and either a field with its value, or a span with its label. Overrides are kept as
JSON lines, one a line:

    {"document": "sha256:...", "name": "page.txt", "field": "date_published", "value": "2024-05-01", "reason": "printed edition"}
    {"document": "sha256:...", "name": "page.txt", "start": 91, "end": 108, "label": "related_links", "seen": "Read ...", "reason": "..."}

One that no longer applies, because other characters stand there now, is noted as a problem and changes nothing.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import replace
from itertools import pairwise
from typing import Any

from pipeline.document import BY_HAND, Block, Candidate, Document, Evidence, Label, Language, Problem, ProblemCode
from pipeline.override.rows import (
    FIELDS,
    SEEN,
    Override,
    Overrides,
    built,
    checked_label,
    checked_value,
    read_overrides,
    to_lines,
)


def override_labels(document: Document, overrides: Sequence[Override]) -> Document:
    """Give spans the labels that people gave them; blocks are parted where a span begins or ends."""
    wanted = [o for o in overrides if o.label is not None]
    fresh = [o for o in wanted if document.text[o.start : o.end][:SEEN] == o.seen and o.end <= len(document.text)]
    stale = [_stale(o, "other characters stand there now") for o in wanted if o not in fresh]
    blocks = document.blocks
    for override in fresh:
        blocks = tuple(_relabelled(blocks, override))
    return replace(document, blocks=blocks).noting(*stale)


def _stale(override: Override, why: str) -> Problem:
    what = f"the label {override.label} for {override.start}:{override.end}" if override.label else f"the field {override.field}"
    return Problem(ProblemCode.OVERRIDE_STALE, f"an override no longer applies, {why}: {what} ({override.reason})")


def _relabelled(blocks: Sequence[Block], override: Override) -> Iterator[Block]:
    said = Evidence(BY_HAND, override.reason, 1.0)
    for block in blocks:
        if block.end <= override.start or override.end <= block.start or block.label is Label.BLANK:
            yield block
            continue
        edges = sorted({block.start, max(block.start, override.start), min(block.end, override.end), block.end})
        for start, end in pairwise(edges):
            part = block._replace(start=start, end=end)
            inside = override.start <= start and end <= override.end
            if inside and override.label and said not in block.evidence:
                part = part._replace(label=override.label, evidence=(said, *block.evidence))
            yield part


def override_fields(document: Document, overrides: Sequence[Override]) -> Document:
    """Give fields the values that people gave them; what the rules had chosen stays as a candidate that lost."""
    for override in overrides:
        if override.field == "language" and override.value is not None:
            document = replace(document, language=Language(override.value, 1.0, BY_HAND))
        elif override.field and override.field != "language":
            document = _with_field(document, override, override.field)
    return document


def _with_field(document: Document, override: Override, name: str) -> Document:
    several = isinstance(getattr(document.metadata, name), tuple)
    value = built(name, override.value) if override.value is not None else (() if several else None)
    evidence = dict(document.metadata.evidence)
    lost = tuple(replace(c, chosen=False) for c in evidence.get(name, ()) if c.rule != BY_HAND)
    evidence[name] = (*_candidates(document, override), *lost)
    unknown = dict(document.metadata.unknown)
    unknown.pop(name, None)
    if not value:
        unknown[name] = f"{BY_HAND}: {override.reason}"
    order = [field for field in document.metadata.__slots__ if field not in ("unknown", "evidence")]
    changes: dict[str, Any] = {
        name: value,
        "unknown": tuple((field, unknown[field]) for field in order if field in unknown),
        "evidence": tuple((field, evidence[field]) for field in order if evidence.get(field)),
    }
    return replace(document, metadata=replace(document.metadata, **changes))


def _candidates(document: Document, override: Override) -> Iterator[Candidate]:
    """The override as evidence: where its value stands in the text, or at the very beginning if it does not."""
    value = override.value
    for entry in value if isinstance(value, list) else [value] if value is not None else []:
        said = entry["name"] if isinstance(entry, dict) else entry
        at = document.text.find(said)
        start, end = (at, at + len(said)) if at >= 0 else (0, 0)
        yield Candidate(said, start, end, document.text[start:end], BY_HAND, 1.0, chosen=True)


__all__ = [
    "FIELDS",
    "SEEN",
    "Override",
    "Overrides",
    "checked_label",
    "checked_value",
    "override_fields",
    "override_labels",
    "read_overrides",
    "to_lines",
]
