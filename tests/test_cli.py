"""The command line: what it prints, where, and its exit status."""

from __future__ import annotations

import json
import os
import pty
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path

import pytest
from conftest import Command, Result

import pipeline
from flows import cli, run
from flows.work import Made
from pipeline.record import from_json, schema_json
from pipeline.version import VERSION

HOSTILE = "Title \x1b[31mred [bold]not bold[/bold] \u202eevil\u202c \x9b2J\n\nBy Jane Doe\n\n" + "Words of a long sentence. " * 9


def on_a_terminal(*args: object, **environment: str) -> str:
    """What a command writes to a terminal."""
    ours, theirs = pty.openpty()
    env = {k: v for k, v in os.environ.items() if k not in ("NO_COLOR", "FORCE_COLOR")} | {"TERM": "xterm", "COLUMNS": "90"}
    command = [sys.executable, "-m", "flows", *map(str, args)]
    with subprocess.Popen(command, stdout=theirs, env=env | environment, cwd=Path(__file__).parent.parent) as process:
        os.close(theirs)
        pieces = []
        try:
            while piece := os.read(ours, 4096):
                pieces.append(piece)
        except OSError:  # Linux says so when the other side is closed
            pass
        process.wait()
    os.close(ours)
    return b"".join(pieces).decode()


def one_line(result: Result, *words: str) -> bool:
    return result.status == 2 and result.err.count("\n") == 1 and result.out == "" and all(w in result.err for w in words)


@pytest.fixture
def hostile(tmp_path: Path) -> Path:
    file = tmp_path / "hostile.txt"
    file.write_text(HOSTILE, encoding="utf-8")
    return file


def test_version(copydesk: Command) -> None:
    assert copydesk("--version").out.startswith(f"copydesk {VERSION}")


def test_schema(copydesk: Command) -> None:
    assert copydesk("schema").out.encode() == schema_json()


def test_clean_prints_the_record_of_the_library(copydesk: Command, raw: list[Path]) -> None:
    for file in raw:
        record = pipeline.clean(file.read_bytes(), name=file.name, path=file.name)
        result = copydesk("clean", file)
        assert (result.status, result.out.encode(), result.err) == (0, pipeline.to_json(record), "")


def test_clean_reads_standard_input_and_takes_what_is_known_from_outside(copydesk: Command) -> None:
    options = ("--name", "page.txt", "--url", "https://example.org/", "--charset", "koi8-r", "--fetched-at", "2024-01-31T16:00Z")
    result = copydesk("clean", "-", *options, stdin=("Привет, мир. " * 30).encode("koi8-r"))
    record = from_json(result.out.encode())
    assert record.source.name == "page.txt"
    assert record.source.url == "https://example.org/"
    assert record.source.fetched_at == "2024-01-31T16:00Z"
    assert record.decoding
    assert record.decoding.encoding == "koi8-r"
    assert copydesk("clean", stdin=b"Some words.").out == copydesk("clean", "-", stdin=b"Some words.").out


def test_clean_of_an_unusable_document(copydesk: Command) -> None:
    result = copydesk("clean", "-", stdin=b"")
    assert result.status == 1
    assert json.loads(result.out)["reason"]["code"] == "empty"


@pytest.mark.parametrize("command", ["explain", "text"])
def test_an_unusable_document_is_said_in_one_line(copydesk: Command, command: str, tmp_path: Path) -> None:
    (tmp_path / "empty.txt").write_bytes(b"")
    result = copydesk(command, tmp_path / "empty.txt")
    assert result.status == 1
    assert result.out == ""
    assert result.err.startswith("rejected: empty.txt: empty: ")


def test_text_is_what_the_offsets_refer_to(copydesk: Command, raw: list[Path]) -> None:
    for file in raw:
        assert copydesk("text", file).out == file.read_text(encoding="utf-8")


def test_explain_shows_every_line_in_order_and_says_who_labelled_it(copydesk: Command, raw: list[Path]) -> None:
    for file in raw:
        result = copydesk("explain", file, "--verbose")
        rows = result.out.split("\n")
        record = pipeline.clean(file.read_bytes(), name=file.name)
        at = 0
        text = file.read_text(encoding="utf-8")
        for block in record.blocks:
            line = text[block.start : block.end].rstrip("\n").replace("\t", "    ")
            if not line.strip():
                continue
            sign = "│" if block.kept else ""
            at = next(i for i in range(at, len(rows)) if rows[i].endswith(cli.visible(line)) and sign in rows[i]) + 1
            if not block.kept:
                assert f"{block.label} " in rows[at - 1]
                assert f"{block.evidence[0].rule} {block.evidence[0].confidence:.2f}" in rows[at - 1]
        assert "\x1b" not in result.out
        assert f"language        {record.language.code if record.language else ''}" in result.out


@pytest.mark.parametrize(
    ("text", "said"),
    [
        (
            "# Rivers\n\n" + "The [river](https://example.org/river) rose, says the [town](https://example.org/town).\n\n" * 5,
            "read as Markdown",
        ),
        ("\n".join(["the river rose over its banks for the third time since May and went on"] * 12), "hard-wrapped"),
        ("The river rose again.The town is under water.The bridge is closed.Nobody was hurt. " * 40, "long lines are parted"),
        ("The river rose.\nNobody was hurt.\n", ""),
        ("The river rose.\rNobody was hurt.\r", ""),
        ("On Sunday the river rose, says\nJane Roe\n, who has lived in the town since 1954 and has seen many floods.\n" * 3, ""),
    ],
)
def test_explain_says_how_the_text_was_read(copydesk: Command, tmp_path: Path, text: str, said: str) -> None:
    file = tmp_path / "a.txt"
    file.write_text(text, encoding="utf-8")
    head = copydesk("explain", file).out.split("\n")[0]
    assert said in head
    assert sum(how in head for how in ("Markdown", "hard-wrapped", "parted")) == (said != "")


def test_explain_marks_fields_where_they_stand(copydesk: Command, raw: list[Path]) -> None:
    rows = copydesk("explain", raw[0]).out.split("\n")
    at = next(i for i, row in enumerate(rows) if row.endswith("06-25-2015 17:18 BJT"))
    assert "↳ date_published = 2015-06-25T17:18+08:00" in rows[at + 1]


def test_verify(copydesk: Command, raw: list[Path], tmp_path: Path) -> None:
    record = tmp_path / "record.json"
    record.write_bytes(pipeline.to_json(pipeline.clean(raw[0].read_bytes(), name=raw[0].name)))
    assert copydesk("verify", record, "--against", raw[0]).status == 0
    other = copydesk("verify", record, "--against", raw[1])
    assert other.status == 1
    assert other.out.startswith("id: ")
    record.write_bytes(b"{}")
    broken = copydesk("verify", record, "--against", raw[0])
    assert broken.status == 1
    assert "not a copydesk record" in broken.out


def test_wrong_calls_are_said_in_one_line(copydesk: Command, raw: list[Path], tmp_path: Path) -> None:
    (tmp_path / "none").mkdir()
    (tmp_path / "file").write_bytes(b"")
    missing = tmp_path / "a\nb"
    assert one_line(copydesk("run", tmp_path / "none"), "holds no files")
    assert one_line(copydesk("run", missing), "does not exist", r"a\nb")
    assert one_line(copydesk("run", f"{tmp_path}/*.txt"), "no file matches")
    assert one_line(copydesk("run", raw[0], "-o", tmp_path / "file"), "cannot write to", "File exists")
    assert one_line(copydesk("run", raw[0], "-o", tmp_path / "file" / "under"), "cannot write to", "Not a directory")
    assert one_line(copydesk("run", tmp_path, "-o", tmp_path / "out"), "lies in the input folder")
    assert one_line(copydesk("run", raw[0], "--format", "xml"), "'xml' is not one of", "copydesk run --help")
    assert one_line(copydesk("run", *["x" * 1000] * 500), "too many names")
    assert one_line(copydesk("run", raw[0], "caf\udce9.txt"), "is not UTF-8", r"caf\udce9.txt")
    assert one_line(copydesk("run"), "Missing argument")
    assert one_line(copydesk("clean", missing), "does not exist", r"a\nb")
    assert one_line(copydesk("clean", tmp_path), "is a directory")
    assert one_line(copydesk("clean", "-", "--charset", "klingon"), "no known encoding")
    assert one_line(copydesk("clean", "-", "--fetched-at", "yesterday"), "ISO 8601")
    assert one_line(copydesk("verify", raw[0]), "--against")
    assert one_line(copydesk("nothing"), "No such command")


def test_an_unreadable_file(copydesk: Command, raw: list[Path], monkeypatch: pytest.MonkeyPatch) -> None:
    def refuse(*_: object) -> None:
        raise PermissionError(13, "Permission denied")

    monkeypatch.setattr(Path, "open", refuse)  # root may read everything
    assert one_line(copydesk("clean", raw[0]), "cannot read", "Permission denied")


def test_run_reports_and_sums_up(copydesk: Command, raw: list[Path], tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def flow(_inputs: object, _output: str, done: Callable[[list[Made]], None], _options: object, **_: object) -> object:
        good = Made("a", "a.txt", 0, None, "", 1, "a.json", 0, "ok", None, None, "text", "en", "")
        bad = good._replace(path="evil \x1b[31m\n.txt", status="rejected", reason="empty", message="it is empty")
        done([good, bad])
        return {"outcomes": {"ok": 1, "empty": 1}, "formats": {"text": 2}, "skipped": {"request records": 3}}

    monkeypatch.setattr(cli, "clean_all", flow)
    result = copydesk("run", raw[0], raw[1], "--output", tmp_path)
    assert result.status == 1
    assert r"rejected: evil \x1b[31m\n.txt: empty: " in result.err
    assert "cleaned 2 documents" in result.err
    rows = [row.split() for row in result.out.split("\n")]
    assert rows[2:5] == [["ok", "1"], ["rejected:", "empty", "1"], ["all", "2"]]
    assert ["text", "2"] in rows
    assert ["request", "records", "3"] in rows
    assert f"records in {tmp_path}" in result.out


def test_a_run_that_fails(copydesk: Command, raw: list[Path], tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def flow(*_: object, **__: object) -> object:
        raise run.RunFailedError("OSError: no space left on device")

    monkeypatch.setattr(cli, "clean_all", flow)
    result = copydesk("run", raw[0], "--output", tmp_path)
    assert result.status == 3
    assert result.err.endswith(
        "copydesk: the run failed: OSError: no space left on device; run it again: what is written stays\n"
    )


def test_a_terminal_gets_colour_and_nothing_raw(hostile: Path) -> None:
    shown = on_a_terminal("explain", hostile)
    assert "\x1b[33m" in shown or "\x1b[36m" in shown
    plain = on_a_terminal("explain", hostile, NO_COLOR="1")
    assert "\x1b" not in plain
    assert r"\x1b[31mred [bold]not bold[/bold] \u202eevil\u202c" in plain
    for output in (shown, plain, on_a_terminal("text", hostile), on_a_terminal("clean", hostile)):
        assert not {"\u202e", "\u202c", "\x9b"} & set(output)
        assert "\x1b[31m" not in output


def test_json_on_a_terminal_has_the_same_values(hostile: Path) -> None:
    assert json.loads(cli.visible_json(HOSTILE_JSON)) == json.loads(HOSTILE_JSON)
    assert cli.visible_json(HOSTILE_JSON).isascii()
    assert json.loads(on_a_terminal("clean", hostile)) == json.loads(
        pipeline.to_json(pipeline.clean(hostile.read_bytes(), "hostile.txt", path="hostile.txt"))
    )


HOSTILE_JSON = json.dumps({"a": "\x1b\u202e\x9b\U000e0041"}, ensure_ascii=False).encode()


def test_no_command_but_run_loads_prefect(raw: list[Path]) -> None:
    code = "import sys, flows.cli; sys.argv[1:] = ['clean', sys.argv[1]]\ntry: flows.cli.main()\nfinally: print('prefect' in sys.modules, file=sys.stderr)"
    done = subprocess.run([sys.executable, "-c", code, raw[0]], capture_output=True, check=True, cwd=Path(__file__).parent.parent)
    assert done.stderr.decode() == "False\n"


def test_explain_a_field_shows_its_candidates_and_what_spoke_for_them(copydesk: Command, raw: list[Path]) -> None:
    out = copydesk("explain", "--field", "date", raw[0]).out
    assert "date_published: " in out
    assert "✓ 2015-06-25T17:18+08:00" in out
    assert "      for     " in out
    assert copydesk("explain", "--field", "colour", raw[0]).status == 2
