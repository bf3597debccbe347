"""`copydesk duplicates`: groups of documents with the same or nearly the same main content, listed beside the records.

Nothing is deleted or changed. Groups are those that hold together by pairs: the same hash of the words, or SimHashes that
differ in at most `NEAR` bits. The result does not depend on the order in which records are read.
"""

from __future__ import annotations

import json
from collections import defaultdict
from collections.abc import Iterable, Iterator
from itertools import pairwise
from pathlib import Path
from typing import NamedTuple

import click
import numpy as np

from flows.commands.say import CallError
from flows.outputs import write_atomically
from flows.parts import lines_of
from flows.records import DUPLICATES
from pipeline.record import Record, from_json

NEAR = 6
"""Bits of 64 in which near duplicates may differ: a changed word or an added line in an article turns up to five. Of a million
documents that have nothing to do with each other two pairs are as near by chance."""

BANDS = 7
"""Parts of a SimHash; one more than `NEAR`, so that two near ones agree in one part at least."""

WORDS = 30
"""Words below which a text is too short to be told from others by a SimHash."""

BITS = np.array([n.bit_count() for n in range(256)], dtype=np.uint8)

NAME = DUPLICATES


class Member(NamedTuple):
    """A document of a group, in the order of choice: dated ones first, the oldest of them, then by path."""

    undated: bool
    date: str
    path: str
    member: str
    id: str
    sha256: str
    simhash: int
    words: int


def member_of(record: Record) -> Member | None:
    """What groups are made of; `None` if the document has no text."""
    if record.fingerprints is None or record.counts is None or not record.counts.words:
        return None
    source, date = record.source, record.date_published or ""
    place = (source.path or source.name, source.member or "", record.id)
    return Member(
        not date, date, *place, record.fingerprints.text_sha256, int(record.fingerprints.simhash64, 16), record.counts.words
    )


def groups(members: Iterable[Member]) -> list[list[Member]]:
    """Groups of two or more, each with the one to prefer first, in order."""
    found = sorted(members)
    same: defaultdict[str, list[int]] = defaultdict(list)
    hashes: defaultdict[int, list[int]] = defaultdict(list)
    for n, one in enumerate(found):
        same[one.sha256].append(n)
        if one.words >= WORDS:
            hashes[one.simhash].append(n)
    roots = list(range(len(found)))
    for alike in [*same.values(), *hashes.values()]:
        for n in alike[1:]:
            _join(roots, alike[0], n)
    for one_hash, other in _near(list(hashes)):
        _join(roots, hashes[one_hash][0], hashes[other][0])
    grouped: defaultdict[int, list[Member]] = defaultdict(list)
    for n, one in enumerate(found):
        grouped[_root(roots, n)].append(one)
    return [group for group in grouped.values() if len(group) > 1]


def _near(hashes: list[int]) -> Iterator[tuple[int, int]]:
    """Pairs that differ in few bits: they agree in one band at least, so only those that do are compared."""
    values = np.array(hashes, dtype=np.uint64)
    edges = [64 * n // BANDS for n in range(BANDS + 1)]
    for low, high in pairwise(edges):
        keys = values >> np.uint64(low) & np.uint64((1 << (high - low)) - 1)
        order = np.argsort(keys, kind="stable")
        ends = np.searchsorted(keys[order], keys[order], side="right")
        ordered = values[order]
        for at, end in enumerate(ends):
            unlike = (ordered[at] ^ ordered[at + 1 : end]).view(np.uint8).reshape(-1, 8)
            for k in np.flatnonzero(BITS[unlike].sum(axis=1) <= NEAR):
                yield int(ordered[at]), int(ordered[at + 1 + k])


def _root(roots: list[int], n: int) -> int:
    while roots[n] != n:
        roots[n] = n = roots[roots[n]]
    return n


def _join(roots: list[int], a: int, b: int) -> None:
    low, high = sorted((_root(roots, a), _root(roots, b)))
    roots[high] = low


def records(folder: Path) -> Iterator[Record]:
    """All records in an output folder, in whatever form."""
    for path in sorted(folder.rglob("*.json")):
        if ".copydesk" not in path.parts:
            yield from_json(path.read_bytes())
    for path in sorted([*folder.glob("part-*.jsonl.zst"), *folder.glob("part-*.parquet")]):
        yield from map(from_json, lines_of(path.read_bytes(), "jsonl" if path.name.endswith(".zst") else "parquet"))


@click.command("duplicates", short_help="List documents with the same or nearly the same text.")
@click.argument("output", metavar="DIR", default="output")
def duplicates_command(output: str) -> int:
    """List the documents in the output DIR whose main content is the same or nearly the same.

    Writes DIR/duplicates.jsonl, a line for each group: the document to prefer, which is the oldest dated one, and the others.
    No record is changed.
    """
    folder = Path(output)
    if not folder.is_dir():
        raise CallError(f"there is no folder {output!r}")
    found = groups(member for member in map(member_of, records(folder)) if member)
    shape = (
        {"prefer": _named(first), "exact": len({one.sha256 for one in (first, *rest)}) == 1, "others": [*map(_named, rest)]}
        for first, *rest in found
    )
    write_atomically(folder / NAME, "".join(json.dumps(row, ensure_ascii=False) + "\n" for row in shape).encode())
    click.echo(f"{len(found):,} groups of {sum(map(len, found)):,} documents in {folder / NAME}")
    return 0


def _named(one: Member) -> dict[str, str | None]:
    return {"path": one.path, "member": one.member or None, "id": one.id}


COMMANDS = (duplicates_command,)
