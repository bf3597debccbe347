"""The report as a file: what stands in it, that it loads nothing, and that its colours can be read."""

from __future__ import annotations

import base64
import gzip
import hashlib
import json
import re
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from test_session import once

import pipeline
from flows.readers.limits import Options
from flows.records import NoRecordsError, find_records
from flows.report import build_report
from flows.report.build import as_json
from flows.report.rows import COLUMNS
from flows.report.view import LONGEST_BLOCK, utf16
from flows.sources import SourceFile
from pipeline.document import Label

ROOT = Path(__file__).parent.parent
PAGE = ROOT / "flows" / "report" / "page"
COLOUR_RE = re.compile(r"--(\w+): light-dark\((#\w{6}), (#\w{6})\);")

Write = Callable[..., Path]


@pytest.fixture
def write(tmp_path: Path) -> Write:
    """Write documents and their records; gives the records' folder, which stands beside `in`."""

    def write(**documents: str | bytes) -> Path:
        for name, content in documents.items():
            data = content.encode() if isinstance(content, str) else content
            for folder, body in (("in", data), ("out", None)):
                (tmp_path / folder).mkdir(exist_ok=True)
                record = pipeline.to_json(pipeline.clean(data, name=f"{name}.txt", path=f"{name}.txt"))
                file = tmp_path / folder / (f"{name}.txt" if folder == "in" else f"{name}.json")
                file.write_bytes(record if body is None else body)
        return tmp_path / "out"

    return write


def data_of(html: bytes) -> dict[str, Any]:
    [block] = re.findall(rb'<script id="data" type="application/json">(.*?)</script>', html, re.DOTALL)
    return json.loads(block)


def story(head: str = "A headline of six plain words") -> str:
    body = "The committee met on Tuesday and agreed that the bridge will be repaired before the winter comes. " * 4
    more = "Work on the bridge begins in the spring, and traffic will be led around it for about three months. " * 4
    return f"Home | News | Sport\n\n{head}\n\nBy Jane Doe\n\n12 March 2024\n\n{body}\n\n{more}\n\nSubscribe to our newsletter\n"


def test_every_record_has_a_row_and_the_same_records_give_the_same_bytes(write: Write) -> None:
    output = write(a=story(), b=story("Another headline of other words"), c=b"")
    built = build_report(output)
    data = data_of(built.html)
    assert [row[COLUMNS.index("name")] for row in data["rows"]] == ["a.txt", "b.txt", "c.txt"]
    assert [row[COLUMNS.index("reason")] for row in data["rows"]] == ["", "", "empty"]
    assert (built.documents, built.views, built.with_text) == (3, 2, 0)
    assert build_report(output).html == built.html


def test_views_go_to_documents_with_problems_first(write: Write) -> None:
    output = write(a=story(), b=story() + "\x07", c=story())
    assert list(data_of(build_report(output, documents=1).html)["views"]) == ["1"]
    assert list(data_of(build_report(output, documents=2).html)["views"]) == ["0", "1"]
    assert data_of(build_report(output, documents=0).html)["views"] == {}


def test_the_blocks_of_a_view_are_the_text_in_order(write: Write) -> None:
    text = story("An 𝔘𝔫𝔦𝔠𝔬𝔡𝔢 headline of 😀 words")
    output = write(a=text)
    data = data_of(build_report(output, source=output.parent / "in").html)
    blocks = data["views"]["0"]["blocks"]
    assert [block[2] for block in blocks if block[2]] == [line for line in text.split("\n") if line]
    marked = {
        data["views"]["0"]["fields"][field][0]: block[2].encode("utf-16-le")[2 * start : 2 * end].decode("utf-16-le")
        for block in blocks
        for start, end, field, _ in block[4]
    }
    assert marked["authors"] == "Jane Doe"
    assert marked["date_published"] == "12 March 2024"
    assert [block[5] for block in blocks[:3]] == [1, 2, 3]


def test_the_text_of_members_of_dumps_is_found_again_in_one_reading(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    texts = {f"m{n}": story(f"Headline number {n} of plain words") for n in range(3)}
    dump = tmp_path / "in" / "dump.jsonl.gz"
    dump.parent.mkdir()
    dump.write_bytes(gzip.compress("".join(json.dumps({"id": m, "text": t}) + "\n" for m, t in texts.items()).encode()))
    (tmp_path / "out").mkdir()
    for member, text in texts.items():
        record = pipeline.clean(text.encode(), name=dump.name, path=dump.name, member=member)
        (tmp_path / "out" / f"{member}.json").write_bytes(pipeline.to_json(record))
    opened: list[SourceFile] = []
    once = SourceFile.open
    monkeypatch.setattr(SourceFile, "open", lambda source: opened.append(source) or once(source))
    built = build_report(tmp_path / "out", source=dump.parent)
    assert (built.with_text, len(opened)) == (3, 1)
    for view, text in zip(data_of(built.html)["views"].values(), texts.values(), strict=True):
        assert [block[2] for block in view["blocks"] if block[2]] == [line for line in text.split("\n") if line]


@pytest.mark.parametrize("ledger", [True, False])
def test_a_dump_is_read_again_as_the_run_read_it(tmp_path: Path, ledger: bool) -> None:
    dump = tmp_path / "in" / "dump.jsonl"
    dump.parent.mkdir()
    dump.write_text("".join(json.dumps({"key": f"k{n}", "page": {"long": story(f"Headline {n}")}}) + "\n" for n in range(3)))
    fields = (("text", "page.long"), ("id", "key"))
    once(dump.parent, tmp_path / "out", options=Options(fields=fields))
    if not ledger:
        (tmp_path / "out" / ".copydesk" / "ledger.sqlite").write_text("no ledger")
    assert build_report(tmp_path / "out", source=dump.parent).with_text == 3 * ledger
    assert build_report(tmp_path / "out", source=dump.parent, fields=fields).with_text == 3


def test_without_the_source_kept_lines_are_shown_and_left_out_ones_are_not(write: Write) -> None:
    data = data_of(build_report(write(a=story())).html)
    shown = {data["labels"][label][0]: text for label, _, text, *_ in data["views"]["0"]["blocks"]}
    assert shown["paragraph"].startswith("Work on the bridge")
    assert shown["subscription_prompt"] is None


@pytest.mark.parametrize("change", ["changed", "gone", "outside"])
def test_a_source_that_is_not_the_record_s_is_not_shown(write: Write, change: str) -> None:
    output = write(a=story())
    source = output.parent / "in"
    if change == "changed":
        (source / "a.txt").write_text(story() + "More.")
    elif change == "gone":
        (source / "a.txt").unlink()
    else:
        record = (output / "a.json").read_text().replace('"path": "a.txt"', '"path": "../in/a.txt"')
        (output / "a.json").write_text(record)
        source = output
    assert build_report(output, source=source).with_text == 0


def test_what_is_no_record_is_named_and_passed_over(write: Write) -> None:
    output = write(a=story())
    (output / "notes.json").write_text("{}")
    (output / ".hidden.json").write_text("{}")
    built = build_report(output)
    assert built.documents == 1
    assert [line.split(":")[0] for line in built.strangers] == ["notes.json"]


def test_records_in_lines_are_read_as_those_in_files(write: Write) -> None:
    output = write(a=story(), b=story("Another headline of other words"))
    lines = [json.dumps(json.loads(file.read_bytes())) for file in sorted(output.glob("*.json"))]
    (output.parent / "all.jsonl").write_text("\n".join(lines) + "\n\n")
    data, other = (data_of(build_report(place).html) for place in (output, output.parent / "all.jsonl"))
    assert data["rows"] == other["rows"]
    assert data["views"] == other["views"]


def test_nothing_to_report_is_an_error(tmp_path: Path) -> None:
    for place in (tmp_path, tmp_path / "absent"):
        with pytest.raises(NoRecordsError):
            find_records(place)


def test_a_long_block_is_cut(write: Write) -> None:
    output = write(a=story() + "word " * 200_000)
    html = build_report(output, source=output.parent / "in").html
    assert max(len(block[2]) for block in data_of(html)["views"]["0"]["blocks"]) <= LONGEST_BLOCK
    assert len(html) < 300_000


HOSTILE = "</script><script>alert(1)</script> <!-- \u2028 \ud800 \u0000 & ' \" \u202e"


def test_no_text_can_end_the_data_block() -> None:
    json_text = as_json({"a": HOSTILE})
    assert not re.search("[<>&\u2028\ud800\u0000]", json_text)
    assert json.loads(json_text) == {"a": HOSTILE}
    json_text.encode()


def test_the_page_may_load_nothing(write: Write) -> None:
    html = build_report(write(a=story(HOSTILE.replace("\ud800", "")))).html.decode()
    [policy] = re.findall(r'http-equiv="Content-Security-Policy" content="([^"]+)"', html)
    parts = dict(part.strip().split(" ", 1) for part in policy.split(";"))
    assert parts["default-src"] == "'none'"
    for name, element in (("style-src", "style"), ("script-src", "script")):
        [content] = re.findall(rf"<{element}>(.*?)</{element}>", html, re.DOTALL)
        digest = base64.b64encode(hashlib.sha256(content.encode()).digest()).decode()
        assert parts[name] == f"'sha256-{digest}'"
    assert not re.search(
        r"(?:src|href)=[\"']?(?!#)[a-z/]|url\(|@import", re.sub(r"<script id=.*?</script>", "", html, flags=re.DOTALL)
    )
    assert len(re.findall(r"<script", html)) == 2


def test_the_script_puts_no_markup_into_the_page() -> None:
    script = "".join(file.read_text() for file in PAGE.glob("*.js"))
    assert not re.findall(r"innerHTML|outerHTML|insertAdjacentHTML|document\.write|eval\(|new Function|fetch\(|XMLHttp", script)


def test_every_label_has_a_colour() -> None:
    names = {name for name, _, _ in COLOUR_RE.findall((PAGE / "palette.css").read_text())}
    kept_and_about = {"kept", "about"}
    assert kept_and_about <= names
    assert not {str(label) for label in Label if label not in _grouped()} - names


def _grouped() -> frozenset[Label]:
    from pipeline.document import ABOUT, KEPT

    return ABOUT | KEPT


def luminance(colour: str) -> float:
    """Relative luminance, as WCAG 2.2 defines it."""
    parts = [int(colour[i : i + 2], 16) / 255 for i in (1, 3, 5)]
    red, green, blue = (c / 12.92 if c <= 0.04045 else ((c + 0.055) / 1.055) ** 2.4 for c in parts)
    return 0.2126 * red + 0.7152 * green + 0.0722 * blue


def contrast(one: str, other: str) -> float:
    high, low = sorted((luminance(one), luminance(other)), reverse=True)
    return (high + 0.05) / (low + 0.05)


BEHIND = {"paper", "panel", "sunk"}
NO_TEXT = BEHIND | {"rule", "field"}


@pytest.mark.parametrize("scheme", [0, 1], ids=["light", "dark"])
def test_text_has_the_contrast_that_wcag_aa_asks_for(scheme: int) -> None:
    palette = {name: (light, dark)[scheme] for name, light, dark in COLOUR_RE.findall((PAGE / "palette.css").read_text())}
    weak = {
        (name, ground): round(contrast(palette[name], palette[ground]), 2)
        for name in palette.keys() - NO_TEXT
        for ground in BEHIND
        if contrast(palette[name], palette[ground]) < 4.5
    }
    weak |= {(n, "field"): 0.0 for n in ("ink", "about") if contrast(palette[n], palette["field"]) < 4.5}
    assert not weak


def test_colours_stand_in_the_palette_only() -> None:
    assert not re.findall(r"#[0-9a-fA-F]{3,8}\b(?![^{]*\{)", (PAGE / "style.css").read_text())


def test_contrast_is_computed_as_wcag_does() -> None:
    assert round(contrast("#000000", "#ffffff"), 1) == 21
    assert round(contrast("#777777", "#ffffff"), 2) == 4.48


def test_utf16_counts_as_javascript_does() -> None:
    assert [utf16(text) for text in ("", "aé", "😀a", "\ud800")] == [0, 2, 3, 1]
