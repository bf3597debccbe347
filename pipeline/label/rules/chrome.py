"""Rules for site furniture that show in the page: what stands under which heading, outside the body, twice."""

from __future__ import annotations

import re

from pipeline.document import Label
from pipeline.label.page import Page
from pipeline.label.vote import Vote

_BREADCRUMB_RE = re.compile(r"\s(?:>|»|›|→|/)\s")
_BARS_RE = re.compile(r"\s[|•·]\s")
_BREADCRUMB_MARKS = frozenset(">»›→/|•·")
_STOP_RE = re.compile(r"[.!?。！？](?:\s|\Z)")
PAIR_WORDS = 15


def under_head(page: Page, i: int) -> Vote | None:
    """The line stands under a furniture heading, and the document has not gone on since."""
    if i not in page.runs:
        return None
    sign, head = page.runs[i]
    rule = "under_bio_head" if sign == "author_bio" and i - head < 8 else "under_head"
    return Vote(Label(sign), rule, f"under {page.lines[head].text[:60]!r}", 0.9)


def dated_teaser(page: Page, i: int) -> Vote | None:
    """Prose under a heading of related links, with a bare date right above it: the summary of another document."""
    line = page.lines[i]
    if not line.prose or i not in page.runs or page.runs[i][0] != Label.RELATED_LINKS or not page.lines[i - 1].dated_only:
        return None
    return Vote(Label.RELATED_LINKS, "dated_teaser", f"dated {page.lines[i - 1].text[:40]!r}", 0.93)


def breadcrumb(page: Page, i: int) -> Vote | None:
    """Short parts between arrows, or between several bars, before the headline or outside the body."""
    line = page.lines[i]
    if line.ends or line.words > 24 or _BREADCRUMB_MARKS.isdisjoint(line.text):
        return None
    if (
        _BREADCRUMB_RE.search(line.text)
        and i < page.body[0]
        and all(len(p.split()) <= 6 for p in _BREADCRUMB_RE.split(line.text))
    ):
        return Vote(Label.NAVIGATION, "breadcrumb", line.text[:60], 0.8)
    if len(_BARS_RE.findall(line.text)) >= 2:
        return Vote(Label.NAVIGATION, "breadcrumb", line.text[:60], 0.6)
    return None


def ticker(page: Page, i: int) -> Vote | None:
    """Headline and time take turns, three times or more: other stories."""
    first, last = page.body
    if first <= i < last:
        return None
    near = page.dated_up_to[min(len(page.lines), i + 7)] - page.dated_up_to[max(0, i - 6)]
    return Vote(Label.RELATED_LINKS, "ticker", f"{near} bare dates around", 0.8) if near >= 3 else None


def template_pair(page: Page, i: int) -> Vote | None:
    """Two neighbouring long lines that differ in a few words, at the end of the body: a notice set twice. Rows of a table have no stops."""
    line = page.lines[i]
    if line.words < PAIR_WORDS or not (line.ends or _STOP_RE.search(line.text)):
        return None
    for k in (i - 1, i + 1):
        if 0 <= k < len(page.lines) and page.lines[k].words >= PAIR_WORDS and line.tokens != page.lines[k].tokens:
            mine, other = set(line.tokens), set(page.lines[k].tokens)
            share = len(mine & other) / len(mine | other)
            if share >= 0.5 and not any(n.prose for n in page.lines[max(i, k) + 1 : max(i, k) + 2]):
                sure = 0.97 if line.has_email and page.lines[k].has_email else 0.8
                return Vote(Label.LEGAL_NOTICE, "template_pair", f"{share:.0%} of its words stand in the line beside", sure)
    return None


def outside(page: Page, i: int) -> Vote | None:
    """Anything before or behind the body that nothing else knows."""
    line = page.lines[i]
    first, last = page.body
    if first <= i < last:
        return None
    if i >= last and line.words >= 4:
        return Vote(Label.RELATED_LINKS, "behind_body", f"{line.words:.0f} words behind the body", 0.4)
    return Vote(Label.NAVIGATION, "outside_body", f"{line.words:.0f} words outside the body", 0.38)
