"""Who does the work on a batch, step by step: read, some stages, some more, emit. `Hands` do it in this process.

`flows.apart` has hands in a process of their own; both are used alike.
"""

from __future__ import annotations

import json
import time
from collections import Counter
from collections.abc import Callable, Iterator, Sequence
from typing import Any, NamedTuple, Protocol

from flows.batch import Batch, apply, finish
from flows.corrections import overrides_of
from flows.furniture import furniture_of
from flows.interrupt import StoppedError, stopping
from flows.parts import write_records
from flows.slices import read_slice, refused_job
from flows.store import HIDDEN, open_store
from flows.work import Made, Part, Work
from pipeline import stages_with
from pipeline.document import CHROME, Document, RejectionCode

Counts = dict[str, dict[str, int]]
"""Numbers by outcome (`ok`, or the reason of a rejection), by format and by language, and more where it is said."""

STEPS = {
    "decode": ("decode", "flatten", "segment", "repair"),
    "strip chrome": ("label", "override_labels", "join"),
    "detect language": ("language",),
    "split metadata": ("metadata", "settle", "override_fields"),
}
"""The stages of the library that each task has."""

Refused = dict[int, tuple[str, str, bool]]
"""Documents of a batch, by place, that no one shall touch: code, message, and whether reading it was the trouble."""

Tick = Callable[[int, float], None]
"""Called with the place of the document that is begun, and the seconds spent on it before; -1 if it is none."""


class Worker(Protocol):
    """Takes a batch through its steps, in order; `read` and `apply` raise `StoppedError` if the run is to stop."""

    def read(self) -> Counts:
        """Read the documents; numbers rejected, by reason."""

    def apply(self, *stages: str) -> Counts:
        """Take them through some stages; numbers rejected so far, by reason."""

    def emit(self) -> Counts:
        """Write the records and the marker; numbers by outcome, format and language."""


class Hands:
    """A worker in this process."""

    def __init__(
        self, work: Work, refused: Refused | None = None, tick: Tick | None = None, stop: Callable[[], bool] | None = None
    ) -> None:
        self.work = work
        self.refused = refused or {}
        self.batch = Batch(work.name, [])
        self.pulse = Pulse(tick)
        self.stop = stop or stopping.get()

    def read(self) -> Counts:
        jobs = self.batch.jobs
        for part in self.work.slices:
            ends = len(jobs) + part.count
            broken = min((place for place, row in self.refused.items() if row[2] and len(jobs) <= place < ends), default=ends)
            jobs += read_slice(part, self.work.options, self._begin(len(jobs)), broken - len(jobs))
            if broken < ends:
                code, message, _ = self.refused[broken]
                missing = range(part.first + part.count - (ends - broken), part.first + part.count)
                jobs += [refused_job(part, number, RejectionCode(code), message) for number in missing]
        for place, (code, message, _) in self.refused.items():
            jobs[place].reject(RejectionCode(code), message)
        self.pulse(-1)
        return self._rejected()

    def apply(self, *stages: str) -> Counts:
        work = self.work
        known = stages_with(
            overrides_of(work.overrides, work.overrides_sha256), furniture_of(work.furniture, work.furniture_sha256)
        )
        apply(self.batch, [(name, stage) for name, stage in known if name in stages], self._begin(0))
        self.pulse(-1)
        return self._rejected()

    def emit(self) -> Counts:
        removed: Counter[str] = Counter()
        for place, job in enumerate(self.batch.jobs):
            self.pulse(place)
            if finish(job).status == "ok" and job.document:
                removed.update(removed_lines(job.document))
            job.document = None
        self.pulse(-1)
        often = sorted(removed.items(), key=lambda row: (-row[1], row[0]))[:REMOVED]
        store = open_store(self.work.output)
        rows, parts = write_records(store, self.work, self.batch.jobs)
        store.sync()
        store.write(marker(self.work.key), to_marker(Marker(rows, parts, dict(often))))
        store.sync()
        self.batch = Batch(self.work.name, [])
        return counted(rows)

    def _begin(self, base: int) -> Callable[[int], None]:
        def begin(n: int) -> None:
            if self.stop():
                raise StoppedError
            self.pulse(base + max(n, 0), charged=n >= 0)

        return begin

    def _rejected(self) -> Counts:
        reasons = (job.record.reason for job in self.batch.jobs if job.record)
        return {"outcomes": dict(Counter(reason.code.value for reason in reasons if reason))}


class Pulse:
    """Says which document is begun, and keeps the time that each has taken."""

    def __init__(self, tick: Tick | None) -> None:
        self.tick = tick
        self.spent: dict[int, float] = {}
        self.at, self.since, self.charged = -1, 0.0, False

    def __call__(self, place: int, *, charged: bool = True) -> None:
        if self.tick is None:
            return
        now = time.monotonic()
        if self.at >= 0 and self.charged:
            self.spent[self.at] = self.spent.get(self.at, 0.0) + now - self.since
        self.at, self.since, self.charged = place, now, charged
        self.tick(place, self.spent.get(place, 0.0))


def counted(rows: Sequence[Made]) -> Counts:
    """Numbers of documents by outcome, format and language."""
    return {
        "outcomes": dict(Counter(row.reason or "ok" for row in rows)),
        "formats": dict(Counter(row.format for row in rows)),
        "languages": dict(Counter(row.language for row in rows if row.language)),
    }


LINE = 120
"""Characters of a removed line that is counted."""

REMOVED = 200
"""Removed lines that are listed for a batch."""

MARKERS = f"{HIDDEN}/done"


def marker(key: str) -> str:
    """The name of the file that says that a batch is written."""
    return f"{MARKERS}/{key}.json"


class Marker(NamedTuple):
    """What a batch has done: its rows and files, and the lines of chrome that it removed most often."""

    rows: list[Made]
    parts: list[Part]
    removed: dict[str, int]


def to_marker(done: Marker) -> bytes:
    """A marker's bytes."""
    return json.dumps(done._asdict()).encode()


def from_marker(content: bytes) -> Marker:
    """The marker that `to_marker` was given."""
    shape: dict[str, Any] = json.loads(content)
    return Marker([Made(*row) for row in shape["rows"]], [Part(*row) for row in shape["parts"]], shape["removed"])


def removed_lines(document: Document) -> Iterator[str]:
    """The lines of chrome in a document, as far as they are short enough to recur."""
    for block in document.blocks:
        if not block.kept and block.label in CHROME:
            line = document.text[block.start : min(block.end, block.start + LINE + 1)].strip()
            if 0 < len(line) < LINE:
                yield line
