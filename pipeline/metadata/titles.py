"""The title: what head and page call the document, without the site's name, weighed together."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterable, Iterator
from dataclasses import dataclass

from pipeline import wording
from pipeline.document import BY_HAND, MOST_SHOWN, Candidate, Label
from pipeline.metadata.bylines import OPENING, says_by
from pipeline.metadata.candidates import choose, locate
from pipeline.metadata.headline import Surroundings
from pipeline.metadata.sheet import Sheet, kind_of
from pipeline.metadata.weights import Weights, score, sure

MAX_TITLE = 300
LISTED = 10
"""Candidates that a record lists."""

SEPARATOR_RE = re.compile(r"\s+[|\-–—·•»«›>/~:]+\s+|\s*[|丨｜]\s*|\s[-–—]|\s::|(?<=[^\W\d_])[:：]\s+|\s?[：＿_]\s?")
_BULLET_RE = re.compile(r"\A(?:[•●▪‣◦○■□►▶·*#]+|\+|\d{1,2}[.)])\s+")
"""What stands before an entry of a list; renderers set "+" before those of inner lists."""


METAS = {
    "og:title": "og:title",
    "twitter:title": "twitter:title",
    "title": "meta title",
    "headline": "meta headline",
    "dc.title": "meta dc.title",
    "dcterms.title": "meta dc.title",
    "parsely-title": "meta parsely",
    "sailthru.title": "meta sailthru",
    "citation_title": "meta citation",
    "name": "meta name",
}


@dataclass(frozen=True, slots=True)
class Called:
    """A title that was found: where it stands, who says so, and what was cut off it."""

    value: str
    start: int
    end: int
    rule: str
    clues: tuple[str, ...]
    cut: str = ""
    number: int = -1


def site_names(sheet: Sheet) -> list[str]:
    """Names of the site that the page gives itself, and the words of its address."""
    names = [
        f.value
        for f in sheet.facts
        if f.name in ("og:site_name", "application-name", "apple-mobile-web-app-title", "site_name", "publisher")
        or (f.source == "json-ld" and f.name.startswith("publisher"))
        or (f.source == "json-ld" and f.name == "name" and f.kind in ("WebSite", "Organization", "NewsMediaOrganization"))
    ]
    return list(dict.fromkeys(n for n in names if n and len(n) < 80))


def hosts(sheet: Sheet) -> list[str]:
    """Hosts that the document says it stands on, without "www."."""
    found = []
    addresses = [f.value for f in sheet.facts if (f.source, f.name) in (("link", "canonical"), ("meta", "og:url"))]
    for address in [*addresses, sheet.document.payload.url or ""]:
        match = re.match(r"https?://(?:www\d?\.)?([a-z0-9.-]+\.[a-z]{2,24})(?=[:/?#]|\Z)", address, re.IGNORECASE)
        if match:
            found.append(match[1].lower())
    return list(dict.fromkeys(found))


def _key(text: str) -> str:
    return "".join(wording.tokenize(text))


def names_site(text: str, names: Iterable[str], where: Iterable[str]) -> bool:
    """Whether a text is the site's name or a part of it, or the name of its host."""
    key = _key(text)
    if len(key) < 2:
        return False
    keys = [_key(n) for n in names]
    if any(key == k or (len(k) > 3 and len(key) > 3 and (k in key or key in k)) for k in keys):
        return True
    labels = [part for host in where for part in (host, host.rsplit(".", 1)[0])]
    return any(key == _key(x) or (len(key) > 3 and key in _key(x)) or (_key(x.split(".")[0]) in (key, key[3:])) for x in labels)


def find_called(sheet: Sheet) -> list[Called]:
    """Everything that could be the title, with its shorter forms."""
    names, where = site_names(sheet), hosts(sheet)
    found: list[Called] = []
    for value, start, rule, number in [*((*fact, -1) for fact in _of_facts(sheet)), *_of_lines(sheet)]:
        if not 1 < len(value) <= MAX_TITLE:
            continue
        pieces = list(SEPARATOR_RE.finditer(value))
        tail_named = bool(pieces) and names_site(value[pieces[-1].end() :], names, where)
        clues = (f"{rule}", *(["keeps the site's name"] * tail_named))
        if names_site(value, names, where):
            clues = (*clues, "is the site's name")
        found.append(Called(value, *_span(sheet, start, value, 0, len(value)), rule, clues, "", number))
        for n, cut in enumerate(reversed(pieces[-4:])):
            tail, rest = value[cut.end() :], value[: cut.start()].rstrip()
            if len(rest) > 3:
                clues = (
                    f"{rule}, tail cut",
                    _tail_kind(tail, names, where),
                    f"tails cut: {n + 1}",
                    f"cut at {cut.group().strip() or '-'}",
                )
                span = _span(sheet, start, value, 0, len(rest))
                found.append(Called(rest, *span, f"{rule} without its tail", clues, tail, number))
        for cut in pieces[:2]:
            head, rest = value[: cut.start()], value[cut.end() :]
            if len(rest) > 8:
                kind = "site's name cut" if names_site(head, names, where) else "kicker cut"
                sign = cut.group().strip() or "-"
                found.append(
                    Called(
                        rest,
                        *_span(sheet, start, value, cut.end(), len(value)),
                        f"{rule} without its head",
                        (f"{rule}, head cut", kind, f"head cut at {sign}"),
                        head,
                        number,
                    )
                )
    return found


def _span(sheet: Sheet, start: int, value: str, first: int, last: int) -> tuple[int, int]:
    """Where a part of a value stands: the whole line if that reads differently there, (0, 0) if it comes from outside the text."""
    if start < 0:
        return 0, 0
    text = sheet.document.text
    if text.startswith(value, start):
        return start + first, start + last
    end = text.find("\n", start)
    return start, len(text) if end < 0 else end


def _tail_kind(tail: str, names: list[str], where: list[str]) -> str:
    if names_site(tail, names, where):
        return "site's name cut"
    words = len(tail.split())
    return "tail has a date" if re.search(r"\d{4}", tail) else "short tail cut" if words <= 4 else "long tail cut"


def _of_facts(sheet: Sheet) -> Iterator[tuple[str, int, str]]:
    for fact in sheet.facts:
        if fact.source == "title":
            yield fact.value, fact.start, "title element"
        elif fact.source == "meta" and fact.name in METAS:
            yield fact.value, fact.start, METAS[fact.name]
        elif fact.source == "json-ld" and fact.name in ("headline", "alternativeHeadline", "name"):
            kind = kind_of(fact.kind)
            if fact.name != "name" or kind in ("article", "page"):
                yield fact.value, fact.start, f"json-ld {fact.name} of {kind}"
    for name, value in getattr(sheet.document.payload, "hints", ()):
        if name == "title":
            yield value, -1, "the dump's own field"


ABOVE = 20
"""Lines above the body that could be the headline of a plain text: label and place say how likely."""

SAID_BY_HAND = "a person's label"
"""The clue of a line that a correction calls the title."""


def _of_lines(sheet: Sheet) -> Iterator[tuple[str, int, str, int]]:
    headings = 0
    dated = [line.number for line in sheet.lines if line.label in (Label.DATE, Label.BYLINE)][:3]
    first, _ = sheet.body
    begun = sheet.begun
    h1 = sum(line.inside("h1") for line in sheet.lines)
    times = Counter(line.text for line in sheet.lines)
    for line in sheet.lines:
        text = _BULLET_RE.sub("", line.text)
        if len(text) > MAX_TITLE:
            continue
        bare = sheet.kind == "text" and len(text) > 8 and times[line.text] <= MOST_SHOWN
        bare = bare and not (line.label is Label.BYLINE and says_by(text[:OPENING]))
        rule = None
        if line.block.evidence and line.block.evidence[0].rule == BY_HAND:
            rule = SAID_BY_HAND if line.label is Label.TITLE else None
        elif line.inside("h1"):
            rule = "the only h1" if h1 == 1 else "h1"
            rule += " labelled title" if line.label is Label.TITLE else ""
        elif line.label is Label.TITLE:
            rule = "title line"
        elif line.noted("itemprop", "headline") or line.marked("headline"):
            rule = "marked as headline" if line.number < first + 3 else None
        elif line.number == 0 and sheet.kind == "text":
            rule = "first line"
        elif line.label is Label.HEADING and headings < 3:
            headings += 1
            rule = "heading" + (" above the body" if line.number <= first else "")
        elif bare and any(0 < n - line.number <= 3 for n in dated):
            rule = "line above byline or date"
        elif bare and (first - ABOVE <= line.number <= first or begun - ABOVE <= line.number <= begun):
            rule = "line above the body"
        if rule:
            start, _ = locate(sheet.document, line.block, text)
            yield text, start, rule, line.number


def with_agreement(sheet: Sheet, found: list[Called]) -> list[Called]:
    """One candidate for each wording, with all that speaks for and against it."""
    groups: dict[str, list[Called]] = {}
    for called in found:
        groups.setdefault(" ".join(wording.tokenize(called.value)), []).append(called)
    shown: dict[str, int] = {}
    for line in sheet.lines:
        if len(line.text) <= MAX_TITLE:
            key = " ".join(wording.tokenize(line.text))
            shown[key] = shown.get(key, 0) + 1
    keys = [k for k in groups if k]
    present = {_origin(c) for c in found}
    headlines = [k for k, g in groups.items() if any(c.rule.startswith(("the only h1", "h1", "title line")) for c in g)]
    out = []
    around = Surroundings(sheet)
    for key, group in groups.items():
        if not key:
            continue
        best = min(group, key=lambda c: (bool(c.cut), _ORDER.get(c.rule.split(" of ")[0], 5), c.start))
        clues = list(dict.fromkeys(clue for c in group for clue in c.clues))
        whole = {_origin(c) for c in group if not c.cut}
        parts = {_origin(c) for c in group if c.cut} - whole
        clues.append("said by " + "+".join(sorted(whole)) if whole else "said whole by none")
        clues += [f"voices: {min(len(whole | parts), 6)}"]
        otherwise = sorted(present - whole - parts - {"line"})
        clues += [f"{origin} says otherwise" for origin in otherwise] + ["against " + "+".join(otherwise)]
        words = len(key.split())
        clues += ["one word"] * (words == 1) + ["two or three words"] * (2 <= words <= 3) + ["over 25 words"] * (words > 25)
        clues += (
            ["shown twice"] * (shown.get(key, 0) > 1)
            + ["shown as a line"] * (key in shown)
            + ["ends like a sentence"] * (best.value[-1] == "." and words > 3)
            + ["behind a bullet"] * any(c.number >= 0 and _BULLET_RE.match(sheet.lines[c.number].text) is not None for c in group)
        )
        clues += around.clues_of(key, [c.number for c in group if c.number >= 0])
        longer = any(k != key and f" {key} " in f" {k} " for k in headlines)
        shorter = any(k != key and f" {k} " in f" {key} " for k in headlines)
        clues += ["part of a headline shown"] * longer + ["holds a headline shown"] * shorter
        clues += ["starts another candidate"] * any(k.startswith(key + " ") for k in keys)
        out.append(Called(best.value, best.start, best.end, best.rule, tuple(clues), best.cut))
    return out


_ORDER = {
    "the only h1 labelled title": 0,
    "the only h1": 0,
    "h1 labelled title": 1,
    "title line": 1,
    "json-ld headline": 2,
    "og:title": 3,
}


def _origin(called: Called) -> str:
    rule = called.rule.split(" without")[0]
    if rule.startswith("json-ld"):
        return "json-ld" if "headline" in rule else "json-ld-name"
    if rule.startswith(("the only h1", "h1", "title line")):
        return "headline"
    if rule.startswith(("heading", "line ", "first line", "marked")):
        return "line"
    return "title" if rule == "title element" else "og" if rule == "og:title" else "meta"


ENOUGH = 0.2
"""Confidence from which a title is given. Nearly every document has one: on plain text one title in a hundred more is right with
this limit than with one half (WCXB, held out)."""


def find_title(sheet: Sheet, weights: Weights) -> tuple[Candidate | None, tuple[Candidate, ...]]:
    """The title, and the candidates for it."""
    text = sheet.document.text
    found = [
        Candidate(
            c.value,
            c.start,
            c.end,
            text[c.start : c.end],
            c.rule,
            sure(score(weights, "title", sheet.kind, c.clues)),
            clues=c.clues,
        )
        for c in with_agreement(sheet, find_called(sheet))
    ]
    return choose(found, LISTED, ENOUGH)
