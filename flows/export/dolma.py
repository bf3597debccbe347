"""dolma: documents, and beside them, line for line, what the pipeline says of them as attributes with spans of the text."""

from __future__ import annotations

import gzip
import json
from collections import Counter
from pathlib import Path
from typing import Any

import msgspec

from flows.export.files import Named, Written, shards, whole_file
from flows.export.jsonld import present
from flows.export.kept import parts
from pipeline.record import Record

SOURCE = "copydesk"
"""The `source` of documents, and the name of the attributes' folder."""


def write(records: Named, out: Path | None) -> Written:
    """Write `documents/` and `attributes/copydesk/`, whose files have the same lines in the same order."""
    if out is None:
        raise ValueError("dolma is a folder; name one")
    written = Written()
    seen: Counter[str] = Counter()
    for number, lot in shards(written.usable(records)):
        ids = [_unique(record.id, seen) for record in lot]
        name = f"records-{number:05}.jsonl.gz"
        _lines(out / "documents" / name, [document(r, id_) for r, id_ in zip(lot, ids, strict=True)])
        _lines(out / "attributes" / SOURCE / name, [attributes(r, id_) for r, id_ in zip(lot, ids, strict=True)])
    return written


def _unique(id_: str, seen: Counter[str]) -> str:
    """An id that stands once: copies of a document, which have its id, get a number."""
    seen[id_] += 1
    return id_ if seen[id_] == 1 else f"{id_}-{seen[id_]}"


def document(record: Record, id_: str) -> dict[str, Any]:
    """A record as a dolma document; what dolma has no field for is its metadata."""
    fields: dict[str, Any] = msgspec.to_builtins(record)
    about = ("title", "standfirst", "authors", "contributors", "date_modified", "outlet", "agency", "dateline", "section", "tags")
    more = ("captions", "language", "source", "fingerprints", "pipeline")
    return present(
        {
            "id": id_,
            "text": record.text or " ",
            "source": SOURCE,
            "added": record.source.fetched_at,
            "created": record.date_published,
            "metadata": {name: fields[name] for name in (*about, *more)},
        }
    )


def attributes(record: Record, id_: str) -> dict[str, Any]:
    """Labels, language and problems of a record as dolma attributes: (start, end, score) in the document's text."""
    found: dict[str, list[list[float]]] = {}
    for part in parts(record):
        found.setdefault(f"{SOURCE}__label__{part.label}", []).append([part.start, part.end, part.confidence])
    whole = len(record.text or " ")
    if record.language:
        found[f"{SOURCE}__language__{record.language.code}"] = [[0, whole, record.language.confidence]]
    for code in sorted({str(problem.code) for problem in record.problems}):
        found[f"{SOURCE}__problem__{code}"] = [[0, whole, 1.0]]
    return {"id": id_, "source": SOURCE, "attributes": found}


def _lines(path: Path, rows: list[dict[str, Any]]) -> None:
    with whole_file(path) as file, gzip.GzipFile(filename="", fileobj=file, mode="wb", mtime=0) as packed:
        for row in rows:
            packed.write(json.dumps(row, ensure_ascii=False).encode("utf-8", "replace") + b"\n")
