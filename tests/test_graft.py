"""Grafted pages: the body of one page between the furniture of others."""

from __future__ import annotations

from collections import Counter

import numpy as np
import pytest

from benchmarks.align import words
from benchmarks.dataset import Row, measured, page_of
from benchmarks.graft import grafts, key_of
from pipeline.label.markup import tag_slots

ABOVE, BELOW = ("Home", "News", "Sign in to {}"), ("More from {}", "Terms of {}", "Contact {}")


def page(name: str) -> tuple[str, list[str]]:
    """A page's title and its paragraphs."""
    body = [f"The {name} council has met for the {k}. time this year, and nobody was late." for k in ("first", "second")]
    return f"The council of {name} meets", body


def source(name: str, renderer: str) -> str:
    """A page, as text or as markup."""
    title, body = page(name)
    above, below = ([line.format(name) for line in lines] for lines in (ABOVE, BELOW))
    if renderer == "html":
        parts = [f"<nav class={name}-top><p>{'<p>'.join(above)}</nav>", f"<main><h1>{title}</h1><p>{'<p>'.join(body)}</main>"]
        parts.append(f"<footer class={name}-foot><p>{'<p>'.join(below)}</footer>")
        return f"<html><body>{''.join(parts)}</body></html>"
    return "\n".join([*above, "", title, "", *body, "", *below])


def row_of(name: str, renderer: str) -> Row:
    """A page's row, its paragraphs the gold."""
    found = page_of(renderer, source(name, renderer))
    title, body = page(name)
    texts = [line.text for line in found.lines]
    share = np.array([float(text in body) for text in texts])
    bags, gold = [words(t) for t in texts], Counter(words(" ".join(body)))
    slots, tags = [r.slots for r in found.readings], tag_slots(found.markups)
    return Row(
        "wcxb-dev",
        renderer,
        name,
        "article",
        name,
        measured(found),
        slots,
        tags,
        found.telling,
        share,
        bags,
        texts,
        gold,
        [],
        title,
        "",
    )


@pytest.mark.parametrize("renderer", ["bs4", "html"])
def test_a_graft_has_one_body_and_whole_lines_of_others(renderer: str) -> None:
    rows = [row_of(f"town{k}", renderer) for k in range(12)]
    fold = {i: i % 2 for i in range(12)}
    found = grafts(rows, fold, lambda keys: {key: source(key[2], renderer) for key in keys})
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


@pytest.mark.parametrize("renderer", ["bs4", "html"])
def test_grafting_is_repeatable(renderer: str) -> None:
    rows = [row_of(f"town{k}", renderer) for k in range(6)]
    once, again = (grafts(rows, dict.fromkeys(range(6), 0), lambda keys: {k: source(k[2], renderer) for k in keys}) for _ in "12")
    assert [g.origins for g in once] == [g.origins for g in again]
    assert all(np.array_equal(a.row.rows, b.row.rows) for a, b in zip(once, again, strict=True))
