"""WARC, WET and ARC: each capture of a page or text is a document.

Read here, not by a library: reading by lines of bounded length, going on after a damaged record and saying where an
archive was cut off are a hundred lines on the format's own terms (ISO 28500; the ARC file format, 1996), and how records
were compressed (each alone, all at once, gzip, zstd, lz4) does not matter any more.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import BinaryIO

from flows.readers.entry import BrokenDumpError, Entry, Origin, document, refusal
from flows.readers.http_body import Headers, decode_body, media_of, parse_headers
from flows.readers.limits import CHUNK, Reading, read_up_to
from pipeline.document import RejectionCode
from pipeline.sniff import HTML, TEXT, XHTML, is_page, page_type

MAX_LINE = 64 * 1024
MAX_HEADERS = 1000
SHORTEST = len("WARC/1.0")
"""Bytes that begin a record at least; fewer are what is left of one whose length is wrong, or empty lines."""

_WARC_RE = re.compile(rb"WARC/\d+\.\d+\s*$")
_ARC_RE = re.compile(rb"(?P<url>[a-z][\w.+-]*:.*) (?P<ip>[\d.]+) (?P<date>\d{8,20}) (?P<type>\S+)(?: .*)? (?P<length>\S+)\s*$")
_ARC_VERSION_RE = re.compile(rb"\d \d |URL IP-address")
_HTTP_RE = re.compile(rb"HTTP/\d(?:\.\d)? +(\d{3})")

PAGES = ("response", "resource", "conversion")
"""Types of WARC records that hold documents."""

OTHERS = ("warcinfo", "request", "metadata", "revisit", "continuation", "filedesc")
"""Types of records that hold none; others are counted together."""

READ = (HTML, XHTML, TEXT)


@dataclass(frozen=True, slots=True)
class Capture:
    """The head of a record; `body` is its stored bytes, `length` the number that it should have."""

    kind: str
    member: str
    url: str | None
    fetched_at: str | None
    media: str
    length: int
    http: bool


class BadRecordError(ValueError):
    """A record whose head makes no sense."""


def is_warc(head: bytes) -> bool:
    """Whether bytes begin as a WARC file does."""
    return _WARC_RE.match(head.lstrip()[:40].partition(b"\n")[0]) is not None


def is_arc(head: bytes) -> bool:
    """Whether bytes begin as an ARC file does."""
    return head.startswith(b"filedesc://")


def read_warc(stream: BinaryIO, origin: Origin, reading: Reading, head: bytes) -> Iterator[Entry]:
    """The documents of a WARC or ARC archive; other records are counted as skipped."""
    read_head = _arc_head if is_arc(head) else _warc_head
    number = 0
    lost = False
    while line := stream.readline(MAX_LINE):
        if len(line.strip()) < SHORTEST or (read_head is _arc_head and _ARC_VERSION_RE.match(line)):
            continue
        try:
            capture = read_head(line, stream, number + 1)
        except BadRecordError as error:
            if not lost:
                number += 1
                message = f"record {number}: {error}; reading goes on at the next record"
                yield refusal(origin.inside(str(number), ""), RejectionCode.BROKEN, message)
            lost = True
            continue
        lost = False
        number += 1
        yield from _read_record(capture, stream, origin, reading, number)


def _read_record(capture: Capture, stream: BinaryIO, origin: Origin, reading: Reading, number: int) -> Iterator[Entry]:
    """The document of a record, if it holds one; what holds none is passed over without being kept."""
    limit = reading.limits.row
    body = read_up_to(stream, min(capture.length, CHUNK))
    why = _no_page(capture, body)
    if why is None:
        body += read_up_to(stream, min(capture.length, limit) - len(body))
    got = len(body)
    while got < capture.length and (more := stream.read(min(CHUNK, capture.length - got))):
        got += len(more)
    inside = origin.inside(capture.member, "")
    if why is not None:
        reading.skipped[why] += 1
    elif got < capture.length and not _whole(capture, body):
        message = f"record {number} has {got:,} of its {capture.length:,} bytes, so the file was cut off"
        yield refusal(inside, RejectionCode.BROKEN, message, size=got, url=capture.url)
    elif capture.length > limit:
        message = f"{capture.length:,} bytes are more than the limit of {limit:,} for a record"
        yield refusal(inside, RejectionCode.TOO_LARGE, message, size=got, url=capture.url)
    else:
        yield _document(capture, body, inside, reading)


def _no_page(capture: Capture, head: bytes) -> str | None:
    """Why a record holds no document, by its first bytes; `None` if it may hold one."""
    if capture.kind not in PAGES:
        return f"{capture.kind if capture.kind in OTHERS else 'other'} records"
    status = _HTTP_RE.match(head) if capture.http else None
    if status and not status[1].startswith(b"2"):
        return "responses that are no pages (redirects, errors)"
    media = _sent(capture, head)[0]
    if (media and media not in READ) or (capture.url or "").startswith(("dns:", "metadata:", "whois:")):
        return "records of other types (images, scripts, ...)"
    return None


def _sent(capture: Capture, body: bytes) -> tuple[str, str | None]:
    """The media type, empty if unknown, and charset of what was captured: as the server said, if it is on record."""
    if capture.http and _HTTP_RE.match(body):
        return media_of(parse_headers(body)[0].get("content-type", ""))
    media, charset = media_of(capture.media)
    return ("" if media == "application/http" else media), charset


def _whole(capture: Capture, body: bytes) -> bool:
    """Whether a record shorter than it says still has all that the server said it sent: the length is wrong, then."""
    headers, content = parse_headers(body) if capture.http else ({}, b"")
    size = headers.get("content-length", "")
    return size.isascii() and size.isdigit() and len(content) >= int(size[:18])


def _document(capture: Capture, body: bytes, origin: Origin, reading: Reading) -> Entry:
    media, charset = _sent(capture, body)
    if capture.http and _HTTP_RE.match(body):
        headers, body = parse_headers(body)
        try:
            body = decode_body(body, headers, reading.limits.document)
        except BrokenDumpError as error:
            return refusal(origin, error.code, error.message, data=body, url=capture.url)
    if len(body) > reading.limits.document:
        message = f"{len(body):,} bytes are more than the limit of {reading.limits.document:,}"
        return refusal(origin, RejectionCode.TOO_LARGE, message, data=body, url=capture.url)
    media = media or (page_type(body) if is_page(body) else TEXT)
    return document(body, origin, media, url=capture.url, fetched_at=capture.fetched_at, charset=charset)


def _warc_head(line: bytes, stream: BinaryIO, number: int) -> Capture:
    """Read the head of a WARC record; raises `BadRecordError`."""
    if not _WARC_RE.match(line):
        raise BadRecordError(f"it begins with {line[:40]!r}, not with WARC/1.0")
    headers = _header_lines(stream)
    try:
        length = int(headers.get("content-length", ""))
    except ValueError:
        length = -1
    if length < 0:
        raise BadRecordError("it does not say how long it is (Content-Length)")
    url = headers.get("warc-target-uri", "").strip("<> ").replace(" ", "%20") or None
    member = headers.get("warc-record-id", "").strip("<> ").removeprefix("urn:uuid:") or str(number)
    media = headers.get("content-type", "")
    kind = headers.get("warc-type", "").lower() or "untyped"
    http = kind == "response" or "application/http" in media
    return Capture(kind, member, url, _iso(headers.get("warc-date", "")), media, length, http)


def _header_lines(stream: BinaryIO) -> Headers:
    lines = []
    while (line := stream.readline(MAX_LINE)).strip():
        lines.append(line)
        if len(lines) > MAX_HEADERS or len(line) == MAX_LINE:
            raise BadRecordError("its headers have no end")
    return parse_headers(b"\r\n" + b"".join(lines) + b"\r\n")[0]


def _arc_head(line: bytes, stream: BinaryIO, number: int) -> Capture:
    """Read the one line before an ARC record; raises `BadRecordError`."""
    del stream
    match = _ARC_RE.match(line)
    if not match:
        raise BadRecordError(f"it begins with {line[:40]!r}, which is no head of an ARC record")
    if not match["length"].isdigit():
        if line.startswith(b"filedesc:"):
            return Capture("filedesc", "filedesc", None, None, "", 0, http=False)
        raise BadRecordError(f"its length is {match['length'][:20].decode('ascii', 'replace')!r}")
    url = match["url"].decode("utf-8", "replace").replace(" ", "%20")
    kind = "filedesc" if line.startswith(b"filedesc:") else "response"
    media = match["type"].decode("ascii", "replace")
    return Capture(kind, str(number), url, _arc_date(match["date"]), media, int(match["length"]), http=True)


def _iso(text: str) -> str | None:
    try:
        datetime.fromisoformat(text)
    except ValueError:
        return None
    return text


def _arc_date(digits: bytes) -> str | None:
    try:
        return datetime.strptime(digits[:14].decode(), "%Y%m%d%H%M%S").replace(tzinfo=UTC).strftime("%Y-%m-%dT%H:%M:%SZ")
    except ValueError:
        return None
