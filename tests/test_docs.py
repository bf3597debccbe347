"""The documentation mentions everything there is, and what it shows is true."""

from __future__ import annotations

import json
import re
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import click
import pytest
from jsonschema import Draft202012Validator

import pipeline
from docs.refresh import expected
from flows.cli import cli
from pipeline.document import Label, ProblemCode, RejectionCode
from pipeline.record import json_schema

ROOT = Path(__file__).parent.parent
LINK_RE = re.compile(r"\]\((?!https?:)([^)#]+)\)")
PAGES = sorted([*ROOT.glob("*.md"), *(ROOT / "docs").glob("*.md")])


def page(name: str) -> str:
    return (ROOT / name).read_text(encoding="utf-8")


def code_blocks(text: str, language: str) -> list[str]:
    return re.findall(rf"^```{language}\n(.*?)^```", text, re.DOTALL | re.MULTILINE)


def test_generated_parts_are_up_to_date() -> None:
    stale = [
        str(path.relative_to(ROOT)) for path, content in expected().items() if not path.is_file() or path.read_bytes() != content
    ]
    assert not stale, f"{', '.join(stale)}: run 'make docs' and look at the difference"


@pytest.mark.parametrize(
    ("name", "codes"),
    [("docs/labels.md", Label), ("docs/problems.md", ProblemCode), ("docs/problems.md", RejectionCode)],
)
def test_every_label_and_code_is_described(name: str, codes: type[Label]) -> None:
    rows = re.findall(r"^\| `(\w+)` \|", page(name), re.MULTILINE)
    assert not [str(code) for code in codes if rows.count(str(code)) != 1]


def test_no_label_or_code_is_described_that_is_none() -> None:
    assert set(re.findall(r"^\| `(\w+)` \|", page("docs/labels.md"), re.MULTILINE)) == {str(label) for label in Label}
    known = {str(code) for code in [*ProblemCode, *RejectionCode]}
    assert set(re.findall(r"^\| `(\w+)` \|", page("docs/problems.md"), re.MULTILINE)) == known


def test_every_command_and_option_is_mentioned() -> None:
    text = page("docs/command-line.md")
    for name, command in cli.commands.items():
        assert f"\n## {name}\n" in text
        section = text.split(f"\n## {name}\n")[1].split("\n## ")[0]
        for parameter in command.params:
            names = parameter.opts if isinstance(parameter, click.Option) else [parameter.make_metavar(click.Context(command))]
            assert not [n for n in names if n not in section], f"copydesk {name} {names}"


def fields(schema: dict[str, Any], part: dict[str, Any]) -> Iterator[str]:
    """Names of all fields below a part of the schema."""
    for choice in [part, *part.get("anyOf", []), *([part["items"]] if isinstance(part.get("items"), dict) else [])]:
        reference = choice.get("$ref")
        if reference:
            yield from fields(schema, schema["$defs"][reference.rsplit("/", 1)[-1]])
    for inner in [*part.get("anyOf", []), *([part["items"]] if isinstance(part.get("items"), dict) else [])]:
        yield from fields(schema, inner)
    for name, inner in part.get("properties", {}).items():
        yield name
        yield from fields(schema, inner)


def test_every_field_is_described() -> None:
    schema = json_schema()
    names = set(fields(schema, {"$ref": schema["$ref"]}))
    assert {"schema_version", "simhash64", "honorific"} <= names
    described = set(re.findall(r"\w+", " ".join(re.findall(r"`([^`]+)`", page("docs/record.md")))))
    assert not names - described


def test_records_are_as_the_schema_says(raw: list[Path]) -> None:
    schema = json.loads((ROOT / "docs" / "record.schema.json").read_bytes())
    Draft202012Validator.check_schema(schema)
    for data in [*(file.read_bytes() for file in raw), b"", b"\x89PNG\r\n\x1a\n"]:
        Draft202012Validator(schema).validate(json.loads(pipeline.to_json(pipeline.clean(data))))


def run_blocks(name: str, folder: Path) -> str:
    """Run the shell blocks of a page one after another beside the fixtures, as its reader would; gives what they print."""
    shim = folder / "copydesk"
    shim.write_text(f'#!/bin/sh\nPYTHONPATH="{ROOT}" exec "{sys.executable}" -m flows "$@"\n')
    shim.chmod(0o755)
    (folder / "fixtures").symlink_to(ROOT / "fixtures")
    blocks = [block for block in code_blocks(page(name), "sh") if "copydesk " in block]
    assert blocks
    command = ["bash", "-uc", f'PATH="{folder}:$PATH"\nset -e\n' + "\n".join(blocks)]
    done = subprocess.run(command, cwd=folder, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stderr
    return done.stdout


def test_commands_of_the_readme_run(tmp_path: Path) -> None:
    [*_, block] = [b for b in code_blocks(page("README.md"), "sh") if "copydesk clean" in b]
    assert all(f"copydesk {name}" in block for name in ("clean", "explain", "verify"))
    assert "record.json holds against" in run_blocks("README.md", tmp_path)
    assert (tmp_path / "report.html").stat().st_size > 50_000


def test_commands_of_the_guide_run(tmp_path: Path) -> None:
    said = run_blocks("docs/guide.md", tmp_path)
    assert "they differ" in said
    assert "       1  date_published" in said
    assert {"record.json", "corrected.json", "records.csv", "tei", "report.html"} <= {file.name for file in tmp_path.iterdir()}


@pytest.mark.parametrize("name", ["docs/corrections.md", "docs/exports.md", "docs/report.md"])
def test_commands_of_other_pages_run(name: str, tmp_path: Path) -> None:
    """As after a run into `output`, and a record in `record.json`."""
    (tmp_path / "output").mkdir()
    for file in (ROOT / "fixtures" / "golden").iterdir():
        (tmp_path / "output" / file.name).write_bytes(file.read_bytes())
    (tmp_path / "record.json").write_bytes((tmp_path / "output" / "002_2814d831a8057bf3.json").read_bytes())
    run_blocks(name, tmp_path)


@pytest.mark.parametrize("name", ["README.md", "docs/guide.md"])
def test_python_of_the_pages_runs(name: str, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(ROOT)
    [block] = code_blocks(page(name), "python")
    exec(block, {})
    assert "CGTN" in capsys.readouterr().out


def test_make_targets_that_are_named_exist() -> None:
    targets = set(re.findall(r"^(\w+):", page("Makefile"), re.MULTILINE))
    named = {name for path in PAGES for name in re.findall(r"(?:^|`)make (\w+)", path.read_text("utf-8"), re.MULTILINE)}
    assert {"run", "test"} <= named <= targets


@pytest.mark.parametrize("path", PAGES, ids=lambda path: path.name)
def test_links_lead_somewhere(path: Path) -> None:
    assert not [link for link in LINK_RE.findall(path.read_text("utf-8")) if not (path.parent / link).exists()]


def test_every_field_and_limit_of_the_readers_is_described() -> None:
    from flows.commands.options import LIMITS
    from flows.readers.rows import FIELDS

    text = page("docs/formats.md")
    table = text.split("## Fields of rows")[1].split("\n## ")[0]
    for role, names in FIELDS.items():
        [row] = re.findall(rf"^\| `{role}` \|(.*)$", table, re.MULTILINE)
        assert re.findall(r"`(\w+)`", row) == list(names)
    assert not [name for name in LIMITS if f"--limit {name}=N" not in text]
