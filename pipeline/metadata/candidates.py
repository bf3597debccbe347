"""Candidates for a field, where they stand, and the one place where one is chosen."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace

from pipeline.document import Block, Candidate, Document, Label
from pipeline.view import read

ENOUGH = 0.5
"""Confidence from which a candidate is an answer; below it the field is null and the candidate stays as a loser."""


def labelled(document: Document, *labels: Label) -> Iterator[tuple[Block, str]]:
    """Blocks with one of the labels, in order, with their text."""
    for block in document.blocks:
        if block.label in labels:
            yield block, read(document, block.start, block.end)


def locate(document: Document, block: Block, piece: str) -> tuple[int, int]:
    """Where a piece of a block's text stands in the source; the whole visible block if it reads differently there."""
    source = document.text[block.start : block.end]
    at = _find_word(source, piece) if piece else -1
    if at >= 0:
        return block.start + at, block.start + at + len(piece)
    start = block.start + len(source) - len(source.lstrip())
    return start, max(start, block.start + len(source.rstrip()))


def _find_word(source: str, piece: str) -> int:
    """Where a piece first stands as words of its own ("AP", not that in "CHAPMAN"), else where it first stands; -1 if nowhere."""
    first = at = source.find(piece)
    while at >= 0:
        before, behind = source[at - 1 : at], source[at + len(piece) : at + len(piece) + 1]
        if not (before.isalnum() or before == "_" or behind.isalnum() or behind == "_"):
            return at
        at = source.find(piece, at + 1)
    return first


def candidate(document: Document, block: Block, piece: str, value: str, rule: str, confidence: float) -> Candidate:
    """A candidate read from a piece of a block."""
    start, end = locate(document, block, piece)
    return Candidate(value, start, end, document.text[start:end], rule, round(confidence, 3))


def choose(
    candidates: list[Candidate], most: int = 100, enough: float = ENOUGH
) -> tuple[Candidate | None, tuple[Candidate, ...]]:
    """The surest candidate, if sure enough, and all of them in order of confidence with the winner marked; `most` are listed."""
    ordered = sorted(candidates, key=lambda c: (-c.confidence, c.start, c.end))[:most]
    if not ordered or ordered[0].confidence < enough:
        return None, tuple(ordered)
    winner = replace(ordered[0], chosen=True)
    return winner, (winner, *ordered[1:])


def choose_all(candidates: list[Candidate]) -> tuple[Candidate, ...]:
    """All candidates in the order of the text, those sure enough marked as chosen, each value once."""
    taken: set[str] = set()
    out = []
    for c in sorted(candidates, key=lambda c: -c.confidence):
        chosen = c.confidence >= ENOUGH and c.value.casefold() not in taken
        if chosen:
            taken.add(c.value.casefold())
        out.append(replace(c, chosen=chosen))
    return tuple(sorted(out, key=lambda c: (c.start, c.end, not c.chosen)))
