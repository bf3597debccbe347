"""CSV (RFC 4180, UTF-8) of the flat fields.

A cell that a spreadsheet would take for a formula gets an apostrophe before it, which spreadsheets do not show.
"""

from __future__ import annotations

import csv
import io
from pathlib import Path

from flows.export.files import Named, Written, whole_file
from pipeline.record import Record

COLUMNS = (
    "id",
    "status",
    "reason",
    "path",
    "member",
    "url",
    "title",
    "standfirst",
    "authors",
    "contributors",
    "date_published",
    "date_modified",
    "outlet",
    "outlet_domain",
    "agency",
    "dateline",
    "section",
    "tags",
    "language",
    "language_confidence",
    "words",
    "characters",
    "problems",
    "text",
)
FORMULA = ("=", "+", "-", "@", "\t", "\r", "\n", "＝", "＋", "－", "＠")
"""How a cell begins that some spreadsheet evaluates."""


def write(records: Named, out: Path | None) -> Written:
    """Write a row a document, below a row of names."""
    written = Written()
    with whole_file(out) as file:
        file.write(_line(COLUMNS))
        for _, record in written.usable(records, rejected=True):
            file.write(_line([guarded(cell) for cell in row(record)]))
    return written


def row(record: Record) -> list[str]:
    """The cells of a record, in the order of `COLUMNS`."""
    source, outlet, language, counts = record.source, record.outlet, record.language, record.counts
    cells = [
        record.id,
        record.status,
        record.reason.code if record.reason else "",
        source.path,
        source.member,
        source.url,
        record.title,
        record.standfirst,
        "; ".join(author.name for author in record.authors),
        "; ".join(f"{c.name} ({c.role})" for c in record.contributors),
        record.date_published,
        record.date_modified,
        outlet.name if outlet else "",
        outlet.domain if outlet else "",
        record.agency,
        record.dateline,
        record.section,
        "; ".join(record.tags),
        language.code if language else "",
        f"{language.confidence:g}" if language else "",
        counts.words if counts else "",
        counts.characters if counts else "",
        "; ".join(sorted({str(problem.code) for problem in record.problems})),
        record.text,
    ]
    return ["" if cell is None else str(cell) for cell in cells]


def guarded(cell: str) -> str:
    """A cell that no spreadsheet takes for a formula."""
    return f"'{cell}" if cell.startswith(FORMULA) else cell


def _line(cells: list[str] | tuple[str, ...]) -> bytes:
    line = io.StringIO()
    csv.writer(line).writerow(cells)
    return line.getvalue().replace("\0", "").encode("utf-8", "replace")
