"""The options that `copydesk run` shares with other commands that start runs."""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping, Sequence
from pathlib import Path
from typing import Any, TypeVar

import click

from flows.commands.options import FURNITURE, OVERRIDES
from flows.corrections import load_overrides
from flows.furniture import load_furniture
from flows.outputs import check_apart, prepare
from flows.readers.remote import is_url
from flows.runners import runner_of
from flows.slices import BATCH_DOCUMENTS
from flows.sources import find_sources
from flows.work import FORMATS, MEMORY, SECONDS

F = TypeVar("F", bound=Callable[..., Any])

_SIZE_RE = re.compile(r"(?P<number>\d+(?:\.\d+)?)\s*(?P<unit>[KMGT]?)(?:i?B)?", re.IGNORECASE)
_UNITS = {"": 1, "K": 1 << 10, "M": 1 << 20, "G": 1 << 30, "T": 1 << 40}

FURTHER = ("state", "ledger", "seconds", "memory", "batch", "furniture")
"""Options that are further settings of the flow."""


FAILED = 3


class FlowError(click.ClickException):
    """The run failed on the way."""

    exit_code = FAILED


class Size(click.ParamType):  # type: ignore[type-arg]
    """Bytes, as `4GiB` or `4096M`; 0 for no limit."""

    name = "size"

    def convert(self, value: Any, param: click.Parameter | None, ctx: click.Context | None) -> int:
        found = _SIZE_RE.fullmatch(str(value).strip())
        if not found:
            self.fail(f"{value!r} is no size; write it like 4GiB or 512M", param, ctx)
        return int(float(found["number"]) * _UNITS[found["unit"].upper()])


_OPTIONS = (
    OVERRIDES,
    FURNITURE,
    click.option(
        "--format",
        type=click.Choice(["auto", *FORMATS]),
        default="auto",
        show_default=True,
        help="json: a file for each document; jsonl, parquet: files for some hundred. auto: json under 2,000 documents.",
    ),
    click.option(
        "--runner",
        metavar="RUNNER",
        default="process",
        show_default=True,
        help="process:N worker processes (as many as cores), or dask:tcp://HOST:PORT.",
    ),
    click.option("--refresh", is_flag=True, help="Clean again what another version, or other options, have cleaned."),
    click.option("--wait", is_flag=True, help="Wait if another run is at work on the output."),
    click.option(
        "--seconds",
        metavar="N",
        type=click.FloatRange(min=0.1),
        default=SECONDS,
        show_default=True,
        help="Seconds that one document may take.",
    ),
    click.option(
        "--memory",
        metavar="SIZE",
        type=Size(),
        default=f"{MEMORY >> 30}GiB",
        show_default=True,
        help="Address space of a worker process.",
    ),
    click.option(
        "--batch",
        metavar="N",
        type=click.IntRange(1, 5000),
        default=BATCH_DOCUMENTS,
        show_default=True,
        help="Documents in a batch.",
    ),
    click.option("--state", metavar="DIR", default="", help="Folder of ledger and lock; .copydesk in the output by default."),
    click.option(
        "--ledger",
        metavar="URL",
        default="",
        help="Database of the ledger, as SQLAlchemy has it; SQLite in the state folder by default.",
    ),
)


def run_options(command: F) -> F:
    """Give a command the options of a run."""
    for option in reversed(_OPTIONS):
        command = option(command)
    return command


def split(how: Mapping[str, Any]) -> dict[str, Any]:
    """The options as `flows.run.clean_all` takes them."""
    return {name: value for name, value in how.items() if name not in FURTHER} | {
        "settings": {name: how[name] for name in FURTHER if name in how}
    }


def check_run(inputs: Sequence[str], output: str, how: Mapping[str, Any]) -> int:
    """See that a run can begin, before Prefect is started; the number of files.

    Raises `NothingToReadError`, `OutputError` and `ValueError`.
    """
    load_overrides(how["overrides"])
    load_furniture(how["furniture"])
    if not how["runner"].startswith("dask:"):
        runner_of(how["runner"])
    if is_url(output):
        if not how["state"]:
            raise ValueError("records go to an address, but ledger and lock need a folder here: name it with --state DIR")
        return len(find_sources(inputs))
    check_apart(inputs, Path(output))
    total = len(find_sources(inputs))
    prepare(Path(output))
    return total
