"""The flow: a dump in, one canonical record a document out.

    python -m flows run fixtures/raw --output output        (or: copydesk run ...)

Each batch of documents is one task; inside it the five stage tasks are called directly, so that Prefect shows
decode -> strip chrome -> detect language -> split metadata -> emit, and a million documents are some ten thousand task
runs. Paths and ranges go in, counts come out; documents never pass through Prefect.
"""

from __future__ import annotations

import queue
from collections import Counter
from collections.abc import Callable, Iterator, Sequence
from contextvars import ContextVar
from functools import partial
from itertools import chain
from pathlib import Path
from typing import Any

from prefect import flow, get_run_logger, task
from prefect.cache_policies import NO_CACHE
from prefect.client.schemas.objects import State
from prefect.futures import PrefectFuture
from prefect.states import Completed

from flows.apart import at_work, break_off, dismiss
from flows.artifacts import Progress, summarize
from flows.events import BATCH, RUN, emit
from flows.hands import STEPS, Counts, Worker, counted
from flows.interrupt import StoppedError, between
from flows.outputs import check_apart
from flows.readers.limits import Options
from flows.runners import Runner, runner_of
from flows.session import Session, Settings, opened
from flows.sources import NothingToReadError, SourceFile, find_sources
from flows.work import Made, Work
from pipeline.version import VERSION

progress: ContextVar[Callable[[Sequence[Made]], None] | None] = ContextVar("progress", default=None)
"""Called with the rows of each batch that is written, in the flow's process."""

outlook: ContextVar[Callable[[float | None], None] | None] = ContextVar("outlook", default=None)
"""Called before it with the number of documents that the run is expected to clean, if anything can be said of it."""


class Batch:
    """A batch that a worker has in hand. A plain class on purpose: Prefect looks into every dataclass it is handed."""

    __slots__ = ("name", "worker")

    def __init__(self, name: str, worker: Worker) -> None:
        self.name = name
        self.worker = worker

    def __str__(self) -> str:
        return self.name


@task(name="decode", task_run_name="decode {batch}", cache_policy=NO_CACHE)
def decode(batch: Batch) -> State[Counts]:
    """Bytes to text, text to blocks, mojibake to repairs."""
    batch.worker.read()
    return said(batch.worker.apply(*STEPS["decode"]))


@task(name="strip chrome", task_run_name="strip chrome {batch}", cache_policy=NO_CACHE)
def strip_chrome(batch: Batch) -> State[Counts]:
    """Label every block: content, about the document, or which kind of chrome."""
    return said(batch.worker.apply(*STEPS["strip chrome"]))


@task(name="detect language", task_run_name="detect language {batch}", cache_policy=NO_CACHE)
def detect_language(batch: Batch) -> State[Counts]:
    """The language of the main content."""
    return said(batch.worker.apply(*STEPS["detect language"]))


@task(name="split metadata", task_run_name="split metadata {batch}", cache_policy=NO_CACHE)
def split_metadata(batch: Batch) -> State[Counts]:
    """Title, authors, dates, outlet and the rest, with evidence."""
    return said(batch.worker.apply(*STEPS["split metadata"]))


@task(name="emit", task_run_name="emit {batch}", cache_policy=NO_CACHE)
def emit_records(batch: Batch) -> State[Counts]:
    """Write the records; counts by outcome, by format and by language."""
    return said(batch.worker.emit())


def said(counts: Counts) -> State[Counts]:
    """A state whose message has the counts, for people who look at the run."""
    outcomes = counts["outcomes"]
    rejected = ", ".join(f"{code} {number}" for code, number in sorted(outcomes.items()) if code != "ok")
    parts = [f"{outcomes['ok']} ok"] if "ok" in outcomes else []
    parts += [f"rejected: {rejected}"] if rejected else ["none rejected"]
    return Completed(message="; ".join(parts), data=counts)


@task(name="clean batch", task_run_name="{work}", cache_policy=NO_CACHE)
def clean_batch(work: Work) -> Counts:
    """Clean one batch: the five stage tasks, called directly."""
    with at_work(work) as worker:
        batch = Batch(work.name, worker)
        for stage in (decode, strip_chrome, detect_language, split_metadata):
            stage(batch)
        counts: Counts = emit_records(batch)  # type: ignore[assignment]
        return counts


@flow(name="clean-dump", version=VERSION, flow_run_name="clean {source} into {output}", validate_parameters=False)
def clean_dump(
    source: str | list[str],
    output: str = "output",
    limits: dict[str, int] | None = None,
    fields: list[list[str]] | None = None,
    overrides: str | None = None,
    format: str = "auto",  # noqa: A002 (the name that users know)
    runner: str = "process",
    refresh: bool = False,
    wait: bool = False,
    empty: bool = False,
    settings: dict[str, Any] | None = None,
) -> Counts:
    """Clean the documents of a dump that are new or changed since the last run into this output.

    `source` names files, folders, globs or addresses; `output` is the folder for the records; `limits` and `fields` are
    those of `flows.readers.limits`; `overrides` is a file of people's corrections; `format` is json, jsonl, parquet or auto;
    `runner` says who works (`flows.runners`); `refresh` asks for what another version has cleaned, too; `wait` to wait for
    another run on the output; `empty` says that there may be nothing to read yet. `settings` are further ones of
    `flows.session.Settings`. Returns the number of documents by outcome, format and language, what was skipped and what is
    unchanged. Raises `NothingToReadError`, `OutputError`, `OverridesError`, and `TypeError` for a limit that is none.
    """
    options = Options.of({"limits": limits or {}, "fields": fields or ()})
    further = {"runner": runner, "refresh": refresh, "wait": wait, **(settings or {})}
    how = Settings.of(source, output, options, overrides=overrides, format=format, **further)
    chosen = runner_of(how.runner)
    if chosen.elsewhere and not chosen.fits(clean_dump_runner()):
        again = clean_dump.with_options(task_runner=chosen.task_runner())
        return again(source, output, limits, fields, overrides, format, runner, refresh, wait, empty, settings)
    if "://" not in how.output:
        check_apart(how.inputs, Path(how.output))
    sources = look(how, empty=empty)
    total = {kind: Counter[str]() for kind in ("outcomes", "formats", "languages", "skipped", "unchanged")}
    with opened(how) as session:
        shown = Progress(session)
        for counts in each_done(session, chosen, session.batches(sources, total["skipped"]), shown):
            for kind, numbers in counts.items():
                total[kind].update(numbers)
            shown.update(total)
        total["unchanged"].update(session.unchanged())
        session.close(total["outcomes"])
        summarize(total, shown)
        emit(RUN, how.output, f"run {session.run.number}", total)
    dismiss()
    found = {kind: dict(sorted(numbers.items())) for kind, numbers in total.items()}
    get_run_logger().info("%d files: %s", len(sources), found)
    return found


def look(how: Settings, *, empty: bool) -> list[SourceFile]:
    """The files to clean; raises `NothingToReadError` unless there may be none."""
    try:
        return find_sources(how.inputs)
    except NothingToReadError:
        if not empty:
            raise
        return []


def clean_dump_runner() -> object:
    """The task runner of the flow run that this is called in."""
    from prefect.context import FlowRunContext  # noqa: PLC0415

    context = FlowRunContext.get()
    return context.task_runner if context else None


def each_done(session: Session, runner: Runner, batches: Iterator[Work], shown: Progress) -> Iterator[Counts]:
    """Have the batches cleaned, some at a time, and give the counts of each as it is done."""
    finished: queue.SimpleQueue[tuple[Work, PrefectFuture[Counts]]] = queue.SimpleQueue()
    under_way = 0
    stopped: KeyboardInterrupt | None = None
    waiting = chain(batches, [None])
    try:
        while True:
            try:
                work = next(waiting)
                between.get()()
            except KeyboardInterrupt as asked:  # the documents at hand are finished first
                work, stopped = None, asked
            if work is None or not session.is_done(work):
                while under_way and (work is None or under_way >= runner.workers):
                    done, future = finished.get()
                    under_way -= 1
                    try:
                        future.result()
                    except StoppedError:  # the next run cleans it
                        continue
                    yield _report(session, done, shown)
                if work is None:
                    break
                clean_batch.submit(work).add_done_callback(partial(_put, finished, work))
                under_way += 1
            else:
                yield _report(session, work, shown)
    except BaseException:
        break_off()
        raise
    if stopped:
        raise stopped


def _put(finished: queue.SimpleQueue[tuple[Work, PrefectFuture[Counts]]], work: Work, future: PrefectFuture[Counts]) -> None:
    finished.put((work, future))


def _report(session: Session, work: Work, shown: Progress) -> Counts:
    """What a batch has done, from its marker."""
    done = session.marker(work)
    told, foretold = progress.get(), outlook.get()
    if foretold:
        foretold(session.expected())
    if told:
        told(done.rows)
    shown.remove(done.removed)
    counts = counted(done.rows)
    emit(BATCH, session.how.output, work.name, counts)
    return counts


if __name__ == "__main__":
    clean_dump("fixtures/raw")
