"""Everything that could name the outlet: what the head says of it, the lines above and below the text, addresses."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass, replace
from functools import lru_cache

from pipeline import names, wording
from pipeline.document import ABOUT, KEPT, Label
from pipeline.metadata import outlets
from pipeline.metadata.candidates import locate
from pipeline.metadata.sheet import Line, Sheet, kind_of
from pipeline.metadata.titles import SEPARATOR_RE

DOMAIN_RE = re.compile(
    r"(?<![A-Za-z0-9@.-])(?:www\.)?([A-Za-z0-9-]{2,40}(?:\.[A-Za-z0-9-]{2,30}){0,2}\.[A-Za-z]{2,10})(?![A-Za-z0-9@-])"
)
MAX_OUTLET = 60
"""Characters of a line that names an outlet."""

ABOVE, BELOW = 30, 40
"""Lines at a plain text's head and foot in which a site names itself."""

_COPYRIGHT_RE = re.compile(
    r"(?:©|&copy;|\(c\)|copyright)[\s:]*(?:\(c\)|©)?\s*(?:\d{4}(?:\s*[-–—]\s*\d{2,4})?,?\s*)?(?:by\s)?(?P<name>[^\W\d_][^|©•·\t]{1,80})",
    re.IGNORECASE,
)
_COPYRIGHT_END_RE = re.compile(
    r"\s*(?:\d{4}|[.,;|–—]|\s-\s|\ball rights\b|\balle rechte\b|\btous droits\b|\btodos los\b|\btutti i\b|\b(?:inc|ltd|llc|gmbh|ag|s\.?a|a/s|as|plc|co|corp|limited|s\.?p\.?a)\b).*\Z",
    re.IGNORECASE,
)
_METAS = {
    "og:site_name": "og:site_name",
    "site_name": "og:site_name",
    "application-name": "application-name",
    "apple-mobile-web-app-title": "application-name",
    "publisher": "meta publisher",
    "dc.publisher": "meta publisher",
    "dcterms.publisher": "meta publisher",
    "copyright": "meta copyright",
    "cre": "meta publisher",
    "parsely-site": "meta publisher",
}


@dataclass(frozen=True, slots=True)
class Said:
    """An outlet's name or host that was found, and where."""

    value: str
    start: int
    end: int
    origin: str
    rule: str


def find_said(sheet: Sheet) -> list[Said]:
    """Everything that could name the outlet."""
    return [*_of_facts(sheet), *_of_lines(sheet)]


def _of_facts(sheet: Sheet) -> Iterator[Said]:
    for fact in sheet.facts:
        rule = None
        if fact.source == "meta" and fact.name in _METAS:
            rule = _METAS[fact.name]
        elif fact.source == "json-ld" and fact.name.startswith("publisher"):
            rule = f"json-ld publisher of {kind_of(fact.kind)}"
        elif (
            fact.source == "json-ld" and fact.name == "name" and fact.kind in ("WebSite", "Organization", "NewsMediaOrganization")
        ):
            rule = f"json-ld {fact.kind}"
        elif fact.source == "title":
            yield from _tails(fact.value, fact.start, "title element")
        if rule and rule != "meta copyright" and 1 < len(fact.value) <= MAX_OUTLET and "//" not in fact.value:
            yield Said(fact.value, fact.start, fact.end, rule.split()[0], rule)
        elif rule == "meta copyright":
            yield from _copyright(fact.value, fact.start, rule)
        if (fact.source, fact.name) in (("link", "canonical"), ("meta", "og:url")):
            match = _HOST_RE.search(fact.value)
            if match:
                yield Said(match[1].lower(), fact.start + match.start(1), fact.start + match.end(1), "host", "its address")
    payload = sheet.document.payload
    match = _HOST_RE.search(payload.url or "")
    if match:
        yield Said(match[1].lower(), 0, 0, "host", "its address")
    for name, value in getattr(payload, "hints", ()):
        if name == "outlet":
            yield Said(value, 0, 0, "outside", "the dump's own field")


_HOST_RE = re.compile(r"\bhttps?://(?:www\d?\.)?([a-z0-9-]+(?:\.[a-z0-9-]+)*\.[a-z]{2,24})(?=[:/?#]|\Z)", re.IGNORECASE)


def _tails(title: str, start: int, rule: str) -> Iterator[Said]:
    cuts = list(SEPARATOR_RE.finditer(title))
    if cuts:
        name = title[cuts[-1].end() :]
        if 1 < len(name) <= MAX_OUTLET:
            yield Said(name, start + cuts[-1].end(), start + len(title), "title", f"tail of {rule}")
        name = title[: cuts[0].start()]
        if 1 < len(name) <= MAX_OUTLET and outlets.by_name(name):
            yield Said(name, start, start + len(name), "title", f"head of {rule}")


def _copyright(text: str, start: int, rule: str) -> Iterator[Said]:
    for match in list(_COPYRIGHT_RE.finditer(text))[:3]:
        name = _COPYRIGHT_END_RE.sub("", match["name"]).strip(" .,-–—:")
        if 1 < len(name) <= MAX_OUTLET and name in match["name"]:
            at = start + match.start("name") + match["name"].index(name)
            yield Said(name, at, at + len(name), "copyright", rule)


def _of_lines(sheet: Sheet) -> Iterator[Said]:
    last = len(sheet.lines)
    for line in sheet.lines:
        text = line.text
        if len(text) > 600:
            continue
        if line.label is Label.OUTLET:
            named = _without_source_word(text)
            if not DOMAIN_RE.fullmatch(named) and len(named) <= MAX_OUTLET:
                start, end = locate(sheet.document, line.block, named)
                yield Said(named, start, end, "line", "outlet line")
        if line.label in (Label.OUTLET, Label.BYLINE, Label.DATE):
            for match in DOMAIN_RE.finditer(text):
                if not names.looks_like_name(match[1]):
                    start, end = locate(sheet.document, line.block, match[1])
                    yield Said(match[1], start, end, "line", f"domain in {line.label}")
        signed = "©" in text or "opyright" in text or "(c)" in text.lower()
        if signed and (line.label not in KEPT or line.number > last - BELOW):
            yield from _placed(sheet, line, _copyright(text, 0, "copyright line"))
        if sheet.kind == "text" and (line.label is Label.TITLE or line.number == 0):
            yield from _placed(sheet, line, _tails(text, 0, "title line" if line.label is Label.TITLE else "first line"))
        if len(text) <= 90 and line.label not in KEPT and line.label not in ABOUT:
            yield from _known_in(sheet, line, last)


def _placed(sheet: Sheet, line: Line, found: Iterator[Said]) -> Iterator[Said]:
    for said in found:
        start, end = locate(sheet.document, line.block, said.value)
        yield replace(said, start=start, end=end)


def _known_in(sheet: Sheet, line: Line, last: int) -> Iterator[Said]:
    """Known names that are a line of the site's furniture, or stand in one with a few other words; hosts in it."""
    where = "head" if line.number < ABOVE else "foot" if line.number >= last - BELOW else "page"
    if outlets.by_name(line.text):
        start, end = locate(sheet.document, line.block, line.text)
        yield Said(line.text, start, end, "furniture", f"known name is a line of the {where}")
    else:
        for name in _names_in(line.text):
            start, end = locate(sheet.document, line.block, name)
            yield Said(name, start, end, "furniture", f"known name in a line of the {where}")
    for match in [*DOMAIN_RE.finditer(line.text), *_MAIL_RE.finditer(line.text)] if "." in line.text else ():
        if outlets.by_host(match[1]):
            start, end = locate(sheet.document, line.block, match[1])
            yield Said(match[1], start, end, "furniture", f"known host in a line of the {where}")


_MAIL_RE = re.compile(r"@([A-Za-z0-9-]+(?:\.[A-Za-z0-9-]+){1,3})")
_WORDS_RE = re.compile(r"\S+")


@lru_cache(1 << 14)
def _names_in(text: str) -> tuple[str, ...]:
    """Known names of two words or more, or of one long word, that stand in a line as the table writes them."""
    if outlets.first_words().isdisjoint(wording.tokenize(text)):
        return ()
    words = [m.span() for m in _WORDS_RE.finditer(text)][:14]
    found = []
    for k, (start, _) in enumerate(words):
        for size in (5, 4, 3, 2, 1):
            if k + size > len(words):
                continue
            piece = text[start : words[k + size - 1][1]].strip("|,.:;()[]„“”\"'-–—")
            row = outlets.by_name(piece) if len(piece) > 6 or size > 1 else None
            if row and piece[:1].isupper() and piece.casefold() in {n.casefold() for n in (row.name, *row.others)}:
                found.append(piece)
                break
    return tuple(found)


def _without_source_word(text: str) -> str:
    hit = next((h for h in wording.find_first_in(text) if h.entry.sign == "source"), None)
    return (wording.rest_after(text, hit.last) if hit else "") or text.strip()
