"""The benchmark's pages as rows of features with targets, built once and kept in a work folder."""

from __future__ import annotations

import gzip
import json
import math
from collections import Counter, defaultdict
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from multiprocessing import Pool
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

import numpy as np
import numpy.typing as npt

from benchmarks.align import shares, words
from pipeline.decode import decode_bytes
from pipeline.document import Document, Payload
from pipeline.html import flatten_page
from pipeline.label.features import features
from pipeline.label.markup import markup_features, tag_slots
from pipeline.label.page import Page
from pipeline.label.telling import Telling
from pipeline.segment import line_blocks, segment

NEWS = 3.0
"""Weight of a news page in many languages against another: there are few of them."""

SETS = ("wcxb-dev", "fundus-dev")
RENDERERS = ("resiliparse", "inscriptis", "bs4")

ONE_LINE = "one line"
"""A fourth rendering, which the labeller also learns from: BeautifulSoup's text without its line ends."""

BARE, BARE_LINE = "bare", "bare, one line"
"""Two more, of every fourth article and news page each: the gold text alone, with its line ends and without."""

WRITTEN = "written"
"""The set of the pages that were written for training (`benchmarks.written`): no fold is measured on them."""


Key = tuple[str, str, str]
"""Set, renderer and id of a page."""


@dataclass
class Row:
    """One page in one rendering."""

    set: str
    renderer: str
    id: str
    type: str
    site: str
    rows: npt.NDArray[np.float32]
    slots: list[bytes]
    tags: list[tuple[bytes, bytes]]
    telling: Telling
    share: npt.NDArray[np.float64]
    bags: list[list[str]]
    texts: list[str]
    gold: Counter[str]
    authors: list[str]
    title: str
    date: str

    @property
    def page(self) -> tuple[str, str, bool]:
        """The page that the row is a rendering of; a text without furniture is a page of its own."""
        return self.set, self.id, self.renderer in (BARE, BARE_LINE)

    @property
    def kept(self) -> npt.NDArray[np.bool_]:
        """The target: lines of which at least half stands in the gold text."""
        return self.share >= 0.5

    @property
    def sound(self) -> bool:
        """Whether the page is fit for training: more than half of its gold text was found on it."""
        matched = sum(len(b) for b, k in zip(self.bags, self.kept, strict=True) if k)
        return self.gold.total() > 0 and matched > 0.5 * self.gold.total()

    @property
    def weights(self) -> npt.NDArray[np.float64]:
        """Weight of each line in training: every page counts alike, its lines by their words."""
        size = np.array([len(b) for b in self.bags], dtype=np.float64)
        page = 30.0 / len(size) + 70.0 * size / max(float(size.sum()), 1.0)
        return page * (NEWS if self.type == "fundus" else 1.0)


def key_of(row: Row) -> Key:
    """What names a row."""
    return row.set, row.renderer, row.id


def jsonl(path: Path) -> Iterator[dict[str, Any]]:
    """Rows of a gzipped JSONL file."""
    with gzip.open(path, "rt", encoding="utf-8") as file:
        for line in file:
            yield json.loads(line)


def site_of(gold: dict[str, Any]) -> str:
    """The site of a page: folds never share one. A publisher, or the last two labels of the host."""
    if "publisher" in gold:
        return "publisher:" + gold["publisher"]
    host = (urlsplit(gold.get("url") or "").hostname or gold["id"]).removeprefix("www.")
    return "host:" + ".".join(host.split(".")[-2:])


def is_article(name: str, gold: dict[str, Any]) -> bool:
    """Whether a page of a set is an article or news."""
    return not name.startswith("wcxb") or gold["type"] == "article"


def page_of(renderer: str, source: str) -> Page:
    """The page of a flattened text, or of the markup if `renderer` is "html"."""
    if renderer in (ONE_LINE, BARE_LINE):
        return Page.of(segment(Document(Payload(b"", ""), text=source)))
    text, blocks = flatten_page(source) if renderer == "html" else (source, tuple(line_blocks(source)))
    return Page.of(Document(Payload(b"", ""), text=text, blocks=blocks))


def sources(bench: Path, name: str, renderer: str) -> Iterator[tuple[str, str]]:
    """The pages of a set, id and text or markup, in the order of the gold."""
    if renderer == ONE_LINE:
        yield from ((id_, " ".join(text.split())) for id_, text in sources(bench, name, "bs4"))
        return
    if renderer in (BARE, BARE_LINE):
        texts = [(gold["id"], gold["text"] or "") for gold in jsonl(bench / name / "gold.jsonl.gz") if is_article(name, gold)]
        yield from texts[1::4] if renderer == BARE else ((id_, " ".join(text.split())) for id_, text in texts[3::4])
        return
    if renderer != "html":
        yield from ((d["id"], d["text"]) for d in jsonl(bench / name / f"text-{renderer}.jsonl.gz"))
        return
    for gold in jsonl(bench / name / "gold.jsonl.gz"):
        with gzip.open(bench / name / "html" / f"{gold['id']}.html.gz", "rb") as file:
            yield gold["id"], decode_bytes(file.read()).text


def measured(page: Page) -> npt.NDArray[np.float32]:
    """The features of a page's lines; the columns of the lexicons are filled in by who has them."""
    rows = features(page, np.zeros(len(page.lines)))
    if page.markups:
        rows = np.hstack([rows, markup_features(page, rows, np.zeros(1 << 16, dtype=np.int16))])
    return rows.astype(np.float32)


def build_row(job: tuple[str, str, dict[str, Any], str]) -> Row | None:
    """The row of a page, from its set, its renderer, its gold and its text or markup; `None` if it has no lines."""
    name, renderer, gold, source = job
    page = page_of(renderer, source)
    if not page.lines:
        return None
    texts = [line.text for line in page.lines]
    return Row(
        name,
        renderer,
        gold["id"],
        "fundus" if name.startswith("fundus") else gold["type"],
        site_of(gold),
        measured(page),
        [reading.slots for reading in page.readings],
        tag_slots(page.markups),
        page.telling,
        np.array(shares(texts, gold["text"] or "")),
        [words(t) for t in texts],
        texts,
        Counter(words(gold["text"] or "")),
        gold.get("authors") or [],
        gold.get("title") or "",
        gold.get("date") or "",
    )


def _jobs(bench: Path, renderers: Sequence[str]) -> Iterator[tuple[str, str, dict[str, Any], str]]:
    for name in SETS:
        gold = {g["id"]: g for g in jsonl(bench / name / "gold.jsonl.gz")}
        for renderer in renderers:
            yield from ((name, renderer, gold[id_], source) for id_, source in sources(bench, name, renderer))


def build(bench: Path, renderers: Sequence[str] = RENDERERS, processes: int = 2) -> list[Row]:
    """All pages in some renderings."""
    with Pool(processes) as pool:
        return [row for row in pool.imap(build_row, _jobs(bench, renderers), chunksize=8) if row is not None]


def folds(rows: list[Row], count: int, seed: int = 0) -> list[int]:
    """The fold of each row: sites are dealt out at random, all pages of a site to one fold. Written pages are in none: -1."""
    fold = deal({r.site for r in rows if r.set != WRITTEN}, count, seed)
    return [fold.get(r.site, -1) for r in rows]


def deal(names: set[str], count: int, seed: int = 0) -> dict[str, int]:
    """Deal sites out to folds, at random but always alike."""
    sites = sorted(names)
    np.random.default_rng(seed).shuffle(sites)
    return {site: i % count for i, site in enumerate(sites)}


def page_f1(row: Row, keep: npt.NDArray[np.bool_]) -> float:
    """Word F1 of the kept lines against the gold text, as the benchmark's scorer has it."""
    got: Counter[str] = Counter()
    for bag, kept in zip(row.bags, keep, strict=True):
        if kept:
            got.update(bag)
    if not row.gold or not got:
        return float(not row.gold and not got)
    both = (got & row.gold).total()
    return 2 * both / (got.total() + row.gold.total())


def table(title: str, rows: Sequence[Row], keeps: Sequence[npt.NDArray[np.bool_]]) -> str:
    """Mean page F1 by page type and rendering."""
    found: dict[tuple[str, str], list[float]] = defaultdict(list)
    for row, keep in zip(rows, keeps, strict=True):
        value = page_f1(row, keep)
        for part in {row.type, "all types" if row.set == "wcxb-dev" else "fundus"}:
            found[part, row.renderer].append(value)
    renderers = [r for r in (*RENDERERS, ONE_LINE, BARE, BARE_LINE, "html") if any(r == of for _, of in found)]
    lines = [f"{title:16} {'  '.join(f'{r:>14}' for r in renderers)}  mean of the three  pages"]
    for part in sorted({p for p, _ in found}):
        means = {r: float(np.mean(found[part, r])) if found[part, r] else math.nan for r in renderers}
        mean = np.mean([m for r, m in means.items() if r in RENDERERS or r == "html"])
        lines.append(
            f"{part:16} {'  '.join(f'{m:14.4f}' for m in means.values())}  {mean:17.4f}  {len(found[part, renderers[0]])}"
        )
    return "\n".join(lines)
