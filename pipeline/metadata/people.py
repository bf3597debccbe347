"""Who wrote the document, and who else worked on it: bylines, credits, "About the author"."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, replace
from itertools import islice

from pipeline import names, wording
from pipeline.document import KEPT, Author, Candidate, Contributor, Label
from pipeline.metadata.announced import announced_in
from pipeline.metadata.bylines import (
    CREDITS,
    MAX_BYLINE,
    OPENING,
    named_in,
    opening_of,
    read_bio,
    says_author,
    says_by,
    split_names,
    with_position,
)
from pipeline.metadata.called import called, shape_of, told_of
from pipeline.metadata.candidates import choose_all, locate
from pipeline.metadata.sheet import Line, Sheet, kind_of
from pipeline.metadata.titles import hosts, site_names
from pipeline.metadata.weights import Weights, score, sure
from pipeline.onomasticon import sort_of

METAS = {
    "author": "meta author",
    "authors": "meta author",
    "article:author": "meta article:author",
    "article:author_name": "meta article:author",
    "og:author": "meta article:author",
    "dc.creator": "meta dc.creator",
    "dcterms.creator": "meta dc.creator",
    "dc.contributor": "meta dc.creator",
    "parsely-author": "meta parsely",
    "sailthru.author": "meta sailthru",
    "cxenseparse:author": "meta other",
    "citation_author": "meta citation",
    "byl": "meta byl",
    "twitter:creator": "meta twitter:creator",
    "article.author": "meta other",
    "vr:author": "meta other",
    "rbauthors": "meta other",
}
"""Names of meta tags that give authors, with the rule's name."""

NEAR = frozenset(
    {
        "close above the headline",
        "close below the headline",
        "below the headline",
        "close above the body",
        "close behind the body",
    }
)
"""Places where a bare name can be a byline, whatever the labeller took the line for."""

MARKS = ("author", "authors", "byline", "autor", "autoren", "auteur", "autore", "writer", "contributor", "forfatter", "skribent")
"""Class words of elements that name authors."""

MOST_NAMED = 500
"""Names that are read from a document's lines; they are compared with each other."""

LISTED = 24
MOST_PARTS = 8
"""Parts between bars of a line that are read."""

SHORT_BIO = 100
"""Characters of a line about the author that may be no more than names: "Authors: Jane Roe and John Doe"."""

_OPENS_NAME = frozenset({"given", "both", "unknown"})
"""Sorts of words that open a person's name and few places' names."""

_AUTHOR_RE = re.compile(r"author(?:_?names?|s)?\Z")


@dataclass(frozen=True, slots=True)
class Named:
    """Someone who was named as author: where, and what speaks for it."""

    author: Author
    start: int
    end: int
    origin: str
    rule: str
    clues: tuple[str, ...]


def find_named(sheet: Sheet, announced: Mapping[int, str]) -> list[Named]:
    """Everybody who could be an author; `announced` are the lines below one that says "By" and no more (`announced_in`)."""
    return [*_of_facts(sheet), *islice(_of_lines(sheet, announced), MOST_NAMED)]


def _of_facts(sheet: Sheet) -> Iterator[Named]:
    labels = {f.name[-1]: f.value for f in sheet.facts if f.name.startswith("twitter:label")}
    for fact in sheet.facts:
        if fact.source == "json-ld" and fact.name.split(".")[0] in ("author", "creator"):
            rule = f"json-ld {fact.name.split('.')[0].split(':')[0]} of {kind_of(fact.kind)}"
            clues = [f"called {fact.name.partition(':')[2]}"] if ":" in fact.name else []
        elif fact.source == "json-ld" and fact.name == "name" and fact.kind == "Person":
            rule, clues = "json-ld Person", []
        elif fact.source == "json-ld" and fact.name.startswith("contributor") and kind_of(fact.kind) == "article":
            rule, clues = "json-ld contributor", []
        elif fact.source == "meta" and (fact.name in METAS or _AUTHOR_RE.search(fact.name)):
            rule, clues = METAS.get(fact.name, "meta other"), []
        elif fact.source == "meta" and fact.name.startswith("twitter:data") and says_author(labels.get(fact.name[-1], "")):
            rule, clues = "meta twitter:data", []
        else:
            continue
        origin = "json-ld" if fact.source == "json-ld" else "meta"
        for start, end, author in split_names(fact.value):
            yield Named(author, fact.start + start, fact.start + end, origin, rule, (rule, *clues))
    for name, value in getattr(sheet.document.payload, "hints", ()):
        if name == "author":
            for _, _, author in split_names(value):
                yield Named(author, 0, 0, "outside", "the dump's own field", ("the dump's own field",))


def _of_lines(sheet: Sheet, announced: Mapping[int, str]) -> Iterator[Named]:
    last: list[Named] = []
    for line in sheet.lines:
        if len(line.text) > MAX_BYLINE and line.label is not Label.AUTHOR_BIO:
            continue
        if line.number in announced:
            last = list(_of_byline(sheet, line, marked=False, asked=True)) if announced[line.number] == "author" else []
            yield from last
            continue
        short = len(line.text) < 160
        near = (
            sheet.kind == "text" and short and line.label not in KEPT and len(line.text) < 80 and sheet.place(line.number) in NEAR
        )
        marked = line.noted("rel", "author") or line.noted("itemprop", "author", "name") or line.marked(*MARKS)
        described = list(_of_bio(sheet, line)) if line.label is Label.AUTHOR_BIO else []
        if described:
            yield from described
        elif (
            (line.label is Label.AUTHOR_BIO and len(line.text) < SHORT_BIO)
            or line.label in (Label.BYLINE, Label.DATE, Label.SECTION)
            or (short and marked)
            or near
            or (short and _part_says_by(line.text))
        ):
            found = list(_of_byline(sheet, line, marked=marked))
            if not found and last and last[-1].author.role is None and line.label is Label.BYLINE:
                yield replace(
                    last[-1], author=with_position(last[-1].author, line.text), clues=(*last[-1].clues, "position below")
                )
            last = found
            yield from found


def _part_says_by(text: str) -> bool:
    """Whether a line, or a part of it between bars, says "by": "News | 5 hours ago | Written by Jane Roe"."""
    if "|" not in text:
        return says_by(text[:OPENING].lstrip())
    return any(says_by(part[:OPENING].lstrip()) for part in text.split("|")[:MOST_PARTS])


def _of_byline(sheet: Sheet, line: Line, *, marked: bool, asked: bool = False) -> Iterator[Named]:
    place = sheet.place(line.number)
    rule = "byline" if line.label is Label.BYLINE or asked else f"marked {line.label}" if marked else f"line {line.label}"
    clues = [rule, place, f"{rule}, {place}"]
    clues += ["marked as author"] * marked + ["rel author"] * line.noted("rel", "author")
    clues += ["itemprop author"] * line.noted("itemprop", "author")
    clues += ["beside a date"] * any(x.label is Label.DATE for x in sheet.lines[max(0, line.number - 2) : line.number + 3])
    clues += ["below the comments' heading"] * (line.number >= sheet.commented)
    for author, said, piece, part in named_in(line.text, asked=asked):
        doubtful = author.kind != "person" or (asked and any(c.isdigit() for c in piece))
        if doubtful and (asked or not said) and line.label is not Label.BYLINE:
            continue
        more = ["says by", "says by, " + place] * said + ["the whole line"] * (len(piece) > 0.8 * len(line.text))
        start, end = locate(sheet.document, line.block, piece)
        yield Named(author, start, end, "line", rule + " said" * said, (*clues, *more, *(["in a part"] * part)))


def _of_bio(sheet: Sheet, line: Line) -> Iterator[Named]:
    text = line.text
    hits = [h for h in wording.find_first_in(text) if h.entry.sign in ("author_bio", "byline")]
    rest = wording.rest_after(text, max(h.last for h in hits)) if hits else text
    people = names.read_people(rest) if len(rest) < SHORT_BIO else []
    called = [p.author.name for p in people if not p.author.role and not p.author.affiliation]
    if len(called) == len(people) and sum(sort_of(name.split()[0]) in _OPENS_NAME for name in called) > 1:
        return  # no more than names; "Jane Roe, New York" names one
    author = read_bio(rest)
    if author is None and len(rest) < 60 and len(people) == 1:
        author = people[0].author
    if author is not None:
        start, end = locate(sheet.document, line.block, author.name)
        clues = ["author_bio", f"author_bio, {sheet.place(line.number)}", *(["introduced as author"] * bool(hits))]
        clues += ["tells what they are"] * bool(author.role or author.affiliation)
        yield Named(author, start, end, "bio", "author_bio", tuple(clues))


def key_of(name: str) -> str:
    """A name as compared: its words, whatever their order and case."""
    return " ".join(sorted(wording.tokenize(name)))


def with_agreement(sheet: Sheet, found: list[Named]) -> list[Named]:
    """One candidate for each name, with all that speaks for and against it."""
    groups: dict[str, list[Named]] = {}
    for named in found:
        key = key_of(named.author.name)
        if key:
            groups.setdefault(key, []).append(named)
    site, where = site_names(sheet), hosts(sheet)
    origins = {n.origin for n in found}
    article = any(n.rule == "json-ld author of article" for n in found)
    persons = any(n.author.kind == "person" for n in found if n.origin != "line")
    by_rule: dict[str, list[list[Named]]] = {}
    for group in groups.values():
        for rule in {n.rule for n in group}:
            by_rule.setdefault(rule, []).append(group)
    starts = {rule: min(n.start for g in same for n in g if n.rule == rule) for rule, same in by_rule.items()}
    peopled = {rule: sum(any(n.author.kind == "person" for n in g) for g in same) for rule, same in by_rule.items()}
    worded = {key: frozenset(key.split()) for key in groups}
    out = []
    for group in groups.values():
        best = min(group, key=lambda n: (_RANK[n.origin], n.start))
        author = best.author
        for other in group:
            if other is not best:
                author = _merged(author, other.author)
        heard = {n.origin for n in group}
        clues = list(dict.fromkeys(clue for n in group for clue in n.clues))
        clues += ["said by " + "+".join(sorted(heard)), *(f"{o} says otherwise" for o in sorted(origins - heard))]
        clues += shape_of(author, site, where) + told_of(author, sheet)
        clues += ["a person stands beside"] * (author.kind != "person" and persons)
        clues += ["beside the article's authors"] * (article and not any(n.rule == "json-ld author of article" for n in group))
        same = len(by_rule[best.rule])
        count = "1" if same == 1 else "2-4" if same < 5 else "5-9" if same < 10 else "many"
        clues.append(f"{best.rule}: {author.kind}")
        clues += [f"{best.rule}: {clue}" for clue in called(author.name)[:1]]
        clues.append(f"{best.rule}: {count}")
        if best.origin == "line":
            clues += [f"{best.rule}: first"] * (starts[best.rule] == best.start)
        else:
            others = peopled[best.rule] - any(n.author.kind == "person" for n in group)
            clues += [f"{best.rule}: {author.kind} beside a person"] * (others > 0)
        clues += ["named again"] * (sum(n.origin == "line" for n in group) > 1)
        mine = frozenset(key_of(author.name).split())
        longer = any(mine < words for words in worded.values())
        clues += ["part of a longer name"] * longer + ["nobody else is named"] * (len(groups) == 1)
        out.append(replace(best, author=author, clues=tuple(clues)))
    return out


_RANK = {"json-ld": 0, "line": 1, "meta": 2, "bio": 3, "outside": 4}


def find_people(
    sheet: Sheet, weights: Weights
) -> tuple[tuple[Author, ...], tuple[Contributor, ...], dict[str, tuple[Candidate, ...]]]:
    """Authors and contributors with their candidates."""
    announced = announced_in(sheet)
    found = with_agreement(sheet, find_named(sheet, announced))
    text = sheet.document.text
    scored = []
    for named in found:
        confidence = sure(score(weights, "authors", sheet.kind, named.clues))
        raw = text[named.start : named.end]
        scored.append(
            (named, Candidate(named.author.name, named.start, named.end, raw, named.rule, confidence, clues=named.clues))
        )
    scored.sort(key=lambda pair: -pair[1].confidence)
    chosen = _without_parts(choose_all([c for _, c in scored[:LISTED]]))
    wanted = {(c.value, c.start) for c in chosen if c.chosen}
    kept = [named for named, c in scored if (c.value, c.start) in wanted]
    kept.sort(key=lambda n: (_RANK[n.origin], n.start))
    site, where = site_names(sheet), hosts(sheet)
    authors = tuple(replace(n.author, kind=_kind(n.author, site, where)) for n in kept)
    helping, helpers = _contributors(sheet, announced)
    return authors, helpers, {"authors": chosen, "contributors": helping}


def _without_parts(found: tuple[Candidate, ...]) -> tuple[Candidate, ...]:
    """The candidates; a name that is a part of another author's ("Jane" beside "Jane Roe") is no author of its own."""
    whole = [frozenset(key_of(c.value).split()) for c in found if c.chosen]
    return tuple(
        replace(c, chosen=False) if c.chosen and any(frozenset(key_of(c.value).split()) < w for w in whole) else c for c in found
    )


def _kind(author: Author, site: list[str], where: list[str]) -> str:
    body = {"names the site", "is a host", "agency", "has a body's word"} & set(shape_of(author, site, where))
    words = author.name.split()
    return "organisation" if body or (author.kind != "person" and len(words) > 3) else "person" if len(words) > 1 else author.kind


def _contributors(sheet: Sheet, announced: Mapping[int, str]) -> tuple[tuple[Candidate, ...], tuple[Contributor, ...]]:
    helping: list[Candidate] = []
    helpers: dict[str, Contributor] = {}
    for line in sheet.lines:
        credit: str | None = announced.get(line.number, "author")
        if credit != "author":
            rest = line.text
        elif line.label is Label.BYLINE:
            credit, _, rest = opening_of(line.text)
        else:
            continue
        for mention in names.read_people(rest) if credit else []:
            name = mention.author.name
            start, end = locate(sheet.document, line.block, rest[mention.start : mention.end])
            helping.append(Candidate(name, start, end, sheet.document.text[start:end], f"{credit} credit", 0.9))
            helpers.setdefault(name, Contributor(name, CREDITS[str(credit)]))
    return choose_all(helping), tuple(helpers.values())


def _merged(author: Author, other: Author) -> Author:
    return Author(
        author.name,
        author.honorific or other.honorific,
        author.kind,
        author.affiliation or other.affiliation,
        author.role or other.role,
        author.bio or other.bio,
    )
