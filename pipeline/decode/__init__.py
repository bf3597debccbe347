"""Bytes to text: a ladder of clues, of which the first sure answer wins.

1. `bom`          a byte order mark (Unicode 15, section 23.8)
2. `statistical`  the escape sequences of ISO-2022-JP and -KR, in bytes that are otherwise ASCII
3. `utf-8`        the bytes are strict UTF-8 (a false positive is all but impossible: RFC 3629, section 1); bytes that are all
                  ASCII are no clue, so that a declaration goes first there
4. `declared`     what the transport says, or else the document (HTML prescan, XML declaration), if it decodes strictly
5. `statistical`  NUL patterns of UTF-16/32; UTF-8 with a few damaged bytes; the encoding in which the bytes read most like
                  a language
6. `fallback`     windows-1252, with U+FFFD for the five bytes it leaves undefined

`docs/decoding.md` has the figures.
"""

from __future__ import annotations

import codecs
import re
from dataclasses import dataclass, replace

from pipeline.decode.binary import kind_of_binary, wide_unicode
from pipeline.decode.declared import WIDE, codec_of, declared_in_markup, is_markup
from pipeline.decode.guess import guess_encoding
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
    (codecs.BOM_UTF8, "utf-8"),
    (codecs.BOM_UTF32_LE, "utf-32-le"),
    (codecs.BOM_UTF32_BE, "utf-32-be"),
    (codecs.BOM_UTF16_LE, "utf-16-le"),
    (codecs.BOM_UTF16_BE, "utf-16-be"),
)

NARROW = {"cp932": "shift_jis", "cp949": "euc_kr", "big5hkscs": "big5"}
"""Encodings whose labels the web uses for a larger one; the record names them where they are enough."""

SAMPLE = 64 * 1024
_INVALID_RE = re.compile("\ufffd+")
_CONTROL_CHARACTER_RE = re.compile(r"[\x01-\x08\x0e-\x1b\x7f-\x84\x86-\x9f]+")
_CONTROL_BYTES = bytes([*range(0x01, 0x09), *range(0x0E, 0x1C), 0x7F])
_C1_RE = re.compile(rb"\xc2[\x80-\x84\x86-\x9f]")
_ESCAPE_RE = re.compile(rb"\x1b\$[@B]|\x1b\$\(D|\x1b\$\)C")
_VISIBLE_RE = re.compile(r"[^\s\x00-\x1f\x7f-\x9f\xad\u061c\u180e\u200b-\u200f\u202a-\u202e\u2060\u2066-\u2069\ufeff]")


@dataclass(frozen=True, slots=True)
class Decoded:
    """Text, with the encoding's name, the clue that won, what was declared, and the U+FFFD that had to be put in."""

    text: str
    encoding: str
    method: str
    declared: str | None
    replaced: int


def decode_bytes(data: bytes, declared: str | None = None, hints: str | None = None) -> Decoded:
    """Decode bytes to text.

    `declared` is the encoding that the transport names, `hints` the media type, if known: HTML and XML are searched for
    their own declaration (without a hint, what starts like HTML is). Raises `UnusablePayloadError` if the bytes are empty,
    blank, binary or larger than `MAX_BYTES`, and nothing else.
    """
    _refuse(data)
    if declared is None and (is_markup(data) if hints is None else _has_markup(hints)):
        declared = declared_in_markup(data)
    for rung in (_by_bom, _by_escapes, _by_utf8, _by_declaration, _by_statistics):
        decoded = rung(data, declared)
        if decoded is not None:
            break
    else:
        decoded = _replacing(data, "windows-1252", "fallback", declared)
    if _VISIBLE_RE.search(decoded.text) is None:
        raise UnusablePayloadError(RejectionCode.BLANK, "the file holds only white space and invisible characters")
    return decoded


def _has_markup(media_type: str) -> bool:
    kind = media_type.partition(";")[0].strip().lower()
    return kind == "text/html" or kind.endswith(("/xml", "+xml"))


def _refuse(data: bytes) -> None:
    if not data:
        raise UnusablePayloadError(RejectionCode.EMPTY, "the file is empty; check how the dump was written")
    if len(data) > MAX_BYTES:
        raise UnusablePayloadError(RejectionCode.TOO_LARGE, too_large(len(data)))
    if not any(data.startswith(bom) for bom, _ in BOMS):
        kind = kind_of_binary(data[:SAMPLE])
        if kind:
            raise UnusablePayloadError(RejectionCode.BINARY, f"the bytes are {kind}, not text")


def too_large(size: int) -> str:
    """The message for a payload over the limit; `size` in bytes."""
    return f"{size:,} bytes are more than the limit of {MAX_BYTES:,}; one document this long is more likely a whole dump"


def _by_bom(data: bytes, declared: str | None) -> Decoded | None:
    for bom, codec in BOMS:
        if data.startswith(bom):
            return _replacing(data[len(bom) :], codec, "bom", declared)
    return None


def _by_escapes(data: bytes, declared: str | None) -> Decoded | None:
    """ISO 2022: plain ASCII bytes that switch to Japanese or Korean and back by escape sequences."""
    if not _ESCAPE_RE.search(data):
        return None
    for codec in ("iso2022_jp", "iso2022_jp_2", "iso2022_jp_3", "iso2022_kr"):
        decoded = _strict(data, codec, "statistical", declared)
        if decoded:
            return decoded
    return None


def _by_utf8(data: bytes, declared: str | None) -> Decoded | None:
    if wide_unicode(data[:SAMPLE]):
        return None
    if declared and data.isascii():  # no clue: many encodings read it alike
        said = _by_declaration(data, declared)
        if said and said.text == data.decode("ascii"):
            return said
    return _strict(data, "utf-8", "utf-8", declared)


def _by_declaration(data: bytes, declared: str | None) -> Decoded | None:
    codec = codec_of(declared) if declared else None
    if codec is None or (codec in WIDE and wide_unicode(data[:SAMPLE]) is None):
        return None
    decoded = _strict(data, codec, "declared", declared)
    narrow = _strict(data, NARROW[codec], "declared", declared) if codec in NARROW else None
    return narrow if decoded and narrow and narrow.text == decoded.text else decoded


def _by_statistics(data: bytes, declared: str | None) -> Decoded | None:
    wide = wide_unicode(data[:SAMPLE])
    if wide:
        return _replacing(data, wide, "statistical", declared)
    damaged = _replacing(data, "utf-8", "statistical", declared)
    whole = sum(character > "\x7f" for character in damaged.text) - damaged.replaced
    if whole > 4 * damaged.replaced:
        return damaged
    guess = guess_encoding(data)
    return _strict(data, guess, "statistical", declared) if guess else None


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
    codec = codec_of(declared)
    if codec is None:
        return f"the declared encoding {declared!r} is unknown; the bytes read as {decoded.encoding}"
    read = _strict(data, codec, "declared", None)
    if _name(codec) == decoded.encoding or (read is not None and read.text.lstrip("\ufeff") == decoded.text):
        return None
    return f"the declared encoding is {declared!r}; the bytes read as {decoded.encoding}"


def _control_in(text: str) -> re.Match[str] | None:
    """The first control characters of a text; asked of its bytes first, which is five times faster where there are none."""
    data = text.encode("utf-8", "surrogatepass")
    if len(data.translate(None, _CONTROL_BYTES)) == len(data) and _C1_RE.search(data) is None:
        return None
    return _CONTROL_CHARACTER_RE.search(text)


def decode(document: Document) -> Document:
    """Stage: fill `text` and `decoding` from the payload's bytes."""
    decoded = decode_bytes(document.payload.data, document.payload.charset, document.payload.media_type)
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
    control = _control_in(decoded.text)
    if control:
        message = "control characters stand in the text; the record's text leaves them out"
        problems.append(Problem(ProblemCode.CONTROLS, message, *control.span()))
    decoding = Decoding(decoded.encoding, decoded.method, decoded.declared, decoded.replaced)
    return replace(document, text=decoded.text, decoding=decoding, problems=tuple(problems))
