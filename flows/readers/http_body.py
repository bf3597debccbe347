"""What a server sent: headers, chunks and encodings of an HTTP response undone, within limits."""

from __future__ import annotations

import re
import zlib
from collections.abc import Callable, Mapping

from flows.readers.compressed import Zstd
from flows.readers.entry import BrokenDumpError
from flows.readers.limits import CHUNK
from pipeline.document import RejectionCode

Headers = Mapping[str, str]

_END_RE = re.compile(rb"\r?\n\r?\n")
_CHUNK_RE = re.compile(rb"\s{0,4}([0-9A-Fa-f]{1,8})[ \t]{0,64}(?:;[^\r\n]{0,256})?\r?\n")
_CHARSET_RE = re.compile(r"charset\s{0,8}=\s{0,8}[\"']?([\w.:+-]{1,40})", re.IGNORECASE)


def parse_headers(data: bytes) -> tuple[Headers, bytes]:
    """Headers by lower-case name, after the first line, and the body. The first of several with one name counts."""
    end = _END_RE.search(data)
    head, body = (data[: end.start()], data[end.end() :]) if end else (data, b"")
    found: dict[str, str] = {}
    last = ""
    for line in head.split(b"\n")[1:]:
        text = line.decode("utf-8", "replace").rstrip("\r")
        if text[:1] in (" ", "\t") and last:
            found[last] += " " + text.strip()
            continue
        name, colon, value = text.partition(":")
        last = ""
        if colon and name.strip().lower() not in found:
            last = name.strip().lower()
            found[last] = value.strip()
    return found, body


def media_of(content_type: str) -> tuple[str, str | None]:
    """The media type, in lower case, and the charset of a Content-Type."""
    charset = _CHARSET_RE.search(content_type[:1000])
    return content_type.partition(";")[0].strip().lower(), charset[1] if charset else None


def decode_body(body: bytes, headers: Headers, limit: int) -> bytes:
    """The body without its transfer and content encodings; what expands beyond `limit` bytes is cut not far from there.

    A body that says it is chunked or compressed and is not stays as it is: servers and crawlers get this wrong. Raises
    `BrokenDumpError` if a body is compressed in a way that is not known here.
    """
    if "chunked" in headers.get("transfer-encoding", "").lower():
        body = join_chunks(body)
    for name in reversed(headers.get("content-encoding", "").lower().split(",")[:4]):
        coding = name.strip()
        if coding in ("", "identity", "none", "utf-8"):
            continue
        decoder = DECODERS.get(coding)
        if decoder is None:
            raise BrokenDumpError(RejectionCode.UNSUPPORTED, f"the body's content encoding {coding[:40]!r} is not known")
        body = decoder(body, limit + 1)
    return body


def join_chunks(body: bytes) -> bytes:
    """A chunked body in one (RFC 9112, section 7.1); what is not chunked stays as it is."""
    parts: list[bytes] = []
    at = 0
    while match := _CHUNK_RE.match(body, at):
        size = int(match[1], 16)
        if size == 0:
            return b"".join(parts)
        parts.append(body[match.end() : match.end() + size])
        at = match.end() + size
    return b"".join([*parts, body[at:].removeprefix(b"\r\n") if parts else body])


def _gzip(body: bytes, limit: int) -> bytes:
    if not body.startswith(b"\x1f\x8b"):
        return body
    return _inflate(body, limit, 31)


def _deflate(body: bytes, limit: int) -> bytes:
    """zlib, as the standard has it, or bare deflate, as some servers had it."""
    try:
        return _inflate(body, limit, 15)
    except BrokenDumpError:
        return _inflate(body, limit, -15)


def _inflate(body: bytes, limit: int, window: int) -> bytes:
    decoder = zlib.decompressobj(window)
    try:
        text = decoder.decompress(body, limit)
    except zlib.error as error:
        raise BrokenDumpError(RejectionCode.BROKEN, f"the body is damaged: {error}") from error
    if not decoder.eof and len(text) < limit and not _lacks_checksum(decoder):
        raise BrokenDumpError(RejectionCode.BROKEN, f"the compressed body breaks off after {len(text):,} bytes")
    return text


def _lacks_checksum(decoder: zlib._Decompress) -> bool:
    """Whether all is there but the checksum at the end: then eight bytes end it, right or wrong."""
    try:
        decoder.decompress(bytes(8), 1)
    except zlib.error as error:
        return "incorrect data check" in str(error) or "incorrect length check" in str(error)
    return decoder.eof


def _brotli(body: bytes, limit: int) -> bytes:
    import brotli  # noqa: PLC0415 (only where it is needed)

    decoder = brotli.Decompressor()
    out, size = [], 0
    try:
        piece = decoder.process(body, output_buffer_limit=1 << 16)
        while True:
            out.append(piece)
            size += len(piece)
            if decoder.is_finished() or size >= limit:
                return b"".join(out)
            if not piece:
                raise BrokenDumpError(RejectionCode.BROKEN, f"the compressed body breaks off after {size:,} bytes")
            piece = decoder.process(b"", output_buffer_limit=1 << 16)
    except brotli.error as error:
        if body[:1] in (b"<", b"\n", b" "):
            return body
        raise BrokenDumpError(RejectionCode.BROKEN, "the body is no brotli, as it says") from error


def _zstd(body: bytes, limit: int) -> bytes:
    decoder, out, at = Zstd(), bytearray(), 0
    while len(out) < limit and not decoder.eof:
        if decoder.needs_input and at >= len(body):
            raise BrokenDumpError(RejectionCode.BROKEN, f"the compressed body breaks off after {len(out):,} bytes")
        piece = body[at : at + CHUNK] if decoder.needs_input else b""
        at += len(piece)
        try:
            out += decoder.decompress(piece)
        except EOFError as error:
            raise BrokenDumpError(RejectionCode.BROKEN, f"the body is damaged: {error}") from error
    return bytes(out)


DECODERS: dict[str, Callable[[bytes, int], bytes]] = {
    "gzip": _gzip,
    "x-gzip": _gzip,
    "deflate": _deflate,
    "br": _brotli,
    "zstd": _zstd,
}
