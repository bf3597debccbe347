"""What several test files share."""

from __future__ import annotations

import io
import os
import sys
from collections.abc import Callable, Iterator
from pathlib import Path
from types import SimpleNamespace
from typing import NamedTuple

import pytest

ROOT = Path(__file__).parent.parent
FIXTURES = ROOT / "fixtures"


def pytest_addoption(parser: pytest.Parser) -> None:
    parser.addoption("--update-goldens", action="store_true", help="rewrite fixtures/golden, then fail: read the diff in git")
    parser.addoption("--update-floors", action="store_true", help="raise the floors of fixtures/quality, then fail; lowers none")


@pytest.fixture(scope="session")
def prefect_server() -> Iterator[None]:
    """One throw-away Prefect server for all flow tests: it takes 10 s to start."""
    from flows.run import PREFECT_DEFAULTS

    for name, value in PREFECT_DEFAULTS.items():
        os.environ.setdefault(name, value)
    from prefect.testing.utilities import prefect_test_harness

    with prefect_test_harness(server_startup_timeout=120):
        yield


class Result(NamedTuple):
    status: int
    out: str
    err: str


Command = Callable[..., Result]


@pytest.fixture
def copydesk(monkeypatch: pytest.MonkeyPatch, capsysbinary: pytest.CaptureFixture[bytes]) -> Command:
    """Call the command line in this process."""

    def call(*args: object, stdin: bytes = b"") -> Result:
        from flows import cli

        monkeypatch.setattr(sys, "argv", ["copydesk", *map(str, args)])
        monkeypatch.setattr(sys, "stdin", SimpleNamespace(buffer=io.BytesIO(stdin)))
        with pytest.raises(SystemExit) as stop:
            cli.main()
        out, err = capsysbinary.readouterr()
        return Result(int(stop.value.code or 0), out.decode(), err.decode())

    return call


@pytest.fixture
def raw() -> list[Path]:
    """The five raw dumps."""
    return sorted((FIXTURES / "raw").glob("*.txt"))
