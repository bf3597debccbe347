"""Options that commands share, and what they may say."""

from __future__ import annotations

import codecs
from datetime import datetime

import click

from flows.commands.say import CallError
from flows.readers.rows import ROLES
from pipeline.decode import MAX_BYTES

LIMITS = ("expanded", "ratio", "layers", "members")

MAX_DOCUMENT = click.option(
    "--max-bytes",
    metavar="N",
    type=click.IntRange(1, MAX_BYTES),
    default=MAX_BYTES,
    show_default=f"{MAX_BYTES >> 20} MiB",
    help="Bytes of one document; a larger one is rejected.",
)
LIMIT = click.option(
    "--limit",
    "limits",
    metavar="NAME=N",
    multiple=True,
    help="Limit of a source file: expanded (bytes), ratio, layers or members. May be repeated.",
)
FIELD = click.option(
    "--field",
    "fields",
    metavar="ROLE=NAME",
    multiple=True,
    help="Field of JSON or Parquet rows for a role: text, html, id, url, ... May be repeated.",
)
MEMBER = click.option("--member", metavar="ID", help="The document's id in a dump, if FILE is one.")
OVERRIDES = click.option(
    "--overrides",
    metavar="FILE",
    type=click.Path(exists=True, dir_okay=False),
    help="Corrections to honour, as `correct` writes them.",
)
FURNITURE = click.option(
    "--furniture",
    metavar="FILE",
    type=click.Path(exists=True, dir_okay=False),
    help="Lines that recur, as `furniture` lists them: evidence for the labeller.",
)


def named_limits(given: tuple[str, ...]) -> dict[str, int]:
    """`NAME=N` options as limits of a source file."""
    found = {}
    for pair in given:
        name, _, number = pair.partition("=")
        if name not in LIMITS or not (number.isascii() and number.isdigit() and int(number) > 0):
            raise CallError(f"--limit {pair!r} is none; write one of {', '.join(f'{known}=N' for known in LIMITS)}")
        found[name] = int(number)
    return found


def named_fields(given: tuple[str, ...]) -> tuple[tuple[str, str], ...]:
    """`ROLE=NAME` options as pairs."""
    pairs = []
    for pair in given:
        role, _, name = pair.partition("=")
        if role not in ROLES or not name:
            raise CallError(f"--field {pair!r} is none; write ROLE=NAME, with one of the roles {', '.join(ROLES)}")
        pairs.append((role, name))
    return tuple(pairs)


def known_charset(charset: str | None) -> str | None:
    """An encoding that Python knows."""
    try:
        codecs.lookup(charset or "utf-8")
    except (LookupError, ValueError) as error:
        raise CallError(f"--charset {charset!r} is no known encoding; leave it out to have it detected") from error
    return charset


def valid_time(fetched_at: str | None) -> str | None:
    """A time in ISO 8601."""
    try:
        datetime.fromisoformat(fetched_at or "2000-01-01")
    except ValueError as error:
        raise CallError(f"--fetched-at {fetched_at!r} is no time in ISO 8601; write it like 2024-01-31T16:00:00Z") from error
    return fetched_at
