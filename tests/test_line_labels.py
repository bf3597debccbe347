"""The project's own line labels: whole pages, in order, by the scheme of the record."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from pipeline.document import Label

PAGES = [
    json.loads(line)
    for line in (Path(__file__).parents[1] / "benchmarks" / "line_labels.jsonl").read_text(encoding="utf-8").splitlines()
]


@pytest.mark.parametrize("page", PAGES, ids=lambda page: page["id"])
def test_ranges_tile_the_page(page: dict) -> None:
    expected = 1
    for first, last, label in page["labels"]:
        assert first == expected
        assert last >= first
        assert label != Label.BLANK
        assert Label(label) == label
        expected = last + 1


def test_no_page_is_labelled_twice() -> None:
    assert len({(page["set"], page["id"]) for page in PAGES}) == len(PAGES) == 835
