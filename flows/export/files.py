"""How exports are written: whole files, put in place when they are complete, the same bytes for the same records."""

from __future__ import annotations

import sys
from collections.abc import Callable, Iterable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path, PurePosixPath
from typing import BinaryIO

from flows.outputs import replacing, write_atomically
from flows.records import Place
from pipeline.record import Record

Named = Iterable[tuple[str, Record]]
"""Records, each with a name for a file of its own: a path below the output, without an ending."""

SHARD = 50_000
"""Documents in a file of the formats that part them."""


@dataclass(slots=True)
class Written:
    """How many documents were written, and how many the format has no place for, because they were rejected."""

    documents: int = 0
    rejected: int = 0

    def usable(self, records: Named, *, rejected: bool = False) -> Iterator[tuple[str, Record]]:
        """The records to write, counted as they go by."""
        for name, record in records:
            if record.status == "ok" or rejected:
                self.documents += 1
                yield name, record
            else:
                self.rejected += 1


def names(places: Iterable[tuple[Place, Record]]) -> Iterator[tuple[str, Record]]:
    """Name each record after its file, and one of many in a file by its number as well."""
    for number, (place, record) in enumerate(places, start=1):
        stem = str(PurePosixPath(place.name).with_suffix(""))
        yield (stem if place.length is None else f"{stem}/{number:08}"), record


@contextmanager
def whole_file(path: Path | None) -> Iterator[BinaryIO]:
    """A file to write, which takes its place only when it is complete; `None` is standard output."""
    if path is None:
        sys.stdout.flush()
        yield sys.stdout.buffer
        sys.stdout.buffer.flush()
        return
    with replacing(path) as file:
        yield file


def each_file(
    suffix: str, content: Callable[[Record], bytes], *, rejected: bool = False
) -> Callable[[Named, Path | None], Written]:
    """A format of one file a document."""

    def write(records: Named, out: Path | None) -> Written:
        if out is None:
            raise ValueError("this format is a folder; name one")
        written = Written()
        for name, record in written.usable(records, rejected=rejected):
            write_atomically(out / f"{name}{suffix}", content(record))
        return written

    return write


def in_lines(line: Callable[[Record], bytes], *, rejected: bool = False) -> Callable[[Named, Path | None], Written]:
    """A format of one line a document."""

    def write(records: Named, out: Path | None) -> Written:
        written = Written()
        with whole_file(out) as file:
            for _, record in written.usable(records, rejected=rejected):
                file.write(line(record))
        return written

    return write


def shards(records: Iterator[tuple[str, Record]]) -> Iterator[tuple[int, list[Record]]]:
    """Records in lots of at most `SHARD`, each with its number."""
    lot: list[Record] = []
    number = 0
    for _, record in records:
        lot.append(record)
        if len(lot) == SHARD:
            yield number, lot
            lot, number = [], number + 1
    if lot or not number:
        yield number, lot
