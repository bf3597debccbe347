"""JSON Lines, and JSON arrays or objects one after another. Each object is a document."""

from __future__ import annotations

import codecs
import json
import re
from collections.abc import Iterator
from typing import BinaryIO

from flows.readers.entry import Entry, Origin, refusal
from flows.readers.limits import CHUNK, Reading
from flows.readers.rows import TEXT_FIELD_RE, entry_of
from pipeline.document import RejectionCode

NAMES = (".jsonl", ".ndjson", ".jl", ".json")
_OBJECT_RE = re.compile(rb'(?:\xef\xbb\xbf)?\s*+\[?\s*+\{\s*+(?:"|\})')
_START_RE = re.compile(r"\ufeff?\s*\[?\s*")
_GAP_RE = re.compile(r"[\s,\]\x1e]*")


def is_json(head: bytes) -> bool:
    """Whether bytes begin with JSON objects one of which has a field that is known to hold text."""
    return _OBJECT_RE.match(head) is not None and TEXT_FIELD_RE.search(head) is not None


def named_json(head: bytes) -> bool:
    """Whether bytes of a file that is named so may be JSON."""
    return head.removeprefix(b"\xef\xbb\xbf").lstrip()[:1] in (b"{", b"[")


def read_json(stream: BinaryIO, origin: Origin, reading: Reading, head: bytes) -> Iterator[Entry]:
    """The documents of JSON Lines, or of an array."""
    return read_lines(stream, origin, reading) if _by_lines(head) else read_values(stream, origin, reading)


def _by_lines(head: bytes) -> bool:
    """Whether the first line is a whole object, or goes on beyond what is seen of it."""
    first, end, _ = head.removeprefix(b"\xef\xbb\xbf").lstrip().partition(b"\n")
    if not first.startswith(b"{"):
        return False
    if not end:
        return True
    try:
        return isinstance(_load(first), dict)
    except (ValueError, RecursionError):
        return not re.fullmatch(rb'\{\s*(?:"[^"]*"\s*:.{0,200}[,\[{]\s*)?', first, re.DOTALL)


def _load(line: bytes) -> object:
    return json.loads(line.decode("utf-8", "surrogateescape"))


def read_lines(stream: BinaryIO, origin: Origin, reading: Reading) -> Iterator[Entry]:
    """One object a line; a bad line costs itself only."""
    number = 0
    limit = reading.limits.row
    while line := stream.readline(limit):
        number += 1
        if not line.endswith(b"\n") and len(line) == limit:
            size = len(line)
            while rest := stream.readline(CHUNK):
                size += len(rest)
                if rest.endswith(b"\n"):
                    break
            message = f"line {number} has {size:,} bytes, more than the limit of {limit:,}"
            yield refusal(origin.inside(str(number), ""), RejectionCode.TOO_LARGE, message, size=size)
            continue
        row = line.removeprefix(b"\xef\xbb\xbf").strip(b" \t\r\n\x1e")
        if row:
            yield _read_line(row, number, origin, reading, cut=not line.endswith(b"\n"))


def _read_line(row: bytes, number: int, origin: Origin, reading: Reading, *, cut: bool) -> Entry:
    try:
        value = _load(row)
    except (ValueError, RecursionError) as error:
        why = f"line {number} is no JSON: {_reason(error)}"
        if cut:
            why += "; it is the last and has no line end, so the file may have been cut off"
        return refusal(origin.inside(str(number), ""), RejectionCode.ROW, why, data=row)
    return entry_of(value, number, origin, reading, row)


def _reason(error: Exception) -> str:
    if isinstance(error, RecursionError):
        return "it is nested too deep"
    return f"{error.msg} at character {error.pos}" if isinstance(error, json.JSONDecodeError) else str(error)


def read_values(stream: BinaryIO, origin: Origin, reading: Reading) -> Iterator[Entry]:
    """Objects in an array, or one after another over many lines. What follows a bad one cannot be read."""
    decode = codecs.getincrementaldecoder("utf-8")("surrogateescape").decode
    scanner = json.JSONDecoder()
    number, text, at, step, ended = 0, "", 0, CHUNK, False
    while True:
        gap = (_GAP_RE if number else _START_RE).match(text, at)
        at = gap.end() if gap else at
        try:
            if at == len(text):
                raise json.JSONDecodeError("Expecting value", text, at)
            value, end = scanner.raw_decode(text, at)
        except (ValueError, RecursionError) as error:
            if not ended and not isinstance(error, RecursionError) and len(text) - at <= reading.limits.row:
                chunk = stream.read(step)
                ended = not chunk
                text, at, step = text[at:] + decode(chunk, ended), 0, min(step * 2, 1 << 26)
                continue
            if at < len(text):
                message = f"object {number + 1} is no JSON: {_reason(error)}; nothing after it can be read"
                yield refusal(origin.inside(str(number + 1), ""), RejectionCode.ROW, message)
            return
        number, at, step = number + 1, end, CHUNK
        yield entry_of(value, number, origin, reading)
