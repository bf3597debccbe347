"""Rows, from JSON or Parquet, to documents: which field holds the text, which the id, which the address.

The bytes of a row's document are those of its text or HTML field, as UTF-8.
"""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from datetime import date, datetime
from functools import cache

from flows.readers.entry import Entry, Origin, document, refusal
from flows.readers.limits import Reading
from pipeline.document import RejectionCode
from pipeline.sniff import TEXT, is_markup, is_page, page_type

HTML_FIELDS = ("html", "raw_html", "html_content", "page_html", "content_html", "body_html")
BODY_FIELDS = ("text", "content", "raw", "body", "raw_content", "raw_text", "article", "document", "maintext", "plain_text")

FIELDS: dict[str, tuple[str, ...]] = {
    "html": HTML_FIELDS,
    "text": BODY_FIELDS,
    "id": ("id", "_id", "doc_id", "document_id", "docid", "uuid", "guid", "warc_record_id", "record_id"),
    "url": ("url", "uri", "source_url", "page_url", "link", "target_uri", "warc_target_uri", "canonical_url"),
    "fetched_at": (
        "fetched_at",
        "crawl_date",
        "warc_date",
        "crawled_at",
        "fetch_date",
        "fetch_time",
        "crawl_time",
        "date_crawled",
    ),
    "title": ("title", "headline"),
    "date": (
        "date",
        "published",
        "published_at",
        "publish_date",
        "date_published",
        "datePublished",
        "pub_date",
        "publication_date",
    ),
    "author": ("author", "authors", "byline"),
    "outlet": ("site_name", "sitename", "publisher", "outlet"),
    "language": ("language", "lang"),
}
"""Names by which each role goes in rows, the surest first; also looked for below `metadata` and `meta`."""

ROLES = tuple(FIELDS)
HINTS = ("title", "date", "author", "outlet", "language")
BELOW = ("", "metadata.", "meta.")
NAMES = frozenset(name for names in FIELDS.values() for name in names) | {"metadata", "meta"}
"""Names that a row may have for the roles, at its top."""

LONGEST = 4096
"""Characters of an id, address or hint; a longer one is none."""

TEXT_FIELD_RE = re.compile(rf'"(?:{"|".join(HTML_FIELDS + BODY_FIELDS)})"\s*:'.encode())

Row = Mapping[str, object]


def find(row: Row, name: str) -> object:
    """The value of a field; `a.b` is field `b` of the object in field `a`."""
    if name in row:
        return row[name]
    first, dot, rest = name.partition(".")
    inner = row.get(first) if dot else None
    return find(inner, rest) if isinstance(inner, Mapping) else None


@cache
def names_of(role: str, given: tuple[tuple[str, str], ...]) -> tuple[str, ...]:
    """The names to look for: those that the user gave for the role, or the usual ones."""
    chosen = tuple(name for r, name in given if r == role)
    return chosen or tuple(below + name for name in FIELDS[role] for below in BELOW)


def body_of(row: Row, given: Sequence[tuple[str, str]]) -> tuple[str, bytes, bool] | None:
    """The field that holds the document, its bytes, and whether they are HTML; a field that is not empty goes before."""
    chosen = [(role, name) for role, name in given if role in ("html", "text")]
    usual = [(role, name) for role in ("html", "text") for name in FIELDS[role]]
    empty = None
    for role, name in chosen or usual:
        value = find(row, name)
        if isinstance(value, str | bytes):
            data = value if isinstance(value, bytes) else to_bytes(value)
            strict = role == "text" and name.endswith("text")
            html = role == "html" or (is_page(data) if strict else is_markup(data))
            if data.strip():
                return name, data, html
            empty = empty or (name, data, html)
    return empty


def to_bytes(text: str) -> bytes:
    """A text as UTF-8. Bytes of another encoding, which stand in it as U+DC80 to U+DCFF, come out as they went in."""
    try:
        return text.encode("utf-8", "surrogateescape")
    except UnicodeEncodeError:
        return re.sub("[\ud800-\udfff]", "\ufffd", text).encode()


def words_of(value: object) -> str | None:
    """A field's value as short text; `None` if it is none."""
    if isinstance(value, bool) or value is None:
        return None
    if isinstance(value, bytes):
        value = value[: 4 * LONGEST].decode("utf-8", "replace")
    if isinstance(value, datetime | date):
        return value.isoformat()
    if isinstance(value, list):
        parts = [words_of(part) for part in value[:50]]
        value = "; ".join(part for part in parts if part)
    if isinstance(value, Mapping):
        value = value.get("name")
    if isinstance(value, int | float):
        value = str(value)
    if not isinstance(value, str):
        return None
    text = to_bytes(value).decode("utf-8", "replace").strip()
    return text if text and len(text) <= LONGEST else None


def time_of(value: object) -> str | None:
    """A field's value if it is a time in ISO 8601."""
    text = words_of(value)
    try:
        datetime.fromisoformat(text or "")
    except ValueError:
        return None
    return text


def entry_of(row: object, number: int, origin: Origin, reading: Reading, raw: bytes = b"") -> Entry:
    """The document of a row; `number` counts rows from 1, `raw` are the row's own bytes as far as they are at hand."""
    if not isinstance(row, Mapping):
        message = f"row {number} is a {type(row).__name__}, not an object with named fields"
        return refusal(origin.inside(str(number), ""), RejectionCode.ROW, message, data=raw)
    first = {role: _first(row, names_of(role, reading.fields)) for role in ROLES if role not in ("html", "text", "fetched_at")}
    origin = origin.inside(first["id"] or str(number), "")
    body = body_of(row, reading.fields)
    if body is None:
        known = ", ".join(sorted(map(str, row))[:12])
        message = (
            f"row {number} has no text in a field known to hold it; its fields are: {known}; name one with --field text=NAME"
        )
        return refusal(origin, RejectionCode.NO_TEXT, printable(message), data=raw, url=first["url"])
    _, data, html = body
    if len(data) > reading.limits.document:
        message = f"{len(data):,} bytes are more than the limit of {reading.limits.document:,}"
        return refusal(origin, RejectionCode.TOO_LARGE, message, data=data, url=first["url"])
    fetched = (time_of(find(row, name)) for name in names_of("fetched_at", reading.fields))
    hints = tuple((name, value) for name in HINTS if (value := first[name]))
    return document(
        data,
        origin,
        page_type(data) if html else TEXT,
        url=first["url"],
        fetched_at=next((time for time in fetched if time), None),
        hints=hints,
    )


def printable(text: str) -> str:
    """A text without lone surrogates, fit for a record."""
    return to_bytes(text).decode("utf-8", "replace")


def _first(row: Row, names: Sequence[str]) -> str | None:
    return next((text for name in names if (text := words_of(find(row, name)))), None)
