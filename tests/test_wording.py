"""Every wording entry matches its example and leaves its counter-example alone."""

from __future__ import annotations

import pytest

from pipeline import wording
from pipeline.document import CHROME, Label

ENTRIES = wording.entries()
ALLOWED = wording.SIGNS | {str(label) for label in CHROME | {Label.AUTHOR_BIO, Label.TAGS, Label.CAPTION}}


@pytest.mark.parametrize("language", sorted({e.language for e in ENTRIES}))
def test_example_matches_and_counter_example_does_not(language: str) -> None:
    wrong = []
    for entry in (e for e in ENTRIES if e.language == language):
        if entry.proofs.count("\t") != 1:
            wrong.append(f"{entry.sign} {entry.where} {entry.wording!r} has not five cells")
            continue
        if entry.sign not in ALLOWED:
            wrong.append(f"unknown sign {entry.sign!r} of {entry.wording!r}")
        if not any(hit.entry is entry for hit in wording.find_in(entry.example)):
            wrong.append(f"{entry.sign} {entry.where} {entry.wording!r} misses its example {entry.example!r}")
        if not entry.counter_example or any(hit.entry is entry for hit in wording.find_in(entry.counter_example)):
            wrong.append(f"{entry.sign} {entry.where} {entry.wording!r} hits its counter-example {entry.counter_example!r}")
    assert not wrong, "\n".join(wrong)


def test_no_entry_stands_twice() -> None:
    seen: set[tuple[object, ...]] = set()
    twice = []
    for e in ENTRIES:
        key = (e.sign, e.where, e.tokens, e.prefix, e.language)
        if key in seen:
            twice.append(key)
        seen.add(key)
    assert not twice
