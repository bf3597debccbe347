"""One document for `copydesk clean`, `explain`, `text` and `verify`: a file, or a member of one."""

from __future__ import annotations

import sys
from collections.abc import Mapping
from contextlib import AbstractContextManager, nullcontext
from dataclasses import replace
from itertools import islice
from pathlib import Path
from typing import BinaryIO

from flows.readers import read
from flows.readers.entry import Entry, Origin
from flows.readers.limits import Options
from flows.sources import printable
from pipeline.record import Record


class ManyError(ValueError):
    """The file holds no document, or more than one, and none was named, or the named one is not in it."""


def one_entry(file: str, member: str | None, given: Mapping[str, str | None]) -> Entry:
    """The document in a file, or standard input for `-`; `given` goes before what the file says of it.

    Raises `ManyError`, and `OSError` if the file cannot be read.
    """
    stdin = file == "-"
    own = "stdin" if stdin else printable(Path(file).name)
    name = given.get("name") or own
    with _open(file) as stream:
        found, _ = read(stream, Origin(name, None if stdin else own, name if stdin else own), Options())
        if member is None:
            entries = list(islice(found, 2))
            if len(entries) != 1:
                what = "more than one document; name one with --member, or use 'copydesk run'" if entries else "no document"
                raise ManyError(f"{file!r} holds {what}")
            entry = entries[0]
        else:
            named = next((entry for entry in found if entry.payload.member == member), None)
            if named is None:
                raise ManyError(f"{file!r} holds no document {member!r}")
            entry = named
    payload = entry.payload
    known = replace(
        payload,
        url=given.get("url") or payload.url,
        charset=given.get("charset") or payload.charset,
        fetched_at=given.get("fetched_at") or payload.fetched_at,
    )
    return replace(entry, payload=known)


def bytes_of(record: Record, file: str) -> bytes:
    """The bytes in a file that a record was made from; those of the file itself if its reader finds no such document.

    Raises `ManyError` and `OSError`.
    """
    fallback = None
    with _open(file) as stream:
        for entry in read(stream, Origin(record.source.name, None, record.source.name), Options())[0]:
            if entry.payload.member != record.source.member:
                continue
            if entry.refused is None and entry.id == record.id:
                return entry.payload.data
            fallback = fallback or entry
    if fallback is not None and fallback.refused is None:
        return fallback.payload.data
    if record.source.member is not None:
        why = fallback.refused[1] if fallback and fallback.refused else "there is none"
        raise ManyError(f"no document {record.source.member!r} can be read from it: {why}")
    with _open(file) as stream:
        return stream.read()


def _open(file: str) -> AbstractContextManager[BinaryIO]:
    return nullcontext(sys.stdin.buffer) if file == "-" else Path(file).open("rb")
