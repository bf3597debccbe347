"""The end of a run: what stands for no document any more is taken away, and the manifest says what there is.

All of it can be done again: a run that is killed here is closed by the next one, with the same bytes.
"""

from __future__ import annotations

import hashlib
import json
from typing import Any

from flows.hands import MARKERS, from_marker, marker
from flows.ledger import Ledger, Run
from flows.parts import part_of, without
from flows.store import Store
from flows.work import MADE_BY, Format

MANIFEST = "MANIFEST"
"""Its name has no ending, as records have one."""


def close(store: Store, ledger: Ledger, run: Run, *, killed: bool) -> None:
    """Enter what a run has done into the ledger, tidy up, and write the manifest.

    Of a run that is `stopping` the batches that are done are kept. `killed` says that a run was killed before.
    """
    stopping = run.state == "stopping"
    format_ = run.format
    keys = ledger.keys()
    markers = set(store.names(MARKERS))
    done = [marker(key) for key in keys if marker(key) in markers]
    if not stopping and len(done) < len(keys):
        raise OSError(f"{len(keys) - len(done)} markers of finished batches are gone from {MARKERS}; run again with --refresh")
    for name in sorted(markers - set(done)):
        ledger.orphan(from_marker(store.read(name)).rows)
    for name in done:
        done_by = from_marker(store.read(name))
        ledger.enter(run.number, done_by.rows, done_by.parts)
    if not stopping:
        ledger.close_run(run.number)
    if format_ and (markers or not store.has(MANIFEST)):
        tidy(store, ledger, format_)
        store.write(MANIFEST, manifest(ledger, format_))
        store.sync()
    ledger.finish(run.number, "interrupted" if stopping else "finished")
    clear_markers(store)
    store.sweep(deep=killed)


def tidy(store: Store, ledger: Ledger, format_: Format) -> None:
    """Take away records that are stale, and files of records that no batch of this run has written."""
    for place, lines in sorted(ledger.stale().items()):
        if format_ == "json":
            store.remove(place)
        elif store.has(place):
            content, left = without(store.read(place), lines, format_)
            part = part_of(_next_name(place), left, content) if left else None
            if part:
                store.write(part.place, content)
            store.sync()
            ledger.move(place, part)
    ledger.clear_stale()
    if format_ != "json":
        _drop_orphans(store, ledger)
    store.sync()


def _drop_orphans(store: Store, ledger: Ledger) -> None:
    known = {part.place for part in ledger.parts()}
    used = ledger.places()
    for place in sorted(known - used):
        ledger.drop_part(place)
    for name in sorted(store.names()):
        if name.startswith("part-") and name not in used:
            store.remove(name)
    ledger.commit()


def _next_name(place: str) -> str:
    """The name of a file with some records left out: `part-000001-000004.jsonl.zst` -> `part-000001-000004-2.jsonl.zst`."""
    stem, dot, ending = place.partition(".")
    run, number, *edition = stem.removeprefix("part-").split("-")
    return f"part-{run}-{number}-{int(edition[0]) + 1 if edition else 2}{dot}{ending}"


def manifest(ledger: Ledger, format_: Format) -> bytes:
    """What the output holds: numbers, versions, and files with their hashes; the same records give the same bytes."""
    counts = ledger.counts()
    shape: dict[str, Any] = {"made_by": f"copydesk {MADE_BY}", "format": format_, "documents": sum(counts["outcomes"].values())}
    shape |= counts
    if format_ == "json":
        digest = hashlib.sha256()
        for place, _, sha in ledger.records():
            digest.update(f"{sha}  {place}\n".encode())
        shape["sha256"] = digest.hexdigest()
    else:
        shape["files"] = [part._asdict() for part in ledger.parts()]
    return (json.dumps(shape, indent=2, ensure_ascii=False) + "\n").encode()


def missing_places(store: Store, ledger: Ledger, format_: Format | None) -> set[str]:
    """Files of records that the ledger knows and someone has taken away."""
    places = ledger.places()
    if format_ == "json":
        return {place for place in places if not store.has(place)}
    return places - set(store.names())


def clear_markers(store: Store) -> None:
    """Take the markers of a finished run away."""
    for name in list(store.names(MARKERS)):
        store.remove(name)
