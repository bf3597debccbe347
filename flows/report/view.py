"""One document as the report shows it: its blocks with their text, evidence and fields.

The page counts UTF-16 units where records count code points, so every block goes over as a text of its own, with the
places of its fields counted in the page's units from the block's start.
"""

from __future__ import annotations

import re
from bisect import bisect_right
from collections.abc import Sequence

from flows.report.rows import LABELS, short
from flows.summary import FIELDS, line_number, shown_values
from pipeline.document import Label
from pipeline.record import Block, Record
from pipeline.segment import LINE_RE

LONGEST_BLOCK = 20_000
"""Characters of a block that the page holds; of a longer one it says how many are left out."""

LONGEST_DOCUMENT = 400_000
"""Characters of a document that the page holds."""

SEEN = 300
_LINE_RE = re.compile(r"\n+")


class Strings:
    """A table of strings that are said often; the page gets each once."""

    def __init__(self) -> None:
        self.table: list[str] = []
        self._numbers: dict[str, int] = {}

    def number(self, text: str) -> int:
        """The place of a string in the table."""
        if text not in self._numbers:
            self._numbers[text] = len(self.table)
            self.table.append(text)
        return self._numbers[text]


def view_of(record: Record, text: str | None, strings: Strings) -> dict[str, object]:
    """A record as the page's document view reads it; `text` is the decoded text, if it is at hand."""
    starts = [block.start for block in record.blocks]
    marks, candidates = _fields(record, starts, text is not None)
    shown = _texts(record, text)
    lines = [match.start() for match in LINE_RE.finditer(text or "") if match.group()]
    return {
        "source": text is not None,
        "blocks": [
            [
                LABELS.index(block.label),
                block.end - block.start,
                shown[n],
                [[strings.number(e.rule), strings.number(short(e.seen, SEEN)), e.confidence] for e in block.evidence],
                _units(marks.get(n, []), shown[n]),
                line_number(lines, block.start) if lines else n + 1,
            ]
            for n, block in enumerate(record.blocks)
        ],
        "fields": [
            [
                name,
                [short(value, 2_000) for value in shown_values(record, name)],
                strings.number(record.unknown.get(name, "")),
                [[*c[:2], strings.number(str(c[2])), *c[3:]] for c in candidates.get(name, [])],
            ]
            for name in FIELDS
        ],
        "problems": [[str(p.code), p.message, _block_at(starts, p.start)] for p in record.problems],
        "facts": _facts(record),
    }


def _block_at(starts: Sequence[int], offset: int | None) -> int | None:
    return None if offset is None or not starts else max(0, bisect_right(starts, offset) - 1)


Mark = tuple[int, int, int, int]


def _fields(
    record: Record, starts: Sequence[int], with_text: bool
) -> tuple[dict[int, list[Mark]], dict[str, list[list[object]]]]:
    """The places of candidates, by block, and the candidates of each field, the chosen first."""
    marks: dict[int, list[Mark]] = {}
    rows: dict[str, list[list[object]]] = {}
    for number, name in enumerate(FIELDS):
        found = sorted(record.evidence.get(name, []), key=lambda c: (not c.chosen, -c.confidence, c.start))
        for n, c in enumerate(found):
            at = _block_at(starts, c.start)
            raw = short(c.raw, SEEN) if c.raw != c.value else ""
            rows.setdefault(name, []).append([short(c.value, SEEN), raw, c.rule, c.confidence, int(c.chosen), at])
            if with_text and at is not None and c.chosen:
                marks.setdefault(at, []).append((c.start - starts[at], c.end - starts[at], number, n))
    return marks, rows


def _texts(record: Record, text: str | None) -> list[str | None]:
    """The text of each block: from the source, or else what the record itself holds of it."""
    if text is None:
        return _from_record(record)
    left = LONGEST_DOCUMENT
    texts: list[str | None] = []
    for block in record.blocks:
        body = text[block.start : block.end].rstrip("\r\n")[: min(LONGEST_BLOCK, max(left, 0))]
        left -= len(body)
        texts.append(body)
    return texts


def _from_record(record: Record) -> list[str | None]:
    """Kept blocks from the record's `text`, whose lines are they; of the rest, the characters that fields were read from."""
    kept = [n for n, block in enumerate(record.blocks) if block.kept]
    lines = _LINE_RE.split(record.text or "")
    texts: list[str | None] = [None] * len(record.blocks)
    if len(kept) == len(lines):
        for n, line in zip(kept, lines, strict=True):
            texts[n] = line[:LONGEST_BLOCK]
    starts = [block.start for block in record.blocks]
    for found in record.evidence.values():
        for c in found:
            at = _block_at(starts, c.start)
            if at is not None and not record.blocks[at].kept and len(texts[at] or "") < len(c.raw):
                texts[at] = c.raw[:LONGEST_BLOCK]
    return texts


def _units(marks: list[Mark], text: str | None) -> list[Mark]:
    """Places in UTF-16 units; those that overlap an earlier one, or lie behind a cut, are left out."""
    if text is None:
        return []
    placed: list[Mark] = []
    behind = 0
    for start, end, field, candidate in sorted(marks, key=lambda m: (m[0], -m[1])):
        last = min(end, len(text))
        if behind <= start < last:
            placed.append((utf16(text[:start]), utf16(text[:last]), field, candidate))
            behind = last
    return placed


def utf16(text: str) -> int:
    """Length in UTF-16 units, as JavaScript counts."""
    return len(text) + sum(c > "\uffff" for c in text)


def _facts(record: Record) -> list[list[str]]:
    """What else is known, as (name, value)."""
    facts = [["id", record.id], ["size", f"{record.source.size:,} bytes"]]
    if record.source.url:
        facts.append(["url", record.source.url])
    if record.decoding:
        facts.append(["encoding", f"{record.decoding.encoding} ({record.decoding.method})"])
    if record.language:
        facts.append(["language", f"{record.language.code} ({record.language.method}, {record.language.confidence:.2f})"])
    if record.counts:
        facts.append(["text", f"{record.counts.words:,} words, {record.counts.characters:,} characters"])
        lines = sum(block.label is not Label.BLANK for block in record.blocks)
        facts.append(["lines", f"{record.counts.blocks_kept:,} of {lines:,} kept"])
    return facts


def ends_with(blocks: Sequence[Block], text: str) -> bool:
    """Whether blocks tile a text to its end, so that they belong together."""
    return (blocks[-1].end if blocks else 0) == len(text)
