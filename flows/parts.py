"""The forms in which records are written: one JSON file each, or one file for the records of a batch."""

from __future__ import annotations

import hashlib
import io
from collections.abc import Iterable, Sequence
from typing import Any

from flows.batch import Job, finish
from flows.store import Store
from flows.work import Format, Made, Part, Work
from pipeline.document import ProblemCode
from pipeline.record import Record, to_json

ENDINGS: dict[Format, str] = {"jsonl": ".jsonl.zst", "parquet": ".parquet"}

LEVEL = 9
"""Of zstd: a third smaller than its default, and still a hundred times faster than cleaning."""


def write_records(store: Store, work: Work, jobs: Sequence[Job]) -> tuple[list[Made], list[Part]]:
    """Write the records of a batch, in its order; a row for each document, and the file that holds all if there is one."""
    records = [finish(job) for job in jobs]
    if work.format == "json":
        rows = []
        for job, record in zip(jobs, records, strict=True):
            content = to_json(record)
            store.write(job.output, content)
            rows.append(made(job, record, job.output, 0, content))
        return rows, []
    lines = [to_json(record, indent=0) for record in records]
    place = work.part + ENDINGS[work.format]
    content = pack(lines, records, work.format)
    store.write(place, content)
    rows = [made(job, record, place, n, line) for n, (job, record, line) in enumerate(zip(jobs, records, lines, strict=True))]
    return rows, [part_of(place, len(lines), content)]


def part_of(place: str, documents: int, content: bytes) -> Part:
    """A part's entry in the manifest."""
    return Part(place, documents, len(content), hashlib.sha256(content).hexdigest())


def made(job: Job, record: Record, place: str, line: int, content: bytes) -> Made:
    """The row of a document whose record is written."""
    reason = record.reason
    return Made(
        file=job.source.file,
        path=record.source.path or record.source.name,
        number=job.number,
        member=record.source.member,
        id=job.id,
        size=record.source.size,
        place=place,
        line=line,
        status=record.status,
        reason=reason.code.value if reason else None,
        message=reason.message if reason else None,
        format=job.format,
        language=record.language.code if record.language else None,
        sha256=hashlib.sha256(content).hexdigest(),
        stale=sum(problem.code is ProblemCode.OVERRIDE_STALE for problem in record.problems),
    )


def pack(lines: Sequence[bytes], records: Sequence[Record], format_: Format) -> bytes:
    """Records as the bytes of one file; `lines` are their JSON."""
    return _zstd(lines) if format_ == "jsonl" else _parquet(lines, records)


def lines_of(content: bytes, format_: Format) -> list[bytes]:
    """The records of a file, as lines of JSON; raises `ValueError` if there are none in it."""
    if format_ == "jsonl":
        import zstandard  # noqa: PLC0415

        try:
            with zstandard.ZstdDecompressor().stream_reader(content) as stream:
                return stream.read().splitlines(keepends=True)
        except zstandard.ZstdError as error:
            raise ValueError(str(error)) from error
    import pyarrow.parquet  # noqa: PLC0415

    try:
        column = pyarrow.parquet.read_table(io.BytesIO(content), columns=["record"])["record"]
    except KeyError as error:
        raise ValueError("there is no column 'record' in it") from error
    return [row.encode() for row in column.to_pylist()]


def without(content: bytes, dropped: set[int], format_: Format) -> tuple[bytes, int]:
    """A file of records without some of them, and how many are left."""
    if format_ == "jsonl":
        left = [line for n, line in enumerate(lines_of(content, format_)) if n not in dropped]
        return _zstd(left), len(left)
    import pyarrow.parquet  # noqa: PLC0415

    table = pyarrow.parquet.read_table(io.BytesIO(content))
    table = table.take([n for n in range(table.num_rows) if n not in dropped])
    return _written(table), table.num_rows


def _zstd(lines: Iterable[bytes]) -> bytes:
    import zstandard  # noqa: PLC0415

    return zstandard.ZstdCompressor(level=LEVEL, write_checksum=True).compress(b"".join(lines))


COLUMNS = ("id", "status", "reason", "name", "member", "path", "url", "title", "authors", "date_published", "outlet", "language")


def _parquet(lines: Sequence[bytes], records: Sequence[Record]) -> bytes:
    import pyarrow as pa  # noqa: PLC0415

    text = pa.large_string()
    types = {name: pa.list_(pa.string()) if name == "authors" else pa.string() for name in COLUMNS} | {
        "text": text,
        "record": text,
    }
    rows = [_row(record, line) for record, line in zip(records, lines, strict=True)]
    schema = pa.schema(list(types.items()))
    return _written(pa.table({name: [row[name] for row in rows] for name in types}, schema=schema))


def _row(record: Record, line: bytes) -> dict[str, Any]:
    """What is asked for most, in columns of its own; `record` has all of it, as JSON."""
    source = record.source
    return {
        "id": record.id,
        "status": record.status,
        "reason": record.reason.code.value if record.reason else None,
        "name": source.name,
        "member": source.member,
        "path": source.path,
        "url": source.url,
        "title": record.title,
        "authors": [author.name for author in record.authors],
        "date_published": record.date_published,
        "outlet": record.outlet.name if record.outlet else None,
        "language": record.language.code if record.language else None,
        "text": record.text,
        "record": line.decode().rstrip("\n"),
    }


def _written(table: Any) -> bytes:
    import pyarrow.parquet  # noqa: PLC0415

    out = io.BytesIO()
    pyarrow.parquet.write_table(table, out, compression="zstd")
    return out.getvalue()
