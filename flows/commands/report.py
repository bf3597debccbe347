"""`copydesk report`."""

from __future__ import annotations

from pathlib import Path

import click

from flows.commands.options import FIELD, named_fields
from flows.commands.say import CallError, say, say_strangers, write_file
from flows.records import NoRecordsError
from flows.report import build_report

EPILOG = """\b
Examples:
  copydesk report output
  copydesk report output --source fixtures/raw -o report.html
  copydesk report output -o - | gzip > report.html.gz"""


@click.command(short_help="Show what a run kept, left out and found, as one HTML page.", epilog=EPILOG)
@click.argument("output", metavar="RUN_OUTPUT", type=click.Path(exists=True, path_type=Path))
@click.option(
    "-o", "file", metavar="FILE", default="report.html", show_default=True, help="Where to write; - for standard output."
)
@click.option(
    "--source", metavar="DIR", type=click.Path(exists=True, path_type=Path), help="The run's input, to show left-out text too."
)
@click.option(
    "--documents", metavar="N", type=click.IntRange(min=0), default=200, show_default=True, help="Documents shown line by line."
)
@FIELD
@click.option("-q", "--quiet", is_flag=True, help="Say nothing but errors.")
def report(output: Path, file: str, source: Path | None, documents: int, fields: tuple[str, ...], quiet: bool) -> int:
    """Write one HTML page that shows what a run kept, what it left out, and why.

    RUN_OUTPUT is the folder that a run wrote, one record, or a .jsonl file of records. The page holds everything it needs
    and loads nothing; all documents are in its table, and the first N line by line, those with problems first. Records
    hold no left-out text: --source names the run's input, where it is read again as the run did (--field says how, where
    the run's ledger does not lie with the records). Exit status: 0, or 2 if the call was wrong.
    """
    try:
        built = build_report(output, source=source, documents=documents, fields=named_fields(fields))
    except NoRecordsError as error:
        raise CallError(str(error)) from error
    write_file(file, built.html)
    if not quiet:
        say_strangers(built.strangers)
        shown = f"{built.documents} documents, {built.views} line by line"
        text = f", {built.with_text} of them with their source" if source else "; add --source DIR to show left-out text too"
        say(f"{'standard output' if file == '-' else file}: {shown}{text} ({len(built.html) / 1e6:.1f} MB)")
    return 0
