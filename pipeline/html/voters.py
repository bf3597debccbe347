"""What other extractors take for the main content of a page: voters, not the truth. Their failures cost nothing.

Each gives a text; a line's share of word pairs (its ends count as words) that stand in that text is its vote.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from itertools import repeat

import lxml.html
import numpy as np
from lxml import etree

from pipeline.html.structured import SPOKEN, Fact

EXTRACTORS = ("trafilatura", "trafilatura_comments", "resiliparse")
"""The first columns of the votes; behind them come those of the page's own `heard` texts."""

MAX_SOURCE = 4_000_000
MAX_LINES = 20_000
"""Characters of markup, and lines, up to which the extractors are asked: their time grows faster than the page."""


_MUTE = ("style", "svg", "link", "meta", "template", "iframe")
"""Elements, like scripts without data, that hold no line of ours. trafilatura drops nearly all of them, too, but only after it has
copied the tree, twice and more."""


def ask(source: str, tree: lxml.html.HtmlElement, lines: int) -> tuple[str, ...]:
    """The text that each of `EXTRACTORS` finds; empty where one fails. The tree is used up."""
    if len(source) > MAX_SOURCE or lines > MAX_LINES:
        return ("",) * len(EXTRACTORS)
    return (*_trafilatura(tree), _resiliparse(source))


def _trafilatura(tree: lxml.html.HtmlElement) -> tuple[str, str]:
    from trafilatura import bare_extraction  # noqa: PLC0415 (half a second: only where there is HTML)

    for script in [script for script in tree.iter("script") if "json" not in (script.get("type") or "")]:
        script.tag = "style"
    etree.strip_elements(tree, *_MUTE, with_tail=False)
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


def shares(lines: Sequence[str], texts: Sequence[str]) -> list[tuple[float, ...]]:
    """For each line its share of word pairs that stand in each text; eight texts at most."""
    if not lines:
        return []
    holders: dict[tuple[str, str], int] = {}
    for k, text in enumerate(texts):
        for line in filter(None, text.split("\n")):
            holders |= {pair: holders.get(pair, 0) | 1 << k for pair in _pairs(line.strip(" -|"))}
    found: list[int] = []
    ends = []
    for line in lines:
        found.extend(map(holders.get, _pairs(line), repeat(0)))
        ends.append(len(found))
    sizes = np.diff(ends, prepend=0)
    held = np.array(found, dtype=np.uint8)
    counts = [np.add.reduceat(held >> k & 1, ends - sizes, dtype=np.int64) for k in range(len(texts))]
    return list(zip(*((count / sizes).tolist() for count in counts), strict=True))


def _pairs(line: str) -> Iterator[tuple[str, str]]:
    words = line.lower().split()
    return zip(["", *words], [*words, ""], strict=True)
