"""Markup to a tree: one tolerant parse, guarded against pages that are made to choke parsers."""

from __future__ import annotations

import re

import lxml.html
from lxml import etree

MAX_TAG = 20_000
"""Characters of a start tag; longer ones are cut to their name. libxml2 needs 30 s for 100,000 attributes."""

MAX_DEPTH = 200
"""Open elements inside each other; libxml2 gives up, and loses the text, at 256."""

_LONG_TAG_RE = re.compile(r"<([a-zA-Z][a-zA-Z0-9:-]{0,40})(?=[\s/])[^<>]{20000,}>")
_TAG_RE = re.compile(r"<(/?)([a-zA-Z][a-zA-Z0-9:-]{0,40})(?=[\s/>])[^<>]*>")
_FLAT = frozenset(
    ("area", "base", "br", "col", "hr", "img", "input", "link", "meta", "source", "wbr", "p", "li", "option", "dt", "dd")
)
"""Elements without content, and those whose end tag is often left out: they do not count as depth."""


def parse(source: str) -> tuple[lxml.html.HtmlElement | None, str]:
    """The tree of a page, or `None` if it holds no element and no text; and the markup that was parsed."""
    source = source.replace("\x00", "\ufffd")
    if len(source) > MAX_TAG:
        source = _LONG_TAG_RE.sub(r"<\1>", source)
    tree, refused = _parse(source)
    if refused:
        source = level(source)
        tree, _ = _parse(source, huge=True)
    return tree, source


def _parse(source: str, *, huge: bool = False) -> tuple[lxml.html.HtmlElement | None, bool]:
    """The tree, and whether libxml2 gave up: for a depth of 256, or a text of 10 MB if not `huge`."""
    parser = etree.HTMLParser(encoding="utf-8", remove_comments=True, remove_pis=True, no_network=True, huge_tree=huge)
    parser.set_element_class_lookup(_ELEMENTS)
    try:
        tree = etree.fromstring(source.encode("utf-8", "replace"), parser)
    except etree.LxmlError:
        tree = None
    return tree, len(parser.error_log.filter_types(_REFUSALS)) > 0


_ELEMENTS = etree.ElementDefaultClassLookup(element=lxml.html.HtmlElement)
"""All elements alike: lxml's own lookup, which tells forms and fields apart, is Python, and asked at every step of a walk."""

_REFUSALS = (etree.ErrorTypes.ERR_RESOURCE_LIMIT, etree.ErrorTypes.ERR_INTERNAL_ERROR)


def level(source: str) -> str:
    """Leave out the tags that lie deeper than `MAX_DEPTH`; their text stays."""
    pieces: list[str] = []
    position = depth = 0
    for match in _TAG_RE.finditer(source):
        if match.group(2).lower() in _FLAT:
            continue
        closing = bool(match.group(1))
        if not closing:
            depth += 1
        if depth > MAX_DEPTH:
            pieces.append(source[position : match.start()])
            position = match.end()
        if closing:
            depth = max(0, depth - 1)
    return "".join([*pieces, source[position:]])
