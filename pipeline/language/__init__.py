"""The language of the main content, and of the paragraphs that differ.

>>> detect_language("The seventh dialogue and the sixth consultation were held in Washington.").code
'en'

`docs/language.md` describes the voters, how they are combined, and how well.
"""

from __future__ import annotations

import re
from dataclasses import replace

from pipeline.document import Block, Document, Problem, ProblemCode
from pipeline.language.detect import detect_language
from pipeline.language.spans import document_language
from pipeline.view import read


def language(document: Document) -> Document:
    """Stage: fill `language` from the main content, so that an English cookie notice does not decide a Farsi article."""
    kept = [block for block in document.blocks if block.kept]
    if document.repairs:
        paragraphs = [(block.start, block.end, read(document, block.start, block.end)) for block in kept]
    else:
        paragraphs = [(block.start, block.end, document.text[block.start : block.end]) for block in kept]
    found = document_language(paragraphs)
    declared = _declared(document)
    labelled = replace(document, language=found)
    if declared is None or found.confidence < SURE or sum(end - start for start, end, _ in paragraphs) < LONG:
        return labelled
    block, code = declared
    if _primary(code) in (_primary(found.code), "und", "mul", "zxx") or found.code == "und":
        return labelled
    message = f"the page declares the language {code!r}; its main content is {found.code!r}"
    return labelled.noting(Problem(ProblemCode.LANGUAGE_DECLARED_WRONG, message, block.start, block.end))


SURE = 0.95
"""Confidence from which the main content speaks against what the page declares."""

LONG = 300
"""Characters of main content from which it does."""

SAME = {"nb": "no", "nn": "no", "iw": "he", "in": "id", "ji": "yi", "fil": "tl", "hr": "sr", "bs": "sr", "cnr": "sr", "sh": "sr"}
"""Codes that name one language, or languages that no voter tells apart for sure."""


def _declared(document: Document) -> tuple[Block, str] | None:
    """The block that holds the page's declaration of its language, and the code; plain text has none."""
    for block in document.blocks:
        if block.markup is None or not block.markup.noted or block.markup.container.tag != "head":
            return None
        if block.markup.noted[0][:2] == ("html", "lang"):
            code = document.text[block.start : block.end].strip()
            return (block, code) if _CODE_RE.fullmatch(code) else None
    return None


_CODE_RE = re.compile("[A-Za-z]{2,3}(?:[-_][A-Za-z0-9]{1,8}){0,3}")


def _primary(code: str) -> str:
    primary = re.split("[-_]", code)[0].lower()
    return SAME.get(primary, primary)


__all__ = ["detect_language", "language"]
