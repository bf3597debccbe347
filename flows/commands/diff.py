"""`copydesk diff`: what a change of rules, versions or overrides does to records."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import click
import msgspec

from flows.commands.say import CallError, say_strangers, write_out
from flows.difference import Difference, as_data, compare
from flows.records import NoRecordsError, find_records
from flows.terminal import visible

DIFFERENT = 1
NAMED = 5
EPILOG = """\b
Examples:
  copydesk diff fixtures/golden output
  copydesk diff yesterday today --json | jq .fields"""


@click.command(short_help="Show what changed between the records of two runs.", epilog=EPILOG)
@click.argument("old", type=click.Path(exists=True, path_type=Path))
@click.argument("new", type=click.Path(exists=True, path_type=Path))
@click.option(
    "--examples", metavar="N", type=click.IntRange(min=0), default=3, show_default=True, help="Examples of each change."
)
@click.option("--json", "as_json", is_flag=True, help="Print the difference as JSON.")
def diff(old: Path, new: Path, examples: int, as_json: bool) -> int:
    """Show which records changed between two runs, by field and label: counts first, then examples.

    OLD and NEW are what two runs wrote, say with an older and a newer version, or without and with overrides. A document is the
    same if it has the same name. What made a record (version, rules, model) is not compared. Exit status: 0 if nothing
    changed, 1 if something did, 2 if the call was wrong.
    """
    strangers: list[str] = []
    try:
        difference = compare(find_records(old), find_records(new), strangers, examples)
    except NoRecordsError as error:
        raise CallError(str(error)) from error
    if as_json:
        write_out(msgspec.json.format(msgspec.json.encode(as_data(difference))) + b"\n")
    else:
        for row in _rows(difference):
            click.echo(visible(row))
    say_strangers(strangers)
    return DIFFERENT if difference.differs else 0


def _rows(difference: Difference) -> Iterator[str]:
    gone, new = difference.gone, difference.new
    yield f"documents: {difference.same} same, {difference.changed} changed, {len(gone)} gone, {len(new)} new"
    if difference.fields:
        yield "fields, by documents in which they changed:"
        yield from (f"  {number:>6}  {name}" for name, number in difference.fields.most_common())
    if difference.labels:
        yield "labels, by stretches of text:"
        for (old, other), number in difference.labels.most_common():
            yield f"  {number:>6}  {old} -> {other} ({difference.characters[old, other]} characters)"
    for title, names in (("gone", gone), ("new", new)):
        yield from (f"{title}: {name}" for name in names[:NAMED])
        if len(names) > NAMED:
            yield f"{title}: {len(names) - NAMED} more"
    for key, found in difference.shown.items():
        yield key if isinstance(key, str) else f"{key[0]} -> {key[1]}"
        for change in found:
            yield f"  {change.document}{f', characters {change.old}' if isinstance(key, tuple) else ''}"
            if isinstance(key, str):
                yield f"    - {change.old}"
                yield f"    + {change.new}"
