"""What each block is: rules propose, one verdict decides. Nothing is deleted; chrome is labelled."""

from __future__ import annotations

from dataclasses import replace

from pipeline.document import Document, Evidence, Label, Problem, ProblemCode
from pipeline.label.page import Page
from pipeline.label.rules import votes_on
from pipeline.label.verdict import decide


def label(document: Document) -> Document:
    """Stage: give every block its label and evidence."""
    page = Page.of(document)
    blocks = list(document.blocks)
    for i, line in enumerate(page.lines):
        chosen, evidence = decide(votes_on(page, i))
        blocks[line.block] = replace(blocks[line.block], label=chosen, evidence=evidence)
    seen = {line.block for line in page.lines}
    for k, block in enumerate(blocks):
        if k not in seen and block.label is not Label.BLANK:  # only invisible characters
            evidence = (Evidence("invisible", "no visible character", 1.0),)
            blocks[k] = replace(block, label=Label.OTHER_CHROME, evidence=evidence)
    labelled = replace(document, blocks=tuple(blocks))
    if not any(block.kept for block in blocks):
        return labelled.noting(Problem(ProblemCode.NO_CONTENT, "no block was found to be main content"))
    return labelled
