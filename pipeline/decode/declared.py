"""What a document declares of its encoding: labels as the WHATWG Encoding Standard maps them, and where HTML has them.

`labels.tsv` holds the standard's labels (section 4.2) by Python's codec; pages that say iso-8859-1 hold windows-1252.
"""

from __future__ import annotations

import codecs
import re
from functools import cache
from importlib import resources

PRESCAN = 16 * 1024
"""Bytes of the head of a document that are searched. The HTML Standard asks for 1024, and for the rest when the tag comes."""

NO_TEXT = frozenset(
    ["idna", "punycode", "undefined", "unicode-escape", "raw-unicode-escape", "utf-7", "mbcs", "oem", "palmos", "hz"]
)
"""Codecs of Python that are no encodings of documents."""

WIDE = frozenset({"utf-16-le", "utf-16-be", "utf-16", "utf-32", "utf-32-le", "utf-32-be"})

_LABEL_RE = re.compile("[a-z0-9][a-z0-9._:+-]{1,40}", re.ASCII)
_SPACE = b"\t\n\x0c\r "
_XML_RE = re.compile(rb"""<\?xml[^>]*?\sencoding\s*=\s*(?:"([^">]*)"|'([^'>]*)')""")
_CHARSET_RE = re.compile(
    rb"""charset[\t\n\x0c\r ]*=[\t\n\x0c\r ]*(?:"([^"]*)"|'([^']*)'|([^"'\t\n\x0c\r ;][^\t\n\x0c\r ;]*))""", re.IGNORECASE
)
_MARKUP_RE = re.compile(rb"\s*<(?:!doctype|!--|\?xml|html|head|meta|title|script|body)[\s>]|\s*<!--", re.IGNORECASE)


@cache
def _labels() -> dict[str, str]:
    lines = resources.files(__package__).joinpath("labels.tsv").read_text("utf-8").splitlines()
    return {label: codec for codec, labels in (line.split("\t") for line in lines) for label in labels.split()}


def codec_of(label: str) -> str | None:
    """Python's codec for a label; `None` if it is no label of an encoding."""
    name = label.strip("\t\n\x0c\r ").lower()
    known = _labels().get(name)
    if known is not None or not _LABEL_RE.fullmatch(name):
        return known
    try:
        codec = codecs.lookup(name)
        "".encode(codec.name)  # refuses codecs that do not turn text into bytes
    except (LookupError, ValueError, TypeError):
        return None
    return None if codec.name in NO_TEXT or codec.name.replace("_", "-") in NO_TEXT else codec.name


def is_markup(data: bytes) -> bool:
    """Whether bytes start as an HTML or XML document does."""
    return _MARKUP_RE.match(data[:PRESCAN]) is not None


def declared_in_markup(data: bytes) -> str | None:
    """The label that the head of an HTML or XML document declares."""
    head = data[:PRESCAN]
    xml = _XML_RE.match(head)
    if xml:
        label = (xml[1] if xml[1] is not None else xml[2]).decode("latin-1")
        if codec_of(label):
            return label
    return _prescan(head)


def _prescan(head: bytes) -> str | None:
    """The HTML Standard's search, section 13.2.3.2; the comments name its steps."""
    at = 0
    while (at := head.find(b"<", at)) >= 0:
        if head.startswith(b"<!--", at):  # a comment; `<!-->` is a whole one
            end = head.find(b"-->", at + 2)
            if end < 0:
                return None
            at = end + 3
        elif head[at : at + 5].lower() == b"<meta" and head[at + 5 : at + 6] in (*_bytes(_SPACE), b"/"):
            label, at = _meta(head, at + 5)
            if label:
                return label
        elif head[at + 1 : at + 2].isalpha() or (head[at + 1 : at + 2] == b"/" and head[at + 2 : at + 3].isalpha()):
            at += 1
            while at < len(head) and head[at] not in _SPACE + b">":
                at += 1
            while (found := _attribute(head, at)) is not None:
                at = found[2]
        elif head[at + 1 : at + 2] in (b"!", b"/", b"?"):
            end = head.find(b">", at)
            if end < 0:
                return None
            at = end + 1
        else:
            at += 1
    return None


def _bytes(some: bytes) -> list[bytes]:
    return [some[at : at + 1] for at in range(len(some))]


def _meta(head: bytes, at: int) -> tuple[str | None, int]:
    """The label of a `meta` tag, and where its attributes end."""
    seen: dict[bytes, bytes] = {}
    while (found := _attribute(head, at)) is not None:
        name, value, at = found
        seen.setdefault(name, value)
    if at >= len(head):
        return None, at  # the tag is cut off
    label: bytes | None = None
    if b"charset" in seen:
        label = seen[b"charset"]
    elif seen.get(b"http-equiv", b"").lower() == b"content-type" and b"content" in seen:
        charset = _CHARSET_RE.search(seen[b"content"])
        label = next((group for group in charset.groups() if group is not None), None) if charset else None
    if label is None:
        return None, at
    text = label.decode("latin-1").strip()
    return (text if codec_of(text) else None), at


def _attribute(head: bytes, at: int) -> tuple[bytes, bytes, int] | None:
    """The standard's "get an attribute": name, value, where it ends; `None` at the end of the tag."""
    size = len(head)
    while at < size and head[at] in _SPACE + b"/":
        at += 1
    if at >= size or head[at] == ord(">"):
        return None
    start = at
    while at < size and not (head[at] in _SPACE + b"/>" or (head[at] == ord("=") and at > start)):
        at += 1
    name = head[start:at].lower()
    while at < size and head[at] in _SPACE:
        at += 1
    if at >= size or head[at] != ord("="):
        return name, b"", at
    at += 1
    while at < size and head[at] in _SPACE:
        at += 1
    if at < size and head[at] in b"\"'":
        end = head.find(head[at : at + 1], at + 1)
        return (name, head[at + 1 : end], end + 1) if end >= 0 else (name, b"", size)
    start = at
    while at < size and head[at] not in _SPACE + b">":
        at += 1
    return name, head[start:at], at
