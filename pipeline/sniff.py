"""Whether bytes are a page of HTML, by how they begin (WHATWG MIME Sniffing, section 7.1)."""

from __future__ import annotations

import re

TEXT, HTML, XHTML = "text/plain", "text/html", "application/xhtml+xml"

_PROLOGUE = rb"\s*+(?>(?><!--.{0,4096}?-->|<\?.{0,1024}?\?>)\s*+){0,50}+"
_PAGE_RE = re.compile(_PROLOGUE + rb"<(?:!doctype\s+html|html[\s>]|head[\s>]|body[\s>])", re.IGNORECASE | re.DOTALL)
_XHTML_RE = re.compile(
    rb"\s*<\?xml\b[^>]*\?>.{0,4096}?<html\b[^>]{0,1024}http://www\.w3\.org/1999/xhtml", re.DOTALL | re.IGNORECASE
)
_TAG_RE = re.compile(
    _PROLOGUE
    + rb"<(?:script|iframe|h[1-6]|div|font|table|a|style|title|b|br|p|span|article|main|section|ul|ol|img|meta|link)[\s/>]",
    re.IGNORECASE | re.DOTALL,
)
"""How a page begins (WHATWG MIME Sniffing, section 7.1), and how a part of one does."""

_ANY_TAG_RE = re.compile(rb"</?[a-z][a-z0-9]{0,20}[\s/>]", re.IGNORECASE)

PAGE_ENDINGS = (".html", ".htm", ".xhtml", ".xht", ".shtml")
"""How files are named that are pages, or parts of pages."""

_LOOKED = 8192


def narrow(head: bytes) -> bytes:
    """The first bytes of a text, with UTF-16 brought to bytes that can be compared, and no byte order mark."""
    if head.startswith((b"\xff\xfe", b"\xfe\xff")):
        return head[2:].replace(b"\0", b"")
    return head.removeprefix(b"\xef\xbb\xbf")


def is_page(head: bytes) -> bool:
    """Whether bytes begin as an HTML page does."""
    return _PAGE_RE.match(narrow(head[:_LOOKED])) is not None


def has_tags(head: bytes) -> bool:
    """Whether bytes hold any tag."""
    return _ANY_TAG_RE.search(narrow(head)) is not None


def is_markup(head: bytes) -> bool:
    """Whether bytes begin as a page or a part of one does."""
    looked = narrow(head[:_LOOKED])
    return _PAGE_RE.match(looked) is not None or _TAG_RE.match(looked) is not None


def page_type(head: bytes) -> str:
    """The media type of bytes that are HTML: `text/html`, or XHTML if they say so."""
    return XHTML if _XHTML_RE.match(narrow(head[:_LOOKED])) else HTML


def media_type_of(data: bytes, name: str = "") -> str:
    """The media type of one document, by its first bytes, or by its name if it holds any tag there: that of a page, or plain text."""
    head = data[:_LOOKED]
    page = is_page(head) or (name.lower().endswith(PAGE_ENDINGS) and has_tags(head))
    return page_type(head) if page else TEXT
