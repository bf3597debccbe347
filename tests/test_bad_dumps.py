"""Dumps that are damaged or mean harm: a record or a rejected record for each document, in bounded time and memory."""

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
import time
import tracemalloc
import zipfile
import zlib
from collections import Counter
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest
from test_readers import DUMPS, found, source_of

from flows.batch import found_in
from flows.readers import limits as reader_limits
from flows.readers.entry import Entry
from flows.readers.limits import Limits, Options
from pipeline.document import RejectionCode

GOOD = b"Words of a text that is good."


@contextmanager
def bounded(seconds: float, megabytes: int) -> Iterator[None]:
    """The time and the memory of Python that a block may take."""
    tracemalloc.start()
    start = time.perf_counter()
    try:
        yield
        took, peak = time.perf_counter() - start, tracemalloc.get_traced_memory()[1] >> 20
    finally:
        tracemalloc.stop()
    assert took < seconds, f"{took:.1f} s"
    assert peak < megabytes, f"{peak} MB"


def codes(entries: list[Entry]) -> list[str | None]:
    return [entry.refused[0].value if entry.refused else None for entry in entries]


def zip_of(files: dict[str, bytes]) -> bytes:
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, data in files.items():
            archive.writestr(name, data)
    return out.getvalue()


def zeros(megabytes: int) -> bytes:
    """Gzip of many zeros, made without holding them."""
    coder = zlib.compressobj(9, zlib.DEFLATED, 31)
    return b"".join([*(coder.compress(bytes(1 << 20)) for _ in range(megabytes)), coder.flush()])


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


def test_a_line_that_is_too_long_is_not_held(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    long = b'{"text": "' + b"x" * (80 << 20) + b'"}\n'
    (tmp_path / "x.jsonl").write_bytes(b'{"text": "a"}\n' + long + b'{"text": "b"}\n')
    options = Options(Limits(document=1 << 20))
    with bounded(20, 40):
        codes_ = [entry.refused and entry.refused[0] for entry in found_in(source_of(tmp_path / "x.jsonl"), options)]
    assert codes_ == [None, RejectionCode.TOO_LARGE, None]


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


def test_a_large_array_takes_time_in_proportion(tmp_path: Path) -> None:
    (tmp_path / "x.json").write_text(json.dumps([{"text": "x" * 3000, "id": n} for n in range(6_000)], indent=1), "utf-8")
    with bounded(40, 20):
        assert sum(entry.refused is None for entry in found_in(source_of(tmp_path / "x.json"), Options())) == 6_000


def parquet(path: Path, **columns: list[object]) -> Path:
    import pyarrow as pa
    import pyarrow.parquet as pq

    pq.write_table(pa.table(columns), path)
    return path


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


def warc(*records: tuple[str, bytes]) -> bytes:
    return b"".join(
        f"WARC/1.0\r\nWARC-Type: {kind}\r\nContent-Type: text/plain\r\nContent-Length: {len(block)}\r\n\r\n".encode()
        + block
        + b"\r\n\r\n"
        for kind, block in records
    )


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


def test_a_bomb_in_an_http_body(tmp_path: Path) -> None:
    body = b"HTTP/1.1 200 OK\r\nContent-Type: text/html\r\nContent-Encoding: gzip\r\n\r\n" + zeros(300)
    head = f"WARC/1.0\r\nWARC-Type: response\r\nContent-Length: {len(body)}\r\n\r\n".encode()
    (tmp_path / "x.warc").write_bytes(head + body + b"\r\n\r\n" + warc(("conversion", GOOD)))
    with bounded(10, 300):
        assert codes(found(tmp_path / "x.warc")) == ["too_large", None]


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


def test_too_many_members(tmp_path: Path) -> None:
    (tmp_path / "x.jsonl").write_bytes(b'{"text": "a"}\n' * 50)
    assert codes(found(tmp_path / "x.jsonl", Options(Limits(members=20)))) == [None] * 20 + ["too_many_members"]


def test_a_document_over_the_limit_has_the_id_of_its_bytes(tmp_path: Path) -> None:
    (tmp_path / "x.zip").write_bytes(zip_of({"a.txt": GOOD * 100, "b.txt": GOOD}))
    entries = found(tmp_path / "x.zip", Options(Limits(document=1000)))
    assert codes(entries) == ["too_large", None]
    assert entries[0].size == len(GOOD) * 100


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
