"""Lines that recur over the documents of one site or folder: its furniture, learned from a dump, given to later runs.

A list is kept as JSON lines that people can read and cut: the first says what it is, each of the others has a line, the
group of documents that it recurs in, and what was seen:

    {"furniture": 1, "made_by": "copydesk 0.1.0", "minimum": 5}
    {"group": "example.org", "line": "Sign up for our newsletter", "documents": 87, "distinct": 16, "of": 92, "head": 0.0, "tail": 1.0}

A group is the host that the documents came from or, where that is not known, the folder or dump that they lie in.
"""

from __future__ import annotations

import json
import re
from collections.abc import Iterable, Iterator, Mapping, Sequence
from types import MappingProxyType
from typing import Any, NamedTuple

from pipeline.document import Document, Label, Payload
from pipeline.view import read

VERSION = 1
"""Of the list's form; another one is refused."""

LONGEST = 1000
"""Characters of a line that can be furniture: a longer one is prose, whatever it recurs in."""

PROSE = 12
"""Words from which a line of its own speaks for the document."""

_HOST_RE = re.compile(r"[A-Za-z][A-Za-z0-9+.-]*://(?:[^/?#@\s]*@)?([^/?#:@\s]+)")
_UNSPACED_RE = re.compile(r"[\u0e00-\u0eff\u1000-\u109f\u1780-\u17ff\u3040-\u30ff\u3400-\u4dbf\u4e00-\u9fff]")


class Recurring(NamedTuple):
    """A line of a group's furniture.

    It stands in `documents` of the `of` that were counted; `distinct` of those, counted up to sixteen, have text that is no near
    copy of another's. `head` and `tail` are the shares of documents in which it stands before, and behind, what is their own.
    """

    group: str
    line: str
    documents: int
    distinct: int
    of: int
    head: float
    tail: float


Furniture = Mapping[str, Mapping[str, Recurring]]
"""Recurring lines by group, then by the line."""

NO_FURNITURE: Furniture = MappingProxyType({})


def group_of(payload: Payload) -> str:
    """The group of a document: its host without `www.`, or `./` and the path of its dump or folder."""
    host = _HOST_RE.match(payload.url or "")
    if host:
        return host[1].lower().removeprefix("www.").rstrip(".")
    path = payload.path or payload.name
    return f"./{path}" if payload.member is not None else f"./{path}".rpartition("/")[0]


def lines(document: Document) -> Iterator[str]:
    """The lines of a document as they are compared: repaired and normalized, in order."""
    for block in document.blocks:
        if block.label is not Label.BLANK and not block.in_head:
            line = read(document, block.start, min(block.end, block.start + 4 * LONGEST))
            if line:
                yield line


def words(line: str) -> float:
    """How many words a line has; two characters of an unspaced script count as one."""
    return len(line.split()) + (0 if line.isascii() else len(_UNSPACED_RE.findall(line)) / 2)


def own_stretch(sizes: Sequence[float], recurs: Sequence[bool]) -> tuple[int, int]:
    """First line of what is a document's own, and the line behind its last; (0, 0) if nothing is.

    It is the stretch of greatest worth: lines of prose that do not recur add their words, all others take away.
    """
    best, span, total, first = 0.0, (0, 0), 0.0, 0
    for i, (size, known) in enumerate(zip(sizes, recurs, strict=True)):
        if total <= 0:
            total, first = 0.0, i
        total += size if size >= PROSE and not known else -4.0
        if total > best:
            best, span = total, (first, i + 1)
    return span


def to_lines(rows: Iterable[Recurring], *, made_by: str, minimum: int) -> Iterator[bytes]:
    """The list as JSON lines: by group, the line of most documents first."""
    yield _json({"furniture": VERSION, "made_by": made_by, "minimum": minimum})
    for row in sorted(rows, key=lambda row: (row.group, -row.documents, row.line)):
        yield _json(row._asdict())


def _json(shape: Mapping[str, Any]) -> bytes:
    return json.dumps(shape, ensure_ascii=False).encode("utf-8", "backslashreplace") + b"\n"


def read_furniture(content: bytes) -> dict[str, dict[str, Recurring]]:
    """A list from its JSON lines. Raises `ValueError` that names the line and what is wrong in it."""
    found: dict[str, dict[str, Recurring]] = {}
    begun = False
    for number, line in enumerate(content.split(b"\n"), start=1):
        if not line.strip():
            continue
        try:
            shape = json.loads(line)
            if not begun:
                _check_head(shape)
                begun = True
                continue
            row = _checked(shape)
        except (ValueError, TypeError, RecursionError) as error:
            raise ValueError(f"line {number}: {error}") from error
        found.setdefault(row.group, {})[row.line] = row
    if not begun:
        raise ValueError("line 1: this is no list of furniture; make one with 'copydesk furniture'")
    return found


def _check_head(shape: Any) -> None:
    if not isinstance(shape, dict) or "furniture" not in shape:
        raise TypeError("this is no list of furniture; make one with 'copydesk furniture'")
    if shape["furniture"] != VERSION:
        raise ValueError(f"this list has version {shape['furniture']!r}; make one of version {VERSION} with 'copydesk furniture'")


def _checked(shape: Any) -> Recurring:
    if not isinstance(shape, dict) or shape.keys() != set(Recurring._fields):
        raise TypeError(f"a row has {', '.join(Recurring._fields)}")
    row = Recurring(**shape)
    if not isinstance(row.group, str) or not isinstance(row.line, str) or not row.group or not row.line:
        raise TypeError("'group' and 'line' must be strings that are not empty")
    if not all(type(number) is int and number > 0 for number in (row.documents, row.distinct, row.of)):
        raise ValueError("'documents', 'distinct' and 'of' must be numbers above 0")
    if not all(type(share) in (int, float) and 0 <= share <= 1 for share in (row.head, row.tail)):
        raise ValueError("'head' and 'tail' must be shares from 0 to 1")
    return row
