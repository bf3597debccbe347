"""The page as the rules see it: its non-blank lines with what can be counted on each, and where the body lies."""

from __future__ import annotations

import re
from dataclasses import dataclass, field
from functools import cached_property

from pipeline import dates, names, wording
from pipeline.document import CHROME, Document, Label
from pipeline.view import read

TERMINATORS = ".!?…。！？｡؟۔।॥։።៕"
_END_RE = re.compile(rf"[{TERMINATORS}][\"'”’»«“„」』）)\]\s]*\Z")
_INITIALISM_RE = re.compile(r"(?:[A-Z]\.){2,}\Z")
_SENTENCE_RE = re.compile(rf"[{TERMINATORS}][\"'”’»)]*(?:\s|\Z)|[。！？]")
_BULLET_RE = re.compile(r"(?:[•●▪‣◦○■□►▶·∙*\u2013\u2014–-]|\(?\d{1,2}[.)]|\(?[a-z][.)])\s+(?=\S)")
_FILE_RE = re.compile(r"[^\s/]+\.(?:jpe?g|png|gif|webp|svg|avif|mp[34]|mov|bmp|tiff?)\Z", re.IGNORECASE)
_DIGIT_RE = re.compile(r"\d")
_EMAIL_RE = re.compile(r"[\w.+-]{1,64}@[\w-]{1,63}(?:\.[\w-]{1,63})+")

PROSE_WORDS = 12
"""Words from which a line with a full stop counts as prose (Kohlschütter et al. 2010 find 10-11 to separate best)."""

CHROME_SIGNS = frozenset(str(label) for label in CHROME)
MAX_LINE = 4000
"""Characters of a line that are looked at; the label of a longer line is decided by its beginning."""


@dataclass(slots=True)
class Line:
    """A non-blank line: its block's index, its text and what was counted on it."""

    block: int
    text: str
    tokens: list[str]
    words: float
    hits: list[wording.Hit]
    blank_before: bool
    bullet: bool
    ends: bool
    unspaced: int
    has_digit: bool
    indent: int
    blanks: int
    prose: bool = False
    dates: list[dates.DateExpression] = field(default_factory=list)

    def sign(self, sign: str, *where: str) -> wording.Hit | None:
        """The first wording with this sign (standing in one of the ways `where`, if given)."""
        for hit in self.hits:
            if hit.entry.sign == sign and (not where or hit.entry.where in where):
                return hit
        return None

    @property
    def bare(self) -> str:
        """The text without its bullet."""
        return _BULLET_RE.sub("", self.text, count=1) if self.bullet else self.text

    @property
    def dated_only(self) -> bool:
        """Whether the line is a date (with its time, weekday, "Published:") and nothing else, or a time of day."""
        if not self.dates:
            return dates.is_time(self.text)
        rest = self.text[: self.dates[0].start] + " " + self.text[self.dates[-1].end :]
        known = {"published", "modified", "date_word", "reading_time", "month"}
        spare = set(wording.tokenize(rest)) - {t for h in self.hits if h.entry.sign in known for t in h.entry.tokens}
        return not {t for t in spare if not t.isdigit()}

    @property
    def is_file(self) -> bool:
        """Whether the line is the name of a picture or film file."""
        return _FILE_RE.match(self.text) is not None

    @property
    def has_email(self) -> bool:
        """Whether an e-mail address stands in the line."""
        return "@" in self.text and _EMAIL_RE.search(self.text) is not None


def _line(document: Document, index: int, blanks: int) -> Line:
    block = document.blocks[index]
    text = read(document, block.start, min(block.end, block.start + MAX_LINE))
    tokens = wording.tokenize(text)
    colon = None
    before, sign, _ = text.replace("\uff1a", ":").partition(":")
    if sign and len(before) < 60:
        colon = len(wording.tokenize(before))
    unspaced = sum(len(t) == 1 and t >= "\u0e00" and not t.isdigit() for t in tokens)
    words = len(tokens) - unspaced + unspaced / 2
    ends = _END_RE.search(text) is not None and not (words < PROSE_WORDS and _INITIALISM_RE.search(text))
    source = document.text[block.start : block.start + 40]
    line = Line(
        index,
        text,
        tokens,
        words,
        wording.find(tokens, colon=colon),
        blanks > 0,
        _BULLET_RE.match(text) is not None,
        ends,
        unspaced,
        _DIGIT_RE.search(text) is not None,
        len(source) - len(source.lstrip()),
        blanks,
    )
    line.prose = words >= PROSE_WORDS and (ends or (words >= 2 * PROSE_WORDS and _SENTENCE_RE.search(text) is not None))
    if words <= 40 and line.has_digit:
        line.dates = dates.find_dates(text)
    return line


@dataclass
class Page:
    """All lines of a document, with what is known of the page as a whole."""

    lines: list[Line]

    @classmethod
    def of(cls, document: Document) -> Page:
        """Read a document's blocks."""
        lines: list[Line] = []
        blanks = 1
        for index, block in enumerate(document.blocks):
            if block.label is Label.BLANK:
                blanks = document.text.count("\n", block.start, block.end)
                continue
            line = _line(document, index, blanks)
            blanks = 0
            if line.text:
                lines.append(line)
        return cls(lines)

    @cached_property
    def runs(self) -> dict[int, tuple[str, int]]:
        """Lines that stand under a furniture heading ("Related Publications"): the heading's sign and line."""
        inside: dict[int, tuple[str, int]] = {}
        sign, head = None, -1
        for i, line in enumerate(self.lines):
            opening = self._opening(line)
            if opening and (opening != sign or i > head + 1):
                sign, head = opening, i
            elif sign and self._resumes(i, sign):
                sign = None
            if sign:
                inside[i] = (sign, head)
        return inside

    @staticmethod
    def _opening(line: Line) -> str | None:
        if line.words > 10:
            return None
        for hit in line.hits:
            if hit.entry.where == "head" and (hit.entry.sign in CHROME_SIGNS or hit.entry.sign in ("author_bio", "tags")):
                return hit.entry.sign
        return None

    def _resumes(self, i: int, sign: str) -> bool:
        """Whether the document goes on at line `i`, under a furniture heading: two lines of prose in a row, or its title."""
        line = self.lines[i]
        if line.sign("summary_head"):
            return True
        if sign == "author_bio":
            return not line.prose and self.lines[i - 1].prose
        if sign == "tags":
            return line.prose or line.words > 8
        if not line.prose:
            return False
        following = self.lines[i + 1 : i + 3]
        if sign == "comments":
            return False
        alone = any(other.dated_only for other in (*self.lines[max(0, i - 1) : i], *following[:1]))
        return not alone and bool(following) and following[0].prose and line.words + following[0].words > 50

    @cached_property
    def copies(self) -> dict[tuple[str, ...], int]:
        """How often a line's words stand on the page."""
        counts: dict[tuple[str, ...], int] = {}
        for line in self.lines:
            key = tuple(line.tokens)
            counts[key] = counts.get(key, 0) + 1
        return counts

    def worth(self, i: int) -> float:
        """What a line adds to a stretch of main content: its words if it is prose, a loss if it is not."""
        line = self.lines[i]
        if i in self.runs and self.runs[i][0] in CHROME_SIGNS:
            return -line.words - 10
        if line.prose:
            furniture = [h for h in line.hits if h.entry.sign in CHROME_SIGNS and h.entry.where in ("any", "start", "line")]
            return -line.words if furniture and line.words < 60 else line.words
        if line.bullet and line.words > 4:
            return line.words / 2
        return -10.0 if line.dated_only else -4.0

    @cached_property
    def body(self) -> tuple[int, int]:
        """First line of the main content and the line behind its last: the stretch of greatest worth."""
        best, best_span = 0.0, (0, 0)
        total, first = 0.0, 0
        for i in range(len(self.lines)):
            if total <= 0:
                total, first = 0.0, i
            total += self.worth(i)
            if total > best:
                best, best_span = total, (first, i + 1)
        return best_span

    @cached_property
    def vocabulary(self) -> frozenset[str]:
        """Words of the body's prose."""
        first, last = self.body
        return frozenset(t for line in self.lines[first:last] if line.prose for t in line.tokens)

    @cached_property
    def title(self) -> int | None:
        """The line that is the headline, or `None`."""
        first, _ = self.body
        scored = [(self.headline_score(i), -i) for i in range(first)]
        best = max(scored, default=(0.0, 0))
        return -best[1] if best[0] >= 1.0 else None

    def headline_score(self, i: int) -> float:
        """How much a line before the body looks like its headline; 1 is enough."""
        line = self.lines[i]
        if not 2 <= line.words <= 40 or line.dated_only or line.bullet or i in self.runs or line.is_file:
            return 0.0
        if any(h.entry.sign in CHROME_SIGNS or h.entry.sign in ("byline", "language_name", "editor") for h in line.hits):
            return 0.0
        if names.looks_like_name(line.text) and line.words < 5:
            return 0.0
        telling = [t for t in line.tokens if len(t) > 3 or t >= "\u0e00"]
        shared = sum(t in self.vocabulary for t in telling) / len(telling) if telling else 0.0
        score = 1.4 * shared + min(line.words, 8) / 12
        near = self.lines[i + 1 : i + 4]
        score += 0.4 * any(n.dates or n.sign("byline") or n.sign("editor") for n in near)
        score += 0.2 * (line.blank_before or i == 0) - 0.4 * any(s in line.text for s in (" > ", " » ", " | "))
        return score - (0.6 if line.words < 3 else 0.0)
