"""The rules: each looks at one line in its page and may propose a label. None edits, none knows a site.

`ALONE` and `RULES` are the whole table, in order; the order breaks ties only. Beside each rule of `RULES` stands on which
lines it is asked: the others it would not speak on. What a block finally is, `verdict` decides.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable

from pipeline.label.alone import RULES as ALONE
from pipeline.label.page import Page
from pipeline.label.rules.about import (
    CREDIT_SIGNS,
    about_author,
    byline,
    caption,
    head_date,
    headline,
    outlet_line,
    section_line,
    standfirst,
)
from pipeline.label.rules.chrome import PAIR_WORDS, breadcrumb, dated_teaser, outside, template_pair, ticker, under_head
from pipeline.label.rules.content import element, heading, list_entry, prose, summary_head
from pipeline.label.vote import Vote

Rule = Callable[[Page, int], Vote | None]
Lines = Callable[[Page], Iterable[int]]


def everywhere(page: Page) -> Iterable[int]:
    """All lines."""
    return range(len(page.lines))


def under_heads(page: Page) -> Iterable[int]:
    """Lines under a furniture heading."""
    return page.runs


def marked_up(page: Page) -> Iterable[int]:
    """All lines of a page of HTML; none of a text."""
    return range(len(page.markups))


def in_body(page: Page) -> Iterable[int]:
    """The stretch of main content."""
    return range(*page.body)


def out_of_body(page: Page) -> Iterable[int]:
    """The lines before and behind it."""
    first, last = page.body
    return (*range(first), *range(last, len(page.lines)))


def around_ticks(page: Page) -> Iterable[int]:
    """Lines outside the body, if there are bare dates enough for a ticker."""
    return out_of_body(page) if page.dated_up_to[-1] >= 3 else ()


def about_title(page: Page) -> Iterable[int]:
    """Lines from right before the headline to three behind it."""
    return () if page.title is None else range(max(0, page.title - 1), min(len(page.lines), page.title + 4))


def up_to_body(page: Page) -> Iterable[int]:
    """Lines from the headline, or from the top, to the body's first lines."""
    return range(page.head_from, min(len(page.lines), page.body[0] + 3))


def up_to_end(page: Page) -> Iterable[int]:
    """Lines up to the end of the body, if there is a headline."""
    return () if page.title is None else range(max(page.title + 1, page.body[1]))


def dated(page: Page) -> Iterable[int]:
    """Lines with a date."""
    return [i for i, line in enumerate(page.lines) if line.dates]


def head_or_credit(page: Page) -> Iterable[int]:
    """Lines up to the body, and lines with a word that comes before a name."""
    head = set(up_to_body(page))
    return [i for i, line in enumerate(page.lines) if i in head or any(h.entry.sign in CREDIT_SIGNS for h in line.hits)]


def long(page: Page) -> Iterable[int]:
    """Lines of many words."""
    return [i for i, line in enumerate(page.lines) if line.words >= PAIR_WORDS]


def from_body_end(page: Page) -> Iterable[int]:
    """Lines from the end of the body on."""
    return range(max(0, page.body[1] - 2), len(page.lines))


def known(page: Page) -> Iterable[int]:
    """Lines in which a wording stands."""
    return [i for i, line in enumerate(page.lines) if line.hits]


RULES: tuple[tuple[str, Lines, Rule], ...] = (
    ("under_head", under_heads, under_head),
    ("dated_teaser", under_heads, dated_teaser),
    ("breadcrumb", everywhere, breadcrumb),
    ("ticker", around_ticks, ticker),
    ("headline", up_to_end, headline),
    ("head_date", dated, head_date),
    ("byline", head_or_credit, byline),
    ("section_line", about_title, section_line),
    ("outlet_line", up_to_body, outlet_line),
    ("standfirst", about_title, standfirst),
    ("caption", everywhere, caption),
    ("about_author", from_body_end, about_author),
    ("template_pair", long, template_pair),
    ("summary_head", known, summary_head),
    ("list_entry", in_body, list_entry),
    ("element", marked_up, element),
    ("heading", in_body, heading),
    ("prose", everywhere, prose),
    ("outside", out_of_body, outside),
)


def votes_on(page: Page) -> list[list[Vote]]:
    """All proposals for each line of a page: first what the line gets for itself, then in the table's order."""
    votes = [list(reading.votes) for reading in page.readings]
    for _, lines, rule in RULES:
        for i in lines(page):
            vote = rule(page, i)
            if vote is not None:
                votes[i].append(vote)
    return votes


__all__ = ["ALONE", "RULES", "Rule", "votes_on"]
