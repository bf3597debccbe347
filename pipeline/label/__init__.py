"""What each block is: rules propose, a trained model gives its opinion, one verdict decides. Nothing is deleted."""

from __future__ import annotations

from dataclasses import replace

from pipeline.document import Block, Document, Evidence, Label, Problem, ProblemCode
from pipeline.furniture import NO_FURNITURE, Furniture, group_of
from pipeline.label.model import Model, ask, load
from pipeline.label.page import Page
from pipeline.label.recurring import with_recurring
from pipeline.label.rules import votes_on
from pipeline.label.verdict import decide

NO_TEXT = "no_text"
"""The rule, in the evidence of a block that holds marks only."""


def label(document: Document, model: Model | None = None, furniture: Furniture = NO_FURNITURE) -> Document:
    """Stage: give every block its label and evidence.

    `model` replaces the package's own, as benchmarks do; `furniture` has lines known to recur where the document is from.
    """
    page = Page.of(document)
    votes = votes_on(page)
    blocks = list(document.blocks)
    known = furniture.get(group_of(document.payload)) if furniture else None
    all_votes = with_recurring(page, votes, known) if known else votes
    decisions = decide(page.lines, all_votes, ask(page, votes, model)) if page.lines else []
    for index, (chosen, evidence) in zip(page.blocks, decisions, strict=True):
        old = blocks[index]
        blocks[index] = Block(old.start, old.end, chosen, evidence, old.markup)
    seen = set(page.blocks)
    for k, block in enumerate(blocks):
        if k not in seen and block.label is not Label.BLANK:  # only invisible characters
            evidence = (_unseen(block, document.syntax),)
            blocks[k] = block._replace(label=Label.OTHER_CHROME, evidence=evidence)
    labelled = replace(document, blocks=tuple(blocks), model=(model or load(page.kind)).name)
    if not any(block.kept for block in blocks):
        return labelled.noting(Problem(ProblemCode.NO_CONTENT, "no block was found to be main content"))
    return labelled


def _unseen(block: Block, syntax: str) -> Evidence:
    """Why a block that holds text is no line of the page."""
    if block.markup and block.markup.noted:
        source, name, _ = block.markup.noted[0]
        return Evidence("page_head", f"{source} {name}", 1.0)
    if syntax:
        return Evidence(NO_TEXT, "a picture, or marks and addresses only", 1.0)
    return Evidence("invisible", "no visible character", 1.0)
