"""Markdown, as converters of web pages write it (html2text, markdownify, turndown, pandoc): told from plain text, and read without its marks.

After CommonMark 0.31, with the tables of GitHub Flavored Markdown, and the fenced divisions and attributes of pandoc. Only what such
converters write is known; what is not, stays as it stands. A link reads as its text, a picture as nothing: its address and the words for
those who cannot see it are no text of the page. HTML tags that were left in it read as nothing, too.
Every pattern looks at a character a bounded number of times, whatever the text.
"""

from __future__ import annotations

import html
import re
from collections.abc import Sequence
from html.entities import html5
from itertools import accumulate

from pipeline import tags
from pipeline.tags import CODE, ends_in_tag, only_tags, without_tags

MEDIA_TYPE = "text/markdown"

LEAST_MARKS = 3
"""Links, pictures and headings that a text must hold to be taken for Markdown; one link or picture at least."""

MAX_OPEN, MAX_OPEN_TAG = 6, 40
"""Lines over which a link or a picture may stretch, and a tag."""

WIDTH = 78
"""Columns at which html2text breaks lines."""

LINES_A_MARK = 60
"""Lines of a text for each of them, or for a tag that was left in it: a page that tells of Markdown shows a few."""

_ADDRESS = r"(?:[^\s()<>]|(?<=-)\n)*+"  # html2text breaks addresses behind a hyphen
_DESTINATION = rf"\(\s*+(?:<[^<>\n]*+>|{_ADDRESS}(?:\({_ADDRESS}\){_ADDRESS})*+)"
_ENDS = r"(?:\s++(?:\"[^\"]*+\"|'[^']*+'))?+\s*+\)"
_TEXT = r"(?:[^\[\]\\]++|\\.|\[(?:[^\[\]\\]++|\\.)*+\])*+"
_ATTRIBUTE = r"(?:[#.][A-Za-z_][\w:.-]*+|[A-Za-z_][\w:.-]*+=\"[^\"]*+\")"
_ATTRIBUTES = rf"\{{\s*+{_ATTRIBUTE}(?:\s++{_ATTRIBUTE})*+\s*+\}}"
"""Attributes as pandoc writes them: classes, identifiers, quoted values."""

_PICTURE_RE = re.compile(rf"!\[{_TEXT}\]{_DESTINATION}{_ENDS}(?:{_ATTRIBUTES})?+", re.DOTALL)
_LINK_RE = re.compile(rf"(?<![\\!])\[(?P<text>{_TEXT})\](?:{_DESTINATION}{_ENDS}(?:{_ATTRIBUTES})?+|{_ATTRIBUTES})", re.DOTALL)
_NUMBERED_RE = re.compile(r"(?<![\\!])\[(?P<text>[^\[\]]*+)(?<=[^\W\d_])\]\[\d{1,4}\]")
_REST_RE = re.compile(rf"(?<!\\)\]{_DESTINATION}{_ENDS}|\A\s*+!?\[(?=[^\]]*+\Z)|\[\s*+\Z", re.DOTALL)
"""What is left of a link or picture of which one end stands in another block."""

_MARK_RE = re.compile(
    r"\]\((?:<?(?:https?:|mailto:|tel:|javascript:|data:)|[/#]|[^\s()]{0,200}?(?:/|\.(?:html?|php|aspx?|jpe?g|png|gif|svg|webp|pdf)\b))"
)
_HEADING_RE = re.compile(r"(?:(?<=\n\n)|\A)(?:#{2,6} +[^\s#][^\n]*|[^\s\n#>|*+-][^\n]*\n(?:={3,}|-{3,}) *)(?=\n\n|\n?\Z)")
"""A heading with empty lines around it, of the second rank or lower: "# ..." is a note in a program, or a command, too."""

_OF_HEADING_RE = re.compile(rf"{_ATTRIBUTES}\Z")
_DIVISION_RE = re.compile(rf"[ \t]*:{{3,}}(?:[ \t]*(?:{_ATTRIBUTES}|[\w-]{{1,60}})(?:[ \t]*:{{3,}})?)?[ \t]*\Z")

_RULERS = " \t*-_=|:>"
"""What rulers, underlines of headings, the lines below a table's head and empty lines of a quotation are made of."""

_FENCE_RE = re.compile(r"[ \t]{0,3}(?:```|~~~)")
_DEFINITION_RE = re.compile(r"[ \t]{0,3}\[[^\[\]]{1,60}\]:[ \t]*<?(?:https?:|[/#])\S*[^\n]*\Z")
_PREFIX_RE = re.compile(r"[ \t]*(?:>[ \t]?)*+(?:#{1,6}[ \t]++)?+")
_LIST_RE = re.compile(r"[ \t]*(?:[*+-]|\d{1,9}\\?[.)])[ \t]")
_INLINE_RE = re.compile(
    r"\\(?P<escaped>[!-/:-@\[-`{-~])"
    rf"|{CODE}"
    r"|(?P<entity>&(?:#\d{1,7}|#[xX][\dA-Fa-f]{1,6}|[A-Za-z][A-Za-z\d]{1,31});)"
    r"|<(?P<address>(?:https?:|mailto:)[^<>\s]*+)>"
    r"|(?P<bare>(?:https?://|www\.)[^\s<>)\]]++)"
    r"|(?<!\*)(?P<star>\*{1,3})(?!\*)|(?<!_)(?P<line>_{1,3})(?!_)|(?<!~)(?P<wave>~~)(?!~)"
)
"""Escaped punctuation, code, addresses, and what may be a mark of bold, slanted and struck text."""


def is_markdown(text: str) -> bool:
    """Whether a text is Markdown: it holds links, pictures and headings as Markdown writes them, and not just here and there."""
    if "](" not in text:
        return False
    text = text.replace("\r\n", "\n")
    links = sum(1 for _ in _MARK_RE.finditer(text))
    marks = links + sum(1 for _ in _HEADING_RE.finditer(text))
    if links == 0 or marks < LEAST_MARKS:
        return False
    return (marks + tags.count(text)) * LINES_A_MARK >= text.count("\n")


def begins_block(line: str, before: str) -> bool:
    """Whether a line does not go on the paragraph of the line before it; neither is empty, and both are without their line end.

    A heading goes on if the line's first word did not fit: html2text breaks headings, too.
    """
    if before.endswith(("  ", "\\")):
        return True  # a line break
    if _heading(before) and len(before) + 1 + len(line.split(maxsplit=1)[0]) <= WIDTH:
        return True
    if _stands_alone(before):
        return True
    if _UNDERLINE_RE.match(line) and not _LIST_RE.match(before):
        return False
    if "|" in line and "|" in before and "](" not in before:
        return True  # rows of a table
    return begins_entry(line) or _stands_alone(line) or (line.lstrip()[:1] == ">") != (before.lstrip()[:1] == ">")


def _stands_alone(line: str) -> bool:
    """Whether a line is no text for readers.

    A ruler, an empty line of a quotation, a fence of code or of a division, the definition of a link, or tags.
    """
    if only_tags(line) or (":::" in line and _DIVISION_RE.match(line)):
        return True
    return not line.strip(_RULERS) or _FENCE_RE.match(line) is not None or _DEFINITION_RE.match(line) is not None


def begins_entry(line: str) -> bool:
    """Whether a line begins an entry of a list, or is a heading."""
    return _heading(line) or (_LIST_RE.match(line) is not None and line.strip(_RULERS) != "")


def _in_fences(lines: Sequence[str]) -> list[bool]:
    """Which lines stand in a fenced block of code, or are its fences. A fence that is never closed is none.

    A fence is closed by one of the same sign that is at least as long and says no more; backticks behind backticks open none.
    """
    inside = [False] * len(lines)
    opened, sign = None, ""
    for k, line in enumerate(lines):
        if _FENCE_RE.match(line) is None:
            continue
        bare = line.strip()
        said = bare.lstrip(bare[0])
        fence = bare[: len(bare) - len(said)]
        if opened is None:
            opened, sign = (None, "") if fence[0] == "`" and "`" in said else (k, fence)
        elif not said and fence.startswith(sign):
            inside[opened : k + 1] = [True] * (k + 1 - opened)
            opened = None
    return inside


def fenced(text: str) -> tuple[tuple[int, int], ...]:
    """The spans of a text's lines of fenced code, in order."""
    if "```" not in text and "~~~" not in text:
        return ()
    lines = text.splitlines(keepends=True)
    ends = accumulate(map(len, lines))
    inside = _in_fences([line.rstrip("\r\n") for line in lines])
    return tuple((end - len(line), end) for line, end, code in zip(lines, ends, inside, strict=True) if code)


def ends_inside(lines: Sequence[str]) -> bool:
    """Whether lines end inside the brackets of a link or picture, the braces of its attributes, or a tag, which go on in the next line."""
    if len(lines) <= MAX_OPEN:
        if sum(line.count("[") - line.count("]") for line in lines) > 0:
            return True
        text = lines[-1] if len(lines) == 1 else "\n".join(lines)
        if max(text.rfind("]{"), text.rfind("){")) > text.rfind("}"):
            return True
    return len(lines) <= MAX_OPEN_TAG and any("<" in line for line in lines) and ends_in_tag("\n".join(lines))


def _heading(line: str) -> bool:
    prefix = _PREFIX_RE.match(line)
    return prefix is not None and "#" in prefix[0]


_UNDERLINE_RE = re.compile(r"(?:=+|-{2,})[ \t]*\Z")


def plain(text: str, *, code: bool = False) -> str:
    """A block of Markdown as a reader sees it; its line ends stay. What is no mark stays, too, and so do tags if it is fenced code."""
    text = text.replace("\r\n", "\n")
    if not code:
        text = without_tags(text)
    if "](" in text or "][" in text or "]{" in text:
        text = _PICTURE_RE.sub("", text)
        for _ in range(NESTED):
            linked = _LINK_RE.sub(r"\g<text>", text)
            if linked == text:
                break
            text = linked
        text = _NUMBERED_RE.sub(r"\g<text>", text)
    if "[" in text or "](" in text:
        text = _REST_RE.sub("", text)
    return _without_marks(
        "\n".join(line if code and only_tags(line) else _line(line) for line in _HYPHEN_RE.sub("-", text).split("\n"))
    )


_HYPHEN_RE = re.compile(r"(?<=\w)-\n(?=\w)")
"""A line that was broken behind a hyphen: converters divide no words, so the hyphen is the word's own."""

NESTED = 3
"""Links inside each other's brackets that are read."""


def _line(line: str) -> str:
    """A line without what Markdown sets before and behind it."""
    if _stands_alone(line):
        return ""
    prefix = _PREFIX_RE.match(line)
    if prefix is not None and prefix[0].strip():
        line = line[prefix.end() :]
        closed = line.rstrip().rstrip("#") if "#" in prefix[0] else line
        line = closed if closed != line and closed.endswith((" ", "\t")) else line
        if "#" in prefix[0] and line.rstrip().endswith("}"):
            line = _OF_HEADING_RE.sub("", line.rstrip())
    bare = line.strip()
    if bare.startswith("|") and bare.endswith("|"):
        line = "\t".join(cell.strip() for cell in bare.strip("|").split("|"))
    return line


def _without_marks(text: str) -> str:
    """A text without the marks inside its lines; those of bold, slanted and struck text go in pairs."""
    found = list(_INLINE_RE.finditer(text))
    if not found:
        return text
    gone = _pairs(text, found)
    pieces, position = [], 0
    for match in found:
        spoken = match["escaped"] or match["code"] or match["address"] or match["bare"] or _meant(match["entity"])
        if spoken is None and match.start() not in gone:
            continue
        pieces += [text[position : match.start()], spoken or ""]
        position = match.end()
    return "".join([*pieces, text[position:]])


def _meant(entity: str | None) -> str | None:
    known = entity is None or entity.startswith("&#") or entity[1:] in html5
    return html.unescape(entity) if entity and known else entity


def _pairs(text: str, found: list[re.Match[str]]) -> set[int]:
    """Where the marks stand that open or close something: outside of words, with no space towards what they mark."""
    gone: set[int] = set()
    open_at: dict[str, list[int]] = {}
    for match in found:
        sign = match["star"] or match["line"] or match["wave"]
        if sign is None:
            continue
        before, behind = text[match.start() - 1 : match.start()], text[match.end() : match.end() + 1]
        opened = open_at.setdefault(sign, [])
        if opened and before.strip() and not behind.isalnum():
            gone |= {opened.pop(), match.start()}
        elif behind.strip() and not before.isalnum():
            opened.append(match.start())
    return gone
