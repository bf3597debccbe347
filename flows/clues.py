"""`copydesk explain --field`: the candidates of one field in order, with what spoke for and against each."""

from __future__ import annotations

from collections.abc import Iterator

from rich.console import Console
from rich.text import Text

from flows.summary import FIELDS
from flows.terminal import hanging, visible
from pipeline.document import Candidate, Document
from pipeline.metadata.weights import load

SHORT = {
    "date": "date_published",
    "published": "date_published",
    "modified": "date_modified",
    "author": "authors",
    "byline": "authors",
}
"""Names that people use for fields."""

NAMES = (*FIELDS, *SHORT)


def explain_field(document: Document, field: str, console: Console) -> None:
    """Print a field's candidates, the surest first, and the weight of each clue in hundredths of log-odds."""
    name = SHORT.get(field, field)
    metadata = document.metadata
    found = dict(metadata.evidence).get(name, ())
    unknown = dict(metadata.unknown).get(name)
    console.print(Text(f"{name}: {len(found)} candidate{'' if len(found) == 1 else 's'}", style="bold"))
    if unknown:
        console.print(Text(f"  – {visible(unknown)}", style="dim"))
    kind = "text" if all(block.markup is None for block in document.blocks) else "html"
    width = None if console.soft_wrap else console.width
    for candidate in sorted(found, key=lambda c: (not c.chosen, -c.confidence, c.start)):
        for row in _rows(candidate, name, kind, document, width):
            console.print(row)


def _rows(candidate: Candidate, field: str, kind: str, document: Document, width: int | None) -> Iterator[Text]:
    sign = "✓" if candidate.chosen else "·"
    style = "green" if candidate.chosen else ""
    head = f"{candidate.value} ({candidate.rule} {candidate.confidence:.2f}, {_place(candidate, document)})"
    yield from hanging(f"  {sign} ", visible(head), width, style, style)
    weights = load()
    weighed = [(weights.get((field, kind, clue), 0), clue) for clue in candidate.clues]
    for word, clues in (("for", [w for w in weighed if w[0] > 0]), ("against", [w for w in weighed if w[0] < 0])):
        told = ", ".join(f"{clue} {weight:+d}" for weight, clue in sorted(clues, key=lambda w: (-abs(w[0]), w[1])))
        if told:
            yield from hanging(f"      {word:<8}", visible(told), width, "", "dim")


def _place(candidate: Candidate, document: Document) -> str:
    if candidate.start == candidate.end:
        return "from outside the text"
    line = document.text.count("\n", 0, candidate.start) + 1
    raw = f", read from {candidate.raw!r}" if candidate.raw != candidate.value else ""
    return f"line {line}{raw}"
