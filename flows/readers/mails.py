"""Mail: one message, a mailbox of them, and web pages saved as a message (MHTML). Each message is a document."""

from __future__ import annotations

import email
import email.policy
import re
from collections.abc import Iterator
from datetime import UTC
from email.errors import MessageError
from email.message import EmailMessage, Message
from email.utils import parseaddr, parsedate_to_datetime
from typing import BinaryIO

from flows.readers.entry import Entry, Origin, document, refusal
from flows.readers.limits import CHUNK, Reading, read_whole
from pipeline.document import RejectionCode
from pipeline.sniff import HTML, TEXT, XHTML, page_type

MAX_PARTS = 1000
"""Parts of a message that are looked at."""

_MBOX_RE = re.compile(rb"From \S{1,300} +(?:Mon|Tue|Wed|Thu|Fri|Sat|Sun) [^\n]{0,100}\d{4}[^\n]{0,20}\r?\n[!-9;-~]{1,80}:")
_MAIL_RE = re.compile(rb"[!-9;-~]{1,80}:[ \t\r]")
_SURE_RE = re.compile(rb"^(?:MIME-Version|Message-ID|Received|Return-Path|DKIM-Signature):", re.IGNORECASE | re.MULTILINE)
_BLANK_RE = re.compile(rb"\r?\n\r?\n")
SEPARATOR_RE = re.compile(rb"From \S+ +.{0,100}\d{4}", re.DOTALL)


def is_mbox(head: bytes) -> bool:
    """Whether bytes begin as a mailbox does."""
    return _MBOX_RE.match(head) is not None


def is_mail(head: bytes) -> bool:
    """Whether bytes begin with the headers of a message."""
    headers = _BLANK_RE.split(head, maxsplit=1)[0]
    return _MAIL_RE.match(headers) is not None and _SURE_RE.search(headers) is not None


def named_mail(head: bytes) -> bool:
    """Whether bytes of a file that is named so may be a message."""
    return _MAIL_RE.match(head) is not None


def read_mail(stream: BinaryIO, origin: Origin, reading: Reading, head: bytes) -> Iterator[Entry]:
    """One message."""
    del head
    yield _message(read_whole(stream, reading.limits.row), origin, reading, "mail")


def read_mbox(stream: BinaryIO, origin: Origin, reading: Reading, head: bytes) -> Iterator[Entry]:
    """The messages of a mailbox, one after another (RFC 4155): each begins with a `From ` line after an empty one."""
    del head
    limit = reading.limits.row
    lines: list[bytes] = []
    number, size, blank = 0, 0, True
    while True:
        line = stream.readline(CHUNK)
        if not line or (blank and line.startswith(b"From ") and SEPARATOR_RE.match(line)):
            if number:
                yield _numbered(b"".join(lines[:-1] if blank else lines), size, number, origin, reading)
            if not line:
                return
            number, lines, size, blank = number + 1, [], 0, False
            continue
        size += len(line)
        blank = not line.strip()
        if size <= limit:
            lines.append(line[1:] if line.startswith(b">From ") else line)


def _numbered(data: bytes, size: int, number: int, origin: Origin, reading: Reading) -> Entry:
    if size > reading.limits.row:
        message = f"message {number} has {size:,} bytes, more than the limit of {reading.limits.row:,}"
        return refusal(origin.inside(str(number), ""), RejectionCode.TOO_LARGE, message, size=size)
    headers = email.message_from_bytes(_BLANK_RE.split(data, maxsplit=1)[0] + b"\n\n", policy=email.policy.compat32)
    return _message(data, origin.inside(_short(headers.get("Message-ID")).strip("<> \t") or str(number), ""), reading, "mbox")


def _message(data: bytes, origin: Origin, reading: Reading, leaf: str) -> Entry:
    """The document of a message: its first HTML part if it is a saved page, else its first plain text, else HTML."""
    try:
        message = email.message_from_bytes(data, policy=email.policy.compat32)
        parts = _parts(message)
        saved = message.get_content_type() == "multipart/related" or "Snapshot-Content-Location" in message
        wanted = (HTML, XHTML, TEXT) if saved else (TEXT, HTML, XHTML)
        part = next((p for kind in wanted for p in parts if p.get_content_type() == kind), None)
        body = part.get_payload(decode=True) if part is not None else None
        charset = part.get_content_charset() if part is not None else None
    except (MessageError, ValueError, LookupError, AttributeError, TypeError, RecursionError) as error:
        return refusal(origin, RejectionCode.BROKEN, f"the message cannot be read: {error}", data=data, leaf=leaf)
    if part is None or not isinstance(body, bytes):
        return refusal(origin, RejectionCode.UNSUPPORTED, "the message has no part of text or HTML", data=data, leaf=leaf)
    if len(body) > reading.limits.document:
        text = f"{len(body):,} bytes are more than the limit of {reading.limits.document:,}"
        return refusal(origin, RejectionCode.TOO_LARGE, text, data=body, leaf=leaf)
    html = part.get_content_type() != TEXT
    return document(
        body,
        origin,
        page_type(body) if html else TEXT,
        url=_url(message, part),
        fetched_at=_date(message) if saved else None,
        charset=charset,
        hints=() if saved else _hints(message),
        leaf="mhtml" if saved else leaf,
    )


def _parts(message: Message) -> list[Message]:
    """The parts of a message that are its text, and no attachments; not those of messages inside it."""
    found: list[Message] = []
    waiting = [message]
    while waiting and len(found) < MAX_PARTS:
        part = waiting.pop(0)
        inner = part.get_payload()
        if part.get_content_maintype() == "multipart" and isinstance(inner, list):
            waiting[:0] = [p for p in inner[:MAX_PARTS] if isinstance(p, Message)]
        elif part.get_content_disposition() != "attachment":
            found.append(part)
    return found


def _short(value: object) -> str:
    """A header as short text, its encoded words decoded."""
    text = str(value or "")[:2000]
    try:
        parsed = email.message_from_string("Subject: " + " ".join(text.split()), EmailMessage, policy=email.policy.default)
        text = str(parsed["Subject"])
    except (MessageError, ValueError, LookupError, AttributeError, IndexError, TypeError):
        pass
    return text.encode("utf-8", "replace").decode().strip()


def _url(message: Message, part: Message) -> str | None:
    for value in (message.get("Snapshot-Content-Location"), part.get("Content-Location")):
        text = "".join(_short(value).split())
        if text.startswith(("http://", "https://")):
            return text
    return None


def _date(message: Message) -> str | None:
    try:
        date = parsedate_to_datetime(str(message.get("Date") or ""))
    except (ValueError, TypeError, IndexError, OverflowError):
        return None
    return (date if date.tzinfo else date.replace(tzinfo=UTC)).isoformat()


def _hints(message: Message) -> tuple[tuple[str, str], ...]:
    sender = parseaddr(_short(message.get("From")))[0]  # the name alone: no address is an author
    hints = (("title", _short(message.get("Subject"))), ("date", _date(message)), ("author", sender))
    return tuple((name, value) for name, value in hints if value)
