"""What the document says about itself, each value with its evidence; a field without an answer says why."""

from __future__ import annotations

import re
from bisect import bisect_left
from dataclasses import replace

from pipeline import dates, names, wording
from pipeline.document import Candidate, Caption, Document, Label, Metadata
from pipeline.metadata.candidates import candidate, choose, choose_all, labelled
from pipeline.metadata.people import find_people
from pipeline.metadata.publisher import find_publisher
from pipeline.metadata.sheet import Sheet
from pipeline.metadata.titles import find_title
from pipeline.metadata.weights import Weights, load
from pipeline.metadata.when import find_when

_CREDIT_RE = re.compile(
    r"(?:[.\s]/\s?|\()(?P<slash>[^\W\d_][\w .&/-]{1,40}?)\)?\Z|(?:©|\(c\))\s?(?P<sign>[^\W\d_][\w .&/-]{1,40})\Z",
)

NOTHING_LABELLED = {
    "title": "no line before the body reads like a headline",
    "standfirst": "no sentence stands between headline and byline",
    "authors": "no byline and no description of an author was found",
    "contributors": "nobody is credited beside the authors",
    "date_published": "no date stands at the head of the document",
    "date_modified": "the document does not say that it was updated",
    "outlet": "the document does not name its publisher",
    "agency": "no wire service is credited",
    "dateline": "the text does not open with a place",
    "section": "no section stands beside headline or date",
    "tags": "no tags are listed",
    "captions": "no caption was found",
}
"""The reason for a field without a value, when no candidate was found at all."""


def split_metadata(document: Document, weights: Weights | None = None) -> Document:
    """Stage: fill `metadata` from head and blocks. `weights` replaces the package's table, as benchmarks do."""
    weights = weights or load()
    evidence: dict[str, tuple[Candidate, ...]] = {}
    sheet = Sheet(document)
    called, evidence["title"] = find_title(sheet, weights)
    title = called.value if called else None
    sheet = sheet.with_headline(title)
    section = _single(evidence, "section", _sections(document))
    standfirst = _joined(document, evidence)
    authors, contributors, people = find_people(sheet, weights)
    when, dated, problems = find_when(sheet, weights)
    outlet, agency, dateline, publishing = find_publisher(sheet, weights)
    captions, evidence["captions"] = _captions(document)
    tags, evidence["tags"] = _tags(document)
    evidence |= people | when | publishing
    values: dict[str, object] = {
        "title": title,
        "standfirst": standfirst,
        "authors": authors,
        "contributors": contributors,
        **dated,
        "outlet": outlet,
        "agency": agency,
        "dateline": dateline,
        "section": section,
        "tags": tags,
        "captions": captions,
    }
    metadata = Metadata(
        title=title,
        standfirst=standfirst,
        authors=authors,
        contributors=contributors,
        date_published=dated["date_published"],
        date_modified=dated["date_modified"],
        outlet=outlet,
        agency=agency,
        dateline=dateline,
        section=section,
        tags=tags,
        captions=captions,
        unknown=tuple((name, _reason(name, evidence.get(name, ()))) for name, value in values.items() if not value),
        evidence=tuple((name, evidence[name]) for name in values if evidence.get(name)),
    )
    return replace(document, metadata=metadata).noting(*problems)


def _reason(name: str, candidates: tuple[Candidate, ...]) -> str:
    if not candidates:
        return NOTHING_LABELLED[name]
    best = candidates[0]
    return f"the best of {len(candidates)} candidates, {best.value[:60]!r} ({best.rule}), is not sure enough"


def _single(evidence: dict[str, tuple[Candidate, ...]], name: str, found: list[Candidate]) -> str | None:
    chosen, evidence[name] = choose(found)
    return chosen.value if chosen else None


def _confidence(document: Document, start: int) -> float:
    block = document.blocks[bisect_left(document.blocks, start, key=lambda b: b.start)]
    return block.evidence[0].confidence if block.evidence else 0.5


def _sections(document: Document) -> list[Candidate]:
    found = []
    for block, text in labelled(document, Label.SECTION, Label.DATE):
        dated = dates.find_dates(text, document.language.code)
        name = text[: dated[0].start].strip(" |·•-–—,:/") if dated else text
        if block.label is Label.SECTION and name:
            found.append(candidate(document, block, name, name, "section line", _confidence(document, block.start)))
        elif dated and 0 < len(name.split()) <= 3 and not _belongs_to_date(name):
            found.append(candidate(document, block, name, name, "before the date", 0.7))
    return found


def _belongs_to_date(text: str) -> bool:
    """Whether the words before a date say "published" or the weekday, or name a person or a place."""
    signs = {"published", "modified", "date_word", "month", "reading_time", "byline", "source"}
    return any(h.entry.sign in signs for h in wording.find_in(text)) or names.looks_like_name(text) or "," in text


def _joined(document: Document, evidence: dict[str, tuple[Candidate, ...]]) -> str | None:
    found = [candidate(document, b, t, t, "standfirst line", 0.8) for b, t in labelled(document, Label.STANDFIRST)]
    evidence["standfirst"] = choose_all(found)
    return " ".join(c.value for c in evidence["standfirst"] if c.chosen) or None


def _captions(document: Document) -> tuple[tuple[Caption, ...], tuple[Candidate, ...]]:
    captions: list[Caption] = []
    found: list[Candidate] = []
    for block, text in labelled(document, Label.CAPTION):
        caption = _split_credit(text)
        found.append(candidate(document, block, text, caption.text or str(caption.credit), "caption line", 0.8))
        if caption not in captions:
            captions.append(caption)
    return tuple(captions), choose_all(found)


def _split_credit(text: str) -> Caption:
    """A caption and its credit: "... April 27, 2024. /Xinhua" or "Photo: Jane Roe"."""
    hits = [h for h in wording.find_first_in(text) if h.entry.sign in ("photo", "photographer")]
    if hits and len(text.split()) <= 10:
        credit = wording.rest_after(text, max(h.last for h in hits)).strip("()")
        if credit:
            return Caption("", credit)
    match = _CREDIT_RE.search(text)
    if match is None or (match["slash"] and names.has_word(match["slash"], "date_word")):
        return Caption(text)
    return Caption(text[: match.start()].rstrip() + ("." if text[match.start()] == "." else ""), match["slash"] or match["sign"])


def _tags(document: Document) -> tuple[tuple[str, ...], tuple[Candidate, ...]]:
    found = []
    for block, text in labelled(document, Label.TAGS):
        head = next((h for h in wording.find_first_in(text) if h.entry.sign == "tags"), None)
        rest = text if head is None else wording.rest_after(text, head.last)
        for piece in re.split(r"[,;|/•·#、，]", rest):
            tag = piece.strip(" :：")
            if tag and len(tag) <= 60:
                found.append(candidate(document, block, tag, tag, "tags line", 0.7))
    chosen = choose_all(found)
    return tuple(c.value for c in chosen if c.chosen), chosen
