"""What stands around a line that could be the headline, and how its words recur in the body."""

from __future__ import annotations

from pipeline import wording
from pipeline.document import KEPT, Label
from pipeline.metadata.sheet import Sheet

BODY = 6000
"""Characters of the body whose words are compared."""


class Surroundings:
    """The lines at which body, titles, bylines and dates of a sheet stand."""

    def __init__(self, sheet: Sheet) -> None:
        lines = sheet.lines
        self.lines = lines
        self.kind = sheet.kind
        self.first = sheet.begun
        self.titles = [line.number for line in lines if line.label is Label.TITLE and line.number <= self.first + 1]
        self.about = [line.number for line in lines if line.label in (Label.DATE, Label.BYLINE)]
        body = " ".join(line.text for line in lines if line.label in KEPT and line.number >= self.first)[:BODY]
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
        if self.kind == "text":
            clues += self._place_clues(number, share, len(key.split()), far)
        if self.titles:
            clues += ["first title line"] * (number == self.titles[0])
            clues += ["last title line before the body"] * (number == self.titles[-1])
            clues += ["the only title line before the body"] * (self.titles == [number])
        return clues

    def _place_clues(self, number: int, share: float, words: int, far: str) -> list[str]:
        """Clues of a line of plain text: what it is taken for, with its place, its length and its words in the body."""
        line = self.lines[number]
        told = f"{min(int(share * 5), 4)}/5" if share else "none"
        long = "1" if words == 1 else "2-3" if words < 4 else "4-6" if words < 7 else "7-18" if words < 19 else "19+"
        about = next((n - number for n in self.about if n > number), 99)
        dated = "1" if about == 1 else "2-3" if about < 4 else "4-8" if about < 9 else "far"
        clues = [
            f"line {line.label}",
            f"line {line.label}, {far} above",
            f"words in the body: {told}, {far} above",
            f"words in the body: {told}, {long} words",
            f"{long} words, {far} above",
            f"{dated} above byline or date",
            f"{dated} above byline or date, words in the body: {told}",
        ]
        clues += [f"heard {e.rule}" for e in line.block.evidence if not e.rule.startswith("model")]
        return clues + self._neighbour_clues(number)

    def _neighbour_clues(self, number: int) -> list[str]:
        clues = []
        for step in (-2, -1, 1, 2, 3):
            at = number + step
            if 0 <= at < len(self.lines):
                other = self.lines[at]
                size = "short" if len(other.text) < 25 else "middle" if len(other.text) < 90 else "long"
                clues.append(f"{step:+}: {other.label}, {size}")
        return clues
