"""Wording lists: the words by which site furniture and bylines give themselves away, as data.

One file a language, `CODE.tsv`, with the columns

    sign  where  wording  example  counter_example

`sign` is what the wording is a sign of: a block label (`consent_notice`, `related_links` ...) or one of `SIGNS`.
`where` is how it must stand in a line:

    line    it is the whole line
    head    it is the whole line, or the part before a colon, and it opens a run of such lines ("Related Publications")
    start   the line begins with it
    end     the line ends with it
    any     it stands anywhere in the line

Words are compared case-folded and without punctuation; a wording that ends in `*` also matches longer words. The
example must match the entry, the counter-example must not: the tests run both.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterable
from functools import cache, lru_cache
from importlib import resources
from typing import NamedTuple

SIGNS = frozenset(
    {
        "byline",  # "By", "Von": the words before an author's name
        "editor",
        "translator",
        "photographer",
        "contributor",  # other people who worked on the text
        "published",  # "Published on": the words before the document's date
        "modified",  # "Updated:"
        "date_word",  # weekday names, "o'clock", "today": words that only come with a date or time
        "month",  # month names; the wording is followed by `=N` in the wording column
        "reading_time",  # "min read"
        "language_name",  # names of languages in an edition switcher
        "agency",  # wire services
        "honorific",  # "Dr", "Prof."
        "credential",  # "PhD"
        "role",  # "professor", "correspondent": words that say what somebody is
        "institution",  # "University", "Ministry": words that names of bodies hold
        "name_particle",  # "von", "bin": lower-case words inside names
        "and",  # between names
        "with",  # before a second author
        "summary_head",  # headings inside a document: "Summary", "Key points"
        "source",  # "Source:", "Quelle:": the words before an outlet or agency
        "photo",  # "Photo:", "Foto:": the words before a picture credit
    },
)

WHERE = ("line", "head", "start", "end", "any")
FIELDS = ("sign", "where", "wording", "example", "counter_example")
UNSPACED = "\u0e00-\u0eff\u1000-\u109f\u1780-\u17ff\u3005\u3007\u3040-\u30ff\u3400-\u4dbf\u4e00-\u9fff\uf900-\ufaff"
"""Scripts written without spaces (Thai, Lao, Burmese, Khmer, kana, Han): there a character counts as a word."""

MARKS = (
    "\u0300-\u036f\u0483-\u0487\u0591-\u05bd\u05bf\u05c1\u05c2\u0610-\u061a\u064b-\u065f\u0670\u06d6-\u06dc\u0900-\u0903\u093a-\u093c"
    "\u093e-\u094f\u0981-\u0983\u09bc\u09be-\u09cd\u0a3c-\u0a4d\u0abc-\u0acd\u0b3c-\u0b4d\u0bbe-\u0bcd\u0c3e-\u0c4d\u0cbc-\u0ccd\u0d3e-\u0d4d"
)
"""Combining marks and vowel signs, which are part of the word they stand in."""

TOKEN_RE = re.compile(rf"[{UNSPACED}]|[^\W{UNSPACED}](?:[^\W{UNSPACED}]|[{MARKS}])*")
_ASCII_RE = re.compile(r"\w+", re.ASCII)
_WORD_RE = re.compile(r"\w+")
_UNUSUAL_RE = re.compile("[\u0300-\u1fff\u3000-\U0010ffff]")
"""Where unspaced scripts and combining marks have their characters; what is left is cut into words faster."""

MAX_TOKENS = 300
"""Tokens of a line that are compared; furniture does not hide deep inside a paragraph."""


SHORT = 80
"""Characters up to which the words of a text are remembered."""

PREFIX = 4
"""Characters that a one-word wording must have for its `*` to count."""


class Entry(NamedTuple):
    """One row of a list. `tokens` is the wording as compared, `prefix` whether its last word may go on."""

    sign: str
    where: str
    wording: str
    language: str
    tokens: tuple[str, ...]
    prefix: bool
    value: int | None
    proofs: str

    @property
    def example(self) -> str:
        """A line that the entry must match."""
        return self.proofs.split("\t")[0]

    @property
    def counter_example(self) -> str:
        """A line that the entry must leave alone."""
        return self.proofs.split("\t")[1]


def tokenize(text: str) -> list[str]:
    """Words of a text as the lists compare them: NFKC, case-folded, dotted and dotless i as one, without punctuation."""
    return list(_remembered(text)) if len(text) <= SHORT else _tokens(text)


def _tokens(text: str) -> list[str]:
    if text.isascii():
        return _ASCII_RE.findall(text.lower())
    folded = unicodedata.normalize("NFKC", text).replace("İ", "i").replace("ı", "i").casefold()
    return (TOKEN_RE if _UNUSUAL_RE.search(folded) else _WORD_RE).findall(folded)


_remembered = lru_cache(1 << 13)(_tokens)
"""The short lines of a page are asked for again and again: by the labeller, by the titles, by the bylines."""


def parse_row(language: str, row: str) -> Entry:
    """Read one row of a list; raises `ValueError` that says what is wrong with it."""
    try:
        sign, where, wording, proofs = row.split("\t", 3)
    except ValueError as error:
        raise ValueError(f"{language}.tsv: fewer than {len(FIELDS)} cells (tab-separated) in: {row!r}") from error
    number = None
    if "=" in wording:
        wording, _, value = wording.partition("=")
        number = int(value)
    plain = wording.isascii() and wording.replace(" ", "").isalnum()
    tokens = tuple(wording.lower().split() if plain else tokenize(wording))
    if not tokens or where not in WHERE:
        raise ValueError(f"{language}.tsv: no word, or 'where' is none of {', '.join(WHERE)}, in: {row!r}")
    return Entry(sign, where, wording, language, tokens, wording.endswith("*"), number, proofs)


@cache
def entries() -> tuple[Entry, ...]:
    """All rows of all lists, by language and then in the order of the file."""
    rows: list[Entry] = []
    for file in sorted(resources.files(__package__).iterdir(), key=lambda f: f.name):
        if file.name.endswith(".tsv"):
            lines = file.read_text(encoding="utf-8").split("\n")[1:]
            rows += [parse_row(file.name[:-4], line) for line in lines if line and line[0] != "#"]
    return tuple(rows)


class _Table:
    """Entries by the words that they begin with, so that few of them have to be looked at for a line.

    Entries of one word stand in `words`, those of more in `pairs`, by their first two; those whose last word may go on in
    `stems`, by the first letters of their only word, or in `open`, by their first word. `begun` are the words that may begin one of
    `words` or `open`, `paired` those that may begin one of `pairs`.
    """

    __slots__ = ("begun", "open", "paired", "pairs", "stems", "words")

    def __init__(self, chosen: Iterable[Entry]) -> None:
        self.words: dict[str, list[Entry]] = {}
        self.pairs: dict[tuple[str, str], list[Entry]] = {}
        self.stems: dict[str, list[Entry]] = {}
        self.open: dict[str, list[Entry]] = {}
        for entry in chosen:
            first = entry.tokens[0]
            if not entry.prefix:
                if len(entry.tokens) == 1:
                    self.words.setdefault(first, []).append(entry)
                else:
                    self.pairs.setdefault((first, entry.tokens[1]), []).append(entry)
            elif len(entry.tokens) == 1 and len(first) >= PREFIX:
                self.stems.setdefault(first[:PREFIX], []).append(entry)
            else:
                self.open.setdefault(first, []).append(entry)
        self.begun = frozenset(self.words) | frozenset(self.open)
        self.paired = frozenset(first for first, _ in self.pairs)

    def at(self, tokens: list[str], i: int) -> list[Hit]:
        """Entries whose words stand at place `i`."""
        token = tokens[i]
        pair = (token, tokens[i + 1]) if i + 1 < len(tokens) else None
        words, pairs = self.words.get(token, ()), self.pairs.get(pair, ()) if pair else ()
        stems, unfinished = self.stems.get(token[:PREFIX], ()), self.open.get(token, ())
        if not (words or pairs or stems or unfinished):
            return []
        hits = [Hit(entry, i, i + 1) for entry in words]
        for entry in pairs:
            last = i + len(entry.tokens)
            if last == i + 2 or tuple(tokens[i:last]) == entry.tokens:
                hits.append(Hit(entry, i, last))
        hits += [Hit(entry, i, i + 1) for entry in stems if token.startswith(entry.tokens[0])]
        for entry in unfinished:
            last = i + len(entry.tokens)
            begun = last <= len(tokens) and tuple(tokens[i : last - 1]) == entry.tokens[:-1]
            if begun and tokens[last - 1].startswith(entry.tokens[-1]):
                hits.append(Hit(entry, i, last))
        return hits

    def places(self, tokens: list[str]) -> list[int]:
        """Where entries may begin, in order."""
        begun, paired, pairs, stems = self.begun, self.paired, self.pairs, self.stems
        return [
            i
            for i, token in enumerate(tokens)
            if token in begun or token[:PREFIX] in stems or (token in paired and tuple(tokens[i : i + 2]) in pairs)
        ]


@cache
def _tables() -> tuple[_Table, _Table]:
    """Entries that must stand at a line's beginning, and those that may stand anywhere."""
    opening = [entry for entry in entries() if entry.where in ("line", "head", "start")]
    anywhere = [entry for entry in entries() if entry.where in ("end", "any")]
    return _Table(opening), _Table(anywhere)


class Hit(NamedTuple):
    """An entry found in a line, at tokens `first` up to `last`."""

    entry: Entry
    first: int
    last: int


def find(tokens: list[str], *, colon: int | None = None) -> list[Hit]:
    """Entries that match a line, given its tokens; `colon` is the number of tokens before its first colon, if any."""
    hits = find_first(tokens, colon=colon)
    _, anywhere = _tables()
    for i in anywhere.places(tokens[:MAX_TOKENS]):
        if i:
            hits += [hit for hit in anywhere.at(tokens, i) if hit.entry.where == "any" or hit.last == len(tokens)]
    return hits


def find_first(tokens: list[str], *, colon: int | None = None) -> list[Hit]:
    """Entries that match a line and stand at its beginning; of the words behind nothing is looked at that they do not need."""
    if not tokens:
        return []
    opening, anywhere = _tables()
    size = len(tokens)
    hits = [
        hit
        for hit in opening.at(tokens, 0)
        if hit.entry.where == "start" or hit.last == size or (hit.entry.where == "head" and hit.last == colon)
    ]
    return hits + [hit for hit in anywhere.at(tokens, 0) if hit.entry.where == "any" or hit.last == size]


def rest_after(text: str, count: int) -> str:
    """What follows the first `count` words of a text, without the punctuation at either end; empty if nothing does."""
    for k, match in enumerate(TOKEN_RE.finditer(text), start=1):
        if k == count:
            return text[match.end() :].strip(" :：|/丨-–—\t")
    return ""


def find_in(text: str) -> list[Hit]:
    """Entries that match a line of text."""
    return find(tokenize(text), colon=_colon(text))


def find_first_in(text: str) -> list[Hit]:
    """Entries that match a line of text and stand at its beginning."""
    return find_first(tokenize(text), colon=_colon(text))


def _colon(text: str) -> int | None:
    """Words before the first colon of a text, if it has one."""
    before, sign, _ = text.replace("\uff1a", ":").partition(":")
    return len(tokenize(before)) if sign else None
