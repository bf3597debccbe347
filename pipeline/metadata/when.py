"""When the document was published and changed: dates of the head, of attributes, of lines, of the address, weighed together."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass, replace

from pipeline import wording
from pipeline.dates import MONTH_FIRST, DateExpression, find_dates, minutes, read_stamp
from pipeline.document import Candidate, Label, Problem, ProblemCode
from pipeline.metadata.candidates import choose, locate
from pipeline.metadata.sheet import Line, Sheet
from pipeline.metadata.weights import Weights, score, sure

MAX_LINE = 300
"""Characters of a line that can be a date line; paragraphs tell of other days."""

MAX_LINES = 400
"""Lines with dates that are read."""

LISTED = 12
"""Candidates that a record lists."""

ARTICLES = ("article", "posting", "report", "liveblog", "review", "recipe", "howto", "creativework")
MEDIA = ("image", "video", "audio", "media", "podcast", "photo")

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


def kind_of(types: str) -> str:
    """What a JSON-LD object is: "article", "page", "media" or "thing"."""
    low = types.lower()
    if any(word in low for word in ARTICLES):
        return "article"
    if any(word in low for word in MEDIA):
        return "media"
    return "page" if "page" in low else "thing"


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
            clues = [rule, *([f"json-ld of {fact.kind}"] if fact.source == "json-ld" and len(fact.kind) < 30 else [])]
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
        changed = _says(line, e, "modified")
        clues = [f"line {line.label}", f"{place}", f"line {line.label}, {place}"]
        clues += ["says published"] * _says(line, e, "published") + ["says updated"] * changed
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


def _says(line: Line, expression: DateExpression, sign: str) -> bool:
    """Whether the words before a date say "published" or "updated"."""
    said = line.text[: expression.start].rpartition("|")[2]
    return any(h.entry.sign == sign for h in wording.find_in(said))


AT_HEADLINE = frozenset(
    f"line {label}, close {place}"
    for label in (Label.DATE, Label.BYLINE)
    for place in ("below the headline", "above the headline", "above the body")
)
"""Clues of a date that stands where documents have theirs. The day of the masthead, say, stands elsewhere."""


def with_agreement(sheet: Sheet, dated: list[Dated]) -> list[Dated]:
    """The same dates, each with what the others say of it."""
    days: dict[str, set[str]] = {}
    instants: dict[int, set[str]] = {}
    for d in dated:
        days.setdefault(d.value[:10], set()).add(d.origin)
        at = minutes(d.value)
        if at is not None:
            instants.setdefault(at, set()).add(d.origin)
    published = sorted(d.value[:10] for d in dated if not d.changed and d.origin in ("json-ld", "meta"))
    changed = {d.value[:10] for d in dated if d.changed and d.origin in ("json-ld", "meta")}
    updated = any(d.origin == "line" and d.value[:10] in changed.difference(published) for d in dated)
    heads = {d.origin for d in dated}
    at_headline = {d.value[:10] for d in dated if not (AT_HEADLINE.isdisjoint(d.clues) or d.changed)}
    out = []
    for d in dated:
        at = minutes(d.value)
        others = days[d.value[:10]] | (instants[at] if at is not None else set())
        clues = [*d.clues, f"from {d.origin}"]
        clues += [f"{origin} agrees" for origin in sorted(others - {d.origin})]
        clues += [f"{origin} says otherwise" for origin in sorted(heads - others)]
        clues += ["earliest of the head"] * (bool(published) and d.value[:10] == published[0])
        clues += ["before all dates of the head"] * (bool(published) and d.value[:10] < published[0])
        clues += ["after all dates of the head"] * (bool(published) and d.value[:10] > published[-1])
        clues += [f"of the head, lines: {'silent' if 'line' not in heads else 'other days'}"] * (
            d.origin in ("json-ld", "meta") and "line" not in others
        )
        clues += ["alone"] * (len(others) == 1)
        elsewhere = sheet.kind == "text" and d.origin == "line" and AT_HEADLINE.isdisjoint(d.clues)
        clues += ["another day stands at the headline"] * (elsewhere and not at_headline <= {d.value[:10]})
        if d.value[:10] in changed.difference(published):
            clues.append("the head calls it modified" + (", published another" if published else ""))
        elif updated and d.origin in ("json-ld", "meta") and not d.changed:
            clues += ["a line shows the modified date", f"{d.rule}, a line shows the modified date"]
        out.append(replace(d, clues=tuple(clues)))
    return out


def find_when(sheet: Sheet, weights: Weights) -> tuple[dict[str, tuple[Candidate, ...]], dict[str, str | None], list[Problem]]:
    """Candidates and choices for `date_published` and `date_modified`."""
    dated = with_agreement(sheet, find_dated(sheet))
    published = [_candidate(sheet, d, weights, "date_published") for d in dated]
    modified = [_candidate(sheet, d, weights, "date_modified") for d in dated if d.changed]
    best, published_all = choose(_unique(published), LISTED)
    best, published_all = _more_precise(best, published_all, {(d.value, d.start) for d in dated if d.changed})
    later, modified_all = choose(_unique(modified), LISTED)
    values = {"date_published": best.value if best else None, "date_modified": later.value if later else None}
    problems = [
        Problem(ProblemCode.DATE_AMBIGUOUS, f"{c.raw!r} could be day-month or month-day; read as {c.value[:10]}", c.start, c.end)
        for c in (best, later)
        if c is not None and any(d.open and (d.start, d.end) == (c.start, c.end) for d in dated)
    ]
    fetched = (sheet.document.payload.fetched_at or "")[:10]
    if best is not None and fetched and best.value[:10] > fetched:
        message = f"{best.value} is later than the dump's fetch date {fetched}"
        problems.append(Problem(ProblemCode.DATE_AFTER_FETCH, message, best.start, best.end))
    return {"date_published": published_all, "date_modified": modified_all}, values, problems


def _candidate(sheet: Sheet, d: Dated, weights: Weights, field: str) -> Candidate:
    text = sheet.document.text[d.start : d.end]
    return Candidate(d.value, d.start, d.end, text, d.rule, sure(score(weights, field, sheet.kind, d.clues)), clues=d.clues)


def _unique(found: list[Candidate]) -> list[Candidate]:
    best: dict[tuple[str, int], Candidate] = {}
    for c in found:
        key = (c.value, c.start)
        if key not in best or best[key].confidence < c.confidence:
            best[key] = c
    return list(best.values())


RANKS = (
    "json-ld datePublished of article",
    "meta article:published_time",
    "json-ld datePublished",
    "meta published",
    "meta",
    "time",
)
"""Rules in the order in which their time of day is believed, once the day is known."""


def _same_day(one: str, other: str) -> bool:
    """Whether two dates can be of one day: the same in their zones, or, where one has no zone, less than fourteen hours apart."""
    if one[:10] == other[:10]:
        return True
    there, here = minutes(one), minutes(other + "+00:00" if len(other) in (16, 19) else other)
    return there is not None and here is not None and abs(there - here) <= 14 * 60


def _more_precise(
    best: Candidate | None, found: tuple[Candidate, ...], changed: set[tuple[str, int]]
) -> tuple[Candidate | None, tuple[Candidate, ...]]:
    """The day is chosen; its time and zone are the head's, by the best rule that gives them."""
    if best is None:
        return best, found
    timed = [
        (rank, c)
        for c in found
        for rank, rule in enumerate(RANKS)
        if c.rule.startswith(rule)
        and (c.value, c.start) not in changed
        and minutes(c.value) is not None
        and _same_day(c.value, best.value)
    ]
    if not timed:
        return best, found
    finer = min(timed, key=lambda pair: (pair[0], -pair[1].confidence, pair[1].start))[1]
    if finer is best or (finer.rule.startswith("time") and minutes(best.value) is not None):
        return best, found
    chosen = replace(finer, chosen=True, confidence=max(best.confidence, finer.confidence))
    return chosen, (chosen, *(replace(c, chosen=False) for c in found if c is not finer))
