"""What is asked of a worker: one batch, as paths and ranges; and what it answers: one row a document.

Both are plain values that go through JSON, so that they pass to another process or machine and into files as they are.
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Sequence
from dataclasses import asdict, dataclass, replace
from typing import Any, Literal, NamedTuple

from flows.readers.limits import Options
from flows.slices import Slice
from flows.sources import SourceFile
from pipeline.document import RejectionCode
from pipeline.version import RULES, VERSION

Format = Literal["json", "jsonl", "parquet"]

FORMATS: tuple[Format, ...] = ("json", "jsonl", "parquet")

MADE_BY = f"{VERSION}, rules {RULES}"
"""What cleans, as the ledger remembers it: documents cleaned by another are what `--refresh` is about."""

SECONDS = 120.0
"""Time of one document; the slowest of real ones, at the limit of 32 MiB, take some 30 seconds."""

MEMORY = 6 << 30
"""Bytes of address space of a worker process: 64 MiB of documents, the models, and room for what parsing makes of them."""


@dataclass(frozen=True, slots=True)
class Protection:
    """Limits that a worker process is held to: `seconds` for a document, `memory` in bytes of address space."""

    seconds: float = SECONDS
    memory: int = MEMORY


@dataclass(frozen=True, slots=True)
class Work:
    """A batch to clean: its documents, how to read them, and where and how to write the records.

    `output` is a folder or an address; `apart` says that a process of its own does the work, held to `protection`;
    `key` names the marker that says that all of it is written; `overrides` is a file of people's corrections, with its hash,
    `furniture` likewise one of lines that recur.
    """

    name: str
    run: int
    number: int
    slices: tuple[Slice, ...]
    options: Options
    output: str
    format: Format
    apart: bool = True
    protection: Protection = Protection()
    key: str = ""
    overrides: str = ""
    overrides_sha256: str = ""
    furniture: str = ""
    furniture_sha256: str = ""

    @property
    def documents(self) -> int:
        """Number of documents."""
        return sum(part.count for part in self.slices)

    @property
    def part(self) -> str:
        """The name of the batch's own file, where records of a batch share one."""
        return f"part-{self.run:06d}-{self.number:06d}"

    def __str__(self) -> str:
        return self.name


def keyed(work: Work, fingerprints: Sequence[str]) -> Work:
    """The work with its key: the hash of all that the records are made of. `fingerprints` are those of its source files."""
    made_of = [MADE_BY, work.run, work.number, work.format, _slices(work.slices), asdict(work.options), list(fingerprints)]
    made_of += [work.overrides_sha256] if work.overrides_sha256 else []
    made_of += ["furniture", work.furniture_sha256] if work.furniture_sha256 else []
    return replace(work, key=hashlib.sha256(json.dumps(made_of).encode()).hexdigest()[:32])


def to_wire(work: Work) -> dict[str, Any]:
    """The work as JSON has it."""
    plain = ("name", "run", "number", "output", "format", "apart", "key")
    given = ("overrides", "overrides_sha256", "furniture", "furniture_sha256")
    shape = {name: getattr(work, name) for name in (*plain, *given)}
    more = {"slices": _slices(work.slices), "options": asdict(work.options), "protection": asdict(work.protection)}
    return shape | more


def from_wire(shape: dict[str, Any]) -> Work:
    """The work that `to_wire` was given."""
    slices = tuple(
        Slice(SourceFile(file, path, record, folder, (RejectionCode(refused[0]), refused[1]) if refused else None), first, count)
        for file, path, record, folder, refused, first, count in shape["slices"]
    )
    more = {"options": Options.of(shape["options"]), "protection": Protection(**shape["protection"])}
    return Work(**shape | {"slices": slices} | more)


def _slices(slices: Sequence[Slice]) -> list[list[Any]]:
    rows = []
    for part in slices:
        s = part.source
        rows.append([s.file, s.path, s.record, s.folder, list(s.refused) if s.refused else None, part.first, part.count])
    return rows


class Made(NamedTuple):
    """One document and its record, as markers and the ledger have it.

    `file` is the source file, `number` the document's place in it, `place` the record's file below the output folder,
    `line` its place in that file if it holds many, `sha256` the hash of the record's bytes, `stale` the number of
    overrides that no longer apply to it.
    """

    file: str
    path: str
    number: int
    member: str | None
    id: str
    size: int
    place: str
    line: int
    status: str
    reason: str | None
    message: str | None
    format: str
    language: str | None
    sha256: str
    stale: int = 0


class Part(NamedTuple):
    """A file that holds the records of a batch."""

    place: str
    documents: int
    size: int
    sha256: str
