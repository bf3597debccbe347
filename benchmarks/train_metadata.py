"""Train the weights of the metadata clues, and print the cross-validated figures of every field: one table.

    python -m benchmarks.train_metadata BENCH --work FOLDER --models FOLDER [--only figures|weights]

Pages are labelled with the model of the fold that never saw their site (`benchmarks.train` leaves those models, and which page
is in which fold, in a folder), kept in the work folder, and read with weights that never saw it either. The benchmark's own `score.py` does the scoring.
"""

from __future__ import annotations

import argparse
import gzip
import json
import pickle
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from functools import partial
from pathlib import Path
from typing import Any

import pipeline
from benchmarks.bench import scorer
from benchmarks.choice import Example, each_alone, fit, one_of
from benchmarks.dataset import RENDERERS, SETS, jsonl
from pipeline.dates import minutes
from pipeline.document import Document, Payload, UnusablePayloadError
from pipeline.label import label
from pipeline.label.model import Model, read_model
from pipeline.metadata import people, publisher, split_metadata, titles, when
from pipeline.metadata.announced import announced_in
from pipeline.metadata.dated import find_dated
from pipeline.metadata.sheet import Sheet
from pipeline.metadata.weights import Weights, load

Folds = Mapping[str, int]
"""The fold of each page, by set and id."""

SOURCES = {"html": ("html",), "text": RENDERERS}
BEFORE = [name for name, _ in pipeline.STAGES].index("metadata")
OUT = Path("pipeline/metadata/weights.tsv")
NEWS = {"title": 2.0, "date_published": 2.0, "authors": 4.0, "outlet": 1.0}
"""Weight of a news page against another: there are few of them."""

STRENGTH = {"title": 0.3, "date_published": 0.5, "authors": 0.5, "outlet": 0.3}
"""Inverse strength of the regularisation, by field."""

ONE_OF = ("title", "date_published", "outlet")
"""Fields that learn which candidate of a page is right, or none; the others learn of each candidate alone whether it is."""

SHIFT = {
    ("authors", "html", "*"): 45,
    ("authors", "html", "author_bio"): 100,
    ("authors", "html", "below the comments' heading"): -150,
    ("authors", "text", "*"): 30,
    ("authors", "text", "author_bio"): 160,
    ("authors", "text", "below the comments' heading"): -150,
    ("title", "text", "title line"): 40,
    ("date_published", "html", "*"): -10,
    ("date_published", "text", "*"): 30,
}
"""Hundredths of log-odds added to what is learned: to the bias, so that one half is where the field's F1 is best; to biographies,
which the pages of think tanks have oftener than those of the sets; to names below the heading of readers' comments, who never
wrote the document; to lines labelled title, for the pages that are no articles."""

MODIFIED = {
    "*": -200,
    "from json-ld": 300,
    "from meta": 260,
    "says updated": 320,
    "json-ld dateModified of article": 200,
    "json-ld dateModified of page": 50,
    "json-ld dateModified of media": -300,
    "json-ld dateModified of thing": -200,
    "meta article:modified_time": 250,
    "close below the headline": 80,
    "below the headline": 60,
    "at the headline": 50,
    "close above the body": 50,
    "line date": 80,
    "line byline": 60,
    "in the body": -100,
    "behind the body": -150,
    "far above": -200,
    "far behind": -250,
    "line related_links": -200,
    "line legal_notice": -200,
    "line comments": -300,
}
"""Weights of the modified date, by hand: the sets have no gold for it."""


PRIORS = {
    "outlet": {
        "domain in byline": 380,
        "domain in outlet": 350,
        "domain in date": 300,
        "outlet line": 150,
        "the dump's own field": 300,
    },
    "title": {
        "the dump's own field": 150,
        "a person's label": 2000,
        "line caption": -300,
        "line consent_notice": -300,
        "line legal_notice": -200,
        "heard photo_word_behind": -200,
        "heard credit": -200,
    },
    "authors": {"the dump's own field": 150, "introduced as author": 200, "below the comments' heading": -150},
    "date_published": {
        "the dump's own field": 150,
        "line caption": -400,
        "line legal_notice": -400,
        "json-ld of NewsArticle": 100,
        "the head calls it modified, published another": -150,
    },
}
"""Weights, by hand, of clues that the sets show too seldom to learn them; what is learned starts from them."""


@dataclass
class Read:
    """A labelled page with its gold and its fold."""

    set: str
    source: str
    fold: int
    gold: dict[str, Any]
    sheet: Sheet


def labelled(bench: Path, source: str, models: Mapping[int, Model], fold: Folds, work: Path) -> list[tuple[str, str, Document]]:
    """The pages of both sets in one source, through all stages before metadata; built once."""
    kept = work / f"labelled-{source}.pickle.gz"
    if kept.exists():
        with gzip.open(kept) as file:
            return list(pickle.load(file))
    out = []
    for name in SETS:
        kinds = {g["id"]: g["type"] for g in jsonl(bench / name / "gold.jsonl.gz")}
        for id_, payload in _payloads(bench, name, source):
            if (name == "wcxb-dev" and kinds[id_] != "article") or f"{name} {id_}" not in fold:
                continue
            document = Document(payload)
            try:
                for stage, run in pipeline.STAGES[:BEFORE]:
                    document = label(document, models[fold[f"{name} {id_}"]]) if stage == "label" else run(document)
            except UnusablePayloadError:
                continue
            out.append((name, id_, replace(document, payload=replace(document.payload, data=b""))))
    with gzip.open(kept, "wb", 1) as file:
        pickle.dump(out, file)
    return out


def _payloads(bench: Path, name: str, source: str) -> Iterator[tuple[str, Payload]]:
    if source == "html":
        for gold in jsonl(bench / name / "gold.jsonl.gz"):
            page = gzip.decompress((bench / name / "html" / f"{gold['id']}.html.gz").read_bytes())
            yield gold["id"], Payload(page, "page", gold["id"], media_type="text/html")
    else:
        for row in jsonl(bench / name / f"text-{source}.jsonl.gz"):
            yield row["id"], Payload(row["text"].encode(), "page", row["id"])


def title_examples(page: Read, norm: Callable[[str], str]) -> Iterator[Example]:
    """Wordings of a page's title."""
    for c in titles.with_agreement(page.sheet, titles.find_called(page.sheet)):
        yield Example(c.clues, norm(c.value) == norm(page.gold["title"]))


def gold_minutes(date: str) -> int | None:
    """The gold date's instant, if it has a zone."""
    try:
        at = datetime.fromisoformat(date)
    except ValueError:
        return None
    return minutes(at.replace(microsecond=0).isoformat()) if at.tzinfo else None


def date_examples(page: Read, _: Callable[[str], str]) -> Iterator[Example]:
    """Dates of a page. Where the gold has a zone, a date with another instant is wrong."""
    gold = page.gold["date"] or ""
    at = gold_minutes(gold)
    for d in when.with_agreement(page.sheet, find_dated(page.sheet)):
        mine = minutes(d.value)
        right = mine == at if at is not None and mine is not None else bool(gold) and d.value[:10] == gold[:10]
        yield Example(d.clues, right)


def author_examples(page: Read, norm: Callable[[str], str]) -> Iterator[Example]:
    """Names of a page. The gold has several names, credentials and roles in one string: parts of it are right."""
    wanted = [f" {norm(a)} " for a in page.gold["authors"] or []]
    for n in people.with_agreement(page.sheet, people.find_named(page.sheet, announced_in(page.sheet))):
        name = norm(n.author.name)
        yield Example(n.clues, len(name) > 2 and any(f" {name} " in w for w in wanted))


def outlet_examples(page: Read, norm: Callable[[str], str]) -> Iterator[Example]:
    """Outlets of a page."""
    want = f" {norm(page.gold['outlet'] or '')} "
    if want.strip():
        for name, _, _, clues in publisher.weigh(page.sheet):
            mine = f" {norm(name)} "
            yield Example(clues, mine in want or want in mine)


FIELDS = {"title": title_examples, "date_published": date_examples, "authors": author_examples, "outlet": outlet_examples}


def train(pages: Sequence[Read], kind: str, norm: Callable[[str], str]) -> dict[tuple[str, str, str], int]:
    """The weights of all fields. The title comes first: the places of the others are counted from it."""
    weights: dict[tuple[str, str, str], int] = {("date_modified", kind, clue): w for clue, w in MODIFIED.items()}
    for field, examples_of in FIELDS.items():
        examples = [
            [replace(e, weight=e.weight * (NEWS[field] if page.set == "fundus-dev" else 1.0)) for e in examples_of(page, norm)]
            for page in pages
        ]
        loss = one_of if field in ONE_OF else each_alone
        found = fit([of_page for of_page in examples if of_page], loss, PRIORS[field], STRENGTH[field])
        for (of, source, clue), shift in SHIFT.items():
            if (of, source) == (field, kind):
                found[clue] = found.get(clue, 0) + shift
        weights |= {(field, kind, clue): w for clue, w in found.items()}
        if field == "title":
            for page in pages:
                best, _ = titles.find_title(page.sheet, weights)
                page.sheet = page.sheet.with_headline(best.value if best else None)
    return weights


def record(document: Document, weights: Weights) -> dict[str, Any]:
    """What the scorer reads of a record."""
    m = split_metadata(document, weights).metadata
    return {
        "title": m.title,
        "authors": [{"name": a.name} for a in m.authors],
        "date_published": m.date_published,
        "outlet": {"name": m.outlet.name} if m.outlet else None,
    }


def row(name: str, source: str, golds: list[dict[str, Any]], records: dict[str, dict[str, Any]], scores: Any) -> str:
    """A line of the table."""
    found, _ = scores.score(golds, records)
    timed = [(at, records.get(g["id"])) for g in golds if (at := gold_minutes(g.get("date") or "")) is not None]
    same = sum(r is not None and minutes(r["date_published"] or "") == at for at, r in timed)
    cells = [found["title"]["r"], found["authors"]["f1"], found["date"]["f1"]]
    cells += [same / len(timed) if timed else float("nan")]
    cells += [found[k]["r"] if k in found else float("nan") for k in ("outlet", "outlet-near")]
    cells += [found["body"].get("no date", float("nan"))]
    return f"{name:10} {source:12}" + "".join(f"{c:13.3f}" for c in cells)


def main() -> None:
    """Train, print the table, write the weights."""
    ap = argparse.ArgumentParser(description=__doc__.split("\n")[0])
    ap.add_argument("bench", type=Path)
    ap.add_argument("--work", type=Path, required=True)
    ap.add_argument("--models", type=Path, required=True, help="the folder that benchmarks.train left its fold models in")
    ap.add_argument("--only", choices=["figures", "weights"])
    ap.add_argument("--kinds", nargs="+", choices=[*SOURCES], default=[*SOURCES], help="the weights of the others stay")
    a = ap.parse_args()
    scores = scorer(a.bench)
    golds = {name: {g["id"]: g for g in jsonl(a.bench / name / "gold.jsonl.gz")} for name in SETS}
    whole: dict[tuple[str, str, str], int] = {}
    head = ("title", "authors F1", "date F1", "minute+zone", "outlet", "outlet near", "no date")
    print(f"{'':23}" + "".join(f"{h:>13}" for h in head))
    for kind, sources in [(kind, SOURCES[kind]) for kind in a.kinds]:
        fold: Folds = json.loads((a.models / f"folds-{kind}.json").read_text(encoding="utf-8"))
        models = {f: read_model((a.models / f"{kind}-{f}.npz").read_bytes(), kind) for f in sorted(set(fold.values()))}
        found = {source: labelled(a.bench, source, models, fold, a.work) for source in sources}
        read = partial(_pages, found, golds, fold)
        if a.only != "weights":
            by_fold = {f: train([p for p in read() if p.fold != f], kind, scores.norm) for f in models}
            for source, documents in found.items():
                for name in SETS:
                    records = {i: record(d, by_fold[fold[f"{n} {i}"]]) for n, i, d in documents if n == name}
                    wanted = [g for g in golds[name].values() if name != "wcxb-dev" or g["type"] == "article"]
                    print(row(name, source, wanted, records, scores), flush=True)
        if a.only != "figures":
            whole |= train(list(read()), kind, scores.norm)
    if whole:
        whole |= {row: weight for row, weight in load().items() if row[1] not in a.kinds}
        lines = [f"{field}\t{kind}\t{clue}\t{weight}" for (field, kind, clue), weight in sorted(whole.items())]
        OUT.write_text("\n".join(["field\tkind\tclue\tweight", *lines]) + "\n", encoding="utf-8")


def _pages(
    found: dict[str, list[tuple[str, str, Document]]],
    golds: dict[str, dict[str, dict[str, Any]]],
    fold: Folds,
) -> Iterator[Read]:
    for source, documents in found.items():
        for name, id_, document in documents:
            yield Read(name, source, fold[f"{name} {id_}"], golds[name][id_], Sheet(document))


if __name__ == "__main__":
    main()
