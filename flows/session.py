"""One run on one output, without Prefect: its settings, its lock and ledger, the batches that are to be cleaned, its end."""

from __future__ import annotations

import hashlib
import json
import os
from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from contextlib import closing, contextmanager
from dataclasses import asdict, dataclass
from itertools import chain
from pathlib import Path
from typing import Any, Self

from flows.closing import clear_markers, close, missing_places
from flows.corrections import digest
from flows.furniture import digest as furniture_digest
from flows.hands import MARKERS, Marker, from_marker, marker
from flows.ledger import Ledger, Run
from flows.lock import locked
from flows.news import News
from flows.outputs import OutputError, prepare
from flows.readers.limits import Options
from flows.readers.remote import is_url
from flows.runners import runner_of
from flows.slices import BATCH_DOCUMENTS, Slice, plan
from flows.sources import SourceFile
from flows.store import HIDDEN, Store, open_store
from flows.work import FORMATS, MADE_BY, MEMORY, SECONDS, Format, Protection, Work, keyed

SMALL = 2000
"""Documents of a run from which on their records share files, unless the format is said."""

LONG = 60
"""Characters of a path in the name of a batch."""


@dataclass(frozen=True, slots=True)
class Settings:
    """What a run does. Names are absolute, so that it can be done again from anywhere."""

    inputs: tuple[str, ...]
    output: str
    options: Options
    format: str = "auto"
    runner: str = "process"
    refresh: bool = False
    wait: bool = False
    state: str = ""
    ledger: str = ""
    seconds: float = SECONDS
    memory: int = MEMORY
    batch: int = BATCH_DOCUMENTS
    overrides: str = ""
    overrides_sha256: str = ""
    furniture: str = ""
    furniture_sha256: str = ""

    @classmethod
    def of(
        cls,
        source: str | Sequence[str],
        output: str,
        options: Options | None = None,
        *,
        overrides: str | None = None,
        format: str = "auto",  # noqa: A002 (the name that users know)
        **more: Any,
    ) -> Self:
        """The settings from a flow's parameters; raises `TypeError`, `ValueError`, `OverridesError` and `FurnitureError`."""
        if format not in ("auto", *FORMATS):
            raise ValueError(f"{format!r} is no format; write auto, {', '.join(FORMATS)}")
        inputs = tuple(map(absolute, [source] if isinstance(source, str) else source))
        corrections = absolute(overrides) if overrides else ""
        recurring = absolute(more["furniture"]) if more.get("furniture") else ""
        more |= {"overrides": corrections, "overrides_sha256": digest(corrections)}
        more |= {"furniture": recurring, "furniture_sha256": furniture_digest(recurring)}
        return cls(inputs, absolute(output), options or Options(), format, **more)

    @property
    def folder(self) -> Path:
        """The folder on this machine of the ledger and the lock; raises `OutputError`."""
        if self.state:
            return Path(self.state)
        if is_url(self.output):
            raise OutputError("records go to an address, but ledger and lock need a folder here: name it with --state DIR")
        return Path(self.output) / HIDDEN

    @property
    def ledger_url(self) -> str:
        """SQLAlchemy's address of the ledger."""
        return self.ledger or f"sqlite:///{self.folder / 'ledger.sqlite'}"

    @property
    def key(self) -> str:
        """Tells whether another run would cut and clean the same."""
        made_of = [MADE_BY, self.inputs, self.output, asdict(self.options), self.format, self.refresh, self.batch]
        made_of += [self.overrides_sha256] if self.overrides_sha256 else []
        made_of += ["furniture", self.furniture_sha256] if self.furniture_sha256 else []
        return hashlib.sha256(json.dumps(made_of).encode()).hexdigest()


def absolute(name: str) -> str:
    """A name that holds from any folder; addresses do."""
    return name if is_url(name) else os.path.join(os.getcwd(), name)


class Session:
    """A run that is under way."""

    def __init__(self, how: Settings, store: Store, ledger: Ledger, run: Run, *, killed: bool) -> None:
        self.how = how
        self.store = store
        self.ledger = ledger
        self.run = run
        self.news = News(ledger, run, refresh=how.refresh)
        self.killed = killed
        self.markers = set(store.names(MARKERS))
        self.seen = self.files = self.planned = 0

    def batches(self, sources: Sequence[SourceFile], skipped: Counter[str]) -> Iterator[Work]:
        """What is to be cleaned; the same after a run was killed."""
        self.files = len(sources)
        planned = plan(self._counted(self.news.look_up(sources)), self.how.options, skipped, self.news, self.how.batch)
        format_, planned = self._format(self._weighed(planned))
        number = 0
        for number, slices in enumerate(planned, 1):
            work = self._work(number, slices, format_)
            self.ledger.cut(number, work.key)
            yield work
        self.ledger.cut_ends(number)

    def _counted(self, sources: Iterator[SourceFile]) -> Iterator[SourceFile]:
        for source in sources:
            yield source
            self.seen += 1

    def _weighed(self, planned: Iterator[list[Slice]]) -> Iterator[list[Slice]]:
        for slices in planned:
            self.planned += sum(part.count for part in slices)
            yield slices

    def _format(self, planned: Iterator[list[Slice]]) -> tuple[Format, Iterator[list[Slice]]]:
        """The format of the records: as said, as before in this output, or by the number of documents."""
        before = next((run.format for run in reversed(self.ledger.runs()) if run.format), None)
        if before:
            if self.how.format not in ("auto", before):
                raise OutputError(
                    f"the records in {self.how.output!r} are {before}; choose another --output for {self.how.format}"
                )
            found: Format = before
        elif self.how.format == "auto":
            first: list[list[Slice]] = []
            while sum(part.count for slices in first for part in slices) < SMALL and (slices := next(planned, None)):
                first.append(slices)
            found = "json" if sum(part.count for slices in first for part in slices) < SMALL else "jsonl"
            planned = chain(first, planned)
        else:
            found = next(name for name in FORMATS if name == self.how.format)
        self.ledger.settle(self.run.number, found)
        return found, planned

    def _work(self, number: int, slices: Sequence[Slice], format_: Format) -> Work:
        sources = list({part.source.file: part.source for part in slices}.values())
        work = Work(
            name=_name(number, slices),
            run=self.run.number,
            number=number,
            slices=tuple(slices),
            options=self.how.options,
            output=self.how.output,
            format=format_,
            apart=runner_of(self.how.runner).apart,
            protection=Protection(self.how.seconds, self.how.memory),
            overrides=self.how.overrides,
            overrides_sha256=self.how.overrides_sha256,
            furniture=self.how.furniture,
            furniture_sha256=self.how.furniture_sha256,
        )
        return keyed(work, self.news.fingerprints(sources))

    def is_done(self, work: Work) -> bool:
        """Whether a batch was finished before the run was killed."""
        return marker(work.key) in self.markers

    def marker(self, work: Work) -> Marker:
        """What a batch that is done has made."""
        return from_marker(self.store.read(marker(work.key)))

    def expected(self) -> float | None:
        """About how many documents this run is to clean, judged by the files looked at so far; `None` if that says nothing."""
        return self.planned * self.files / self.seen if self.seen else None

    def unchanged(self) -> dict[str, int]:
        """Number of documents that are as they were in an earlier run."""
        return {"documents": self.news.count} if self.news.count else {}

    def close(self, outcomes: Mapping[str, int]) -> None:
        """Bring the run to its end."""
        ok = outcomes.get("ok", 0)
        self.ledger.count(self.run.number, ok, sum(outcomes.values()) - ok, self.news.count)
        self.ledger.turn(self.run.number, "closing")
        close(self.store, self.ledger, self.ledger.runs()[-1], killed=self.killed)


def _name(number: int, slices: Sequence[Slice]) -> str:
    documents = sum(part.count for part in slices)
    files = len({part.source.file for part in slices})
    path = slices[0].source.path
    of = (path if len(path) <= LONG else "..." + path[-LONG:]) + (f" and {files - 1:,} more" if files > 1 else "")
    return f"batch {number}: {documents:,} {'document' if documents == 1 else 'documents'}, {of}"


@contextmanager
def opened(how: Settings) -> Iterator[Session]:
    """A run on its output, which is locked meanwhile; one that was killed is taken up, or closed if it did something else.

    Raises `OutputError`.
    """
    try:
        store = open_store(how.output)
        if not is_url(how.output):
            prepare(Path(how.output))
        prepare(how.folder)
    except (ImportError, ValueError) as error:
        raise OutputError(f"cannot write to {how.output!r}: {error}") from error
    with locked(how.folder, wait=how.wait), closing(Ledger(how.ledger_url)) as ledger:
        _recover(store, ledger, how.key)
        killed = any(run.state == "running" for run in ledger.runs())
        yield Session(how, store, ledger, ledger.begin(how.key, _kept(how), None), killed=killed)


def _recover(store: Store, ledger: Ledger, key: str) -> None:
    """Close what a killed run left, unless this run goes on with it."""
    last = next(reversed(ledger.runs()), None)
    if last and last.state == "running" and last.key != key:
        ledger.turn(last.number, "stopping")
        last = ledger.runs()[-1]
    if last and last.state in ("closing", "stopping"):
        close(store, ledger, last, killed=True)
    if last and last.state != "running":
        clear_markers(store)
        missing = missing_places(store, ledger, last.format)
        if missing:
            ledger.forget_places(missing)


def _kept(how: Settings) -> dict[str, Any]:
    """The settings that are kept with a run, to do it again."""
    shape = asdict(how)
    return {name: shape[name] for name in shape if name not in ("refresh", "wait")}
