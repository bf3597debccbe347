"""Names of people: what looks like one, and how a byline splits into people with their roles and affiliations."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterable
from dataclasses import dataclass
from functools import cache

from pipeline import wording
from pipeline.document import Author

MAX_NAME_WORDS = 6
AMBIGUOUS_HONORIFICS = frozenset({"bay", "bi", "di", "dom", "gus", "me", "min", "on", "pan", "por", "red", "sen", "tri", "tuan"})
"""Honorifics of one language that are names in another; they count only with a full stop. One letter is an initial."""

_TOKEN_RE = re.compile(r"\S+")
_SPLIT_RE = re.compile(r"(?:(?<!\s)\s++)?[;,/|&+丨·•、，；]\s*+|(?<!\s)\s++[-\u2013\u2014]\s++")
_JUNK_RE = re.compile(r"[\d@#<>{}=*_!?:\"“”„«»\[\]\\]|https?:|www\.")
_HAN_NAME_RE = re.compile(r"[\u4e00-\u9fff]{2,4}\Z")
_HANGUL_NAME_RE = re.compile(r"[\uac00-\ud7af]{2,4}\Z")


@cache
def words_of(*signs: str) -> frozenset[tuple[str, ...]]:
    """Token tuples of the wording entries with one of the signs."""
    return frozenset(e.tokens for e in wording.entries() if e.sign in signs)


@cache
def first_words_of(*signs: str) -> frozenset[str]:
    """The first words of those entries."""
    return frozenset(tokens[0] for tokens in words_of(*signs))


@cache
def _single(*signs: str) -> frozenset[str]:
    return frozenset(tokens[0] for tokens in words_of(*signs) if len(tokens) == 1)


def has_word(text: str, *signs: str) -> bool:
    """Whether a text holds a one-word wording with one of the signs."""
    single = _single(*signs)
    return any(token in single for token in wording.tokenize(text))


_BY = frozenset({"by", "von", "door", "przez"})
"""Words that stand before a name and end none, unlike "Di" and "Oleh": "Browse By"."""


def looks_like_name(text: str) -> bool:
    """Whether a text could be one person's name: two to six capitalised words, or a short name in an uncased script."""
    text = text.strip(" .,;")
    if not 2 <= len(text) <= 60 or text.count(" ") >= 2 * MAX_NAME_WORDS or _JUNK_RE.search(text):
        return False
    if _HAN_NAME_RE.match(text) or _HANGUL_NAME_RE.match(text):
        return True
    words = text.split()
    particles = _single("name_particle")
    if not 2 <= len(words) <= MAX_NAME_WORDS or (text[0].islower() and words[0].casefold() not in particles):
        return False
    if _names_something_else(words):
        return False
    if words[-1].casefold() in _BY:
        return False
    cased = 0
    for word in words:
        bare = word.strip(".'’-")
        if not bare or not all(c.isalpha() or unicodedata.category(c).startswith("M") or c in "'’-.ʻ‘·" for c in word):
            return False
        if bare.casefold() in particles:
            continue
        first = bare[0]
        if first.islower():
            return False
        cased += 1
    return cased >= 2 or (cased >= 1 and len(words) >= 2 and _uncased(text))


def _names_something_else(words: list[str]) -> bool:
    """Whether words name a body, a role or a date. Names hold short words of other languages: "Sun", "Tim", "Marco", "Asa"."""
    telling = _single("institution", "role")
    together = wording.tokenize(" ".join(words))
    if telling.isdisjoint(together) and _single("month", "date_word").isdisjoint(together):
        return False
    tokens = []
    for word in words:
        mine = wording.tokenize(word)
        if any(token in telling and (len(token) > 3 or word.isupper()) for token in mine):
            return True
        tokens += mine
    dated = _single("month", "date_word")
    return all(token in dated for token in tokens) or (len(tokens[0]) > 5 and tokens[0] in _single("date_word"))


def _uncased(text: str) -> bool:
    return not any(c.isupper() or c.islower() for c in text)


def straighten_case(name: str) -> str:
    """An all-caps name in normal case; particles in lower case, `Mc` and hyphens honoured. Others are left alone."""
    if not name.isupper() or len(name) < 4:
        return name
    particles = _single("name_particle")
    parts: list[str] = []
    for word in name.split():
        low = word.casefold()
        if low in particles and parts:
            parts.append(low)
        elif len(word.replace(".", "")) <= 1 or "." in word[:-1]:
            parts.append(word)
        else:
            titled = re.sub(r"[^\W\d_]+", lambda m: m.group()[0] + m.group()[1:].lower(), word)
            parts.append(re.sub(r"^Mc([a-z])", lambda m: "Mc" + m.group(1).upper(), titled))
    return " ".join(parts)


def split_honorific(text: str) -> tuple[str | None, str]:
    """Split "Dr Jane Roe" into ("Dr", "Jane Roe"); the honorific keeps the page's spelling."""
    words = text.split()
    n = 0
    while n < len(words) - 1 and _is_honorific(words[n]):
        n += 1
    return (" ".join(words[:n]) or None), " ".join(words[n:])


def _is_honorific(word: str) -> bool:
    token = word.strip(".").casefold()
    return token in _single("honorific") and len(token) > 1 and (token not in AMBIGUOUS_HONORIFICS or word.endswith("."))


@dataclass(frozen=True, slots=True)
class Mention:
    """An author read from a text, with the part of it that names them."""

    author: Author
    start: int
    end: int


def _is_credential(part: str) -> bool:
    return tuple(wording.tokenize(part)) in words_of("credential") or part.replace(".", "").casefold() in _single("credential")


@cache
def _joiner_re() -> re.Pattern[str]:
    joins = sorted({e.wording for e in wording.entries() if e.sign in ("and", "with") and e.wording[0].isalpha()}, key=len)
    spaced = "|".join(re.escape(j) for j in reversed(joins) if not wording.TOKEN_RE.fullmatch(j[0]) or not _is_unspaced(j))
    unspaced = "".join(j for j in joins if len(j) == 1 and _is_unspaced(j))
    pattern = rf"(?<!\s)(?:\s*+,)?\s++(?:{spaced})\s++" if spaced else r"(?!)"
    return re.compile(pattern + (rf"|(?<=\w)[{unspaced}](?=\w)" if unspaced else ""), re.IGNORECASE)


def _is_unspaced(text: str) -> bool:
    return re.fullmatch(rf"[{wording.UNSPACED}]+", text) is not None


def pieces(text: str) -> Iterable[tuple[int, int, str]]:
    """Spans of the parts of a byline between commas, semicolons, bars and joining words, with the joint before each."""
    cuts = sorted([m.span() for m in _SPLIT_RE.finditer(text)] + [m.span() for m in _joiner_re().finditer(text)])
    position, joint = 0, ""
    for start, end in cuts:
        if start > position:
            yield position, start, joint
            joint = ""
        joint += text[max(start, position) : end]
        position = max(position, end)
    if position < len(text):
        yield position, len(text), joint


def read_people(text: str) -> list[Mention]:
    """People named in a byline without its "By", each with what stands between the name and the next name.

    "Wu Fei, senior research fellow, Charhar Institute; professor, Jinan University, with Hu Fengyung, PhD" names two.
    Behind a bare "and", a name counts only if a name stood before it: "School of Law and Public Affairs" is one body.
    """
    found: list[tuple[int, int]] = []
    name_before = True
    for start, end, joint in pieces(text):
        part = text[start:end].strip(" .,()")
        _, bare = split_honorific(part)
        is_name = looks_like_name(bare) and not _is_credential(part) and (name_before or not _is_and(joint))
        if is_name:
            found.append((start, end))
        name_before = is_name
    nexts = [start for start, _ in found[1:]] + [len(text)]
    rests = [text[end:following] for (_, end), following in zip(found, nexts[: len(found)], strict=True)]
    return [_mention(text, start, end, rest) for (start, end), rest in zip(found, rests, strict=True)]


def _is_and(joint: str) -> bool:
    return tuple(wording.tokenize(joint)) in words_of("and") or joint.strip() == "&"


def _mention(text: str, start: int, end: int, rest: str) -> Mention:
    part = text[start:end]
    bare = part.strip(" .,()")
    honorific, name = split_honorific(bare)
    words = list(_TOKEN_RE.finditer(bare))
    first = words[len(honorific.split()) if honorific else 0].start()
    start += part.index(bare) + first
    roles, bodies, credentials = read_position(rest)
    author = Author(
        straighten_case(name),
        " ".join(filter(None, [honorific, *credentials])) or None,
        "person",
        "; ".join(bodies) or None,
        "; ".join(roles) or None,
    )
    return Mention(author, start, start + len(bare) - first)


def read_position(rest: str) -> tuple[list[str], list[str], list[str]]:
    """What stands behind a name, as roles, affiliations and credentials."""
    roles: list[str] = []
    bodies: list[str] = []
    credentials: list[str] = []
    for piece in re.split(r"[;,|丨]", rest):
        part = _joiner_re().sub(" ", f" {piece} ", count=1).strip() if _is_and(piece) else piece.strip(" .&")
        part = re.sub(r"\A(?:and|with|und|et|y|e)\s++|(?<!\s)\s++(?:and|with|und|et|y|e)\Z", "", part)
        if not part:
            continue
        cut = _BODY_AFTER_ROLE_RE.search(part)
        if _is_credential(part):
            credentials.append(part)
        elif cut and has_word(part[: cut.start()], "role"):
            roles.append(part[: cut.start()].strip())
            bodies.append(part[cut.end() :].strip())
        elif has_word(part, "role") and not _is_body(part):
            roles.append(part)
        elif has_word(part, "institution") and part[:1].isupper():
            bodies.append(part)
    return roles, bodies, credentials


_BODY_AFTER_ROLE_RE = re.compile(r"\s(?:of|at|with|for|bei|der|des|de|du|della|del|en|van)\s(?:the\s)?(?=(?:The\s)?[A-ZÀ-Þ])")


def _is_body(part: str) -> bool:
    """Whether a part names a body rather than a role: "Institute of X" against "director of the institute"."""
    words = part.split()
    return has_word(part, "institution") and not has_word(words[0] + " " + words[-1], "role") and words[0][:1].isupper()


_CONNECTORS = frozenset({"of", "for", "and", "the", "&", "on", "de", "des", "du", "la", "für", "di", "del", "da", "do"})


def bodies_in(sentence: str) -> list[str]:
    """Names of bodies in running text: capitalised words around an institution word, with their "of the" and commas."""
    runs: list[list[str]] = [[]]
    for word in sentence.split():
        bare = word.strip("(),.;")
        if bare[:1].isupper():
            runs[-1].append(word)
            if word[-1:] in ";." and len(bare) > 3:
                runs.append([])
        elif bare in _CONNECTORS and runs[-1] and not runs[-1][-1].endswith(","):
            runs[-1].append(word)
        else:
            runs.append([])
    found = []
    for run in runs:
        while run and run[-1].strip("(),.;") in _CONNECTORS:
            run.pop()
        text = " ".join(run).strip(",;. ")
        if len(run) > 1 and has_word(text, "institution"):
            found.append(text)
    return found
