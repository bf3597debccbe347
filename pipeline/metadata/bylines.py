"""Names in a line: bylines read apart into people, with what stands before, between and behind the names."""

from __future__ import annotations

import re
from dataclasses import replace
from functools import lru_cache
from itertools import islice

from pipeline import dates, names, wording
from pipeline.document import Author
from pipeline.metadata.agencies import agencies_in, service_of, ungirded
from pipeline.onomasticon import FAMILY, GIVEN, odds, sort_of, sorts_of

CREDITS = {"editor": "editor", "translator": "translator", "photographer": "photographer", "contributor": "contributor"}
"""Wording signs of contributors, with the role that the record gives them."""

BIO_WORDS = 300
_FIRST_SENTENCE_RE = re.compile(r"(?<=[^\W\d_]{3})[.!?](?=\s+[^\W\d_]|\Z)|(?<=\))[.!?](?=\s|\Z)|[。！？]")
_VERB_RE = re.compile(r",?\s(?:is|was|ist|war|est|es|è|är|er|jest|je|are)\s(?:currently\s|now\s|derzeit\s|actuellement\s)?")


MAX_BYLINE = 400
_JUNK_RE = re.compile(r"https?:|www\.|[@<>{}=]|\.(?:com|org|html?)/|^\W*$|^\d+$")
_SPLIT_RE = re.compile(r"\s*(?:[;|]|,(?!\s(?:Jr|Sr|PhD|MD|II|III)\b))\s*")
_INITIALS_RE = re.compile(r"\s\([^\W\d_]{2,6}\.?\)(?=\s*(?:[,;]|\Z))")
HOST_RE = re.compile(r"[\w-]+(?:\.[\w-]+)*\.[a-z]{2,6}", re.IGNORECASE)


SURE = 4
"""Odds from which a first name by itself names someone: `onomasticon`."""


def _is_first_name(word: str) -> bool:
    said = odds(word)
    return word.istitle() and said is not None and said.given >= SURE


def says_author(label: str) -> bool:
    """Whether a label announces the author: "Written by"."""
    return bool(label) and (any(h.entry.sign == "byline" for h in wording.find_in(label + " X")) or "author" in label.lower())


def split_names(value: str) -> list[tuple[int, int, Author]]:
    """The authors that a field names, with their spans: people with what stands behind them, else bodies and pen names."""
    if _JUNK_RE.search(value):
        return []
    opening, _, rest = opening_of(value)
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
            kind = "person" if _is_first_name(name) else "organisation"
            out.append((start, start + len(piece.strip()), Author(names.straighten_case(name), honorific, kind)))
        position = match.end() if match else end
    return out if len(out) <= 6 else []


OPENING = 60
"""Characters of a line in which it says "by"."""


@lru_cache(1 << 14)
def says_by(opening: str) -> bool:
    """Whether a line opens with "By", or with a verb and "by": "Posted by"."""
    tokens = wording.tokenize(opening)
    if names.first_words_of("byline").isdisjoint(tokens):
        return False
    return any(h.entry.sign == "byline" for h in wording.find(tokens)) or any(
        h.entry.sign == "byline" for k in (1, 2) for h in wording.find_first(tokens[k:])
    )


_PARTS_RE = re.compile(r"\s*[|·•⋅●丨—]\s*|\s[-–/]\s|\t")


def parts_of(text: str) -> list[tuple[int, str]]:
    """The parts of a line that holds several things, without its dates, with their places: "Jan 3, 2024 · By Jane Roe"."""
    cuts = sorted([(e.start, e.end) for e in dates.find_dates(text)] + [m.span() for m in _PARTS_RE.finditer(text)])
    out, position = [], 0
    for start, end in [*cuts, (len(text), len(text))]:
        if start > position and text[position:start].strip(" ,;:"):
            out.append((position, text[position:start]))
        position = max(position, end)
    return out


def named_in(text: str, *, asked: bool = False) -> list[tuple[Author, bool, str, bool]]:
    """The authors that a line names, each once: whether "By" is said, the piece that names them, whether that is a part only.

    `asked`: the line before says "By".
    """
    text = unglued(text)
    parts = parts_of(text)
    divided = len(parts) > 1 or (bool(parts) and parts[0][1] != text)
    found: dict[str, tuple[Author, bool, str, bool]] = {}
    for part in [part for _, part in parts if not _dates_only(part)] if divided or not parts else [text]:
        for author, said, piece in read_names(part, asked=asked):
            found.setdefault(author.name, (author, said, piece, divided))
    return list(found.values())


def _dates_only(text: str) -> bool:
    """Whether a part says no more than "Published on"."""
    size = len(wording.tokenize(text))
    return any(
        h.entry.sign in ("published", "modified", "date_word", "reading_time") and h.last - h.first == size
        for h in wording.find_in(text)
    )


def _plain(text: str) -> bool:
    """Whether a text is made of words of every day only: nobody is called "Key Features"."""
    return all(sort == "plain" for sort in sorts_of(text))


def _trimmed(mention: names.Mention, said: bool, piece: str) -> tuple[Author, bool, str]:
    """A name without the words behind it that are none of it."""
    shorter = opening_name(piece) if len(piece.split()) > 2 else ""
    shorter = shorter if " " in shorter else ""
    author = replace(mention.author, name=names.straighten_case(shorter)) if shorter else mention.author
    return author, said, shorter or piece


def opening_name(text: str) -> str:
    """The name that opens a text which goes on with something else: "Jane Roe on Monday", "Jane Roe Last updated"; empty if none does."""
    words = text.split()
    for size in (2, 3, 4, 1):
        name = " ".join(words[:size])
        is_name = names.looks_like_name(name) or (size == 1 and _is_first_name(name))
        if size < len(words) and is_name and _goes_on(words[size:], words[size - 1]):
            return text[: [word.end() for word in islice(_WORD_RE.finditer(text), size)][-1]].lstrip()
    return ""


_WORD_RE = re.compile(r"\S+")


def _goes_on(words: list[str], before: str) -> bool:
    """Whether words are none of a name: they begin small, are in capitals, or say a role, a date or "updated"."""
    word = words[0]
    if names.has_word(word, "name_particle") and word[0].islower() and len(words) > 1:
        return False
    shouted = word.isupper() and len(word) > 2 and not before.isupper()
    small = word[0].islower() and not names.has_word(word, "and", "with")
    role = names.has_word(" ".join(words[1:4]), "role") and sort_of(word) in ("plain", "unknown") and len(word) > 7
    said = any(h.entry.sign in _BEHIND for h in wording.find_first_in(" ".join(words[:4])))
    host = any(HOST_RE.fullmatch(w) for w in words[:2])
    return not word[:1].isalpha() or small or shouted or said or role or host or names.has_word(word, *_BEHIND)


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


def read_names(text: str, *, asked: bool = False) -> list[tuple[Author, bool, str]]:
    """The authors that a byline or a part of one names, whether that is said ("By"), and the piece that names each."""
    credit, said, rest = opening_of(text)
    if credit:
        return []
    here, said = said, said or asked
    bodies = agencies_in(rest)
    if not bodies:
        return _people_in(rest, here=here, said=said)
    out: list[tuple[Author, bool, str]] = []
    credited: list[tuple[Author, bool, str]] = []
    position = 0
    for start, end in bodies:
        name = service_of(rest[start:end])
        before = rest[position:start].rstrip()
        people = _people_in(ungirded(before), here=here, said=said)
        if before.endswith(",") and people and people[-1][0].kind == "person":  # "Jane Roe, Reuters"
            author, _, piece = people[-1]
            people[-1] = (replace(author, affiliation=author.affiliation or name or None), said, piece)
        elif name:
            credited.append((Author(name, None, "organisation"), said, name))
        out += people
        position = end
    return [*out, *_people_in(ungirded(rest[position:]), here=here, said=said), *credited]


def _people_in(rest: str, *, here: bool, said: bool) -> list[tuple[Author, bool, str]]:
    """The people that a byline without its agencies names; `here`: it says "By" itself, `said`: it, or the line above."""
    rest = _divided(rest)
    words = rest.split()
    if (
        len(words) == 2 and rest.upper() == rest.lower() and names.has_word(words[1], "role", "byline")
    ):  # a reporter's title behind the name
        rest = words[0]
    people = names.read_people(rest)
    if people:
        return [_trimmed(m, said, rest[m.start : m.end]) for m in people if here or not _plain(m.author.name)]
    opening = opening_name(rest)
    if opening:
        people = names.read_people(opening)
        return [(a, said, opening) for a in ([m.author for m in people] or [a for _, _, a in split_names(opening)])]
    if not 0 < len(rest.split()) <= 5 or _JUNK_RE.search(rest):
        return []
    if not here and (names.has_word(rest, "role") or _plain(rest)):
        return []
    return [(author, said, rest[start:end]) for start, end, author in split_names(rest)]


def _divided(text: str) -> str:
    """A row of names with bars between them, if nothing else is: "Jane Roe John Doe"; a name that is said twice, once."""
    words = text.split()
    half = len(words) // 2
    if len(words) < 4 or len(words) % 2 or len(words) > MOST_IN_ROW or not all(word.isalpha() for word in words):
        return text
    if words[:half] == words[half:]:
        return " ".join(words[:half])
    given = all(sort_of(word) in GIVEN for word in words[::2])
    family = all(sort_of(word) in FAMILY | {"unknown"} for word in words[1::2])
    return " | ".join(f"{a} {b}" for a, b in zip(words[::2], words[1::2], strict=True)) if given and family else text


MOST_IN_ROW = 12
"""Words of a row of names."""

_GLUE_RE = re.compile(r"(?<=[a-zß-ÿ]{2})(?=[A-ZÀ-Þ][a-zß-ÿ])")


_ADDRESS_RE = re.compile(
    r"\s?[(<\[]?[\w.+-]{1,64}@[\w-]{1,64}(?:\.[\w-]{1,64}){1,6}[)>\]]?|\s?[(<\[]?@\w[\w.-]{1,63}[)>\]]?"
    r"|(?<=[a-zß-ÿ]{3})(?=\d{1,2}\s(?:h|hrs?|hours?|mins?|minutes?|days?|weeks?|months?|years?)\b)"
)
"""Addresses for mail, handles of social networks, and where "5 hours ago" is glued to a name."""


def _without_addresses(text: str) -> str:
    """A text with bars for its addresses, or nothing before "and" and a comma."""
    pieces = _ADDRESS_RE.split(text)
    out = pieces[0]
    for piece in pieces[1:]:
        goes_on = piece.lstrip()[:1] in (",", ";", "&") or names.has_word((piece.split() or [""])[0], "and")
        out += ("" if goes_on else " | ") + piece
    return out


def unglued(text: str) -> str:
    """A byline with a bar between a name and what a renderer set right behind it: "Jane RoeTravel Reporter", "Jane RoeIn Travel".

    A bar also stands for addresses: "Jane Roe@janeroe", "Jane Roe jane@example.org John Doe".
    """
    text = _without_addresses(text[:MAX_BYLINE]) + text[MAX_BYLINE:]
    for cut in _GLUE_RE.finditer(text[:MAX_BYLINE]):
        behind = text[cut.start() :].split()[:4]
        plain = sorts_of(behind[0])[:1] == ["plain"] and sorts_of(text[: cut.start()])[-1:] != ["plain"]
        if plain or names.has_word(" ".join(behind), "role") or names.has_word(behind[0], "month", "modified", "published"):
            return text[: cut.start()] + " | " + text[cut.start() :]
    return text


def opening_of(text: str) -> tuple[str | None, bool, str]:
    """The credit that opens a byline (`None` for authors), whether it is said ("By"), and what follows it."""
    bare = text.lstrip("•●▪‣◦–—-*· ")
    hits = wording.find_first_in(bare)
    for hit in sorted(hits, key=lambda h: -h.last):
        if hit.entry.sign in CREDITS:
            return hit.entry.sign, True, wording.rest_after(bare, hit.last)
        if hit.entry.sign == "byline":
            return None, True, wording.rest_after(bare, hit.last)
    glued = _GLUED_RE.match(bare)
    if glued is not None:
        return None, True, bare[glued.end() :].strip()
    if _VERBS_RE.match(bare):  # "Posted by", "Published by": a word or two before the "by"
        tokens = wording.tokenize(bare[:60])
        for k in (1, 2):
            by = next((h for h in wording.find_first(tokens[k:]) if h.entry.sign == "byline"), None)
            if by is not None and k < len(tokens):
                return None, True, wording.rest_after(bare, k + by.last)
    return None, False, bare


_GLUED_RE = re.compile(r"(?:[Bb]y|BY|[Vv]on)(?=[A-ZÀ-Þ][a-zà-ÿ])")
_VERBS_RE = re.compile(
    r"(?:first\s)?(?:posted|published|written|added|submitted|reported|created|updated|story|words|article)\b", re.IGNORECASE
)


def with_position(author: Author, text: str) -> Author:
    """An author with role and affiliation read from the line below the name."""
    roles, bodies, _ = names.read_position(re.sub(r"\A(?:an?|the)\s+", "", text))
    role = "; ".join(roles) or None
    if role and not bodies:
        role = text.strip()
    return replace(author, role=role, affiliation=author.affiliation or "; ".join(bodies) or None)


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
