"""Features of the lines of an HTML page that its markup gives: elements, class names, links, and the votes of extractors."""

from __future__ import annotations

import zlib
from array import array
from collections.abc import Sequence
from functools import lru_cache
from itertools import islice

import numpy as np
import numpy.typing as npt

from pipeline.document import Container, Markup
from pipeline.label.elements import AROUND, Elements
from pipeline.label.features import Matrix, shifted, window_means
from pipeline.label.head import HEAD, head_features, head_names
from pipeline.label.lexicon import slot_scores
from pipeline.label.page import Page

TAGS = (
    ("p",),
    ("h1",),
    ("h2",),
    ("h3", "h4", "h5", "h6"),
    ("li",),
    ("td", "th", "caption"),
    ("div",),
    ("button", "label", "option", "legend", "select", "textarea"),
    ("blockquote",),
    ("pre",),
    ("dt", "dd"),
    ("figcaption",),
    ("section", "article", "main"),
    ("header", "hgroup"),
    ("footer",),
    ("body", "html"),
)
"""Elements that hold a line, in groups."""

VOTERS = 6
LEADING = 4
"""The first votes: those for the body of the page. Their sum is looked at in the neighbours, too."""

NEAR = 3
"""Elements outwards whose class words count as near."""

FAR = 12
"""Elements outwards whose class words count at all."""

STEPS = (-2, -1, 1, 2)
WINDOWS = (3, 10)
_TAG = {tag: k for k, group in enumerate(TAGS) for tag in group}
_HIGHEST = 6
"""Elements outwards whose share of the page is measured."""


def markup_names() -> list[str]:
    """Names of the columns of `markup_features`."""
    names = [f"tag_{group[0]}" for group in TAGS] + [f"in_{group[0]}" for group in AROUND]
    names += ["hidden", "depth", "linked", "strong", "noted", "stamp", "item", "links_only", "siblings", "twins"]
    names += ["same_as_above", "same_as_below", "up_from_above", "up_from_below", "up_to_best", "in_best", "up_to_half"]
    names += ["path_share", "path_lines"]
    names += [f"{what}_{k}" for k in range(_HIGHEST) for what in ("prose_share", "linked_share", "words")]
    names += head_names()
    names += [f"vote_{k}" for k in range(VOTERS)]
    moving = ["linked", "votes", "tag_near", "tag_far"]
    names += [f"{name}{s:+}" for name in moving for s in STEPS] + [f"{name}~{w}" for w in WINDOWS for name in moving]
    return [*names, "tag_near", "tag_far"]


REMEMBERED = 1 << 14
"""Elements' names and words whose slots a process remembers: those of a site come again on each of its pages."""


class TagSlots:
    """Finds the slots of class words in their lexicon; remembers the elements of one page."""

    def __init__(self) -> None:
        self.known: dict[int, tuple[frozenset[int], bytes, bytes]] = {}
        self.outside: dict[int, tuple[frozenset[int], bytes]] = {}
        self.own: dict[int, tuple[frozenset[int], frozenset[int], frozenset[int]]] = {}

    def of(self, markup: Markup) -> tuple[bytes, bytes]:
        """The slots of a line's near and far words, as int32."""
        container = markup.container
        found = self.known.get(id(container))
        if found is None:
            around, far = self._around(container.above)
            near = _own(container.tag, container.words)[0] | around
            found = self.known[id(container)] = (near, _packed(near), far)
        return _packed(found[0].union(_inner(markup.words))) if markup.words else found[1], found[2]

    def _around(self, container: Container | None) -> tuple[frozenset[int], bytes]:
        """The slots of the words of what holds a line's own element: near ones, and far ones as int32."""
        found = self.outside.get(id(container))
        if found is None:
            own = [] if container is None else [self._own(c) for c in islice(container.outwards(), FAR - 1)]
            near = frozenset().union(*(slots[1] for slots in own[: NEAR - 1]))
            far = frozenset().union(*(slots[2] for slots in own[NEAR - 1 :]))
            found = self.outside[id(container)] = (near, _packed(far))
        return found

    def _own(self, container: Container) -> tuple[frozenset[int], frozenset[int], frozenset[int]]:
        found = self.own.get(id(container))
        if found is None:
            found = self.own[id(container)] = _own(container.tag, container.words)
        return found


def _packed(slots: frozenset[int]) -> bytes:
    return array("i", sorted(slots)).tobytes()


@lru_cache(REMEMBERED)
def _own(tag: str, words: tuple[str, ...]) -> tuple[frozenset[int], frozenset[int], frozenset[int]]:
    """The slots of an element's own words: as the one that holds a line, as one around that, as one far out."""
    named = (*words, "<" + tag)
    return _slots("0:", named), _slots("1:", named), _slots("f:", words)


@lru_cache(REMEMBERED)
def _inner(words: tuple[str, ...]) -> frozenset[int]:
    return _slots("i:", words)


def _slots(place: str, words: tuple[str, ...]) -> frozenset[int]:
    return frozenset(zlib.crc32((place + word).encode("utf-8", "surrogatepass")) & 0xFFFF for word in words)


def tag_slots(markups: Sequence[Markup]) -> list[tuple[bytes, bytes]]:
    """The slots of each line's near and far class words."""
    page = TagSlots()
    return [page.of(markup) for markup in markups]


def markup_features(page: Page, rows: Matrix, weights: npt.NDArray[np.int16]) -> Matrix:
    """One row a line, given its columns of `features` (words first) and the class lexicon. Named by `markup_names`."""
    slots = tag_slots(page.markups)
    near = slot_scores([s[0] for s in slots], weights)
    far = slot_scores([s[1] for s in slots], weights)
    fixed = fixed_features(page, rows)
    return np.hstack([fixed, *moving(fixed, near, far)])


LINKED = len(TAGS) + len(AROUND) + 2
FIXED = len(TAGS) + len(AROUND) + 19 + 3 * _HIGHEST + HEAD + VOTERS


def moving(fixed: Matrix, near: Matrix, far: Matrix) -> list[Matrix]:
    """The columns that hang on the class lexicon, and those of the neighbours."""
    near, far = np.clip(near, -8.0, 8.0)[:, None], np.clip(far, -8.0, 8.0)[:, None]
    votes = fixed[:, -VOTERS:][:, :LEADING].sum(axis=1, keepdims=True)
    columns = np.hstack([fixed[:, LINKED : LINKED + 1], votes, near, far])
    return [shifted(columns, STEPS), window_means(columns, WINDOWS), near, far]


def fixed_features(page: Page, rows: Matrix) -> Matrix:
    """The columns that need no lexicon."""
    markups = page.markups
    n = len(markups)
    elements = Elements(markups)
    of_line = elements.of_line
    words = rows[:, 0]
    linked = np.array([m.linked for m in markups])
    prose = words * (1.0 - linked) * (words >= 8)
    sums = elements.totals(np.stack([words, prose, words * linked, np.ones(n)], axis=1))
    total = np.maximum(sums[0], 1e-9)
    tags = np.zeros((n, len(TAGS)))
    for i, m in enumerate(markups):
        k = _TAG.get(m.container.tag)
        if k is not None:
            tags[i, k] = 1.0
    around = np.array(elements.flags)[of_line]
    parents = elements.up(1)
    above = np.array(elements.above)
    children = np.bincount(above[above >= 0], minlength=len(above))
    own = np.bincount(of_line, minlength=len(above))
    single = [
        np.array([m.container.hidden for m in markups], dtype=np.float64),
        np.array(elements.depth, dtype=np.float64)[of_line],
        linked,
        np.array([m.strong for m in markups]),
        np.array([len(m.noted) for m in markups], dtype=np.float64),
        np.array([any(name == "datetime" for _, name, _ in m.noted) for m in markups], dtype=np.float64),
        np.array([any(name in ("itemprop", "property", "rel") for _, name, _ in m.noted) for m in markups], dtype=np.float64),
        (linked > 0.9).astype(np.float64),
        np.minimum(children[parents], 99).astype(np.float64),
        np.minimum(own[of_line], 99).astype(np.float64),
        *_beside(elements),
        *_to_body(elements, sums, prose),
        *_paths(elements, prose),
    ]
    heights = []
    for k in range(_HIGHEST):
        here = sums[elements.up(k)]
        heights += [here[:, 1] / max(float(total[1]), 1e-9), here[:, 2] / np.maximum(here[:, 0], 1e-9), here[:, 0]]
    votes = np.array([m.extracted or (0.0,) * VOTERS for m in markups])
    return np.hstack(
        [tags, around, np.stack(single, axis=1), np.stack(heights, axis=1), head_features(page, elements, words, prose), votes]
    )


def _beside(elements: Elements) -> list[Matrix]:
    """Whether the lines above and below stand in the same element, and how far outwards one has to go to reach them."""
    of_line = elements.of_line.tolist()
    n = len(of_line)
    same_above, same_below = np.zeros(n), np.zeros(n)
    up_above, up_below = np.full(n, 20.0), np.full(n, 20.0)
    depth = elements.depth
    for i in range(n - 1):
        a, b = of_line[i], of_line[i + 1]
        if a == b:
            same_below[i] = same_above[i + 1] = 1.0
            up_below[i] = up_above[i + 1] = 0.0
            continue
        x, y = a, b
        while x != y:
            if depth[x] >= depth[y]:
                x = elements.above[x]
            else:
                y = elements.above[y]
        up_below[i], up_above[i + 1] = min(depth[a] - depth[x], 20), min(depth[b] - depth[x], 20)
    return [same_above, same_below, up_above, up_below]


def _to_body(elements: Elements, sums: Matrix, prose: Matrix) -> list[Matrix]:
    """How far each line stands from the element with most prose close to it, and from the smallest with half of the prose.

    After Readability: a paragraph counts full for the element that holds it, half for the next.
    """
    score = np.zeros(len(elements.above))
    for k, weight in enumerate((0.25, 1.0, 0.5, 0.25)):
        np.add.at(score, elements.up(k), prose * weight)
    best = int(np.argmax(score))
    half = 0
    for e in range(len(elements.above)):
        if sums[e, 1] >= 0.5 * sums[0, 1] and elements.depth[e] >= elements.depth[half]:
            half = e
    steps = np.array(elements.steps_to(best), dtype=np.float64)[elements.of_line]
    steps_half = np.array(elements.steps_to(half), dtype=np.float64)[elements.of_line]
    return [np.minimum(steps, 20.0), (steps < 0).astype(np.float64), np.minimum(steps_half, 20.0)]


def _paths(elements: Elements, prose: Matrix) -> list[Matrix]:
    """How much of the page's prose, and how many of its lines, stand in elements of the same kind."""
    kinds: dict[tuple[str, ...], int] = {}
    kind = np.array([kinds.setdefault(path, len(kinds)) for path in elements.path], dtype=np.int64)[elements.of_line]
    mass = np.bincount(kind, weights=prose)
    count = np.bincount(kind)
    return [mass[kind] / max(float(prose.sum()), 1e-9), np.minimum(count[kind], 99).astype(np.float64)]
