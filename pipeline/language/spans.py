"""Which paragraphs of the main content are in another language than the rest.

Most pages have one language, so a paragraph is looked at closely only if it lacks the words that tell the page's language
from all others. A short paragraph, or one whose language stays unclear, goes with the page.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Sequence

from pipeline.document import Language, LanguageSpan
from pipeline.language.detect import SAMPLE, detect_language
from pipeline.language.profiles import in_language
from pipeline.language.scripts import ONLY, fits, letters, main_script
from pipeline.language.voters import cld2_votes

LOOK = 300
"""Characters of a paragraph that are looked at."""

MIN_LETTERS = 40
"""Letters from which a paragraph may have a language of its own."""

CONFIDENT = 0.8
"""Confidence from which a paragraph has a language of its own."""

Paragraph = tuple[int, int, str]
"""Start and end of a block, and its text."""


def paragraph_language(text: str, page: str) -> str:
    """The code of a paragraph that is in another language than the page; empty if it goes with the page."""
    if len(text) < (MIN_LETTERS if text.isascii() else MIN_LETTERS // 3):
        return ""
    start = text[:LOOK].strip()
    if in_language(start, page):
        return ""
    found = letters(start)
    script = main_script(found)
    if sum(found.values()) < MIN_LETTERS or page == ONLY.get(script) or (page == "zh" and script == "Hani"):
        return ""
    if fits(page, script) and max(votes := cld2_votes(start), key=votes.__getitem__, default=page) == page:
        return ""
    own = detect_language(start, quick=True)
    return own.code if own.confidence >= CONFIDENT and own.code != "und" else ""


def document_language(paragraphs: Sequence[Paragraph]) -> Language:
    """The language of most of the main content, with spans if its paragraphs differ."""
    page = detect_language(_joined(text for _, _, text in paragraphs))
    codes = _codes(paragraphs, page)
    most = _most(paragraphs, codes)
    if most not in ("", page.code):  # the start of a mixed page reads as a language of neither part
        page = detect_language(_joined(text for code, (_, _, text) in zip(codes, paragraphs, strict=True) if code == most))
        codes = _codes(paragraphs, page)
    if len(set(codes)) < 2:
        return page
    return Language(page.code, page.confidence, page.method, _merged(paragraphs, codes))


def _codes(paragraphs: Sequence[Paragraph], page: Language) -> list[str]:
    """The language of each paragraph."""
    base = page.code.split("-")[0]
    return [paragraph_language(text, base) or page.code for _, _, text in paragraphs]


def _most(paragraphs: Sequence[Paragraph], codes: Sequence[str]) -> str:
    """The language of most characters."""
    sizes: Counter[str] = Counter()
    for code, (_, _, text) in zip(codes, paragraphs, strict=True):
        sizes[code] += len(text)
    return max(sizes, key=lambda code: (sizes[code], code), default="")


def _joined(texts: Iterable[str]) -> str:
    """The start of some texts, as far as it is looked at."""
    parts: list[str] = []
    size = 0
    for text in texts:
        if size >= SAMPLE:
            break
        parts.append(text[:SAMPLE])
        size += len(parts[-1]) + 1
    return "\n".join(parts)


def _merged(paragraphs: Sequence[Paragraph], codes: Sequence[str]) -> tuple[LanguageSpan, ...]:
    """Neighbouring paragraphs in one language as one span."""
    spans: list[LanguageSpan] = []
    for code, (start, end, _) in zip(codes, paragraphs, strict=True):
        if spans and spans[-1].code == code:
            spans[-1] = LanguageSpan(spans[-1].start, end, code)
        else:
            spans.append(LanguageSpan(start, end, code))
    return tuple(spans)
