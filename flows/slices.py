"""Work units: a slice is a source file and a range of its documents, small enough to pass anywhere and be read there.

A dump is read twice: once to cut it into slices, once, slice by slice, to clean it. A reader that has come to the end of
a slice waits there for the next one, so that a process reads each dump once from front to back, whatever its format.
"""

from __future__ import annotations

import os
import threading
from collections import Counter
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass, replace

from flows.batch import Job, found_in
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


class Known:
    """What earlier runs know of the sources; this one knows nothing. `flows.news` has one that asks the ledger."""

    def unchanged(self, source: SourceFile) -> bool:
        """Whether the whole file is as it was, so that it need not be read."""
        del source
        return False

    def has_read(self, source: SourceFile) -> bool:
        """Whether documents of this file have been seen."""
        del source
        return False

    def is_same(self, source: SourceFile, number: int, id_: str) -> bool:
        """Whether this document was cleaned already; asked in the order of numbers."""
        del source, number, id_
        return False

    def ends(self, source: SourceFile, documents: int) -> None:
        """Be told that a file was read to its end, and holds so many documents."""


def plan(
    sources: Iterable[SourceFile],
    options: Options,
    skipped: Counter[str],
    known: Known | None = None,
    most: int | None = None,
) -> Iterator[list[Slice]]:
    """Cut sources into batches of slices, the same for the same files; what is no document is counted in `skipped`.

    Documents that are `known` are left out; `most` is the number of documents in a batch.
    """
    known = known or Known()
    most = most or BATCH_DOCUMENTS
    batch: list[Slice] = []
    documents = size = 0
    for source in sources:
        between.get()()
        if known.unchanged(source):
            continue
        first = count = number = 0
        for number, (next_size, id_) in enumerate(_found(source, options, skipped, whole=known.has_read(source)), 1):
            between.get()()
            if id_ and known.is_same(source, number - 1, id_):
                if count:
                    batch.append(Slice(source, first, count))
                first, count = number, 0
                continue
            if documents and (documents == most or size + next_size > BATCH_BYTES):
                yield [*batch, Slice(source, first, count)] if count else batch
                batch, documents, size, first, count = [], 0, 0, number - 1, 0
            documents, size, count = documents + 1, size + next_size, count + 1
        if count:
            batch.append(Slice(source, first, count))
        elif not number:
            skipped["files without documents"] += 1
        known.ends(source, number)
    if batch:
        yield batch


def _found(source: SourceFile, options: Options, skipped: Counter[str], *, whole: bool) -> Iterator[tuple[int, str]]:
    """Sizes and ids of the documents in a file; one that is a single document is not read for it, unless it must be."""
    if whole or (source.refused is None and is_dump(source, options)):
        yield from ((entry.size if entry.refused is None else 0, entry.id) for entry in found_in(source, options, skipped))
    else:
        expands = EXPANDS if bare_name(source.name) != source.name else 1
        yield min(_stored(source) * expands, options.limits.document), ""


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

    def take(self, part: Slice, options: Options, begin: Callable[[int], None]) -> list[Entry]:
        """The documents of a slice; fewer if the file has become shorter. `begin` is told the place of each in the slice.

        Those before it, which are read to get there, have places below 0.
        """
        key = (part.source, options)
        if self.key != key or self.at > part.first or part.first == 0:
            self.key, self.found, self.at = key, found_in(part.source, options), 0
        taken = []
        while self.at < part.first + part.count:
            begin(self.at - part.first)
            entry = next(self.found, None)
            if entry is None:
                break
            if self.at >= part.first:
                taken.append(entry)
            self.at += 1
        self.at = part.first + part.count
        return taken


_CURSOR = Cursor()


def read_slice(part: Slice, options: Options, begin: Callable[[int], None] | None = None, count: int | None = None) -> list[Job]:
    """The jobs of a slice, or of its first `count` documents; `begin` is told the place in the slice of each that is read."""
    part = part if count is None else replace(part, count=count)
    found = _CURSOR.take(part, options, begin or _say_nothing)
    source = part.source
    jobs = [Job(source.record_of(n, entry.payload.member), entry, source, n) for n, entry in enumerate(found, part.first)]
    message = "the file became shorter while it was read; run again"
    missing = range(part.first + len(found), part.first + part.count)
    return jobs + [refused_job(part, number, RejectionCode.UNREADABLE, message) for number in missing]


def refused_job(part: Slice, number: int, code: RejectionCode, message: str) -> Job:
    """The job of a document that was not read."""
    source, origin = part.source, Origin(part.source.name, part.source.path)
    alone = number == 0 and part.count == 1
    member = None if alone else str(number + 1)
    entry = refusal(origin.inside(member) if member else origin, code, message)
    return Job(source.record_of(number, member), entry, source, number)


def _say_nothing(_: int) -> None:
    """For those who do not ask."""
