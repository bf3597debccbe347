"""Bytes to text: a ladder of clues, of which the first sure answer wins.

1. `bom`          a byte order mark (Unicode 15, section 23.8)
2. `utf-8`        the bytes are strict UTF-8 (a false positive is all but impossible: RFC 3629, section 1)
3. `declared`     what the transport or the document says, if it decodes strictly
4. `statistical`  NUL patterns of UTF-16/32; UTF-8 with a few damaged bytes; chardet's guess, if it decodes strictly
5. `fallback`     windows-1252, with U+FFFD for the five bytes it leaves undefined
"""

from __future__ import annotations

import codecs
import re
from dataclasses import dataclass, replace

import chardet

from pipeline.document import (
    Decoding,
    Document,
    Problem,
    ProblemCode,
    RejectionCode,
    UnusablePayloadError,
)

MAX_BYTES = 32 * 1024 * 1024
"""Largest payload that is cleaned; a larger one is rejected. The longest single articles known are below 5 MB."""

BOMS = (
    (codecs.BOM_UTF8, "utf-8", "utf-8"),
    (codecs.BOM_UTF32_LE, "utf-32", "utf-32-le"),
    (codecs.BOM_UTF32_BE, "utf-32", "utf-32-be"),
    (codecs.BOM_UTF16_LE, "utf-16", "utf-16-le"),
    (codecs.BOM_UTF16_BE, "utf-16", "utf-16-be"),
)

MAGIC = (
    (b"%PDF-", "a PDF document"),
    (b"\x89PNG\r\n\x1a\n", "a PNG image"),
    (b"\xff\xd8\xff", "a JPEG image"),
    (b"GIF87a", "a GIF image"),
    (b"GIF89a", "a GIF image"),
    (b"\x1f\x8b", "gzip-compressed bytes"),
    (b"BZh", "bzip2-compressed bytes"),
    (b"\xfd7zXZ\x00", "xz-compressed bytes"),
    (b"\x28\xb5\x2f\xfd", "zstd-compressed bytes"),
    (b"PK\x03\x04", "a zip archive or an office file"),
    (b"PK\x05\x06", "an empty zip archive"),
    (b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1", "an old office file (OLE)"),
    (b"7z\xbc\xaf\x27\x1c", "a 7z archive"),
    (b"Rar!\x1a\x07", "a RAR archive"),
    (b"\x7fELF", "an executable"),
    (b"SQLite format 3\x00", "an SQLite database"),
    (b"PAR1", "a Parquet file"),
    (b"OggS", "Ogg sound or film"),
    (b"ID3", "an MP3 sound"),
    (b"wOFF", "a web font"),
    (b"wOF2", "a web font"),
)
"""First bytes of formats that hold no text, from their specifications (as in the `file` command's magic)."""

MEDIA_RE = re.compile(rb"RIFF.{4}(?:WAVE|WEBP|AVI )|.{4}ftyp[\w ]{4}", re.DOTALL)
"""First bytes of sound, pictures and film in RIFF (WAV, WebP, AVI) and ISO (MP4, HEIC, AVIF) containers."""

BINARY_SHARE = 0.10
"""Share of control bytes from which bytes are no text. Text has tabs and line ends only; compressed bytes have 10.5 %."""

SAMPLE = 64 * 1024
STATISTICAL_SAMPLE = 32 * 1024

GUESSED = (
    *(
        "utf-8",
        "utf-16-le",
        "utf-16-be",
        "cp1250",
        "cp1251",
        "cp1252",
        "cp1253",
        "cp1254",
        "cp1255",
        "cp1256",
        "cp1257",
        "cp1258",
    ),
    *("iso8859-2", "iso8859-5", "iso8859-6", "iso8859-7", "iso8859-8", "koi8-r", "koi8-u", "cp866", "cp874", "tis-620"),
    *("gb18030", "big5hkscs", "cp932", "euc_jis_2004", "iso2022_jp_2", "cp949", "euc_kr"),
)
"""Encodings that the web was written in; left to all it knows, chardet reads short windows-1252 as MacRoman or EBCDIC."""

_CONTROL_RE = re.compile(rb"[\x00-\x08\x0e-\x1a\x1c-\x1f\x7f]")
_INVALID_RE = re.compile("\ufffd+")
_CONTROL_CHARACTER_RE = re.compile(r"[\x01-\x08\x0e-\x1b\x7f]+")
_C1_RE = re.compile(r"[\x80-\x84\x86-\x9f]")
"""Control characters that no text holds: where a guessed encoding gives one, the guess is wrong."""
_VISIBLE_RE = re.compile(r"[^\s\x00-\x1f\x7f-\x9f\xad\u061c\u180e\u200b-\u200f\u202a-\u202e\u2060\u2066-\u2069\ufeff]")


@dataclass(frozen=True, slots=True)
class Decoded:
    """Text, with the encoding's name, the clue that won, what was declared, and the U+FFFD that had to be put in."""

    text: str
    encoding: str
    method: str
    declared: str | None
    replaced: int


def decode_bytes(data: bytes, declared: str | None = None) -> Decoded:
    """Decode bytes to text.

    Raises `UnusablePayloadError` if the bytes are empty, blank, binary or larger than `MAX_BYTES`, and nothing else.
    """
    _refuse(data)
    for rung in (_by_bom, _by_utf8, _by_declaration, _by_statistics):
        decoded = rung(data, declared)
        if decoded is not None:
            break
    else:
        decoded = _replacing(data, "windows-1252", "fallback", declared)
    if _VISIBLE_RE.search(decoded.text) is None:
        raise UnusablePayloadError(RejectionCode.BLANK, "the file holds only white space and invisible characters")
    return decoded


def _refuse(data: bytes) -> None:
    if not data:
        raise UnusablePayloadError(RejectionCode.EMPTY, "the file is empty; check how the dump was written")
    if len(data) > MAX_BYTES:
        raise UnusablePayloadError(RejectionCode.TOO_LARGE, too_large(len(data)))
    for magic, what in MAGIC:
        if data.startswith(magic):
            raise UnusablePayloadError(RejectionCode.BINARY, f"the bytes are {what}, not text")
    if MEDIA_RE.match(data):
        raise UnusablePayloadError(RejectionCode.BINARY, "the bytes are sound, a picture or film, not text")
    sample = data[:SAMPLE]
    unicode_clue = any(data.startswith(bom) for bom, _, _ in BOMS) or _wide_unicode(sample)
    if not unicode_clue and len(_CONTROL_RE.findall(sample)) > BINARY_SHARE * len(sample):
        raise UnusablePayloadError(RejectionCode.BINARY, "the bytes are binary of an unknown kind, not text")


def too_large(size: int) -> str:
    """The message for a payload over the limit; `size` in bytes."""
    return f"{size:,} bytes are more than the limit of {MAX_BYTES:,}; one document this long is more likely a whole dump"


def _wide_unicode(sample: bytes) -> str | None:
    """UTF-16 or UTF-32 without a byte order mark: NULs stand at every second or fourth place only."""
    if len(sample) < 4 or b"\x00" not in sample:
        return None
    quarter = max(1, len(sample) // 4)
    zeros = [sample[i::4].count(0) / quarter for i in range(4)]
    if min(zeros[1:3]) > 0.9 and zeros[0] < 0.1 and zeros[3] > 0.9:
        return "utf-32-le"
    if min(zeros[0:2]) > 0.9 and zeros[3] < 0.1:
        return "utf-32-be"
    even, odd = (zeros[0] + zeros[2]) / 2, (zeros[1] + zeros[3]) / 2
    if odd > 0.3 and even < 0.05:
        return "utf-16-le"
    if even > 0.3 and odd < 0.05:
        return "utf-16-be"
    return None


def _by_bom(data: bytes, declared: str | None) -> Decoded | None:
    for bom, family, codec in BOMS:
        if data.startswith(bom):
            body = data[len(bom) :]
            return _replacing(body, codec, "bom", declared) if family else None
    return None


def _by_utf8(data: bytes, declared: str | None) -> Decoded | None:
    return _strict(data, "utf-8", "utf-8", declared) if _wide_unicode(data[:SAMPLE]) is None else None


def _by_declaration(data: bytes, declared: str | None) -> Decoded | None:
    if declared is None:
        return None
    try:
        codec = codecs.lookup(declared.strip()).name
    except (LookupError, ValueError):
        return None
    if codec in ("ascii", "iso8859-1"):
        codec = "cp1252"  # WHATWG Encoding Standard, section 4.2: pages that say so hold windows-1252
    return _strict(data, codec, "declared", declared)


def _by_statistics(data: bytes, declared: str | None) -> Decoded | None:
    wide = _wide_unicode(data[:SAMPLE])
    if wide:
        return _replacing(data, wide, "statistical", declared)
    damaged = _replacing(data, "utf-8", "statistical", declared)
    whole = sum(character > "\x7f" for character in damaged.text) - damaged.replaced
    if whole > 4 * damaged.replaced:
        return damaged
    guess = chardet.detect(data[:STATISTICAL_SAMPLE], include_encodings=GUESSED)["encoding"]
    guessed = _strict(data, guess, "statistical", declared) if guess else None
    return guessed if guessed and not _C1_RE.search(guessed.text) else None


def _strict(data: bytes, codec: str, method: str, declared: str | None) -> Decoded | None:
    try:
        text = data.decode(codec)
    except (UnicodeError, LookupError, ValueError):
        return None
    return Decoded(text, _name(codec), method, declared, 0)


def _replacing(data: bytes, codec: str, method: str, declared: str | None) -> Decoded:
    text = data.decode(codec, "replace")
    return Decoded(text, _name(codec), method, declared, text.count("\ufffd") - _literal(data, codec))


def _literal(data: bytes, codec: str) -> int:
    """Replacement characters that the author's bytes already held."""
    try:
        return data.count("\ufffd".encode(codec))
    except UnicodeError:
        return 0


def _name(codec: str) -> str:
    """The encoding's usual name: Python's, with `windows-125x` for its `cp125x`."""
    name = codecs.lookup(codec).name
    return name.replace("cp125", "windows-125") if name.startswith("cp125") else name


def _declared_wrong(data: bytes, decoded: Decoded) -> str | None:
    """What to say if the declared encoding is not how the bytes read; `None` if it is, or none was declared."""
    declared = (decoded.declared or "").strip()
    if not declared or decoded.method == "declared":
        return None
    try:
        name = _name(declared)
    except (LookupError, ValueError):
        return f"the declared encoding {declared!r} is unknown; the bytes read as {decoded.encoding}"
    read = _strict(data, name, "declared", None)
    if name == decoded.encoding or (read is not None and read.text.lstrip("\ufeff") == decoded.text):
        return None
    return f"the declared encoding is {declared!r}; the bytes read as {decoded.encoding}"


def decode(document: Document) -> Document:
    """Stage: fill `text` and `decoding` from the payload's bytes."""
    decoded = decode_bytes(document.payload.data, document.payload.charset)
    problems = list(document.problems)
    if decoded.replaced:
        first = _INVALID_RE.search(decoded.text)
        where = first.start() if first else None
        message = f"{decoded.replaced} bytes or sequences were invalid in {decoded.encoding} and became U+FFFD"
        problems.append(Problem(ProblemCode.REPLACED, message, where, None if first is None else first.end()))
    wrong = _declared_wrong(document.payload.data, decoded)
    if wrong:
        problems.append(Problem(ProblemCode.DECLARED_WRONG, wrong))
    nul = decoded.text.find("\x00")
    if nul >= 0:
        message = f"{decoded.text.count(chr(0))} NUL characters stand in the text; the record's text leaves them out"
        problems.append(Problem(ProblemCode.NUL, message, nul, nul + 1))
    control = _CONTROL_CHARACTER_RE.search(decoded.text)
    if control:
        message = "control characters stand in the text; the record's text leaves them out"
        problems.append(Problem(ProblemCode.CONTROLS, message, *control.span()))
    decoding = Decoding(decoded.encoding, decoded.method, decoded.declared, decoded.replaced)
    return replace(document, text=decoded.text, decoding=decoding, problems=tuple(problems))
