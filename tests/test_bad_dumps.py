"""Dumps that are damaged: a record or a rejected record for each document, and what came before is not lost."""

from __future__ import annotations

import bz2
import gzip
import io
import json
import lzma
import os
import random
import struct
import tarfile
from collections import Counter
from pathlib import Path

import pytest
from dumps import GOOD, bounded, codes, parquet, warc, zip_of
from test_readers import DUMPS, found, source_of

from flows.batch import found_in
from flows.readers.limits import Options
from pipeline.document import RejectionCode


@pytest.mark.parametrize("compress", ["gz", "bz2", "xz", "zst", "lz4"])
def test_cut_compressed_dumps_give_what_came_before(tmp_path: Path, compress: str) -> None:
    import lz4.frame
    import zstandard

    lines = "".join(json.dumps({"id": f"d{n}", "text": os.urandom(20_000).hex()}) + "\n" for n in range(60)).encode()
    pack = {
        "gz": gzip.compress,
        "bz2": bz2.compress,
        "xz": lzma.compress,
        "zst": zstandard.ZstdCompressor().compress,
        "lz4": lz4.frame.compress,
    }[compress]
    data = pack(lines)
    (tmp_path / f"x.jsonl.{compress}").write_bytes(data[: len(data) * 3 // 4])
    entries = found(tmp_path / f"x.jsonl.{compress}")
    assert 10 < len(entries) < 60
    assert set(codes(entries[:-1])) == {None}
    assert codes(entries[-1:]) == ["broken_container"]
    assert "breaks off after" in str(entries[-1].refused)
    assert entries[0].payload.member == "d0"


def test_a_cut_compressed_page_is_rejected(tmp_path: Path) -> None:
    (tmp_path / "x.html.gz").write_bytes(gzip.compress(b"<html>" + os.urandom(5000).hex().encode())[:-500])
    [entry] = found(tmp_path / "x.html.gz")
    assert codes([entry]) == ["broken_container"]
    assert entry.payload.name == "x.html.gz"


def test_damage_in_the_middle_of_compressed_bytes(tmp_path: Path) -> None:
    data = bytearray(gzip.compress(os.urandom(400_000).hex().encode()))
    data[len(data) // 2] ^= 0xFF
    (tmp_path / "x.txt.gz").write_bytes(bytes(data))
    assert codes(found(tmp_path / "x.txt.gz")) == ["broken_container"]


def test_bytes_after_the_end_of_gzip_are_passed_over(tmp_path: Path) -> None:
    (tmp_path / "x.txt.gz").write_bytes(gzip.compress(GOOD) + bytes(100) + gzip.compress(b" More.") + b"junk" * 9)
    [entry] = found(tmp_path / "x.txt.gz")
    assert entry.payload.data == GOOD + b" More."


def test_half_a_line_at_the_end(tmp_path: Path) -> None:
    (tmp_path / "x.jsonl").write_bytes(b'{"id": 1, "text": "a"}\n\n{"id": 2, "te')
    entries = found(tmp_path / "x.jsonl")
    assert codes(entries) == [None, "broken_row"]
    assert entries[1].payload.member == "3"
    assert "cut off" in str(entries[1].refused)


@pytest.mark.parametrize(
    "line",
    [
        b"[" * 100_000,
        b'{"a":' * 100_000,
        b"\x00\xff\xfe",
        b"null",
        b"3",
        b'"x"',
        b'{"text": 5}',
        b'{"text": null}',
        b"1" * 10_000,
        b"{}",
    ],
)
def test_a_bad_line_costs_itself_only(tmp_path: Path, line: bytes) -> None:
    (tmp_path / "x.jsonl").write_bytes(b'{"text": "a"}\n' + line + b'\n{"text": "b"}\n')
    entries = found(tmp_path / "x.jsonl")
    assert [entry.refused is None for entry in entries] == [True, False, True]


@pytest.mark.parametrize(
    "array",
    [
        b'[{"text": "a"}, {"text": "b"}, {"te',
        b'[{"text": "a"}, {"text": "b"}, oops]',
        b'[{"text": "a"}, {"text": "b"}, ' + b"[" * 9000,
    ],
)
def test_a_broken_array_gives_what_came_before(tmp_path: Path, array: bytes) -> None:
    (tmp_path / "x.json").write_bytes(array)
    assert codes(found(tmp_path / "x.json"))[:3] == [None, None, "broken_row"]


def test_a_parquet_file_without_text(tmp_path: Path) -> None:
    [entry] = found(parquet(tmp_path / "x.parquet", price=[1, 2], colour=["red", "blue"]))
    assert codes([entry]) == ["no_text_field"]
    assert "colour" in str(entry.refused)
    assert codes(found(tmp_path / "x.parquet", Options(fields=(("text", "colour"),)))) == [None, None]
    assert codes(found(parquet(tmp_path / "y.parquet", text=[1, None], id=["a", "b"]))) == ["no_text_field"] * 2


def test_damaged_parquet_files(tmp_path: Path) -> None:
    data = parquet(tmp_path / "x.parquet", text=[os.urandom(2000).hex() for _ in range(50)]).read_bytes()
    for n, bad in enumerate((data[:-100], data[:20], b"PAR1", data[:4] + os.urandom(len(data) - 12) + data[-8:])):
        (tmp_path / f"{n}.parquet").write_bytes(bad)
        assert "broken_container" in codes(found(tmp_path / f"{n}.parquet"))


def test_an_archive_of_requests_holds_no_document() -> None:
    skipped: Counter[str] = Counter()
    assert list(found_in(source_of(DUMPS / "warcio" / "example-digest.warc"), Options(), skipped)) == []
    assert skipped == {"request records": 4}


def test_an_empty_warc_record_is_an_empty_document(tmp_path: Path) -> None:
    (tmp_path / "x.warc").write_bytes(warc(("conversion", b""), ("conversion", GOOD), ("response", b"")))
    assert [entry.size for entry in found(tmp_path / "x.warc")] == [0, len(GOOD), 0]


@pytest.mark.parametrize(
    "bad",
    [
        b"WARC/1.0\r\nWARC-Type: response\r\n\r\n",
        b"WARC/1.0\r\nContent-Length: -5\r\n\r\n",
        b"WARC/1.0\r\nContent-Length: many\r\n\r\n",
        b"no head of a record at all\r\n" * 50,
        b"WARC/1.0\r\n" + b"X: y\r\n" * 5000 + b"\r\n",
        b"x" * 5_000_000 + b"\r\n",
    ],
)
def test_a_bad_warc_record_costs_itself_only(tmp_path: Path, bad: bytes) -> None:
    (tmp_path / "x.warc").write_bytes(warc(("conversion", GOOD)) + bad + warc(("conversion", GOOD)))
    with bounded(10, 50):
        entries = found(tmp_path / "x.warc")
    assert codes(entries) == [None, "broken_container", None]


def test_a_warc_record_that_claims_more_than_there_is(tmp_path: Path) -> None:
    (tmp_path / "x.warc").write_bytes(b"WARC/1.0\r\nWARC-Type: conversion\r\nContent-Length: 99999999999999\r\n\r\nWords")
    with bounded(5, 200):
        [entry] = found(tmp_path / "x.warc")
    assert codes([entry]) == ["broken_container"]
    assert "has 5 of its 99,999,999,999,999 bytes" in str(entry.refused)


def test_damaged_zip_archives(tmp_path: Path) -> None:
    good = zip_of({"a.txt": os.urandom(3000).hex().encode(), "b.txt": GOOD})
    damaged = bytearray(good)
    damaged[500] ^= 0xFF
    (tmp_path / "damaged.zip").write_bytes(bytes(damaged))
    assert codes(found(tmp_path / "damaged.zip")) == ["broken_container", None]
    (tmp_path / "cut.zip").write_bytes(good[:-60])
    assert codes(found(tmp_path / "cut.zip")) == ["broken_container"]
    locked = bytearray(zip_of({"a.txt": GOOD}))
    for at in (6, locked.index(b"PK\x01\x02") + 8):
        struct.pack_into("<H", locked, at, 1)
    (tmp_path / "locked.zip").write_bytes(bytes(locked))
    assert codes(found(tmp_path / "locked.zip")) == ["encrypted"]
    (tmp_path / "office.zip").write_bytes(zip_of({"[Content_Types].xml": b"<x/>", "word/document.xml": b"<x/>"}))
    assert "Word" in str(found(tmp_path / "office.zip")[0].refused)
    lying = good[:-22] + struct.pack("<4s4H2LH", b"PK\x05\x06", 0, 0, 2, 2, 1 << 31, 0, 0)
    (tmp_path / "lying.zip").write_bytes(lying)
    assert codes(found(tmp_path / "lying.zip")) == ["too_many_members"]


def test_a_cut_tar_archive_gives_what_came_before(tmp_path: Path) -> None:
    out = io.BytesIO()
    with tarfile.open(fileobj=out, mode="w") as archive:
        for n in range(5):
            info = tarfile.TarInfo(f"{n}.txt")
            info.size = 3000
            archive.addfile(info, io.BytesIO(b"Words " * 500))
    (tmp_path / "x.tar").write_bytes(out.getvalue()[:9000])
    result = codes(found(tmp_path / "x.tar"))
    assert result[:2] == [None, None]
    assert set(result[2:]) == {"broken_container"}


def test_mail_that_is_hardly_any(tmp_path: Path) -> None:
    nested = b"".join(b'Content-Type: multipart/mixed; boundary="b%d"\r\n\r\n--b%d\r\n' % (n, n) for n in range(300))
    for n, data in enumerate(
        (
            b"MIME-Version: 1.0\r\nContent-Type: image/png\r\n\r\nabc",
            b"MIME-Version: 1.0\r\n" + nested,
            b"MIME-Version: 1.0\r\nContent-Type: text/plain; charset=klingon\r\nContent-Transfer-Encoding: base64\r\n\r\n####",
            b"MIME-Version: 1.0\r\nSubject: =?utf-8?b?////?=\r\nDate: never\r\nMessage-ID: <" + b"x" * 9000 + b">\r\n\r\nWords",
        )
    ):
        (tmp_path / f"{n}.eml").write_bytes(data)
        with bounded(10, 100):
            assert len(found(tmp_path / f"{n}.eml")) == 1


SAMPLES = [path for path in sorted(DUMPS.iterdir()) if path.is_file() and path.suffix != ".md"]


@pytest.mark.parametrize("path", SAMPLES, ids=lambda path: path.name)
def test_damage_anywhere_is_said_and_never_raised(path: Path, tmp_path: Path) -> None:
    data = path.read_bytes()
    chance = random.Random(path.name)
    for n in range(30):
        bad = bytearray(data)
        for _ in range(chance.randint(1, 8)):
            bad[chance.randrange(len(bad))] = chance.randrange(256)
        if n % 3 == 0:
            del bad[chance.randrange(len(bad)) :]
        file = tmp_path / f"{n}{path.name}"
        file.write_bytes(bytes(bad))
        entries = found(file)
        assert not [entry.refused for entry in entries if entry.refused and entry.refused[0] is RejectionCode.FAILED]
