"""`copydesk export`: records in the formats of others. `docs/exports.md` says which field goes where, and what is lost."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

from flows.export import csv, datasets, dolma, jsonld, ninjs, parquet, tei
from flows.export.files import Named, Written, each_file, in_lines
from pipeline.record import to_json

Write = Callable[[Named, Path | None], Written]


@dataclass(frozen=True, slots=True)
class Exporter:
    """A format: what it is, whether it is a folder or one file, and how to write it (`None` is standard output)."""

    summary: str
    folder: bool
    write: Write


def _json(record: object) -> bytes:
    return jsonld.dumped(record) + b"\n"


EXPORTERS: dict[str, Exporter] = {
    "json": Exporter("the record itself, one file a document", True, each_file(".json", to_json, rejected=True)),
    "jsonl": Exporter("the record itself, one a line", False, in_lines(lambda r: to_json(r, indent=0), rejected=True)),
    "csv": Exporter("a row a document, without blocks and evidence", False, csv.write),
    "parquet": Exporter("typed columns, with blocks and evidence nested", False, parquet.write),
    "jsonld": Exporter(
        "schema.org NewsArticle, one file a document", True, each_file(".jsonld", lambda r: _json(jsonld.article(r)))
    ),
    "ninjs": Exporter("IPTC ninjs 3.1, one file a document", True, each_file(".json", lambda r: _json(ninjs.news_object(r)))),
    "tei": Exporter("TEI P5, header and text, one file a document", True, each_file(".xml", tei.tei)),
    "dolma": Exporter("dolma documents, and their labels as attributes", True, dolma.write),
    "datasets": Exporter("a folder that Hugging Face datasets loads", True, datasets.write),
}
"""All formats. json, jsonl, csv and parquet hold rejected documents too, the others only what can be used."""

__all__ = ["EXPORTERS", "Exporter", "Named", "Written"]
