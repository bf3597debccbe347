"""Parquet: each row is a document; row groups are read bit by bit."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any, BinaryIO

from flows.readers.entry import BrokenDumpError, Entry, Origin
from flows.readers.limits import RATIO_GRACE, Reading, rewindable
from flows.readers.rows import FIELDS, NAMES, entry_of
from pipeline.document import RejectionCode

ROWS = 16
"""Rows in memory at a time: each may be as large as a document may."""


def read_parquet(stream: BinaryIO, origin: Origin, reading: Reading, head: bytes) -> Iterator[Entry]:
    """The documents of a Parquet file."""
    del head
    import pyarrow as pa  # noqa: PLC0415 (0.2 s, only where it is needed)
    import pyarrow.parquet as pq  # noqa: PLC0415

    number = 0
    try:
        with rewindable(stream) as whole, pq.ParquetFile(whole, buffer_size=1 << 20, pre_buffer=False) as file:
            columns = _columns(file.schema_arrow.names, reading)
            for group in range(file.num_row_groups):
                _measure(file.metadata.row_group(group), columns, reading)
                for batch in file.iter_batches(ROWS, row_groups=[group], columns=columns):
                    for row in _rows(batch):
                        number += 1
                        yield entry_of(row, number, origin, reading)
    except BrokenDumpError:
        raise
    except (pa.ArrowException, OSError, ValueError, OverflowError) as error:
        message = f"the Parquet file breaks off after {number} rows: {str(error).splitlines()[0] if str(error) else error}"
        raise BrokenDumpError(RejectionCode.BROKEN, message) from error


def _columns(names: list[str], reading: Reading) -> list[str]:
    """The columns that matter; raises `BrokenDumpError` if none can hold a text."""
    given = {name.split(".")[0] for _, name in reading.fields}
    bodies = {name for role, name in reading.fields if role in ("html", "text")} or {*FIELDS["html"], *FIELDS["text"]}
    if not {name.split(".")[0] for name in bodies} & set(names):
        shown = ", ".join(names[:12])
        message = f"no column is known to hold text; the columns are: {shown}; name one with --field text=NAME"
        raise BrokenDumpError(RejectionCode.NO_TEXT, message)
    return [name for name in dict.fromkeys(names) if name in NAMES | given]


def _rows(batch: Any) -> list[dict[str, object]]:
    """The rows of a batch; text stays bytes, for not all that calls itself UTF-8 is."""
    import pyarrow as pa  # noqa: PLC0415

    columns = [
        column.cast(pa.large_binary()) if pa.types.is_string(column.type) or pa.types.is_large_string(column.type) else column
        for column in batch.columns
    ]
    rows: list[dict[str, object]] = pa.RecordBatch.from_arrays(columns, names=batch.schema.names).to_pylist()
    return rows


def _measure(group: Any, columns: list[str], reading: Reading) -> None:
    """Hold a row group to the limits by the sizes that it states."""
    for n in range(group.num_columns):
        column = group.column(n)
        if column.path_in_schema.split(".")[0] not in columns:
            continue
        stored, size = max(1, column.total_compressed_size), column.total_uncompressed_size
        reading.spend(size)
        if size > RATIO_GRACE and size > reading.limits.ratio * stored:
            message = f"column {column.path_in_schema!r} expands more than {reading.limits.ratio} times"
            raise BrokenDumpError(RejectionCode.BOMB, message)
