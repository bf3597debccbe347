"""The page as the rules see it: its non-blank lines with what can be counted on each, and where the body lies."""

from __future__ import annotations

import re
from dataclasses import dataclass, field
from functools import cached_property
from itertools import accumulate

import numpy as np
import numpy.typing as npt

from pipeline import dates, names, wording
from pipeline.document import CHROME, Document, Label
from pipeline.view import read

TERMINATORS = ".!?…。！？｡؟۔।॥։።៕"
_END_RE = re.compile(rf"[{TERMINATORS}][\"'”’»«“„」』）)\]\s]*\Z")
_INITIALISM_RE = re.compile(r"(?:[A-Z]\.){2,}\Z")
_SENTENCE_RE = re.compile(rf"[{TERMINATORS}][\"'”’»)]*(?:\s|\Z)|[。！？]")
_BULLET_RE = re.compile(r"(?:[•●▪‣◦○■□►▶·∙*\u2013\u2014–-]|\(?\d{1,2}[.)]|\(?[a-z][.)])\s+(?=\S)")
_FILE_RE = re.compile(r"[^\s/]+\.(?:jpe?g|png|gif|webp|svg|avif|mp[34]|mov|bmp|tiff?)\Z", re.IGNORECASE)
_MENU_MARK_RE = re.compile(r"\s[|>»›<«·•]\s|\[\d+\]")
_DIGIT_RE = re.compile(r"\d")
_EMAIL_RE = re.compile(r"[\w.+-]{1,64}@[\w-]{1,63}(?:\.[\w-]{1,63})+")

PROSE_WORDS = 12
"""Words from which a line with a full stop counts as prose (Kohlschütter et al. 2010 find 10-11 to separate best)."""

CHROME_SIGNS = frozenset(str(label) for label in CHROME)
SHORT_RUNS = CHROME_SIGNS - {"related_links", "comments", "consent_notice", "legal_notice"} | {"tags"}
"""Furniture of short lines only: a long line under such a heading is no longer part of it."""

BODY_BEGUN = 60.0
"""Words of prose from which the body has begun."""

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
    dated_only: bool = False
    name: bool = False
    dates: list[dates.DateExpression] = field(default_factory=list)

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
        return _FILE_RE.match(self.text) is not None

    @property
    def has_email(self) -> bool:
        """Whether an e-mail address stands in the line."""
        return "@" in self.text and _EMAIL_RE.search(self.text) is not None


def _dated_only(line: Line) -> bool:
    """Whether the line is a date (with its time, weekday, "Published:") and nothing else, or a time of day."""
    if not line.dates:
        return dates.is_time(line.text)
    rest = line.text[: line.dates[0].start] + " " + line.text[line.dates[-1].end :]
    known = {"published", "modified", "date_word", "reading_time", "month"}
    spare = set(wording.tokenize(rest)) - {t for h in line.hits if h.entry.sign in known for t in h.entry.tokens}
    return not {t for t in spare if not t.isdigit()}


def _line(document: Document, index: int, blanks: int) -> Line:
    block = document.blocks[index]
    text = read(document, block.start, min(block.end, block.start + MAX_LINE))
    tokens = wording.tokenize(text)
    colon = None
    if ":" in text or "\uff1a" in text:
        before = text.replace("\uff1a", ":").partition(":")[0]
        colon = len(wording.tokenize(before)) if len(before) < 60 else None
    unspaced = 0 if text.isascii() else sum(len(t) == 1 and t >= "\u0e00" and not t.isdigit() for t in tokens)
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
        line.dated_only = _dated_only(line)
    line.name = not line.has_digit and len(text) <= 60 and names.looks_like_name(text)
    return line


@dataclass(frozen=True, slots=True)
class Telling:
    """The telling words of all lines (longer than three letters, or unspaced), each once a line, as numbers."""

    words: npt.NDArray[np.int64]
    line_of: npt.NDArray[np.int64]
    per_line: npt.NDArray[np.float64]
    size: int

    @classmethod
    def of(cls, lines: list[Line]) -> Telling:
        """Number the words of the lines."""
        numbers: dict[str, int] = {}
        flat: list[int] = []
        counts: list[int] = []
        for line in lines:
            mine = {numbers.setdefault(t, len(numbers)) for t in line.tokens[:MAX_TELLING] if len(t) > 3 or t >= "\u0e00"}
            flat += sorted(mine)
            counts.append(len(mine))
        per_line = np.array(counts, dtype=np.int64)
        line_of = np.repeat(np.arange(len(lines)), per_line)
        return cls(np.array(flat, dtype=np.int64), line_of, np.maximum(per_line, 1).astype(np.float64), max(len(numbers), 1))

    def share_in(self, chosen: npt.NDArray[np.bool_], *, others_only: bool = False, often: int = 0) -> npt.NDArray[np.float64]:
        """For each line the share of its words that stand in more than `often` chosen lines (itself not counted, if asked)."""
        own = chosen[self.line_of]
        seen = np.bincount(self.words[own], minlength=self.size)
        found = seen[self.words] - (own if others_only else 0) > often
        return self._shares(found)

    def share_above(self, chosen: npt.NDArray[np.bool_]) -> npt.NDArray[np.float64]:
        """For each line the share of its words that stand in a chosen line above it."""
        own = chosen[self.line_of]
        first = np.full(self.size, len(self.per_line), dtype=np.int64)
        np.minimum.at(first, self.words[own], self.line_of[own])
        return self._shares(first[self.words] < self.line_of)

    def _shares(self, found: npt.NDArray[np.bool_]) -> npt.NDArray[np.float64]:
        return np.bincount(self.line_of, weights=found, minlength=len(self.per_line)) / self.per_line


MAX_TELLING = 60
"""Words of a line that are compared with other lines."""


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
    def telling(self) -> Telling:
        """The telling words of the lines."""
        return Telling.of(self.lines)

    @cached_property
    def runs(self) -> dict[int, tuple[str, int]]:
        """Lines that stand under a furniture heading ("Related Publications"): the heading's sign and line."""
        inside: dict[int, tuple[str, int]] = {}
        sign, head, prose = None, -1, 0.0
        for i, line in enumerate(self.lines):
            begun = prose >= BODY_BEGUN
            opening = self._opening(line, begun=begun)
            if opening and (opening != sign or i > head + 1):
                sign, head = opening, i
            elif sign and self._resumes(i, sign, begun=begun):
                sign = None
            if sign:
                inside[i] = (sign, head)
            elif line.prose:
                prose += line.words
        return inside

    @staticmethod
    def _opening(line: Line, *, begun: bool) -> str | None:
        """The sign of a furniture heading; before the body has begun, one word is no heading but an entry of a menu."""
        if line.words > 10:
            return None
        for hit in line.hits:
            entry = hit.entry
            if entry.where != "head" or hit.last < len(line.tokens):  # a heading with a teaser behind its colon claims no more
                continue
            if (entry.sign in CHROME_SIGNS or entry.sign in ("author_bio", "tags")) and (begun or len(entry.tokens) > 1):
                return entry.sign
        return None

    def _resumes(self, i: int, sign: str, *, begun: bool) -> bool:
        """Whether the document goes on at line `i`, under a furniture heading."""
        line = self.lines[i]
        if line.sign("summary_head"):
            return True
        if not begun and (line.dates or line.sign("byline", "start") or (line.words >= 5 and not line.bullet and not line.hits)):
            return True
        if sign == "author_bio":
            return line.dated_only or (not line.prose and self.lines[i - 1].prose)
        if sign in SHORT_RUNS:
            return line.words > 8
        if sign == "comments" or not line.prose:
            return False
        following = self.lines[i + 1 : i + 3]
        alone = any(other.dated_only for other in (*self.lines[max(0, i - 1) : i], *following[:1]))
        return not alone and bool(following) and following[0].prose and line.words + following[0].words > 50

    @cached_property
    def dated_up_to(self) -> list[int]:
        """How many lines before each place hold a date and nothing else."""
        return list(accumulate((line.dated_only for line in self.lines), initial=0))

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
        if line.name and line.words < 5:
            return 0.0
        telling = [t for t in line.tokens if len(t) > 3 or t >= "\u0e00"]
        shared = sum(t in self.vocabulary for t in telling) / len(telling) if telling else 0.0
        score = 1.4 * shared + min(line.words, 8) / 12
        near = self.lines[i + 1 : i + 4]
        score += 0.4 * any(n.dates or n.sign("byline") or n.sign("editor") for n in near)
        score += 0.2 * (line.blank_before or i == 0) - 0.8 * (_MENU_MARK_RE.search(line.text) is not None)
        return score - (0.6 if line.words < 3 else 0.0)
