"""`copydesk correct`: what a person knows better, written down so that later runs honour it."""

from __future__ import annotations

import json
import re
from pathlib import Path
from typing import Any

import click

from flows.commands.say import CallError, say, write_file
from flows.member import bytes_of
from flows.records import Place, name_of, read_record
from pipeline.document import UnusablePayloadError
from pipeline.override import FIELDS, SEEN, Override, checked_label, checked_value, read_overrides, to_lines
from pipeline.record import Record, payload_id
from pipeline.segment import LINE_RE
from pipeline.verify import source_text

EPILOG = """\b
Examples:
  copydesk correct output/page.json --field date_published=2024-05-01 --reason "printed edition"
  copydesk correct output/page.json --field "authors=Jane Doe; John Roe" --field section= --reason "seen on the page"
  copydesk correct output/page.json --against dump/page.txt --label 12-15=related_links --reason "teasers"
  copydesk run dump --output output --overrides overrides.jsonl"""

_LINES_RE = re.compile(r"([1-9]\d{0,8})(?:-([1-9]\d{0,8}))?\Z")
_ROLE_RE = re.compile(r"(.+?)\s*\(([^()]+)\)\Z")


@click.command(short_help="Correct a record: write an override that later runs honour.", epilog=EPILOG)
@click.argument("record", type=click.Path(exists=True, dir_okay=False, path_type=Path))
@click.option("--field", "fields", metavar="NAME=VALUE", multiple=True, help="A field's true value; an empty one: it has none.")
@click.option("--label", "labels", metavar="LINE=LABEL", multiple=True, help="A line's true label; 12-15=LABEL for several.")
@click.option(
    "--against",
    "file",
    metavar="FILE",
    type=click.Path(exists=True, dir_okay=False),
    help="The document, or its dump; for --label.",
)
@click.option("--reason", required=True, help="Why; it is shown as evidence.")
@click.option(
    "-o", "out", metavar="FILE", default="overrides.jsonl", show_default=True, help="Override file to add to; - prints."
)
def correct(record: Path, fields: tuple[str, ...], labels: tuple[str, ...], file: str | None, reason: str, out: str) -> int:
    """Write down what is wrong in a record, so that later runs have it right.

    The override file is JSON lines, sorted, to be kept and reviewed like code: `run`, `clean` and `explain` honour it with
    --overrides, and show it as evidence with the rule "override". Lines are numbered as `copydesk explain` shows them.
    Exit status: 0, or 2 if the call was wrong.
    """
    if not fields and not labels:
        raise CallError("say what to correct with --field or --label")
    if not reason.strip():
        raise CallError("give a --reason: whoever reviews the file needs one")
    try:
        found = read_record(Place(record, record.name))
        fresh = [_field(found, given, reason) for given in fields]
        if labels:
            text = _text(found, file)
            fresh += [_label(found, text, given, reason) for given in labels]
        known = [] if out == "-" or not Path(out).exists() else _known(out)
    except (ValueError, OSError) as error:
        raise CallError(str(error)) from error
    write_file(out, to_lines([*known, *fresh]))
    if out != "-":
        say(
            f"{out}: {len(fresh)} override{'' if len(fresh) == 1 else 's'} for {name_of(found)}; honour them with --overrides {out}"
        )
    return 0


def _known(out: str) -> list[Override]:
    try:
        return [override for found in read_overrides(Path(out).read_bytes()).values() for override in found]
    except ValueError as error:
        raise ValueError(f"{out}: {error}") from error


def _field(record: Record, given: str, reason: str) -> Override:
    name, sign, value = given.partition("=")
    if not sign:
        raise ValueError(f"--field takes NAME=VALUE, not {given!r}; these can be corrected: {', '.join(FIELDS)}")
    return Override(record.id, name_of(record), reason, name, checked_value(name, parsed(name, value.strip())))


def parsed(name: str, value: str) -> Any:
    """A field's value from what was typed: JSON, or the short form that `copydesk explain` shows."""
    if not value:
        return None
    if value[0] in "[{":
        return json.loads(value)
    if name == "outlet":
        match = _ROLE_RE.fullmatch(value)
        return {"name": match[1], "domain": match[2]} if match else {"name": value}
    if name not in ("authors", "contributors", "tags"):
        return value
    entries = [entry.strip() for entry in value.split(";") if entry.strip()]
    if name == "tags":
        return entries
    if name == "authors":
        return [{"name": entry} for entry in entries]
    return [_contributor(entry) for entry in entries]


def _contributor(entry: str) -> dict[str, str]:
    match = _ROLE_RE.fullmatch(entry)
    if match is None:
        raise ValueError(f"write a contributor as 'Jane Doe (editor)', not {entry!r}")
    return {"name": match[1], "role": match[2]}


def _text(record: Record, file: str | None) -> str:
    if file is None:
        raise ValueError("--label counts the lines of the document; name it with --against FILE")
    data = bytes_of(record, file)
    if payload_id(data) != record.id:
        raise ValueError(f"{file!r} is not the document that the record was made from")
    try:
        return source_text(record, data)
    except UnusablePayloadError as error:
        raise ValueError(f"{file!r} holds no text: {error}") from error


def _label(record: Record, text: str, given: str, reason: str) -> Override:
    lines, sign, label = given.partition("=")
    match = _LINES_RE.fullmatch(lines)
    if not sign or match is None:
        raise ValueError(f"--label takes LINE=LABEL or FIRST-LAST=LABEL, not {given!r}")
    start, end = _span(text, int(match[1]), int(match[2] or match[1]))
    wanted = checked_label(label)
    return Override(record.id, name_of(record), reason, start=start, end=end, label=wanted, seen=text[start:end][:SEEN])


def _span(text: str, first: int, last: int) -> tuple[int, int]:
    """The characters of some lines, with their line ends."""
    spans = [match.span() for match in LINE_RE.finditer(text) if match.group()]
    if not first <= last <= len(spans):
        raise ValueError(f"there is no line {max(last, first)}-{last}: the document has {len(spans)} lines")
    start, end = spans[first - 1][0], spans[last - 1][1]
    if not text[start:end].strip():
        raise ValueError(f"line {first} is empty; 'copydesk explain' shows the lines with their numbers")
    return start, end
