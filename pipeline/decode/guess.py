"""The statistics: which encoding makes bytes read most like a language.

Encodings with characters of several bytes are told by their structure (chardet); those of one byte by trying each and
weighing the text it gives, letter pair by letter pair.
"""

from __future__ import annotations

import re
from collections import Counter

import chardet

from pipeline.decode.binary import ENOUGH_COMMON, common_share, stand_together
from pipeline.decode.letters import cost, load, strangeness

SAMPLE = 2000
"""Characters that are weighed."""

AROUND = 48
"""Bytes on each side of a byte above 127 that are weighed with it."""

NONSENSE = 8.2
"""Strangeness of the best reading from which it is none: no language has such letters side by side."""

ENOUGH = 5
"""Times that a byte is weighed for sure; later ones make place for rarer bytes."""

MULTIBYTE_SAMPLE = 32 * 1024

SINGLE = (
    ("cp1252", 0.0),
    *(("cp1251", 2.5), ("cp1250", 1.5), ("cp1254", 2.0), ("cp1257", 2.0), ("cp1253", 2.0), ("cp1255", 2.0), ("cp1256", 2.0)),
    *(("iso8859-2", 1.5), ("iso8859-15", 1.5), ("koi8-r", 2.0), ("koi8-u", 2.5), ("cp874", 2.0), ("iso8859-7", 2.5)),
    *(("iso8859-5", 3.0), ("iso8859-6", 3.0), ("iso8859-8", 3.0), ("iso8859-9", 3.0), ("iso8859-13", 3.0), ("iso8859-16", 3.0)),
    *(("iso8859-4", 4.0), ("iso8859-10", 4.0), ("iso8859-3", 5.0), ("iso8859-14", 5.0), ("cp1258", 4.0)),
    *(("cp866", 3.0), ("cp850", 4.0), ("cp852", 4.0), ("mac_roman", 4.0), ("mac_cyrillic", 4.0), ("cp437", 5.0)),
    *(("cp855", 5.0), ("cp857", 5.0), ("cp775", 5.0), ("cp862", 5.0), ("cp737", 5.0), ("mac_latin2", 5.0)),
)
"""Encodings of one byte, with what each costs (as a negative log probability) for being rare on the web.

Of encodings that give the same text, the first is named.
"""

MULTIBYTE = ("gb18030", "big5hkscs", "cp932", "euc_jis_2004", "cp949", "euc_kr")

_HIGH_RE = re.compile(rb"[\x80-\xff]")
_ASIAN_RE = re.compile(".?[^\x00-\x7f]+.?", re.DOTALL)
_C1_RE = re.compile("[\x80-\x84\x86-\x9f]")


def sample_of(data: bytes, limit: int = SAMPLE) -> bytes:
    """The bytes around those above 127, as far as a sample goes."""
    parts, size, position = [], 0, 0
    seen: Counter[int] = Counter()
    for match in _HIGH_RE.finditer(data[:MULTIBYTE_SAMPLE]):
        at = match.start()
        seen[data[at]] += 1
        if at < position or (size > limit // 2 and seen[data[at]] > (ENOUGH if size < limit else 2)):
            continue
        start, end = max(position, at - AROUND), at + AROUND
        parts.append(data[start:end])
        position = end
        size += end - start
    return b"".join(parts)


def guess_single(data: bytes) -> str | None:
    """The encoding of one byte that reads best; `None` if none decodes all bytes, or to nonsense only."""
    sample = sample_of(data)
    letters = load()
    weighed: dict[str, float] = {}
    best: tuple[float, str] | None = None
    for codec, rare in SINGLE:
        try:
            text = sample.decode(codec)
        except UnicodeDecodeError:
            continue
        if _C1_RE.search(text):
            continue
        if text not in weighed:
            weighed[text] = cost(text, letters)
        total = weighed[text] + rare
        if (best is None or total < best[0]) and _reads(data, codec):
            best = (total, codec)
    if best is None or strangeness(sample.decode(best[1]), letters) > NONSENSE:
        return None
    return best[1]


def _reads(data: bytes, codec: str) -> bool:
    try:
        return _C1_RE.search(data.decode(codec)) is None
    except UnicodeDecodeError:
        return False


def guess_multibyte(data: bytes) -> str | None:
    """The encoding of several bytes that chardet sees, if it decodes all bytes to characters that are common."""
    found = chardet.detect(data[:MULTIBYTE_SAMPLE], include_encodings=(*MULTIBYTE, "cp1252"))["encoding"]
    for codec in (found, "gb18030") if found else ("gb18030",):
        if codec and _reads(data, codec):
            foreign = "".join(_ASIAN_RE.findall(data.decode(codec)))[:SAMPLE]
            if stand_together(foreign) and common_share(foreign) >= ENOUGH_COMMON:
                return codec
    return None


def guess_encoding(data: bytes) -> str | None:
    """The encoding in which the bytes read most like a language; `None` if none decodes them all."""
    return guess_multibyte(data) or guess_single(data)
