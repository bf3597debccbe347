"""How the runs on an output read their dumps: limits, and names of fields. The ledger knows, if it lies with the records."""

from __future__ import annotations

import json
import sqlite3
from contextlib import closing
from pathlib import Path
from urllib.parse import quote

from flows.readers.limits import Options
from flows.store import HIDDEN


def readings(output: Path, fields: tuple[tuple[str, str], ...] = ()) -> list[Options]:
    """The ways to read a dump again, likeliest first: with the fields that are given, as the runs did, as by default."""
    given = [Options(fields=fields)] if fields else []
    return list(dict.fromkeys([*given, *_of_runs(output / HIDDEN / "ledger.sqlite"), Options()]))


def _of_runs(ledger: Path) -> list[Options]:
    """The options of the runs, the last one first; none if there is no ledger that can be read."""
    try:
        with closing(sqlite3.connect(f"file:{quote(str(ledger.resolve()))}?mode=ro", uri=True)) as book:
            rows = book.execute("SELECT settings FROM runs ORDER BY number DESC").fetchall()
        return [Options.of(json.loads(settings)["options"]) for (settings,) in rows]
    except (sqlite3.Error, ValueError, KeyError, TypeError):
        return []
