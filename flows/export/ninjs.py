"""IPTC ninjs 3.1, News in JSON.

Its dates are whole time stamps (RFC 3339); a date of which only the day is known, or no zone, goes into `descriptions`.
"""

from __future__ import annotations

import base64
import re
from typing import Any

from flows.export.jsonld import present
from pipeline.record import Record

SCHEMA = "http://www.iptc.org/std/ninjs/ninjs-schema_3.1.json#"
_WHOLE_RE = re.compile(r"(\d{4}-\d\d-\d\dT\d\d:\d\d)(:\d\d(?:\.\d+)?)?(Z|[+-]\d\d:\d\d)")


def news_object(record: Record) -> dict[str, Any]:
    """A record as a ninjs news object of type text."""
    counts, language = record.counts, record.language
    published, modified = timestamp(record.date_published), timestamp(record.date_modified)
    return present(
        {
            "uri": named_uri(record.id),
            "type": "text",
            "representationType": "full",
            "profile": "text-only",
            "contentCreated": published,
            "versionCreated": modified,
            "language": language.code if language else None,
            "title": record.source.name,
            "headlines": _values(("main", record.title)),
            "descriptions": _values(
                ("standfirst", record.standfirst),
                ("datePublished", None if published else record.date_published),
                ("dateModified", None if modified else record.date_modified),
                *(("caption", " / ".join(filter(None, (caption.text, caption.credit)))) for caption in record.captions),
            ),
            "bodies": [
                {
                    "role": "main",
                    "contentType": "text/plain",
                    "charCount": counts.characters if counts else 0,
                    "wordCount": counts.words if counts else 0,
                    "value": record.text or "",
                }
            ],
            "by": ", ".join(" ".join(filter(None, (author.honorific, author.name))) for author in record.authors),
            "people": [{"name": author.name, "rel": "author"} for author in record.authors if author.kind == "person"]
            + [{"name": contributor.name, "rel": contributor.role} for contributor in record.contributors],
            "organisations": [{"name": author.name, "rel": "author"} for author in record.authors if author.kind != "person"],
            "infoSources": _sources(record),
            "located": record.dateline,
            "subjects": [{"name": record.section, "rel": "section"}] * bool(record.section)
            + [{"name": tag, "rel": "keyword"} for tag in record.tags],
            "altIds": _values(("copydesk", record.id), ("url", record.source.url)),
            "standard": {"name": "ninjs", "version": "3.1", "schema": SCHEMA},
        }
    )


def timestamp(date: str | None) -> str | None:
    """A date as an RFC 3339 time stamp; `None` if it has no time or no zone."""
    match = _WHOLE_RE.fullmatch(date or "")
    return f"{match[1]}{match[2] or ':00'}{match[3]}" if match else None


def named_uri(id_: str) -> str:
    """A record's id as a URI that names bytes by their hash (RFC 6920)."""
    digest = bytes.fromhex(id_.removeprefix("sha256:"))
    return "ni:///sha-256;" + base64.urlsafe_b64encode(digest).decode().rstrip("=")


def _values(*rows: tuple[str, str | None]) -> list[dict[str, str]]:
    return [{"role": role, "value": value} for role, value in rows if value]


def _sources(record: Record) -> list[dict[str, str]]:
    rows = []
    if record.outlet:
        rows.append(present({"name": record.outlet.name, "role": "publisher", "literal": record.outlet.domain}))
    if record.agency:
        rows.append({"name": record.agency, "role": "agency"})
    return rows
