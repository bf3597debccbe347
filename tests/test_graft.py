"""Grafted pages: the body of one page between the furniture of others."""

from __future__ import annotations

from collections import Counter

import numpy as np

from benchmarks.align import words
from benchmarks.dataset import Row, key_of, measured, page_of
from benchmarks.graft import grafts

ABOVE, BELOW = ("Home", "News", "Sign in to {}"), ("More from {}", "Terms of {}", "Contact {}")


def page(name: str) -> tuple[str, list[str]]:
    """A page's title and its paragraphs."""
    body = [f"The {name} council has met for the {k}. time this year, and nobody was late." for k in ("first", "second")]
    return f"The council of {name} meets", body


def source(name: str) -> str:
    """A page as text."""
    title, body = page(name)
    above, below = ([line.format(name) for line in lines] for lines in (ABOVE, BELOW))
    return "\n".join([*above, "", title, "", *body, "", *below])


def row_of(name: str) -> Row:
    """A page's row, its paragraphs the gold."""
    found = page_of("bs4", source(name))
    title, body = page(name)
    texts = [line.text for line in found.lines]
    share = np.array([float(text in body) for text in texts])
    bags, gold = [words(t) for t in texts], Counter(words(" ".join(body)))
    slots = [r.slots for r in found.readings]
    return Row(
        "wcxb-dev",
        "bs4",
        name,
        "article",
        name,
        measured(found),
        slots,
        [],
        found.telling,
        share,
        bags,
        texts,
        gold,
        [],
        title,
        "",
    )


def test_a_graft_has_one_body_and_whole_lines_of_others() -> None:
    rows = [row_of(f"town{k}") for k in range(12)]
    fold = {i: i % 2 for i in range(12)}
    found = grafts(rows, fold, lambda keys: {key: source(key[2]) for key in keys})
    assert [g.body for g in found] == sorted(fold)
    for graft in found:
        own = rows[graft.body]
        title, body = page(own.id)
        middle = graft.row.texts.index(title)
        assert graft.row.texts[middle : middle + 3] == [title, *body]
        assert [t for t, kept in zip(graft.row.texts, graft.row.kept, strict=True) if kept] == body
        assert len({key_of(graft.row), *map(key_of, rows)}) == 13, "a page of its own"
        assert {fold[j] for j, _ in graft.origins} == {fold[graft.body]}, "nothing from another fold"
        assert [rows[j].texts[k] for j, k in graft.origins] == graft.row.texts
        assert len(graft.row.rows) == len(graft.row.slots) == len(graft.row.texts)
    others = [{j for j, _ in g.origins} - {g.body} for g in found]
    assert any(others), "some have furniture of others"
    assert any(len(g.origins) < len(rows[0].texts) for g in found), "some have none"


def test_grafting_is_repeatable() -> None:
    rows = [row_of(f"town{k}") for k in range(6)]
    once, again = (grafts(rows, dict.fromkeys(range(6), 0), lambda keys: {k: source(k[2]) for k in keys}) for _ in "12")
    assert [g.origins for g in once] == [g.origins for g in again]
    assert all(np.array_equal(a.row.rows, b.row.rows) for a, b in zip(once, again, strict=True))
