"""Dumps that mean harm: bombs, nesting, names that lead out; bounded time and memory, and the rest is read."""

from __future__ import annotations

import bz2
import gzip
import io
import json
import lzma
import os
import tarfile
import zipfile
import zlib
from collections import Counter
from collections.abc import Callable
from pathlib import Path

import pytest
from dumps import GOOD, bounded, codes, parquet, warc, zeros, zip_of
from test_readers import found, source_of

from flows.batch import found_in
from flows.readers import limits as reader_limits
from flows.readers.limits import Limits, Options
from pipeline.document import RejectionCode


def test_a_gzip_bomb(tmp_path: Path) -> None:
    (tmp_path / "bomb.txt.gz").write_bytes(zeros(2048))
    assert (tmp_path / "bomb.txt.gz").stat().st_size < 3 << 20
    with bounded(20, 200):
        entries = found(tmp_path / "bomb.txt.gz")
    assert codes(entries) == ["expands_too_much"]
    assert "200 times" in str(entries[0].refused)


@pytest.mark.parametrize("compress", [bz2.compress, lzma.compress, None])
def test_other_bombs(tmp_path: Path, compress: Callable[[bytes], bytes] | None) -> None:
    import zstandard

    data = (compress or zstandard.ZstdCompressor().compress)(bytes(200 << 20))
    (tmp_path / "bomb.txt").write_bytes(data)
    with bounded(30, 200):
        assert codes(found(tmp_path / "bomb.txt")) == ["expands_too_much"]


def test_a_bomb_in_a_zip_costs_itself_only(tmp_path: Path) -> None:
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as archive:
        with archive.open("bomb.txt", "w") as member:
            for _ in range(300):
                member.write(bytes(1 << 20))
        archive.writestr("good.txt", GOOD)
    (tmp_path / "x.zip").write_bytes(out.getvalue())
    with bounded(20, 200):
        entries = found(tmp_path / "x.zip")
    assert codes(entries) == ["expands_too_much", None]
    assert entries[1].payload.data == GOOD


def test_a_bomb_of_lines_ends_the_file_and_keeps_what_came_before(tmp_path: Path) -> None:
    coder = zlib.compressobj(9, zlib.DEFLATED, 31)
    lines = (
        coder.compress(b'{"text": "first"}\n')
        + b"".join(coder.compress(b" " * (1 << 20) + b"\n") for _ in range(300))
        + coder.flush()
    )
    (tmp_path / "x.jsonl.gz").write_bytes(lines)
    with bounded(60, 200):
        assert codes(found(tmp_path / "x.jsonl.gz")) == [None, "expands_too_much"]


def test_a_file_that_expands_too_far_ends_there(tmp_path: Path) -> None:
    (tmp_path / "x.zip").write_bytes(zip_of({f"{n}.txt": os.urandom(50_000).hex().encode() for n in range(10)}))
    entries = found(tmp_path / "x.zip", Options(Limits(expanded=250_000)))
    assert codes(entries) == [None, None, "expands_too_much"]
    assert "expanded" in str(entries[2].refused)


def test_a_quine_of_archives_ends(tmp_path: Path) -> None:
    data = b"Words at the bottom."
    for _ in range(30):
        data = zip_of({"inner.zip": data})
    (tmp_path / "x.zip").write_bytes(data)
    assert codes(found(tmp_path / "x.zip")) == ["nested_too_deep"]


def test_three_archives_in_each_other_are_read(tmp_path: Path) -> None:
    (tmp_path / "x.zip").write_bytes(zip_of({"a.zip": zip_of({"b.zip": zip_of({"c.txt": GOOD})})}))
    [entry] = found(tmp_path / "x.zip")
    assert (entry.payload.member, entry.payload.data) == ("a.zip/b.zip/c.txt", GOOD)
    assert codes(found(tmp_path / "x.zip", Options(Limits(layers=2)))) == ["nested_too_deep"]


def test_gzip_in_gzip_in_gzip(tmp_path: Path) -> None:
    data = GOOD
    for _ in range(4):
        data = gzip.compress(data)
    (tmp_path / "x.txt.gz").write_bytes(data)
    assert codes(found(tmp_path / "x.txt.gz")) == [None]
    for _ in range(4):
        data = gzip.compress(data)
    (tmp_path / "x.txt.gz").write_bytes(data)
    assert codes(found(tmp_path / "x.txt.gz")) == ["nested_too_deep"]


NAMES = [
    "../up.txt",
    "../../../../tmp/up.txt",
    "/etc/absolute.txt",
    "a/../../b.txt",
    "C:\\windows.txt",
    "..\\back.txt",
    "nul\x01.txt",
]


def test_names_in_archives_lead_nowhere(tmp_path: Path) -> None:
    (tmp_path / "x.zip").write_bytes(zip_of(dict.fromkeys(NAMES, GOOD)))
    with tarfile.open(tmp_path / "x.tar", "w") as archive:
        for name in NAMES:
            info = tarfile.TarInfo(name)
            info.size = len(GOOD)
            archive.addfile(info, io.BytesIO(GOOD))
    before = sorted(tmp_path.rglob("*"))
    for file in ("x.zip", "x.tar"):
        entries = found(tmp_path / file)
        assert codes(entries) == [None] * len(NAMES)
        source = source_of(tmp_path / file)
        for number, entry in enumerate(entries):
            parts = Path(source.record_of(number, entry.payload.member)).parts
            assert parts[0] == file
            assert len(parts) == 2
            assert ".." not in parts
    assert sorted(tmp_path.rglob("*")) == before


def test_links_and_devices_in_archives_are_not_followed(tmp_path: Path) -> None:
    with tarfile.open(tmp_path / "x.tar", "w") as archive:
        for name, kind in (
            ("soft", tarfile.SYMTYPE),
            ("hard", tarfile.LNKTYPE),
            ("pipe", tarfile.FIFOTYPE),
            ("dev", tarfile.CHRTYPE),
        ):
            info = tarfile.TarInfo(name)
            info.type, info.linkname = kind, "/etc/passwd"
            archive.addfile(info)
        info = tarfile.TarInfo("good.txt")
        info.size = len(GOOD)
        archive.addfile(info, io.BytesIO(GOOD))
    assert codes(found(tmp_path / "x.tar")) == ["outside_input", "outside_input", "unreadable", "unreadable", None]
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w") as archive:
        link = zipfile.ZipInfo("link.txt")
        link.external_attr = 0o120777 << 16
        archive.writestr(link, "/etc/passwd")
    (tmp_path / "y.zip").write_bytes(out.getvalue())
    assert codes(found(tmp_path / "y.zip")) == ["outside_input"]


def test_a_line_that_is_too_long_is_not_held(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    long = b'{"text": "' + b"x" * (80 << 20) + b'"}\n'
    (tmp_path / "x.jsonl").write_bytes(b'{"text": "a"}\n' + long + b'{"text": "b"}\n')
    options = Options(Limits(document=1 << 20))
    with bounded(20, 40):
        codes_ = [entry.refused and entry.refused[0] for entry in found_in(source_of(tmp_path / "x.jsonl"), options)]
    assert codes_ == [None, RejectionCode.TOO_LARGE, None]


def test_a_large_array_takes_time_in_proportion(tmp_path: Path) -> None:
    (tmp_path / "x.json").write_text(json.dumps([{"text": "x" * 3000, "id": n} for n in range(6_000)], indent=1), "utf-8")
    with bounded(40, 20):
        assert sum(entry.refused is None for entry in found_in(source_of(tmp_path / "x.json"), Options())) == 6_000


def test_a_parquet_bomb(tmp_path: Path) -> None:
    parquet(tmp_path / "x.parquet", text=["x" * (10 << 20) for _ in range(20)])
    import pyarrow as pa
    import pyarrow.parquet as pq

    pq.write_table(
        pa.table({"text": [bytes(9 << 20).decode() + str(n) for n in range(12)]}),
        tmp_path / "x.parquet",
        compression="zstd",
        use_dictionary=False,
    )
    with bounded(20, 300):
        assert codes(found(tmp_path / "x.parquet")) == ["expands_too_much"]


def test_a_bomb_in_an_http_body(tmp_path: Path) -> None:
    body = b"HTTP/1.1 200 OK\r\nContent-Type: text/html\r\nContent-Encoding: gzip\r\n\r\n" + zeros(300)
    head = f"WARC/1.0\r\nWARC-Type: response\r\nContent-Length: {len(body)}\r\n\r\n".encode()
    (tmp_path / "x.warc").write_bytes(head + body + b"\r\n\r\n" + warc(("conversion", GOOD)))
    with bounded(10, 300):
        assert codes(found(tmp_path / "x.warc")) == ["too_large", None]


def test_too_many_members(tmp_path: Path) -> None:
    (tmp_path / "x.jsonl").write_bytes(b'{"text": "a"}\n' * 50)
    assert codes(found(tmp_path / "x.jsonl", Options(Limits(members=20)))) == [None] * 20 + ["too_many_members"]


def test_a_document_over_the_limit_has_the_id_of_its_bytes(tmp_path: Path) -> None:
    (tmp_path / "x.zip").write_bytes(zip_of({"a.txt": GOOD * 100, "b.txt": GOOD}))
    entries = found(tmp_path / "x.zip", Options(Limits(document=1000)))
    assert codes(entries) == ["too_large", None]
    assert entries[0].size == len(GOOD) * 100


HEADS = [
    b" ",
    b"\n",
    b"<!---->",
    b"<!-- ",
    b"<??>",
    b"<",
    b"{",
    b"[",
    b'{"',
    b"From ",
    b"From a Mon ",
    b"A: b\r\n",
    b"a",
    b"a:b 1 12345678 ",
    b"<?xml ?><html ",
    b"charset=",
    b"WARC/1.0\r\n",
    b"filedesc://",
]


@pytest.mark.parametrize("unit", HEADS)
def test_no_first_bytes_take_long_to_tell(unit: bytes, tmp_path: Path) -> None:
    (tmp_path / "x.html").write_bytes(unit * (200_000 // len(unit)))
    (tmp_path / "x.warc").write_bytes(warc(("conversion", GOOD)) + unit * (200_000 // len(unit)))
    with bounded(5, 60):
        found(tmp_path / "x.html")
        found(tmp_path / "x.warc")


def test_limits_are_ordered_as_they_should() -> None:
    assert Limits().document < reader_limits.RATIO_GRACE
    assert Limits().row > 2 * Limits().document


def test_a_film_in_a_warc_is_passed_over_without_being_held(tmp_path: Path) -> None:
    body = b"HTTP/1.1 200 OK\r\nContent-Type: video/mp4\r\n\r\n" + bytes(150 << 20)
    head = f"WARC/1.0\r\nWARC-Type: response\r\nContent-Length: {len(body)}\r\n\r\n".encode()
    (tmp_path / "x.warc").write_bytes(head + body + b"\r\n\r\n" + warc(("conversion", GOOD), ("made up", GOOD)))
    del body
    skipped: Counter[str] = Counter()
    with bounded(10, 10):
        [entry] = found_in(source_of(tmp_path / "x.warc"), Options(), skipped)
    assert entry.payload.data == GOOD
    assert skipped == {"records of other types (images, scripts, ...)": 1, "other records": 1}
