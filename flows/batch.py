"""A batch of documents on its way through the stages, without Prefect: the tasks of `clean_dump` call these functions.

Here stands the one boundary where any exception of a document is caught: the document becomes a rejected record that
says which stage failed and how, and the batch goes on.
"""

from __future__ import annotations

import hashlib
from collections.abc import Callable, Sequence
from pathlib import Path

from flows.interrupt import between
from flows.outputs import write_atomically
from flows.sources import SourceFile
from pipeline.document import Document, Payload, RejectionCode, Stage, UnusablePayloadError
from pipeline.record import Record, Source, payload_id, rejected, source_of, to_json, to_record


class Job:
    """A document of the batch: its source, how far it has come, and its record once it has one."""

    __slots__ = ("document", "record", "source")

    def __init__(self, source: SourceFile) -> None:
        self.source = source
        self.document: Document | None = None
        self.record: Record | None = None


class Batch:
    """The jobs of a batch. A plain class on purpose: Prefect looks into every dataclass it is handed."""

    __slots__ = ("jobs", "name")

    def __init__(self, name: str, jobs: Sequence[Job]) -> None:
        self.name = name
        self.jobs = list(jobs)

    def __str__(self) -> str:
        return self.name

    def rejected(self) -> int:
        """Documents rejected so far."""
        return sum(job.record is not None and job.record.status == "rejected" for job in self.jobs)


def read_batch(name: str, sources: Sequence[SourceFile]) -> Batch:
    """Read the files of a batch; one that cannot be read has a rejected record from the start."""
    return Batch(name, [read_job(source) for source in sources])


def read_job(source: SourceFile) -> Job:
    """Read one file; if it cannot be read, the job has a rejected record."""
    job = Job(source)
    refused = source.refused
    if refused is None:
        try:
            data = Path(source.file).read_bytes()
            job.document = Document(Payload(data, source.name, path=source.path))
        except OSError as error:
            refused = (RejectionCode.UNREADABLE, f"the file cannot be read: {error.strerror or error}")
    if refused is not None:
        job.record = rejected(_bare_source(source), _bare_id(source), *refused)
    return job


def _bare_source(source: SourceFile) -> Source:
    try:
        size = Path(source.file).lstat().st_size
    except OSError:
        size = 0
    return Source(source.name, None, source.path, None, "text/plain", size, None)


def _bare_id(source: SourceFile) -> str:
    """The id of a file that is refused: of its bytes where they may be read, else of none."""
    digest = hashlib.sha256()
    if source.refused and source.refused[0] is RejectionCode.TOO_LARGE:
        try:
            with open(source.file, "rb") as file:
                while chunk := file.read(1 << 20):
                    digest.update(chunk)
        except OSError:
            return payload_id(b"")
    return "sha256:" + digest.hexdigest()


def apply(batch: Batch, stages: Sequence[tuple[str, Stage]]) -> Batch:
    """Take the documents of a batch that are still under way through some stages."""
    for job in batch.jobs:
        between.get()()
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
    except Exception as error:  # the one place: see the module's docstring
        job.record = _reject(document, RejectionCode.FAILED, f"stage {name!r} failed: {type(error).__name__}: {error}")
    return document


def _reject(document: Document, code: RejectionCode, message: str) -> Record:
    return rejected(source_of(document), payload_id(document.payload.data), code, message)


def emit(batch: Batch, output: Path, done: Callable[[Record], None] | None = None) -> list[Record]:
    """Write the record of each document, in the order of the batch."""
    records = []
    for job in batch.jobs:
        between.get()()
        record = finish(job)
        write_atomically(output / job.source.record, to_json(record))
        records.append(record)
        job.document = None
        if done:
            done(record)
    return records


def finish(job: Job) -> Record:
    """The record of a job that went through all stages, or was rejected on the way."""
    if job.record is None:
        if job.document is None:
            raise ValueError("a job without document and record was never read; make it with read_job()")
        try:
            job.record = to_record(job.document)
        except Exception as error:  # the same boundary
            message = f"stage 'emit' failed: {type(error).__name__}: {error}"
            job.record = _reject(job.document, RejectionCode.FAILED, message)
    return job.record
