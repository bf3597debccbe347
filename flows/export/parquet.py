"""Parquet with typed columns: the record's fields, its blocks and evidence nested. pyarrow is imported on use only."""

from __future__ import annotations

from collections.abc import Iterable
from itertools import islice
from pathlib import Path
from typing import TYPE_CHECKING, Any

import msgspec

from flows.export.files import Named, Written, whole_file
from pipeline.record import Record

if TYPE_CHECKING:
    from typing import BinaryIO

ROWS = 1000
"""Documents in a row group: some 30 MB at a time."""

TEXT, WHOLE, REAL, TRUTH = "string", "int64", "float64", "bool"
SPAN = {"start": WHOLE, "end": WHOLE}
COLUMNS: dict[str, Any] = {
    "schema_version": TEXT,
    "id": TEXT,
    "status": TEXT,
    "reason": {"code": TEXT, "message": TEXT},
    "source": dict.fromkeys(("name", "member", "path", "url", "media_type"), TEXT) | {"size": WHOLE, "fetched_at": TEXT},
    "decoding": {
        "encoding": TEXT,
        "method": TEXT,
        "declared": TEXT,
        "replaced": WHOLE,
        "repairs": [SPAN | {"steps": [{"action": TEXT, "parameter": TEXT}]}],
    },
    "title": TEXT,
    "standfirst": TEXT,
    "authors": [dict.fromkeys(("name", "honorific", "kind", "affiliation", "role", "bio"), TEXT)],
    "contributors": [{"name": TEXT, "role": TEXT}],
    "date_published": TEXT,
    "date_modified": TEXT,
    "outlet": {"name": TEXT, "domain": TEXT},
    "agency": TEXT,
    "dateline": TEXT,
    "section": TEXT,
    "tags": [TEXT],
    "language": {"code": TEXT, "confidence": REAL, "method": TEXT, "spans": [SPAN | {"code": TEXT}]},
    "text": TEXT,
    "captions": [{"text": TEXT, "credit": TEXT}],
    "blocks": [SPAN | {"label": TEXT, "kept": TRUTH, "evidence": [{"rule": TEXT, "seen": TEXT, "confidence": REAL}]}],
    "evidence": [{"field": TEXT, "value": TEXT} | SPAN | {"raw": TEXT, "rule": TEXT, "confidence": REAL, "chosen": TRUTH}],
    "unknown": [{"field": TEXT, "reason": TEXT}],
    "problems": [{"code": TEXT} | SPAN | {"message": TEXT}],
    "fingerprints": {"text_sha256": TEXT, "simhash64": TEXT},
    "counts": {"characters": WHOLE, "words": WHOLE, "blocks": WHOLE, "blocks_kept": WHOLE},
    "pipeline": dict.fromkeys(("name", "version", "rules", "model"), TEXT),
}
"""The columns with their types; a list is a list of what it holds. They are the record's fields, in its order."""


def write(records: Named, out: Path | None) -> Written:
    """Write all records as one Parquet file."""
    written = Written()
    with whole_file(out) as file:
        write_rows((record for _, record in written.usable(records, rejected=True)), file)
    return written


def write_rows(records: Iterable[Record], file: BinaryIO) -> None:
    """Write records into an open file, a row group at a time."""
    import pyarrow as pa  # noqa: PLC0415 (0.2 s, only where it is needed)
    from pyarrow import parquet  # noqa: PLC0415

    schema = pa.schema([pa.field(name, _type(pa, kind)) for name, kind in COLUMNS.items()])
    with parquet.ParquetWriter(file, schema, compression="zstd") as writer:
        left = iter(records)
        while lot := list(islice(left, ROWS)):
            writer.write_table(pa.Table.from_pylist([row(record) for record in lot], schema=schema))


def row(record: Record) -> dict[str, Any]:
    """A record as a row: its fields, with the fields' names in `evidence` and `unknown` as values."""
    fields: dict[str, Any] = msgspec.to_builtins(record)
    fields["evidence"] = [{"field": name} | entry for name, found in fields["evidence"].items() for entry in found]
    fields["unknown"] = [{"field": name, "reason": reason} for name, reason in fields["unknown"].items()]
    return fields


def _type(pa: Any, kind: Any) -> Any:
    if isinstance(kind, list):
        return pa.list_(_type(pa, kind[0]))
    if isinstance(kind, dict):
        return pa.struct([pa.field(name, _type(pa, inner)) for name, inner in kind.items()])
    return {TEXT: pa.string(), WHOLE: pa.int64(), REAL: pa.float64(), TRUTH: pa.bool_()}[kind]
