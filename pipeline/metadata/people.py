"""Who wrote the document, and who else worked on it: bylines, credits, "About the author"."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass, replace
from functools import lru_cache

from pipeline import dates, names, wording
from pipeline.document import KEPT, Author, Candidate, Contributor, Label
from pipeline.metadata.candidates import choose_all, locate
from pipeline.metadata.sheet import Line, Sheet
from pipeline.metadata.titles import hosts, names_site, site_names
from pipeline.metadata.weights import Weights, score, sure
from pipeline.metadata.when import kind_of

CREDITS = {"editor": "editor", "translator": "translator", "photographer": "photographer", "contributor": "contributor"}
"""Wording signs of contributors, with the role that the record gives them."""

BIO_WORDS = 300
_FIRST_SENTENCE_RE = re.compile(r"(?<=[^\W\d_]{3})[.!?](?=\s+[^\W\d_]|\Z)|(?<=\))[.!?](?=\s|\Z)|[。！？]")
_VERB_RE = re.compile(r",?\s(?:is|was|ist|war|est|es|è|är|er|jest|je|are)\s(?:currently\s|now\s|derzeit\s|actuellement\s)?")


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

MAX_BYLINE = 400
LISTED = 24
_JUNK_RE = re.compile(r"https?:|www\.|[@<>{}=]|\.(?:com|org|html?)/|^\W*$|^\d+$")
_SPLIT_RE = re.compile(r"\s*(?:[;|]|,(?!\s(?:Jr|Sr|PhD|MD|II|III)\b))\s*")
_AUTHOR_RE = re.compile(r"author(?:_?names?|s)?\Z")
_INITIALS_RE = re.compile(r"\s\([^\W\d_]{2,6}\)(?=\s*(?:[,;]|\Z))")
_HOST_RE = re.compile(r"[\w-]+(?:\.[\w-]+)*\.[a-z]{2,6}", re.IGNORECASE)


@dataclass(frozen=True, slots=True)
class Named:
    """Someone who was named as author: where, and what speaks for it."""

    author: Author
    start: int
    end: int
    origin: str
    rule: str
    clues: tuple[str, ...]


def find_named(sheet: Sheet) -> list[Named]:
    """Everybody who could be an author."""
    return [*_of_facts(sheet), *_of_lines(sheet)]


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
        elif fact.source == "meta" and fact.name.startswith("twitter:data") and _says_author(labels.get(fact.name[-1], "")):
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


def _says_author(label: str) -> bool:
    return bool(label) and (any(h.entry.sign == "byline" for h in wording.find_in(label + " X")) or "author" in label.lower())


def split_names(value: str) -> list[tuple[int, int, Author]]:
    """The authors that a field names, with their spans: people with what stands behind them, else bodies and pen names."""
    if _JUNK_RE.search(value):
        return []
    opening, _, rest = _opening(value)
    shift = max(value.rfind(rest), 0) if rest else 0
    if opening and opening != "contributor":
        return []
    rest = _INITIALS_RE.sub(lambda m: " " * len(m[0]), rest or value)
    people = names.read_people(rest)
    if people:
        return [(shift + m.start, shift + m.end, m.author) for m in people]
    out, position = [], 0
    for match in [*_SPLIT_RE.finditer(rest), None]:
        end = match.start() if match else len(rest)
        piece = rest[position:end]
        if piece.strip() and len(piece) <= 80:
            start = shift + position + len(piece) - len(piece.lstrip())
            honorific, name = names.split_honorific(piece.strip())
            out.append((start, start + len(piece.strip()), Author(names.straighten_case(name), honorific, "organisation")))
        position = match.end() if match else end
    return out if len(out) <= 6 else []


def _of_lines(sheet: Sheet) -> Iterator[Named]:
    last: list[Named] = []
    for line in sheet.lines:
        if len(line.text) > MAX_BYLINE and line.label is not Label.AUTHOR_BIO:
            continue
        short = len(line.text) < 160
        near = (
            sheet.kind == "text" and short and line.label not in KEPT and len(line.text) < 80 and sheet.place(line.number) in NEAR
        )
        marked = line.noted("rel", "author") or line.noted("itemprop", "author", "name") or line.marked(*MARKS)
        if line.label is Label.AUTHOR_BIO:
            yield from _of_bio(sheet, line)
        elif (
            line.label in (Label.BYLINE, Label.DATE, Label.SECTION)
            or (short and marked)
            or near
            or (short and _says_by(line.text[:OPENING]))
        ):
            found = list(_of_byline(sheet, line, marked=marked))
            if not found and last and last[-1].author.role is None and line.label is Label.BYLINE:
                yield replace(
                    last[-1], author=_with_position(last[-1].author, line.text), clues=(*last[-1].clues, "position below")
                )
            last = found
            yield from found


OPENING = 60
"""Characters of a line in which it says "by"."""


@lru_cache(1 << 14)
def _says_by(opening: str) -> bool:
    """Whether a line opens with "By", or with a verb and "by": "Posted by"."""
    tokens = wording.tokenize(opening)
    if names.first_words_of("byline").isdisjoint(tokens):
        return False
    return any(h.entry.sign == "byline" for h in wording.find(tokens)) or any(
        h.entry.sign == "byline" and h.first == 0 for k in (1, 2) for h in wording.find(tokens[k:])
    )


_PARTS_RE = re.compile(r"\s*[|·•⋅●丨]\s*|\s[-–—/]\s|\t")


def parts_of(text: str) -> list[tuple[int, str]]:
    """The parts of a line that holds several things, without its dates, with their places: "Jan 3, 2024 · By Jane Roe"."""
    cuts = sorted([(e.start, e.end) for e in dates.find_dates(text)] + [m.span() for m in _PARTS_RE.finditer(text)])
    out, position = [], 0
    for start, end in [*cuts, (len(text), len(text))]:
        if start > position and text[position:start].strip(" ,;:"):
            out.append((position, text[position:start]))
        position = max(position, end)
    return out


def _of_byline(sheet: Sheet, line: Line, *, marked: bool) -> Iterator[Named]:
    place = sheet.place(line.number)
    rule = "byline" if line.label is Label.BYLINE else f"marked {line.label}" if marked else f"line {line.label}"
    clues = [rule, place, f"{rule}, {place}"]
    clues += ["marked as author"] * marked + ["rel author"] * line.noted("rel", "author")
    clues += ["itemprop author"] * line.noted("itemprop", "author")
    clues += ["beside a date"] * any(x.label is Label.DATE for x in sheet.lines[max(0, line.number - 2) : line.number + 3])
    for author, said, piece, part in named_in(line.text):
        if author.kind != "person" and not said and line.label is not Label.BYLINE:
            continue
        more = ["says by", "says by, " + place] * said + ["the whole line"] * (len(piece) > 0.8 * len(line.text))
        start, end = locate(sheet.document, line.block, piece)
        yield Named(author, start, end, "line", rule + " said" * said, (*clues, *more, *(["in a part"] * part)))


def named_in(text: str) -> list[tuple[Author, bool, str, bool]]:
    """The authors that a line names, each once: whether "By" is said, the piece that names them, whether that is a part only."""
    text = unglued(text)
    parts = parts_of(text)
    divided = len(parts) > 1 or (bool(parts) and parts[0][1] != text)
    found: dict[str, tuple[Author, bool, str, bool]] = {}
    for part in [part for _, part in parts if not _dates_only(part)] if divided or not parts else [text]:
        for author, said, piece in read_names(part):
            found.setdefault(author.name, (author, said, piece, divided))
    return list(found.values())


def _dates_only(text: str) -> bool:
    """Whether a part says no more than "Published on"."""
    size = len(wording.tokenize(text))
    return any(
        h.entry.sign in ("published", "modified", "date_word", "reading_time") and h.last - h.first == size
        for h in wording.find_in(text)
    )


def _trimmed(mention: names.Mention, said: bool, piece: str) -> tuple[Author, bool, str]:
    """A name without the words behind it that are none of it."""
    shorter = opening_name(piece)
    author = replace(mention.author, name=names.straighten_case(shorter)) if shorter else mention.author
    return author, said, shorter or piece


def opening_name(text: str) -> str:
    """The name that opens a text which goes on with something else: "Jane Roe on Monday", "Jane Roe Last updated"; empty if none does."""
    words = text.split()
    for size in (2, 3, 4):
        if size < len(words) and _goes_on(words[size:], words[size - 1]) and names.looks_like_name(" ".join(words[:size])):
            end = re.match(r"\s*" + r"\s+".join(re.escape(w) for w in words[:size]), text)
            return end[0].strip() if end else ""
    return ""


def _goes_on(words: list[str], before: str) -> bool:
    """Whether words are none of a name: they begin small, are in capitals, or say a role, a date or "updated"."""
    word = words[0]
    shouted = word.isupper() and len(word) > 2 and not before.isupper()
    small = word[0].islower() and not names.has_word(word, "name_particle", "and", "with")
    said = any(h.first == 0 and h.entry.sign in _BEHIND for h in wording.find_in(" ".join(words[:4])))
    host = any(_HOST_RE.fullmatch(w) for w in words[:2])
    return not word[:1].isalpha() or small or shouted or said or host or names.has_word(word, *_BEHIND)


_BEHIND = (
    "role",
    "agency",
    "institution",
    "modified",
    "published",
    "date_word",
    "month",
    "share_prompt",
    "interface",
    "subscription_prompt",
)


def read_names(text: str) -> list[tuple[Author, bool, str]]:
    """The authors that a byline or a part of one names, whether that is said ("By"), and the piece that names each."""
    credit, said, rest = _opening(text)
    if credit:
        return []
    words = rest.split()
    if (
        len(words) == 2 and rest.upper() == rest.lower() and names.has_word(words[1], "role", "byline")
    ):  # a reporter's title behind the name
        rest = words[0]
    people = names.read_people(rest)
    if people:
        return [_trimmed(m, said, rest[m.start : m.end]) for m in people]
    opening = opening_name(rest)
    if opening:
        return [(m.author, said, opening) for m in names.read_people(opening)]
    if not 0 < len(rest.split()) <= 5 or _JUNK_RE.search(rest) or (not said and names.has_word(rest, "role")):
        return []
    return [(author, said, rest[start:end]) for start, end, author in split_names(rest)]


_GLUE_RE = re.compile(r"(?<=[a-zß-ÿ]{2})(?=[A-ZÀ-Þ][a-zß-ÿ]{2})")


def unglued(text: str) -> str:
    """A byline with a bar between a name and the role or date that a renderer set right behind it: "Jane RoeTravel Reporter"."""
    for cut in _GLUE_RE.finditer(text[:MAX_BYLINE]):
        behind = text[cut.start() :].split()[:4]
        if names.has_word(" ".join(behind), "role") or names.has_word(behind[0], "month", "modified", "published"):
            return text[: cut.start()] + " | " + text[cut.start() :]
    return text


def _of_bio(sheet: Sheet, line: Line) -> Iterator[Named]:
    text = line.text
    hits = [h for h in wording.find_in(text) if h.first == 0 and h.entry.sign in ("author_bio", "byline")]
    rest = wording.rest_after(text, max(h.last for h in hits)) if hits else text
    author = read_bio(rest)
    if author is None and len(rest) < 60 and len(people := names.read_people(rest)) == 1:
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
        clues += shape_of(author, site, where)
        clues += ["a person stands beside"] * (author.kind != "person" and persons)
        clues += ["beside the article's authors"] * (article and not any(n.rule == "json-ld author of article" for n in group))
        same = [g for g in groups.values() if any(n.rule == best.rule for n in g)]
        count = "1" if len(same) == 1 else "2-4" if len(same) < 5 else "5-9" if len(same) < 10 else "many"
        clues.append(f"{best.rule}: {author.kind}")
        clues.append(f"{best.rule}: {count}")
        if best.origin == "line":
            clues += [f"{best.rule}: first"] * (min(n.start for g in same for n in g if n.rule == best.rule) == best.start)
        else:
            clues += [f"{best.rule}: {author.kind} beside a person"] * any(
                n.author.kind == "person" for g in same if g is not group for n in g
            )
        clues += ["named again"] * (sum(n.origin == "line" for n in group) > 1)
        longer = any(set(key_of(author.name).split()) < set(k.split()) for k in groups)
        clues += ["part of a longer name"] * longer + ["nobody else is named"] * (len(groups) == 1)
        out.append(replace(best, author=author, clues=tuple(clues)))
    return out


_RANK = {"json-ld": 0, "line": 1, "meta": 2, "bio": 3, "outside": 4}


def shape_of(author: Author, site: list[str], where: list[str]) -> list[str]:
    """What the name itself tells."""
    name = author.name
    words = name.split()
    shapes = [author.kind, f"{author.kind} of {min(len(words), 5)} words"]
    shapes += ["names the site"] * names_site(name, site, where) + ["is a host"] * (_HOST_RE.fullmatch(name) is not None)
    shapes += ["agency"] * any(h.entry.sign == "agency" for h in wording.find_in(name))
    shapes += ["has a body's word"] * names.has_word(name, "institution") + ["has a role's word"] * names.has_word(name, "role")
    shapes += ["has a digit"] * any(c.isdigit() for c in name) + ["lower case"] * (name.islower()) + ["capitals"] * name.isupper()
    shapes += ["has a slash"] * ("/" in name) + ["uncased"] * (name.upper() == name.lower())
    shapes += ["has a date's word"] * names.has_word(name, "date_word", "month", "published", "modified")
    return shapes


def find_people(
    sheet: Sheet, weights: Weights
) -> tuple[tuple[Author, ...], tuple[Contributor, ...], dict[str, tuple[Candidate, ...]]]:
    """Authors and contributors with their candidates."""
    found = with_agreement(sheet, find_named(sheet))
    text = sheet.document.text
    scored = []
    for named in found:
        confidence = sure(score(weights, "authors", sheet.kind, named.clues))
        raw = text[named.start : named.end]
        scored.append(
            (named, Candidate(named.author.name, named.start, named.end, raw, named.rule, confidence, clues=named.clues))
        )
    scored.sort(key=lambda pair: -pair[1].confidence)
    chosen = choose_all([c for _, c in scored[:LISTED]])
    wanted = {(c.value, c.start) for c in chosen if c.chosen}
    kept = [named for named, c in scored if (c.value, c.start) in wanted]
    kept.sort(key=lambda n: (_RANK[n.origin], n.start))
    site, where = site_names(sheet), hosts(sheet)
    authors = tuple(replace(n.author, kind=_kind(n.author, site, where)) for n in kept)
    helping, helpers = _contributors(sheet)
    return authors, helpers, {"authors": chosen, "contributors": helping}


def _kind(author: Author, site: list[str], where: list[str]) -> str:
    body = {"names the site", "is a host", "agency", "has a body's word"} & set(shape_of(author, site, where))
    words = author.name.split()
    return "organisation" if body or (author.kind != "person" and len(words) > 3) else "person" if len(words) > 1 else author.kind


def _contributors(sheet: Sheet) -> tuple[tuple[Candidate, ...], tuple[Contributor, ...]]:
    helping: list[Candidate] = []
    helpers: dict[str, Contributor] = {}
    for line in sheet.of(Label.BYLINE):
        credit, _, rest = _opening(line.text)
        for mention in names.read_people(rest) if credit else []:
            name = mention.author.name
            start, end = locate(sheet.document, line.block, rest[mention.start : mention.end])
            helping.append(Candidate(name, start, end, sheet.document.text[start:end], f"{credit} credit", 0.9))
            helpers.setdefault(name, Contributor(name, CREDITS[str(credit)]))
    return choose_all(helping), tuple(helpers.values())


def _opening(text: str) -> tuple[str | None, bool, str]:
    """The credit that opens a byline (`None` for authors), whether it is said ("By"), and what follows it."""
    bare = text.lstrip("•●▪‣◦–—-*· ")
    hits = [h for h in wording.find_in(bare) if h.first == 0]
    for hit in sorted(hits, key=lambda h: -h.last):
        if hit.entry.sign in CREDITS:
            return hit.entry.sign, True, wording.rest_after(bare, hit.last)
        if hit.entry.sign == "byline":
            return None, True, wording.rest_after(bare, hit.last)
    glued = _GLUED_RE.match(bare)
    if glued is not None:
        return None, True, bare[glued.end() :].strip()
    tokens = wording.tokenize(bare[:60])
    for k in (1, 2):  # "Posted by", "Published by": a word or two before the "by"
        by = next((h for h in wording.find(tokens[k:]) if h.first == 0 and h.entry.sign == "byline"), None)
        if by is not None and k < len(tokens) and _VERBS_RE.match(bare):
            return None, True, wording.rest_after(bare, k + by.last)
    return None, False, bare


_GLUED_RE = re.compile(r"(?:[Bb]y|BY|[Vv]on)(?=[A-ZÀ-Þ][a-zà-ÿ])")
_VERBS_RE = re.compile(
    r"(?:first\s)?(?:posted|published|written|added|submitted|reported|created|updated|story|words|article)\b", re.IGNORECASE
)


def _with_position(author: Author, text: str) -> Author:
    roles, bodies, _ = names.read_position(re.sub(r"\A(?:an?|the)\s+", "", text))
    role = "; ".join(roles) or None
    if role and not bodies:
        role = text.strip()
    return replace(author, role=role, affiliation=author.affiliation or "; ".join(bodies) or None)


def _merged(author: Author, other: Author) -> Author:
    return Author(
        author.name,
        author.honorific or other.honorific,
        author.kind,
        author.affiliation or other.affiliation,
        author.role or other.role,
        author.bio or other.bio,
    )


def read_bio(text: str) -> Author | None:
    """The person whom a description opens with: "Wu Xinbo, a senior fellow at X, is currently professor at Y ..."."""
    end = _FIRST_SENTENCE_RE.search(text)
    sentence = text[: end.end()] if end else text
    verb = _VERB_RE.search(sentence)
    opening = re.split(r"[,(（]", sentence[: verb.start()] if verb else sentence, maxsplit=1)[0].strip()
    honorific, name = names.split_honorific(opening)
    if not names.looks_like_name(name) or (verb is None and "," not in sentence):
        return None
    behind = sentence[verb.end() :] if verb else sentence[len(opening) :]
    before = sentence[len(opening) : verb.start()] if verb else ""
    bodies = names.bodies_in(behind) or names.bodies_in(before)
    roles, stated, credentials = names.read_position(behind if verb is None else before)
    role = "; ".join(roles) or None
    if verb:
        first = re.split(r"\s(?:at|of|for|with|in)\s(?=the\s[A-Z]|[A-Z])|[,.;]", behind, maxsplit=1)[0]
        role = first.strip() if names.has_word(first, "role") else role
        role = re.sub(r"\A(?:an?|the)\s+", "", role) if role else None
    affiliation = "; ".join(stated if verb is None and stated else bodies) or None
    bio = text if len(text.split()) <= BIO_WORDS else " ".join(text.split()[:BIO_WORDS])
    return Author(name, " ".join(filter(None, [honorific, *credentials])) or None, "person", affiliation, role, bio)
