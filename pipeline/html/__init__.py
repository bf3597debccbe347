"""HTML pages: parsed once, flattened to a text whose blocks carry what the markup knew.

The facts of the page's head (JSON-LD, meta tags, title) open the text, a line each, so that every value of the record has
its place in it; then come the lines of the page.
"""

from __future__ import annotations

from dataclasses import replace

from pipeline.document import Block, Container, Document, Markup, RejectionCode, UnusablePayloadError
from pipeline.html.flatten import Flattener
from pipeline.html.structured import SPOKEN, facts
from pipeline.html.tree import parse
from pipeline.html.voters import ask, heard, shares

MEDIA_TYPES = frozenset({"text/html", "application/xhtml+xml"})
HEAD = Container(None, "head", ())
"""What holds the facts of a page's head."""


def flatten_page(source: str, *, ask_others: bool = True) -> tuple[str, tuple[Block, ...]]:
    """The text of a page and its blocks, which tile it; without the votes of other extractors, if not `ask_others`."""
    tree, parsed = parse(source)
    flat = Flattener()
    if tree is None:
        return "", ()
    said = facts(tree)
    for fact in said:
        if fact.name not in SPOKEN:
            flat.add_fact(fact, HEAD)
    first = len(flat.blocks)
    flat.walk(tree)
    text, blocks = flat.text, flat.blocks
    if ask_others:
        lines = [text[block.start : block.end] for block in blocks[first:]]
        votes = shares(lines, (*ask(parsed, tree, len(lines)), *heard(said)))
        blocks[first:] = [
            Block(block.start, block.end, markup=Markup(*block.markup[:-1], vote))
            for block, vote in zip(blocks[first:], votes, strict=True)
            if block.markup is not None
        ]
    return text, tuple(blocks)


def flatten(document: Document, *, ask_others: bool = True) -> Document:
    """Stage: the decoded markup of an HTML page becomes the text that it shows, with its blocks; other documents pass.

    Without the votes of other extractors, if not `ask_others`, for those who want the lines only. Raises `UnusablePayloadError` if the page shows no text.
    """
    if document.payload.media_type not in MEDIA_TYPES or document.blocks:
        return document
    text, blocks = flatten_page(document.text, ask_others=ask_others)
    if not text:
        raise UnusablePayloadError(RejectionCode.BLANK, "the page shows no text; its markup may be all scripts")
    problems = tuple(replace(problem, start=None, end=None) for problem in document.problems)
    return replace(document, text=text, blocks=blocks, problems=problems)
