"""What the commands share: how they write, and how they say that a call was wrong."""

from __future__ import annotations

import sys
from collections.abc import Sequence
from pathlib import Path

import click

from flows.outputs import write_atomically
from flows.terminal import visible

USAGE = 2
LISTED = 5


class CallError(click.ClickException):
    """The command cannot be carried out as it was given."""

    exit_code = USAGE


def say(line: str) -> None:
    """A line on standard error."""
    click.echo(visible(line), err=True)


def say_strangers(strangers: Sequence[str]) -> None:
    """Name the files that were passed over, because they hold no record."""
    for stranger in strangers[:LISTED]:
        say(f"passed over {stranger}")
    if len(strangers) > LISTED:
        say(f"passed over {len(strangers) - LISTED} more files that hold no record")


def write_file(file: str, content: bytes) -> None:
    """Write a file, whole or not at all, or standard output if it is `-`; raises `CallError`."""
    if file == "-":
        write_out(content)
        return
    try:
        write_atomically(Path(file), content)
    except OSError as error:
        raise CallError(f"cannot write {file!r}: {error.strerror or error}") from error


def write_out(content: bytes) -> None:
    """Write bytes to standard output."""
    sys.stdout.flush()
    sys.stdout.buffer.write(content)
    sys.stdout.buffer.flush()
