"""The elements that hold the lines of an HTML page, as a numbered tree with sums over it."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
import numpy.typing as npt

from pipeline.document import Container, Markup
from pipeline.label.features import Matrix

AROUND = (
    ("article",),
    ("main",),
    ("nav", "menu"),
    ("header",),
    ("footer",),
    ("aside",),
    ("form", "fieldset"),
    ("figure", "figcaption"),
    ("table",),
    ("ul", "ol", "dl"),
    ("blockquote",),
    ("button",),
    ("section",),
    ("noscript",),
    ("dialog",),
)
"""Elements that a line may stand in, at any distance."""
_AROUND = {tag: k for k, group in enumerate(AROUND) for tag in group}


class Elements:
    """The elements that hold a page's lines, numbered, with what all their lines sum up to."""

    def __init__(self, markups: Sequence[Markup]) -> None:
        self.number: dict[int, int] = {}
        self.above: list[int] = []
        self.depth: list[int] = []
        self.flags: list[tuple[float, ...]] = []
        self.path: list[tuple[str, ...]] = []
        self.tags: list[str] = []
        self.of_line = np.array([self._add(m.container) for m in markups], dtype=np.int64)

    def _add(self, container: Container) -> int:
        known = self.number.get(id(container))
        if known is not None:
            return known
        chain = []
        here: Container | None = container
        while here is not None and id(here) not in self.number:
            chain.append(here)
            here = here.above
        for item in reversed(chain):
            parent = self.number[id(item.above)] if item.above is not None else -1
            flags = list(self.flags[parent]) if parent >= 0 else [0.0] * len(AROUND)
            k = _AROUND.get(item.tag)
            if k is not None:
                flags[k] = 1.0
            self.number[id(item)] = len(self.above)
            self.above.append(parent)
            self.depth.append(self.depth[parent] + 1 if parent >= 0 else 0)
            self.flags.append(tuple(flags))
            self.tags.append(item.tag)
            self.path.append((*(self.path[parent] if parent >= 0 else ())[-4:], item.tag + "." + ".".join(item.words[:2])))
        return self.number[id(container)]

    def totals(self, own: Matrix) -> Matrix:
        """For each element the sum over all lines in it, of a column or several."""
        sums = np.zeros((len(self.above), own.shape[1]))
        np.add.at(sums, self.of_line, own)
        for e in range(len(self.above) - 1, 0, -1):  # children come behind their parents
            sums[self.above[e]] += sums[e]
        return sums

    def outermost(self, tag: str) -> list[int]:
        """For each element the outermost element of this name that it stands in, or is; -1 without one."""
        found = [-1] * len(self.above)
        for e, parent in enumerate(self.above):
            over = found[parent] if parent >= 0 else -1
            found[e] = over if over >= 0 else e if self.tags[e] == tag else -1
        return found

    def up(self, k: int) -> npt.NDArray[np.int64]:
        """For each line the element `k` levels outwards, or the outermost."""
        above = np.maximum(np.array(self.above, dtype=np.int64), 0)
        here = self.of_line
        for _ in range(k):
            here = above[here]
        return here

    def steps_to(self, target: int) -> list[int]:
        """For each element how many levels outwards one has to go until `target` is inside; 0 within it."""
        holds = {target}
        here = target
        while self.above[here] >= 0:
            here = self.above[here]
            holds.add(here)
        steps = [0] * len(self.above)
        inside = [False] * len(self.above)
        for e, parent in enumerate(self.above):
            inside[e] = e == target or (parent >= 0 and inside[parent])
            steps[e] = 0 if inside[e] or e in holds else 1 + (steps[parent] if parent >= 0 else 0)
        return [s if not inside[e] else -1 for e, s in enumerate(steps)]
