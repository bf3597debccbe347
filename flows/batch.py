"""A batch of documents on its way through the stages, without Prefect: the tasks of `clean_dump` call these functions.

Here stands the one boundary where any exception of a document is caught: the document becomes a rejected record that
says which stage, or the reader, failed and how, and the batch goes on.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterator, Sequence
from pathlib import Path

from flows.readers import read
from flows.readers.entry import Entry, Origin, refusal
from flows.readers.limits import Options
from flows.sources import SourceFile
from pipeline.document import Document, RejectionCode, Stage, UnusablePayloadError
from pipeline.record import Record, Source, payload_id, rejected, source_of, to_record


class Job:
    """A document of the batch: where its record goes, its format, how far it has come, and its record once it has one."""

    __slots__ = ("document", "format", "id", "number", "output", "record", "source")

    def __init__(self, output: str, entry: Entry, source: SourceFile | None = None, number: int = 0) -> None:
        self.output = output
        self.format = entry.format
        self.id = entry.id
        self.source = source or SourceFile("", "", output)
        self.number = number
        self.document: Document | None = None
        self.record: Record | None = None
        if entry.refused is None:
            self.document = Document(entry.payload)
        else:
            p = entry.payload
            given = Source(p.name, p.member, p.path, p.url, p.media_type, entry.size, p.fetched_at)
            self.record = rejected(given, entry.id, *entry.refused)

    def reject(self, code: RejectionCode, message: str) -> None:
        """Give the document a rejected record, whatever it has."""
        if self.document is not None:
            self.record = _reject(self.document, code, message)
            self.document = None


class Batch:
    """The jobs of a batch. A plain class on purpose: Prefect looks into every dataclass it is handed."""

    __slots__ = ("jobs", "name")

    def __init__(self, name: str, jobs: Sequence[Job]) -> None:
        self.name = name
        self.jobs = list(jobs)

    def __str__(self) -> str:
        return self.name


def found_in(source: SourceFile, options: Options, skipped: Counter[str] | None = None) -> Iterator[Entry]:
    """The documents of a source file, as they come; a file that cannot be read, or not to its end, gives a refusal too.

    What is no document is counted in `skipped`.
    """
    origin = Origin(source.name, source.path, source.name)
    if source.refused is not None:
        yield refusal(origin, *source.refused, size=_size(source))
        return
    try:
        with source.open() as stream:
            found, reading = read(stream, origin, options)
            yield from found
            if skipped is not None:
                skipped.update(reading.skipped)
    except OSError as error:
        yield refusal(origin, RejectionCode.UNREADABLE, f"the file cannot be read: {error.strerror or error}")
    except Exception as error:  # the boundary, for readers
        yield refusal(origin, RejectionCode.FAILED, f"reading failed: {type(error).__name__}: {error}")


def _size(source: SourceFile) -> int:
    try:
        return Path(source.file).lstat().st_size
    except OSError:
        return 0


def apply(batch: Batch, stages: Sequence[tuple[str, Stage]], begin: Callable[[int], None] | None = None) -> Batch:
    """Take the documents of a batch that are still under way through some stages; `begin` is told the place of each."""
    for place, job in enumerate(batch.jobs):
        if begin and job.record is None:
            begin(place)
        for name, stage in stages:
            if job.record is None and job.document is not None:
                job.document = _guarded(job, name, stage)
    return batch


def _guarded(job: Job, name: str, stage: Stage) -> Document | None:
    document = job.document
    if document is None:
        return None
    try:
        return stage(document)
    except UnusablePayloadError as error:
        job.record = _reject(document, error.code, error.message)
    except MemoryError:
        job.record = _reject(document, RejectionCode.MEMORY, f"stage {name!r} needs more memory than a worker may take")
    except Exception as error:  # the one place: see the module's docstring
        job.record = _reject(document, RejectionCode.FAILED, f"stage {name!r} failed: {type(error).__name__}: {error}")
    return document


def _reject(document: Document, code: RejectionCode, message: str) -> Record:
    return rejected(source_of(document), payload_id(document.payload.data), code, message)


def finish(job: Job) -> Record:
    """The record of a job that went through all stages, or was rejected on the way."""
    if job.record is None:
        if job.document is None:
            raise ValueError("a job without document and record was never read; make it with a document or a refusal")
        try:
            job.record = to_record(job.document)
        except Exception as error:  # the same boundary
            message = f"stage 'emit' failed: {type(error).__name__}: {error}"
            job.record = _reject(job.document, RejectionCode.FAILED, message)
    return job.record
