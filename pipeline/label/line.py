"""A line as the rules see it: what its text alone can tell."""

from __future__ import annotations

import re
from dataclasses import dataclass

from pipeline import dates, names, wording

TERMINATORS = ".!?…。！？｡؟۔।॥།։።៕"
_END_RE = re.compile(rf"[{TERMINATORS}][\"'”’»«“„」』）)\]\s]*\Z")
_INITIALISM_RE = re.compile(r"(?:[A-Z]\.){2,}\Z")
_SENTENCE_RE = re.compile(rf"[{TERMINATORS}][\"'”’»)]*(?:\s|\Z)|[。！？]")
_BULLET_RE = re.compile(r"(?:[•●▪‣◦○■□►▶·∙*\u2013\u2014–-]|\(?\d{1,2}[.)]|\(?[a-z][.)])\s+(?=\S)")
_FILE_RE = re.compile(r"[^\s/]+\.(?:jpe?g|png|gif|webp|svg|avif|mp[34]|mov|bmp|tiff?)\Z", re.IGNORECASE)
_DIGIT_RE = re.compile(r"\d")
_EMAIL_RE = re.compile(r"[\w.+-]{1,64}@[\w-]{1,63}(?:\.[\w-]{1,63})+")

PROSE_WORDS = 12
"""Words from which a line with a full stop counts as prose (Kohlschütter et al. 2010 find 10-11 to separate best)."""

DATED_UP_TO = 40
"""Words up to which a line is searched for dates: a date in a longer one is not the document's."""


@dataclass(slots=True, eq=False)
class Line:
    """A non-blank line: its text and what was counted on it. Shared by all pages that hold it, so never changed."""

    text: str
    tokens: list[str]
    words: float
    hits: tuple[wording.Hit, ...]
    bullet: bool
    ends: bool
    unspaced: int
    has_digit: bool
    prose: bool
    dates: tuple[dates.DateExpression, ...]
    dated_only: bool
    name: bool

    def sign(self, sign: str, *where: str) -> wording.Hit | None:
        """The first wording with this sign (standing in one of the ways `where`, if given)."""
        for hit in self.hits:
            if hit[0][0] == sign and (not where or hit.entry.where in where):
                return hit
        return None

    @property
    def bare(self) -> str:
        """The text without its bullet."""
        return _BULLET_RE.sub("", self.text, count=1) if self.bullet else self.text

    @property
    def is_file(self) -> bool:
        """Whether the line is the name of a picture or film file."""
        return "." in self.text and _FILE_RE.match(self.text) is not None

    @property
    def has_email(self) -> bool:
        """Whether an e-mail address stands in the line."""
        return "@" in self.text and _EMAIL_RE.search(self.text) is not None


def read_line(text: str) -> Line:
    """Count what there is on a line; `text` is normalized and not empty."""
    tokens = wording.tokenize(text)
    colon = None
    if ":" in text or "\uff1a" in text:
        before = text.replace("\uff1a", ":").partition(":")[0]
        colon = len(wording.tokenize(before)) if len(before) < 60 else None
    unspaced = 0 if text.isascii() else sum(len(t) == 1 and t >= "\u0e00" and not t.isdigit() for t in tokens)
    words = len(tokens) - unspaced + unspaced / 2
    ends = _END_RE.search(text) is not None and not (words < PROSE_WORDS and _INITIALISM_RE.search(text))
    hits = tuple(wording.find(tokens, colon=colon))
    has_digit = _DIGIT_RE.search(text) is not None
    prose = words >= PROSE_WORDS and (ends or (words >= 2 * PROSE_WORDS and _SENTENCE_RE.search(text) is not None))
    found: tuple[dates.DateExpression, ...] = ()
    dated_only = False
    if has_digit and words <= DATED_UP_TO:
        found = tuple(dates.find_dates(text))
        dated_only = _dated_only(text, found, hits)
    name = not has_digit and len(text) <= 60 and names.looks_like_name(text)
    bullet = _BULLET_RE.match(text) is not None
    return Line(text, tokens, words, hits, bullet, ends, unspaced, has_digit, prose, found, dated_only, name)


def _dated_only(text: str, found: tuple[dates.DateExpression, ...], hits: tuple[wording.Hit, ...]) -> bool:
    """Whether the line is a date (with its time, weekday, "Published:") and nothing else, or a time of day."""
    if not found:
        return dates.is_time(text)
    rest = text[: found[0].start] + " " + text[found[-1].end :]
    known = {"published", "modified", "date_word", "reading_time", "month"}
    spare = set(wording.tokenize(rest)) - {t for h in hits if h.entry.sign in known for t in h.entry.tokens}
    return all(t.isdigit() for t in spare)
