"""More pages to learn from: the body of one page between the furniture of others, or with none.

What stands around a text hangs on the site, and there are few sites. So each page that the labeller learns from comes a second
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
from benchmarks.dataset import Row, document_of, measured
from pipeline.document import Block, Container, Document, Label, Payload
from pipeline.label.markup import tag_slots
from pipeline.label.page import Page
from pipeline.segment import line_blocks

Key = tuple[str, str, str]
"""Set, renderer and id of a page."""

WAYS = {"both": 0.4, "tail": 0.2, "head": 0.15, "no tail": 0.1, "no head": 0.1, "neither": 0.05}
"""What comes from another page, or is left out, and how often."""

TITLE_WORDS = 3
"""Words that a title must have to be looked for."""


@dataclass(frozen=True, slots=True)
class Part:
    """Lines of a page: those from `first` up to `last`, or to its end."""

    row: int
    first: int
    last: int | None


@dataclass(frozen=True, slots=True)
class Graft:
    """A page that no site has: its row, the row whose body it has, and of each line the row and the line that it was."""

    row: Row
    body: int
    origins: list[tuple[int, int]]


def key_of(row: Row) -> Key:
    """What names a row."""
    return row.set, row.renderer, row.id


def grafts(rows: Sequence[Row], fold: Mapping[int, int], sources: Callable[[list[Key]], Mapping[Key, str]]) -> list[Graft]:
    """One page for each sound row with a fold; what is taken from others is taken from the same fold, renderer and type."""
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
    jobs = (
        (rows[i].renderer, texts[key_of(rows[i])], [(texts[key_of(rows[p.row])], p) for p in plan])
        for i, plan in zip(sound, plans, strict=True)
    )
    out = []
    with Pool(2) as pool:
        for i, plan, page in zip(sound, plans, pool.imap(_page, jobs, chunksize=8), strict=True):
            origins = [(p.row, k) for p in plan for k in range(p.first, len(rows[p.row].texts) if p.last is None else p.last)]
            if page is not None and len(page.slots) == len(origins):
                out.append(Graft(_row(rows, i, page, origins), i, origins))
    return out


def _plan(rows: Sequence[Row], i: int, above: int, behind: int, way: str) -> list[Part]:
    """Which lines of which rows make up the page."""
    start, end = _body(rows[i])
    head, tail = Part(i, 0, start), Part(i, end, None)
    if way in ("both", "head"):
        head = Part(above, 0, _body(rows[above])[0])
    if way in ("both", "tail"):
        tail = Part(behind, _body(rows[behind])[1], None)
    parts = [head, Part(i, start, end), tail]
    return [
        p
        for p in parts
        if not (p is head and way in ("no head", "neither")) and not (p is tail and way in ("no tail", "neither"))
    ]


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
    tags: list[tuple[bytes, bytes]]
    page: Page


def _page(job: tuple[str, str, list[tuple[str, Part]]]) -> Measured | None:
    """Put a page together and measure it."""
    renderer, source, parts = job
    pages = {
        text: (document, Page.of(document))
        for text in {source, *(t for t, _ in parts)}
        for document in [document_of(renderer, text)]
    }
    own, _ = pages[source]
    pieces: list[tuple[Document, Sequence[Block]]] = [(own, [b for b in own.blocks if b.in_head])]
    for text, part in parts:
        document, page = pages[text]
        lines = page.blocks[part.first : part.last]
        if lines:
            pieces.append((document, document.blocks[lines[0] : lines[-1] + 1]))
    page = Page.of(_joined(pieces) if renderer == "html" else _joined_text(pieces))
    if not page.lines:
        return None
    page.telling  # noqa: B018 - counted here, not where all pages meet
    return Measured(measured(page), [r.slots for r in page.readings], tag_slots(page.markups), page)


def _joined_text(pieces: Sequence[tuple[Document, Sequence[Block]]]) -> Document:
    """A text of the pieces, with a blank line between."""
    text = "\n\n".join(document.text[blocks[0].start : blocks[-1].end].rstrip("\n") for document, blocks in pieces if blocks)
    return Document(Payload(b"", ""), text=text, blocks=tuple(line_blocks(text)))


def _joined(pieces: Sequence[tuple[Document, Sequence[Block]]]) -> Document:
    """A page of the pieces, their outermost elements made one."""
    text, blocks = "", []
    outermost: dict[str, Container] = {}
    for document, some in pieces:
        known: dict[int, Container] = {}
        for block in some:
            if block.label is Label.BLANK or block.markup is None:
                continue
            line = document.text[block.start : block.end].rstrip("\n") + "\n"
            markup = block.markup._replace(container=_moved(block.markup.container, known, outermost))
            blocks.append(Block(len(text), len(text) + len(line), markup=markup))
            text += line
    return Document(Payload(b"", ""), text=text, blocks=tuple(blocks))


def _moved(container: Container, known: dict[int, Container], outermost: dict[str, Container]) -> Container:
    """An element of another page under the outermost elements of this one: `html`, `head` and `body` there are once."""
    chain = []
    here: Container | None = container
    while here is not None and id(here) not in known:
        chain.append(here)
        here = here.above
    for item in reversed(chain):
        above = known[id(item.above)] if item.above is not None else None
        if item.tag in ("html", "head", "body"):
            known[id(item)] = outermost.setdefault(item.tag, Container(above, item.tag, item.words, item.hidden))
        else:
            known[id(item)] = Container(above, item.tag, item.words, item.hidden)
    return known[id(container)]


def _row(rows: Sequence[Row], i: int, page: Measured, origins: Sequence[tuple[int, int]]) -> Row:
    return replace(
        rows[i],
        id=rows[i].id + "~",
        rows=page.rows,
        slots=page.slots,
        tags=page.tags,
        telling=page.page.telling,
        share=np.array([rows[j].share[k] for j, k in origins]),
        bags=[rows[j].bags[k] for j, k in origins],
        texts=[rows[j].texts[k] for j, k in origins],
    )
