"""Who published the document: outlet, agency, and the dateline that an agency opens a story with."""

from __future__ import annotations

import re

from pipeline import wording
from pipeline.document import Candidate, Document, Label, Outlet
from pipeline.metadata import outlets
from pipeline.metadata.agencies import agencies_in, service_of
from pipeline.metadata.bylines import MAX_BYLINE, opening_of
from pipeline.metadata.candidates import candidate, choose, labelled
from pipeline.metadata.said import DOMAIN_RE, MAX_OUTLET, Said, find_said
from pipeline.metadata.sheet import Sheet
from pipeline.metadata.weights import Weights, score, sure

DATELINE_RE = re.compile(
    r"\A(?P<place>[^\W\d_][^\W\d_A-Z]{0,2}[A-ZÀ-Þ .'’/-]{2,30}|[A-ZÀ-Þ][\w.'’ -]{2,25}?)"
    r"(?:,\s[^\W\d_]{3,9}\.?\s\d{1,2})?\s*(?:\((?P<agency>[A-Z][\w ./-]{1,24})\)\s*[-–—:]|\s[–—]\s|\s-\s)",
)
LISTED = 12


def weigh(sheet: Sheet) -> list[tuple[str, str | None, Said, tuple[str, ...]]]:
    """One candidate for each outlet: its name, its domain, where it is said best, and what speaks for and against it.

    Of a name that editions share, the document's language tells which is meant.
    """
    found, language = find_said(sheet), sheet.document.language.code.split("-")[0]
    where = [s.value for s in found if s.origin == "host"]
    groups: dict[str, list[tuple[Said, outlets.Known | None]]] = {}
    for said in found:
        known = outlets.by_host(said.value) if DOMAIN_RE.fullmatch(said.value) else None
        here = (row for h in where if (row := outlets.by_host(h)) and outlets.means(row, said.value))
        known = (
            next(here, None)
            or known
            or outlets.by_name(said.value, language)
            or outlets.by_name(re.sub(r"\s*\(.*\)\Z|\.(?:com|de|org|net)\Z", "", said.value), language)
        )
        called = known.name if known and (known.domains or known.others) else outlets.key_of(said.value)
        groups.setdefault(called, []).append((said, known))
    origins = {s.origin for s in found}
    out = []
    for group in groups.values():
        known = group[0][1]
        if known is None and all(said.origin == "host" for said, _ in group):
            continue  # an address alone names nobody that people write
        best = min((said for said, _ in group), key=lambda s: (_RANK.get(s.origin, 5), s.start))
        heard = {said.origin for said, _ in group}
        rules = sorted({said.rule for said, _ in group})
        clues = [*rules, "known outlet" if known else "unknown outlet", f"voices: {min(len(heard), 4)}"]
        clues += [f"{origin} says otherwise" for origin in sorted(origins - heard)]
        key = "".join(wording.tokenize(best.value))
        labels = {part for host in where for part in host.split(".")[:-1]}
        clues += ["host agrees"] * (
            "host" in heard or any(len(x) > 2 and (x.replace("-", "") in key or key in x) for x in labels)
        )
        count = len(group)
        clues += [f"said {'once' if count == 1 else 'twice' if count == 2 else '3-5 times' if count < 6 else 'often'}"]
        clues += [f"{'known' if known else 'unknown'}: {rule}" for rule in rules]
        title = " ".join(wording.tokenize(best.value))
        clues += ["long name"] * (len(title.split()) > 5) + ["one word"] * (len(title.split()) == 1)
        domain = (known.domains[0] if known.domains else None) if known else None
        host = next((h for h in where if known and outlets.by_host(h) is known), None)
        if (known is None or not known.domains) and "host agrees" in clues:
            host = where[0] if where else None
        out.append((_display(known, best), host or domain or _domain(best.value), best, tuple(clues)))
    return out


def _display(known: outlets.Known | None, said: Said) -> str:
    """The name as people write it. A host that the page itself gives as its outlet stays as it stands."""
    if known is None or (said.rule.startswith("domain in") and outlets.by_name(said.value) is None):
        return said.value
    return known.name


_RANK = {"og:site_name": 0, "json-ld": 1, "line": 2, "title": 3, "application-name": 4, "furniture": 6, "host": 7}


def find_publisher(
    sheet: Sheet, weights: Weights
) -> tuple[Outlet | None, str | None, str | None, dict[str, tuple[Candidate, ...]]]:
    """Outlet, agency and dateline with their candidates."""
    text = sheet.document.text
    weighed = weigh(sheet)
    domains = {name: domain for name, domain, _, _ in weighed}
    found = [
        Candidate(
            name, s.start, s.end, text[s.start : s.end], s.rule, sure(score(weights, "outlet", sheet.kind, clues)), clues=clues
        )
        for name, _, s, clues in weighed
    ]
    outlet, outlet_all = choose(found, LISTED)
    agencies = [
        candidate(sheet.document, line.block, line.text, line.text, "agency line", 0.8)
        for line in sheet.of(Label.OUTLET, Label.BYLINE)
        if len(line.text) < MAX_OUTLET
        and any(
            h.entry.sign == "agency" and h.last - h.first == len(wording.tokenize(line.text)) for h in wording.find_in(line.text)
        )
    ]
    for line in sheet.of(Label.BYLINE) if not agencies else ():
        credit, _, said = opening_of(line.text[:MAX_BYLINE])
        named = [] if credit else [service_of(said[first:last]) for first, last in agencies_in(said)]
        agencies += [candidate(sheet.document, line.block, name, name, "agency in byline", 0.75) for name in named if name]
    dateline = _dateline(sheet.document)
    placed, place_all = choose([dateline[0]] if dateline else [])
    if dateline and dateline[1]:
        agencies.append(dateline[1])
    agency_choice, agency_all = choose(agencies)
    evidence = {"outlet": outlet_all, "agency": agency_all, "dateline": place_all}
    return (
        Outlet(outlet.value, domains[outlet.value]) if outlet else None,
        agency_choice.value if agency_choice else None,
        placed.value if placed else None,
        evidence,
    )


def _domain(name: str) -> str | None:
    match = DOMAIN_RE.fullmatch(name)
    return match[1].lower() if match else None


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
