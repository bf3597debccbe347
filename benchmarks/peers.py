"""The other ways to the main text that copydesk is measured beside. Each takes a page and gives its main text."""

from __future__ import annotations

import html
import re
from functools import cache

import justext
import trafilatura

C4_END = (".", "!", "?", '"')
C4_WORDS = 5


def identity(text: str) -> str:
    """The flattened text as it is."""
    return text


def c4_lines(text: str) -> str:
    """C4's line rules (Raffel et al. 2020, section 2.2): a line stays if it ends in a stop, has five words, no "javascript"."""
    lines = (line.strip() for line in text.split("\n"))
    return "\n".join(x for x in lines if x.endswith(C4_END) and len(x.split()) >= C4_WORDS and "javascript" not in x.lower())


@cache
def _stoplist() -> frozenset[str]:
    return frozenset().union(*(justext.get_stoplist(name) for name in ("English", "German", "French", "Spanish")))


def justext_lines(text: str) -> str:
    """jusText with each line as a paragraph and the stop words of four languages."""
    lines = [x.strip() for x in text.split("\n") if x.strip()]
    page = "<html><body>" + "".join(f"<p>{html.escape(x)}</p>" for x in lines) + "</body></html>"
    found = justext.justext(re.sub(r"[\x00-\x08\x0b-\x1f]", "", page), _stoplist())
    return "\n".join(p.text for p in found if not p.is_boilerplate)


def trafilatura_html(page: bytes) -> str:
    """trafilatura with the page's HTML, metadata included, as its documentation recommends for corpora."""
    found = trafilatura.bare_extraction(page, with_metadata=True)
    return (found.text or "") if found is not None else ""


TEXT_PEERS = {"text as it is": identity, "C4 line rules": c4_lines, "jusText on lines": justext_lines}
