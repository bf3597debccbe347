"""Compressed streams: gzip, bzip2, xz, zstd, lz4. Any number of members in one, expanded bit by bit."""

from __future__ import annotations

import bz2
import io
import lzma
import zlib
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from typing import BinaryIO, Protocol

from flows.readers.entry import BrokenDumpError, Entry, Origin
from flows.readers.limits import CHUNK, PIECE, Metered, Reading, buffered
from pipeline.document import RejectionCode

XZ_MEMORY = 256 << 20
"""Bytes of memory that an xz stream may ask for: its highest preset asks for 65 MiB."""

ZSTD_WINDOW = 128 << 20
"""Bytes of window that a zstd stream may ask for, as the `zstd` command allows."""


class Decoder(Protocol):
    """A decompressor as those of `bz2` and `lzma` are."""

    @property
    def eof(self) -> bool: ...
    @property
    def needs_input(self) -> bool: ...
    @property
    def unused_data(self) -> bytes: ...
    def decompress(self, data: bytes, max_length: int = -1, /) -> bytes: ...


class Gzip:
    """zlib's decompressor for gzip members, in the manner of `bz2`."""

    def __init__(self) -> None:
        self.zlib = zlib.decompressobj(31)

    @property
    def eof(self) -> bool:
        return self.zlib.eof

    @property
    def needs_input(self) -> bool:
        return not self.zlib.unconsumed_tail

    @property
    def unused_data(self) -> bytes:
        return self.zlib.unused_data

    def decompress(self, data: bytes, max_length: int = -1, /) -> bytes:
        return self.zlib.decompress(self.zlib.unconsumed_tail + data, max_length)


class Zstd:
    """zstandard's decompressor; it knows no `max_length`, so it is fed small pieces: 256 bytes give 8 MiB at most."""

    def __init__(self) -> None:
        import zstandard  # noqa: PLC0415 (only where it is needed)

        self.zstd = zstandard.ZstdDecompressor(max_window_size=ZSTD_WINDOW).decompressobj()
        self.error = zstandard.ZstdError
        self.waiting = b""

    @property
    def eof(self) -> bool:
        return self.zstd.eof

    @property
    def needs_input(self) -> bool:
        return not self.waiting

    @property
    def unused_data(self) -> bytes:
        return self.zstd.unused_data + self.waiting

    def decompress(self, data: bytes, max_length: int = -1, /) -> bytes:
        del max_length
        self.waiting += data
        out, at = bytearray(), 0
        while at < len(self.waiting) and not self.zstd.eof and len(out) < PIECE:
            try:
                out += self.zstd.decompress(self.waiting[at : at + 256])
            except self.error as error:
                raise EOFError(str(error)) from error
            at += 256
        self.waiting = self.waiting[at:]
        return bytes(out)


def _lz4() -> Decoder:
    import lz4.frame  # noqa: PLC0415 (only where it is needed)

    decoder: Decoder = lz4.frame.LZ4FrameDecompressor()
    return decoder


@dataclass(frozen=True, slots=True)
class Compression:
    """A compression: its name, first bytes, file name endings, and its decompressor."""

    name: str
    magic: bytes
    endings: tuple[str, ...]
    decoder: Callable[[], Decoder]


COMPRESSIONS = (
    Compression("gzip", b"\x1f\x8b\x08", (".gz", ".gzip"), Gzip),
    Compression("bzip2", b"BZh", (".bz2",), bz2.BZ2Decompressor),
    Compression("xz", b"\xfd7zXZ\x00", (".xz",), lambda: lzma.LZMADecompressor(lzma.FORMAT_XZ, memlimit=XZ_MEMORY)),
    Compression("zstd", b"\x28\xb5\x2f\xfd", (".zst", ".zstd"), Zstd),
    Compression("lz4", b"\x04\x22\x4d\x18", (".lz4",), _lz4),
)

ERRORS = (zlib.error, lzma.LZMAError, OSError, EOFError, RuntimeError, ValueError)
"""What the five libraries raise at damaged input."""


class Expanded(io.RawIOBase):
    """The expanded bytes of a compressed stream; raises `EOFError` if it is cut off."""

    def __init__(self, stream: BinaryIO, compression: Compression, reading: Reading) -> None:
        self.stream = stream
        self.compression = compression
        self.reading = reading
        self.decoder: Decoder | None = None
        self.rest = b""
        self.ready = b""
        self.consumed = 0

    def readable(self) -> bool:
        return True

    def read(self, size: int = PIECE, /) -> bytes:
        """Some bytes, at most `size`; none at the end."""
        if not self.ready:
            self.ready = self._piece()
        out, self.ready = self.ready[:size], self.ready[size:]
        return out

    def _piece(self) -> bytes:
        while True:
            decoder = self.decoder
            if decoder is None or decoder.eof:
                if not self._next_member():
                    return b""
                continue
            data = b""
            if decoder.needs_input:
                data, self.rest = self.rest or self._take(), b""
                if not data:
                    raise EOFError("the end of the compressed data is missing, so the file was cut off")
            out = decoder.decompress(data, PIECE)
            if out:
                return out

    def _take(self) -> bytes:
        data = self.stream.read(CHUNK)
        self.consumed += len(data)
        return data

    def _next_member(self) -> bool:
        """Begin the next member, past padding; false at the end."""
        if self.decoder is not None:
            self.rest = self.decoder.unused_data or b""  # lz4 says None
            self.rest = self.rest.lstrip(b"\0")
        while not self.rest:
            taken = self._take()
            if not taken:
                return False
            self.rest = taken.lstrip(b"\0") if self.decoder else taken
        magic = self.compression.magic
        if len(self.rest) < len(magic):
            self.rest += self._take()
        if self.decoder is not None and not self.rest.startswith(magic):
            self.reading.skipped[f"bytes after the end of {self.compression.name} data"] += 1
            return False
        self.decoder = self.compression.decoder()
        return True


def compression_of(head: bytes) -> Compression | None:
    """The compression that a stream begins with."""
    return next((c for c in COMPRESSIONS if head.startswith(c.magic)), None)


def expanded(stream: BinaryIO, compression: Compression, reading: Reading) -> BinaryIO:
    """The expanded bytes of a stream, held to the limits."""
    raw = Expanded(stream, compression, reading)
    metered = Metered(raw, reading, lambda: raw.consumed, f"the {compression.name} data")
    metered.errors = ERRORS
    return buffered(metered)


def bare_name(name: str) -> str:
    """A file name without the ending of its compression: `page.html.gz` -> `page.html`, `x.tgz` -> `x.tar`."""
    low = name.lower()
    if low.endswith(".tgz"):
        return name[:-4] + ".tar"
    ending = next((e for c in COMPRESSIONS for e in c.endings if low.endswith(e)), "")
    return name[: len(name) - len(ending)]


def read_compressed(stream: BinaryIO, origin: Origin, reading: Reading, head: bytes) -> Iterator[Entry]:
    """Whatever lies in a compressed stream."""
    compression = compression_of(head)
    if compression is None:
        raise BrokenDumpError(RejectionCode.BROKEN, "this compression is unknown")
    yield from reading.descend(expanded(stream, compression, reading), origin.below(bare_name(origin.file)), reading)
