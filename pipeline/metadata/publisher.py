"""Who published the document: outlet, agency, and the dateline that an agency opens a story with."""

from __future__ import annotations

import re

from pipeline import names, wording
from pipeline.document import Candidate, Document, Label, Outlet
from pipeline.metadata.candidates import candidate, choose, labelled

DOMAIN_RE = re.compile(
    r"(?<![A-Za-z0-9@.-])(?:www\.)?([A-Za-z0-9-]{2,40}(?:\.[A-Za-z0-9-]{2,30}){0,2}\.[A-Za-z]{2,10})(?![A-Za-z0-9@-])"
)
DATELINE_RE = re.compile(
    r"\A(?P<place>[^\W\d_][^\W\d_A-Z]{0,2}[A-ZÀ-Þ .'’/-]{2,30}|[A-ZÀ-Þ][\w.'’ -]{2,25}?)"
    r"(?:,\s[^\W\d_]{3,9}\.?\s\d{1,2})?\s*(?:\((?P<agency>[A-Z][\w ./-]{1,24})\)\s*[-–—:]|\s[–—]\s|\s-\s)",
)
MAX_MENTIONS = 0.12


def find_publisher(
    document: Document,
) -> tuple[Outlet | None, str | None, str | None, dict[str, tuple[Candidate, ...]]]:
    """Outlet, agency and dateline with their candidates."""
    outlets: list[Candidate] = []
    agencies: list[Candidate] = []
    body = " ".join(text for _, text in labelled(document, Label.PARAGRAPH))
    for block, text in labelled(document, Label.OUTLET, Label.BYLINE, Label.DATE):
        named = _without_source_word(text)
        if block.label is Label.OUTLET and not DOMAIN_RE.fullmatch(named):
            agency = any(h.entry.sign == "agency" for h in wording.find_in(named))
            support = min(MAX_MENTIONS, 0.04 * _mentions(named, body))
            c = candidate(document, block, named, named, "outlet line", 0.72 + support)
            outlets.append(c)
            if agency:
                agencies.append(candidate(document, block, named, named, "agency line", 0.8))
            continue
        domains = [m[1] for m in DOMAIN_RE.finditer(text) if not names.looks_like_name(m[1])]
        outlets += [candidate(document, block, d, d, f"domain in {block.label}", 0.75) for d in domains]
    dateline = _dateline(document)
    placed, place_all = choose([dateline[0]] if dateline else [])
    if dateline and dateline[1]:
        agencies.append(dateline[1])
    outlet, outlet_all = choose(outlets)
    agency_choice, agency_all = choose(agencies)
    evidence = {"outlet": outlet_all, "agency": agency_all, "dateline": place_all}
    return (
        Outlet(outlet.value, _domain(outlet.value)) if outlet else None,
        agency_choice.value if agency_choice else None,
        placed.value if placed else None,
        evidence,
    )


def _without_source_word(text: str) -> str:
    hit = next((h for h in wording.find_in(text) if h.entry.sign == "source" and h.first == 0), None)
    return (wording.rest_after(text, hit.last) if hit else "") or text.strip()


def _domain(name: str) -> str | None:
    match = DOMAIN_RE.fullmatch(name)
    return match[1].lower() if match else None


def _mentions(name: str, body: str) -> int:
    return len(re.findall(rf"(?<!\w){re.escape(name)}(?!\w)", body)) if name else 0


def _dateline(document: Document) -> tuple[Candidate, Candidate | None] | None:
    """The place that opens the first paragraph, and the agency behind it: "WASHINGTON (Reuters) -"."""
    first = next(iter(labelled(document, Label.PARAGRAPH)), None)
    if first is None:
        return None
    block, text = first
    match = DATELINE_RE.match(text[:90])
    if match is None:
        return None
    place, agency = match["place"].strip(" ,"), match["agency"]
    if not (place.isupper() or agency) or len(place) < 3:
        return None
    source = candidate(document, block, agency, agency, "dateline agency", 0.85) if agency else None
    return candidate(document, block, place, place, "dateline", 0.8 if agency else 0.65), source
