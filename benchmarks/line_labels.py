"""Labels that were given to lines by hand: read, and carried over to the lines that the pipeline sees."""

from __future__ import annotations

import json
from collections.abc import Sequence
from difflib import SequenceMatcher
from pathlib import Path

from benchmarks.dataset import Key
from pipeline.view import normalize

OURS = Path(__file__).with_name("line_labels.jsonl")
"""Labels of the lines of 835 more articles and news, by the benchmark's own scheme (`LINE_LABELS.md` there), in its form."""


def read_labels(path: Path) -> dict[Key, list[str]]:
    """The hand-made labels of each page's non-blank lines."""
    out = {}
    for text in path.read_text(encoding="utf-8").splitlines():
        row = json.loads(text)
        labels = [label for first, last, label in row["labels"] for _ in range(first, last + 1)]
        out[row["set"], row["renderer"], row["id"]] = labels
    return out


def visible_labels(text: str, labels: Sequence[str]) -> list[str]:
    """The labels of the lines that hold a visible character: the benchmark counts lines of zero-width characters too."""
    lines = [line for line in text.split("\n") if line.strip()]
    return [label for line, label in zip(lines, labels, strict=True) if normalize(line)]


def transferred(lines: Sequence[str], labels: Sequence[str], others: Sequence[str]) -> list[str | None]:
    """The labels of lines, as the lines of another rendering of the same page have them; `None` for lines of their own."""
    out: list[str | None] = [None] * len(others)
    for match in SequenceMatcher(None, lines, others, autojunk=False).get_matching_blocks():
        out[match.b : match.b + match.size] = labels[match.a : match.a + match.size]
    return out


def labels_as_read(text: str, labels: Sequence[str], lines: Sequence[str]) -> list[str | None]:
    """The labels of a text's non-blank lines, for the lines that the pipeline sees in it or in another rendering of its page."""
    own = [line for line in map(normalize, text.split("\n")) if line]
    return transferred(own, visible_labels(text, labels), lines)
