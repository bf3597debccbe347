"""`copydesk serve`: a schedule on one machine with nothing else: Prefect's server, the deployment and its worker in one."""

from __future__ import annotations

import os
import socket
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

import click

from flows.commands.say import CallError
from flows.log import as_json, log_option, tell
from flows.options import FlowError, check_run, run_options, split
from flows.outputs import OutputError
from flows.run import quiet_prefect
from flows.sources import NothingToReadError
from flows.terminal import visible

START = 120.0
"""Seconds in which the server must answer: a first start makes its database."""

PORT = 4200


@click.command("serve", short_help="Clean a source at set times, on this machine.")
@click.argument("inputs", metavar="SOURCE...", nargs=-1, required=True)
@click.option("-o", "--output", metavar="DIR", default="output", show_default=True, help="Folder for the records.")
@click.option("--cron", metavar="CRON", help="When to run, as cron has it: '0 3 * * *' is each night at three.")
@click.option("--every", metavar="SECONDS", type=click.IntRange(10), help="Run again and again: for a folder that fills.")
@click.option("--timezone", metavar="ZONE", default="UTC", show_default=True, help="Of --cron, as Europe/Paris.")
@click.option("--port", metavar="N", type=int, default=PORT, show_default=True, help="Of Prefect's server and its pages.")
@run_options
@log_option
def serve_command(
    inputs: tuple[str, ...], output: str, cron: str | None, every: int | None, timezone: str, port: int, **how: Any
) -> int:
    """Clean what is new in SOURCE at set times, until interrupted.

    Starts Prefect's server on this machine (its pages show each run), unless PREFECT_API_URL names one. A run that is due
    while another is at work waits for it.
    """
    if (cron is None) == (every is None):
        raise CallError("say when to run: --cron '0 3 * * *', or --every SECONDS")
    try:
        check_run(inputs, output, how)
    except NothingToReadError as error:
        tell(visible(f"nothing to read yet: {error}"))
    except (OutputError, ValueError) as error:
        raise CallError(str(error)) from error
    quiet_prefect()
    os.environ.pop("PREFECT_LOGGING_HANDLERS_CONSOLE_LEVEL", None)  # a service says what it does
    if as_json.get():
        os.environ["PREFECT_LOGGING_HANDLERS_CONSOLE_FORMATTER"] = "json"
    with server(port) as address:
        os.environ["PREFECT_API_URL"] = address
        _serve(inputs, output, cron, every, timezone, how)
    return 0


def _serve(inputs: tuple[str, ...], output: str, cron: str | None, every: int | None, timezone: str, how: dict[str, Any]) -> None:
    from prefect.schedules import Cron, Interval  # noqa: PLC0415 (as `run`: only where it is needed)

    from flows.clean_dump import clean_dump  # noqa: PLC0415
    from flows.session import absolute  # noqa: PLC0415

    schedule = Cron(cron, timezone=timezone) if cron else Interval(every or 0)
    parameters = split(how) | {
        "source": [absolute(name) for name in inputs],
        "output": absolute(output),
        "wait": True,
        "empty": True,
    }
    clean_dump.serve(name="served", schedule=schedule, parameters=parameters, limit=1, print_starting_message=False)


@contextmanager
def server(port: int) -> Iterator[str]:
    """The address of Prefect's server: the one that is set, or one that is started here and ends with us."""
    given = os.environ.get("PREFECT_API_URL")
    if given:
        yield given
        return
    with socket.socket() as trial:
        if trial.connect_ex(("127.0.0.1", port)) == 0:
            raise CallError(f"port {port} is in use; if Prefect's server is there, set PREFECT_API_URL, else choose --port")
    address = f"http://127.0.0.1:{port}/api"
    command = [sys.executable, "-m", "prefect", "server", "start", "--host", "127.0.0.1", "--port", str(port)]
    env = os.environ | {"PREFECT_SERVER_UI_API_URL": address}  # without, the pages are blank on any other port
    process = subprocess.Popen(command, env=env, stdout=subprocess.DEVNULL)  # noqa: S603 (this program's own parts)
    try:
        _wait(process, port)
        tell(f"the pages of all runs: http://127.0.0.1:{port}")
        yield address
    finally:
        process.terminate()
        try:
            process.wait(20)
        except subprocess.TimeoutExpired:
            process.kill()


def _wait(process: subprocess.Popen[bytes], port: int) -> None:
    import httpx  # noqa: PLC0415 (Prefect has it)

    ends = time.monotonic() + START
    while time.monotonic() < ends:
        if process.poll() is not None:
            raise FlowError(f"Prefect's server ended with status {process.returncode}; see 'copydesk doctor'")
        try:
            if httpx.get(f"http://127.0.0.1:{port}/api/health", timeout=2).status_code == httpx.codes.OK:
                return
        except httpx.HTTPError:
            pass
        time.sleep(0.3)
    raise FlowError(f"Prefect's server did not answer within {START:g} seconds")


COMMANDS = (serve_command,)
