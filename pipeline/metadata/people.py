"""Who wrote the document, and who else worked on it: bylines, credits, "About the author"."""

from __future__ import annotations

import re
from bisect import bisect_right
from dataclasses import replace

from pipeline import names, wording
from pipeline.document import Author, Candidate, Contributor, Document, Label
from pipeline.metadata.candidates import candidate, choose_all, labelled

CREDITS = {"editor": "editor", "translator": "translator", "photographer": "photographer", "contributor": "contributor"}
"""Wording signs of contributors, with the role that the record gives them."""

BIO_WORDS = 300
_FIRST_SENTENCE_RE = re.compile(r"(?<=[^\W\d_]{3})[.!?](?=\s+[^\W\d_]|\Z)|(?<=\))[.!?](?=\s|\Z)|[。！？]")
_VERB_RE = re.compile(r",?\s(?:is|was|ist|war|est|es|è|är|er|jest|je|are)\s(?:currently\s|now\s|derzeit\s|actuellement\s)?")


def find_people(
    document: Document,
) -> tuple[tuple[Author, ...], tuple[Contributor, ...], dict[str, tuple[Candidate, ...]]]:
    """Authors and contributors with their candidates."""
    authors: dict[str, Author] = {}
    writing: list[Candidate] = []
    helping: list[Candidate] = []
    helpers: dict[str, Contributor] = {}
    last: str | None = None
    place = _places(document)
    for block, text in labelled(document, Label.BYLINE):
        credit, said, rest = _opening(text)
        people = names.read_people(rest)
        sure = _confidence(place.get(block.start, FAR), said=said)
        for mention in people:
            name = mention.author.name
            piece = rest[mention.start : mention.end]
            if credit:
                helping.append(candidate(document, block, piece, name, f"{credit} credit", 0.9))
                helpers.setdefault(name, Contributor(name, CREDITS[credit]))
            else:
                last = name
                authors.setdefault(name, mention.author)
                writing.append(candidate(document, block, piece, name, "byline said" if said else "byline", sure))
        if not people and last and not credit and authors[last].role is None:  # the line under a name says what they are
            authors[last] = _with_position(authors[last], rest)
    writing = _one_cluster(document, writing)
    for author, c in _from_bios(document):
        key = next((n for n in authors if _same_person(n, author.name)), None)
        writing.append(c)
        if key is None:
            authors[author.name] = author
        else:
            authors[key] = _merged(authors[key], author)
    chosen = choose_all(writing)
    order = [c.value for c in chosen if c.chosen]
    kept = [authors[n] for n in order if n in authors]
    evidence = {"authors": chosen, "contributors": choose_all(helping)}
    return tuple(kept), tuple(helpers.values()), evidence


FAR = 99
"""A distance, in lines, at which a byline belongs to something else."""

CLUSTER = 3
"""Lines over which one byline may stretch."""

HEAD_LINES = 8
"""Lines behind the headline in which a bare name is a byline."""


def _places(document: Document) -> dict[int, int]:
    """For each block the lines between it and the last headline above it; negative for blocks above the first one.

    Right beside a date, a block counts as near: headlines can be missed.
    """
    lines = [b for b in document.blocks if b.label is not Label.BLANK]
    titles = [k for k, b in enumerate(lines) if b.label is Label.TITLE]
    out = {}
    last = titles[0] if titles else None
    for k, block in enumerate(lines):
        last = k if block.label is Label.TITLE else last
        dated = any(b.label is Label.DATE for b in lines[max(0, k - 2) : k + 3])
        away = k - last if last is not None else FAR
        out[block.start] = HEAD_LINES if dated and not 0 <= away <= HEAD_LINES else away
    return out


def _one_cluster(document: Document, found: list[Candidate]) -> list[Candidate]:
    """A document has one byline: names that stand more than three lines from the surest one are those of others."""
    if not found:
        return found
    best = max(found, key=lambda c: (c.confidence, -c.start))
    starts = [b.start for b in document.blocks if b.label is not Label.BLANK]
    home = bisect_right(starts, best.start)
    return [
        c if abs(bisect_right(starts, c.start) - home) <= CLUSTER else replace(c, confidence=min(c.confidence, 0.4))
        for c in found
    ]


def _confidence(distance: int, *, said: bool) -> float:
    """How sure a name in a byline is the author's: said ("By") or bare, and how far behind the headline.

    Behind its headline a document names its author; bylines further down, or above, are those of other documents.
    """
    if 0 <= distance <= HEAD_LINES:
        return 0.9 if said else 0.75
    if -3 <= distance <= 2 * HEAD_LINES:
        return 0.7 if said else 0.4
    return 0.55 if said and distance == FAR else 0.35 if said else 0.2


def _opening(text: str) -> tuple[str | None, bool, str]:
    """The credit that opens a byline (`None` for authors), whether it is said ("By"), and what follows it."""
    bare = text.lstrip("•●▪‣◦–—-*· ")
    hits = [h for h in wording.find_in(bare) if h.first == 0]
    for hit in sorted(hits, key=lambda h: -h.last):
        if hit.entry.sign in CREDITS:
            return hit.entry.sign, True, wording.rest_after(bare, hit.last)
        if hit.entry.sign == "byline":
            return None, True, wording.rest_after(bare, hit.last)
    return None, False, bare


def _with_position(author: Author, text: str) -> Author:
    roles, bodies, _ = names.read_position(re.sub(r"\A(?:an?|the)\s+", "", text))
    role = "; ".join(roles) or None
    if role and not bodies:
        role = text.strip()
    return replace(author, role=role, affiliation=author.affiliation or "; ".join(bodies) or None)


def _same_person(one: str, other: str) -> bool:
    return set(wording.tokenize(one)) == set(wording.tokenize(other))


def _merged(author: Author, other: Author) -> Author:
    return Author(
        author.name,
        author.honorific or other.honorific,
        author.kind,
        author.affiliation or other.affiliation,
        author.role or other.role,
        other.bio or author.bio,
    )


def _from_bios(document: Document) -> list[tuple[Author, Candidate]]:
    """Authors described in `author_bio` blocks: the name that opens the description."""
    found: list[tuple[Author, Candidate]] = []
    for block, text in labelled(document, Label.AUTHOR_BIO):
        hits = [h for h in wording.find_in(text) if h.first == 0 and h.entry.sign in ("author_bio", "byline")]
        rest = wording.rest_after(text, max(h.last for h in hits)) if hits else text
        author = read_bio(rest)
        if author is not None:
            found.append((author, candidate(document, block, author.name, author.name, "author_bio", 0.8)))
        elif found and len(text.split()) > 8:
            last, c = found[-1]
            found[-1] = (replace(last, bio=f"{last.bio} {text}" if last.bio else text), c)
    return found


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
