"""What a run reads: files, folders, globs, links; nothing is passed over in silence."""

from __future__ import annotations

import os
from pathlib import Path
from typing import Any

import pytest

from flows.outputs import OutputError, check_apart
from flows.sources import NothingToReadError, find_sources
from pipeline.document import RejectionCode


def make(folder: Path, *names: str) -> Path:
    for name in names:
        (folder / name).parent.mkdir(parents=True, exist_ok=True)
        (folder / name).write_bytes(b"Words.")
    return folder


def refusals(folder: Path) -> dict[str, RejectionCode | None]:
    return {source.path: source.refused and source.refused[0] for source in find_sources([str(folder)])}


def test_a_folder_is_read_with_its_subfolders_and_without_what_is_hidden(tmp_path: Path) -> None:
    make(tmp_path, "b.txt", "a.txt", "sub/c.html", ".hidden", ".git/config")
    sources = find_sources([str(tmp_path)])
    assert [s.path for s in sources] == ["a.txt", "b.txt", "sub/c.html"]
    assert [s.record for s in sources] == ["a.json", "b.json", "sub/c.html.json"]


def test_a_file_that_is_named_twice_is_read_once(tmp_path: Path) -> None:
    make(tmp_path, "a.txt")
    assert len(find_sources([str(tmp_path), str(tmp_path / "a.txt"), f"{tmp_path}/*.txt"])) == 1


def test_files_with_one_name_have_records_of_their_own(tmp_path: Path) -> None:
    make(tmp_path, "x/page.txt", "y/page.txt")
    records = [s.record for s in find_sources([str(tmp_path / "x"), str(tmp_path / "y")])]
    assert len(set(records)) == 2


def test_links(tmp_path: Path) -> None:
    folder, outside = make(tmp_path / "in", "a.txt"), make(tmp_path / "out", "b.txt")
    (folder / "inside.txt").symlink_to(folder / "a.txt")
    (folder / "file.txt").symlink_to(outside / "b.txt")
    (folder / "folder").symlink_to(outside)
    (folder / "loop").symlink_to(folder)
    (folder / "dangling.txt").symlink_to("nowhere")
    assert refusals(folder) == {
        "a.txt": None,
        "inside.txt": None,
        "file.txt": RejectionCode.OUTSIDE,
        "folder": RejectionCode.OUTSIDE,
        "dangling.txt": RejectionCode.UNREADABLE,
    }
    [named] = find_sources([str(folder / "file.txt")])
    assert named.refused is None


def test_a_folder_that_cannot_be_read(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    make(tmp_path, "a.txt", "closed/b.txt")
    scandir = os.scandir

    def guarded(path: Any) -> Any:
        if str(path) == closed:
            raise PermissionError(13, "Permission denied", closed)
        return scandir(path)

    monkeypatch.setattr(os, "scandir", guarded)  # root may read everything
    closed = str(tmp_path / "closed")
    assert refusals(tmp_path) == {"a.txt": None, "closed": RejectionCode.UNREADABLE}
    closed = str(tmp_path)
    with pytest.raises(NothingToReadError, match="Permission denied"):
        find_sources([closed])


def test_no_record_is_written_above_the_output_folder(tmp_path: Path) -> None:
    make(tmp_path, "in/sub/a.txt", "other/b.txt")
    [source] = find_sources([f"{tmp_path}/in/*/../../other/b.txt"])
    assert ".." not in source.record.split("/")


@pytest.mark.parametrize("output", ["in", "in/records", "in/../in/x"])
def test_the_output_must_not_lie_in_the_input(tmp_path: Path, output: str) -> None:
    make(tmp_path, "in/a.txt")
    with pytest.raises(OutputError, match="choose another"):
        check_apart([str(tmp_path / "in")], tmp_path / output)
    check_apart([str(tmp_path / "in"), f"{tmp_path}/in/*.txt"], tmp_path / "records")
    check_apart([f"{tmp_path}/in/*.txt"], tmp_path / output)
