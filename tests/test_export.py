"""Exports can be read back by the readers of their formats, and hold what the record holds."""

from __future__ import annotations

import csv
import gzip
import json
import re
from pathlib import Path
from typing import Any

import msgspec
import pytest
import yaml
from conftest import Command
from jsonschema import Draft202012Validator
from lxml import etree

import pipeline
from flows.export import EXPORTERS
from flows.export.csv import COLUMNS as CELLS
from flows.export.csv import guarded
from flows.export.files import names
from flows.export.jsonld import article
from flows.export.kept import parts
from flows.export.ninjs import named_uri, news_object, timestamp
from flows.export.parquet import COLUMNS, row
from flows.export.tei import tei
from flows.records import each_record, find_records
from pipeline.document import RejectionCode
from pipeline.record import Record, from_json

ROOT = Path(__file__).parent.parent
GOLDEN = ROOT / "fixtures" / "golden"
HOSTILE = 'Head & "line" <b>of</b> six plain words\x0c \x01 \ufffe 😀'


@pytest.fixture
def output(tmp_path: Path) -> Path:
    """The golden records, a rejected one, a hostile one, one without text, and a copy."""
    folder = tmp_path / "out" / "sub"
    folder.mkdir(parents=True)
    for file in GOLDEN.glob("*.json"):
        (folder / file.name).write_bytes(file.read_bytes())
    body = (
        "The committee met on Tuesday and agreed that the bridge will be repaired before winter. The mayor said that the work would "
        "cost two million euros, and that the town could pay for it without a loan."
    )
    more = (
        "The opposition disagrees. It wants a new bridge, further up the river, where the old ferry was, and it has asked for "
        "a vote of all citizens before the first stone is moved."
    )
    documents = {
        "z_rejected": "",
        "y_hostile": f"{HOSTILE}\n\n=cmd|' /C calc'!A0 {body}\n\n\u2028{more}",
        "x_links": "Home\nNews\n",
    }
    for name, text in (documents | {"w_copy": documents["y_hostile"]}).items():
        record = pipeline.clean(text.encode(), name=f"{name}.txt", path=f"sub/{name}.txt")
        (folder / f"{name}.json").write_bytes(pipeline.to_json(record))
    return tmp_path / "out"


@pytest.fixture
def records(output: Path) -> list[Record]:
    return [record for _, record in each_record(find_records(output), [])]


@pytest.fixture
def usable(records: list[Record]) -> list[Record]:
    return [record for record in records if record.status == "ok"]


def written(output: Path, format_: str) -> Path:
    """Export in a format; the same records must give the same bytes again."""
    target, again = output.parent / format_, output.parent / f"{format_} again"
    for place in (target, again):
        count = EXPORTERS[format_].write(names(each_record(find_records(output), [])), place)
        assert (count.documents, count.rejected) in ((9, 0), (8, 1))
    assert contents(target) == contents(again)
    return target


def contents(target: Path) -> dict[str, bytes]:
    files = [target] if target.is_file() else sorted(file for file in target.rglob("*") if file.is_file())
    return {"" if file == target else file.relative_to(target).as_posix(): file.read_bytes() for file in files}


def test_json_is_the_record_byte_for_byte(output: Path) -> None:
    assert contents(written(output, "json")) == contents(output)


def test_jsonl_has_a_record_a_line(output: Path, records: list[Record]) -> None:
    lines = written(output, "jsonl").read_bytes().splitlines()
    assert [from_json(line) for line in lines] == records


def test_csv_is_read_back_with_formulas_disarmed(output: Path, records: list[Record]) -> None:
    with written(output, "csv").open(newline="", encoding="utf-8") as file:
        rows = list(csv.DictReader(file))
    assert [r["id"] for r in rows] == [record.id for record in records]
    assert tuple(rows[0]) == CELLS
    assert [r["title"] for r in rows] == [record.title or "" for record in records]
    assert [r["reason"] for r in rows if r["status"] == "rejected"] == [RejectionCode.EMPTY]
    assert [r["text"][:6] for r in rows if r["path"].startswith("sub/y_")] == ["'=cmd|"]


@pytest.mark.parametrize("cell", ["=1+1", "+1", "-1", "@SUM(A1)", "\t=1", "\r=1", "＝1"])
def test_a_formula_is_guarded(cell: str) -> None:
    assert guarded(cell) == "'" + cell


@pytest.mark.parametrize("cell", ["", "A = B", "1-2", "a@b.org", "'=1"])
def test_what_is_no_formula_is_left_alone(cell: str) -> None:
    assert guarded(cell) == cell


def test_parquet_gives_every_record_back_with_its_types(output: Path, records: list[Record]) -> None:
    parquet = pytest.importorskip("pyarrow.parquet")
    table = parquet.read_table(written(output, "parquet"))
    assert [as_record(found) for found in table.to_pylist()] == records
    types = {field.name: str(field.type) for field in table.schema}
    assert types["blocks"].startswith("list<element: struct<start: int64, end: int64, label: string, kept: bool,")
    assert types["counts"] == "struct<characters: int64, words: int64, blocks: int64, blocks_kept: int64>"


def as_record(found: dict[str, Any]) -> Record:
    evidence: dict[str, list[dict[str, Any]]] = {}
    for entry in found["evidence"]:
        evidence.setdefault(entry.pop("field"), []).append(entry)
    unknown = {entry["field"]: entry["reason"] for entry in found["unknown"]}
    return msgspec.convert(found | {"evidence": evidence, "unknown": unknown}, Record)


def test_parquet_has_every_field_of_the_record(records: list[Record]) -> None:
    assert tuple(COLUMNS) == Record.__struct_fields__
    assert not [r for r in records if tuple(row(r)) != tuple(COLUMNS)]


def test_datasets_has_a_card_that_names_files_that_are_there(output: Path, usable: list[Record]) -> None:
    dataset = pytest.importorskip("pyarrow.dataset")
    folder = written(output, "datasets")
    head = yaml.safe_load((folder / "README.md").read_text().split("---")[1])
    [files] = head["configs"][0]["data_files"]
    assert files["split"] == "train"
    found = sorted(folder.glob(files["path"]))
    assert dataset.dataset(found).to_table(columns=["id", "text"]).to_pylist() == [{"id": r.id, "text": r.text} for r in usable]


@pytest.mark.filterwarnings("default")  # of libraries that are not ours
def test_datasets_loads_the_folder(output: Path, records: list[Record], tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("HF_HUB_OFFLINE", "1")
    monkeypatch.setenv("HF_HOME", str(tmp_path / "cache"))
    datasets = pytest.importorskip("datasets")
    loaded = datasets.load_dataset(str(written(output, "datasets")), split="train", cache_dir=str(tmp_path / "cache"))
    assert loaded.column_names == list(COLUMNS)
    assert [as_record(found) for found in loaded] == [record for record in records if record.status == "ok"]


NEWS_ARTICLE = {
    "alternativeHeadline", "articleBody", "articleSection", "associatedMedia", "author", "contributor", "dateModified",
    "datePublished", "dateline", "headline", "identifier", "inLanguage", "keywords", "publisher", "sourceOrganization", "url", "wordCount",
}  # fmt: skip
"""Properties that schema.org gives NewsArticle, directly or from Article, CreativeWork and Thing."""
TYPES = {
    "Person": {"name", "honorificPrefix", "jobTitle", "affiliation", "description"},
    "Organization": {"name", "url", "description"},
    "Role": {"roleName", "contributor"},
    "ImageObject": {"caption", "creditText"},
    "NewsArticle": NEWS_ARTICLE,
}


def nodes(value: Any) -> Any:
    if isinstance(value, dict):
        yield value
        for inner in value.values():
            yield from nodes(inner)
    elif isinstance(value, list):
        for inner in value:
            yield from nodes(inner)


def test_jsonld_uses_properties_that_schema_org_knows(output: Path, usable: list[Record]) -> None:
    files = contents(written(output, "jsonld"))
    assert len(files) == len(usable)
    for content in files.values():
        for node in nodes(json.loads(content)):
            assert node.keys() - {"@type", "@context"} <= TYPES[node["@type"]]
            assert None not in node.values()
    first = article(usable[0])
    assert (first["@context"], first["headline"]) == ("https://schema.org", usable[0].title)
    assert [author["name"] for author in first["author"]] == [author.name for author in usable[0].authors]


def test_ninjs_has_the_structure_of_version_3_1(output: Path, usable: list[Record]) -> None:
    schema = Draft202012Validator(json.loads((ROOT / "tests" / "ninjs_subset.json").read_text()))
    files = contents(written(output, "ninjs"))
    assert len(files) == len(usable)
    for name, content in files.items():
        assert [fault.message for fault in schema.iter_errors(json.loads(content))] == [], name


def test_ninjs_takes_whole_time_stamps_only(usable: list[Record]) -> None:
    assert timestamp("2015-06-25T17:18+08:00") == "2015-06-25T17:18:00+08:00"
    assert [timestamp(date) for date in ("2020-12-28", "2024-01-13T16:00", None)] == [None] * 3
    dated = msgspec.structs.replace(usable[0], date_published="2020-12-28")
    assert {"role": "datePublished", "value": "2020-12-28"} in news_object(dated)["descriptions"]
    assert "contentCreated" not in news_object(dated)


def test_a_named_uri_is_as_rfc_6920_writes_it() -> None:
    digest = "7f83b1657ff1fc53b92dc18148a1d65dfc2d4b1fa3d677284addd200126d9069"  # of "Hello World!", the RFC's own example
    assert named_uri("sha256:" + digest) == "ni:///sha-256;f4OxZX_x_FO5LcGBSKHWXfwtSx-j1ncoSt3SABJtkGk"


def test_tei_has_the_structure_of_tei_p5(output: Path, usable: list[Record]) -> None:
    schema = etree.RelaxNG(etree.parse(ROOT / "tests" / "tei_subset.rng"))
    files = contents(written(output, "tei"))
    assert len(files) == len(usable)
    for name, content in files.items():
        document = etree.fromstring(content)
        assert schema.validate(document), f"{name}: {schema.error_log}"


def test_tei_holds_the_text(usable: list[Record]) -> None:
    for record in usable:
        body = etree.fromstring(tei(record)).find(".//{*}body")
        said = "".join(body.itertext())
        assert all(line.strip() in said for line in (record.text or "").split("\n") if "\x01" not in line)


class DolmaDocument(msgspec.Struct, forbid_unknown_fields=True):
    """What dolma's tools read of a document; `created` and `added` may be missing, but not null."""

    id: str
    text: str
    source: str
    metadata: dict[str, Any]
    created: str = ""
    added: str = ""


class DolmaAttributes(msgspec.Struct, forbid_unknown_fields=True):
    """What they read of its attributes: spans of the text, with a score."""

    id: str
    source: str
    attributes: dict[str, list[tuple[int, int, float]]]


def test_dolma_has_documents_and_attributes_line_for_line(output: Path, usable: list[Record]) -> None:
    folder = written(output, "dolma")

    def rows(kind: str, shape: type[Any]) -> list[Any]:
        files = sorted((folder / kind).rglob("*.jsonl.gz"))
        return [msgspec.json.decode(line, type=shape) for f in files for line in gzip.decompress(f.read_bytes()).splitlines()]

    documents, attributes = rows("documents", DolmaDocument), rows("attributes", DolmaAttributes)
    assert [row.id for row in documents] == [row.id for row in attributes]
    assert len({row.id for row in documents}) == len(usable) == 8
    assert {file.name for file in (folder / "documents").iterdir()} == {
        file.name for file in (folder / "attributes/copydesk").iterdir()
    }
    for document, told, record in zip(documents, attributes, usable, strict=True):
        assert document.text.strip() == (record.text or "")
        spans = [span for name, found in told.attributes.items() if "__label__" in name for span in found]
        assert "".join(document.text[start:end] for start, end, _ in sorted(spans)) == document.text.strip().replace("\n", "")
        assert all(0 <= start < end <= len(document.text) and 0 <= score <= 1 for start, end, score in spans)


def test_parts_carry_the_labels_of_kept_blocks(usable: list[Record]) -> None:
    for record in usable:
        found = list(parts(record))
        assert [part.label for part in found] == [block.label for block in record.blocks if block.kept][: len(found)]


def test_every_format_is_described_and_every_field_has_its_place() -> None:
    page = (ROOT / "docs" / "exports.md").read_text()
    assert [name for name in EXPORTERS if f"\n## {name}\n" not in page] == []
    table = page.split("\n## Which field goes where\n")[1].split("\n## ")[0]
    rows = re.findall(r"^\| `([\w.]+)`", table, re.MULTILINE)
    assert [name for name in Record.__struct_fields__ if name not in {found.split(".")[0] for found in rows}] == []
    assert all(f"`{name}`" in table.split("\n")[1] for name in EXPORTERS if name not in ("json", "jsonl"))


@pytest.mark.parametrize(
    ("options", "said"),
    [
        (("--format", "tei", "-o", "-"), "is a folder"),
        (("--format", "tei", "-o", "{file}"), "is a file"),
        (("--format", "csv", "-o", "{out}"), "is a folder"),
        (("--format", "json", "-o", "{out}/sub"), "lies in"),
    ],
)
def test_a_wrong_target_is_refused(copydesk: Command, output: Path, options: tuple[str, ...], said: str) -> None:
    (output.parent / "file").write_text("")
    filled = [option.format(out=output, file=output.parent / "file") for option in options]
    result = copydesk("export", output, *filled)
    assert result.status == 2
    assert said in result.err


def test_the_command_says_what_it_wrote_and_what_it_left_out(copydesk: Command, output: Path) -> None:
    result = copydesk("export", output, "--format", "tei", "-o", output.parent / "tei")
    assert (result.status, result.out) == (0, "")
    assert result.err.endswith("tei: 8 documents as tei; 1 rejected ones have no place in tei\n")
    result = copydesk("export", output, "--format", "jsonl", "-o", "-", "--quiet")
    assert (result.status, result.err, len(result.out.splitlines())) == (0, "", 9)
