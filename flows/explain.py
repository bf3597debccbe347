"""`copydesk explain`: every line of a document in order, with what was decided about it and who said so.

The rendering reads a record and the text it was made from, so it shows what is in the record and nothing else.
"""

from __future__ import annotations

from bisect import bisect_right
from collections import defaultdict
from collections.abc import Iterator
from dataclasses import dataclass
from itertools import pairwise

from rich.console import Console
from rich.text import Text

from flows.summary import line_number, summary_rows
from flows.terminal import hanging, visible, wrapped
from pipeline import markdown, numbered
from pipeline.document import ABOUT, Label
from pipeline.join import CUT_APART
from pipeline.label import NO_TEXT
from pipeline.record import Block, FieldEvidence, Record
from pipeline.segment import LINE_ENDS, LINE_RE

LEGEND = (
    ("│", "kept: the record's text", ""),
    ("+", "about the document: read for its fields", "cyan"),
    ("×", "chrome: left out", "yellow"),
    ("↳", "a field found in the line above", "green"),
)
MIN_TEXT = 50
"""Columns that the document's text should have beside the margin; with less, label and rule stand on two rows."""

Marks = dict[int, list[tuple[str, FieldEvidence]]]


@dataclass(frozen=True, slots=True)
class Layout:
    """Widths of the margin's parts, and of the page; the page's is `None` if lines are not wrapped."""

    number: int
    label: int
    rule: int
    width: int | None

    def margin(self, number: str = "", label: str = "", rule: str = "") -> str:
        """The margin of a row; `rule` has no place of its own if `self.rule` is 0."""
        said = f" {rule:<{self.rule}}" if self.rule else ""
        return f"{number:>{self.number}} {label:<{self.label}}{said} "


def explain(record: Record, text: str, console: Console, *, verbose: bool = False) -> None:
    """Print every line of a document with its label, the fields found in it, and a summary of the metadata."""
    starts = [match.start() for match in LINE_RE.finditer(text) if match.group()]
    layout = _layout(record, len(starts), console)
    marks = _marks(record)
    for row in _head(record, text):
        console.print(row)
    for n, block in enumerate(record.blocks):
        source, number = text[block.start : block.end], line_number(starts, block.start)
        for row in _block_rows(block, source, number, layout, marks.get(n, []), verbose=verbose):
            console.print(row)
    for row in summary_rows(record, starts, layout.width, verbose=verbose):
        console.print(row)


def _head(record: Record, text: str) -> Iterator[Text]:
    counts, decoding = record.counts, record.decoding
    parts = [record.source.name]
    if decoding:
        parts.append(f"{decoding.encoding} ({decoding.method})")
    if counts:
        lines = sum(block.label is not Label.BLANK for block in record.blocks)
        parts.append(f"{counts.blocks_kept} of {lines} lines kept, {counts.words} words")
    parts += _read_as(record, text)
    yield Text(" · ".join(visible(part) for part in parts), style="bold")
    for sign, meaning, style in LEGEND:
        yield Text(f"  {sign}  {meaning}", style=style)
    yield Text()


def _read_as(record: Record, text: str) -> list[str]:
    """How the text was cut into blocks, where these are not its lines."""
    if record.source.media_type == markdown.MEDIA_TYPE:
        return ["read as Markdown"]
    if not record.source.media_type.startswith("text/plain"):
        return []
    said = ["read without the numbers of links"] if record.source.media_type == numbered.MEDIA_TYPE else []
    own = [b for b in record.blocks if b.label is not Label.BLANK and all(e.rule not in (CUT_APART, NO_TEXT) for e in b.evidence)]
    if any("\n" in text[block.start : block.end].strip("\n") for block in own):
        said.append("hard-wrapped: its paragraphs are joined")
    elif any(text[block.start - 1 : block.start].strip(LINE_ENDS) for block in record.blocks):
        said.append("long lines are parted")
    return said


def _layout(record: Record, lines: int, console: Console) -> Layout:
    shown = [block for block in record.blocks if block.label is not Label.BLANK]
    number = len(str(lines))
    label = max((len(_label(block)) for block in shown), default=0)
    rule = max((len(_rule(block)) for block in shown), default=0)
    if console.soft_wrap:
        return Layout(number, label, rule, None)
    wide = Layout(number, label, rule, console.width)
    if console.width - len(wide.margin()) >= MIN_TEXT:
        return wide
    return Layout(number, max(label, rule), 0, console.width)


def _marks(record: Record) -> Marks:
    """The candidates found in each block, by the block's index."""
    starts = [block.start for block in record.blocks]
    found: Marks = defaultdict(list)
    for name, candidates in record.evidence.items():
        for candidate in candidates:
            found[bisect_right(starts, candidate.start) - 1].append((name, candidate))
    return found


def _label(block: Block) -> str:
    return "" if block.label is Label.PARAGRAPH else str(block.label)


def _rule(block: Block) -> str:
    if block.kept or not block.evidence:
        return ""
    winner = block.evidence[0]
    return f"{visible(winner.rule)} {winner.confidence:.2f}"


def _sign_and_style(block: Block) -> tuple[str, str, str]:
    """The margin's sign, its style, and the style of the line itself."""
    if block.kept:
        return "│", "", ""
    if block.label in ABOUT:
        return "+", "cyan", ""
    return "×", "yellow", "dim"


def _block_rows(
    block: Block, source: str, number: int, layout: Layout, marks: list[tuple[str, FieldEvidence]], *, verbose: bool
) -> Iterator[Text]:
    if block.label is Label.BLANK:
        yield Text()
        return
    sign, margin_style, line_style = _sign_and_style(block)
    label, rule = _label(block), _rule(block)
    room = None if layout.width is None else layout.width - len(layout.margin()) - 2
    lines = wrapped(_styled(block, source, marks, line_style), room)
    margins = [(str(number), label, rule if layout.rule else "")]
    if rule and not layout.rule:
        margins.append(("", rule, ""))
    for k in range(max(len(lines), len(margins))):
        parts = margins[k] if k < len(margins) else ("", "", "")
        margin = (f"{layout.margin(*parts)}{sign} ", margin_style)
        yield Text.assemble(margin, lines[k] if k < len(lines) else "")
    for note, style in _notes(block, source, marks, verbose=verbose):
        yield from hanging(f"{layout.margin()}↳ ", note, layout.width, style, style)


def _styled(block: Block, source: str, marks: list[tuple[str, FieldEvidence]], style: str) -> Text:
    """A block's source, escaped, with the spans of chosen fields underlined."""
    body = source.rstrip("\n\r\x0b\x0c\x85\u2028\u2029")
    edges = {0, len(body)}
    spans = [(c.start - block.start, min(c.end - block.start, len(body))) for _, c in marks if c.chosen]
    for start, end in spans:
        edges |= {min(start, len(body)), end}
    line = Text(style=style)
    ordered = sorted(edges)
    for start, end in pairwise(ordered):
        found = any(first <= start and end <= last for first, last in spans)
        line.append(visible(body[start:end].replace("\t", "    ")), style="underline" if found else "")
    return line


def _notes(block: Block, source: str, marks: list[tuple[str, FieldEvidence]], *, verbose: bool) -> Iterator[tuple[str, str]]:
    """Rows below a line: the fields found in it; with `verbose` what was seen, the losing votes and the losing values."""
    for name, candidate in marks:
        if candidate.chosen or verbose:
            yield _field_note(name, candidate, source), "green" if candidate.chosen else "dim"
    if verbose:
        for k, evidence in enumerate(block.evidence):
            verdict = "because" if k == 0 else "against" if " (for " in evidence.rule else "also"
            yield f"{verdict}: {evidence.rule} {evidence.confidence:.2f}, saw {evidence.seen!r}", "dim"


def _field_note(name: str, candidate: FieldEvidence, source: str) -> str:
    said = f"({candidate.rule} {candidate.confidence:.2f})"
    whole = candidate.value == " ".join(source.split())
    value = "" if whole else f" = {candidate.value}"
    return f"{name}{value} {said}" if candidate.chosen else f"not {name}{value} {said}"
