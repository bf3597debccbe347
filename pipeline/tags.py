"""HTML tags that converters leave in Markdown, told from placeholders and programs (`<repo-url>`, `Vec<i>`), which are text.

A tag is taken for one if it has a quoted attribute, if it closes itself or an element, if its end tag stands in the same text, or if nobody
writes its name in angle brackets but to mean the element. Every pattern looks at a character a bounded number of times, whatever the text.
"""

from __future__ import annotations

import re

_INLINE = (
    "a|abbr|acronym|b|bdi|bdo|big|cite|code|data|del|dfn|em|font|i|ins|kbd|label|mark|q|ruby|rb|rp|rt|s|samp|small|span|strike|strong|sub|sup|"
    "time|tt|u|var|wbr"
)
"""Elements within a word or sentence; behind and before all others words end."""

_BLOCKS = (
    "address|area|article|aside|audio|blockquote|body|br|button|canvas|caption|center|circle|col|colgroup|dd|details|div|dl|dt|embed|"
    "fieldset|figcaption|figure|footer|form|g|h[1-6]|head|header|hgroup|hr|html|iframe|img|input|legend|li|link|main|map|menu|meta|nav|"
    "noscript|object|ol|optgroup|option|p|param|path|picture|pre|rect|section|select|source|summary|svg|table|tbody|td|template|textarea|"
    "tfoot|th|thead|tr|track|ul|use|video"
)
_CUSTOM = "[a-z]{1,30}(?:-[a-z0-9]{1,30}){1,6}"
_NAME = rf"(?:{_INLINE}|{_BLOCKS}|{_CUSTOM})"
_SURE = (
    "article|aside|blockquote|br|div|dd|dl|dt|em|figcaption|figure|footer|h1|h2|h3|h4|h5|h6|hr|img|li|nav|ol|p|section|span|strong|svg|table|"
    "tbody|td|tfoot|th|thead|tr|ul|wbr"
)
"""Elements whose bare tags are no words of a text."""

_ATTRIBUTE = r"\s++[A-Za-z_:@][\w:.@-]*+(?:\s*+=\s*+(?:\"[^\"]*+\"|'[^']*+'|[^\s\"'=<>`]++))?+"
_TAG = (
    rf"(?<!\\)<(?:/(?P<end>{_NAME})\s*+|(?P<start>{_NAME})(?P<attributes>(?:{_ATTRIBUTE})*+)\s*+(?P<closed>/?))>"
    r"|<!--(?:[^-<]|-(?!->)|<(?!!--)){0,5000}+-->"
)
CODE = r"(?<!`)(?P<ticks>`++)(?P<code>[^`]*+)(?P=ticks)(?!`)"
"""A code span of Markdown without backticks in it."""

_TAG_RE = re.compile(rf"{CODE}|{_TAG}", re.IGNORECASE)
_OPEN_RE = re.compile(rf"<{_NAME}(?=\s)", re.IGNORECASE)
_REST_RE = re.compile(
    rf"(?:{_ATTRIBUTE})*+(?:\s*+|\s++[A-Za-z_:@][\w:.@-]*+(?:\s*+=\s*+(?:\"[^\"]*+|'[^']*+|[^\s\"'<>]*+))?+)/?\Z"
)
_INLINE_NAMES, _SURE_NAMES = frozenset(_INLINE.split("|")), frozenset(_SURE.split("|"))


def without_tags(text: str) -> str:
    """A text without its tags, but for those in code spans; where an element is none of a sentence's, a space stays."""
    if "<" not in text:
        return text
    ended = {name.lower() for name in re.findall(rf"</({_NAME})\s*>", text, re.IGNORECASE)} if "</" in text else set()

    def read(found: re.Match[str]) -> str:
        if found["ticks"]:
            return found[0]
        name = (found["end"] or found["start"] or "").lower()
        if found["start"] and not _is_tag(found, name, ended):
            return found[0]
        return "" if not name or name in _INLINE_NAMES or "-" in name else " "

    return _TAG_RE.sub(read, text)


def _is_tag(found: re.Match[str], name: str, ended: set[str]) -> bool:
    if '="' in found["attributes"] or "='" in found["attributes"] or found["closed"] or name in ended:
        return True
    before = found.string[found.start() - 1 : found.start()]
    return not found["attributes"] and name in _SURE_NAMES and not before.isalnum()


def only_tags(line: str) -> bool:
    """Whether a line holds tags and nothing else."""
    return line.lstrip().startswith("<") and not without_tags(line).strip()


def ends_in_tag(text: str) -> bool:
    """Whether a text breaks off inside a tag."""
    ends = [opened.end() for opened in _OPEN_RE.finditer(text)]
    return bool(ends) and _REST_RE.match(text, ends[-1]) is not None


def count(text: str) -> int:
    """How many tags with attributes there may be in a text."""
    return len(_OPEN_RE.findall(text))
