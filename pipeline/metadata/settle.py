"""Labels that agree with the fields: a line of chrome that shows the title is the title, one that an author was read from a byline.

The labeller sees lines; the fields are found in the whole page. A heading among menus is told by what the page calls itself.
"""

from __future__ import annotations

from dataclasses import replace

from pipeline import wording
from pipeline.document import BY_HAND, CHROME, KEPT, Block, Document, Evidence, Label
from pipeline.metadata.announced import announced_by, joins_names
from pipeline.metadata.bylines import OPENING
from pipeline.metadata.titles import SEPARATOR_RE
from pipeline.view import read

FIELDS = {"authors": Label.BYLINE, "date_published": Label.DATE, "date_modified": Label.DATE}
MAX_WORDS = 14
"""Words up to which a line that a field was read from is about the document as a whole."""

LEAST_TITLE = 3
"""Words of a title that a line can begin with by chance: "Get help | Forum"."""

MOST_SITE = 20
"""Words of a site's name and motto beside the title."""

_BARS = frozenset({"|", "-", "–", "—", "·", "•", "»", "｜", "丨"})
"""What stands between title and site. Other separators make breadcrumbs."""

_OPEN = CHROME | {Label.SECTION}
"""Labels that give way: a name alone in the head is easily taken for a section."""

_OPEN_TO_AUTHORS = _OPEN | {Label.DATE}
"""Labels that give way to a byline: a date's line may name an author."""


def settle(document: Document) -> Document:
    """Stage: call lines of chrome what was read from them, date lines that name an author bylines, and headings what is not the title.

    Facts of the head, and what a person has labelled, stay.
    """
    metadata = document.metadata
    title = wording.tokenize(metadata.title or "")
    evidence = dict(metadata.evidence)
    sure = next((c.confidence for c in evidence.get("title", ()) if c.chosen), 0.0)
    read_from = [(c, label) for field, label in FIELDS.items() for c in evidence.get(field, ()) if c.chosen and c.end > c.start]
    least, most = sum(map(len, title)) // 2, 4 * len(metadata.title or "") + 40  # half: folding may lengthen words
    blocks = list(document.blocks)
    first = next((k for k, block in enumerate(blocks) if block.kept), len(blocks))
    for k, block in enumerate(blocks):
        if title and _gives_way(block, _TITLES) and _kept_by_model(block):
            blocks[k] = _not_the_title(document, block, title)
        if not _gives_way(block, _OPEN_TO_AUTHORS):
            continue
        text = read(document, block.start, block.end) if title and least <= block.end - block.start < most else ""
        if text and block.label in _OPEN and _shows(text, title, alone=k > first):
            blocks[k] = _called(block, Label.TITLE, "shows_title", metadata.title or "", sure)
            continue
        for c, label in read_from:
            if block.start <= c.start < block.end and len(document.text[block.start : block.end].split()) <= MAX_WORDS:
                if block.label in _OPEN or label is Label.BYLINE:
                    blocks[k] = _called(block, label, f"read_{label}", c.value, c.confidence)
                break
    _join_bylines(document, blocks)
    return replace(document, blocks=tuple(blocks))


def _gives_way(block: Block, labels: frozenset[Label]) -> bool:
    """Whether a block has one of the labels, and they are neither facts of the head nor a person's."""
    return block.label in labels and not block.in_head and all(e.rule != BY_HAND for e in block.evidence)


def _kept_by_model(block: Block) -> bool:
    """Whether the labeller takes a block for main content, and only a rule for something else."""
    return any(e.rule in _FOR_CONTENT for e in block.evidence)


def _not_the_title(document: Document, block: Block, title: list[str]) -> Block:
    """A heading, if a line that a rule took for the title shares less than half of its words with the title."""
    tokens = wording.tokenize(read(document, block.start, block.end))
    if 2 * len(set(tokens) & set(title)) >= len(set(tokens)):
        return block
    return _called(block, Label.HEADING, "not_the_title", document.metadata.title or "", OTHER_TITLE)


OTHER_TITLE = 0.6
"""Confidence that a line of main content is a heading, if the title is another."""

_TITLES = frozenset({Label.TITLE})
_FOR_CONTENT = frozenset(f"model (for {label})" for label in KEPT)


def _join_bylines(document: Document, blocks: list[Block]) -> None:
    """Call lines of chrome bylines that stand above one and say "By", or between two and say "and"."""
    shown = [k for k, block in enumerate(blocks) if block.label is not Label.BLANK and not block.in_head]
    for before, k, behind in zip([-1, *shown], shown, shown[1:], strict=False):
        block, below = blocks[k], blocks[behind]
        if below.label is not Label.BYLINE or not _gives_way(block, _OPEN) or block.end - block.start >= OPENING:
            continue
        text = read(document, block.start, block.end)
        between = before >= 0 and blocks[before].label is Label.BYLINE and joins_names(text)
        if between or announced_by(text) is not None:
            rule = "between_bylines" if between else "announces_byline"
            blocks[k] = _called(block, Label.BYLINE, rule, text, max((e.confidence for e in below.evidence), default=0.0))


def _shows(text: str, title: list[str], *, alone: bool) -> bool:
    """Whether a line is the title, or, if not `alone`, the title and the site's name with a bar between, as browsers show it.

    Home > News > Title is none, nor is a bar with words of chrome beside it: "Share | Title".
    """
    tokens = wording.tokenize(text)
    size = len(title)
    if tokens == title:
        return True
    if alone or size < LEAST_TITLE or title not in (tokens[:size], tokens[-size:]) or len(tokens) > size + MOST_SITE:
        return False
    cuts = [cut for cut in SEPARATOR_RE.finditer(text) if cut.group().strip() in _BARS]
    sides = [(text[: cut.start()], text[cut.end() :]) for cut in cuts]
    beside = [rest for head, rest in sides if wording.tokenize(head) == title]
    beside += [head for head, rest in sides if wording.tokenize(rest) == title]
    pieces = SEPARATOR_RE.split(beside[0]) if beside else []
    return bool(beside) and all(hit.entry.sign not in CHROME for piece in pieces for hit in wording.find_in(piece))


def _called(block: Block, label: Label, rule: str, seen: str, confidence: float) -> Block:
    return block._replace(label=label, evidence=(Evidence(rule, seen[:80], confidence), *block.evidence))
