"""`copydesk doctor`: whether this machine and environment are fit for runs."""

from __future__ import annotations

import os
import shutil
import sys
from collections.abc import Iterator
from importlib.metadata import PackageNotFoundError, version
from pathlib import Path
from typing import NamedTuple

import click

from flows.options import FAILED
from flows.run import PREFECT_DEFAULTS
from flows.terminal import visible
from pipeline.version import RULES, VERSION

NEWEST = {"fastapi": ((0, 151), "its first flow fails"), "sqlalchemy": ((2, 1), "schedules are shown as active and never run")}
"""Versions from which on libraries break Prefect without a word, and how it shows."""

PREFECT = ((3, 8), (3, 9))

ROOM = 2 << 30
"""Bytes that should be free where records are written."""

QUIET = ("PREFECT_SERVER_ANALYTICS_ENABLED", "DO_NOT_TRACK")


class Finding(NamedTuple):
    """What was looked at, what was found, and what to do if that is not well."""

    what: str
    found: str
    todo: str = ""


def examine(output: str) -> Iterator[Finding]:
    """Look at all that runs need."""
    yield Finding("copydesk", f"{VERSION}, rules {RULES}")
    python = ".".join(map(str, sys.version_info[:3]))
    yield Finding("Python", python, "" if (3, 11) <= sys.version_info < (3, 14) else "use Python 3.11, 3.12 or 3.13")
    yield _prefect()
    for name, (limit, harm) in NEWEST.items():
        found = _version(name)
        ok = bool(found) and _numbers(found)[:2] < limit
        yield Finding(
            name, found or "missing", "" if ok else f"pip install '{name}<{'.'.join(map(str, limit))}': with this one {harm}"
        )
    yield _plug_in()
    for name in QUIET:
        set_to = os.environ.get(name, PREFECT_DEFAULTS[name])
        loud = set_to.lower() in ("true", "1") if name != "DO_NOT_TRACK" else set_to.lower() not in ("true", "1")
        yield Finding("no calls out", f"{name}={set_to}", f"set {name}={PREFECT_DEFAULTS[name]}" if loud else "")
    yield _server()
    yield _room(output)
    for extra, name in (("dask", "prefect-dask"), ("remote", "fsspec"), ("s3://", "s3fs")):
        yield Finding(f"extra {extra}", _version(name) or "not installed")


def _prefect() -> Finding:
    found = _version("prefect")
    ok = bool(found) and PREFECT[0] <= _numbers(found)[:2] < PREFECT[1]
    return Finding("prefect", found or "missing", "" if ok else "pip install 'prefect>=3.8.8,<3.9'")


def _plug_in() -> Finding:
    from flows.prefect_run import fault  # noqa: PLC0415 (it looks at Prefect)

    said = fault()
    return Finding("prefect run", "can be added" if said is None else "not available", said or "")


def _server() -> Finding:
    address = os.environ.get("PREFECT_API_URL")
    if not address:
        return Finding("Prefect's server", "none set: each run starts its own")
    import httpx  # noqa: PLC0415 (Prefect has it)

    try:
        status = httpx.get(f"{address.rstrip('/')}/health", timeout=5).status_code
    except httpx.HTTPError as error:
        return Finding(
            "Prefect's server", f"{address}: {error}", "start it with 'prefect server start', or unset PREFECT_API_URL"
        )
    return Finding("Prefect's server", f"{address}: status {status}", "" if status == httpx.codes.OK else "look at its log")


def _room(output: str) -> Finding:
    folder = Path(output).resolve()
    while not folder.exists():
        folder = folder.parent
    free = shutil.disk_usage(folder).free
    todo = "" if free >= ROOM else "make room, or choose another --output"
    if not os.access(folder, os.W_OK):
        todo = "choose another --output: this one cannot be written"
    return Finding("room for records", f"{free / (1 << 30):.1f} GiB in {folder}", todo)


def _version(name: str) -> str:
    try:
        return version(name)
    except PackageNotFoundError:
        return ""


def _numbers(found: str) -> tuple[int, ...]:
    parts = []
    for part in found.split("."):
        if not part.isdigit():
            break
        parts.append(int(part))
    return tuple(parts)


@click.command("doctor", short_help="See whether this machine is fit for runs.")
@click.option("-o", "--output", metavar="DIR", default="output", show_default=True, help="Folder for the records.")
def doctor_command(output: str) -> int:
    """See whether this machine and its Python environment are fit for runs.

    Exit status: 0 if they are, 3 if something is to be done; it is said what.
    """
    findings = list(examine(output))
    for finding in findings:
        click.echo(visible(f"{'!!' if finding.todo else 'ok'}  {finding.what}: {finding.found}"))
        if finding.todo:
            click.echo(visible(f"      {finding.todo}"))
    return FAILED if any(finding.todo for finding in findings) else 0


COMMANDS = (doctor_command,)
