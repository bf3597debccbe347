"""The language of the main content, and of the paragraphs that differ.

>>> detect_language("The seventh dialogue and the sixth consultation were held in Washington.").code
'en'

`docs/language.md` describes the voters, how they are combined, and how well.
"""

from __future__ import annotations

from dataclasses import replace

from pipeline.document import Document
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
    return replace(document, language=document_language(paragraphs))


__all__ = ["detect_language", "language"]
