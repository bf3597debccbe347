"""Readers: each format's documents, with ids and what is known of them; how formats are told; slices; a run on a mixture.

    pytest tests/test_readers.py --update-goldens

rewrites the listings in fixtures/listings and then fails: read the difference in git, then run again.
"""

from __future__ import annotations

import gzip
import hashlib
import json
import shutil
import subprocess
import sys
from collections import Counter
from collections.abc import Iterator
from pathlib import Path

import pytest
from conftest import FIXTURES, ROOT
from dumps import zip_of

import pipeline
from flows import slices
from flows.batch import found_in
from flows.readers import READERS, reader_of, rows
from flows.readers.entry import Entry
from flows.readers.http_body import decode_body, join_chunks
from flows.readers.limits import Limits, Options
from flows.slices import Slice, plan, read_slice
from flows.sources import SourceFile, find_sources
from flows.terminal import make_console
from pipeline.record import from_json

DUMPS = FIXTURES / "dumps"
GOLDEN = FIXTURES / "listings"
FILES = sorted(path for path in [*DUMPS.iterdir(), *(DUMPS / "warcio").iterdir()] if path.is_file() and path.suffix != ".md")


def source_of(path: Path) -> SourceFile:
    [source] = find_sources([str(path)])
    return source


def found(path: Path, options: Options | None = None) -> list[Entry]:
    return list(found_in(source_of(path), options or Options()))


def listing(path: Path) -> bytes:
    """What is in a dump, an entry a line."""
    skipped: Counter[str] = Counter()
    lines = []
    for entry in found_in(source_of(path), Options(), skipped):
        p = entry.payload
        facts = {
            "member": p.member,
            "format": entry.format,
            "refused": entry.refused and list(entry.refused),
            "id": entry.id,
            "size": entry.size,
            "media_type": p.media_type,
            "charset": p.charset,
            "url": p.url,
            "fetched_at": p.fetched_at,
            "hints": dict(p.hints),
        }
        lines.append(
            json.dumps({name: fact for name, fact in facts.items() if fact is not None and fact != {}}, ensure_ascii=False)
        )
    lines.append(json.dumps({"skipped": dict(sorted(skipped.items()))}))
    return ("[\n" + ",\n".join(lines) + "\n]\n").encode()


@pytest.mark.parametrize("path", FILES, ids=lambda path: path.name)
def test_golden(path: Path, request: pytest.FixtureRequest) -> None:
    golden = GOLDEN / f"{path.name}.json"
    made = listing(path)
    if request.config.getoption("--update-goldens"):
        golden.write_bytes(made)
        pytest.fail(f"{golden.name} was rewritten; read the difference in git, then run without --update-goldens")
    assert made.decode() == golden.read_text("utf-8"), "if this is right: pytest tests/test_readers.py --update-goldens"


def test_there_is_a_golden_for_every_dump_and_no_other() -> None:
    assert sorted(path.name for path in GOLDEN.iterdir()) == sorted(f"{path.name}.json" for path in FILES)


def test_every_reader_has_a_dump() -> None:
    seen = set()
    for path in FILES:
        name = path.name
        data = path.read_bytes()
        seen.add(reader_of(data[: 1 << 16], name).name)
    assert seen == {reader.name for reader in READERS}


@pytest.mark.parametrize(
    ("head", "name", "format_"),
    [
        (b"<!DOCTYPE html><p>Words", "a.txt", "html"),
        (b"\xef\xbb\xbf\r\n <!-- saved --> <HTML lang=en>", "a", "html"),
        ("\ufeff<html>".encode("utf-16-le"), "a.txt", "html"),
        (b"<p>A part of a page", "a.html", "html"),
        (b"<p>A text that quotes a tag", "a.txt", "text"),
        (b"Words only", "a.html", "text"),
        (b"Words with a <b>tag</b>", "a.html", "html"),
        (b"Words with a <b>tag</b>", "a.txt", "text"),
        (b" " * 500 + b"<?xml version='1.0'?>\n<!-- a --><!-- b -->\n<html>", "a.txt", "html"),
        (b'{"id": 1, "text": "x"}\n', "a.txt", "json"),
        (b'[{"id": 1, "text": "x"}]', "a", "json"),
        (b'{"curly": "words"}', "a.txt", "text"),
        (b'{"curly": "words"}', "a.jsonl", "json"),
        (b"[1] A footnote", "a.txt", "text"),
        (b"A text in a file named so", "a.json", "text"),
        (b"WARC/1.0\r\nWARC-Type: warcinfo\r\n", "a.txt", "warc"),
        (b"WARC/1.0 is the format of which this text tells", "a.txt", "text"),
        (b"From: Jane\nTo: Tom\n\nDear Tom", "a.txt", "text"),
        (b"From: Jane\nTo: Tom\n\nDear Tom", "a.eml", "mail"),
        (b"Received: by x\nFrom: Jane\nMIME-Version: 1.0\n\nDear Tom", "a", "mail"),
        (b"From jane@example.org Mon Mar  1 10:00:00 2021\nFrom: Jane\n\nDear Tom", "a", "mbox"),
        (b"From London Mon the news came that\n", "a.txt", "text"),
        (b"%PDF-1.7", "a.txt", "unsupported"),
        (b"BMW sells more cars", "a.txt", "text"),
        (b"PK\x03\x04", "a.txt", "zip"),
        (b"PKW ist ein Wort", "a.zip", "text"),
        (b"", "a.jsonl", "text"),
    ],
)
def test_formats_are_told_by_content_first(head: bytes, name: str, format_: str) -> None:
    assert reader_of(head, name).name == format_


def jsonl(path: Path, *objects: object) -> Path:
    path.write_text("".join(json.dumps(o) + "\n" for o in objects), "utf-8")
    return path


def test_a_row_is_its_text_field(tmp_path: Path) -> None:
    path = jsonl(
        tmp_path / "x.jsonl",
        {"id": "a", "text": "Grüße", "url": "https://example.org/", "fetched_at": "2024-05-01T00:00:00Z", "date": "2020-01-02"},
        {"id": 7, "html": "no tags, but named so"},
        {"raw_html": "<p>x</p>", "text": "x"},
        {"_id": "d", "content": "<!doctype html><p>y", "crawl_date": "some day", "metadata": {"url": "https://example.org/d"}},
        {"text": "<p> in a text"},
        {"text": "", "body": "this one"},
    )
    a, b, c, d, e, f = (entry.payload for entry in found(path))
    assert (a.member, a.data, a.media_type, a.url) == ("a", "Grüße".encode(), "text/plain", "https://example.org/")
    assert (a.fetched_at, a.hints) == ("2024-05-01T00:00:00Z", (("date", "2020-01-02"),))
    assert (b.member, b.media_type) == ("7", "text/html")
    assert (c.member, c.media_type, c.data) == ("3", "text/html", b"<p>x</p>")
    assert (d.member, d.media_type, d.fetched_at, d.url) == ("d", "text/html", None, "https://example.org/d")
    assert e.media_type == "text/plain"
    assert f.data == b"this one"
    assert {entry.payload.name for entry in found(path)} == {"x.jsonl"}
    assert found(path)[0].id == "sha256:" + hashlib.sha256("Grüße".encode()).hexdigest()


def test_fields_that_the_user_names_go_before_the_usual(tmp_path: Path) -> None:
    path = jsonl(tmp_path / "x.jsonl", {"text": "short", "page": {"long": "long text"}, "key": "k", "id": "i"})
    [entry] = found(path, Options(fields=(("text", "page.long"), ("id", "key"))))
    assert (entry.payload.data, entry.payload.member) == (b"long text", "k")


def test_bytes_of_another_encoding_in_json_come_out_as_they_went_in(tmp_path: Path) -> None:
    (tmp_path / "x.jsonl").write_bytes('{"text": "Stra\u00dfe \\ud800 x"}\n{"text": "Straße"}\n'.encode("cp1252"))
    one, two = (entry.payload.data for entry in found(tmp_path / "x.jsonl"))
    assert b"x" in one
    assert two == "Straße".encode("cp1252")


@pytest.mark.parametrize("names", [names for role, names in rows.FIELDS.items() if role in ("html", "text")])
def test_every_usual_name_is_known(names: tuple[str, ...], tmp_path: Path) -> None:
    path = jsonl(tmp_path / "x.txt", *({name: "Words of a text"} for name in names))
    assert [entry.refused for entry in found(path)] == [None] * len(names)


def test_chunks() -> None:
    assert join_chunks(b"3\r\nabc\r\n2;x=y\r\nde\r\n0\r\n\r\n") == b"abcde"
    assert join_chunks(b"<html>not chunked") == b"<html>not chunked"
    assert join_chunks(b"3\r\nabc\r\nrest") == b"abcrest"
    assert join_chunks(b"ff\r\ncut") == b"cut"


@pytest.mark.parametrize("coding", ["gzip", "br", "deflate", "zstd", "identity"])
def test_content_encodings_are_undone_within_the_limit(coding: str) -> None:
    import zlib

    import brotli
    import zstandard

    body = b"Words of a page. " * 1_200_000
    encode = {
        "gzip": gzip.compress,
        "br": brotli.compress,
        "deflate": lambda data: zlib.compress(data)[2:-4],
        "zstd": zstandard.ZstdCompressor().compress,
        "identity": bytes,
    }[coding]
    assert decode_body(encode(body), {"content-encoding": coding}, 1 << 25) == body
    if coding != "identity":
        assert 1000 < len(decode_body(encode(body), {"content-encoding": coding}, 1000)) < 9_000_000


def many(tmp_path: Path, count: int, size: int = 10) -> Path:
    return jsonl(tmp_path / "many.jsonl", *({"id": f"d{n}", "text": "x" * size} for n in range(count)))


def test_slices_tile_the_documents_and_can_be_read_in_any_order(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    many(tmp_path, 25)
    (tmp_path / "a.txt").write_bytes(b"Words")
    (tmp_path / "z.html").write_bytes(b"<html>Words")
    monkeypatch.setattr(slices, "BATCH_DOCUMENTS", 10)
    sources = find_sources([str(tmp_path)])
    batches = list(plan(sources, Options(), Counter()))
    assert [sum(part.count for part in batch) for batch in batches] == [10, 10, 7]
    outputs = [job.output for batch in batches for part in batch for job in read_slice(part, Options())]
    assert len(set(outputs)) == 27
    for batch in reversed(batches):
        names = [job.output for part in batch for job in read_slice(part, Options())]
        assert names == [name for name in outputs if name in names]


def test_a_batch_holds_no_more_bytes_than_its_limit(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    many(tmp_path, 12, size=1000)
    monkeypatch.setattr(slices, "BATCH_BYTES", 5000)
    batches = list(plan(find_sources([str(tmp_path)]), Options(), Counter()))
    assert [batch[0].count for batch in batches] == [5, 5, 2]


def test_a_dump_that_became_shorter_has_as_many_records_as_it_had_documents(tmp_path: Path) -> None:
    source = source_of(many(tmp_path, 5))
    many(tmp_path, 3)
    jobs = list(read_slice(Slice(source, 0, 5), Options()))
    assert [job.record is None for job in jobs] == [True] * 3 + [False] * 2


def test_a_dump_is_read_bit_by_bit(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    opened = source_of(many(tmp_path, 10_000, size=100))
    stream = opened.open()
    monkeypatch.setattr(SourceFile, "open", lambda _: stream)
    entries: Iterator[Entry] = found_in(opened, Options())
    next(entries)
    assert stream.tell() < 300_000


@pytest.mark.parametrize(
    "member", ["../../etc/passwd", "/etc/passwd", "a\\b", "con", "x" * 500, "é" * 300, ".", "..", "\x00\n", "a/b"]
)
def test_records_of_members_have_safe_names_of_their_own(member: str) -> None:
    source = SourceFile("/in/x.zip", "sub/x.zip", "sub/x.zip.json", "sub/x.zip")
    name = source.record_of(4, member)
    folder, _, last = name.rpartition("/")
    assert folder == "sub/x.zip"
    assert last.startswith("000005-")
    assert len(last.encode()) < 200
    assert last.isprintable()
    assert name != source.record_of(5, member)


def test_a_folder_of_records_takes_no_other_folders_name(tmp_path: Path) -> None:
    for folder, name in (("one", "a.zip"), ("two/a.zip", "x.txt"), ("three", "a.zip")):
        (tmp_path / folder).mkdir(parents=True, exist_ok=True)
        (tmp_path / folder / name).write_bytes(b"Words")
    sources = find_sources([str(tmp_path / name) for name in ("one", "two", "three")])
    names = [name for source in sources for name in (source.record, source.folder)]
    assert len(set(names)) == len(names)
    assert not {source.folder for source in sources} & {source.record.rpartition("/")[0] for source in sources}


def test_addresses_are_read_as_files_are() -> None:
    fsspec = pytest.importorskip("fsspec")
    fs = fsspec.filesystem("memory")
    fs.pipe("/dump/sub/page.html.gz", gzip.compress(b"<html>Words"))
    fs.pipe("/dump/rows.jsonl", b'{"id": "a", "text": "Words"}\n')
    for given in ("memory://dump", "memory://dump/**/*"):
        sources = find_sources([given])
        assert [source.path for source in sources] == ["rows.jsonl", "sub/page.html.gz"]
        assert [e.payload.media_type for s in sources for e in found_in(s, Options())] == ["text/plain", "text/html"]


BAD = {
    "nothing.txt": b"",
    "spaces.txt": b" \n\n ",
    "scan.pdf": b"%PDF-1.7\n%\xe2\xe3",
    "half.txt.gz": gzip.compress(bytes(range(256)) * 999)[:-200],
    "none.zip": b"PK\x05\x06" + bytes(18),
    "broken.zip": b"PK\x03\x04" + b"words" * 9,
}
"""Documents and dumps that cannot be cleaned, beside those of fixtures/dumps."""


@pytest.mark.usefixtures("prefect_server")
def test_a_run_on_a_folder_that_mixes_all_formats(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    from flows.run import clean_all, summary

    source, output = tmp_path / "in", tmp_path / "out"
    shutil.copytree(DUMPS, source, ignore=shutil.ignore_patterns("*.md"))
    for name, data in BAD.items():
        (source / name).write_bytes(data)
    counts = clean_all([str(source)], output, lambda _: None)
    records = {path.relative_to(output).as_posix(): from_json(path.read_bytes()) for path in output.rglob("*.json")}
    entries = [entry for one in find_sources([str(source)]) for entry in found_in(one, Options())]
    assert len(records) == len(entries)
    assert counts["outcomes"] == Counter(record.reason.code if record.reason else "ok" for record in records.values())
    assert counts["formats"] == Counter(entry.format for entry in entries)
    assert counts["skipped"]["files without documents"] == 3  # none.zip, and two with nothing to clean
    assert {"html", "text", "zip", "tar", "warc", "arc", "json", "parquet", "mbox", "mail", "mhtml"} <= set(counts["formats"])
    assert {"empty", "blank", "unsupported", "broken_container"} <= set(counts["outcomes"])
    summary(counts, output, make_console())
    rows = dict(line.rsplit(None, 1) for line in capsys.readouterr().out.splitlines() if line[-1:].isdigit())
    assert rows.items() >= {name: str(n) for name, n in counts["formats"].items()}.items()
    assert {name: int(n) for name, n in rows.items() if name.startswith("rejected: ")} == {
        f"rejected: {code}": n for code, n in counts["outcomes"].items() if code != "ok"
    }
    written = {path.read_bytes() for path in output.rglob("*.json")}
    assert [path.name for path in (FIXTURES / "golden_dumps").iterdir() if path.read_bytes() not in written] == []
    assert (output / "page.html.gz.json").is_file()
    assert (output / "stories.jsonl" / "000003-bakery.json").is_file()
    [page] = [record for record in records.values() if record.source.path == "page.html.gz"]
    data = gzip.decompress((source / "page.html.gz").read_bytes())
    assert (page.id, page.source.size, page.source.member) == (pipeline.record.payload_id(data), len(data), None)


def copydesk(*args: object, stdin: bytes = b"") -> subprocess.CompletedProcess[bytes]:
    return subprocess.run(
        [sys.executable, "-m", "flows", *map(str, args)], input=stdin, capture_output=True, cwd=ROOT, check=False
    )


def test_one_document_of_a_dump_by_its_name(tmp_path: Path) -> None:
    dump = DUMPS / "stories.jsonl"
    done = copydesk("clean", dump, "--member", "bakery")
    assert json.loads(done.stdout)["source"]["member"] == "bakery"
    (tmp_path / "record.json").write_bytes(done.stdout)
    assert copydesk("verify", tmp_path / "record.json", "--against", dump).returncode == 0
    for other in (DUMPS / "page.txt", DUMPS / "letter.eml"):
        assert copydesk("verify", tmp_path / "record.json", "--against", other).returncode == 2
    assert b"--member" in copydesk("clean", dump).stderr
    assert copydesk("explain", dump, "--member", "none").returncode == 2


def test_compressed_pages_are_cleaned_and_verified(tmp_path: Path) -> None:
    done = copydesk("clean", DUMPS / "page.html.gz")
    assert json.loads(done.stdout)["source"]["name"] == "page.html.gz"
    (tmp_path / "record.json").write_bytes(done.stdout)
    assert copydesk("verify", tmp_path / "record.json", "--against", DUMPS / "page.html.gz").returncode == 0
    assert b"Harbour" in copydesk("text", "-", stdin=(DUMPS / "page.html.gz").read_bytes()).stdout


def test_options_of_a_run_are_checked() -> None:
    for option in (
        ("--limit", "ratio=x"),
        ("--limit", "size=3"),
        ("--field", "text"),
        ("--field", "colour=x"),
        ("--max-bytes", "0"),
    ):
        assert copydesk("run", DUMPS, *option).returncode == 2


def test_no_heavy_library_is_loaded_for_a_text() -> None:
    heavy = "{'pyarrow', 'lz4', 'zstandard', 'brotli', 'fsspec', 'prefect'}"
    code = f"import sys, flows.cli; sys.argv[1:] = ['clean', sys.argv[1]]\ntry: flows.cli.main()\nfinally: print({heavy} & set(sys.modules), file=sys.stderr)"
    done = subprocess.run([sys.executable, "-c", code, DUMPS / "page.txt"], capture_output=True, check=True, cwd=ROOT)
    assert done.stderr.decode() == "set()\n"


def test_limits_can_be_passed_to_another_process() -> None:
    import pickle

    options = Options(Limits(document=5), (("text", "x"),))
    assert pickle.loads(pickle.dumps(Slice(source_of(FILES[0]), 0, 1))).count == 1
    assert pickle.loads(pickle.dumps(options)) == options


def test_documents_of_a_dump_are_decoded_each_by_itself(tmp_path: Path) -> None:
    texts = {
        "russian.txt": ("Совет города решил закрыть старый мост до осени, потому что опоры подмыло весной.", "windows-1251"),
        "japanese.txt": ("市議会は、春の増水で橋脚が損なわれたため、古い橋を秋まで閉じることを決めた。", "shift_jis"),
        "english.txt": ("The council has decided to close the old bridge until the autumn.", "utf-16"),
        "czech.txt": (
            "Zastupitelé rozhodli, že starý most zůstane uzavřen až do podzimu, protože pilíře podemlela voda.",
            "utf-8",
        ),
    }
    path = tmp_path / "mixed.zip"
    path.write_bytes(zip_of({name: text.encode(encoding) for name, (text, encoding) in texts.items()}))
    for entry in found(path):
        text, _ = texts[str(entry.payload.member)]
        assert pipeline.clean_document(entry.payload).text.strip() == text
