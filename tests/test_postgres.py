"""The ledger in PostgreSQL: what SQLite does there, with a server of this machine that the tests start; skipped where there is none."""

from __future__ import annotations

import hashlib
import os
import shutil
import subprocess
import tempfile
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
import sqlalchemy as sa
from conftest import Command
from test_elsewhere import free_port, wait_for
from test_session import dump, once, state

INITDB, SERVER = shutil.which("initdb"), shutil.which("postgres")
USER = "postgres" if os.geteuid() == 0 else None


@pytest.fixture(scope="module")
def server() -> Iterator[str]:
    """The address of an empty database. The server refuses to run as root, so it has a user and a folder of its own."""
    pytest.importorskip("psycopg", reason="psycopg is not installed")
    if not (INITDB and SERVER):
        pytest.skip("no PostgreSQL here (initdb, postgres): apt-get install postgresql")
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        if USER:
            try:
                shutil.chown(folder, USER)
            except LookupError:
                pytest.skip("PostgreSQL does not run as root, and there is no user postgres")
        quiet: dict[str, Any] = {"stdout": subprocess.DEVNULL, "stderr": subprocess.DEVNULL, "user": USER, "cwd": folder}
        subprocess.run(
            [str(INITDB), "-D", "d", "-U", "test", "-A", "trust", "--no-sync", "--no-locale", "-E", "UTF8"], check=True, **quiet
        )
        port = free_port()
        process = subprocess.Popen([str(SERVER), "-D", "d", "-h", "127.0.0.1", "-p", str(port), "-k", name], **quiet)
        try:
            wait_for(port)
            yield f"postgresql+psycopg://test@127.0.0.1:{port}/"
        finally:
            process.terminate()
            process.wait(30)


@pytest.fixture
def ledger(server: str, request: pytest.FixtureRequest) -> str:
    """The address of a database of the test's own."""
    name = "db" + hashlib.sha256(request.node.name.encode()).hexdigest()[:12]
    engine = sa.create_engine(server + "postgres", isolation_level="AUTOCOMMIT")
    for _ in range(50):
        try:
            with engine.connect() as base:
                base.execute(sa.text(f"CREATE DATABASE {name}"))
            break
        except sa.exc.OperationalError:  # it is still starting up
            time.sleep(0.2)
    engine.dispose()
    return server + name


def tables(url: str) -> dict[str, list[tuple[object, ...]]]:
    """All that a ledger has, but for times and settings."""
    engine = sa.create_engine(url)
    asked = {
        "runs": "SELECT number, format, state, ok, rejected, unchanged FROM runs",
        "sources": "SELECT * FROM sources",
        "documents": "SELECT * FROM documents",
        "parts": "SELECT * FROM parts",
        "batches": "SELECT * FROM batches",
        "stale": "SELECT * FROM stale",
    }
    with engine.connect() as base:
        found = {name: sorted(tuple(row) for row in base.execute(sa.text(query))) for name, query in asked.items()}
    engine.dispose()
    return found


@pytest.mark.parametrize("form", ["json", "jsonl", "parquet"])
def test_the_ledger_is_the_same_there(tmp_path: Path, ledger: str, form: str) -> None:
    """A killed run, what is new, what changed, what became shorter, what is gone, and what someone has taken away."""
    source, outs = tmp_path / "in" / "dump.jsonl", (tmp_path / "lite", tmp_path / "out")
    more = ({}, {"ledger": ledger})
    other = tmp_path / "in" / "a\u0301 \u4e2d.txt"

    def both(limit: int = 1 << 30) -> None:
        done = [once(tmp_path / "in", out, limit, format=form, **how) for out, how in zip(outs, more, strict=True)]
        assert done[0] == done[1]
        assert state(outs[0]) == state(outs[1])
        assert tables(f"sqlite:///{outs[0]}/.copydesk/ledger.sqlite") == tables(ledger)

    dump(source, range(20))
    both(limit=1)
    both()
    dump(source, range(25))
    other.write_text("Some words of a text that stands alone in its file, as many do.")
    both()
    lines = source.read_text().splitlines(keepends=True)
    source.write_text("".join([*lines[:4], lines[5].replace("d5", "d4b"), *lines[5:18]]))
    both()
    other.unlink()
    for out in outs:
        next(path for path in sorted(out.rglob("*")) if path.suffix in (".json", ".zst", ".parquet")).unlink()
    both()
    both()


def test_the_commands_read_it(tmp_path: Path, ledger: str, copydesk: Command) -> None:
    source, out = dump(tmp_path / "in" / "dump.jsonl", range(10)), tmp_path / "out"
    once(source, out, ledger=ledger)
    assert "finished" in copydesk("runs", out, "--ledger", ledger).out
    found = copydesk("status", out, "--ledger", ledger, "--json").out
    assert '"outcomes": {"empty": 1, "ok": 9}' in found
    from flows.history import the_ledger

    with the_ledger(str(out), "", ledger) as (book, _):
        assert len(book.forget_rejected("empty")) == 1
    assert once(source, out, ledger=ledger) == {"cleaned": 1, "documents": 9}
