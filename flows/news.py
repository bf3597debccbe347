"""What is new since the last run: files by size and time of change, documents in files that changed by their hash.

The policy: a local file whose size and time of change (in nanoseconds) are as before is taken to be as it was, and is not
opened; an object elsewhere likewise by its ETag, or size and time. Any other file is read, and those of its documents
that have the same place in it and the same bytes are not cleaned again, unless other overrides or
another list of furniture were honoured then. Where nothing tells (plain https), all is read.
"""

from __future__ import annotations

import hashlib
import os
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import replace
from itertools import islice

from flows.ledger import CHUNK, DocumentRow, Ledger, Run, SourceRow, quoted
from flows.readers.remote import is_url
from flows.slices import Known
from flows.sources import SourceFile
from flows.work import MADE_BY
from pipeline.document import RejectionCode


class News(Known):
    """Asks the ledger; `refresh` asks for what another version or other settings have cleaned, too."""

    def __init__(self, ledger: Ledger, run: Run, *, refresh: bool) -> None:
        self.ledger = ledger
        self.run = run
        self.refresh = refresh
        before = [r for r in ledger.runs() if r.number != run.number]
        runs = [r for r in before if _told(r) == _told(run) and (not refresh or _same(r, run))]
        self.told_otherwise = any(_told(r) != _told(run) for r in before)
        self.kept = {r.number for r in runs}
        self.finished = {r.number for r in runs if r.state == "finished"}
        self.rows: dict[str, SourceRow] = {}
        self.prints: dict[str, str] = {}
        self.reading: tuple[str, Iterator[DocumentRow], DocumentRow | None] | None = None
        self.count = 0

    def look_up(self, sources: Iterable[SourceFile]) -> Iterator[SourceFile]:
        """The sources, with what is known of them at hand for the other methods."""
        waiting = iter(sources)
        while chunk := list(islice(waiting, CHUNK)):
            self.rows = self.ledger.sources([source.file for source in chunk])
            owners = self.ledger.owners([source.record for source in chunk])
            yield from (_apart(source, owners.get(source.record)) for source in chunk)

    def fingerprint(self, source: SourceFile) -> str:
        """The fingerprint of a file at the time when it was first asked for in this batch."""
        if source.file not in self.prints:
            self.prints[source.file] = fingerprint(source)
        return self.prints[source.file]

    def fingerprints(self, sources: Sequence[SourceFile]) -> list[str]:
        """Those of the files of a batch; only the last file can be in the next one too."""
        found = [self.fingerprint(source) for source in sources]
        last = sources[-1].file if sources else ""
        self.prints = {file: mark for file, mark in self.prints.items() if file == last or file not in {s.file for s in sources}}
        return found

    def unchanged(self, source: SourceFile) -> bool:
        row = self._row(source)
        mark = self.fingerprint(source)
        same = bool(row and mark and row.run in self.finished and row.place == source.record and row.fingerprint == mark)
        if same and row and (self.refresh or self.told_otherwise) and self.ledger.has_other(row.id, self.kept):
            same = False
        if same and row:
            self.count += row.documents
            del self.prints[source.file]
        return same

    def has_read(self, source: SourceFile) -> bool:
        row = self._row(source)
        return bool(row and (row.documents or self.ledger.has_documents(row.id)))

    def is_same(self, source: SourceFile, number: int, id_: str) -> bool:
        row = self._row(source)
        if row is None or row.place != source.record:
            return False
        if self.reading is None or self.reading[0] != source.file:
            self.reading = (source.file, self.ledger.documents(row.id), None)
        file, rows, at = self.reading
        while at is None or at.number < number:
            at = next(rows, DocumentRow(1 << 62, "", 0, None))
        self.reading = (file, rows, at)
        same = at.number == number and at.id == id_ and at.run in self.kept and at.reason != RejectionCode.UNREADABLE
        self.count += same
        return same

    def ends(self, source: SourceFile, documents: int) -> None:
        mark = self.fingerprint(source)
        self.ledger.saw(source.file, source.path, source.record, mark, self.run.number, documents)
        self.reading = None

    def _row(self, source: SourceFile) -> SourceRow | None:
        return self.rows.get(quoted(source.file))


def _apart(source: SourceFile, owner: str | None) -> SourceFile:
    """A source whose records do not take the places of another file's, which an earlier run has read, and which is there."""
    if owner in (None, quoted(source.file)) or not (is_url(str(owner)) or os.path.exists(str(owner))):
        return source
    mark = "~" + hashlib.sha256(quoted(source.file).encode()).hexdigest()[:8]
    return replace(source, record=source.record.removesuffix(".json") + mark + ".json", folder=source.folder + mark)


def _told(run: Run) -> tuple[str, ...]:
    """What a run was given to honour, overrides and furniture, as their hashes."""
    return tuple(str(run.settings.get(name, "")) for name in ("overrides_sha256", "furniture_sha256"))


def _same(run: Run, other: Run) -> bool:
    return run.made_by == MADE_BY and run.settings.get("options") == other.settings.get("options")


def fingerprint(source: SourceFile) -> str:
    """What changes when a file does, without reading it; empty if nothing tells."""
    if source.refused is not None:
        return ""
    if is_url(source.file):
        return _elsewhere(source.file)
    try:
        status = os.stat(source.file)
    except OSError:
        return ""
    return f"{status.st_size}:{status.st_mtime_ns}"


def _elsewhere(url: str) -> str:
    import fsspec.core  # noqa: PLC0415 (only where it is needed)

    fs, path = fsspec.core.url_to_fs(url)
    try:
        known = fs.info(path)
    except OSError:
        return ""
    when = next(
        (known[name] for name in ("ETag", "etag", "md5Hash", "LastModified", "mtime", "updated") if known.get(name)), None
    )
    return f"{known.get('size')}:{when}" if when else ""
