"""What a person sees: consoles, and text from documents made harmless for a terminal."""

from __future__ import annotations

import os
import sys
import unicodedata
from collections.abc import Iterator
from typing import Literal, TextIO

from rich.console import Console
from rich.text import Text

Color = Literal["auto", "always", "never"]

JOINERS = "\u200c\u200d"
"""Zero-width non-joiner and joiner: Persian, Indic scripts and emoji are spelled with them, and they move nothing."""

MIN_WIDTH = 20
"""Columns that a text has at least, however narrow the terminal is."""


def visible(text: str, keep: str = "") -> str:
    r"""A text in which control, escape, bidi and other unprintable characters stand as `\x1b`, `\u202e` and so on.

    Characters in `keep` stay as they are.
    """
    if text.isprintable():
        return text
    return "".join(c if c in keep or _harmless(c) else c.encode("unicode_escape").decode() for c in text)


def visible_json(json: bytes) -> str:
    """Canonical JSON for a terminal: the same values, with unprintable characters as JSON escapes."""
    text = json.decode()
    if text.isprintable():
        return text
    return "".join(c if c == "\n" or _harmless(c) else _json_escape(c) for c in text)


def _harmless(char: str) -> bool:
    return char.isprintable() or char in JOINERS or unicodedata.category(char) == "Zs"


def _json_escape(char: str) -> str:
    units = char.encode("utf-16-be", "surrogatepass")
    return "".join(f"\\u{units[i]:02x}{units[i + 1]:02x}" for i in range(0, len(units), 2))


def make_console(stream: TextIO | None = None, color: Color = "auto") -> Console:
    """A console that reads no markup in what it prints, and styles it on a terminal only; `NO_COLOR` is honoured."""
    stream = stream or sys.stdout
    styled = color == "always" or (color == "auto" and stream.isatty() and not plain_wanted())
    return Console(
        file=stream,
        force_terminal=styled or None,
        color_system="standard" if styled else None,
        no_color=False,
        markup=False,
        highlight=False,
        emoji=False,
        soft_wrap=not stream.isatty(),
    )


def plain_wanted() -> bool:
    """Whether the environment asks for no colour (no-color.org), or the terminal knows none."""
    return bool(os.environ.get("NO_COLOR")) or os.environ.get("TERM") == "dumb"


def wrapped(line: Text, width: int | None) -> list[Text]:
    """A line cut at spaces into rows of a width; one row if the width is `None`."""
    if width is None:
        return [line]
    return list(line.wrap(Console(width=width), max(width, MIN_WIDTH))) or [Text()]


def hanging(head: str, body: str, width: int | None, head_style: str = "", body_style: str = "") -> Iterator[Text]:
    """Rows of a body, escaped and wrapped beside its head."""
    room = None if width is None else width - len(head)
    for k, row in enumerate(wrapped(Text(visible(body), style=body_style), room)):
        yield Text.assemble((" " * len(head) if k else head, head_style), row)


def survive_encoding() -> None:
    """Let the standard streams write an escape for a character that their encoding lacks, not fail."""
    for stream in (sys.stdout, sys.stderr):
        reconfigure = getattr(stream, "reconfigure", None)
        if reconfigure is not None:
            reconfigure(errors="backslashreplace")
