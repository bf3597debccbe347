"""Run the benchmark's pages through the whole pipeline and its peers: one table of quality and speed.

    python -m benchmarks.bench BENCH --work FOLDER [--pages N]

Each page, as flattened by three renderers and as HTML, is cleaned with the model of the fold that never saw its site
(`benchmarks.train` leaves those in FOLDER), so the figures are held out. Pages that hold no line at all are left out. The benchmark's own `score.py` and `score_lines.py` do the scoring.
"""

from __future__ import annotations

import argparse
import gzip
import importlib.util
import json
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import msgspec

import pipeline
from benchmarks.dataset import RENDERERS, SETS, jsonl
from benchmarks.line_labels import OURS, read_labels
from benchmarks.peers import TEXT_PEERS, trafilatura_html
from pipeline.document import Document, Payload, UnusablePayloadError
from pipeline.label import label
from pipeline.label.model import Model, read_model
from pipeline.record import payload_id, rejected, source_of, to_json, to_record

PARTS = (("articles", "wcxb-dev", "article"), ("all types", "wcxb-dev", None), ("news", "fundus-dev", None))


def scorer(bench: Path) -> Any:
    """The benchmark's scoring module."""
    spec = importlib.util.spec_from_file_location("score", bench / "score.py")
    if spec is None or spec.loader is None:
        raise FileNotFoundError(f"{bench / 'score.py'} is missing; give the benchmark's folder")
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


def clean_with(payload: Payload, model: Model) -> bytes:
    """The record of a page, cleaned with a fold's model."""
    document = Document(payload)
    try:
        for stage, run in pipeline.STAGES:
            document = label(document, model) if stage == "label" else run(document)
    except UnusablePayloadError as error:
        return to_json(rejected(source_of(document), payload_id(payload.data), error.code, error.message), indent=0)
    return to_json(to_record(document), indent=0)


def payloads(bench: Path, name: str, renderer: str, wanted: set[str]) -> list[Payload]:
    """The pages of a set, as flattened by a renderer or as HTML."""
    if renderer == "html":
        files = {id_: bench / name / "html" / f"{id_}.html.gz" for id_ in sorted(wanted)}
        return [Payload(gzip.decompress(f.read_bytes()), f.name, id_, media_type="text/html") for id_, f in files.items()]
    file = f"text-{renderer}.jsonl.gz"
    return [Payload(d["text"].encode(), file, d["id"]) for d in jsonl(bench / name / file) if d["id"] in wanted]


def timed(run: Callable[[Any], Any], inputs: list[Any]) -> tuple[list[Any], float]:
    """What a function gives for each input, and the inputs it takes in a second of CPU time."""
    start = time.process_time()
    out = [run(x) for x in inputs]
    return out, len(inputs) / max(time.process_time() - start, 1e-9)


class Table:
    """Scores by system, set and renderer."""

    def __init__(self, score: Any, golds: dict[str, list[dict[str, Any]]]) -> None:
        self.score, self.golds = score, golds
        self.rows: dict[str, dict[str, list[dict[str, Any]]]] = {}
        self.speed: dict[str, list[float]] = {}

    def add(self, system: str, name: str, records: list[dict[str, Any]], rate: float | None) -> None:
        """Score a system's records of one set."""
        by_id = {self.score.key(r): r for r in records}
        for part, of, kind in PARTS:
            if of == name:
                gold = [g for g in self.golds[name] if kind is None or g["type"] == kind]
                found, _ = self.score.score(gold, by_id)
                self.rows.setdefault(system, {}).setdefault(part, []).append(found)
        if rate is not None:
            self.speed.setdefault(system, []).append(rate)

    def figures(self) -> dict[str, dict[str, float]]:
        """Mean body F1 of each system by set, for `benchmarks.chart`."""
        return {
            system: {part: round(_mean([s["body"]["f1"] for s in found]), 4) for part, found in parts.items()}
            for system, parts in self.rows.items()
        }

    def lines(self) -> Iterator[str]:
        """The table, a line a system; quality is the mean over the renderers."""
        yield f"{'':22}" + "".join(f"{part + ' F1':>14}" for part, _, _ in PARTS) + f"{'with':>9}{'without':>9}{'pages/s':>9}"
        for system, parts in self.rows.items():
            f1 = [_mean([s["body"]["f1"] for s in parts.get(part, [])]) for part, _, _ in PARTS]
            snippets = [_mean([s["body"][k] for s in parts.get("articles", [])]) for k in ("with", "without")]
            rate = _mean(self.speed.get(system, []))
            yield f"{system:22}" + "".join(f"{x:14.4f}" for x in f1) + "".join(f"{x:9.3f}" for x in snippets) + f"{rate:9.1f}"


def _mean(values: list[float]) -> float:
    return sum(values) / len(values) if values else float("nan")


def main() -> None:
    """Print the table."""
    ap = argparse.ArgumentParser(description=__doc__.split("\n")[0])
    ap.add_argument("bench", type=Path)
    ap.add_argument("--work", type=Path, required=True, help="the folder that benchmarks.train left its fold models in")
    ap.add_argument("--pages", type=int, default=0, help="only so many pages of each set")
    ap.add_argument("--only", nargs="+", type=int, help="only the pages of these folds")
    ap.add_argument("--kinds", nargs="+", choices=["text", "html"], default=["text", "html"])
    ap.add_argument("--no-peers", action="store_true")
    a = ap.parse_args()
    score = scorer(a.bench)
    golds = {name: list(jsonl(a.bench / name / "gold.jsonl.gz"))[: a.pages or None] for name in SETS}
    folds = {k: json.loads((a.work / f"folds-{k}.json").read_text(encoding="utf-8")) for k in a.kinds}
    judged = {k: set(fold.values() if a.only is None else a.only) for k, fold in folds.items()}
    models = {k: {f: read_model((a.work / f"{k}-{f}.npz").read_bytes(), k) for f in judged[k]} for k in a.kinds}
    for name, gold in golds.items():
        golds[name] = [g for g in gold if all(fold.get(f"{name} {g['id']}") in judged[k] for k, fold in folds.items())]
    table = Table(score, golds)
    written = a.work / "records"
    written.mkdir(exist_ok=True)
    for name in SETS:
        wanted = {g["id"] for g in golds[name]}
        for renderer in (*(RENDERERS if "text" in a.kinds else ()), *(("html",) if "html" in a.kinds else ())):
            kind = "html" if renderer == "html" else "text"
            pages = payloads(a.bench, name, renderer, wanted)
            records, rate = timed(lambda p, k=kind, n=name: clean_with(p, models[k][folds[k][f"{n} {p.member}"]]), pages)
            (written / f"{name}-{renderer}.jsonl").write_bytes(b"".join(records))
            table.add(f"copydesk, {kind}", name, [msgspec.json.decode(r) for r in records], rate)
            for system, run in {} if a.no_peers or kind == "html" else TEXT_PEERS.items():
                texts, rate = timed(lambda p, r=run: r(p.data.decode()), pages)
                table.add(system, name, [_record(p.member, t) for p, t in zip(pages, texts, strict=True)], rate)
        if not a.no_peers:
            pages = payloads(a.bench, name, "html", wanted)
            texts, rate = timed(lambda p: trafilatura_html(p.data), pages)
            table.add("trafilatura, html", name, [_record(p.member, t) for p, t in zip(pages, texts, strict=True)], rate)
    print("\n".join(table.lines()), flush=True)
    (a.work / f"table-{'-'.join(a.kinds)}.json").write_text(json.dumps(table.figures()), encoding="utf-8")
    for kind in a.kinds:
        ratio = _mean(table.speed[f"copydesk, {kind}"]) / _mean(table.speed.get("trafilatura, html", []))
        print(f"copydesk, {kind}: {ratio:.2f} times the pages a second of trafilatura on the HTML; all records written")
    for name in SETS:  # title, authors, dates ...: of the text records, one renderer
        for kind, renderer in (("text", "resiliparse"), ("html", "html")):
            if kind in a.kinds:
                print(f"{name}, {renderer}", flush=True)
                gold = written / f"{name}-gold.jsonl"
                gold.write_text("".join(json.dumps(g) + "\n" for g in golds[name]), encoding="utf-8")
                command = [sys.executable, a.bench / "score.py", gold, written / f"{name}-{renderer}.jsonl"]
                subprocess.run([*command, *(["--only", "article"] if name == "wcxb-dev" else [])], check=True)
    if "text" not in a.kinds:
        return
    for title, labels in (("the benchmark's", a.bench / "lines-dev.jsonl"), ("the project's own", OURS)):
        lines = a.work / "line-records.jsonl"
        pages = read_labels(labels)
        with lines.open("wb") as out:
            for name in SETS:
                for renderer in RENDERERS:
                    for text in (written / f"{name}-{renderer}.jsonl").read_bytes().splitlines():
                        if (name, renderer, msgspec.json.decode(text)["source"]["member"]) in pages:
                            out.write(text + b"\n")
        print(f"{len(pages)} pages, line labels: {title}", flush=True)
        subprocess.run([sys.executable, a.bench / "score_lines.py", labels, a.bench, lines, "--confusion"], check=False)


def _record(member: str, text: str) -> dict[str, Any]:
    return {"source": {"name": "", "member": member}, "text": text}


if __name__ == "__main__":
    main()
