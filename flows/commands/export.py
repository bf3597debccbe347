"""`copydesk export`."""

from __future__ import annotations

from pathlib import Path

import click

from flows.commands.say import CallError, say, say_strangers
from flows.export import EXPORTERS
from flows.export.files import names
from flows.records import NoRecordsError, each_record, find_records

EPILOG = (
    "\b\nFormats:\n"
    + "\n".join(f"  {name:<9} {exporter.summary}" for name, exporter in EXPORTERS.items())
    + """

\b
Examples:
  copydesk export output --format parquet -o records.parquet
  copydesk export output --format jsonl -o - | head -1
  copydesk export output --format dolma -o dolma"""
)


@click.command(short_help="Write records in another format: CSV, Parquet, TEI, dolma ...", epilog=EPILOG)
@click.argument("output", metavar="RUN_OUTPUT", type=click.Path(exists=True, path_type=Path))
@click.option("--format", "format_", type=click.Choice(list(EXPORTERS)), required=True, help="What to write; see below.")
@click.option("-o", "out", metavar="OUT", required=True, help="The file or folder to write; - for standard output.")
@click.option("-q", "--quiet", is_flag=True, help="Say nothing but errors.")
def export(output: Path, format_: str, out: str, quiet: bool) -> int:
    """Write records in another format.

    RUN_OUTPUT is the folder that a run wrote, one record, or a .jsonl file of records. docs/exports.md says which field
    goes where, and what is lost. Exit status: 0, or 2 if the call was wrong.
    """
    exporter = EXPORTERS[format_]
    target = _target(out, output, folder=exporter.folder)
    strangers: list[str] = []
    try:
        written = exporter.write(names(each_record(find_records(output), strangers)), target)
    except NoRecordsError as error:
        raise CallError(str(error)) from error
    except BrokenPipeError:
        raise
    except OSError as error:
        raise CallError(f"cannot write {out!r}: {error.strerror or error}") from error
    if not quiet:
        say_strangers(strangers)
        left = f"; {written.rejected} rejected ones have no place in {format_}" if written.rejected else ""
        say(f"{'standard output' if target is None else out}: {written.documents} documents as {format_}{left}")
    return 0


def _target(out: str, output: Path, *, folder: bool) -> Path | None:
    if out == "-":
        if folder:
            raise CallError("this format is a folder; name one with -o")
        return None
    target = Path(out)
    if folder and target.exists() and not target.is_dir():
        raise CallError(f"{out!r} is a file, and this format is a folder; choose another name")
    if not folder and target.is_dir():
        raise CallError(f"{out!r} is a folder, and this format is one file; name the file")
    if output.is_dir() and target.resolve().is_relative_to(output.resolve()):
        raise CallError(f"{out!r} lies in {str(output)!r}, where it would be taken for a record; choose another place")
    return target
