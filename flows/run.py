"""`copydesk run`: the flow, started quietly, with its progress and its summary. Prefect is imported in `clean_all` only."""

from __future__ import annotations

import json
import os
from collections import Counter
from collections.abc import Callable, Sequence
from pathlib import Path
from time import monotonic
from typing import Self

from rich import box
from rich.console import Console
from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn, TimeElapsedColumn, TimeRemainingColumn
from rich.table import Table
from rich.text import Text

from flows.terminal import visible
from pipeline.record import Record

PREFECT_DEFAULTS = {
    "PREFECT_SERVER_ANALYTICS_ENABLED": "false",
    "DO_NOT_TRACK": "1",
    "PREFECT_SERVER_EPHEMERAL_STARTUP_TIMEOUT_SECONDS": "120",  # a first start makes its database: 20 s on a slow disk
    "PREFECT_SERVER_SERVICES_TASK_RUN_RECORDER_BATCH_SIZE": "100",  # a third of the server's work for each task run
    "PREFECT_LOGGING_HANDLERS_CONSOLE_LEVEL": "CRITICAL",  # what fails is said by the command itself
    "PREFECT_LOGGING_TO_API_WHEN_MISSING_FLOW": "ignore",
}
"""Settings of Prefect for a quiet run on one machine; whoever has set one keeps it."""

MAX_PARAMETER = 400_000
"""Characters of input names that fit into a flow's parameters: Prefect refuses more than 512 KiB."""

LISTED = 20
"""Rejected documents that are named on the screen; all of them have a record."""


class RunFailedError(RuntimeError):
    """The flow itself failed, not a document; the message says how."""


def clean_all(
    inputs: Sequence[str], output: Path, done: Callable[[Record], None], overrides: str | None = None
) -> dict[str, int]:
    """Run the flow; `done` is called with each record. Returns the number of documents by outcome.

    Raises `RunFailedError` if Prefect or the output folder fails on the way.
    """
    for name, value in PREFECT_DEFAULTS.items():
        os.environ.setdefault(name, value)
    from prefect.settings import PREFECT_FLOWS_HEARTBEAT_FREQUENCY, temporary_settings  # noqa: PLC0415 (1.5 s: only here)

    from flows.clean_dump import clean_dump, progress  # noqa: PLC0415 (imports Prefect)

    token = progress.set(done)
    try:
        with temporary_settings({PREFECT_FLOWS_HEARTBEAT_FREQUENCY: None}):  # its thread holds up the end of a run by 1 s
            return clean_dump(list(inputs), str(output), overrides)
    except Exception as error:
        raise RunFailedError(f"{type(error).__name__}: {error}") from error
    finally:
        progress.reset(token)


class Report:
    """The progress of a run on standard error: a bar on a terminal, a few plain lines elsewhere."""

    def __init__(self, console: Console, total: int, *, quiet: bool = False) -> None:
        self.console = console
        self.total = total
        self.quiet = quiet
        self.began = monotonic()
        self.counts: Counter[str] = Counter()
        self.bar = Progress(
            TextColumn("{task.description}"),
            BarColumn(),
            MofNCompleteColumn(),
            TextColumn("{task.fields[rate]}"),
            TimeElapsedColumn(),
            TextColumn("left"),
            TimeRemainingColumn(),
            console=console,
            disable=quiet or not console.is_terminal,
            transient=True,
        )
        self.task = self.bar.add_task("starting Prefect", total=total, rate="")

    def __enter__(self) -> Self:
        if not self.console.is_terminal:
            self.say(f"starting Prefect for {self.total} documents (takes some seconds)")
        self.bar.start()
        return self

    def __exit__(self, *_: object) -> None:
        self.bar.stop()

    def done(self, record: Record) -> None:
        """A record was written."""
        self.counts[record.status] += 1
        rate = self.counts.total() / max(monotonic() - self.began, 0.001)
        self.bar.update(self.task, advance=1, description="cleaning", rate=f"{rate:.1f}/s")
        if record.reason:
            self._rejected(record.source.path or record.source.name, record.reason.code, record.reason.message)
        ready = self.counts.total()
        step = max(100, self.total // 10)
        if not self.console.is_terminal and (ready % step == 0 or ready == self.total):
            left = f", {rate:.1f}/s, about {(self.total - ready) / rate:.0f} s left" if ready < self.total else ""
            self.say(f"cleaned {ready} of {self.total}{left}")

    def stopped(self) -> str:
        """What to say of a run that the user stopped: how far it came, and how to go on."""
        ready = self.counts.total()
        return f"interrupted: {ready} of {self.total} records are written, each whole; run the same command again to go on"

    def _rejected(self, path: str, code: str, message: str) -> None:
        rejected = self.counts["rejected"]
        if rejected <= LISTED:
            self.say(f"rejected: {visible(path)}: {code}: {visible(message)}")
        elif rejected == LISTED + 1:
            self.say("more documents are rejected; each has a record that says why")

    def say(self, line: str) -> None:
        """A line on standard error, unless nothing is to be said."""
        if self.quiet:
            return
        self.bar.console.print(Text(line), soft_wrap=True)


def summary(counts: dict[str, int], output: Path, console: Console) -> None:
    """Print the table at the end of a run."""
    table = Table(box=box.SIMPLE_HEAD, show_edge=False, pad_edge=False)
    table.add_column("result")
    table.add_column("documents", justify="right")
    table.add_row("ok", str(counts.get("ok", 0)), style="green")
    for code, number in sorted(counts.items()):
        if code != "ok":
            table.add_row(f"rejected: {code}", str(number), style="yellow")
    table.add_row("all", str(sum(counts.values())))
    console.print(table)
    console.print(Text(f"records in {visible(str(output))}"), soft_wrap=True)


def summary_json(counts: dict[str, int], output: Path) -> bytes:
    """The same as one line of JSON."""
    rejected = {code: number for code, number in sorted(counts.items()) if code != "ok"}
    found = {"documents": sum(counts.values()), "ok": counts.get("ok", 0), "rejected": rejected, "output": str(output)}
    return json.dumps(found).encode() + b"\n"
