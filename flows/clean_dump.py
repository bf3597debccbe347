"""The flow: a dump in, one canonical record a document out.

    python -m flows run fixtures/raw --output output        (or: copydesk run ...)

Each batch of documents is one task; inside it the five stage tasks are called directly, so that Prefect shows
decode -> strip chrome -> detect language -> split metadata -> emit, and a million documents are a few thousand task
runs. Paths go in, counts come out; documents never pass through Prefect.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Sequence
from contextvars import ContextVar
from pathlib import Path

from prefect import flow, get_run_logger, task
from prefect.cache_policies import NO_CACHE

from flows.batch import Batch, apply, emit, read_batch
from flows.corrections import corrections, load_overrides
from flows.outputs import check_apart, prepare
from flows.sources import SourceFile, find_sources
from pipeline import stages_with
from pipeline.document import Stage
from pipeline.record import Record
from pipeline.version import VERSION

BATCH_DOCUMENTS = 500
"""Documents in a batch: large enough that Prefect's cost for a task (10 to 30 ms) vanishes."""


def _stages(*names: str) -> list[tuple[str, Stage]]:
    return [(name, stage) for name, stage in stages_with(corrections.get()) if name in names]


progress: ContextVar[Callable[[Record], None] | None] = ContextVar("progress", default=None)
"""Called with each record that is written, in the process that runs the batch."""


@task(name="decode", task_run_name="decode {batch}", cache_policy=NO_CACHE)
def decode(batch: Batch) -> Batch:
    """Bytes to text, text to blocks, mojibake to repairs."""
    return apply(batch, _stages("decode", "segment", "repair"))


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
def emit_records(batch: Batch, output: str) -> dict[str, int]:
    """Write the records; counts by status and reason."""
    return count(emit(batch, Path(output), progress.get()))


def count(records: Sequence[Record]) -> dict[str, int]:
    """Number of records that are ok, and of rejected ones by reason."""
    return dict(Counter(r.reason.code.value if r.reason else "ok" for r in records))


@task(name="clean batch", task_run_name="{name}", cache_policy=NO_CACHE)
def clean_batch(name: str, sources: Sequence[SourceFile], output: str) -> dict[str, int]:
    """Clean one batch: the five stage tasks, called directly."""
    batch = read_batch(name, sources)
    for stage in (decode, strip_chrome, detect_language, split_metadata):
        batch = stage(batch)
    return emit_records(batch, output)


@flow(name="clean-dump", version=VERSION, flow_run_name="clean {source} into {output}", validate_parameters=False)
def clean_dump(source: str | list[str], output: str = "output", overrides: str | None = None) -> dict[str, int]:
    """Clean every document of a dump.

    `source` names files, folders or globs; `output` is the folder for the records, `overrides` a file of people's
    corrections. Returns the number of documents that are `ok`, and of the rejected ones by reason. Raises
    `NothingToReadError`, `OutputError` and `OverridesError`.
    """
    corrections.set(load_overrides(overrides))
    inputs = [source] if isinstance(source, str) else source
    check_apart(inputs, Path(output))
    sources = find_sources(inputs)
    prepare(Path(output))
    total: Counter[str] = Counter()
    for n, first in enumerate(range(0, len(sources), BATCH_DOCUMENTS)):
        batch = sources[first : first + BATCH_DOCUMENTS]
        name = f"batch {n + 1}: {len(batch)} documents"
        total.update(clean_batch(name, batch, output))
    get_run_logger().info("%d documents: %s", len(sources), dict(total))
    return dict(total)


if __name__ == "__main__":
    clean_dump("fixtures/raw")
