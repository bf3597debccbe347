"""The flow: a dump in, one canonical record a document out.

    python -m flows run fixtures/raw --output output        (or: copydesk run ...)

Each batch of documents is one task; inside it the five stage tasks are called directly, so that Prefect shows
decode -> strip chrome -> detect language -> split metadata -> emit, and a million documents are a few thousand task
runs. Paths and ranges go in, counts come out; documents never pass through Prefect.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Sequence
from contextvars import ContextVar
from pathlib import Path

from prefect import flow, get_run_logger, task
from prefect.cache_policies import NO_CACHE

from flows.batch import Batch, apply, emit
from flows.corrections import corrections, load_overrides
from flows.outputs import check_apart, prepare
from flows.readers.limits import Limits, Options
from flows.slices import Slice, plan, read_batch
from flows.sources import find_sources
from pipeline import stages_with
from pipeline.document import Stage
from pipeline.record import Record
from pipeline.version import VERSION

Counts = dict[str, dict[str, int]]
"""Numbers by outcome (`ok`, or the reason of a rejection), by format, and of what was skipped as no document."""


def _stages(*names: str) -> list[tuple[str, Stage]]:
    return [(name, stage) for name, stage in stages_with(corrections.get()) if name in names]


progress: ContextVar[Callable[[Record], None] | None] = ContextVar("progress", default=None)
"""Called with each record that is written, in the process that runs the batch."""


@task(name="decode", task_run_name="decode {batch}", cache_policy=NO_CACHE)
def decode(batch: Batch) -> Batch:
    """Bytes to text, text to blocks, mojibake to repairs."""
    return apply(batch, _stages("decode", "flatten", "segment", "repair"))


@task(name="strip chrome", task_run_name="strip chrome {batch}", cache_policy=NO_CACHE)
def strip_chrome(batch: Batch) -> Batch:
    """Label every block: content, about the document, or which kind of chrome."""
    return apply(batch, _stages("label", "override_labels", "join"))


@task(name="detect language", task_run_name="detect language {batch}", cache_policy=NO_CACHE)
def detect_language(batch: Batch) -> Batch:
    """The language of the main content."""
    return apply(batch, _stages("language"))


@task(name="split metadata", task_run_name="split metadata {batch}", cache_policy=NO_CACHE)
def split_metadata(batch: Batch) -> Batch:
    """Title, authors, dates, outlet and the rest, with evidence."""
    return apply(batch, _stages("metadata", "override_fields"))


@task(name="emit", task_run_name="emit {batch}", cache_policy=NO_CACHE)
def emit_records(batch: Batch, output: str) -> Counts:
    """Write the records; counts by outcome and by format."""
    return count(emit(batch, Path(output), progress.get()), batch)


def count(records: Sequence[Record], batch: Batch) -> Counts:
    """Number of records that are ok, and of rejected ones by reason; number of documents by format."""
    outcomes = Counter(r.reason.code.value if r.reason else "ok" for r in records)
    return {"outcomes": dict(outcomes), "formats": dict(Counter(job.format for job in batch.jobs))}


@task(name="clean batch", task_run_name="{name}", cache_policy=NO_CACHE)
def clean_batch(name: str, slices: Sequence[Slice], output: str, options: Options) -> Counts:
    """Clean one batch: the five stage tasks, called directly."""
    batch = read_batch(name, slices, options)
    for stage in (decode, strip_chrome, detect_language, split_metadata):
        batch = stage(batch)
    return emit_records(batch, output)


@flow(name="clean-dump", version=VERSION, flow_run_name="clean {source} into {output}", validate_parameters=False)
def clean_dump(
    source: str | list[str],
    output: str = "output",
    limits: dict[str, int] | None = None,
    fields: list[list[str]] | None = None,
    overrides: str | None = None,
) -> Counts:
    """Clean every document of a dump.

    `source` names files, folders, globs or addresses; `output` is the folder for the records; `limits` and `fields` are
    those of `flows.readers.limits`, `overrides` is a file of people's corrections. Returns the number of documents by
    outcome and by format, and what was skipped. Raises `NothingToReadError`, `OutputError`, `OverridesError`, and
    `TypeError` for a limit that is none.
    """
    corrections.set(load_overrides(overrides))
    inputs = [source] if isinstance(source, str) else source
    options = Options(Limits(**(limits or {})), tuple((role, name) for role, name in fields or ()))
    check_apart(inputs, Path(output))
    sources = find_sources(inputs)
    prepare(Path(output))
    total = {"outcomes": Counter[str](), "formats": Counter[str](), "skipped": Counter[str]()}
    for n, slices in enumerate(plan(sources, options, total["skipped"])):
        name = f"batch {n + 1}: {sum(part.count for part in slices)} documents"
        for kind, numbers in clean_batch(name, slices, output, options).items():
            total[kind].update(numbers)
    get_run_logger().info("%d files: %s", len(sources), {kind: dict(numbers) for kind, numbers in total.items()})
    return {kind: dict(sorted(numbers.items())) for kind, numbers in total.items()}


if __name__ == "__main__":
    clean_dump("fixtures/raw")
