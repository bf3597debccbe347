"""More texts to learn from: the body of one page between the furniture of others, or with none.

What stands around a text hangs on the site, and there are few sites. So each text that the labeller learns from comes a second
time, with what stands above its headline, or behind its text, or both, taken from another page of its kind, or left out.
Nothing is measured on such pages.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, replace
from multiprocessing import Pool

import numpy as np
import numpy.typing as npt

from benchmarks.align import words
from benchmarks.dataset import Key, Row, key_of, measured, page_of
from pipeline.label.telling import Telling
from pipeline.segment import line_blocks
from pipeline.view import normalize

WAYS = {"both": 0.4, "tail": 0.2, "head": 0.15, "no tail": 0.1, "no head": 0.1, "neither": 0.05}
"""What comes from another page, or is left out, and how often."""

TITLE_WORDS = 3
"""Words that a title must have to be looked for."""


@dataclass(frozen=True, slots=True)
class Part:
    """Lines of a row: those from `first` up to `end`."""

    row: int
    first: int
    end: int


@dataclass(frozen=True, slots=True)
class Graft:
    """A page that no site has: its row, the row whose body it has, and of each line the row and the line that it was."""

    row: Row
    body: int
    origins: list[tuple[int, int]]


def grafts(rows: Sequence[Row], fold: Mapping[int, int], sources: Callable[[list[Key]], Mapping[Key, str]]) -> list[Graft]:
    """One page for each sound row of a text with a fold; what comes from others comes from the same fold, renderer and type.

    `sources` gives the texts of rows. A page whose lines are not those of its parts, joined, is left out.
    """
    rng = np.random.default_rng(1)
    sound = [i for i in fold if rows[i].sound]
    alike: dict[tuple[int, str, str], list[int]] = {}
    for i in sound:
        alike.setdefault((fold[i], rows[i].renderer, rows[i].type), []).append(i)
    plans = []
    for i in sound:
        others = alike[fold[i], rows[i].renderer, rows[i].type]
        plans.append(
            _plan(rows, i, int(rng.choice(others)), int(rng.choice(others)), str(rng.choice(list(WAYS), p=list(WAYS.values()))))
        )
    texts = sources([key_of(rows[i]) for i in sound])
    jobs = ((rows[i].renderer, [(texts[key_of(rows[p.row])], p) for p in plan]) for i, plan in zip(sound, plans, strict=True))
    out = []
    with Pool(2) as pool:
        for i, plan, page in zip(sound, plans, pool.imap(_page, jobs, chunksize=8), strict=True):
            origins = [(p.row, k) for p in plan for k in range(p.first, p.end)]
            if len(page.slots) == len(origins):
                out.append(Graft(_row(rows, i, page, origins), i, origins))
    return out


def _plan(rows: Sequence[Row], i: int, above: int, behind: int, way: str) -> list[Part]:
    """Which lines of which rows make up the page."""
    above, behind = (above if way in ("both", "head") else i), (behind if way in ("both", "tail") else i)
    head = Part(above, 0, _body(rows[above])[0])
    tail = Part(behind, _body(rows[behind])[1], len(rows[behind].texts))
    left_out = {"no head": [head], "no tail": [tail], "neither": [head, tail]}.get(way, [])
    return [p for p in (head, Part(i, *_body(rows[i])), tail) if p not in left_out]


def _body(row: Row) -> tuple[int, int]:
    """From the headline, or the first line of the main text, to the line behind its last."""
    kept = np.flatnonzero(row.kept)
    first, last = int(kept[0]), int(kept[-1]) + 1
    title = words(row.title)
    if len(title) >= TITLE_WORDS:
        first = next((k for k in range(first, -1, -1) if row.bags[k] == title), first)
    return first, last


@dataclass(frozen=True, slots=True)
class Measured:
    """What is known of a page's lines."""

    rows: npt.NDArray[np.float32]
    slots: list[bytes]
    telling: Telling


def _page(job: tuple[str, list[tuple[str, Part]]]) -> Measured:
    """Put a page together, with a blank line between its parts, and measure it."""
    renderer, parts = job
    text = "\n\n".join(filter(None, (_cut(source, part) for source, part in parts)))
    page = page_of(renderer, text)
    return Measured(measured(page), [r.slots for r in page.readings], page.telling)


def _cut(source: str, part: Part) -> str:
    """The lines of a part, as the text has them."""
    shown = [block for block in line_blocks(source) if normalize(source[block.start : block.end])][part.first : part.end]
    return source[shown[0].start : shown[-1].end].rstrip("\n") if shown else ""


def _row(rows: Sequence[Row], i: int, page: Measured, origins: Sequence[tuple[int, int]]) -> Row:
    return replace(
        rows[i],
        id=rows[i].id + "~",
        rows=page.rows,
        slots=page.slots,
        telling=page.telling,
        share=np.array([rows[j].share[k] for j, k in origins]),
        bags=[rows[j].bags[k] for j, k in origins],
        texts=[rows[j].texts[k] for j, k in origins],
    )
