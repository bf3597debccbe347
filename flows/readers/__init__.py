"""Readers: whatever people keep documents in, to documents, one after another.

A reader is chosen by what a stream begins with, and by its name where that does not decide. `docs/formats.md` lists all.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass, replace
from typing import BinaryIO

from flows.readers import archives, compressed, jsons, mails, pages, parquets, warcs
from flows.readers.entry import BrokenDumpError, Entry, Origin, OversizeError, SpentError, refusal
from flows.readers.limits import Options, Reading, look
from pipeline import sniff
from pipeline.document import RejectionCode

Read = Callable[[BinaryIO, Origin, Reading, bytes], Iterator[Entry]]


@dataclass(frozen=True, slots=True)
class Reader:
    """A format: its name, how its first bytes are told, how it is read, and whether it may hold many documents.

    A file whose name has one of the `endings` is also read so if its first bytes pass `allows`.
    """

    name: str
    tells: Callable[[bytes], object]
    read: Read
    many: bool = False
    endings: tuple[str, ...] = ()
    allows: Callable[[bytes], bool] | None = None


READERS: tuple[Reader, ...] = (
    Reader("compressed", compressed.compression_of, compressed.read_compressed),
    Reader("zip", lambda head: head.startswith((b"PK\x03\x04", b"PK\x05\x06")), archives.read_zip, many=True),
    Reader("parquet", lambda head: head.startswith(b"PAR1"), parquets.read_parquet, many=True),
    Reader("warc", warcs.is_warc, warcs.read_warc, many=True),
    Reader("arc", warcs.is_arc, warcs.read_warc, many=True),
    Reader("tar", archives.is_tar, archives.read_tar, many=True),
    Reader("unsupported", pages.unsupported, pages.read_unsupported),
    Reader("mbox", mails.is_mbox, mails.read_mbox, True, (".mbox", ".mbx"), lambda head: head.startswith(b"From ")),
    Reader("mail", mails.is_mail, mails.read_mail, False, (".eml", ".mht", ".mhtml"), mails.named_mail),
    Reader("json", jsons.is_json, jsons.read_json, True, jsons.NAMES, jsons.named_json),
    Reader("html", sniff.is_page, pages.read_page, False, sniff.PAGE_ENDINGS, sniff.has_tags),
    Reader("text", lambda _: True, pages.read_text),
)
"""All formats, in the order in which they are tried; the last takes what no other does."""

PLAIN = READERS[-1]


def reader_of(head: bytes, name: str) -> Reader:
    """The reader for a stream with these first bytes and this name."""
    if not head:
        return PLAIN
    low = name.lower()
    named = (r for r in READERS if r.allows and low.endswith(r.endings) and r.allows(head))
    told = next(r for r in READERS if r.tells(head))
    return told if told is not PLAIN else next(named, PLAIN)


def entries(stream: BinaryIO, origin: Origin, reading: Reading) -> Iterator[Entry]:
    """All documents in a stream, and a refusal for each that cannot be read."""
    if origin.layers > reading.limits.layers:
        message = f"it lies in {origin.layers} archives or compressions; at most {reading.limits.layers} are opened"
        yield refusal(origin, RejectionCode.NESTED, message)
        return
    try:
        head, stream = look(stream)
        reader = reader_of(head, origin.file or origin.name)
        if reader.many:
            origin = replace(origin, format=origin.format or reader.name)
        yield from reader.read(stream, origin, reading, head)
    except OversizeError as error:
        yield refusal(origin, error.code, error.message, size=error.size, id_=error.id)
    except SpentError as error:
        if origin.members:
            raise
        yield refusal(origin, error.code, error.message)
    except BrokenDumpError as error:
        yield refusal(origin, error.code, error.message)


def read(stream: BinaryIO, origin: Origin, options: Options) -> tuple[Iterator[Entry], Reading]:
    """The documents of a source file, as they come, and the pass that counts what is skipped."""
    reading = Reading(options, entries)
    return _limited(entries(stream, origin, reading), origin, reading), reading


def _limited(found: Iterator[Entry], origin: Origin, reading: Reading) -> Iterator[Entry]:
    limit = reading.limits.members
    for number, entry in enumerate(found):
        if number == limit:
            message = f"the file holds more than {limit:,} documents; if it should, set --limit members="
            yield refusal(origin, RejectionCode.MEMBERS, message)
            return
        yield entry


def holds_many(stream: BinaryIO, name: str, options: Options) -> bool:
    """Whether a file is a container of documents, and not one document; damaged files are none."""
    reading = Reading(options, entries)
    try:
        for _ in range(options.limits.layers + 1):
            head, stream = look(stream)
            compression = compressed.compression_of(head)
            if compression is None:
                return reader_of(head, name).many
            stream, name = compressed.expanded(stream, compression, reading), compressed.bare_name(name)
    except BrokenDumpError:
        return False
    return False
