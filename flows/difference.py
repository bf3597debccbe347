"""What changed between the records of two runs: by field, and by label, in counts and in examples."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from typing import Any

import msgspec

from flows.records import Place, each_record, name_of, read_record
from pipeline.record import Block, Record

NOT_COMPARED = {"schema_version", "id", "blocks", "fingerprints", "counts", "pipeline"}
COMPARED = tuple(name for name in Record.__struct_fields__ if name not in NOT_COMPARED)
"""Fields that count as a change; `blocks` are compared by label, and what made the record is not compared at all."""

SHORT = 100


@dataclass(frozen=True, slots=True)
class Change:
    """One change of one document: a field's old and new value, or a stretch's old and new label."""

    document: str
    old: str
    new: str


@dataclass(slots=True)
class Difference:
    """All that changed: documents by what became of them, and for each field and label change the examples first met."""

    examples: int = 3
    same: int = 0
    changed: int = 0
    gone: list[str] = field(default_factory=list)
    new: list[str] = field(default_factory=list)
    fields: Counter[str] = field(default_factory=Counter)
    labels: Counter[tuple[str, str]] = field(default_factory=Counter)
    characters: Counter[tuple[str, str]] = field(default_factory=Counter)
    shown: dict[str | tuple[str, str], list[Change]] = field(default_factory=dict)

    @property
    def differs(self) -> bool:
        """Whether anything changed."""
        return bool(self.changed or self.gone or self.new)

    def note(self, key: str | tuple[str, str], change: Change) -> None:
        """Keep an example, if there are not enough yet."""
        if len(self.shown.get(key, ())) < self.examples:
            self.shown.setdefault(key, []).append(change)


def compare(old: Sequence[Place], new: Sequence[Place], strangers: list[str], examples: int = 3) -> Difference:
    """Compare two runs, document by document; the same document is the one of the same name."""
    difference = Difference(examples)
    places = {name: place for name, place, _ in _named(old, strangers)}
    for name, _, record in _named(new, strangers):
        place = places.pop(name, None)
        if place is None:
            difference.new.append(name)
            continue
        before = read_record(place)
        if _compare(difference, name, before, record):
            difference.changed += 1
        else:
            difference.same += 1
    difference.gone = list(places)
    return difference


def _named(places: Sequence[Place], strangers: list[str]) -> Iterator[tuple[str, Place, Record]]:
    """Records by name; one that stands twice gets a number, in the order of the places."""
    seen: Counter[str] = Counter()
    for place, record in each_record(list(places), strangers):
        name = name_of(record)
        seen[name] += 1
        yield (name if seen[name] == 1 else f"{name} ({seen[name]})"), place, record


def _compare(difference: Difference, name: str, old: Record, new: Record) -> bool:
    changed = False
    if old.id != new.id:
        difference.fields["id"] += 1
        difference.note("id", Change(name, old.id, new.id))
        changed = True
    for key in COMPARED:
        before, after = getattr(old, key), getattr(new, key)
        if before != after:
            difference.fields[key] += 1
            difference.note(key, Change(name, *_shown(key, before, after)))
            changed = True
    moved = Counter[tuple[str, str]]()
    if old.id == new.id:
        for one, other, start, end in relabelled(old.blocks, new.blocks):
            pair = (one, other)
            moved[pair] += 1
            difference.characters[pair] += end - start
            difference.note(pair, Change(name, f"{start}:{end}", ""))
        difference.labels.update(moved)
    return changed or bool(moved)


def relabelled(old: Sequence[Block], new: Sequence[Block]) -> Iterator[tuple[str, str, int, int]]:
    """Stretches whose label changed, as (old, new, start, end); neighbours with the same change are one."""
    n = m = 0
    last: tuple[str, str, int, int] | None = None
    position = 0
    while n < len(old) and m < len(new):
        end = min(old[n].end, new[m].end)
        pair = (str(old[n].label), str(new[m].label))
        if pair[0] != pair[1]:
            if last and last[:2] == pair and last[3] == position:
                last = (*pair, last[2], end)
            else:
                if last:
                    yield last
                last = (*pair, position, end)
        position = end
        n += old[n].end == end
        m += new[m].end == end
    if last:
        yield last


def _shown(key: str, old: Any, new: Any) -> tuple[str, str]:
    """Two values cut to where they differ, so that an example fits on a line."""
    if key in ("evidence", "unknown") and isinstance(old, dict) and isinstance(new, dict):
        names = [name for name in dict.fromkeys((*old, *new)) if old.get(name) != new.get(name)]
        old, new = ({name: found.get(name) for name in names[:1]} for found in (old, new))
    one, other = (value if isinstance(value, str) else msgspec.json.encode(value).decode() for value in (old, new))
    same = next((n for n, (a, b) in enumerate(zip(one, other, strict=False)) if a != b), min(len(one), len(other)))
    at = max(0, same - SHORT // 3) if max(len(one), len(other)) > SHORT else 0
    return _cut(one, at), _cut(other, at)


def _cut(text: str, at: int) -> str:
    return ("…" if at else "") + text[at : at + SHORT] + ("…" if len(text) > at + SHORT else "")


def as_data(difference: Difference) -> dict[str, Any]:
    """The difference as plain data, counts first."""
    return {
        "documents": {
            "same": difference.same,
            "changed": difference.changed,
            "gone": len(difference.gone),
            "new": len(difference.new),
        },
        "fields": dict(difference.fields.most_common()),
        "labels": [
            {"old": old, "new": new, "stretches": number, "characters": difference.characters[old, new]}
            for (old, new), number in difference.labels.most_common()
        ],
        "gone": difference.gone,
        "new": difference.new,
        "examples": [
            {"document": change.document, "field": key, "old": change.old, "new": change.new}
            if isinstance(key, str)
            else {"document": change.document, "label": {"old": key[0], "new": key[1]}, "span": change.old}
            for key, found in difference.shown.items()
            for change in found
        ],
    }
