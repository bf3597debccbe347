"""Labels that agree with the fields: a line of chrome that shows the title is the title, one that an author was read from a byline.

The labeller sees lines; the fields are found in the whole page. A heading among menus is told by what the page calls itself.
"""

from __future__ import annotations

from dataclasses import replace

from pipeline import wording
from pipeline.document import BY_HAND, CHROME, Block, Document, Evidence, Label
from pipeline.view import read

FIELDS = {"authors": Label.BYLINE, "date_published": Label.DATE, "date_modified": Label.DATE}
MAX_WORDS = 14
"""Words up to which a line that a field was read from is about the document as a whole."""

_OPEN = CHROME | {Label.SECTION}
"""Labels that give way: a name alone in the head is easily taken for a section."""


def settle(document: Document) -> Document:
    """Stage: call lines of chrome what the metadata was read from; facts of the head, and what a person has labelled, stay."""
    metadata = document.metadata
    title = wording.tokenize(metadata.title or "")
    evidence = dict(metadata.evidence)
    sure = next((c.confidence for c in evidence.get("title", ()) if c.chosen), 0.0)
    read_from = [(c, label) for field, label in FIELDS.items() for c in evidence.get(field, ()) if c.chosen and c.end > c.start]
    least, most = sum(map(len, title)) // 2, 4 * len(metadata.title or "") + 40  # half: folding may lengthen words
    blocks = list(document.blocks)
    for k, block in enumerate(blocks):
        if block.label not in _OPEN or block.in_head or any(e.rule == BY_HAND for e in block.evidence):
            continue
        text = read(document, block.start, block.end) if title and least <= block.end - block.start < most else ""
        if text and wording.tokenize(text) == title:
            blocks[k] = _called(block, Label.TITLE, "shows_title", metadata.title or "", sure)
            continue
        for c, label in read_from:
            if block.start <= c.start < block.end and len(document.text[block.start : block.end].split()) <= MAX_WORDS:
                blocks[k] = _called(block, label, f"read_{label}", c.value, c.confidence)
                break
    return replace(document, blocks=tuple(blocks))


def _called(block: Block, label: Label, rule: str, seen: str, confidence: float) -> Block:
    return block._replace(label=label, evidence=(Evidence(rule, seen[:80], confidence), *block.evidence))
