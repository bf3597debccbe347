"""Text as text browsers dump it (`lynx -dump`, `elinks -dump`, w3m with numbers).

Each link has a number before it, and the foot lists the addresses. It is told by that list, and read without the numbers.
"""

from __future__ import annotations

import re

MEDIA_TYPE = "text/plain; links=numbered"

LEAST_LINKS = 3
"""Links that the foot must list."""

SEEN = 0.5
"""Share of these whose numbers must stand in the text above; links of pictures and of the page's head are at times not shown."""

LISTED = 0.75
"""Share of the foot's lines that must be entries: addresses with line ends in them go on in lines of their own."""

_ADDRESS = r"(?:[A-Za-z][A-Za-z\d+.-]{1,20}:\S|[/#])"
_ADDRESS_RE = re.compile(rf"\s*{_ADDRESS}\S*\s*\Z")
_FOOT_RE = re.compile(r"(?:\A|(?<=\n))References:?[ \t]*\r?\n\s*\n")
_ENTRY_RE = re.compile(rf"\s*(?:\[(\d{{1,5}})\]|(\d{{1,5}})\.)[ \t]+{_ADDRESS}")
_TITLED_RE = re.compile(r"(?P<number>(?:\A|(?<=\n)) {0,4}\d{1,5}\.)[^\n]*\n\t")
"""elinks gives the name of a link where it has one, and the address on the line below, behind a tab."""

_HEAD_RE = re.compile(r"\s*(?:Visible links|Hidden links):?\s*\Z")
_NUMBER_RE = re.compile(r"(?<!\w)\[(?P<own>\d{1,5})\](?:\[(?P<next>\d{1,5})\])?|\[\d{1,5}\](?:(?=\w)|\[(?P<note>\d{1,5})\])")


def foot_of(text: str) -> int | None:
    """Where the list of addresses begins that ends a text browser's dump; `None` if the text has no such list."""
    foot = max((match.start() for match in _FOOT_RE.finditer(text)), default=None)
    if foot is None:
        return None
    listed: list[int] = []
    others = 0
    for line in _TITLED_RE.sub(r"\g<number> ", text[foot:]).splitlines()[1:]:
        entry = _ENTRY_RE.match(line)
        number = int(entry[1] or entry[2]) if entry else 0
        if number > (listed[-1] if listed else 0):  # with gaps: an address that is listed already has no entry of its own
            listed.append(number)
        elif line.strip() and not _HEAD_RE.match(line) and not _ADDRESS_RE.match(line):
            others += 1
    shown = {int(number) for number in re.findall(r"\[(\d{1,5})\]", text[:foot])}
    enough = len(listed) >= max(LEAST_LINKS, LISTED * (len(listed) + others))
    return foot if enough and sum(number in shown for number in listed) >= SEEN * len(listed) else None


def plain(text: str) -> str:
    """A block without the numbers of links; the list of addresses reads as nothing. What the page says itself in brackets stays."""
    if _FOOT_RE.match(text):
        return ""
    return _NUMBER_RE.sub(_kept, text) if "[" in text else text


def _kept(found: re.Match[str]) -> str:
    """Of a number and another right behind it the second is the link's text, unless it is the next link's number."""
    second = found["note"] or found["next"]
    if second is None or (found["own"] is not None and int(second) == int(found["own"]) + 1):
        return ""
    return f"[{second}]"
