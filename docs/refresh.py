"""What is generated in the documentation: `make docs` writes it, tests/test_docs.py sees that it is up to date."""

from __future__ import annotations

import io
import json
import re
import shlex
import subprocess
import sys
from pathlib import Path
from typing import Any

import click
from rich.console import Console
from rich.text import Text

import pipeline
from flows.cli import cli
from flows.explain import explain
from pipeline.record import Record, schema_json, to_json

ROOT = Path(__file__).parent.parent
EXAMPLE = ROOT / "fixtures" / "raw" / "000_33d6601fe55d2f36.txt"
DRAWN = ROOT / "fixtures" / "raw" / "002_2814d831a8057bf3.txt"
PART_RE = re.compile(r"(?<=<!-- begin )(?P<name>[^>]+?)(?P<mark> -->\n).*?(?=<!-- end -->)", re.DOTALL)
PAGES = (ROOT / "README.md", ROOT / "docs" / "command-line.md", ROOT / "docs" / "guide.md")
SCHEMA = ROOT / "docs" / "record.schema.json"
PICTURE = ROOT / "docs" / "explain.svg"
WIDTH = 100
SHOWN = 24
"""Rows of a command's output that a page shows."""

COLUMNS = 104
HEAD = 30
"""Width of the picture of `copydesk explain`, and the rows that it shows of the document."""

SVG = """\
<svg viewBox="0 0 {width} {height}" xmlns="http://www.w3.org/2000/svg">
<style>
.{unique_id}-matrix {{ font-family: ui-monospace, Menlo, Consolas, "DejaVu Sans Mono", monospace; font-size: {char_height}px; line-height: {line_height}px; }}
.{unique_id}-title {{ font-size: 18px; font-weight: bold; font-family: sans-serif; }}
{styles}
</style>
<defs>
<clipPath id="{unique_id}-clip-terminal"><rect x="0" y="0" width="{terminal_width}" height="{terminal_height}"/></clipPath>
{lines}
</defs>
{chrome}
<g transform="translate({terminal_x}, {terminal_y})" clip-path="url(#{unique_id}-clip-terminal)">
{backgrounds}
<g class="{unique_id}-matrix">
{matrix}
</g>
</g>
</svg>
"""
"""rich's own frame loads a font from the network; this one takes what is there."""


def expected() -> dict[Path, bytes]:
    """Content that each generated file should have."""
    record, drawn = (pipeline.clean(path.read_bytes(), name=path.name, path=path.name) for path in (EXAMPLE, DRAWN))
    parts = {
        "example record": fenced("json", shortened(record)),
        "example explain": fenced("text", excerpt(record)),
        "copydesk": fenced("text", help_of()),
        **{f"copydesk {name}": fenced("text", help_of(name)) for name in cli.commands},
    }
    pages = {
        page: PART_RE.sub(lambda m: m["name"] + m["mark"] + _part(m["name"], parts), page.read_text("utf-8")) for page in PAGES
    }
    made = {SCHEMA: schema_json(), PICTURE: picture(drawn, DRAWN.read_text("utf-8"), f"fixtures/raw/{DRAWN.name}")}
    return {page: text.encode() for page, text in pages.items()} | made


def _part(name: str, parts: dict[str, str]) -> str:
    """A generated part; one whose name begins with `$ copydesk` is the command with its output."""
    return fenced("text", output_of(name)) if name.startswith("$ copydesk ") else parts[name]


def output_of(command: str) -> str:
    """A command and the head of what it prints, run at the root of the repository."""
    words = [sys.executable, "-m", "flows", *shlex.split(command)[2:]]
    done = subprocess.run(words, cwd=ROOT, capture_output=True, text=True, encoding="utf-8", check=False)  # noqa: S603 (our own pages)
    rows = [row if len(row) <= WIDTH else row[: WIDTH - 3] + "..." for row in done.stdout.rstrip("\n").split("\n")]
    return "\n".join([command, *rows[:SHOWN], *(["..."] if len(rows) > SHOWN else [])])


def fenced(language: str, text: str) -> str:
    """A code block."""
    return f"```{language}\n{text.strip(chr(10))}\n```\n"


def help_of(*names: str) -> str:
    """The help text of a command."""
    context = click.Context(cli, info_name="copydesk", terminal_width=WIDTH, **cli.context_settings)
    command: click.Command = cli
    for name in names:
        command = cli.commands[name]
        context = click.Context(command, info_name=name, parent=context, terminal_width=WIDTH)
    return command.get_help(context)


def shortened(record: Record) -> str:
    """A record cut down to what an example needs; `...` stands where something is left out."""
    full: dict[str, Any] = json.loads(to_json(record))
    names = ("id", "status", "title", "authors", "contributors", "date_published", "outlet", "section", "language", "text")
    short = {name: full[name] for name in names}
    short["id"], short["text"] = full["id"][:16] + "...", full["text"][:70] + "..."
    short["blocks"] = [block | {"evidence": block["evidence"][:1]} for block in full["blocks"] if block["label"] != "blank"][1:3]
    short["evidence"] = {"date_published": full["evidence"]["date_published"][:1]}
    short["unknown"] = dict(list(full["unknown"].items())[:1])
    return re.sub(r"\n\}\Z", ",\n  ...\n}", compact(short))


def compact(value: Any, before: str = "") -> str:
    """JSON in which a list or object that fits on a line stands on one."""
    line = json.dumps(value, ensure_ascii=False)
    if not isinstance(value, dict | list) or (len(before) + len(line) < WIDTH and before):
        return line
    inner = before + "  "
    if isinstance(value, list):
        return "[\n" + ",\n".join(inner + compact(entry, inner) for entry in value) + f"\n{before}]"
    rows = (f"{inner}{json.dumps(name)}: {compact(entry, inner)}" for name, entry in value.items())
    return "{\n" + ",\n".join(rows) + f"\n{before}}}"


def excerpt(record: Record) -> str:
    """Some rows of `copydesk explain`, each cut to the page's width."""
    out = io.StringIO()
    explain(record, EXAMPLE.read_text("utf-8"), Console(file=out, color_system=None, soft_wrap=True, highlight=False))
    rows = [row if len(row) <= WIDTH else row[: WIDTH - 3] + "..." for row in out.getvalue().split("\n")]
    return "\n".join(row for row in rows[6:24] if row)


def picture(record: Record, text: str, name: str) -> bytes:
    """`copydesk explain` of a document on a terminal, with the middle left out."""
    out = io.StringIO()
    terminal = Console(file=out, width=COLUMNS, force_terminal=True, color_system="standard", _environ={}, highlight=False)
    explain(record, text, terminal)
    rows = out.getvalue().rstrip("\n").split("\n")
    summary = next(n for n, row in enumerate(rows) if "What the document says" in row)
    console = Console(file=io.StringIO(), record=True, width=COLUMNS, _environ={})
    for row in (*rows[:HEAD], "", "...", "", *rows[summary:], ""):
        console.print(Text.from_ansi(row), no_wrap=True)
    return console.export_svg(title=f"copydesk explain {name}", unique_id="explain", code_format=SVG).encode()


def main() -> None:
    """Write the generated files."""
    for path, content in expected().items():
        path.write_bytes(content)


if __name__ == "__main__":
    main()
