"""`copydesk runs`, `status` and `retry`: what the ledger of an output knows, and its rejected documents once more."""

from __future__ import annotations

import json
from collections import Counter
from collections.abc import Iterator, Mapping
from contextlib import closing, contextmanager
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click
from rich import box
from rich.table import Table

from flows.commands.say import CallError
from flows.log import log_option, report
from flows.options import FlowError, run_options, split
from flows.readers.limits import Options
from flows.readers.remote import is_url
from flows.run import RunFailedError, clean_all, summary
from flows.store import HIDDEN
from flows.terminal import make_console, visible
from pipeline.document import RejectionCode

if TYPE_CHECKING:
    from flows.ledger import Ledger, Run


WIDE = 200
"""Columns of a table that goes to no terminal."""


@contextmanager
def the_ledger(output: str, state: str, url: str) -> Iterator[tuple[Ledger, Path]]:
    """The ledger of an output, and the folder of its lock."""
    from flows.ledger import Ledger  # noqa: PLC0415 (SQLAlchemy takes a moment to load)

    if is_url(output) and not state:
        raise CallError("this output is at an address; name the folder of its ledger with --state DIR")
    folder = Path(state) if state else Path(output) / HIDDEN
    if not url and not (folder / "ledger.sqlite").is_file():
        raise CallError(f"nothing was cleaned into {output!r} yet")
    with closing(Ledger(url or f"sqlite:///{folder / 'ledger.sqlite'}")) as ledger:
        yield ledger, folder


_PLACE = (
    click.argument("output", metavar="DIR", default="output"),
    click.option("--state", metavar="DIR", default="", help="Folder of ledger and lock, if not in the output."),
    click.option("--ledger", metavar="URL", default="", help="Database of the ledger, if not SQLite."),
    click.option("--json", "as_json", is_flag=True, help="Print JSON."),
)


def _placed(command: Any) -> Any:
    for option in reversed(_PLACE):
        command = option(command)
    return command


@click.command(short_help="List the runs on an output.")
@_placed
def runs(output: str, state: str, ledger: str, as_json: bool) -> int:
    """List the runs that wrote into the output DIR, with what they found.

    A run that was killed stands as running until the next one takes it up.
    """
    with the_ledger(output, state, ledger) as (book, _):
        found = book.runs()
    if as_json:
        for run in found:
            click.echo(json.dumps(_shape(run)))
        return 0
    table = Table(box=box.SIMPLE_HEAD, show_edge=False, pad_edge=False)
    for head in ("run", "state", "started", "ended", "ok", "rejected", "unchanged", "made by", "of"):
        table.add_column(head, justify="right" if head in ("run", "ok", "rejected", "unchanged") else "left")
    for run in found:
        numbers = (f"{run.ok:,}", f"{run.rejected:,}", f"{run.unchanged:,}")
        of = ", ".join(run.settings.get("inputs", ()))
        table.add_row(str(run.number), run.state, _short(run.started), _short(run.ended), *numbers, run.made_by, visible(of))
    out = make_console()
    out.width = out.width if out.is_terminal else WIDE
    out.print(table)
    return 0


def _short(time: str | None) -> str:
    return (time or "")[:16].replace("T", " ")


def _shape(run: Run) -> dict[str, Any]:
    names = ("number", "state", "started", "ended", "ok", "rejected", "unchanged", "made_by", "format", "settings")
    return {name: getattr(run, name) for name in names}


@click.command(short_help="Show what an output holds, and whether a run is at work.")
@_placed
def status(output: str, state: str, ledger: str, as_json: bool) -> int:
    """Show what the output DIR holds: documents by result, format and language, and whether a run is at work on it."""
    from flows.lock import holder  # noqa: PLC0415

    with the_ledger(output, state, ledger) as (book, folder):
        counts, last = book.counts(), book.runs()[-1]
        busy = holder(folder)
        batches = len(book.keys())
    done = len(list((Path(output) / HIDDEN / "done").glob("*.json"))) if not is_url(output) else None
    if as_json:
        click.echo(json.dumps({"last_run": _shape(last), "busy": busy, "batches": batches, "done": done, **counts}))
        return 0
    out = make_console()
    if busy:
        out.print(visible(busy.partition(";")[0]), soft_wrap=True)
    elif last.state not in ("finished", "interrupted"):
        out.print(f"run {last.number} was stopped; the next run takes it up")
    if last.state == "running" and done is not None:
        out.print(f"run {last.number}: {done:,} batches done, {batches:,} found so far")
    summary(counts, output, out)
    return 0


@click.command(short_help="Clean rejected documents again.")
@click.argument("output", metavar="DIR", default="output")
@click.option("--rejected", metavar="REASON", is_flag=False, flag_value="all", help="Only with this reason; all without one.")
@run_options
@log_option
def retry(output: str, rejected: str | None, **how: Any) -> int:
    """Clean the rejected documents of the output DIR again, as their runs did, with whatever options are given here.

    Exit status as that of `copydesk run`.
    """
    reason = None if rejected in (None, "all") else rejected
    if rejected is None:
        raise CallError("say what to try again: --rejected, or --rejected REASON")
    if reason and reason not in set(RejectionCode):
        raise CallError(f"{reason!r} is no reason of a rejection; docs/problems.md lists them")
    with the_ledger(output, how["state"], how["ledger"]) as (book, _):
        again = book.forget_rejected(reason)
    total: dict[str, Counter[str]] = {}
    for settings in {json.dumps(entry["inputs"]): entry for entry in again}.values():
        for kind, numbers in _again(settings, output, how).items():
            total.setdefault(kind, Counter()).update(numbers)
    summary(total, output, make_console())
    return 1 if set(total.get("outcomes", {})) - {"ok"} else 0


def _again(settings: Mapping[str, Any], output: str, how: Mapping[str, Any]) -> dict[str, dict[str, int]]:
    options = Options.of(settings["options"])
    how = {**how, **{name: how[name] or settings.get(name) or None for name in ("overrides", "furniture")}}
    with report(len(settings["inputs"])) as progress:
        try:
            return clean_all(settings["inputs"], output, progress.done, options, expect=progress.expect, **split(how))
        except RunFailedError as error:
            raise FlowError(f"the run failed: {error}; run it again: what is written stays") from error


COMMANDS = (runs, status, retry)
