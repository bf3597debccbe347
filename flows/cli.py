"""The command line: `copydesk run`, `clean`, `explain`, `text`, `schema`, `verify`. Only `run` loads Prefect.

Exit statuses: 0 all is well; 1 a document was rejected, or a record does not hold; 2 the command was called wrongly;
3 a run failed on the way; 130 interrupted.
"""

from __future__ import annotations

import codecs
import os
import sys
from datetime import datetime
from pathlib import Path
from typing import Any

import click

from flows import doctor, duplicates, history, serve
from flows.batch import Batch, Job, apply, finish
from flows.explain import explain
from flows.member import ManyError, bytes_of, one_entry
from flows.options import CallError, FlowError, check_run, run_options, split
from flows.outputs import OutputError
from flows.readers.limits import Limits, Options
from flows.readers.rows import ROLES
from flows.run import MAX_PARAMETER, Report, RunFailedError, clean_all, summary
from flows.sources import NothingToReadError
from flows.terminal import Color, make_console, survive_encoding, visible, visible_json
from pipeline import STAGES, VERSION, verify
from pipeline.decode import MAX_BYTES
from pipeline.record import Record, from_json, schema_json, to_json
from pipeline.version import RULES

LIMITS = ("expanded", "ratio", "layers", "members")

REJECTED, INTERRUPTED = 1, 130

_MAX_BYTES_HELP = f"Bytes of one document; a larger one is rejected.  [default: {MAX_BYTES}]"
_LIMIT_HELP = "Limit of a source file: expanded (bytes), ratio, layers or members. May be repeated."
_FIELD_HELP = "Field of JSON or Parquet rows for a role: text, html, id, url, ... May be repeated."
_MEMBER_HELP = "The document's id in a dump, if FILE is one."

DOCUMENT = click.Path(exists=True, dir_okay=False, readable=True, allow_dash=True, path_type=str)


@click.group(context_settings={"help_option_names": ["-h", "--help"], "max_content_width": 100})
@click.version_option(f"{VERSION}, rules {RULES}", prog_name="copydesk", message="%(prog)s %(version)s")
def cli() -> None:
    """Turn raw dumps of web documents into clean canonical records, with evidence for every decision."""


@cli.command(short_help="Clean many documents through the Prefect flow.")
@click.argument("inputs", metavar="INPUT...", nargs=-1, required=True)
@click.option("-o", "--output", metavar="DIR", default="output", show_default=True, help="Folder for the records.")
@run_options
@click.option("--max-bytes", metavar="N", type=click.IntRange(1, MAX_BYTES), default=MAX_BYTES, help=_MAX_BYTES_HELP)
@click.option("--limit", "limits", metavar="NAME=N", multiple=True, help=_LIMIT_HELP)
@click.option("--field", "fields", metavar="ROLE=NAME", multiple=True, help=_FIELD_HELP)
def run(
    inputs: tuple[str, ...], output: str, max_bytes: int, limits: tuple[str, ...], fields: tuple[str, ...], **how: Any
) -> int:
    """Clean many documents through the Prefect flow.

    INPUT is a file, a folder (with its subfolders), a quoted glob or an address such as s3://bucket/dump. Text, HTML,
    JSON Lines, Parquet, WARC, zip, tar, mail and more are read, compressed or not. Each document gives one record; one
    that cannot be cleaned gives a rejected record with the reason. Exit status: 0 if all documents are ok, 1 if some
    were rejected, 2 if the call was wrong, 3 if the run failed on the way.
    """
    options = Options(Limits(document=max_bytes, **_limits(limits)), _fields(fields))
    _check_names(*inputs, output)
    try:
        total = check_run(inputs, output, how)
    except (NothingToReadError, OutputError, ValueError) as error:
        raise CallError(str(error)) from error
    with Report(make_console(sys.stderr), total) as report:
        try:
            counts = clean_all(inputs, output, report.done, options, **split(how))
        except RunFailedError as error:
            raise FlowError(f"the run failed: {error}; run it again: what is written stays") from error
    summary(counts, output, make_console())
    return REJECTED if set(counts["outcomes"]) - {"ok"} else 0


@cli.command(short_help="Clean one document and print its record.")
@click.argument("file", type=DOCUMENT, default="-")
@click.option("--name", help="The document's name in the record; the file's name by default.")
@click.option("--url", help="Where the document came from.")
@click.option("--charset", help="The encoding that the transport declared.")
@click.option("--fetched-at", metavar="TIME", help="When the document was fetched, in ISO 8601.")
@click.option("--member", metavar="ID", help=_MEMBER_HELP)
def clean(file: str, name: str | None, url: str | None, charset: str | None, fetched_at: str | None, member: str | None) -> int:
    """Clean one document and print its record; without FILE, or with -, read standard input.

    Exit status: 0 if the document is ok, 1 if it was rejected, 2 if the call was wrong.
    """
    job = _read(file, member, name=name, url=url, charset=_charset(charset), fetched_at=_time(fetched_at))
    record = _finish(job)
    json = to_json(record)
    if sys.stdout.isatty():
        click.echo(visible_json(json), nl=False)
    else:
        _write(json)
    return REJECTED if record.reason else 0


@cli.command("explain", short_help="Show each line of a document with what was decided, and why.")
@click.argument("file", type=DOCUMENT)
@click.option("-v", "--verbose", is_flag=True, help="Also show what each rule saw, and the votes and values that lost.")
@click.option("--color", type=click.Choice(["auto", "always", "never"]), default="auto", show_default=True, help="Use colour.")
@click.option("--member", metavar="ID", help=_MEMBER_HELP)
def explain_command(file: str, verbose: bool, color: Color, member: str | None) -> int:
    """Show every line of a document with what was decided about it, and why.

    Kept lines stand plain; chrome is dimmed and marked in the margin with its label, the rule that said so and how sure
    it was; fields are marked where they were found. Colour is used on a terminal only, and not if NO_COLOR is set.
    """
    job = _read(file, member)
    record = _finish(job)
    if record.reason or job.document is None:
        return _say_rejected(record)
    explain(record, job.document.text, make_console(color=color), verbose=verbose)
    return 0


@cli.command(short_help="Print the decoded text of a document.")
@click.argument("file", type=DOCUMENT)
@click.option("--member", metavar="ID", help=_MEMBER_HELP)
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
        _write(job.document.text.encode("utf-8", "surrogatepass"))
    return 0


@cli.command()
def schema() -> None:
    """Print the JSON Schema of the record."""
    _write(schema_json())


@cli.command("verify", short_help="Check a record against the document it was made from.")
@click.argument("record", type=click.Path(exists=True, dir_okay=False, readable=True))
@click.option("--against", "file", metavar="FILE", type=DOCUMENT, required=True, help="The document it was made from.")
def verify_command(record: str, file: str) -> int:
    """Check a record against the document it was made from.

    Its schema, hash, spans, text, fingerprints and counts are checked; each fault is printed on a line. Exit status: 0
    if all holds, 1 if not, 2 if the call was wrong.
    """
    try:
        made = from_json(Path(record).read_bytes())
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


for _module in (history, duplicates, serve, doctor):
    for _command in _module.COMMANDS:
        cli.add_command(_command)


def _check_names(*names: str) -> None:
    """See that names can be parameters of a flow: UTF-8, and not too many."""
    if sum(map(len, names)) > MAX_PARAMETER:
        raise CallError("these are too many names for one call; name their folder, or quote the glob")
    for name in names:
        if not name.isprintable() and any("\ud800" <= c <= "\udfff" for c in name):
            raise CallError(f"the name {name!r} is not UTF-8, which Prefect asks for; name the folder that it is in")


def _limits(given: tuple[str, ...]) -> dict[str, int]:
    """`NAME=N` options as limits of a source file."""
    found = {}
    for pair in given:
        name, _, number = pair.partition("=")
        if name not in LIMITS or not (number.isascii() and number.isdigit() and int(number) > 0):
            raise CallError(f"--limit {pair!r} is none; write one of {', '.join(f'{known}=N' for known in LIMITS)}")
        found[name] = int(number)
    return found


def _fields(given: tuple[str, ...]) -> tuple[tuple[str, str], ...]:
    """`ROLE=NAME` options as pairs."""
    pairs = []
    for pair in given:
        role, _, name = pair.partition("=")
        if role not in ROLES or not name:
            raise CallError(f"--field {pair!r} is none; write ROLE=NAME, with one of the roles {', '.join(ROLES)}")
        pairs.append((role, name))
    return tuple(pairs)


def _read(file: str, member: str | None, **given: str | None) -> Job:
    """A job for one document, from a file, a member of it, or standard input; `given` goes before what the file says."""
    try:
        return Job("", one_entry(file, member, given))
    except ManyError as error:
        raise CallError(str(error)) from error
    except OSError as error:
        raise CallError(f"cannot read {file!r}: {error.strerror or error}") from error


def _finish(job: Job) -> Record:
    apply(Batch("one document", [job]), STAGES)
    return finish(job)


def _charset(charset: str | None) -> str | None:
    try:
        codecs.lookup(charset or "utf-8")
    except (LookupError, ValueError) as error:
        raise CallError(f"--charset {charset!r} is no known encoding; leave it out to have it detected") from error
    return charset


def _time(fetched_at: str | None) -> str | None:
    try:
        datetime.fromisoformat(fetched_at or "2000-01-01")
    except ValueError as error:
        raise CallError(f"--fetched-at {fetched_at!r} is no time in ISO 8601; write it like 2024-01-31T16:00:00Z") from error
    return fetched_at


def _say_rejected(record: Record) -> int:
    reason = record.reason
    if reason:
        click.echo(visible(f"rejected: {record.source.name}: {reason.code}: {reason.message}"), err=True)
    return REJECTED


def _write(content: bytes) -> None:
    sys.stdout.flush()
    sys.stdout.buffer.write(content)
    sys.stdout.buffer.flush()


def main() -> None:
    """Run the command line; every error is one line on standard error."""
    survive_encoding()
    try:
        status = cli(prog_name="copydesk", standalone_mode=False)
    except click.ClickException as error:
        click.echo(_line(error), err=True)
        status = error.exit_code
    except (click.Abort, KeyboardInterrupt):
        click.echo("copydesk: interrupted", err=True)
        status = INTERRUPTED
    except BrokenPipeError:  # the reader has had enough, as in `copydesk text FILE | head`
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
        status = 0
    sys.exit(status)


def _line(error: click.ClickException) -> str:
    hint = ""
    if isinstance(error, click.UsageError) and error.ctx:
        hint = f" (see '{error.ctx.command_path} --help')"
    return f"copydesk: {visible(error.format_message())}{hint}"
