"""Texts as other renderers write them, which the labeller has not learned from: does it hold?

    python -m benchmarks.renderers BENCH --work FOLDER [--every 5]

Articles and news of the benchmark's HTML, flattened by converters in wide use, beside the three renderings that the benchmark gives. Each
page is cleaned with the model of the fold that never saw its site (`benchmarks.train` leaves those in FOLDER).
"""

from __future__ import annotations

import argparse
import gzip
import json
import shutil
import subprocess
import tempfile
import textwrap
from collections.abc import Callable
from pathlib import Path
from typing import Any

import html2text
import html_text
import lxml.html
import markdownify
import msgspec
from bs4 import BeautifulSoup
from trafilatura import html2txt

from benchmarks.bench import PARTS, clean_with, scorer
from benchmarks.dataset import ONE_LINE, RENDERERS, SETS, jsonl, sources
from pipeline.decode import decode_bytes
from pipeline.document import Payload
from pipeline.label.model import read_model


def _html2text(markup: str, width: int) -> str:
    converter = html2text.HTML2Text()
    converter.body_width = width
    return converter.handle(markup)


def _markdownify(markup: str) -> str:
    tree = BeautifulSoup(markup, "lxml")
    for element in tree(["script", "style", "noscript"]):
        element.decompose()
    return str(markdownify.MarkdownConverter().convert_soup(tree))


def _text_content(markup: str) -> str:
    tree = lxml.html.fromstring(markup.encode("utf-8", "replace"), parser=lxml.html.HTMLParser(encoding="utf-8"))
    for element in tree.xpath("//script|//style"):
        element.drop_tree()
    return str(tree.text_content())


def _wrapped(markup: str) -> str:
    return "\n".join(textwrap.fill(line, 72) for line in html_text.extract_text(markup).split("\n"))


def _program(*command: str) -> Callable[[str], str]:
    """A program that reads a file of HTML, named as its last argument, and writes text."""

    def run(markup: str) -> str:
        with tempfile.NamedTemporaryFile("w", suffix=".html", encoding="utf-8", errors="replace") as file:
            file.write(markup)
            file.flush()
            done = subprocess.run([*command, file.name], capture_output=True, check=True, timeout=60)
        return done.stdout.decode("utf-8", "replace")

    return run


PROGRAMS = {
    "lynx": ("lynx", "-dump", "-nolist", "-assume_charset=utf-8", "-display_charset=utf-8"),
    "lynx numbered": ("lynx", "-dump", "-assume_charset=utf-8", "-display_charset=utf-8"),
    "elinks numbered": ("elinks", "-dump", "-eval", 'set document.dump.codepage = "utf-8"'),
    "w3m": ("w3m", "-dump", "-T", "text/html", "-I", "UTF-8", "-O", "UTF-8"),
    "pandoc plain": ("pandoc", "-f", "html", "-t", "plain"),
    "pandoc markdown": ("pandoc", "-f", "html", "-t", "markdown"),
    "pandoc gfm unbroken": ("pandoc", "-f", "html", "-t", "gfm", "--wrap=none"),
}
"""Text browsers and pandoc; those that the machine has are compared."""

OTHERS: dict[str, Callable[[str], str]] = {
    "html2text": lambda markup: _html2text(markup, 78),
    "html2text unbroken": lambda markup: _html2text(markup, 0),
    "markdownify": _markdownify,
    "html-text": html_text.extract_text,
    "the same, wrapped": _wrapped,
    "lxml text_content": _text_content,
    "trafilatura html2txt": html2txt,
    **{name: _program(*command) for name, command in PROGRAMS.items() if shutil.which(command[0])},
}
"""Converters, as they come out of the box; html2text breaks lines at 78 columns unless told not to, lxml puts nothing between
paragraphs, and trafilatura's `html2txt` sets a page in one line."""


BARE = {"the gold text": str, "the gold text, in one line": lambda text: " ".join(text.split())}
"""Texts without any furniture: all of them is main text."""


def main() -> None:
    """Print a line for each renderer: body F1, and the shares of titles and dates that are met."""
    ap = argparse.ArgumentParser(description=__doc__.split("\n")[0])
    ap.add_argument("bench", type=Path)
    ap.add_argument("--work", type=Path, required=True, help="the folder that benchmarks.train left its fold models in")
    ap.add_argument("--folds", type=int, nargs="+", default=[0, 1, 2])
    ap.add_argument("--every", type=int, default=5, help="one page in so many")
    a = ap.parse_args()
    score = scorer(a.bench)
    fold = json.loads((a.work / "folds-text.json").read_text(encoding="utf-8"))
    models = {f: read_model((a.work / f"text-{f}.npz").read_bytes()) for f in a.folds}
    print(f"{'':28}{'articles F1':>12}{'title':>8}{'date':>8}{'news F1':>12}{'title':>8}{'date':>8}")
    golds = {name: list(jsonl(a.bench / name / "gold.jsonl.gz"))[:: a.every] for name in SETS}
    golds = {name: [g for g in gold if fold.get(f"{name} {g['id']}") in models] for name, gold in golds.items()}
    golds["wcxb-dev"] = [g for g in golds["wcxb-dev"] if g["type"] == "article"]
    for renderer in (*RENDERERS, ONE_LINE, *OTHERS, *BARE):
        cells = []
        for name in ("wcxb-dev", "fundus-dev"):
            texts = _texts(a.bench, name, renderer, golds[name])
            records = {}
            for gold in golds[name]:
                payload = Payload(texts[gold["id"]].encode("utf-8", "replace"), f"{gold['id']}.txt", gold["id"])
                record = msgspec.json.decode(clean_with(payload, models[fold[f"{name} {gold['id']}"]]))
                records[gold["id"]] = record
            found, _ = score.score(golds[name], records)
            cells.append(f"{found['body']['f1']:12.4f}{found['title']['r']:8.3f}{found['date']['r']:8.3f}")
        print(f"{renderer:28}" + "".join(cells), flush=True)
    print(", ".join(f"{len(golds[name])} {part}" for part, name, _ in PARTS if part != "all types"))


def _texts(bench: Path, name: str, renderer: str, golds: list[dict[str, Any]]) -> dict[str, str]:
    """The texts of pages by id, as a renderer writes them, or without furniture."""
    if renderer in (*RENDERERS, ONE_LINE):
        wanted = {gold["id"] for gold in golds}
        return {id_: text for id_, text in sources(bench, name, renderer) if id_ in wanted}
    if renderer in BARE:
        return {gold["id"]: BARE[renderer](gold["text"] or "") for gold in golds}
    out = {}
    for gold in golds:
        markup = decode_bytes(gzip.decompress((bench / name / "html" / f"{gold['id']}.html.gz").read_bytes())).text
        out[gold["id"]] = OTHERS[renderer](markup)
    return out


if __name__ == "__main__":
    main()
