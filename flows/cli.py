"""The command line: `run`, `clean`, `explain`, `text`, `schema`, `verify`, and those of `flows/commands`. Only `run` loads Prefect.

Exit statuses: 0 all is well; 1 a document was rejected, or a record does not hold; 2 the command was called wrongly;
3 a run failed on the way; 130 interrupted.
"""

from __future__ import annotations

import os
import sys
from pathlib import Path
from typing import Any

import click

from flows import clues, doctor, duplicates, furniture, history, serve
from flows.batch import Batch, Job, apply, finish
from flows.commands.completion import completion
from flows.commands.correct import correct
from flows.commands.diff import diff
from flows.commands.examples import EXAMPLES
from flows.commands.export import export
from flows.commands.options import (
    FIELD,
    FURNITURE,
    LIMIT,
    MAX_DOCUMENT,
    MEMBER,
    OVERRIDES,
    known_charset,
    named_fields,
    named_limits,
    valid_time,
)
from flows.commands.report import report
from flows.commands.say import CallError, write_out
from flows.corrections import OverridesError, Watch, both, load_overrides
from flows.explain import explain
from flows.furniture import FurnitureError, furniture_near, load_furniture
from flows.interrupt import Interrupt
from flows.log import as_json as json_lines
from flows.log import log_line, log_option, tell
from flows.log import report as progress_report
from flows.member import ManyError, bytes_of, one_entry
from flows.options import FlowError, check_run, run_options, split
from flows.outputs import OutputError
from flows.readers.limits import Limits, Options
from flows.run import MAX_PARAMETER, RunFailedError, clean_all, summary, summary_json
from flows.sources import NothingToReadError
from flows.terminal import Color, make_console, survive_encoding, visible, visible_json
from pipeline import STAGES, VERSION, stages_with, verify
from pipeline.record import Record, from_json, schema_json, to_json
from pipeline.version import RULES

REJECTED, INTERRUPTED = 1, 130

DOCUMENT = click.Path(exists=True, dir_okay=False, readable=True, allow_dash=True, path_type=str)


class InterruptedRunError(click.ClickException):
    """The user stopped the run."""

    exit_code = INTERRUPTED


@click.group(context_settings={"help_option_names": ["-h", "--help"], "max_content_width": 100})
@click.version_option(f"{VERSION}, rules {RULES}", prog_name="copydesk", message="%(prog)s %(version)s")
def cli() -> None:
    """Turn raw dumps of web documents into clean canonical records, with evidence for every decision."""


@cli.command(short_help="Clean many documents through the Prefect flow.")
@click.argument("inputs", metavar="INPUT...", nargs=-1, required=True)
@click.option("-o", "--output", metavar="DIR", default="output", show_default=True, help="Folder for the records.")
@MAX_DOCUMENT
@LIMIT
@FIELD
@run_options
@log_option
@click.option("--json", "as_json", is_flag=True, help="Print the summary as JSON.")
@click.option("-q", "--quiet", is_flag=True, help="Say nothing but errors.")
def run(
    inputs: tuple[str, ...],
    output: str,
    max_bytes: int,
    limits: tuple[str, ...],
    fields: tuple[str, ...],
    as_json: bool,
    quiet: bool,
    **how: Any,
) -> int:
    """Clean many documents through the Prefect flow.

    INPUT is a file, a folder (with its subfolders), a quoted glob or an address such as s3://bucket/dump. Text, HTML,
    JSON Lines, Parquet, WARC, zip, tar, mail and more are read, compressed or not. Each document gives one record; one
    that cannot be cleaned gives a rejected record with the reason. Exit status: 0 if all documents are ok, 1 if some
    were rejected, 2 if the call was wrong, 3 if the run failed on the way, 130 if it was interrupted: then the
    documents at hand are finished, what is written stays, and the same command goes on.
    """
    options = Options(Limits(document=max_bytes, **named_limits(limits)), named_fields(fields))
    _check_names(*inputs, output)
    try:
        files = check_run(inputs, output, how)
        watch = Watch(load_overrides(how["overrides"]))
    except (NothingToReadError, OutputError, ValueError) as error:
        raise CallError(str(error)) from error
    with progress_report(files, quiet=quiet) as progress, Interrupt(progress.say) as interrupt:
        try:
            counts = clean_all(inputs, output, both(progress.done, watch.saw), options, expect=progress.expect, **split(how))
        except RunFailedError as error:
            if interrupt.asked:
                raise InterruptedRunError(progress.stopped()) from error
            raise FlowError(f"the run failed: {error}; run it again: what is written stays") from error
        except KeyboardInterrupt as error:
            raise InterruptedRunError(progress.stopped()) from error
    if as_json:
        write_out(summary_json(counts, output))
    elif not quiet:
        summary(counts, output, make_console())
    for fault in watch.faults(unchanged=bool(counts.get("unchanged"))):
        tell(visible(fault))
    return REJECTED if set(counts["outcomes"]) - {"ok"} else 0


@cli.command(short_help="Clean one document and print its record.")
@click.argument("file", type=DOCUMENT, default="-")
@click.option("--name", help="The document's name in the record; the file's name by default.")
@click.option("--url", help="Where the document came from.")
@click.option("--charset", help="The encoding that the transport declared.")
@click.option("--fetched-at", metavar="TIME", help="When the document was fetched, in ISO 8601.")
@MEMBER
@OVERRIDES
@FURNITURE
def clean(
    file: str,
    name: str | None,
    url: str | None,
    charset: str | None,
    fetched_at: str | None,
    member: str | None,
    overrides: str | None,
    furniture: str | None,
) -> int:
    """Clean one document and print its record; without FILE, or with -, read standard input.

    Exit status: 0 if the document is ok, 1 if it was rejected, 2 if the call was wrong.
    """
    job = _read(file, member, name=name, url=url, charset=known_charset(charset), fetched_at=valid_time(fetched_at))
    record = _finish(job, overrides, furniture, file)
    json = to_json(record)
    if sys.stdout.isatty():
        click.echo(visible_json(json), nl=False)
    else:
        write_out(json)
    return REJECTED if record.reason else 0


@cli.command("explain", short_help="Show each line of a document with what was decided, and why.")
@click.argument("file", type=DOCUMENT)
@click.option("-v", "--verbose", is_flag=True, help="Also show what each rule saw, and the votes and values that lost.")
@click.option("--field", metavar="FIELD", help="Show one field's candidates, and what spoke for and against each.")
@click.option("--color", type=click.Choice(["auto", "always", "never"]), default="auto", show_default=True, help="Use colour.")
@MEMBER
@OVERRIDES
@FURNITURE
def explain_command(
    file: str,
    verbose: bool,
    field: str | None,
    color: Color,
    member: str | None,
    overrides: str | None,
    furniture: str | None,
) -> int:
    """Show every line of a document with what was decided about it, and why.

    Kept lines stand plain; chrome is dimmed and marked in the margin with its label, the rule that said so and how sure
    it was; fields are marked where they were found. With --field (title, authors, date, modified, outlet ...) only that
    field's candidates are shown, the surest first. Colour is used on a terminal only, and not if NO_COLOR is set.
    """
    if field is not None and field not in clues.NAMES:
        raise CallError(f"there is no field {field!r}; give one of {', '.join(clues.NAMES)}")
    job = _read(file, member)
    record = _finish(job, overrides, furniture, file)
    if record.reason or job.document is None:
        return _say_rejected(record)
    if field is not None:
        clues.explain_field(job.document, field, make_console(color=color))
        return 0
    explain(record, job.document.text, make_console(color=color), verbose=verbose)
    return 0


@cli.command(short_help="Print the decoded text of a document.")
@click.argument("file", type=DOCUMENT)
@MEMBER
def text(file: str, member: str | None) -> int:
    """Print the decoded text of a document, to which the offsets of its record refer.

    To a file or pipe the text is written as UTF-8, as it is; on a terminal unprintable characters are shown escaped.
    """
    job = _read(file, member)
    apply(Batch(file, [job]), STAGES[:2])
    if job.record or job.document is None:
        return _say_rejected(_finish(job))
    if sys.stdout.isatty():
        click.echo(visible(job.document.text, keep="\n\t"))
    else:
        write_out(job.document.text.encode("utf-8", "surrogatepass"))
    return 0


@cli.command()
def schema() -> None:
    """Print the JSON Schema of the record."""
    write_out(schema_json())


@cli.command("verify", short_help="Check a record against the document it was made from.")
@click.argument("record", type=DOCUMENT)
@click.option("--against", "file", metavar="FILE", type=DOCUMENT, required=True, help="The document it was made from.")
def verify_command(record: str, file: str) -> int:
    """Check a record against the document it was made from.

    Its schema, hash, spans, text, fingerprints and counts are checked; each fault is printed on a line. Exit status: 0
    if all holds, 1 if not, 2 if the call was wrong.
    """
    try:
        made = from_json(_bytes(record))
        faults = verify(made, bytes_of(made, file))
    except (ManyError, OSError) as error:
        raise CallError(f"cannot read {file!r}: {error}") from error
    except ValueError as error:
        faults = [str(error)]
    for fault in faults:
        click.echo(visible(fault))
    if not faults:
        click.echo(visible(f"{record} holds against {file}"))
    return REJECTED if faults else 0


for command in (completion, correct, diff, export, report):
    cli.add_command(command)
for module in (history, duplicates, furniture, serve, doctor):
    for command in module.COMMANDS:
        cli.add_command(command)
for command_name, examples in EXAMPLES.items():
    cli.commands[command_name].epilog = examples


def _check_names(*names: str) -> None:
    """See that names can be parameters of a flow: UTF-8, and not too many."""
    if sum(map(len, names)) > MAX_PARAMETER:
        raise CallError("these are too many names for one call; name their folder, or quote the glob")
    for name in names:
        if not name.isprintable() and any("\ud800" <= c <= "\udfff" for c in name):
            raise CallError(f"the name {name!r} is not UTF-8, which Prefect asks for; name the folder that it is in")


def _read(file: str, member: str | None, **given: str | None) -> Job:
    """A job for one document, from a file, a member of it, or standard input; `given` goes before what the file says."""
    try:
        return Job("", one_entry(file, member, given))
    except ManyError as error:
        raise CallError(str(error)) from error
    except OSError as error:
        raise CallError(f"cannot read {file!r}: {error.strerror or error}") from error


def _bytes(file: str) -> bytes:
    try:
        return sys.stdin.buffer.read() if file == "-" else Path(file).read_bytes()
    except OSError as error:
        raise CallError(f"cannot read {file!r}: {error.strerror or error}") from error


def _finish(job: Job, overrides: str | None = None, furniture: str | None = None, file: str = "") -> Record:
    try:
        recurring = load_furniture(furniture)
        if recurring and job.document:
            recurring = furniture_near(recurring, job.document.payload, file)
        apply(Batch("one document", [job]), stages_with(load_overrides(overrides), recurring))
    except (OverridesError, FurnitureError) as error:
        raise CallError(str(error)) from error
    return finish(job)


def _say_rejected(record: Record) -> int:
    reason = record.reason
    if reason:
        click.echo(visible(f"rejected: {record.source.name}: {reason.code}: {reason.message}"), err=True)
    return REJECTED


def main() -> None:
    """Run the command line; every error is one line on standard error."""
    survive_encoding()
    json_lines.set(False)
    try:
        status = cli(prog_name="copydesk", standalone_mode=False)
    except click.ClickException as error:
        click.echo(_line(error), err=True)
        status = error.exit_code
    except (click.Abort, KeyboardInterrupt):
        click.echo(_said("copydesk: interrupted"), err=True)
        status = INTERRUPTED
    except BrokenPipeError:  # the reader has had enough, as in `copydesk text FILE | head`
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
        status = 0
    sys.exit(status)


def _line(error: click.ClickException) -> str:
    hint = ""
    if isinstance(error, click.UsageError) and error.ctx:
        hint = f" (see '{error.ctx.command_path} --help')"
    return _said(f"copydesk: {visible(error.format_message())}{hint}")


def _said(line: str) -> str:
    return log_line("failed", "error", message=line) if json_lines.get() else line
