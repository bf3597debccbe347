"""Features of the lines of an HTML page that the facts of its head give: what kind of page it says it is, where its title stands."""

from __future__ import annotations

import numpy as np

from pipeline import wording
from pipeline.label.elements import Elements
from pipeline.label.features import Matrix
from pipeline.label.page import Page

KINDS = (
    ("article", "blog", "book"),
    ("website",),
    ("product",),
)
"""Values of `og:type`, or how they begin, in groups."""

TYPES = (
    ("article", "blogposting", "report", "review"),
    ("product", "offer"),
    ("discussionforum", "qapage", "comment"),
    ("itemlist", "collectionpage", "searchresults"),
    ("webpage", "website", "organization"),
    ("faqpage",),
)
"""Parts of the types of JSON-LD objects, in groups."""

TITLES = frozenset(("og:title", "twitter:title", "headline", "title", "dc.title"))
"""Names of the facts that give the page's title."""

ALIKE = 0.5
"""Dice coefficient of their words from which a line is taken for the page's title."""

MAX_TITLES = 8
FAR = 999.0


def head_names() -> list[str]:
    """Names of the columns of `head_features`."""
    names = [f"og_{group[0]}" for group in KINDS] + [f"ld_{group[0]}" for group in TYPES]
    names += ["articles", "heads", "title_like", "from_title", "up_to_title", "in_title_article"]
    return [*names, "article_number", "article_share", "article_words", "heads_above"]


HEAD = len(head_names())
"""Number of columns."""


def head_features(page: Page, elements: Elements, words: Matrix, prose: Matrix) -> Matrix:
    """One row a line, given the lines' words and words of prose. Columns are named by `head_names`."""
    n = len(page.lines)
    out = np.zeros((n, HEAD))
    said = _said(page)
    out[:, : len(said)] = said
    outer = np.array(elements.outermost("article"), dtype=np.int64)[elements.of_line]
    heads = np.array([m.container.tag == "h1" for m in page.markups], dtype=np.float64)
    alike = title_likeness(page)
    title = _title_line(alike, heads)
    numbers = {e: k for k, e in enumerate(dict.fromkeys(outer[outer >= 0].tolist()))}
    mass = np.bincount(outer + 1, weights=prose)[outer + 1] / max(float(prose.sum()), 1e-9)
    size = np.bincount(outer + 1, weights=words)[outer + 1]
    rest = [
        np.full(n, float(min(len(numbers), 20))),
        np.full(n, min(heads.sum(), 9.0)),
        alike,
        np.arange(n, dtype=np.float64) - title if title >= 0 else np.full(n, -FAR),
        np.array(elements.steps_to(int(elements.of_line[title])), dtype=np.float64)[elements.of_line]
        if title >= 0
        else np.full(n, -FAR),
        (outer == outer[title]).astype(np.float64) if title >= 0 else np.full(n, -1.0),
        np.array([min(numbers.get(e, -1), 20) for e in outer.tolist()], dtype=np.float64),
        np.where(outer >= 0, mass, -1.0),
        np.where(outer >= 0, size, -1.0),
        np.minimum(np.cumsum(heads), 9.0),
    ]
    out[:, len(said) :] = np.stack(rest, axis=1)
    return out


def _said(page: Page) -> list[float]:
    """What kind of page the head says it is: a column for each group of `KINDS` and `TYPES`."""
    og = {value.lower() for _, name, _, value in page.facts if name == "og:type"}
    types = {part for _, _, kind, _ in page.facts for part in kind.lower().split("+") if kind}
    return [
        *(float(any(value.startswith(group) for value in og)) for group in KINDS),
        *(float(any(part in kind for kind in types for part in group)) for group in TYPES),
    ]


def title_likeness(page: Page) -> Matrix:
    """How much each line is like one of the page's titles in its head: the Dice coefficient of their words."""
    given = dict.fromkeys(value for _, name, _, value in page.facts if name in TITLES)
    titles = [words for value in list(given)[:MAX_TITLES] if (words := set(wording.tokenize(value)))]
    out = np.zeros(len(page.lines))
    if not titles:
        return out
    longest = 3 * max(map(len, titles))
    for i, line in enumerate(page.lines):
        if len(line.tokens) <= longest:
            own = set(line.tokens)
            out[i] = max(2 * len(own & words) / (len(own) + len(words)) for words in titles)
    return out


def _title_line(alike: Matrix, heads: Matrix) -> int:
    """The first of the lines most like the title, a first-level heading before others; -1 if none is."""
    score = alike + 0.2 * heads
    best = int(np.argmax(score))
    return best if alike[best] >= ALIKE else -1
