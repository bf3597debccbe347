"""The report's table: a short row for each record, from which the page counts, draws and searches."""

from __future__ import annotations

from collections import Counter

from flows.records import name_of
from flows.summary import FIELDS
from pipeline.document import ABOUT, CHROME, KEPT, Label
from pipeline.record import Record

COLUMNS = ("name", "title", "authors", "outlet", "date", "language", "reason", "message", "words", "labels", "fields", "problems")
LABELS = tuple(Label)
LONGEST = 300
"""Characters of a title, name or message that the table holds."""

Row = list[object]


def row_of(record: Record) -> Row:
    """A record's row, in the order of `COLUMNS`: labels as (number, characters, blocks), fields as confidence in hundredths."""
    return [
        short(name_of(record), LONGEST),
        short(record.title or "", LONGEST),
        short(", ".join(author.name for author in record.authors), LONGEST),
        short(record.outlet.name if record.outlet else "", 100),
        record.date_published or "",
        record.language.code if record.language else "",
        str(record.reason.code) if record.reason else "",
        short(record.reason.message, 1000) if record.reason else "",
        record.counts.words if record.counts else 0,
        _labels(record),
        [_confidence(record, name) for name in FIELDS],
        sorted({str(problem.code) for problem in record.problems}),
    ]


def short(text: str, most: int) -> str:
    """The head of a text, with an ellipsis if it was cut."""
    return text if len(text) <= most else text[: most - 1] + "…"


def group_of(label: Label) -> str:
    """`kept`, `about`, `chrome` or `blank`."""
    groups = ((KEPT, "kept"), (ABOUT, "about"), (CHROME, "chrome"))
    return next((name for labels, name in groups if label in labels), "blank")


def _labels(record: Record) -> list[list[int]]:
    characters: Counter[Label] = Counter()
    blocks: Counter[Label] = Counter()
    for block in record.blocks:
        characters[block.label] += block.end - block.start
        blocks[block.label] += 1
    return [[n, characters[label], blocks[label]] for n, label in enumerate(LABELS) if label in blocks]


def _confidence(record: Record, name: str) -> int | None:
    """How sure a field's surest chosen value is; -1 if nothing says so, `None` if the field is unknown."""
    if not getattr(record, name):
        return None
    return max((round(100 * c.confidence) for c in record.evidence.get(name, []) if c.chosen), default=-1)
