"""`copydesk furniture`: learn the lines that recur over a dump's sites and folders; and the list, as later runs use it."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from functools import partial
from pathlib import Path

import click

from flows.batch import Batch, Job, apply, found_in
from flows.commands.options import FIELD, LIMIT, named_fields, named_limits
from flows.commands.say import CallError, say, write_file
from flows.given import Given
from flows.readers.limits import Limits, Options
from flows.readers.remote import is_url
from flows.recurrence import MINIMUM, SAMPLE, Learner, TooManyLinesError
from flows.sources import NothingToReadError, SourceFile, find_sources
from flows.store import HIDDEN
from pipeline import NO_FURNITURE, STAGES, Furniture, read_furniture
from pipeline.document import Document, Payload
from pipeline.furniture import group_of, lines, to_lines
from pipeline.html import flatten
from pipeline.version import VERSION

READING = tuple((name, partial(flatten, ask_others=False) if name == "flatten" else stage) for name, stage in STAGES[:4])
"""The stages up to the lines of a document; no other extractor is asked, as they only help to label."""


class FurnitureError(ValueError):
    """The list of furniture cannot be read; the message names file, line and fault."""


FURNITURE = Given("furniture", NO_FURNITURE, read_furniture, FurnitureError)
load_furniture, digest, furniture_of = FURNITURE.load, FURNITURE.digest, FURNITURE.same


def furniture_near(known: Furniture, payload: Payload, file: str) -> Furniture:
    """The furniture for one document that is read alone: its folder may be known by the path that it had in a run's input."""
    group = group_of(payload)
    folder = "/" + Path(file).absolute().as_posix().strip("/")
    folder = folder if payload.member is not None else folder.rpartition("/")[0]
    near = [name for name in known if name.startswith("./") and folder.endswith(name[1:])]
    if group in known or not group.startswith(".") or not near:
        return known
    return {group: known[max(near, key=len)]}


def learn(sources: Sequence[SourceFile], options: Options, minimum: int) -> Learner:
    """Show all documents of some files to a learner, twice. Raises `ValueError` and `TooManyLinesError`."""
    learner = Learner(minimum)
    for show in (learner.count, learner.look):
        for source in sources:
            for document in _documents(source, options):
                show(group_of(document.payload), list(lines(document)))
    return learner


def _documents(source: SourceFile, options: Options) -> Iterator[Document]:
    """The documents of a file as far as their lines; what cannot be read is passed over, as a run says why."""
    for number, entry in enumerate(found_in(source, options)):
        job = Job("", entry, source, number)
        apply(Batch(source.path, [job]), READING)
        if job.record is None and job.document is not None:
            yield job.document


def _of_output(folder: str) -> tuple[Sequence[str], Options] | None:
    """What the last run into an output folder read, and how; `None` if this is no output."""
    if is_url(folder) or not (Path(folder) / HIDDEN / "ledger.sqlite").is_file():
        return None
    from flows.history import the_ledger  # noqa: PLC0415 (loads the flow's parts)

    with the_ledger(folder, "", "") as (book, _):
        settings = book.runs()[-1].settings
    given = settings["options"]
    return settings["inputs"], Options(Limits(**given["limits"]), tuple((role, name) for role, name in given["fields"]))


@click.command("furniture", short_help="Learn the lines that recur over a site's or folder's documents.")
@click.argument("inputs", metavar="INPUT...", nargs=-1, required=True)
@click.option("-o", "--out", metavar="FILE", default="furniture.jsonl", show_default=True, help="List to write.")
@click.option(
    "--documents",
    "minimum",
    metavar="N",
    type=click.IntRange(2, SAMPLE),
    default=MINIMUM,
    show_default=True,
    help=f"Documents in which a line must stand, 2 to {SAMPLE}.",
)
@LIMIT
@FIELD
def furniture_command(inputs: tuple[str, ...], out: str, minimum: int, limits: tuple[str, ...], fields: tuple[str, ...]) -> int:
    """Learn the lines that recur over the documents of one site or folder, before or behind their own text.

    INPUT is what `copydesk run` takes, or the output of a run: then its last run's inputs are read again. Writes a list to look
    at: a line of JSON for each line found, with what was seen. Rows that are wrong can be deleted. `copydesk run
    --furniture FILE` gives the list to the labeller, as evidence.
    """
    options = Options(Limits(**named_limits(limits)), named_fields(fields))
    given: Sequence[str] = inputs
    if len(inputs) == 1:
        given, options = _of_output(inputs[0]) or (given, options)
    try:
        learner = learn(find_sources(given), options, minimum)
    except (NothingToReadError, TooManyLinesError) as error:
        raise CallError(str(error)) from error
    rows = list(learner.rows())
    write_file(out, b"".join(to_lines(rows, made_by=f"copydesk {VERSION}", minimum=minimum)))
    groups = len({row.group for row in rows})
    say(f"{out}: {len(rows):,} lines of {groups:,} sites or folders; {learner.counted.total():,} documents counted")
    return 0


COMMANDS = (furniture_command,)
