"""What a reader takes and gives: where a stream comes from, and the entries found in it."""

from __future__ import annotations

import hashlib
from dataclasses import dataclass, replace

from pipeline.document import Payload, RejectionCode


class BrokenDumpError(ValueError):
    """A file or member that cannot be read, or not to its end; `code` is a `RejectionCode`, the message says why."""

    def __init__(self, code: RejectionCode, message: str) -> None:
        super().__init__(message)
        self.code = code
        self.message = message


class SpentError(BrokenDumpError):
    """A limit on the whole source file is reached: reading it ends here."""


class OversizeError(BrokenDumpError):
    """A member larger than a document may be; it was read to its end for `size` and `id`."""

    def __init__(self, message: str, size: int, id_: str) -> None:
        super().__init__(RejectionCode.TOO_LARGE, message)
        self.size = size
        self.id = id_


@dataclass(frozen=True, slots=True)
class Origin:
    """Where a stream comes from.

    `name` and `path` are those of the source file, `members` the way from there, `file` the name by which the stream
    itself goes, `layers` how many compressions and containers it lies in, `format` the outermost container if any.
    """

    name: str
    path: str | None = None
    file: str = ""
    members: tuple[str, ...] = ()
    layers: int = 0
    format: str | None = None

    def inside(self, member: str, file: str | None = None) -> Origin:
        """The origin of a member; `file` is its file name, if it has one."""
        return replace(self, members=(*self.members, member), file=member if file is None else file)

    def below(self, file: str | None = None) -> Origin:
        """One layer further in."""
        return replace(self, layers=self.layers + 1, file=self.file if file is None else file)

    @property
    def member(self) -> str | None:
        """The document's own id in the dump; parts of nested containers are joined by `/`."""
        return "/".join(self.members) if self.members else None


@dataclass(frozen=True, slots=True)
class Entry:
    """A document found in a source file, or what stands for one that cannot be read: then `refused` has the reason.

    `size` and `id` are those of the member's own bytes, also where they are not kept; `format` is for counting.
    """

    payload: Payload
    format: str
    size: int
    id: str
    refused: tuple[RejectionCode, str] | None = None


def digest(data: bytes) -> str:
    """The id of a member's bytes."""
    return "sha256:" + hashlib.sha256(data).hexdigest()


def document(
    data: bytes,
    origin: Origin,
    media_type: str,
    *,
    url: str | None = None,
    fetched_at: str | None = None,
    charset: str | None = None,
    hints: tuple[tuple[str, str], ...] = (),
    leaf: str = "text",
) -> Entry:
    """The entry of a document; `leaf` is the format to count it under if it lies in no container."""
    payload = Payload(data, origin.name, origin.member, origin.path, url, media_type, fetched_at, charset, hints)
    return Entry(payload, origin.format or leaf, len(data), digest(data))


def refusal(
    origin: Origin,
    code: RejectionCode,
    message: str,
    *,
    data: bytes = b"",
    size: int | None = None,
    id_: str | None = None,
    url: str | None = None,
    leaf: str = "unread",
) -> Entry:
    """The entry that stands for what cannot be read; `data` are its bytes, as far as they are at hand."""
    payload = Payload(b"", origin.name, origin.member, origin.path, url)
    return Entry(payload, origin.format or leaf, len(data) if size is None else size, id_ or digest(data), (code, message))
