"""Every date of a document that could be its own: in the head, in attributes, in lines, in its address, beside it in the dump."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass, replace

from pipeline import wording
from pipeline.dates import MONTH_FIRST, DateExpression, find_dates, read_stamp
from pipeline.document import Label
from pipeline.metadata.candidates import locate
from pipeline.metadata.sheet import Line, Sheet, kind_of

MAX_LINE = 300
"""Characters of a line that can be a date line; paragraphs tell of other days."""

MAX_LINES = 400
"""Lines with dates that are read."""

_PUBLISHED_RE = re.compile(r"publi|issued|releas|pubdate|displaydate|origdate|\bdate\b|\.date$")
_CHANGED_RE = re.compile(r"modif|updat|revis|lastmod|last-mod|changed")
_NO_DATE_RE = re.compile(r"expir|copyright|valid|event|birth|version|i18n|image|video|unavailable")
_URL_RE = re.compile(
    r"/(?P<y>(?:19|20)\d\d)(?P<s>[/_-])(?P<m>0?[1-9]|1[0-2]|[a-z]{3})(?P=s)(?P<d>0?[1-9]|[12]\d|3[01])(?=[/_.-]|\Z)"
    r"|(?<=[/_-])(?P<ny>20\d\d)(?P<nm>0[1-9]|1[0-2])(?P<nd>0[1-9]|[12]\d|3[01])(?!\d)"
    r"|(?<=/)(?P<iy>20\d\d)-(?P<im>0[1-9]|1[0-2])-(?P<id>0[1-9]|[12]\d|3[01])(?=\D|\Z)",
    re.IGNORECASE,
)


@dataclass(frozen=True, slots=True)
class Dated:
    """A date that was found, and where from: `origin` is "json-ld", "meta", "time", "line", "address" or "outside"."""

    value: str
    start: int
    end: int
    origin: str
    rule: str
    clues: tuple[str, ...]
    changed: bool = False
    number: int = -1
    open: bool = False


def find_dated(sheet: Sheet) -> list[Dated]:
    """Every date of a document that could be its own."""
    language = sheet.document.language.code
    stamped = [*_of_facts(sheet), *_of_addresses(sheet)]
    lines = list(_of_lines(sheet, language))
    first = _order(sheet, lines, {d.value[:10] for d in stamped})
    return [*stamped, *_read_lines(sheet, lines, first), *_of_hints(sheet)]


def _of_facts(sheet: Sheet) -> Iterator[Dated]:
    language = sheet.document.language.code
    shown = {
        value for line in sheet.lines if line.block.markup for _, name, value in line.block.markup.noted if name == "datetime"
    }
    for fact in sheet.facts:
        if fact.source == "json-ld" and fact.name in ("datePublished", "dateModified", "dateCreated", "uploadDate"):
            rule, changed = f"json-ld {fact.name} of {kind_of(fact.kind)}", fact.name == "dateModified"
        elif fact.source == "meta" and not _NO_DATE_RE.search(fact.name):
            changed = _CHANGED_RE.search(fact.name) is not None
            if not changed and _PUBLISHED_RE.search(fact.name) is None:
                continue
            rule = f"meta {fact.name}" if fact.name in METAS else f"meta {'changed' if changed else 'published'}"
        elif fact.source == "time" and fact.value not in shown:
            rule, changed = f"{fact.source} {fact.name}", False
        else:
            continue
        found = read_stamp(fact.value, language)
        if found is not None:
            of = "NewsArticle" if "NewsArticle" in fact.kind else fact.kind  # schema.org has six subtypes of it
            clues = [rule, *([f"json-ld of {of}"] if fact.source == "json-ld" and len(of) < 30 else [])]
            yield Dated(found.iso(), fact.start, fact.end, fact.source, rule, tuple(clues), changed, open=found.order_open)


METAS = frozenset(
    {
        "article:published_time",
        "article:modified_time",
        "og:updated_time",
        "og:published_time",
        "date",
        "pubdate",
        "publishdate",
        "datepublished",
        "datemodified",
        "dc.date",
        "dc.date.issued",
        "dcterms.created",
        "dcterms.modified",
        "parsely-pub-date",
        "sailthru.date",
        "citation_publication_date",
        "last-modified",
        "article.published",
        "article.updated",
    },
)
"""Names of meta tags that have a weight of their own."""


def _of_addresses(sheet: Sheet) -> Iterator[Dated]:
    seen = set()
    for address, start in _addresses(sheet):
        match = _URL_RE.search(address)
        if match is None or address in seen:
            continue
        seen.add(address)
        parts = [match[a] or match[b] or match[c] for a, b, c in (("y", "ny", "iy"), ("m", "nm", "im"), ("d", "nd", "id"))]
        found = read_stamp("-".join(p.zfill(2) for p in parts)) or next(
            iter(find_dates(f"{parts[2]} {parts[1]} {parts[0]}", "en")), None
        )
        if found is not None:
            span = (start + match.start(), start + match.end()) if start >= 0 else (0, 0)
            yield Dated(found.iso(), *span, "address", "date in the address", ("date in the address",))


def _addresses(sheet: Sheet) -> Iterator[tuple[str, int]]:
    """Where the document says it stands, with the places of that in the text; -1 for what is known from outside."""
    for fact in sheet.facts:
        if (fact.source, fact.name) in (("link", "canonical"), ("meta", "og:url")):
            yield fact.value, fact.start
    payload = sheet.document.payload
    for outside in (payload.url, payload.name):
        if outside:
            yield "/" + outside, -1


def _of_hints(sheet: Sheet) -> Iterator[Dated]:
    for field, value in getattr(sheet.document.payload, "hints", ()):
        found = read_stamp(value) if field == "date" else None
        if found is not None:
            yield Dated(found.iso(), 0, 0, "outside", "the dump's own field", ("the dump's own field",))


def _of_lines(sheet: Sheet, language: str) -> Iterator[tuple[Line, DateExpression]]:
    count = 0
    first, last = sheet.body
    for line in sheet.lines:
        if len(line.text) > MAX_LINE or count >= MAX_LINES:
            continue
        if line.label is Label.PARAGRAPH and len(line.text) > 90 and first < line.number < last:
            continue
        found = find_dates(line.text, language)
        count += bool(found)
        for expression in found[:4]:
            yield line, expression


def _order(sheet: Sheet, found: list[tuple[Line, DateExpression]], stamped: set[str]) -> bool | None:
    """Month first or day first: from the head's dates, the unambiguous numeric dates on the page, its locale, its language."""
    for _, e in found:
        if e.order_open and (e.iso(month_first=True)[:10] in stamped) != (e.iso()[:10] in stamped):
            return e.iso(month_first=True)[:10] in stamped
    for line, e in found:
        if e.shape == "day-month-year numeric" and not e.order_open and e.day and e.day > 12:
            numbers = [int(x) for x in re.findall(r"\d+", line.text[e.start : e.end])]
            if e.month in numbers and e.day in numbers:
                return numbers.index(e.month) < numbers.index(e.day)
    locales = {f.value.replace("_", "-") for f in sheet.facts if f.name in ("lang", "og:locale", "inLanguage")}
    code = sheet.document.language.code
    if code in MONTH_FIRST or not MONTH_FIRST.isdisjoint(locales):
        return True
    return None if code in ("en", "und") and not any(x.startswith("en-") for x in locales) else False


def _read_lines(sheet: Sheet, found: list[tuple[Line, DateExpression]], first: bool | None) -> Iterator[Dated]:
    stamps = {f.value: f for f in sheet.facts if f.source == "time"}
    seen_below = False
    values = {e.iso(month_first=bool(first))[:10] for _, e in found}
    numbers = [line.number for line, _ in found]
    for n, (line, e) in enumerate(found):
        place = sheet.place(line.number)
        said = _said(sheet, line, e)
        changed = "modified" in said
        clues = [f"line {line.label}", f"{place}", f"line {line.label}, {place}"]
        clues += ["says published"] * ("published" in said) + ["says updated"] * changed
        beside = {x.label for x in sheet.lines[max(0, line.number - 2) : line.number + 3] if x is not line}
        clues += [f"beside {label}" for label in (Label.TITLE, Label.BYLINE, Label.DATE, Label.RELATED_LINKS) if label in beside]
        clues += (
            ["with a time"] * bool(e.time) + ["month only"] * (e.day is None) + ["order open"] * (e.order_open and first is None)
        )
        clues.append("alone on its line" if e.end - e.start > 0.7 * len(line.text) else "in a longer line")
        clues += ["first date of the page"] * (n == 0) + ["the only day on the page"] * (len(values) == 1)
        clues += ["marked as date"] * line.marked(
            "date", "published", "pubdate", "posted", "timestamp", "datetime", "time", "datum"
        )
        clues += ["dates in rows"] * (sum(abs(line.number - m) <= 8 for m in numbers) > 3)
        if "headline" in place and "above" not in place:
            clues += ["first below the headline"] * (not seen_below)
            seen_below = True
        attribute = next((v for _, name, v in (line.block.markup.noted if line.block.markup else ()) if v in stamps), None)
        clues += ["in a time element"] * (attribute is not None)
        start, end = locate(sheet.document, line.block, line.text[e.start : e.end])
        rule = f"{e.shape} in {line.label}"
        own = Dated(
            e.iso(month_first=bool(first)),
            start,
            end,
            "line",
            rule,
            tuple(clues),
            changed,
            line.number,
            e.order_open and first is None,
        )
        yield own
        stamp = read_stamp(attribute) if attribute else None
        if attribute and stamp is not None:
            fact = stamps[attribute]
            yield replace(
                own, value=stamp.iso(), start=fact.start, end=fact.end, origin="time", rule=f"time of {line.label}", open=False
            )
    shown = {number for number, _ in ((line.number, e) for line, e in found)}
    for line in sheet.lines:
        noted = line.block.markup.noted if line.block.markup else ()
        for value in (
            dict.fromkeys(v for _, name, v in noted if name == "datetime" and v in stamps) if line.number not in shown else ()
        ):
            stamp = read_stamp(value)
            if stamp is not None:
                place = sheet.place(line.number)
                clues = [f"line {line.label}", f"{place}", f"line {line.label}, {place}", "in a time element", "shown otherwise"]
                fact = stamps[value]
                yield Dated(stamp.iso(), fact.start, fact.end, "time", f"time of {line.label}", tuple(clues), False, line.number)


ANNOUNCED = 30
"""Characters of a line that says no more than that a date follows on the next one."""


def _said(sheet: Sheet, line: Line, expression: DateExpression) -> set[str]:
    """What the words before a date say of it; renderers put them on a line of their own at times."""
    said = line.text[: expression.start].rpartition("|")[2]
    opens = line.number > 0 and not line.text[: expression.start].strip(" |")
    before = sheet.lines[line.number - 1].text if opens else ""
    if len(before) <= ANNOUNCED and not any(c.isdigit() for c in before):
        said = f"{before} {said}"
    return {h.entry.sign for h in wording.find_in(said)}
