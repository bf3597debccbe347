"""The report as one HTML file: the page's parts put together, and the records as data in it.

The page loads nothing, and its Content-Security-Policy forbids it to: script and style are allowed by their hashes. What
comes from documents stands in a data block in which no `<` is left, and the script shows it as text only.
"""

from __future__ import annotations

import base64
import hashlib
import json
import re
from dataclasses import dataclass, field
from importlib.resources import files
from pathlib import Path

from flows.readers.limits import Options
from flows.records import Place, each_record, find_records, read_record
from flows.report.origin import payloads, text_in, whence
from flows.report.readings import readings
from flows.report.rows import COLUMNS, LABELS, Row, group_of, row_of
from flows.report.view import Strings, view_of
from flows.summary import FIELDS
from flows.terminal import visible
from pipeline.record import Record
from pipeline.version import VERSION

STYLES = ("palette.css", "style.css")
SCRIPTS = ("text.js", "records.js", "charts.js", "table.js", "document.js", "main.js")
"""The page's parts, in the order in which they are joined."""

_UNSAFE_RE = re.compile("[<>&\u2028\u2029\x7f-\x9f\ud800-\udfff]")


@dataclass(slots=True)
class Built:
    """A report: its bytes, how many documents it has, of how many the whole view and the source text, and what was no record."""

    html: bytes = b""
    documents: int = 0
    views: int = 0
    with_text: int = 0
    strangers: list[str] = field(default_factory=list)


def build_report(
    output: str | Path, *, source: Path | None = None, documents: int = 200, fields: tuple[tuple[str, str], ...] = ()
) -> Built:
    """The report on a run's output.

    `source` is the run's input, from which the document views take their text, and `fields` are names of fields in its
    rows as (role, name), beside those that the runs were given; `documents` is the number of usable
    documents that have a view, those with problems first (a rejected one always says why). Raises `NoRecordsError`.
    """
    built = Built()
    places, rows, made = _rows(output, built)
    strings = Strings()
    chosen = _chosen(rows, documents)
    views = _with_text(places, chosen, source, readings(Path(output), fields), strings) if source else {}
    built.documents, built.views, built.with_text = len(rows), len(chosen), len(views)
    views |= {n: view_of(read_record(places[n]), None, strings) for n in chosen if n not in views}
    data = {
        "run": visible(Path(output).resolve().name),
        "made": made,
        "columns": COLUMNS,
        "labels": [[str(label), group_of(label)] for label in LABELS],
        "fields": FIELDS,
        "rows": rows,
        "strings": strings.table,
        "views": dict(sorted(views.items())),
        "sourced": source is not None,
    }
    built.html = _page(data)
    return built


def _rows(output: str | Path, built: Built) -> tuple[list[Place], list[Row], str]:
    places, rows, makers = [], [], set()
    for place, record in each_record(find_records(output), built.strangers):
        places.append(place)
        rows.append(row_of(record))
        makers.add(_maker(record))
    return places, rows, "; ".join(sorted(makers)) or f"copydesk {VERSION}"


def _with_text(
    places: list[Place], chosen: list[int], source: Path, ways: list[Options], strings: Strings
) -> dict[int, dict[str, object]]:
    """The views of the documents whose text is found again."""
    wanted = {n: place for n in chosen if (place := whence(read_record(places[n])))}
    views = {}
    for number, data in payloads(wanted, source, ways):
        record = read_record(places[number])
        text = text_in(record, data)
        if text is not None:
            views[number] = view_of(record, text, strings)
    return views


def _maker(record: Record) -> str:
    made = record.pipeline
    return f"{made.name} {made.version}, rules {made.rules}"


def _chosen(rows: list[Row], most: int) -> list[int]:
    """The documents that get a view: those with problems first, then in order; a rejected one needs none."""
    reason, problems = COLUMNS.index("reason"), COLUMNS.index("problems")
    usable = [n for n, row in enumerate(rows) if not row[reason]]
    return sorted(sorted(usable, key=lambda n: (not rows[n][problems], n))[:most])


def _page(data: dict[str, object]) -> bytes:
    style = "\n".join(_part(name) for name in STYLES)
    script = '"use strict";\n(() => {\n' + "\n".join(_part(name) for name in SCRIPTS) + "})();\n"
    parts = {
        "policy": f"default-src 'none'; style-src '{_hash(style)}'; script-src '{_hash(script)}'; base-uri 'none'; form-action 'none'",
        "style": style,
        "data": as_json(data),
        "script": script,
    }
    return re.sub(r"\{\{(\w+)\}\}", lambda m: parts[m[1]], _part("page.html")).encode()


def _part(name: str) -> str:
    return (files("flows.report") / "page" / name).read_text("utf-8")


def _hash(content: str) -> str:
    return "sha256-" + base64.b64encode(hashlib.sha256(content.encode()).digest()).decode()


def as_json(data: object) -> str:
    """JSON that can stand in a page: no character in it ends the data block or a line, or is no UTF-8."""
    text = json.dumps(data, ensure_ascii=False, separators=(",", ":"))
    return _UNSAFE_RE.sub(lambda m: f"\\u{ord(m[0]):04x}", text)
