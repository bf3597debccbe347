"""The texts that records were made from, found again below the run's input folder; each file is read once."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from itertools import chain
from pathlib import Path
from typing import NamedTuple

from flows.batch import found_in
from flows.readers.limits import Options
from flows.report.view import ends_with
from flows.sources import SourceFile
from pipeline.document import UnusablePayloadError
from pipeline.record import Record
from pipeline.verify import source_text


class Whence(NamedTuple):
    """Where a document was: its file's path below the input, its own id in it if that is a dump, the hash of its bytes."""

    path: str
    member: str | None
    id: str


def whence(record: Record) -> Whence | None:
    """Where a record's document was; `None` if the record does not say, or has no use for it."""
    path = record.source.path
    return Whence(path, record.source.member, record.id) if path and record.status == "ok" else None


def payloads(wanted: Mapping[int, Whence], source: Path, ways: Sequence[Options]) -> Iterator[tuple[int, bytes]]:
    """The bytes of documents with their numbers, file by file; what is not there, or no longer the same, is left out.

    A file is read in one way after the other, until all are found.
    """
    numbers: dict[str, dict[Whence, list[int]]] = {}
    for number, place in wanted.items():
        numbers.setdefault(place.path, {}).setdefault(place, []).append(number)
    for path, left in sorted(numbers.items()):
        file = _file(path, source.resolve())
        if file is None:
            continue
        for entry in chain.from_iterable(found_in(SourceFile(str(file), path, ""), way) for way in ways):
            if entry.refused is None:
                place = Whence(path, entry.payload.member, entry.id)
                yield from ((number, entry.payload.data) for number in left.pop(place, ()))
            if not left:
                break


def _file(path: str, root: Path) -> Path | None:
    try:
        file = root if root.is_file() else (root / path).resolve()
        return file if file.is_relative_to(root) and file.is_file() else None
    except (OSError, ValueError):
        return None


def text_in(record: Record, data: bytes) -> str | None:
    """The text to which a record's blocks belong, from its document's bytes; `None` if they do not belong to it."""
    try:
        text = source_text(record, data)
    except UnusablePayloadError:
        return None
    return text if ends_with(record.blocks, text) else None
