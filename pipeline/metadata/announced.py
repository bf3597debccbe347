"""Lines that stand below one that says "By" and no more, as renderers cut bylines."""

from __future__ import annotations

from functools import lru_cache

from pipeline import names, wording
from pipeline.document import Label
from pipeline.metadata.bylines import OPENING, opening_of
from pipeline.metadata.sheet import Sheet

MOST_OPENING = 5
"""Words of a line that says no more than "By": "Text und Bilder von:"."""

BEHIND = frozenset({"close behind the body", "behind the body", "far behind"})
"""Places behind the main content."""

MOST_JOINED = 2
"""Lines of "and" and commas between a line that says "By" and the name."""


@lru_cache(1 << 14)
def announced_by(text: str) -> str | None:
    """What a line announces that says "By" and no more: "author", or the credit ("editor" for "Edited by"); `None` for others."""
    if len(text) > OPENING or len(text.split()) > MOST_OPENING:
        return None
    credit, said, rest = opening_of(text)
    for _ in range(text.count("/")):  # "Autorin/Autor"
        _, again, after = opening_of(rest.lstrip("/ "))
        rest = after if said and again else rest
    return (credit or "author") if said and not wording.tokenize(rest) else None


def joins_names(text: str) -> bool:
    """Whether a line stands between names only: "and", a comma."""
    tokens = wording.tokenize(text)
    return not tokens or (len(tokens) == 1 and names.has_word(text, "and"))


def _is_bare(text: str) -> bool:
    """Whether a line holds a few words and no sentence end, as a name alone does."""
    return len(text.split()) <= MOST_OPENING and text[-1].isalnum()


def announced_in(sheet: Sheet) -> dict[int, str]:
    """Lines below one that says "By" and no more, as renderers cut bylines: what it announces, by number.

    So are lines behind "and" or a comma that follow such a line. Behind the body only a line that the labeller took for a byline
    is announced, and none below "3 Comments": comments are "posted by" somebody, too. A paragraph is announced only if it could be a
    bare name, and the line that says "By" was taken for a byline: running text says "by", too.
    """
    out: dict[int, str] = {}
    open_for, joined, sure = None, 0, False
    for line in sheet.lines[: sheet.commented]:
        says = announced_by(line.text)
        if says is not None:
            open_for, joined, sure = says, 0, line.label is Label.BYLINE
        elif open_for is not None and joined < MOST_JOINED and joins_names(line.text):
            joined += 1
        elif open_for is not None:
            own = line.label in (Label.BYLINE, Label.AUTHOR_BIO)
            running = line.label is Label.PARAGRAPH and not (sure and _is_bare(line.text))
            fits = len(line.text) < 80 and not running and not opening_of(line.text)[1]
            if fits and (own or sheet.place(line.number) not in BEHIND):
                out[line.number] = open_for
            following = sheet.lines[line.number + 1] if line.number + 1 < len(sheet.lines) else None
            goes_on = line.number in out and following is not None and joins_names(following.text)
            open_for, joined = (open_for if goes_on else None), 0
    return out
