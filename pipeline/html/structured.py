"""What a page says of itself in its markup: JSON-LD, Open Graph and other meta tags, its title element, canonical link."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator
from html import unescape
from typing import Any, NamedTuple

import lxml.html
from bs4 import BeautifulSoup, Tag
from lxml import etree

MAX_JSON = 2_000_000
"""Characters of one JSON-LD script that are read."""

MAX_NODES = 2_000
"""Objects of a page's JSON-LD that are looked at."""

MAX_VALUE = 2_000
"""Characters of a value that is kept."""


MAX_TIMES = 200
"""Elements with a date in an attribute that are looked at."""

_YEAR_RE = re.compile(r"(?<!\d)(?:19|20)\d\d(?!\d)")


class Fact(NamedTuple):
    """A value, and where the markup gave it; `kind` is the JSON-LD object's type.

    `source` is "json-ld", "meta", "title", "link", "html" or "time": an attribute that gives a date beside the text shown.
    """

    source: str
    name: str
    value: str
    kind: str = ""


FIELDS = (
    "headline",
    "alternativeHeadline",
    "name",
    "description",
    "datePublished",
    "dateModified",
    "dateCreated",
    "uploadDate",
    "articleSection",
    "keywords",
    "inLanguage",
    "url",
)
FOR_MACHINES = (
    "viewport",
    "theme-color",
    "color-scheme",
    "format-detection",
    "x-ua-compatible",
    "msapplication-",
    "apple-mobile",
    "apple-itunes",
    "mobile-web-app",
    "handheldfriendly",
    "google-site-verification",
    "msvalidate",
    "csrf-",
    "robots",
    "googlebot",
    "bingbot",
    "referrer",
    "generator",
    "fb:",
    "og:image:",
    "twitter:card",
)
"""Names of meta tags, or how they begin, that tell a browser or crawler what to do, and nothing of the document."""

SPOKEN = ("articleBody", "text", "reviewBody")
"""Properties of JSON-LD that hold text which mostly stands on the page as well: no facts, but votes for its lines."""

MAX_SPOKEN = 200_000
"""Characters of such a text that are read."""

PEOPLE = ("author", "creator", "contributor", "editor", "publisher", "sourceOrganization")
"""Properties of JSON-LD whose objects have names."""


def facts(tree: lxml.html.HtmlElement) -> list[Fact]:
    """The facts of a page in the order of its markup, each once."""
    wanted = []
    for element in tree.iter("title", "meta", "link", "script"):
        if element.tag == "script" and "ld+json" not in (element.get("type") or ""):
            continue
        if element.tag == "link" and (element.get("rel") or "").lower() not in ("canonical", "amphtml", "author"):
            continue
        if element.tag == "title" and (element.getparent() is None or element.getparent().tag != "head"):
            continue
        wanted.append(etree.tostring(element, encoding="unicode", with_tail=False, method="html"))
    language = tree.get("lang") or tree.get("{http://www.w3.org/XML/1998/namespace}lang")
    found = [Fact("html", "lang", language.strip())] if language and language.strip() else []
    soup = BeautifulSoup("".join(wanted), "lxml")
    for tag in soup.find_all(["title", "meta", "link", "script"]):
        found += _of_tag(tag)
    found += _dated(tree)
    return list(dict.fromkeys(fact for fact in found if fact.value))


def _dated(tree: lxml.html.HtmlElement) -> Iterator[Fact]:
    """Dates that stand in attributes of the body: `<time datetime>`, the old `<abbr class="published" title>`."""
    for count, element in enumerate(tree.iter("time", "abbr")):
        value = element.get("datetime") if element.tag == "time" else element.get("title")
        if count < MAX_TIMES and value and _YEAR_RE.search(value) and len(value) < 60:
            yield Fact("time", "datetime" if element.tag == "time" else "title", _clean(value))


def _of_tag(tag: Tag) -> Iterator[Fact]:
    if tag.name == "title":
        yield Fact("title", "title", _clean(tag.get_text()))
    elif tag.name == "meta":
        name = tag.get("property") or tag.get("name") or tag.get("itemprop") or tag.get("http-equiv")
        called = str(name or "").strip().lower()
        if called and tag.get("content") and not called.startswith(FOR_MACHINES):
            yield Fact("meta", called, _clean(str(tag["content"])))
    elif tag.name == "link":
        yield Fact("link", " ".join(tag.get_attribute_list("rel")), _clean(str(tag.get("href") or "")))
    else:
        yield from _of_json(tag.get_text()[:MAX_JSON])


def _clean(value: str) -> str:
    return " ".join(value.split())[:MAX_VALUE]


_TAG_RE = re.compile(r"<[^<>]{0,2000}>")


def _plain(value: str) -> str:
    """The text of a long value, which pages give as plain text, as markup or as escaped markup."""
    return _TAG_RE.sub(" ", unescape(value[:MAX_SPOKEN])) if "&" in value or "<" in value else value[:MAX_SPOKEN]


_CONTROLS_RE = re.compile(r"[\x00-\x1f]+")
_WRAPPED_RE = re.compile(r"\A\s*(?:<!--|//\s*<!\[CDATA\[|<!\[CDATA\[)|(?:-->|//\s*\]\]>|\]\]>)\s*\Z")
_TRAILING_COMMA_RE = re.compile(r",\s*([}\]])")


def read_json(text: str) -> Any:
    """JSON as pages write it: control characters in strings, CDATA marks, commas too many; `None` if it is none."""
    text = _WRAPPED_RE.sub("", text).strip().rstrip(";")
    for attempt in (text, _TRAILING_COMMA_RE.sub(r"\1", _CONTROLS_RE.sub(" ", text))):
        try:
            return json.loads(attempt, strict=False)
        except (ValueError, RecursionError):
            continue
    return None


def _of_json(text: str) -> Iterator[Fact]:
    queue: list[Any] = [read_json(text)]
    known = _names_by_id(queue[0])
    seen = 0
    while queue and seen < MAX_NODES:
        node = queue.pop(0)
        seen += 1
        if isinstance(node, list):
            queue = [*node[:MAX_NODES], *queue]
        elif isinstance(node, dict):
            yield from _of_object(node, known)
            queue += [value for key, value in node.items() if isinstance(value, dict | list) and key not in PEOPLE]


def _names_by_id(root: Any) -> dict[str, dict[str, Any]]:
    """Objects with a name by their `@id`, to which others refer instead of repeating them."""
    known: dict[str, dict[str, Any]] = {}
    queue: list[Any] = [root]
    seen = 0
    while queue and seen < MAX_NODES:
        node = queue.pop()
        seen += 1
        if isinstance(node, list):
            queue += node[:MAX_NODES]
        elif isinstance(node, dict):
            if isinstance(node.get("@id"), str) and node.get("name"):
                known.setdefault(node["@id"], node)
            queue += [value for value in node.values() if isinstance(value, dict | list)]
    return known


def _of_object(node: dict[str, Any], known: dict[str, dict[str, Any]]) -> Iterator[Fact]:
    kind = "+".join(str(k) for k in _listed(node.get("@type")) if isinstance(k, str))[:60]
    for name in FIELDS:
        for value in _listed(node.get(name))[:20]:
            if isinstance(value, str | int | float) and not isinstance(value, bool):
                yield Fact("json-ld", name, _clean(str(value)), kind)
    for name in SPOKEN:
        for value in _listed(node.get(name))[:20]:
            if isinstance(value, str):
                yield Fact("json-ld", name, _plain(value), kind)
    for name in PEOPLE:
        for value in _listed(node.get(name))[:20]:
            if isinstance(value, str):
                yield Fact("json-ld", name, _clean(value), kind)
            elif isinstance(value, dict):
                if not value.get("name") and isinstance(value.get("@id"), str):
                    value = known.get(value["@id"], value)  # noqa: PLW2901
                who = "+".join(str(k) for k in _listed(value.get("@type")) if isinstance(k, str))
                for called in _listed(value.get("name"))[:20]:
                    if isinstance(called, str):
                        yield Fact("json-ld", f"{name}.name" + (f":{who}" if who else ""), _clean(called), kind)


def _listed(value: Any) -> list[Any]:
    return value if isinstance(value, list) else [] if value is None else [value]
