"""Reading back what a run wrote: a folder of records, one record, or a file of many, as lines or packed."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path

from flows.parts import ENDINGS, lines_of
from flows.work import Format
from pipeline.record import Record, from_json

DUPLICATES = "duplicates.jsonl"
"""What `copydesk duplicates` writes beside the records."""

LINES = (".jsonl", ".ndjson")
"""Endings of files that hold a record on each line."""


class NoRecordsError(ValueError):
    """There are no records where they were looked for; the message says where."""


@dataclass(frozen=True, slots=True)
class Place:
    """Where a record lies: the file, its name below the run's output, and the bytes in it (`None`: all of it).

    `line` is its place in a packed file of records, which has no bytes to name.
    """

    file: Path
    name: str
    start: int = 0
    length: int | None = None
    line: int | None = None

    def __str__(self) -> str:
        if self.line is not None:
            return f"{self.name}, record {self.line}"
        return self.name if self.length is None else f"{self.name}, byte {self.start}"


def find_records(output: str | Path) -> list[Place]:
    """Where the records of a run's output lie, in the order of their names; hidden files are passed over.

    Raises `NoRecordsError` if there are none, or the output cannot be read.
    """
    root = Path(output)
    try:
        places = [place for file, name in _files(root) for place in _places(file, name)]
    except OSError as error:
        raise NoRecordsError(f"cannot read {str(output)!r}: {error.strerror or error}") from error
    if not places:
        raise NoRecordsError(
            f"{str(output)!r} holds no records (*.json, *.jsonl, *.jsonl.zst, *.parquet); make some with 'copydesk run'"
        )
    return places


def _files(root: Path) -> Iterator[tuple[Path, str]]:
    if not root.is_dir():
        yield root, root.name
        return
    found = (file for file in root.rglob("*") if _may_hold(file) and file.is_file() and file != root / DUPLICATES)
    named = sorted((file.relative_to(root).as_posix(), file) for file in found)
    yield from ((file, name) for name, file in named if not any(part.startswith(".") for part in name.split("/")))


def _may_hold(file: Path) -> bool:
    return file.suffix in (".json", *LINES) or _packing(file) is not None


def _packing(file: Path) -> Format | None:
    """How records are packed in a file; `None` if they are not."""
    return next((format_ for format_, ending in ENDINGS.items() if file.name.endswith(ending)), None)


@lru_cache(maxsize=2)
def _unpacked(file: Path, format_: Format) -> list[bytes]:
    """The records of a packed file; raises `ValueError` and `OSError`."""
    return lines_of(file.read_bytes(), format_)


def _packed(file: Path, name: str, format_: Format) -> Iterator[Place]:
    try:
        yield from (Place(file, name, line=n) for n in range(len(_unpacked(file, format_))))
    except ValueError:
        yield Place(file, name, line=0)  # which says why when it is read


def _places(file: Path, name: str) -> Iterator[Place]:
    format_ = _packing(file)
    if format_:
        yield from _packed(file, name, format_)
        return
    if file.suffix not in LINES:
        file.stat()
        yield Place(file, name)
        return
    start = 0
    with file.open("rb") as lines:
        for line in lines:
            if line.strip():
                yield Place(file, name, start, len(line))
            start += len(line)


def read_record(place: Place) -> Record:
    """The record at a place; raises `ValueError` if what lies there is none, and `OSError` if it cannot be read."""
    format_ = _packing(place.file)
    if format_ and place.line is not None:
        return from_json(_unpacked(place.file, format_)[place.line])
    with place.file.open("rb") as file:
        file.seek(place.start)
        return from_json(file.read() if place.length is None else file.read(place.length))


def each_record(places: list[Place], strangers: list[str]) -> Iterator[tuple[Place, Record]]:
    """Every record with its place; a file that holds none is noted in `strangers`, with the reason, and passed over."""
    for place in places:
        try:
            record = read_record(place)
        except (ValueError, OSError) as error:
            strangers.append(f"{place}: {error}")
            continue
        yield place, record


def name_of(record: Record) -> str:
    """What a document is called: its path below the input, and its own name inside a dump."""
    path = record.source.path or record.source.name
    return f"{path}#{record.source.member}" if record.source.member else path
