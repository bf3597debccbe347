"""Lines that a renderer cut apart become one block again: a sentence split at a link, a name or a bold word.

Only neighbouring lines of running text are joined, and only where the text itself shows the cut: the second line goes on
in lower case or with a closing mark, or the first ends in the middle of a sentence and the line after the next goes on
like that. The joined block spans all of its lines; nothing between them is lost. Sentences of one long line, judged apart, become
one paragraph again.
"""

from __future__ import annotations

import re
from dataclasses import replace

from pipeline.document import Block, Document, Evidence, Label
from pipeline.view import read

CUT_APART = "cut_apart"
"""The rule, in the evidence of a block of joined lines."""

JOINED = frozenset({Label.PARAGRAPH, Label.QUOTE, Label.LIST_ITEM, Label.CAPTION, Label.AUTHOR_BIO})
LOOK, LOOK_WITH_MARKS = 200, 4000
"""Characters at the end and the beginning of a block that are looked at."""

_END_RE = re.compile(r"[.!?…。！？؟۔।:;：；][\"'”’»“)\]」』）]*\Z")
_GOES_ON_RE = re.compile(r"[,;:.!?)\]”’»、，。）」』%](?!\.\.)|['’](?:s|t|re|ve|ll|d|m)\b|[-–—]\s")
_OPEN_RE = re.compile(r"(?:[,(\[“„«「『（、，]|(?<!\w)[^\W\d_A-ZÀ-Þ]{1,4}|[-–—/&])\Z")
_BULLET_RE = re.compile(r"[•●▪‣◦○■□►▶·∙*–—-]\s|\(?\d{1,2}[.)]\s")


def goes_on(text: str) -> bool:
    """Whether a line begins in the middle of a sentence: in lower case, or with a mark that closes or continues one."""
    return text[:1].islower() or (_GOES_ON_RE.match(text) is not None and not _BULLET_RE.match(text))


def breaks_off(text: str) -> bool:
    """Whether a line ends in the middle of a sentence."""
    return _END_RE.search(text) is None


def is_cut(first: str, second: str, third: str | None) -> bool:
    """Whether two neighbouring lines of running text were one; `third` is the line of running text right behind them."""
    if not breaks_off(first):
        return second[:1] in ",;" and len(second) > 1
    if goes_on(second):
        return True
    if _BULLET_RE.match(second):
        return False
    if _OPEN_RE.search(first):
        return True
    return third is not None and breaks_off(second) and len(second.split()) <= 8 and goes_on(third)


def join(document: Document) -> Document:
    """Stage: join the blocks of lines that were cut apart."""
    blocks: list[Block] = []
    for k, block in enumerate(document.blocks):
        following = document.blocks[k + 1] if k + 1 < len(document.blocks) else None
        if blocks and following is not None and _is_link(document, blocks[-1], block, following):
            block = block._replace(label=blocks[-1].label)  # noqa: PLW2901 - a link, a name or a bold word, not a heading
        if blocks and blocks[-1].kept and block.kept and _one_line(document, blocks[-1]):
            label = block.label if block.label is blocks[-1].label else Label.PARAGRAPH
            blocks[-1] = blocks[-1]._replace(end=block.end, label=label)
            continue
        if blocks and _fits(blocks[-1], block):
            third = _head(document, following) if following is not None and _fits(block, following) else None
            if is_cut(_tail(document, blocks[-1]), _head(document, block), third):
                blocks[-1] = _joined(blocks[-1], block)
                continue
        blocks.append(block)
    return document if len(blocks) == len(document.blocks) else replace(document, blocks=tuple(blocks))


def _one_line(document: Document, first: Block) -> bool:
    """Whether a block ends inside a line, at a space or a full stop of unspaced scripts: what follows is the next sentence of the line."""
    last = document.text[first.end - 1]
    return last in "。！？」』）》" or (last.isspace() and last not in "\n\r\x0b\x0c\x85\u2028\u2029")


def _fits(first: Block, second: Block) -> bool:
    """Whether two blocks are neighbours of a kind: running text goes on a list item, never the other way round."""
    if first.end != second.start or first.label not in JOINED:
        return False
    if first.markup and second.markup and first.markup.container is not second.markup.container:
        return False  # markup says where a paragraph ends
    return second.label is first.label or (first.label is Label.LIST_ITEM and second.label is Label.PARAGRAPH)


def _is_link(document: Document, first: Block, second: Block, third: Block) -> bool:
    """Whether a heading is a piece of a sentence: the text before it breaks off, and the text behind it goes on."""
    if second.label is not Label.HEADING or first.label not in JOINED or third.label is not first.label:
        return False
    if first.end != second.start or second.end != third.start:
        return False
    return breaks_off(_tail(document, first)) and goes_on(_head(document, third)) and breaks_off(_head(document, second))


def _tail(document: Document, block: Block) -> str:
    if document.syntax:  # an address may be longer than that
        return read(document, max(block.start, block.end - LOOK_WITH_MARKS), block.end)[-LOOK:]
    return read(document, max(block.start, block.end - LOOK), block.end)


def _head(document: Document, block: Block) -> str:
    return read(document, block.start, min(block.end, block.start + LOOK))


def _joined(first: Block, second: Block) -> Block:
    if first.evidence and first.evidence[-1].rule == CUT_APART:
        return first._replace(end=second.end)
    note = Evidence(CUT_APART, "lines of one sentence stand apart in the source", 0.9)
    return first._replace(end=second.end, evidence=(*first.evidence, note))
