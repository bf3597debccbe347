"""What other extractors take for the main content of a page: voters, not the truth. Their failures cost nothing.

Each gives a text; a line's share of word pairs (its ends count as words) that stand in that text is its vote.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence

import lxml.html

from pipeline.html.structured import SPOKEN, Fact

EXTRACTORS = ("trafilatura", "trafilatura_comments", "resiliparse")
"""The first columns of the votes; behind them come those of the page's own `heard` texts."""

MAX_SOURCE = 4_000_000
MAX_LINES = 20_000
"""Characters of markup, and lines, up to which the extractors are asked: their time grows faster than the page."""


def ask(source: str, tree: lxml.html.HtmlElement, lines: int) -> tuple[str, ...]:
    """The text that each of `EXTRACTORS` finds; empty where one fails. The tree is used up."""
    if len(source) > MAX_SOURCE or lines > MAX_LINES:
        return ("",) * len(EXTRACTORS)
    return (*_trafilatura(tree), _resiliparse(source))


def _trafilatura(tree: lxml.html.HtmlElement) -> tuple[str, str]:
    from trafilatura import bare_extraction  # noqa: PLC0415 (half a second: only where there is HTML)

    try:
        found = bare_extraction(tree, with_metadata=False, include_comments=True, deduplicate=False)
    except (ValueError, TypeError, AttributeError, LookupError, AssertionError, RecursionError):  # it raises on odd trees
        return "", ""
    return (found.text or "", found.comments or "") if found is not None else ("", "")  # type: ignore[union-attr]


def _resiliparse(source: str) -> str:
    from resiliparse.extract.html2text import extract_plain_text  # noqa: PLC0415

    try:
        return str(extract_plain_text(source, main_content=True, alt_texts=False, links=False, list_bullets=False))
    except (ValueError, RuntimeError):
        return ""


def heard(facts: Iterable[Fact]) -> tuple[str, str, str]:
    """What the page's head itself gives of its text: the body of the article, other texts, descriptions."""
    body, others, about = [], [], []
    for fact in facts:
        if fact.name == "articleBody":
            body.append(fact.value)
        elif fact.name in SPOKEN or (fact.name == "description" and "Product" in fact.kind):
            others.append(fact.value)
        elif fact.name.endswith("description"):
            about.append(fact.value)
    return "\n".join(body), "\n".join(others), "\n".join(about)


def shares(lines: Sequence[str], texts: Iterable[str]) -> list[tuple[float, ...]]:
    """For each line its share of word pairs that stand in each text."""
    known = [_pairs_of(text) for text in texts]
    out = []
    for line in lines:
        pairs = _pairs(line)
        out.append(tuple(sum(map(found.__contains__, pairs)) / len(pairs) if found else 0.0 for found in known))
    return out


def _pairs(line: str) -> list[tuple[str, str]]:
    words = line.lower().split()
    return list(zip(["", *words], [*words, ""], strict=True))


def _pairs_of(text: str) -> set[tuple[str, str]]:
    return {pair for line in text.split("\n") if line for pair in _pairs(line.strip(" -|"))}
