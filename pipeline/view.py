"""Views of a document: a span as clean prose, and the main content as one text. Nothing here changes a document.

Policy for characters: NFC; line ends and all spaces (NBSP too) become one space; soft hyphens, zero-width spaces, word
joiners, byte order marks, bidi controls and control characters go; zero-width joiners and non-joiners stay, because
Persian, Indic scripts and emoji are spelled with them. Where a block has several lines, a hyphen that divides a word goes
with the line end, one before a capital or a figure stays, and no space is put behind it, between unspaced scripts or beside a mark that
holds to its word. Of Markdown the marks go.
"""

from __future__ import annotations

import re
import unicodedata
from bisect import bisect_left, bisect_right
from operator import itemgetter

from pipeline import markdown, numbered
from pipeline.document import Document, Label
from pipeline.repair import replay

SYNTAXES = frozenset({markdown.MEDIA_TYPE, numbered.MEDIA_TYPE})
"""Media types of texts that are read without their marks."""

_SPACE_RE = re.compile(r"\s+")
_UNSPACED = "\u0e00-\u0eff\u1000-\u109f\u1780-\u17ff\u3000-\u30ff\u3400-\u4dbf\u4e00-\u9fff\uf900-\ufaff\uff00-\uffef"
_BREAK_RE = re.compile(rf"(?<=[{_UNSPACED}])[ \t]*[\r\n]+[ \t]*(?=[{_UNSPACED}])")
_HYPHEN_RE = re.compile(r"(?<=[^\W\d_][^\W\d_])(?:-|\u2010)[ \t]*[\r\n]+[ \t]*(?=[^\W\d_A-ZÀ-Þ])|\u00ad[ \t]*[\r\n]+[ \t]*")
_COMPOUND_RE = re.compile(r"(?<=[^\W\d_]-)[ \t]*[\r\n]+[ \t]*(?=[A-ZÀ-Þ\d])")
_MARK_RE = re.compile(r"[\r\n]+[ \t]*(?=[,;.!?)\]”’»、，。）」』](?!\.\.))|(?<=[(\[“„「『（])[\r\n]+[ \t]*")
_INVISIBLE = {
    **dict.fromkeys(range(0x09)),
    **dict.fromkeys(range(0x0E, 0x1C)),
    **dict.fromkeys(range(0x7F, 0x85)),
    **dict.fromkeys(range(0x86, 0xA0)),
    **dict.fromkeys((0x00AD, 0x061C, 0x180E, 0x200B, 0x200E, 0x200F, 0x2060, 0xFEFF)),
    **dict.fromkeys(range(0x202A, 0x202F)),
    **dict.fromkeys(range(0x2066, 0x206A)),
}


def normalize(text: str) -> str:
    """A text as one line of clean prose, by the policy above."""
    text = text.strip()
    if text.isprintable() and "  " not in text and (text.isascii() or unicodedata.is_normalized("NFC", text)):
        return text  # nothing to do: `isprintable` knows no control, format or space character but the plain space
    if "\n" in text or "\r" in text:  # lines of one block
        text = _MARK_RE.sub("", _BREAK_RE.sub("", _COMPOUND_RE.sub("", _HYPHEN_RE.sub("", text))))
    text = unicodedata.normalize("NFC", text.translate(_INVISIBLE))
    return _SPACE_RE.sub(" ", text).strip()


def read(document: Document, start: int, end: int) -> str:
    """A span of the document, repaired, without the marks of its syntax if it has one, and normalized.

    A repair applies if it lies inside the span; a span inside a repaired line reads as it was decoded.
    """
    text = _repaired(document, start, end) if document.repairs else document.text[start:end]
    if document.syntax == markdown.MEDIA_TYPE:
        text = markdown.plain(text, code=in_code(document, start))
    elif document.syntax:
        text = numbered.plain(text)
    return normalize(text)


def in_code(document: Document, place: int) -> bool:
    """Whether a place of the text stands in a line of code."""
    k = bisect_right(document.code, place, key=itemgetter(0)) - 1
    return k >= 0 and place < document.code[k][1]


def _repaired(document: Document, start: int, end: int) -> str:
    pieces, position = [], start
    first = bisect_left(document.repairs, start, key=lambda r: r.start)
    for repair in document.repairs[first:]:
        if repair.end > end:
            break
        pieces += [document.text[position : repair.start], replay(document.text[repair.start : repair.end], repair.steps)]
        position = repair.end
    return "".join([*pieces, document.text[position:end]])


def main_text(document: Document, enough: int | None = None) -> str:
    """The main content: kept blocks joined by an empty line, neighbouring list items and table rows by a line end.

    With `enough`, reading stops behind the block that reaches so many characters.
    """
    parts: list[str] = []
    before = None
    size = 0
    for block in document.blocks:
        if not block.kept:
            continue
        if enough is not None and size >= enough:
            break
        text = read(document, block.start, block.end)
        if not text:
            continue
        close = block.label is before and before in (Label.LIST_ITEM, Label.TABLE)
        parts += ["\n" if close else "\n\n", text]
        size += len(text) + 2
        before = block.label
    return "".join(parts[1:])
