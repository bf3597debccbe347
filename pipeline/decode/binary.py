"""What bytes are that are no text: formats by their first bytes, and UTF-16 or UTF-32, which look binary and are not."""

from __future__ import annotations

import re
from collections import Counter

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

_FOREIGN_RE = re.compile("[^\x00-\x7f]")
_RUN_RE = re.compile("[^\x00-\x7f]{2,}")
_CONTROL_RE = re.compile(rb"[\x00-\x08\x0e-\x1a\x1c-\x1f\x7f]")

ASIAN = 400
"""Characters that are looked at for UTF-16 of Chinese, Japanese or Korean text."""

ENOUGH_WIDE = 0.75
"""The same for UTF-16, in which other bytes give common characters by chance only."""

ENOUGH_COMMON = 0.85
"""Share of common characters from which bytes are in the encoding that gives them; in a wrong one it is below 0.4."""


def kind_of_binary(sample: bytes) -> str | None:
    """What bytes are, if they are no text; `sample` is the start of a file."""
    for magic, what in MAGIC:
        if sample.startswith(magic):
            return what
    if MEDIA_RE.match(sample):
        return "sound, a picture or film"
    if len(_CONTROL_RE.findall(sample)) > BINARY_SHARE * len(sample) and wide_unicode(sample) is None:
        return "binary of an unknown kind"
    return None


def common_share(text: str) -> float:
    """Share of the characters beyond ASCII that are common in Chinese, Japanese or Korean text: kana, marks, everyday Han.

    Everyday characters stand in the first level of GB 2312, Big5 or JIS X 0208, or in KS X 1001.
    """
    foreign = [c for c in text if c > "\x7f"]
    return sum(map(_common, foreign)) / len(foreign) if foreign else 0.0


def stand_together(text: str) -> bool:
    """Whether most characters beyond ASCII have another as neighbour, as in Chinese, Japanese or Korean words."""
    foreign = len(_FOREIGN_RE.findall(text))
    return 2 * sum(len(run) for run in _RUN_RE.findall(text)) > foreign


def _common(character: str) -> bool:
    if "\u3000" <= character <= "\u30ff" or "\uff01" <= character <= "\uff5e" or character in "‘’“”…—–·×°±§©®€":
        return True
    if "\uac00" <= character <= "\ud7a3":
        return 0xB0 <= (_lead(character, "euc_kr") or 0) <= 0xC8
    if not "\u4e00" <= character <= "\u9fff":
        return False
    chinese, formal, japanese = _lead(character, "gb2312"), _lead(character, "big5"), _lead(character, "euc_jp")
    return (
        (chinese is not None and chinese <= 0xD7)
        or (formal is not None and formal <= 0xC6)
        or (japanese is not None and 0xB0 <= japanese <= 0xCF)
    )


_PLAIN = b'abcdefghijklmnopqrstuvwxyz0123456789 \n<>/="-.'


def _lead(character: str, codec: str) -> int | None:
    try:
        return character.encode(codec)[0]
    except UnicodeEncodeError:
        return None


def wide_unicode(sample: bytes) -> str | None:
    """UTF-16 or UTF-32 without a byte order mark: NULs stand at every second or fourth place only, or none is needed."""
    if len(sample) < 4:
        return None
    if b"\x00" not in sample:
        looked = sample[: 2 * ASIAN]
        if len(looked.translate(None, _PLAIN)) < 0.4 * len(looked):  # words and markup; of UTF-16 Han a third is such bytes
            return None
        return _wide_alphabet(sample) or _wide_asian(sample)
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
    return _wide_alphabet(sample) or _wide_asian(sample)


def _wide_alphabet(sample: bytes) -> str | None:
    """UTF-16 of an alphabet beyond Latin: one byte of each character is the alphabet's number, or NUL for marks and spaces."""
    columns = sample[: 2 * ASIAN : 2], sample[1 : 2 * ASIAN : 2]
    if len(columns[1]) < 8:
        return None
    top = [Counter(column).most_common(2) for column in columns]
    share = [sum(times for _, times in pair) / len(column) for pair, column in zip(top, columns, strict=True)]
    for codec, number, letter in (("utf-16-be", 0, 1), ("utf-16-le", 1, 0)):
        if max(value for value, _ in top[number]) < 0x20 and share[number] >= 0.9 and share[letter] < 0.8:
            return codec
    return None


def _wide_asian(sample: bytes) -> str | None:
    """UTF-16 of Chinese, Japanese or Korean text, in which no NUL need stand: read so, its characters are common ones."""
    if len(sample) < 8:
        return None
    looked = sample[: 2 * ASIAN]
    for codec in ("utf-16-le", "utf-16-be"):
        text = looked[: len(looked) // 2 * 2].decode(codec, "replace")
        beyond = sum(c > "\xff" for c in text)
        plain = sum("\x20" <= c <= "\x7e" or c in "\t\n\r\xa0" for c in text)
        if beyond and beyond + plain >= 0.96 * len(text) and common_share(text) >= ENOUGH_WIDE:
            return codec
    return None
