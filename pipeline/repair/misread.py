"""UTF-8 that was read in another encoding, where ftfy's heuristic does not see it: windows-1251, DOS code pages.

The test is strict, so that no clean text is changed: written back in the encoding, every character beyond ASCII must be
part of a whole UTF-8 sequence, and the sequences must be of a kind that does not come about by chance. Each gives points.
"""

from __future__ import annotations

import re
from functools import cache

CODECS = ("cp1251", "cp850", "cp437", "cp852", "cp866", "koi8-r", "cp1252")
"""Encodings that UTF-8 is misread in, most frequent first; ftfy sees windows-1252 itself, but for a few African letters."""

ENOUGH = 2
"""Points from which a text was misread, where the sequences start with a sign or with a letter of another script."""

SURE = 4
"""Points from which it is so certain that ftfy is not asked."""

MANY = 5
"""Sequences, with nothing else beyond ASCII beside them, that do not come about by chance whatever they are."""

LONGEST_HOOKED = 12
"""Characters behind a letter that are looked at for the end of its word."""

MARKS = frozenset("‘’“”–—…")
"""What is misread most often."""

IMPOSSIBLE = -100
"""Points for a sequence that no repair gives."""

_SEQUENCE_RE = re.compile(rb"[\xc2-\xdf][\x80-\xbf]|[\xe0-\xef][\x80-\xbf]{2}|[\xf0-\xf4][\x80-\xbf]{3}")
_LATIN_RE = re.compile("[A-Za-z\u00c0-\u02af\u1e00-\u1eff]")
_NEIGHBOUR_RE = re.compile("[\u0370-\u058f]")
_CYRILLIC_RE = re.compile("[\u0400-\u04ff]")
_ODD_RE = re.compile(
    "[\x80-\x9f\u017f\u02b0-\u02ba\u02bd-\u02ff\u0460-\u0481\u0500-\u052f\u0700-\u074f\u07c0-\u08ff\ue000-\uf8ff\ufffd]"
)
"""Characters that a repair does not give: controls, phonetic signs, historic letters, private use."""


_HOOKED_RE = re.compile(
    r"ƴ[a-z]|ɗ(?:aya[nr]?|aki[nr]?|aku?na[nr]?|alib(?:ai|an|ar|i)|ari|aruruwa[nr]?|auk(?:ak?a[nr]?|aki|i|o)|azu|igo[nr]?"
    r"|in[kb]i[nr]?|ink[aei][nr]?|um(?:ama|i)[nr]?)\b|ɖe(?:ka|wo)\b|ɖokui"
)
"""Hausa and Ewe words that begin with a letter which, misread, is a capital and a dash or accent: `É—aya` is `ɗaya`, one. As a
clean text may have a dash behind the Portuguese word `É`, the word must be a usual one and no word of others."""


@cache
def pattern(codec: str) -> re.Pattern[str]:
    """Finds what a UTF-8 sequence of several bytes looks like in an encoding."""
    tail, two, three, four = (_class(codec, *span) for span in ((0x80, 0xBF), (0xC2, 0xDF), (0xE0, 0xEF), (0xF0, 0xF4)))
    return re.compile(f"{two}{tail}|{three}{tail}{tail}|{four}{tail}{tail}{tail}")


def _class(codec: str, first: int, last: int) -> str:
    return "[" + "".join(re.escape(bytes([code]).decode(codec, "ignore")) for code in range(first, last + 1)) + "]"


def misread_in(text: str, enough: int = ENOUGH) -> str | None:
    """The encoding that a text of UTF-8 was misread in; `None` if it was not."""
    candidates = CODECS[-1:] if _fits(text, "cp1252") or _fits(text, "latin-1") else CODECS
    for codec in candidates:
        if pattern(codec).search(text) and _points(text, codec) >= enough:
            return codec
    return None


def _fits(text: str, codec: str) -> bool:
    """Whether a text, written back in an encoding, is UTF-8."""
    try:
        text.encode(codec).decode("utf-8")
    except UnicodeError:
        return False
    return True


def _points(text: str, codec: str) -> int:
    """How much speaks for a text being UTF-8 that was misread in an encoding."""
    try:
        data = text.encode(codec)
        fixed = data.decode("utf-8")
    except UnicodeError:
        return 0
    if _ODD_RE.search(fixed):
        return 0
    worth = [_worth(text, match, codec) for match in _SEQUENCE_RE.finditer(data)]
    return sum(worth) + (ENOUGH if len(worth) >= MANY else 0)


def _worth(text: str, match: re.Match[bytes], codec: str) -> int:
    """Points of one sequence; a byte is a character in these encodings, so that places in the text are those in the bytes."""
    start, end = match.span()
    before, after = text[start - 1 : start] if start else "", text[end : end + 1]
    lead, fixed = text[start], match[0].decode()
    in_word = (before.isascii() and before.isalpha()) + (after.isascii() and after.isalpha())
    if in_word and _NEIGHBOUR_RE.match(fixed):
        return IMPOSSIBLE  # a Greek or Cyrillic letter in a Latin word
    if codec == "cp1252":  # its letters are those of the text: only a capital inside a word is a sign, or a word that is usual
        inside = before.isascii() and before.islower() and lead.isupper() and not after.isupper()
        return ENOUGH if inside or _begins_hooked(before, fixed, text[end : end + LONGEST_HOOKED]) else 0
    points = 2 if end - start > 2 else int(fixed.isalpha())
    if _LATIN_RE.match(lead):  # a letter that the text may well hold, as ð in cp850
        signs = not text[start:end].isalpha() or (before.isascii() and before.islower() and lead.isupper())
        return points - 1 + signs + (fixed in MARKS)
    if end - start == 2 and _CYRILLIC_RE.match(lead) and _CYRILLIC_RE.match(fixed):
        return 1 if _CYRILLIC_RE.match(text[start + 1]) is None else 0  # `Рі` may be a name
    return points + in_word + (_CYRILLIC_RE.search(text[start:end]) is None)


def _begins_hooked(before: str, fixed: str, rest: str) -> bool:
    return not before.isalnum() and _HOOKED_RE.match(fixed + rest) is not None
