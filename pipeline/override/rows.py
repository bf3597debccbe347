"""Overrides as rows of JSON: what one may say, read with care and written in order."""

from __future__ import annotations

import json
import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from pipeline.document import Author, Contributor, Label, Outlet

SEEN = 80
"""Characters of a span that an override remembers, to see whether it is still the same."""

TEXTS = ("title", "standfirst", "agency", "dateline", "section")
DATES = ("date_published", "date_modified")
FIELDS = (*TEXTS, *DATES, "outlet", "authors", "contributors", "tags", "language")
"""Fields that can be overridden."""

_DATE_RE = re.compile(
    r"\d{4}(-(0[1-9]|1[0-2])(-(0[1-9]|[12]\d|3[01])(T([01]\d|2[0-3]):[0-5]\d(:[0-5]\d)?(Z|[+-]\d\d:\d\d)?)?)?)?"
)
_LANGUAGE_RE = re.compile(r"[A-Za-z]{2,3}(-[A-Za-z0-9]{2,8})*")
_ID_RE = re.compile(r"sha256:[0-9a-f]{64}")


@dataclass(frozen=True, slots=True)
class Override:
    """One correction: a field and its value, or a span, its label and the characters that stood there."""

    document: str
    name: str
    reason: str
    field: str | None = None
    value: Any = None
    start: int = 0
    end: int = 0
    label: Label | None = None
    seen: str = ""

    @property
    def place(self) -> tuple[str, str, str, int, int]:
        """What it speaks of: a later override of the same place takes the place of an earlier one."""
        return (self.name, self.document, self.field or "", self.start, self.end)


Overrides = Mapping[str, Sequence[Override]]
"""Overrides by the id of their document."""


def read_overrides(lines: bytes) -> dict[str, list[Override]]:
    """Overrides from JSON lines, by document. Raises `ValueError` that names the line and what is wrong in it."""
    found: dict[str, list[Override]] = {}
    for number, line in enumerate(lines.splitlines(), start=1):
        if not line.strip():
            continue
        try:
            override = _checked(json.loads(line))
        except (ValueError, TypeError, RecursionError) as error:
            raise ValueError(f"line {number}: {error}") from error
        found.setdefault(override.document, []).append(override)
    return found


def to_lines(overrides: Sequence[Override]) -> bytes:
    """Overrides as JSON lines, sorted, the last of those that speak of the same place."""
    last = {override.place: override for override in overrides}
    return b"".join(json.dumps(_row(last[place]), ensure_ascii=False).encode() + b"\n" for place in sorted(last))


def _row(override: Override) -> dict[str, Any]:
    names = ("field", "value") if override.field else ("start", "end", "label", "seen")
    return {name: getattr(override, name) for name in ("document", "name", *names, "reason")}


def _checked(row: Any) -> Override:
    if not isinstance(row, dict):
        raise TypeError("an override is an object")
    strange = row.keys() - {"document", "name", "field", "value", "start", "end", "label", "seen", "reason"}
    if strange:
        raise ValueError(f"unknown key {min(strange)!r}")
    for name in ("document", "name", "reason"):
        if not isinstance(row.get(name), str):
            raise TypeError(f"{name!r} must be a string")
    if not _ID_RE.fullmatch(row["document"]):
        raise ValueError("'document' must be the id of a record, sha256: and 64 hexadecimal digits")
    if ("field" in row) == ("label" in row):
        raise ValueError("an override has either a 'field' or a 'label'")
    if "field" in row:
        return Override(row["document"], row["name"], row["reason"], row["field"], checked_value(row["field"], row.get("value")))
    start, end, seen = row.get("start"), row.get("end"), row.get("seen")
    if type(start) is not int or type(end) is not int or not 0 <= start < end or not isinstance(seen, str):
        raise ValueError("a label needs 'start' and 'end' with start < end, and 'seen', the characters there")
    label = checked_label(row["label"])
    return Override(row["document"], row["name"], row["reason"], start=start, end=end, label=label, seen=seen)


def checked_label(name: str) -> Label:
    """A label that a span can be given. Raises `ValueError`."""
    if name == Label.BLANK or name not in list(Label):
        raise ValueError(f"{name!r} is no label; docs/labels.md lists them")
    return Label(name)


def checked_value(field: str, value: Any) -> Any:
    """A field's value as it is written into an override; `None` says that it is known to have none. Raises `ValueError`."""
    if field not in FIELDS:
        raise ValueError(f"{field!r} cannot be overridden; these can: {', '.join(FIELDS)}")
    if value is None:
        return None
    if field in ("authors", "contributors", "tags"):
        if not isinstance(value, list) or not value:
            raise ValueError(f"{field!r} takes a list")
        built(field, value)
        return value
    if field == "outlet":
        built(field, value)
        return value
    if not isinstance(value, str) or not value.strip():
        raise ValueError(f"{field!r} takes a text that is not empty")
    if field in DATES and not _DATE_RE.fullmatch(value):
        raise ValueError(f"{value!r} is no date in ISO 8601; write it like 2024-05-01 or 2024-05-01T16:00+02:00")
    if field == "language" and not _LANGUAGE_RE.fullmatch(value):
        raise ValueError(f"{value!r} is no language code; write it like en or pt-BR")
    return value


_MAKES: dict[str, type[Any]] = {"authors": Author, "contributors": Contributor, "outlet": Outlet}


def built(field: str, value: Any) -> Any:
    """A value as the document holds it. Raises `ValueError`."""
    make = _MAKES.get(field)
    if make is None:
        if isinstance(value, list) and not all(isinstance(entry, str) and entry.strip() for entry in value):
            raise ValueError(f"{field!r} takes a list of texts that are not empty")
        return tuple(value) if isinstance(value, list) else value
    rows = value if isinstance(value, list) else [value]
    if not all(isinstance(row, dict) and all(isinstance(text, str | None) for text in row.values()) for row in rows):
        raise ValueError(f"{field!r} takes objects with texts as values")
    try:
        built = tuple(make(**row) for row in rows)
    except TypeError as error:
        raise ValueError(f"{field!r}: {error}") from error
    if not all(isinstance(entry.name, str) and entry.name.strip() for entry in built):
        raise ValueError(f"{field!r} needs a name")
    if field == "authors" and not all(entry.kind in ("person", "organisation") for entry in built):
        raise ValueError("the kind of an author is person or organisation")
    return built if isinstance(value, list) else built[0]
