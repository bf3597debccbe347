"""The headline of a page in one line: what the browser's title says first and the page says again, and the date below."""

from __future__ import annotations

import re
from collections.abc import Iterator

from pipeline.dates import find_dates

HEAD = 200
"""Characters at the head of a page in one line in which the headline stands, as the browser's title, if it comes again below."""

HEADLINE = 300
"""Characters of a headline, at most."""

LEAST_WORDS, LEAST_LETTERS = 4, 20
"""Words and characters of a wording, at least, to be a headline; or three times as many bytes. It holds two sentences at most."""

MOST_SAID = 5
"""How often a headline is looked for on its page."""

UNDER = 300
"""Characters behind a headline in which the page's dates stand."""

_PART_RE = re.compile(r"\s[|\-–—·•»«›:]\s+|[:|｜_]\s?")
_NEW_PART_RE = re.compile(r"\s*(?:[|•·∙—–/-]\s*)?(?:by\b|\d|[^\W\d_a-zß-ÿ])")
_MARK_RE = re.compile(r"\s*[|\-–—·•»«›:_｜：]")
_MARKS = " |-–—·•»«›:_｜"
_SENTENCE_END_RE = re.compile(r"[.!?…][\"”’»)]*\s|[。！？]")


def headline_cuts(text: str, start: int, end: int) -> list[int]:
    """Where the headline begins and ends: the longest wording of the head, from the start or a mark on, that comes again below.

    Behind a headline no sentence goes on: no small letter follows, unless the browser's title parted it from the site's name by a mark.
    Where it stands above a date, that ends a part, too.
    """
    found = ""
    for first in (start, *(match.end() for match in _PART_RE.finditer(text, start, min(end, start + HEAD)))):
        found = max(found, _said_again(text, first, end), key=len)
    place = text.find(found, start, end)
    marked = _MARK_RE.match(text, place + len(found)) is not None
    if not _is_long(found, marked):
        return []
    cuts: list[int] = []
    while place >= 0 and len(cuts) < 2 * MOST_SAID:
        behind = place + len(found)
        goes_on = not marked and text[behind : behind + 8].lstrip(_MARKS)[:1].islower()
        if not (text[place - 1 : place].isalnum() or goes_on):
            cuts += [place, behind]
        place = text.find(found, behind, end)
    return [*cuts, *(cut for behind in cuts[1::2] for cut in _dates_under(text, behind, end))] if len(cuts) > 2 else []


def _is_long(found: str, marked: bool) -> bool:
    """Whether a wording has the length of a headline; one that a mark parts from the site's name needs half of it."""
    words, letters = (LEAST_WORDS // 2, LEAST_LETTERS // 2) if marked else (LEAST_WORDS, LEAST_LETTERS)
    return len(found.encode()) >= 3 * letters or (len(found) >= letters and len(found.split()) >= words)


def _dates_under(text: str, behind: int, end: int) -> Iterator[int]:
    """Where the dates right behind a headline end: a text begins there, or the next part of the page's head."""
    part = text[behind : min(end, behind + UNDER)]
    for date in find_dates(part):
        if date.day is not None and _NEW_PART_RE.match(part, date.end):
            yield behind + date.end


def _said_again(text: str, first: int, end: int) -> str:
    """The longest wording from a place on that comes again behind itself, without what it leaves of a word; "" if it holds many sentences."""
    size, most = 0, min(HEADLINE, end - first)
    while size < most:
        middle = (size + most + 1) // 2
        if text.find(text[first : first + middle], first + middle, end) >= 0:
            size = middle
        else:
            most = middle - 1
    found = text[first : first + size]
    if found[-1:].isalpha() and text[first + size : first + size + 1].isalpha() and " " in found:
        found = found[: found.rindex(" ")]
    found = found.strip(_MARKS)
    return found if len(_SENTENCE_END_RE.findall(found)) < 2 else ""
