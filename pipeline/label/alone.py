"""Rules that need no more than the line itself."""

from __future__ import annotations

import re
from collections.abc import Callable

from pipeline import names
from pipeline.document import CHROME, Label
from pipeline.label.line import Line
from pipeline.label.vote import Vote

CHROME_SIGNS = frozenset(str(label) for label in CHROME)
WHERE_CONFIDENCE = {"line": 0.92, "head": 0.95, "start": 0.8, "end": 0.7, "any": 0.75}
_NUMBER_RE = re.compile(r"[\d.,]{1,9}\s?[KkMm]?\+?")


def wording_sign(line: Line) -> Vote | None:
    """A wording of site furniture stands in a line that is short enough to be one."""
    best: Vote | None = None
    for hit in line.hits:
        if hit.entry.sign not in CHROME_SIGNS and hit.entry.sign not in ("author_bio", "tags", "caption"):
            continue
        share = (hit.last - hit.first) / max(1, len(line.tokens))
        if line.words > 60 and share < 0.1:
            continue
        confidence = WHERE_CONFIDENCE[hit.entry.where]
        if hit.entry.where in ("any", "start", "end") and line.prose:
            confidence -= 0.1
        if best is None or confidence > best.confidence:
            best = Vote(
                Label(hit.entry.sign), f"{hit.entry.sign}_wording", f"{hit.entry.language}: {hit.entry.wording}", confidence
            )
    return best


def picture_file(line: Line) -> Vote | None:
    """The line is the name of a picture file."""
    return Vote(Label.INTERFACE, "picture_file", line.text[:60], 0.95) if line.is_file else None


def stray_number(line: Line) -> Vote | None:
    """The line is a bare number: a counter."""
    if len(line.text) <= 12 and _NUMBER_RE.fullmatch(line.text):
        return Vote(Label.INTERFACE, "stray_number", line.text, 0.85)
    return None


def language_switcher(line: Line) -> Vote | None:
    """Two or more names of languages on a short line, or one that is the whole line."""
    if line.words > 30 or (line.ends and line.words > 8):
        return None
    known, first_words = names.words_of("language_name"), names.first_words_of("language_name")
    if first_words.isdisjoint(line.tokens):
        return None
    found: list[str] = []
    k = covered = 0
    while k < len(line.tokens):
        size = next((n for n in (4, 3, 2, 1) if tuple(line.tokens[k : k + n]) in known), 0)
        name = " ".join(line.tokens[k : k + size])
        if size and (len(name) > 2 or size == len(line.tokens)):  # "it" and "de" are words before they are codes
            found.append(name)
            covered += size
        k += max(size, 1)
    if covered == len(line.tokens) or (len(set(found)) >= 2 and covered >= 0.4 * len(line.tokens)):
        return Vote(Label.NAVIGATION, "language_switcher", ", ".join(found[:4]), 0.93)
    return None


RULES: tuple[tuple[str, Callable[[Line], Vote | None]], ...] = (
    ("wording", wording_sign),
    ("picture_file", picture_file),
    ("stray_number", stray_number),
    ("language_switcher", language_switcher),
)


def own_votes(line: Line) -> tuple[Vote, ...]:
    """The votes that a line gets on any page."""
    return tuple(vote for _, rule in RULES if (vote := rule(line)) is not None)
