"""Text as text browsers dump it (`lynx -dump`, `elinks -dump`, w3m with numbers).

Each link has a number before it, and the foot lists the addresses. It is told by that list, and read without the numbers.
"""

from __future__ import annotations

import re

MEDIA_TYPE = "text/plain; links=numbered"

LEAST_LINKS = 3
"""Links that the foot must list."""

SEEN = 0.5
"""Share of these whose numbers must stand before something above; links of pictures and of the page's head are at times not shown."""

LISTED = 0.75
"""Share of the foot's lines that must be entries: addresses with line ends in them go on in lines of their own."""

_ADDRESS = r"(?:(?:https?|ftp|file|tel|data|[a-z]+-[a-z]+):\S*|(?:javascript|mailto):[^\n]*|[/#]\S*)[ \t]*"
_ADDRESS_RE = re.compile(rf"\s*{_ADDRESS}\Z")
_FOOT_RE = re.compile(r"(?:\A|(?<=\n))References:?[ \t]*\r?\n\s*\n")
_ENTRY_RE = re.compile(rf"\s*(?:\[(\d{{1,5}})\]|(\d{{1,5}})\.)[ \t]+{_ADDRESS}\Z")
_TITLED_RE = re.compile(r"(?P<number>(?:\A|(?<=\n)) {0,4}\d{1,5}\.)[^\n]*\n\t")
"""elinks gives the name of a link where it has one, and the address on the line below, behind a tab."""

_HEAD_RE = re.compile(r"\s*(?:Visible links|Hidden links):?\s*\Z")
_TEXT = r"[\w\"'“”„«»‘’(¿¡#@$€£&+\[*]"
_NUMBER_RE = re.compile(
    rf"(?:(?<!\w)|(?<=[^\W\d_A-Za-z])(?=\[\d{{1,5}}\]\w))\[(?P<own>\d{{1,5}})\](?=\[\d{{1,5}}\]|{_TEXT})(?:\[(?P<next>\d{{1,5}})\])?"
    r"|(?<=\w)\[\d{1,5}\]\[(?P<note>\d{1,5})\]"
    r"|(?m:^(?P<head>[ \t]*(?:[*+•○o-][ \t]+)?))\[\d{1,5}\](?=\s|\Z)"
)
"""A link's number: what it says follows at once. At the head of a line a link may be empty, and w3m sets a space behind its number."""


def foot_of(text: str) -> int | None:
    """Where the list of addresses begins that ends a text browser's dump; `None` if the text does not end in such a list.

    Lines that are no entries may stand between them only: behind the last one something else begins.
    """
    if "References" not in text:
        return None
    foot = max((match.start() for match in _FOOT_RE.finditer(text)), default=None)
    if foot is None:
        return None
    listed: list[int] = []
    others = behind = 0
    for line in _TITLED_RE.sub(r"\g<number> ", text[foot:]).splitlines()[1:]:
        entry = _ENTRY_RE.match(line)
        number = int(entry[1] or entry[2]) if entry else 0
        if number > (listed[-1] if listed else 0):  # with gaps: an address that is listed already has no entry of its own
            listed.append(number)
            behind = 0
        elif line.strip() and not _HEAD_RE.match(line) and not _ADDRESS_RE.match(line):
            others += 1
            behind += 1
    if behind or len(listed) < max(LEAST_LINKS, LISTED * (len(listed) + others)):
        return None
    shown = {int(number) for found in _NUMBER_RE.finditer(text[:foot]) for number in re.findall(r"\d+", found[0])}
    return foot if sum(number in shown for number in listed) >= SEEN * len(listed) else None


def plain(text: str) -> str:
    """A block without the numbers of links; the list of addresses reads as nothing. What the page says itself in brackets stays."""
    if _FOOT_RE.match(text):
        return ""
    return _NUMBER_RE.sub(_kept, text) if "[" in text else text


def _kept(found: re.Match[str]) -> str:
    """Of a number and another right behind it the second is the link's text, unless it is the next link's number."""
    second = found["note"] or found["next"]
    if second is None or (found["own"] is not None and int(second) == int(found["own"]) + 1):
        return found["head"] or ""
    return f"[{second}]"
