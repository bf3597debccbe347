"""Wire services that a byline names beside people."""

from __future__ import annotations

import re
from itertools import dropwhile, pairwise

from pipeline import names, wording


def ungirded(text: str) -> str:
    """A part of a byline without signs and "and" at either end."""
    words = text.strip(" ,;|/&·•–—()").split()
    while words and _is_and(words[0]):
        words = words[1:]
    while words and _is_and(words[-1]):
        words = words[:-1]
    return " ".join(words).strip(" ,;|/&·•–—()")


def _is_and(word: str) -> bool:
    """Whether a word is "and" in some language, and no initial: "Maria E. Bloomberg"."""
    return names.has_word(word, "and") and not (len(word.rstrip(".")) == 1 and word[0].isupper())


def agencies_in(text: str) -> list[tuple[int, int]]:
    """Where a byline names wire services, apart from people or right behind one: "Jane Roe and AP", "Reuters, Jane Roe"."""
    tokens = list(wording.TOKEN_RE.finditer(text))
    if len(wording.tokenize(text)) != len(tokens):  # NFKC makes one of two, or two of one: places would not be true
        return []
    opens = [True]
    for a, b in pairwise(tokens):
        between = text[a.end() : b.start()]
        initial = between.startswith(".") and len(a[0]) == 1
        opens.append(
            _JOINT_RE.search(between) is not None or (_is_and(a[0]) and not initial) or _is_and(text[b.start() : b.end() + 1])
        )
    ends = [*opens[1:], True]
    out: list[tuple[int, int]] = []
    for hit in wording.find_in(text) if tokens else ():
        if hit.entry.sign != "agency" or (out and tokens[hit.first].start() < out[-1][1]):
            continue
        many = hit.last - hit.first > 1
        first = hit.first - (hit.first > 0 and tokens[hit.first - 1][0].lower() == "the")
        start, end = tokens[first].start(), tokens[hit.last - 1].end()
        size = end - tokens[hit.first].start()
        named = (
            many or size > SHORT_AGENCY or (text[start:end] == hit.entry.wording and text[start:end].casefold() not in AMBIGUOUS)
        )
        if named and (opens[first] or (many and hit.first > 1)) and ends[hit.last - 1]:
            out.append((start, end))
    return out


def service_of(name: str) -> str:
    """The wire service that a byline names: "AFP" for "avec AFP"; empty if none in particular, as in "with inputs from agencies"."""
    words = name.split()
    if not UNNAMED.isdisjoint(wording.tokenize(name)):
        return ""
    return " ".join(dropwhile(str.islower, words)) or name


UNNAMED = frozenset(
    {
        *("agencies", "inputs", "reports", "agenturen", "agenturmaterial", "agences", "agencias", "agenzie", "agências"),
        *("agentury", "agenturami", "agencje", "agencji", "persbureaus", "byråer", "nyhedsbureau", "وكالات"),
    }
)
"""Words of lists of wire services that name none in particular."""

AMBIGUOUS = frozenset({"pa", "pc", "na", "ep", "map", "sid", "md", "apa"})
"""Short names of wire services that are states, degrees or words, too."""

SHORT_AGENCY = 4
"""Letters up to which an agency's name counts only as its list writes it: "dpa" and "AP", not "Ap"."""

_JOINT_RE = re.compile(r"[,;|/&·•–—]")
