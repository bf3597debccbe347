"""CPU time a page, text and HTML, records written, beside trafilatura on the same pages' HTML: page by page, by turns.

    python -m benchmarks.speed BENCH [--every 10]

Every tenth page of each set, first all as resiliparse flattens them, then all as HTML, so that neither has the other's lines still
in mind. The collector rests, as in worker processes, for both. Set OPENBLAS_NUM_THREADS=1, as worker processes do.
"""

from __future__ import annotations

import argparse
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

from trafilatura import bare_extraction

import pipeline
from benchmarks.bench import payloads
from benchmarks.dataset import SETS, jsonl
from flows.worker import rest_collector
from pipeline.document import Payload

WARM = 6
"""Pages that are cleaned before the clock starts."""


def cleaned(payload: Payload) -> Any:
    """A page of text or HTML, cleaned to the bytes of its record."""
    record = pipeline.clean(payload.data, name=payload.name, member=payload.member, media_type=payload.media_type)
    return pipeline.to_json(record, indent=0)


def trafilatura(payload: Payload) -> Any:
    """What trafilatura takes from a page of HTML; it raises on some."""
    try:
        return bare_extraction(payload.data, with_metadata=True)
    except Exception:
        return None


def spent(run: Callable[[Payload], Any], payload: Payload) -> float:
    """Milliseconds of CPU time."""
    start = time.process_time()
    run(payload)
    return (time.process_time() - start) * 1000


def _by_turns(pairs: list[tuple[Payload, Payload]]) -> tuple[float, float]:
    """Milliseconds a page: of the pipeline on the first of each pair, of trafilatura on the second."""
    ours = theirs = 0.0
    for payload, page in pairs:
        theirs += spent(trafilatura, page)
        ours += spent(cleaned, payload)
    return ours / len(pairs), theirs / len(pairs)


def main() -> None:
    """Print milliseconds a page and the two ratios."""
    ap = argparse.ArgumentParser(description=__doc__.split("\n")[0])
    ap.add_argument("bench", type=Path)
    ap.add_argument("--every", type=int, default=10)
    a = ap.parse_args()
    pairs: list[tuple[Payload, Payload]] = []
    for name in SETS:
        wanted = {g["id"] for g in list(jsonl(a.bench / name / "gold.jsonl.gz"))[:: a.every]}
        pages = {p.member: p for p in payloads(a.bench, name, "html", wanted)}
        pairs += [(flat, pages[flat.member]) for flat in payloads(a.bench, name, "resiliparse", wanted)]
    for flat, page in pairs[:WARM]:
        cleaned(flat), cleaned(page), trafilatura(page)
    rest_collector()
    of_text, beside_text = _by_turns(pairs)
    of_html, beside_html = _by_turns([(page, page) for _, page in pairs])
    of_trafilatura = (beside_text + beside_html) / 2
    print(f"{len(pairs)} pages, ms of CPU a page: text {of_text:.1f}, HTML {of_html:.1f}, trafilatura {of_trafilatura:.1f}")
    print(f"text: {beside_text / of_text:.2f} times the pages a second of trafilatura with metadata")
    print(f"HTML: {of_html / beside_html:.2f} times the CPU time of trafilatura with metadata")


if __name__ == "__main__":
    main()
