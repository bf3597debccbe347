"""What runs wrote is read back, in whatever form it was written."""

from __future__ import annotations

from pathlib import Path

import pytest

import pipeline
from flows.parts import ENDINGS, pack
from flows.records import NoRecordsError, each_record, find_records
from flows.work import Format


@pytest.mark.parametrize("format_", ["jsonl", "parquet"])
def test_packed_records_are_read_back(tmp_path: Path, format_: Format) -> None:
    records = [pipeline.clean(b"Some words.\n" * n, name=f"{n}.txt") for n in range(3)]
    lines = [pipeline.to_json(record, indent=0) for record in records]
    (tmp_path / f"part-000001-000001{ENDINGS[format_]}").write_bytes(pack(lines, records, format_))
    (tmp_path / f"part-000001-000002{ENDINGS[format_]}").write_bytes(b"not packed")
    (tmp_path / "MANIFEST").write_text("{}")
    (tmp_path / "duplicates.jsonl").write_text("{}\n")
    (tmp_path / ".copydesk").mkdir()
    (tmp_path / ".copydesk" / "marker.json").write_text("{}")
    strangers: list[str] = []
    assert [record for _, record in each_record(find_records(tmp_path), strangers)] == records
    assert [stranger.partition(":")[0] for stranger in strangers] == [f"part-000001-000002{ENDINGS[format_]}, record 0"]


def test_a_ledger_alone_is_no_output(tmp_path: Path) -> None:
    (tmp_path / ".copydesk").mkdir()
    (tmp_path / ".copydesk" / "marker.json").write_text("{}")
    with pytest.raises(NoRecordsError):
        find_records(tmp_path)
