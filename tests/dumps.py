"""Dumps that tests make, and what they ask of them."""

from __future__ import annotations

import io
import time
import tracemalloc
import zipfile
import zlib
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from flows.readers.entry import Entry

GOOD = b"Words of a text that is good."


@contextmanager
def bounded(seconds: float, megabytes: int) -> Iterator[None]:
    """The time and the memory of Python that a block may take."""
    tracemalloc.start()
    start = time.perf_counter()
    try:
        yield
        took, peak = time.perf_counter() - start, tracemalloc.get_traced_memory()[1] >> 20
    finally:
        tracemalloc.stop()
    assert took < seconds, f"{took:.1f} s"
    assert peak < megabytes, f"{peak} MB"


def codes(entries: list[Entry]) -> list[str | None]:
    return [entry.refused[0].value if entry.refused else None for entry in entries]


def zip_of(files: dict[str, bytes]) -> bytes:
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, data in files.items():
            archive.writestr(name, data)
    return out.getvalue()


def zeros(megabytes: int) -> bytes:
    """Gzip of many zeros, made without holding them."""
    coder = zlib.compressobj(9, zlib.DEFLATED, 31)
    return b"".join([*(coder.compress(bytes(1 << 20)) for _ in range(megabytes)), coder.flush()])


def parquet(path: Path, **columns: list[object]) -> Path:
    import pyarrow as pa
    import pyarrow.parquet as pq

    pq.write_table(pa.table(columns), path)
    return path


def warc(*records: tuple[str, bytes]) -> bytes:
    return b"".join(
        f"WARC/1.0\r\nWARC-Type: {kind}\r\nContent-Type: text/plain\r\nContent-Length: {len(block)}\r\n\r\n".encode()
        + block
        + b"\r\n\r\n"
        for kind, block in records
    )
