"""Work units: a slice is a source file and a range of its documents, small enough to pass anywhere and be read there.

A dump is read twice: once to cut it into slices, once, slice by slice, to clean it. A reader that has come to the end of
a slice waits there for the next one, so that a process reads each dump once from front to back, whatever its format.
"""

from __future__ import annotations

import os
import threading
from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from itertools import islice

from flows.batch import Batch, Job, found_in
from flows.interrupt import between
from flows.readers import holds_many
from flows.readers.compressed import bare_name
from flows.readers.entry import Entry, Origin, refusal
from flows.readers.limits import Options
from flows.sources import SourceFile
from pipeline.document import RejectionCode

BATCH_DOCUMENTS = 500
"""Documents in a batch: large enough that Prefect's cost for a task (10 to 30 ms) vanishes."""

BATCH_BYTES = 64 << 20
"""Bytes of documents in a batch, which are in memory together."""

EXPANDS = 8
"""Times that a compressed file is taken to expand, where it is not read to be sure."""


@dataclass(frozen=True, slots=True)
class Slice:
    """Documents `first` to `first + count` of a source file, counted from 0."""

    source: SourceFile
    first: int
    count: int


def plan(sources: Sequence[SourceFile], options: Options, skipped: Counter[str]) -> Iterator[list[Slice]]:
    """Cut sources into batches of slices, the same for the same files; what is no document is counted in `skipped`."""
    batch: list[Slice] = []
    documents = size = 0
    for source in sources:
        first = count = 0
        between.get()()
        for next_size in _sizes(source, options, skipped):
            between.get()()
            if documents and (documents == BATCH_DOCUMENTS or size + next_size > BATCH_BYTES):
                yield [*batch, Slice(source, first, count)] if count else batch
                batch, documents, size, first, count = [], 0, 0, first + count, 0
            documents, size, count = documents + 1, size + next_size, count + 1
        if count:
            batch.append(Slice(source, first, count))
        elif not first:
            skipped["files without documents"] += 1
    if batch:
        yield batch


def _sizes(source: SourceFile, options: Options, skipped: Counter[str]) -> Iterator[int]:
    """The sizes of the documents in a file; a file that is one document is not read for it."""
    if source.refused is None and is_dump(source, options):
        yield from (entry.size if entry.refused is None else 0 for entry in found_in(source, options, skipped))
    else:
        expands = EXPANDS if bare_name(source.name) != source.name else 1
        yield min(_stored(source) * expands, options.limits.document)


def _stored(source: SourceFile) -> int:
    try:
        return os.stat(source.file).st_size
    except OSError:
        return 0


def is_dump(source: SourceFile, options: Options) -> bool:
    """Whether a source file holds many documents; one that cannot be read is none."""
    try:
        with source.open() as stream:
            return holds_many(stream, source.name, options)
    except OSError:
        return False


class Cursor(threading.local):
    """The reader that is open in this thread, and how far it has come."""

    key: tuple[SourceFile, Options] | None = None
    found: Iterator[Entry] = iter(())
    at: int = 0

    def take(self, part: Slice, options: Options) -> list[Entry]:
        """The documents of a slice; fewer if the file has become shorter."""
        key = (part.source, options)
        if self.key != key or self.at > part.first or part.first == 0:
            self.key, self.found, self.at = key, found_in(part.source, options), 0
        taken = list(islice(self.found, part.first - self.at, part.first - self.at + part.count))
        self.at = part.first + part.count
        return taken


_CURSOR = Cursor()


def read_batch(name: str, slices: Sequence[Slice], options: Options) -> Batch:
    """Read the documents of a batch; one that cannot be read has a rejected record from the start."""
    return Batch(name, [job for part in slices for job in read_slice(part, options)])


def read_slice(part: Slice, options: Options) -> Iterator[Job]:
    """The jobs of a slice."""
    found = _CURSOR.take(part, options)
    for number, entry in enumerate(found, part.first):
        yield Job(part.source.record_of(number, entry.payload.member), entry)
    for number in range(part.first + len(found), part.first + part.count):
        origin = Origin(part.source.name, part.source.path).inside(str(number + 1))
        entry = refusal(origin, RejectionCode.UNREADABLE, "the file became shorter while it was read; run again")
        yield Job(part.source.record_of(number, str(number + 1)), entry)
