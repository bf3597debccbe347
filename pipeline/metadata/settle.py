"""Labels that agree with the fields: a line of chrome that shows the title is the title, one that an author was read from a byline.

The labeller sees lines; the fields are found in the whole page. A heading among menus is told by what the page calls itself.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace

from pipeline import wording
from pipeline.document import BY_HAND, CHROME, Block, Candidate, Document, Evidence, Label, Metadata
from pipeline.metadata.sheet import HEAD
from pipeline.view import read

FIELDS = {"authors": Label.BYLINE, "date_published": Label.DATE, "date_modified": Label.DATE}
MAX_WORDS = 14
"""Words up to which a line that a field was read from is about the document as a whole."""


def settle(document: Document) -> Document:
    """Stage: call lines of chrome what the metadata was read from."""
    metadata = document.metadata
    title = wording.tokenize(metadata.title or "")
    read_from = _read_from(dict(metadata.evidence))
    least, most = sum(map(len, title)) // 2, 4 * len(metadata.title or "") + 40  # half: folding may lengthen words
    blocks = list(document.blocks)
    for k, block in enumerate(blocks):
        if block.label not in CHROME or not _open(block):
            continue
        if title and least <= block.end - block.start < most and wording.tokenize(_text(document, block)) == title:
            blocks[k] = _called(block, Label.TITLE, "shows_title", metadata.title or "", _confidence(metadata, "title"))
            continue
        for c, label in read_from:
            if block.start <= c.start < block.end and len(document.text[block.start : block.end].split()) <= MAX_WORDS:
                blocks[k] = _called(block, label, f"read_{label}", c.value, c.confidence)
                break
    return replace(document, blocks=tuple(blocks))


def _text(document: Document, block: Block) -> str:
    return read(document, block.start, block.end)


def _read_from(evidence: Mapping[str, tuple[Candidate, ...]]) -> list[tuple[Candidate, Label]]:
    return [(c, label) for field, label in FIELDS.items() for c in evidence.get(field, ()) if c.chosen and c.end > c.start]


def _confidence(metadata: Metadata, field: str) -> float:
    return next((c.confidence for c in dict(metadata.evidence).get(field, ()) if c.chosen), 0.0)


def _open(block: Block) -> bool:
    """Whether a block may be called something else: no fact of the head, and no person has said what it is."""
    in_head = block.markup is not None and block.markup.container.tag == HEAD
    return not in_head and not any(e.rule == BY_HAND for e in block.evidence)


def _called(block: Block, label: Label, rule: str, seen: str, confidence: float) -> Block:
    return block._replace(label=label, evidence=(Evidence(rule, seen[:80], confidence), *block.evidence))
