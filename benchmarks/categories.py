"""Targets and figures for the category model: which kind of chrome or content a line is."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from multiprocessing import Pool
from pathlib import Path

import numpy as np
import numpy.typing as npt

from benchmarks.dataset import WRITTEN, Row, page_of, sources
from benchmarks.line_labels import OURS, labels_as_read, read_labels
from benchmarks.markup_kinds import kinds_of
from benchmarks.written import read_written
from pipeline import wording
from pipeline.dates import find_dates
from pipeline.document import ABOUT, KEPT, Label
from pipeline.html import flatten_page
from pipeline.label.category import CLASSES, vote_columns
from pipeline.label.page import Page
from pipeline.label.rules import votes_on
from pipeline.label.vote import Vote
from pipeline.view import normalize

NAMED = 0.1
"""Weight of a line of chrome whose kind the names in the page's markup say: right for nine of ten hand-labelled lines."""

TOLD = 0.01
"""Weight of a line of chrome whose kind only the rules say."""

CONTENT = 0.12
"""Weight of every fourth line of content: there are many, and the other looks have learned them."""

READ = 2.0
"""Weight of a hand-labelled line."""

CARRIED = 1.0
"""Weight of a line that has its label from another rendering of its page."""

MOST = 10
"""Lines of a kind of chrome that are taken from one page."""


def read_sources(bench: Path, wanted: Iterable[tuple[str, str, str]]) -> dict[tuple[str, str, str], str]:
    """The texts or the markup of some pages, by set, renderer and id."""
    keys = set(wanted)
    out = {}
    for name, renderer in sorted({(s, r) for s, r, _ in keys if s != WRITTEN}):
        for id_, source in sources(bench, name, renderer):
            if (name, renderer, id_) in keys:
                out[name, renderer, id_] = source
    return out


def votes_matrix(votes: Sequence[Sequence[Vote]]) -> npt.NDArray[np.float32]:
    """The rules' votes as columns."""
    return vote_columns(votes).astype(np.float32)


def weak_targets(
    row: Row, page: Page, votes: Sequence[Sequence[Vote]], named: Mapping[str, Label]
) -> list[tuple[int, Label, float]]:
    """Lines of a page that its gold title, authors, date or text, or the names in its markup, give away: line, label, weight."""
    title = wording.tokenize(row.title)
    authors = [wording.tokenize(a) for a in row.authors]
    titles = [i for i, line in enumerate(page.lines) if title and line.tokens == title]
    kept = row.kept
    taken: Counter[Label] = Counter()
    out: list[tuple[int, Label, float]] = []
    for i, line in enumerate(page.lines):
        near = bool(titles) and min(abs(i - t) for t in titles) <= 12
        if i in titles:
            out.append((i, Label.TITLE, 0.2))
        elif kept[i]:
            label = Label.LIST_ITEM if line.bullet else Label.PARAGRAPH if line.ends or line.words > 12 else Label.HEADING
            out += [(i, label, CONTENT)] if i % 4 == 0 else []
        elif near and line.words <= 16 and any(_holds(line.tokens, a) for a in authors):
            out.append((i, Label.BYLINE, 0.2))
        elif near and line.words <= 12 and any(d.iso()[:10] == row.date[:10] for d in find_dates(line.text)):
            out.append((i, Label.DATE, 0.2))
        else:
            chrome = [v for v in votes[i] if v.label not in KEPT | ABOUT]
            label_named = named.get(line.text)
            if (label_named is Label.DATE and not line.dates) or (label_named in (Label.BYLINE, Label.DATE) and not near):
                label_named = None  # of a teaser
            if label_named is Label.BYLINE and not (line.name or line.sign("byline")):
                label_named = None  # "Follow", "View profile"
            if label_named is None and not chrome:
                continue
            label = label_named or max(chrome, key=lambda v: v.confidence).label
            taken[label] += 1
            if taken[label] <= MOST:
                out.append((i, label, NAMED if label_named else TOLD))
    return out


def _holds(tokens: list[str], part: list[str]) -> bool:
    n = len(part)
    return n > 1 and any(tokens[k : k + n] == part for k in range(len(tokens) - n + 1))


def _prepare(job: tuple[Row, str, str]) -> tuple[npt.NDArray[np.float32], list[tuple[int, Label, float]]]:
    row, source, markup = job
    page = page_of(row.renderer, source)
    votes = votes_on(page)
    return votes_matrix(votes), weak_targets(row, page, votes, named_lines(markup))


def named_lines(markup: str) -> dict[str, Label]:
    """What the names in a page's markup say of its lines; of a text that they call two things, nothing."""
    text, blocks = flatten_page(markup, ask_others=False)
    shown = [b for b in blocks if b.markup is not None and not b.in_head]
    said: dict[str, Label | None] = {}
    for block, kind in zip(shown, kinds_of([b.markup for b in shown if b.markup is not None]), strict=True):
        line = normalize(text[block.start : block.end])
        said[line] = kind if said.get(line, kind) == kind else None
    return {line: kind for line, kind in said.items() if line and kind is not None}


class Examples:
    """Lines with a category: hand-labelled ones, and weak ones from gold fields and sure wordings.

    A page is labelled in one rendering; the others take the labels of the lines that they share with it. `hand` are the
    rows that the figures are of: labelled themselves, or the page as HTML; `bench` those whose labels are the benchmark's.
    """

    def __init__(self, rows: Sequence[Row], picked: Sequence[int], bench: Path) -> None:
        theirs = read_labels(bench / "lines-dev.jsonl")
        written = read_written() if any(r.set == WRITTEN for r in rows) else {}
        labels = read_labels(OURS) | theirs
        keys = [(r.set, r.renderer, r.id) for r in rows]
        texts = read_sources(bench, labels) | {key: "\n".join(page.lines) for key, page in written.items()}
        labelled = {(name, id_): key for key in labels for name, _, id_ in [key]}
        origin = {i: labelled[name, id_] for i, (name, _, id_) in enumerate(keys) if (name, id_) in labelled}
        self.hand = [i for i, key in origin.items() if keys[i] == key or keys[i][1] == "html"]
        origin |= {i: key for i, key in enumerate(keys) if key in written}
        labels |= {key: page.labels for key, page in written.items()}
        self.bench = [i for i in self.hand if origin[i] in theirs]
        self.indices = sorted(set(picked) | set(origin))
        given = read_sources(bench, [keys[i] for i in self.indices]) | {key: page.text for key, page in written.items()}
        markup = read_sources(bench, [(s, "html", i) for s, _, i in keys])
        jobs = ((rows[i], given[keys[i]], markup.get((keys[i][0], "html", keys[i][2]), "")) for i in self.indices)
        with Pool(2) as pool:
            done = list(pool.imap(_prepare, jobs, chunksize=8))
        self.votes = {i: votes for i, (votes, _) in zip(self.indices, done, strict=True)}
        self.weak = {i: weak for i, (_, weak) in zip(self.indices, done, strict=True)}
        self.labels: dict[int, list[str | None]] = {}
        for i, key in origin.items():
            self.labels[i] = labels_as_read(texts[key], labels[key], rows[i].texts)

    def of(self, i: int) -> list[tuple[int, Label, float]]:
        """A row's examples: line, label, weight."""
        if i in self.labels:
            weight = READ if i in self.hand else CARRIED
            return [(k, Label(label), weight) for k, label in enumerate(self.labels[i]) if label is not None]
        return self.weak[i]


def figures(pairs: Sequence[tuple[str, str, int]]) -> dict[str, float]:
    """The benchmark's line figures for (gold, predicted, words) triples."""
    hit = sum(w for g, p, w in pairs if g in KEPT and p in KEPT)
    out = {
        "kept words precision": hit / max(1, sum(w for _, p, w in pairs if p in KEPT)),
        "kept words recall": hit / max(1, sum(w for g, _, w in pairs if g in KEPT)),
    }
    chrome = [(g, p) for g, p, _ in pairs if g not in KEPT | ABOUT]
    out["chrome lines kept"] = sum(p in KEPT for _, p in chrome) / max(1, len(chrome))
    out["chrome category accuracy"] = sum(g == p for g, p in chrome) / max(1, len(chrome))
    for label in ("title", "byline", "date", "caption", "heading"):
        both = sum(g == p == label for g, p, _ in pairs)
        total = sum(g == label for g, _, _ in pairs) + sum(p == label for _, p, _ in pairs)
        out[f"{label} F1"] = 2 * both / max(1, total)
    return out


def confusion(pairs: Sequence[tuple[str, str, int]], count: int = 20) -> list[str]:
    """The most frequent mistakes."""
    wrong = Counter((g, p) for g, p, _ in pairs if g != p)
    return [f"{n:5} {g} -> {p}" for (g, p), n in wrong.most_common(count)]


__all__ = ["CLASSES", "confusion", "figures", "read_labels", "read_sources", "votes_matrix", "weak_targets"]
