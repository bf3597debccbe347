"""The language of the main content, and of the paragraphs that differ.

>>> detect_language("The seventh dialogue and the sixth consultation were held in Washington.").code
'en'

`docs/language.md` describes the voters, how they are combined, and how well.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import replace

from pipeline.document import Block, Document, Problem, ProblemCode
from pipeline.language.detect import detect_language
from pipeline.language.spans import document_language
from pipeline.view import read


def language(document: Document) -> Document:
    """Stage: fill `language` from the main content, so that an English cookie notice does not decide a Farsi article."""
    kept = [block for block in document.blocks if block.kept]
    if document.repairs or document.syntax:
        paragraphs = [(block.start, block.end, read(document, block.start, block.end)) for block in kept]
    else:
        paragraphs = [(block.start, block.end, document.text[block.start : block.end]) for block in kept]
    found = document_language(paragraphs)
    labelled = replace(document, language=found)
    if found.code == "und" or found.confidence < SURE or sum(end - start for start, end, _ in paragraphs) < LONG:
        return labelled
    for block, name, code in _declared(document):
        if _primary(code) not in (_primary(found.code), "und", "mul", "zxx"):
            message = f"the page declares the language {code!r} ({name}); its main content is {found.code!r}"
            return labelled.noting(Problem(ProblemCode.LANGUAGE_DECLARED_WRONG, message, block.start, block.end))
    return labelled


SURE = 0.95
"""Confidence from which the main content speaks against what the page declares."""

LONG = 300
"""Characters of main content from which it does."""

SAME = {"nb": "no", "nn": "no", "iw": "he", "in": "id", "ji": "yi", "fil": "tl", "hr": "sr", "bs": "sr", "cnr": "sr", "sh": "sr"}
"""Codes that name one language, or languages that no voter tells apart for sure."""


def _declared(document: Document) -> Iterator[tuple[Block, str, str]]:
    """The blocks of a page's head that declare its language, with the attribute's name and the code; plain text has none."""
    for block in document.blocks:
        if block.markup is None or not block.markup.noted or not block.in_head:
            return
        source, name, kind = block.markup.noted[0]
        if (source, name) == ("html", "lang") or (name == "inLanguage" and kind != "WebSite"):
            code = document.text[block.start : block.end].strip()
            if _CODE_RE.fullmatch(code):
                yield block, name, code


_CODE_RE = re.compile("[A-Za-z]{2,3}(?:[-_][A-Za-z0-9]{1,8}){0,3}")


def _primary(code: str) -> str:
    primary = re.split("[-_]", code)[0].lower()
    return SAME.get(primary, primary)


__all__ = ["detect_language", "language"]
