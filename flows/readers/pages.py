"""Files that are one document: plain text, HTML, XHTML; and those that hold no text."""

from __future__ import annotations

from collections.abc import Iterator
from typing import BinaryIO

from flows.readers.entry import Entry, Origin, document, refusal
from flows.readers.limits import Reading, read_whole
from pipeline.decode.binary import MAGIC, MEDIA_RE
from pipeline.document import RejectionCode
from pipeline.sniff import TEXT, page_type


def read_page(stream: BinaryIO, origin: Origin, reading: Reading, head: bytes) -> Iterator[Entry]:
    """One HTML page."""
    yield document(read_whole(stream, reading.limits.document), origin, page_type(head), leaf="html")


def read_text(stream: BinaryIO, origin: Origin, reading: Reading, head: bytes) -> Iterator[Entry]:
    """One plain text."""
    del head
    yield document(read_whole(stream, reading.limits.document), origin, TEXT, leaf="text")


ARCHIVES = (b"\x1f\x8b", b"BZh", b"\xfd7zXZ\x00", b"\x28\xb5\x2f\xfd", b"PK\x03\x04", b"PK\x05\x06", b"PAR1")
"""First bytes of `MAGIC` that other readers take."""

MORE_MAGIC = (
    (b"MZ\x90\x00", "a Windows program"),
    (b"\xcf\xfa\xed\xfe", "a macOS program"),
    (b"\x00asm", "a WebAssembly program"),
    (b"{\\rtf", "an RTF document"),
    (b"%!PS", "a PostScript document"),
    (b"fLaC", "FLAC sound"),
    (b"\x1a\x45\xdf\xa3", "Matroska or WebM film"),
    (b"II*\x00", "a TIFF image"),
    (b"MM\x00*", "a TIFF image"),
    (b"\x00\x00\x01\x00", "an icon"),
    (b"BM", "a BMP image"),
    (b"ARROW1\x00", "an Arrow file"),
    (b"Obj\x01", "an Avro file"),
    (b"\x89HDF\r\n", "an HDF5 file"),
)


def unsupported(head: bytes) -> str | None:
    """What a file is that holds no text, or none that copydesk reads; `None` if it may be text."""
    for magic, what in (*MAGIC, *MORE_MAGIC):
        if head.startswith(magic) and magic not in ARCHIVES and (magic != b"BM" or b"\0" in head[:16]):
            return what
    return "sound, a picture or film" if MEDIA_RE.match(head[:16]) else None


def read_unsupported(stream: BinaryIO, origin: Origin, reading: Reading, head: bytes) -> Iterator[Entry]:
    """The refusal of a file that holds no text."""
    message = f"this is {unsupported(head) or 'no text'}, which copydesk does not read; convert it to text or HTML first"
    yield refusal(origin, RejectionCode.UNSUPPORTED, message, data=read_whole(stream, reading.limits.document))
