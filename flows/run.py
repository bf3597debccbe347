"""`copydesk run`: the flow, started quietly, with its progress and its summary. Prefect is imported in `clean_all` only."""

from __future__ import annotations

import json
import os
from collections import Counter
from collections.abc import Callable, Mapping, Sequence
from dataclasses import asdict
from pathlib import Path
from time import monotonic
from typing import Any, Self

from rich import box
from rich.console import Console
from rich.progress import BarColumn, Progress, TextColumn, TimeElapsedColumn
from rich.table import Table
from rich.text import Text

from flows.readers.limits import Options
from flows.terminal import visible
from flows.work import Made

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

Counts = Mapping[str, Mapping[str, int]]
"""Numbers by outcome (`ok`, or the reason of a rejection), by format, and of what was skipped: `outcomes`, `formats`, `skipped`."""

LISTED = 20
"""Rejected documents that are named on the screen; all of them have a record."""

EARLY = (100, 1000)
STEP = 5000
"""Numbers of documents at which a run that writes to no terminal says how far it is."""


class RunFailedError(RuntimeError):
    """The flow itself failed, not a document; the message says how."""


def clean_all(
    inputs: Sequence[str],
    output: Path | str,
    done: Callable[[Sequence[Made]], None],
    options: Options | None = None,
    *,
    overrides: str | None = None,
    format: str = "auto",  # noqa: A002 (the name that users know)
    runner: str = "process",
    refresh: bool = False,
    wait: bool = False,
    settings: Mapping[str, Any] | None = None,
    expect: Callable[[float | None], None] | None = None,
) -> dict[str, dict[str, int]]:
    """Run the flow; `done` is called with the rows of each batch, `expect` with how many may come in all. Returns numbers by outcome, by format, and more.

    The rest is as `flows.clean_dump` has it. Raises `RunFailedError` if Prefect or the output folder fails on the way.
    """
    quiet_prefect()
    from prefect.settings import PREFECT_FLOWS_HEARTBEAT_FREQUENCY, temporary_settings  # noqa: PLC0415 (1.5 s: only here)

    from flows.clean_dump import clean_dump, outlook, progress  # noqa: PLC0415 (imports Prefect)

    options = options or Options()
    fields = [list(pair) for pair in options.fields]
    token, other = progress.set(done), outlook.set(expect)
    try:
        with temporary_settings({PREFECT_FLOWS_HEARTBEAT_FREQUENCY: None}):  # its thread holds up the end of a run by 1 s
            return clean_dump(
                inputs[0] if len(inputs) == 1 else list(inputs),
                str(output),
                asdict(options.limits),
                fields,
                overrides,
                format,
                runner,
                refresh,
                wait,
                False,
                dict(settings or {}),
            )
    except Exception as error:
        raise RunFailedError(f"{type(error).__name__}: {error}") from error
    finally:
        progress.reset(token)
        outlook.reset(other)


def quiet_prefect() -> None:
    """Set what Prefect reads when it is imported; nothing that we start calls out of this machine."""
    for name, value in PREFECT_DEFAULTS.items():
        os.environ.setdefault(name, value)


class Report:
    """The progress of a run on standard error: a bar on a terminal, a few plain lines elsewhere."""

    def __init__(self, console: Console, files: int, *, quiet: bool = False) -> None:
        self.console = console
        self.files = files
        self.quiet = quiet
        self.began = monotonic()
        self.counts: Counter[str] = Counter()
        self.expected: float | None = None
        self.bar = Progress(
            TextColumn("{task.description}"),
            BarColumn(),
            TextColumn("{task.completed:,.0f} documents"),
            TextColumn("{task.fields[rate]}"),
            TimeElapsedColumn(),
            TextColumn("{task.fields[left]}"),
            console=console,
            disable=quiet or not console.is_terminal,
            transient=True,
        )
        self.task = self.bar.add_task("starting Prefect", total=None, rate="", left="")

    def __enter__(self) -> Self:
        if not self.console.is_terminal:
            self.say(f"starting Prefect for {_number(self.files, 'file')} (takes some seconds)")
        self.bar.start()
        return self

    def __exit__(self, *_: object) -> None:
        self.bar.stop()
        if not self.console.is_terminal:
            self.say(f"cleaned {_number(self.counts.total(), 'document')}")

    def done(self, rows: Sequence[Made]) -> None:
        """The records of a batch are written."""
        before = self.counts.total()
        for row in rows:
            self.counts[row.status] += 1
            if row.reason:
                self._rejected(row.path + (f" » {row.member}" if row.member else ""), row.reason, row.message or "")
        ready = self.counts.total()
        self.bar.update(
            self.task, advance=len(rows), total=self.expected, description="cleaning", rate=self.rate(), left=self.left()
        )
        if not self.console.is_terminal and any(before < step <= ready for step in (*EARLY, ready // STEP * STEP)):
            self.say(", ".join(filter(None, (f"cleaned {ready:,} documents so far", self.rate(), self.left()))))

    def rate(self) -> str:
        """Documents a second since the start."""
        return f"{self.counts.total() / max(monotonic() - self.began, 0.001):,.1f}/s"

    def expect(self, documents: float | None) -> None:
        """Take in how many documents the run may clean in all."""
        self.expected = documents

    def left(self) -> str:
        """About how long the rest takes, once a tenth is done; empty if nothing can be said."""
        ready = self.counts.total()
        if self.expected is None or ready >= self.expected or ready < self.expected / 10:
            return ""
        seconds = (monotonic() - self.began) * (self.expected / ready - 1)
        return (
            f"about {_number(round(seconds / 60), 'minute')} left" if seconds >= 90 else f"about {max(1, round(seconds))} s left"
        )

    def stopped(self) -> str:
        """What to say of a run that the user stopped: how far it came, and how to go on."""
        ready = _number(self.counts.total(), "record")
        return f"interrupted: {ready} written, each whole; run the same command again to go on (batches that were not finished are begun again)"

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


def _number(number: int, noun: str) -> str:
    return f"{number:,} {noun}{'' if number == 1 else 's'}"


def summary(counts: Counts, output: Path | str, console: Console) -> None:
    """Print the tables at the end of a run: outcomes, formats, and what was skipped as no document."""
    outcomes = counts.get("outcomes", {})
    rows = [("ok", outcomes.get("ok", 0), "green")]
    rows += [(f"rejected: {code}", number, "yellow") for code, number in sorted(outcomes.items()) if code != "ok"]
    unchanged = sum(counts.get("unchanged", {}).values())
    if outcomes or not unchanged:
        console.print(_table("result", [*rows, ("all", sum(outcomes.values()), "")]))
    if unchanged:
        nothing = "" if outcomes else "nothing new: "
        console.print(Text(f"{nothing}{_number(unchanged, 'document')} unchanged since an earlier run"))
    if outcomes:
        console.print(_table("format", [(name, number, "") for name, number in sorted(counts.get("formats", {}).items())]))
    if counts.get("skipped"):
        console.print(_table("skipped, no documents", [(n, k, "") for n, k in sorted(counts["skipped"].items())], "number"))
    console.print(Text(f"records in {visible(str(output))}"), soft_wrap=True)


def _table(head: str, rows: Sequence[tuple[str, int, str]], number: str = "documents") -> Table:
    table = Table(box=box.SIMPLE_HEAD, show_edge=False, pad_edge=False)
    table.add_column(head)
    table.add_column(number, justify="right")
    for name, amount, style in rows:
        table.add_row(visible(name), str(amount), style=style)
    return table


def summary_json(counts: Counts, output: Path | str) -> bytes:
    """The same as one line of JSON."""
    outcomes = counts.get("outcomes", {})
    found = {
        "documents": sum(outcomes.values()),
        "ok": outcomes.get("ok", 0),
        "rejected": {code: number for code, number in sorted(outcomes.items()) if code != "ok"},
        "formats": counts.get("formats", {}),
        "skipped": counts.get("skipped", {}),
        "unchanged": sum(counts.get("unchanged", {}).values()),
        "output": str(output),
    }
    return json.dumps(found).encode() + b"\n"
