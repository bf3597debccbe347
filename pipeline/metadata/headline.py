"""What stands around a line that could be the headline, and how its words recur in the body."""

from __future__ import annotations

from collections.abc import Iterator
from itertools import pairwise

from pipeline import wording
from pipeline.document import KEPT, Label
from pipeline.metadata.sheet import Sheet

RUNNING = 60
"""Characters from which a line is running text."""

BODY = 6000
"""Characters of the body whose words are compared."""


class Surroundings:
    """The lines at which body, titles, bylines and dates of a sheet stand."""

    def __init__(self, sheet: Sheet) -> None:
        lines = sheet.lines
        self.first = next(_begins(sheet), sheet.body[0])
        self.titles = [line.number for line in lines if line.label is Label.TITLE and line.number <= self.first + 1]
        self.about = [line.number for line in lines if line.label in (Label.DATE, Label.BYLINE)]
        body = " ".join(line.text for line in lines if line.label in KEPT)[:BODY]
        self.words = set(wording.tokenize(body))

    def clues_of(self, key: str, numbers: list[int]) -> list[str]:
        """Clues of a wording that is shown in some lines."""
        words = {w for w in key.split() if len(w) > 3 or w >= "\u0e00"}
        share = len(words & self.words) / len(words) if words else 0.0
        clues = [f"words in the body: {'none' if share == 0 else 'few' if share < 0.4 else 'half' if share < 0.75 else 'most'}"]
        clues.append(f"words: {min(len(key.split()) // 3 * 3, 24)}")
        if not numbers:
            return clues
        number = max((n for n in numbers if n <= self.first), default=numbers[0])
        away = self.first - number
        far = "behind" if away < 0 else str(away) if away < 3 else "3-5" if away < 6 else "6-12" if away < 13 else "far"
        clues.append(f"lines to the body: {far}")
        clues += ["above byline or date"] * any(0 < n - number <= 3 for n in self.about)
        clues += ["below byline or date"] * any(-3 <= n - number < 0 for n in self.about)
        if self.titles:
            clues += ["first title line"] * (number == self.titles[0])
            clues += ["last title line before the body"] * (number == self.titles[-1])
            clues += ["the only title line before the body"] * (self.titles == [number])
        return clues


def _begins(sheet: Sheet) -> Iterator[int]:
    """Lines at which running text begins: a paragraph or standfirst, with another close behind it."""
    kept = [line for line in sheet.lines if line.label in (Label.PARAGRAPH, Label.STANDFIRST) and len(line.text) > RUNNING]
    for line, following in pairwise(kept):
        if following.number - line.number <= 6:
            yield line.number
    yield from (line.number for line in kept[:1])
