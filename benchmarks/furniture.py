"""What a furniture list is worth: kept words with and without it, on a dump made of real templates and real articles.

    python -m benchmarks.furniture BENCH [--work FOLDER] [--sites 40] [--pages 30]

Each site is a page of the benchmark, flattened: its lines before and behind the article are kept, the article with its own
headline and byline is another page's each time. Half of the teasers change from page to page, as they do on sites, and each
tenth page is a near copy of another. With `--work`, the folder that `benchmarks.train` left its fold models in, sites and articles
are those of one fold, and the model is the one that never saw them.
"""

from __future__ import annotations

import argparse
import hashlib
import json
import time
from collections import Counter
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import Any, NamedTuple

from benchmarks.align import shares, words
from benchmarks.dataset import jsonl, page_of
from flows.recurrence import Learner
from pipeline import STAGES
from pipeline.document import Document, Payload
from pipeline.furniture import NO_FURNITURE, Furniture, group_of, lines, read_furniture, to_lines
from pipeline.label import label
from pipeline.label.model import Model, read_model
from pipeline.view import read


class Part(NamedTuple):
    """A page taken apart: what is before its article, the article's own head, the article, and what is behind."""

    id: str
    language: str
    before: list[str]
    head: list[str]
    body: list[tuple[str, bool]]
    behind: list[str]
    title: str


def parts(bench: Path, fold: dict[str, int] | None, only: int) -> Iterator[Part]:
    for name in ("wcxb-dev", "fundus-dev"):
        gold = {g["id"]: g for g in jsonl(bench / name / "gold.jsonl.gz") if name == "fundus-dev" or g["type"] == "article"}
        for row in jsonl(bench / name / "text-resiliparse.jsonl.gz"):
            known = gold.get(row["id"])
            if known and (fold is None or fold.get(f"{name} {row['id']}") == only):
                found = _part(known, [line.text for line in page_of("resiliparse", row["text"]).lines])
                if found:
                    yield found


def _part(gold: dict[str, Any], page: list[str]) -> Part | None:
    kept = [share >= 0.5 for share in shares(page, gold["text"] or "")]
    size = sum(len(words(line)) for line, k in zip(page, kept, strict=True) if k)
    if not any(kept) or size < max(100, 0.8 * len(words(gold["text"]))):
        return None
    first, last = kept.index(True), len(kept) - kept[::-1].index(True)
    title = (gold.get("title") or "").lower()
    head = max((i for i in range(max(0, first - 12), first) if title and title in page[i].lower()), default=max(0, first - 3))
    body = list(zip(page[first:last], kept[first:last], strict=True))
    return Part(gold["id"], gold.get("lang") or "en", page[:head], page[head:first], body, page[last:], gold.get("title") or "")


def chance(*what: object) -> float:
    return int.from_bytes(hashlib.sha256(repr(what).encode()).digest()[:4], "big") / (1 << 32)


class Page(NamedTuple):
    """A page of the dump: its lines, and whether each is the article's."""

    group: str
    lines: list[str]
    own: list[bool]


def site(number: int, template: Part, articles: Sequence[Part], pages: int) -> Iterator[Page]:
    titles = [part.title for part in articles if part.title]
    order = sorted(articles, key=lambda part: chance(number, part.id))[:pages]
    for n, article in enumerate(order):
        source = order[n - 1] if n % 10 == 9 else article  # a near copy of the page before
        before, behind = ([_varied(line, number, n, titles) for line in side] for side in (template.before, template.behind))
        body = (
            source.body if source is article else [*source.body, ("An earlier version of this article named another day.", True)]
        )
        rows = [(line, False) for line in (*before, *source.head)] + body + [(line, False) for line in behind]
        yield Page(f"https://site{number}.example/", [line for line, _ in rows], [own for _, own in rows])


def _varied(line: str, number: int, n: int, titles: Sequence[str]) -> str:
    """A teaser is that of another article on half of the pages."""
    is_teaser = 5 <= len(line.split()) <= 20 and not line.endswith(".")
    if not is_teaser or chance(number, n, line) < 0.5:
        return line
    return titles[int(chance(number, n, line, "title") * len(titles))]


def read_page(page: Page) -> Document:
    document = Document(Payload("\n\n".join(page.lines).encode(), "page", url=page.group))
    for name, stage in STAGES:
        if name == "label":
            return document
        document = stage(document)
    return document


def score(pages: Sequence[Page], model: Model | None, furniture: Furniture) -> dict[str, float]:
    """Precision and recall of kept words, over all pages, and the mean F1 of a page."""
    right = kept = wanted = 0
    f1 = 0.0
    for page in pages:
        own: Counter[str] = Counter(w for line, mine in zip(page.lines, page.own, strict=True) if mine for w in words(line))
        document = label(read_page(page), model, furniture)
        got = Counter(w for b in document.blocks if b.kept for w in words(read(document, b.start, b.end)))
        both = (own & got).total()
        right, kept, wanted = right + both, kept + got.total(), wanted + own.total()
        f1 += 2 * both / max(own.total() + got.total(), 1)
    return {"precision": right / kept, "recall": right / wanted, "F1 of a page": f1 / len(pages)}


def list_of(pages: Sequence[Page], minimum: int) -> Furniture:
    learner = Learner(minimum)
    for show in (learner.count, learner.look):
        for page in pages:
            document = read_page(page)
            show(group_of(document.payload), list(lines(document)))
    return read_furniture(b"".join(to_lines(learner.rows(), made_by="benchmark", minimum=minimum)))


def main() -> None:
    ap = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    ap.add_argument("bench", type=Path)
    ap.add_argument("--work", type=Path, help="the folder of the fold models")
    ap.add_argument("--fold", type=int, default=0)
    ap.add_argument("--sites", type=int, default=40)
    ap.add_argument("--pages", type=int, default=30, help="of a site")
    ap.add_argument("--minimum", type=int, default=5, help="documents in which a line must stand")
    given = ap.parse_args()
    fold = json.loads((given.work / "folds-text.json").read_text()) if given.work else None
    model = read_model((given.work / f"text-{given.fold}.npz").read_bytes()) if given.work else None
    known = list(parts(given.bench, fold, given.fold))
    templates = sorted((part for part in known if len(part.before) + len(part.behind) >= 20), key=lambda p: chance(p.id))
    pages = []
    for number, template in enumerate(templates[: given.sites]):
        articles = [part for part in known if part.id != template.id and part.language == template.language]
        pages += list(site(number, template, articles if len(articles) >= given.pages else known, given.pages))
    print(f"{len(pages):,} pages of {min(given.sites, len(templates))} sites, {len(known)} articles; words of the articles:")
    start = time.monotonic()
    furniture = list_of(pages, given.minimum)
    seconds = time.monotonic() - start
    listed = [(group, line) for group, rows in furniture.items() for line in rows]
    truth = {
        (group_of(Payload(b"", "", url=p.group)), line) for p in pages for line, own in zip(p.lines, p.own, strict=True) if own
    }
    print(f"list: {len(listed):,} lines in {seconds:.0f} s, {sum(row in truth for row in listed)} of them stand in an article")
    for name, told in (("without", NO_FURNITURE), ("with", furniture)):
        print(f"{name:8}" + "  ".join(f"{what} {value:.4f}" for what, value in score(pages, model, told).items()), flush=True)


if __name__ == "__main__":
    main()
