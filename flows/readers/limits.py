"""Limits that protect a run from its input, and the streams that hold to them."""

from __future__ import annotations

import hashlib
import io
import tempfile
from collections import Counter
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field
from typing import Any, BinaryIO, Self

from flows.readers.entry import BrokenDumpError, Entry, Origin, OversizeError, SpentError
from pipeline.decode import MAX_BYTES
from pipeline.document import RejectionCode

MAX_EXPANDED = 1 << 40
"""Bytes that one source file may expand to, all members together: 1 TiB, more than any single crawl file."""

MAX_RATIO = 200
"""Times that compressed bytes may expand. Pages compress 4 to 30 times, the worst logs 100 times; bombs 1,000 and more."""

RATIO_GRACE = 64 << 20
"""Bytes that may be expanded before `MAX_RATIO` counts: 64 MiB harm nobody, and short repetitive text compresses well."""

MAX_LAYERS = 6
"""Compressions and containers around a document: a `.jsonl.gz` in a `.tar.gz` in a `.zip` has six with its lines."""

MAX_MEMBERS = 10_000_000
"""Documents in one source file."""

MAX_DIRECTORY = 512 << 20
"""Bytes of a zip file's table of contents, which is read into memory: some five million members."""

HEAD = 64 * 1024
"""Bytes that are looked at to tell a format."""

CHUNK = 64 * 1024
PIECE = 256 * 1024


@dataclass(frozen=True, slots=True)
class Limits:
    """The limits of a run. `document` is bytes of one document, `expanded` of all in a source file."""

    document: int = MAX_BYTES
    expanded: int = MAX_EXPANDED
    ratio: int = MAX_RATIO
    layers: int = MAX_LAYERS
    members: int = MAX_MEMBERS

    @property
    def row(self) -> int:
        """Bytes of one JSON row, message or HTTP body as it is stored: escapes and encodings make it longer."""
        return 4 * self.document + (1 << 20)


@dataclass(frozen=True, slots=True)
class Options:
    """How a run reads: its limits, and names of fields in rows that the user gave as (role, name)."""

    limits: Limits = field(default_factory=Limits)
    fields: tuple[tuple[str, str], ...] = ()

    @classmethod
    def of(cls, shape: Mapping[str, Any]) -> Self:
        """The options that `dataclasses.asdict` was given, also if they went through JSON since."""
        return cls(Limits(**shape["limits"]), tuple((role, name) for role, name in shape["fields"]))


class Reading:
    """One pass over one source file: its options and what was counted so far."""

    __slots__ = ("descend", "expanded", "fields", "limits", "skipped")

    def __init__(self, options: Options, descend: Callable[[BinaryIO, Origin, Reading], Iterator[Entry]]) -> None:
        self.limits = options.limits
        self.fields = options.fields
        self.descend = descend
        self.expanded = 0
        self.skipped: Counter[str] = Counter()

    def spend(self, size: int) -> None:
        """Count expanded bytes; raises `SpentError`."""
        self.expanded += size
        if self.expanded > self.limits.expanded:
            message = f"the file expands to more than {self.limits.expanded:,} bytes; if it should, set --limit expanded="
            raise SpentError(RejectionCode.BOMB, message)


class Metered(io.RawIOBase):
    """A stream of expanded bytes that are counted; it cannot be rewound.

    `consumed` gives the stored bytes that were read so far. Errors of the formats below become `BrokenDumpError`.
    """

    def __init__(self, stream: BinaryIO | io.RawIOBase, reading: Reading, consumed: Callable[[], int], what: str) -> None:
        self.stream = stream
        self.reading = reading
        self.consumed = consumed
        self.what = what
        self.size = 0
        self.errors: tuple[type[Exception], ...] = ()

    def readable(self) -> bool:
        return True

    def readinto(self, buffer: bytearray | memoryview) -> int:  # type: ignore[override]
        try:
            data = self.stream.read(len(buffer)) or b""
        except BrokenDumpError:
            raise
        except self.errors as error:
            message = f"{self.what} breaks off after {self.size:,} bytes: {str(error) or type(error).__name__}"
            raise BrokenDumpError(RejectionCode.BROKEN, message) from error
        self.size += len(data)
        self.reading.spend(len(data))
        ratio = self.reading.limits.ratio
        if self.size > RATIO_GRACE and self.size > ratio * max(1, self.consumed()):
            message = f"{self.what} expands more than {ratio} times; if it is no bomb, set --limit ratio="
            raise BrokenDumpError(RejectionCode.BOMB, message)
        buffer[: len(data)] = data
        return len(data)


class Chained(io.RawIOBase):
    """The first bytes of a stream, put back before it, and the error that came after them, if one did."""

    def __init__(self, head: bytes, stream: BinaryIO, error: BrokenDumpError | None) -> None:
        self.head = head
        self.error = error
        self.next = getattr(stream, "read1", stream.read)  # read() would lose what came before an error

    def readable(self) -> bool:
        return True

    def readinto(self, buffer: bytearray | memoryview) -> int:  # type: ignore[override]
        size = len(buffer)
        if self.head:
            data, self.head = self.head[:size], self.head[size:]
        elif self.error:
            raise self.error
        else:
            data = self.next(size) or b""
        buffer[: len(data)] = data
        return len(data)


def look(stream: BinaryIO) -> tuple[bytes, BinaryIO]:
    """The first `HEAD` bytes of a stream, and the stream as it was."""
    if stream.seekable():
        head = stream.read(HEAD)
        stream.seek(0)
        return head, stream
    next_bytes = getattr(stream, "read1", stream.read)
    head, error = b"", None
    try:
        while len(head) < HEAD and (more := next_bytes(HEAD - len(head))):
            head += more
    except BrokenDumpError as broken:
        error = broken
    return head, buffered(Chained(head, stream, error))


def buffered(raw: io.RawIOBase) -> BinaryIO:
    """A raw stream that can be read by lines."""
    return io.BufferedReader(raw, CHUNK)


def read_up_to(stream: BinaryIO, limit: int) -> bytes:
    """At most `limit` bytes of a stream; it takes no more memory than there are bytes, as `read(limit)` does."""
    parts, size = [], 0
    while size < limit and (part := stream.read(min(PIECE, limit - size))):
        parts.append(part)
        size += len(part)
    return b"".join(parts)


def read_whole(stream: BinaryIO, limit: int) -> bytes:
    """All bytes of a stream; raises `OversizeError` if they are more than `limit`, without keeping them."""
    data = read_up_to(stream, limit + 1)
    if len(data) <= limit:
        return data
    size, sha = len(data), hashlib.sha256(data)
    while chunk := stream.read(CHUNK):
        size += len(chunk)
        sha.update(chunk)
    message = f"{size:,} bytes are more than the limit of {limit:,}; one document this long is more likely a whole dump"
    raise OversizeError(message, size, "sha256:" + sha.hexdigest())


@contextmanager
def rewindable(stream: BinaryIO) -> Iterator[BinaryIO]:
    """A stream in which one can go back: itself, or a copy in a temporary file without a name."""
    if stream.seekable():
        yield stream
        return
    with tempfile.TemporaryFile(prefix=".copydesk-") as copy:
        while chunk := stream.read(CHUNK):
            copy.write(chunk)
        copy.seek(0)
        yield copy
