"""What was cleaned, by whom and with what result: tables in SQLite, one file in the output folder, or in PostgreSQL.

Only the flow writes here, in one thread. While a run is under way the ledger learns which batches it is cut into, no
more: what was done stands in their markers. So a run that was killed is cut again into the same batches. The markers are
entered when all are there, which can be done again from the start, and was, if the run was killed there.
"""

from __future__ import annotations

import json
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any, NamedTuple

import sqlalchemy as sa

from flows.work import MADE_BY, Format, Made, Part

TABLES = """
CREATE TABLE IF NOT EXISTS runs (number INTEGER PRIMARY KEY, key TEXT NOT NULL, settings TEXT NOT NULL, made_by TEXT NOT NULL,
  format TEXT NOT NULL, state TEXT NOT NULL, started TEXT NOT NULL, ended TEXT, ok BIGINT, rejected BIGINT, unchanged BIGINT);
CREATE TABLE IF NOT EXISTS sources (file TEXT PRIMARY KEY, id BIGINT NOT NULL, path TEXT NOT NULL, place TEXT NOT NULL,
  fingerprint TEXT NOT NULL, run BIGINT NOT NULL, documents BIGINT NOT NULL,
  next_fingerprint TEXT NOT NULL, next_run BIGINT NOT NULL, next_documents BIGINT NOT NULL);
CREATE INDEX IF NOT EXISTS places ON sources (place);
CREATE UNIQUE INDEX IF NOT EXISTS ids ON sources (id);
CREATE TABLE IF NOT EXISTS documents (source BIGINT NOT NULL, number BIGINT NOT NULL, member TEXT, id TEXT NOT NULL, size BIGINT NOT NULL,
  run BIGINT NOT NULL, state TEXT NOT NULL, reason TEXT, format TEXT NOT NULL, language TEXT, place TEXT NOT NULL, line BIGINT NOT NULL,
  sha256 TEXT NOT NULL, attempts BIGINT NOT NULL, PRIMARY KEY (source, number));
CREATE TABLE IF NOT EXISTS parts (place TEXT PRIMARY KEY, documents BIGINT NOT NULL, size BIGINT NOT NULL, sha256 TEXT NOT NULL);
CREATE TABLE IF NOT EXISTS batches (number INTEGER PRIMARY KEY, key TEXT NOT NULL);
CREATE TABLE IF NOT EXISTS stale (place TEXT NOT NULL, line BIGINT NOT NULL, PRIMARY KEY (place, line))
"""

CHUNK = 500
"""Names in one question to the database."""

ROWS = 10_000
"""Rows that are fetched at a time."""

FORGOTTEN = -1
"""The run of a document or source that is to be cleaned again."""


class SourceRow(NamedTuple):
    """What is known of a source file; `fingerprint` tells whether it changed, `documents` how many it holds.

    The table also has what the run under way has seen of it, as `next_...`; that counts once the run is finished, so that
    a run which is taken up again sees what it saw at first.
    """

    id: int
    place: str
    fingerprint: str
    run: int
    documents: int


class DocumentRow(NamedTuple):
    """What is known of a document of a source file."""

    number: int
    id: str
    run: int
    reason: str | None


@dataclass(frozen=True, slots=True)
class Run:
    """A run: `key` tells whether another would do the same, `state` is one of `running`, `closing`, `finished`, `stopping`, `interrupted`.

    A run that is closing has all its markers; one that is stopping will never have them, as the next run does something else.
    """

    number: int
    key: str
    settings: dict[str, Any]
    made_by: str
    format: Format | None
    state: str
    started: str
    ended: str | None
    ok: int
    rejected: int
    unchanged: int


class Ledger:
    """The tables; `url` is one of SQLAlchemy. Raises `sqlalchemy.exc.SQLAlchemyError`."""

    def __init__(self, url: str) -> None:
        self.engine = sa.create_engine(url)
        self.lite = self.engine.dialect.name == "sqlite"
        self.base = self.engine.connect()
        if self.lite:
            for setting in ("journal_mode=WAL", "synchronous=FULL", "busy_timeout=30000"):
                self.base.exec_driver_sql(f"PRAGMA {setting}")
        for statement in TABLES.split(";"):
            self.base.execute(sa.text(statement))
        self.base.commit()
        self.ids: dict[str, int] = {}
        self.last_id = int(self._one("SELECT COALESCE(MAX(id), 0) FROM sources"))

    def close(self) -> None:
        """Let go of the database."""
        self.base.close()
        self.engine.dispose()

    def commit(self) -> None:
        """Keep what was written since the last call, also if power is lost."""
        self.base.commit()

    def _do(self, statement: str, rows: Mapping[str, Any] | Sequence[Mapping[str, Any]] | None = None) -> sa.CursorResult[Any]:
        return self.base.execute(sa.text(statement), rows)

    def _one(self, statement: str, row: Mapping[str, Any] | None = None) -> Any:
        return self._do(statement, row).scalar()

    # runs

    def runs(self) -> list[Run]:
        """All runs, in order."""
        rows = self._do("SELECT * FROM runs ORDER BY number").mappings()
        return [Run(**dict(row) | {"settings": json.loads(row["settings"]), "format": row["format"] or None}) for row in rows]

    def begin(self, key: str, settings: Mapping[str, Any], format_: Format | None) -> Run:
        """The run to do now: the one that was not finished, if it would do the same, or a new one.

        A run that is not finished and would do something else must have been closed before.
        """
        runs = self.runs()
        last = runs[-1] if runs else None
        if last and last.state == "running" and last.key == key:
            return last
        number = last.number + 1 if last else 1
        row = {"number": number, "key": key, "settings": json.dumps(settings), "made_by": MADE_BY, "started": now()}
        self._do(
            "INSERT INTO runs (number, key, settings, made_by, format, state, started, ok, rejected, unchanged) "
            "VALUES (:number, :key, :settings, :made_by, :format, 'running', :started, 0, 0, 0)",
            row | {"format": format_ or ""},
        )
        self.commit()
        return self.runs()[-1]

    def settle(self, run: int, format_: Format) -> None:
        """Note the format that a run decided to write."""
        self._do("UPDATE runs SET format = :format WHERE number = :n", {"format": format_, "n": run})
        self.commit()

    def turn(self, run: int, state: str) -> None:
        """Note the state of a run."""
        self._do("UPDATE runs SET state = :state WHERE number = :n", {"n": run, "state": state})
        self.commit()

    def cut(self, number: int, key: str) -> None:
        """Note a batch of the run under way."""
        self._do(
            "INSERT INTO batches (number, key) VALUES (:n, :key) ON CONFLICT (number) DO UPDATE SET key = excluded.key",
            {"n": number, "key": key},
        )
        self.commit()

    def cut_ends(self, batches: int) -> None:
        """Note that there are no more batches than these."""
        self._do("DELETE FROM batches WHERE number > :n", {"n": batches})
        self.commit()

    def keys(self) -> list[str]:
        """The keys of the batches of the run under way, in order."""
        return list(self._do("SELECT key FROM batches ORDER BY number").scalars())

    def close_run(self, run: int) -> None:
        """Let what a run has seen of the sources count: their documents beyond the last are gone."""
        row = {"n": run}
        gone = "FROM documents WHERE source = :s AND number >= :k"
        shorter = self._do(
            "SELECT id AS s, next_documents AS k FROM sources WHERE next_run = :n AND documents > next_documents", row
        )
        for source in [dict(row) for row in shorter.mappings()]:
            self._stale(f"SELECT place, line {gone}", source)
            self._do(f"DELETE {gone}", source)
        self._do(
            "UPDATE sources SET fingerprint = next_fingerprint, run = next_run, documents = next_documents WHERE next_run = :n",
            row,
        )
        self._leave("next_run = :n", row)
        self._do(
            "UPDATE sources SET run = :f WHERE id IN (SELECT source FROM documents WHERE run = :n AND reason = 'unreadable')",
            row | {"f": FORGOTTEN},
        )

    def _leave(self, taken_by: str, row: Mapping[str, Any]) -> None:
        """Drop source files that are gone and whose places others have taken, with their documents."""
        taken = f"SELECT place FROM sources WHERE {taken_by}"  # noqa: S608 (of this module)
        gone = self._do(f"SELECT id AS s FROM sources WHERE place IN ({taken}) AND NOT ({taken_by})", row)  # noqa: S608
        for source in [dict(found) for found in gone.mappings()]:
            self._stale("SELECT place, line FROM documents WHERE source = :s", source)
            self._do("DELETE FROM documents WHERE source = :s", source)
            self._do("DELETE FROM sources WHERE id = :s", source)

    def count(self, run: int, ok: int, rejected: int, unchanged: int) -> None:
        """Note the numbers of a run."""
        self._do(
            "UPDATE runs SET ok = :ok, rejected = :rejected, unchanged = :unchanged WHERE number = :n",
            {"n": run, "unchanged": unchanged, "ok": ok, "rejected": rejected},
        )
        self.commit()

    def finish(self, run: int, state: str) -> None:
        """Note that a run is over."""
        self._do("DELETE FROM batches")
        self._do("UPDATE runs SET state = :state, ended = :ended WHERE number = :n", {"n": run, "state": state, "ended": now()})
        self.commit()

    def orphan(self, rows: Sequence[Made]) -> None:
        """Note records that a batch wrote which is not one of the run, after all."""
        self._stale("VALUES (:place, :line)", [{"place": row.place, "line": row.line} for row in rows])

    def _stale(self, query: str, rows: Any) -> None:
        """Note records, by place and line, that may stand for no document any more."""
        start, end = ("INSERT OR IGNORE", "") if self.lite else ("INSERT", " ON CONFLICT DO NOTHING")
        self._do(f"{start} INTO stale {query}{end}", rows)

    # what is known

    def sources(self, files: Sequence[str]) -> dict[str, SourceRow]:
        """What is known of some source files, by their `quoted` names."""
        found: dict[str, SourceRow] = {}
        for at in range(0, len(files), CHUNK):
            asked = sa.text("SELECT file, id, place, fingerprint, run, documents FROM sources WHERE file IN :files")
            asked = asked.bindparams(sa.bindparam("files", expanding=True))
            rows = self.base.execute(asked, {"files": [quoted(file) for file in files[at : at + CHUNK]]})
            found |= {file: SourceRow(*row) for file, *row in rows.tuples()}
        return found

    def owners(self, places: Sequence[str]) -> dict[str, str]:
        """The source files, by their `quoted` names, whose records have these places."""
        asked = sa.text("SELECT place, file FROM sources WHERE place IN :places")
        asked = asked.bindparams(sa.bindparam("places", expanding=True))
        return dict(self.base.execute(asked, {"places": list(places)}).tuples().all())

    def documents(self, source: int) -> Iterator[DocumentRow]:
        """What is known of the documents of a source file, in order."""
        last = -1
        while True:
            rows = self._do(
                "SELECT number, id, run, reason FROM documents WHERE source = :s AND number > :last ORDER BY number LIMIT :k",
                {"s": source, "last": last, "k": ROWS},
            ).tuples()
            chunk = [DocumentRow(*row) for row in rows]
            yield from chunk
            if len(chunk) < ROWS:
                return
            last = chunk[-1].number

    def has_documents(self, source: int) -> bool:
        """Whether documents of a source file were cleaned before, if only by a run that was interrupted."""
        return self._one("SELECT 1 FROM documents WHERE source = :s LIMIT 1", {"s": source}) is not None

    def has_other(self, source: int, runs: Iterable[int]) -> bool:
        """Whether documents of a source file were cleaned in runs that are not these."""
        asked = sa.text("SELECT 1 FROM documents WHERE source = :s AND run NOT IN :runs LIMIT 1")
        asked = asked.bindparams(sa.bindparam("runs", expanding=True))
        return self.base.execute(asked, {"s": source, "runs": [*runs, -2]}).scalar() is not None

    def saw(self, file: str, path: str, place: str, fingerprint: str, run: int, documents: int) -> None:
        """Note that a run has read a source file to its end."""
        row = {"s": self.id_of(file), "path": path, "place": place, "fingerprint": fingerprint, "run": run, "k": documents}
        self._do(
            "UPDATE sources SET path = :path, place = :place, next_fingerprint = :fingerprint, next_run = :run, "
            "next_documents = :k WHERE id = :s",
            row,
        )

    def id_of(self, file: str) -> int:
        """The number by which a source file goes in the ledger."""
        if file not in self.ids:
            known = self._one("SELECT id FROM sources WHERE file = :file", {"file": quoted(file)})
            if known is None:
                known = self.last_id = self.last_id + 1
                self._do(
                    "INSERT INTO sources VALUES (:file, :id, '', '', '', -1, 0, '', -1, 0)",
                    {"file": quoted(file), "id": known},
                )
            if len(self.ids) >= ROWS:
                self.ids.clear()
            self.ids[file] = int(known)
        return self.ids[file]

    # what was done

    def enter(self, run: int, rows: Sequence[Made], parts: Sequence[Part]) -> None:
        """Take in what a batch has done; doing so again changes nothing. Records in other places become stale."""
        values = [
            {
                "source": self.id_of(row.file),
                "number": row.number,
                "member": row.member,
                "id": row.id,
                "size": row.size,
                "run": run,
                "state": row.status,
                "reason": row.reason,
                "format": row.format,
                "language": row.language,
                "place": row.place,
                "line": row.line,
                "sha256": row.sha256,
            }
            for row in rows
        ]
        if not values:
            return
        self._stale(
            "SELECT place, line FROM documents WHERE source = :source AND number = :number AND (place <> :place OR line <> :line)",
            values,
        )
        names = list(values[0])
        changes = ", ".join(f"{name} = excluded.{name}" for name in names if name not in ("source", "number"))
        self._do(
            f"INSERT INTO documents ({', '.join(names)}, attempts) VALUES ({', '.join(':' + n for n in names)}, 1) "  # noqa: S608
            f"ON CONFLICT (source, number) DO UPDATE SET {changes}, attempts = CASE WHEN documents.run = excluded.run "
            "THEN documents.attempts ELSE documents.attempts + 1 END",
            values,
        )
        for part in parts:
            self.put_part(part)
        self.commit()

    def put_part(self, part: Part) -> None:
        """Note a file of records."""
        self._do(
            "INSERT INTO parts (place, documents, size, sha256) VALUES (:place, :documents, :size, :sha256) "
            "ON CONFLICT (place) DO UPDATE SET documents = excluded.documents, size = excluded.size, sha256 = excluded.sha256",
            part._asdict(),
        )

    # what is left over

    def stale(self) -> dict[str, set[int]]:
        """Records that stand for no document any more: lines by file."""
        found: dict[str, set[int]] = {}
        asked = (
            "SELECT place, line FROM stale WHERE NOT EXISTS "
            "(SELECT 1 FROM documents WHERE documents.place = stale.place AND documents.line = stale.line)"
        )
        if self.lite:  # without an index on places: one pass over the documents instead of one for each row
            asked = "SELECT place, line FROM stale EXCEPT SELECT place, line FROM documents"
        for place, line in self._do(asked).tuples():
            found.setdefault(place, set()).add(line)
        return found

    def move(self, place: str, part: Part | None) -> None:
        """Note that the records of a file, those that are not stale, stand in another now, in the same order."""
        rows = self._do("SELECT source, number FROM documents WHERE place = :p ORDER BY line", {"p": place}).tuples().all()
        for line, (source, number) in enumerate(rows):
            self._do(
                "UPDATE documents SET place = :place, line = :line WHERE source = :s AND number = :n",
                {"place": part.place if part else "", "line": line, "s": source, "n": number},
            )
        self._do("DELETE FROM parts WHERE place = :p", {"p": place})
        self._do("DELETE FROM stale WHERE place = :p", {"p": place})
        if part:
            self.put_part(part)
        self.commit()

    def clear_stale(self) -> None:
        """Note that nothing is stale any more."""
        self._do("DELETE FROM stale")
        self.commit()

    def parts(self) -> list[Part]:
        """The files of records, in order."""
        return [Part(*row) for row in self._do("SELECT place, documents, size, sha256 FROM parts ORDER BY place").tuples()]

    def drop_part(self, place: str) -> None:
        """Forget a file of records."""
        self._do("DELETE FROM parts WHERE place = :p", {"p": place})

    def places(self) -> set[str]:
        """All files that hold records."""
        return set(self._do("SELECT DISTINCT place FROM documents").scalars())

    def records(self) -> Iterator[tuple[str, int, str]]:
        """Place, line and hash of all records, in order."""
        yield from self._do("SELECT place, line, sha256 FROM documents ORDER BY place, line").tuples()

    def counts(self) -> dict[str, dict[str, int]]:
        """Number of all documents by outcome, format and language."""
        outcome = "CASE WHEN state = 'ok' THEN 'ok' ELSE reason END"
        found = {}
        for kind, what in (("outcomes", outcome), ("formats", "format"), ("languages", "language")):
            rows = self._do(f"SELECT {what}, COUNT(*) FROM documents GROUP BY {what}").tuples()  # noqa: S608 (of the line above)
            found[kind] = dict(sorted((name, number) for name, number in rows if name is not None))
        return found

    # to be cleaned again

    def forget_rejected(self, reason: str | None) -> list[dict[str, Any]]:
        """See that rejected documents are cleaned again; the settings of the runs that rejected them."""
        where = "state = 'rejected'" + (" AND reason = :reason" if reason else "")
        row = {"reason": reason, "forgotten": FORGOTTEN}
        runs = set(self._do(f"SELECT DISTINCT run FROM documents WHERE {where}", row).scalars())  # noqa: S608
        self._do(
            f"UPDATE sources SET run = :forgotten WHERE id IN (SELECT source FROM documents WHERE {where})",  # noqa: S608
            row,
        )
        self._do(f"UPDATE documents SET run = :forgotten WHERE {where}", row)  # noqa: S608
        self.commit()
        known = self.runs()
        settings = [run.settings for run in known if run.number in runs]
        return settings or [run.settings for run in known[-1:] if FORGOTTEN in runs]

    def forget_places(self, missing: set[str]) -> None:
        """See that documents whose records are gone are cleaned again."""
        rows = self._do("SELECT source, number, place FROM documents").tuples()
        lost = [{"s": source, "n": number, "f": FORGOTTEN} for source, number, place in rows if place in missing]
        if lost:
            self._do("UPDATE documents SET run = :f WHERE source = :s AND number = :n", lost)
            self._do("UPDATE sources SET run = :f WHERE id = :s", lost)
        self._do("DELETE FROM parts WHERE place = :p", [{"p": place} for place in missing])
        self.commit()


def quoted(file: str) -> str:
    """A file name that a database takes, also one that is no UTF-8."""
    return file.encode("utf-8", "surrogateescape").decode("utf-8", "backslashreplace") if not file.isprintable() else file


def now() -> str:
    """The time, for people who look at the list of runs; no record has it."""
    return datetime.now(UTC).isoformat(timespec="seconds")
