"""The main content of a record, part by part: each kept block with its label and its place in the record's `text`."""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import NamedTuple

from pipeline.document import Label
from pipeline.record import Record

_LINE_RE = re.compile(r"[^\n]+")


class Part(NamedTuple):
    """A part of `text`: the characters `start:end`, their label, and how sure the label is."""

    label: Label
    start: int
    end: int
    text: str
    confidence: float


def parts(record: Record) -> Iterator[Part]:
    """The parts of a record's text in order. If blocks do not match its lines one by one, each line is a paragraph."""
    text = record.text or ""
    lines = list(_LINE_RE.finditer(text))
    kept = [block for block in record.blocks if block.kept]
    for n, line in enumerate(lines):
        block = kept[n] if len(kept) == len(lines) else None
        confidence = block.evidence[0].confidence if block and block.evidence else 1.0
        yield Part(block.label if block else Label.PARAGRAPH, line.start(), line.end(), line.group(), confidence)
