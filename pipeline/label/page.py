"""The page as the rules see it: its non-blank lines with what can be counted on each, and where the body lies."""

from __future__ import annotations

import re
from dataclasses import dataclass
from functools import cached_property
from itertools import accumulate, groupby

from pipeline.document import Document, Label, Markup
from pipeline.label.alone import CHROME_SIGNS
from pipeline.label.line import Line
from pipeline.label.reading import Reading, reading_of
from pipeline.label.telling import Telling
from pipeline.view import read

_MENU_MARK_RE = re.compile(r"\s[|>»›<«·•]\s|\[\d+\]")
_TWO_SENTENCES_RE = re.compile(r"[^\W\d_]{3}\.\s")
_NO_HEADLINE = frozenset({"byline", "language_name", "editor", "photo", "photographer"})

SHORT_RUNS = CHROME_SIGNS - {"related_links", "comments", "consent_notice", "legal_notice"} | {"tags"}
"""Furniture of short lines only: a long line under such a heading is no longer part of it."""

BODY_BEGUN = 60.0
"""Words of prose from which the body has begun."""

LEAST_COLUMN = 4
"""Lines with a date and nothing else, one below the other, that are a table or a list of days."""

MAX_LINE = 4000
"""Characters of a line that are looked at; the label of a longer line is decided by its beginning."""


@dataclass
class Page:
    """All non-blank lines of a document, with what is known of the page as a whole.

    Beside each line stand the index of its block, the number of blank lines above it, the spaces before it and, if the document
    is a page of HTML, what its markup says. The facts of a page's head are no lines but `facts`: source, name, kind and value.
    """

    readings: list[Reading]
    blocks: list[int]
    blanks: list[int]
    indents: list[int]
    markups: list[Markup]
    facts: list[tuple[str, str, str, str]]

    @classmethod
    def of(cls, document: Document) -> Page:
        """Read a document's blocks."""
        page = cls([], [], [], [], [], [])
        blanks = 1
        for index, block in enumerate(document.blocks):
            if block.label is Label.BLANK:
                blanks = document.text.count("\n", block.start, block.end)
                continue
            if block.markup and block.in_head:
                value = document.text[block.start : block.end].strip()
                page.facts += [(*noted, value) for noted in block.markup.noted]
                continue
            text = read(document, block.start, min(block.end, block.start + MAX_LINE))
            if text:
                source = document.text[block.start : block.start + 40]
                page.readings.append(reading_of(text))
                page.blocks.append(index)
                page.blanks.append(blanks)
                page.indents.append(len(source) - len(source.lstrip()))
                if block.markup:
                    page.markups.append(block.markup)
            blanks = 0
        return page

    @property
    def kind(self) -> str:
        """Which model judges the page: "text" or "html"."""
        return "html" if self.markups else "text"

    @cached_property
    def lines(self) -> list[Line]:
        """The lines themselves."""
        return [reading.line for reading in self.readings]

    @cached_property
    def telling(self) -> Telling:
        """The telling words of the lines."""
        return Telling.of([reading.telling for reading in self.readings])

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
    def columns(self) -> frozenset[int]:
        """Lines with a date and nothing else, but figures, in a column of `LEAST_COLUMN` or more: a table, or a list of days."""
        runs = (list(run) for dated, run in groupby(range(len(self.lines)), lambda i: self.lines[i].dated_only) if dated)
        return frozenset(i for run in runs if len(run) >= LEAST_COLUMN for i in run)

    @cached_property
    def dated_up_to(self) -> list[int]:
        """How many lines before each place hold a date and nothing else, and stand in no column of them."""
        alone = (line.dated_only and i not in self.columns for i, line in enumerate(self.lines))
        return list(accumulate(alone, initial=0))

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
    def head_from(self) -> int:
        """The first line of the head: the headline, or a few lines before the body."""
        return self.title if self.title is not None else max(0, self.body[0] - 6)

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
        if any(h.entry.sign in CHROME_SIGNS or h.entry.sign in _NO_HEADLINE for h in line.hits):
            return 0.0
        if line.name and line.words < 5:
            return 0.0
        telling = [t for t in line.tokens if len(t) > 3 or t >= "\u0e00"]
        shared = sum(t in self.vocabulary for t in telling) / len(telling) if telling else 0.0
        score = 1.4 * shared + min(line.words, 8) / 12
        near = self.lines[i + 1 : i + 4]
        score += 0.4 * any(n.dates or n.sign("byline") or n.sign("editor") for n in near)
        score -= 0.4 * (_TWO_SENTENCES_RE.search(line.text) is not None)
        score += 0.2 * (self.blanks[i] > 0 or i == 0) - 0.8 * (_MENU_MARK_RE.search(line.text) is not None)
        return score - (0.6 if line.words < 3 else 0.0)
