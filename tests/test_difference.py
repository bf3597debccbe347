"""What changed between two runs is counted, shown, and nothing else is."""

from __future__ import annotations

import json
import shutil
from pathlib import Path

import pytest
from conftest import Command
from hypothesis import given
from hypothesis import strategies as st

from flows.difference import relabelled
from pipeline.document import Label
from pipeline.record import Block

GOLDEN = Path(__file__).parent.parent / "fixtures" / "golden"


@pytest.fixture
def other(tmp_path: Path) -> Path:
    return Path(shutil.copytree(GOLDEN, tmp_path / "other"))


def edit(file: Path, **changes: object) -> None:
    file.write_text(json.dumps(json.loads(file.read_bytes()) | changes))


def test_the_same_records_do_not_differ(copydesk: Command, other: Path) -> None:
    for file in other.iterdir():
        edit(file, pipeline={"name": "copydesk", "version": "9.9", "rules": "99", "model": None})
    result = copydesk("diff", GOLDEN, other)
    assert (result.status, result.out) == (0, "documents: 5 same, 0 changed, 0 gone, 0 new\n")


def test_fields_labels_and_documents_are_counted(copydesk: Command, other: Path) -> None:
    files = sorted(other.iterdir())
    edit(files[0], title="Another \x1b[31m", tags=["a"])
    blocks = json.loads(files[1].read_bytes())["blocks"]
    first = next(block for block in blocks if block["label"] == "heading")
    edit(files[1], blocks=[block | {"label": "comments"} if block is first else block for block in blocks])
    edit(files[2], source=json.loads(files[2].read_bytes())["source"] | {"path": "new.txt"})
    result = copydesk("diff", GOLDEN, other)
    assert result.status == 1
    assert result.out.startswith("documents: 2 same, 2 changed, 1 gone, 1 new\n")
    assert "       1  title\n" in result.out
    assert f"       1  heading -> comments ({first['end'] - first['start']} characters)" in result.out
    assert "    + Another \\x1b[31m" in result.out
    assert "new: new.txt" in result.out
    assert copydesk("diff", GOLDEN, other, "--examples", "0").out.endswith("new: new.txt\n")


def test_json_has_the_same_counts(copydesk: Command, other: Path) -> None:
    edit(min(other.iterdir()), title="Another")
    result = copydesk("diff", GOLDEN, other, "--json")
    found = json.loads(result.out)
    assert result.status == 1
    assert found["documents"] == {"same": 4, "changed": 1, "gone": 0, "new": 0}
    assert found["fields"] == {"title": 1}
    assert found["examples"][0]["new"] == "Another"


def test_another_source_is_a_changed_id_and_no_change_of_labels(copydesk: Command, other: Path) -> None:
    edit(min(other.iterdir()), id="sha256:" + "0" * 64, blocks=[])
    found = json.loads(copydesk("diff", GOLDEN, other, "--json").out)
    assert (found["fields"], found["labels"]) == ({"id": 1}, [])


def test_a_folder_without_records_is_a_wrong_call(copydesk: Command, tmp_path: Path) -> None:
    assert copydesk("diff", GOLDEN, tmp_path).status == 2


def tiling(edges: list[int], labels: list[Label]) -> list[Block]:
    ends = sorted({*edges, 100})
    return [
        Block(start, end, labels[n % len(labels)], kept=False, evidence=[])
        for n, (start, end) in enumerate(zip([0, *ends], ends, strict=False))
        if start < end
    ]


tilings = st.builds(
    tiling, st.lists(st.integers(1, 99), max_size=6), st.lists(st.sampled_from([Label.TITLE, Label.DATE]), min_size=1, max_size=3)
)


@given(tilings, tilings)
def test_relabelled_stretches_are_just_the_characters_whose_label_changed(old: list[Block], new: list[Block]) -> None:
    def painted(blocks: list[Block]) -> list[str]:
        return [str(block.label) for block in blocks for _ in range(block.start, block.end)]

    expected = {n for n, (a, b) in enumerate(zip(painted(old), painted(new), strict=True)) if a != b}
    found = list(relabelled(old, new))
    assert {n for _, _, start, end in found for n in range(start, end)} == expected
    assert sum(end - start for _, _, start, end in found) == len(expected)
