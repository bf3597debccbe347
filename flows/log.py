"""What a run says on standard error while it works: lines for people, or with `--log-format json` an object a line."""

from __future__ import annotations

import json
import sys
from collections import Counter
from collections.abc import Callable, Sequence
from contextvars import ContextVar
from datetime import UTC, datetime
from typing import Any, Self, TypeVar

import click

from flows.run import Report
from flows.terminal import make_console
from flows.work import Made

F = TypeVar("F", bound=Callable[..., Any])

as_json: ContextVar[bool] = ContextVar("as_json", default=False)
"""Whether lines are objects; set by the option."""


def log_line(event: str, level: str = "info", **fields: Any) -> str:
    """A line of the log: when, how grave, what happened, and what there is to know of it. It is plain ASCII."""
    time = datetime.now(UTC).isoformat(timespec="milliseconds")
    return json.dumps({"time": time, "level": level, "event": event, **fields})


def tell(message: str) -> None:
    """Something that people should know, as a line of the log; the message is harmless for a terminal."""
    click.echo(log_line("notice", message=message) if as_json.get() else message, err=True)


def _choose(_context: click.Context, _parameter: click.Parameter, chosen: str) -> None:
    as_json.set(chosen == "json")


def log_option(command: F) -> F:
    """Give a command `--log-format`."""
    return click.option(
        "--log-format",
        type=click.Choice(["text", "json"]),
        default="text",
        show_default=True,
        expose_value=False,
        is_eager=True,
        callback=_choose,
        help="Lines on standard error for people, or an object of JSON each.",
    )(command)


class LogReport(Report):
    """The progress of a run as JSON lines: its start, each batch, each rejected document, its end."""

    def __init__(self, files: int, *, quiet: bool = False) -> None:
        super().__init__(make_console(sys.stderr), files, quiet=True)
        self.mute = quiet

    def __enter__(self) -> Self:
        self._write("run_started", files=self.files)
        return self

    def __exit__(self, *error: object) -> None:
        level = "error" if any(error) else "info"
        counts: dict[str, Any] = dict(self.counts)
        self._write("run_ended", level, documents=self.counts.total(), **counts)

    def done(self, rows: Sequence[Made]) -> None:
        """The records of a batch are written."""
        for row in rows:
            if row.reason:
                place = {"path": row.path, "member": row.member, "id": row.id}
                self._write("document_rejected", "warning", **place, reason=row.reason, message=row.message)
        now: dict[str, Any] = dict(Counter(row.status for row in rows))
        self.counts.update(now)
        self._write("batch_done", documents=len(rows), **now, documents_so_far=self.counts.total(), rate=self.rate())

    def say(self, line: str) -> None:
        """Something that people should know."""
        self._write("notice", message=line)

    def _write(self, event: str, level: str = "info", **fields: Any) -> None:
        if not self.mute:
            click.echo(log_line(event, level, **fields), err=True)


def report(files: int, *, quiet: bool = False) -> Report:
    """The progress of a run, as `--log-format` asks."""
    return LogReport(files, quiet=quiet) if as_json.get() else Report(make_console(sys.stderr), files, quiet=quiet)
