"""What the head of an HTML page, and the names in its markup, say of its lines."""

from __future__ import annotations

import numpy as np
import pytest

from benchmarks.markup_kinds import kinds_of
from pipeline.document import Document, Label, Payload
from pipeline.html import flatten_page
from pipeline.html.structured import Fact
from pipeline.html.voters import heard
from pipeline.label.elements import Elements
from pipeline.label.features import features
from pipeline.label.head import HEAD, head_features, head_names
from pipeline.label.markup import VOTERS, markup_features, markup_names
from pipeline.label.page import Page

HEAD_OF = """<html><head><title>River rises after a night of rain | Daily Echo</title><meta property="og:type" content="article">
<meta name="description" content="The town was flooded."><script type="application/ld+json">{"@type": "NewsArticle",
"headline": "River rises after a night of rain", "articleBody": "The river &lt;b&gt;rose&lt;/b&gt; by two metres in a night."}
</script></head>"""
PAGE = (
    HEAD_OF
    + """<body><nav>Home News</nav><article><h1>River rises after a night of rain</h1><p>The town was flooded.</p>
<p>The river rose by two metres in a night.</p></article><article><h2>Another story</h2><p>Something else.</p></article></body></html>"""
)


def page_of(markup: str) -> Page:
    text, blocks = flatten_page(markup)
    return Page.of(Document(Payload(b"", "page.html"), text, blocks=blocks))


def columns(page: Page) -> dict[str, list[float]]:
    words = np.array([line.words for line in page.lines])
    found = head_features(page, Elements(page.markups), words, words)
    assert found.shape == (len(page.lines), HEAD)
    return {name: found[:, k].tolist() for k, name in enumerate(head_names())}


def test_the_head_says_what_kind_of_page_it_is() -> None:
    found = columns(page_of(PAGE))
    assert set(found["og_article"]) == set(found["ld_article"]) == {1.0}
    assert set(found["og_product"]) == set(found["ld_product"]) == {0.0}
    assert set(columns(page_of("<body><p>Nothing is said.</p></body>"))["og_article"]) == {0.0}


def test_lines_are_counted_from_the_one_that_shows_the_title() -> None:
    page = page_of(PAGE)
    title = next(i for i, line in enumerate(page.lines) if line.text.startswith("River rises"))
    found = columns(page)
    assert found["from_title"] == [float(i - title) for i in range(len(page.lines))]
    assert found["title_like"][title] == 1.0
    assert found["in_title_article"] == [0, 1, 1, 1, 0, 0]
    assert found["article_number"] == [-1, 0, 0, 0, 1, 1]


def test_without_a_title_no_line_is_counted_from_it() -> None:
    found = columns(page_of("<body><p>One line.</p><p>Another line.</p></body>"))
    assert set(found["from_title"]) == {-999.0}
    assert set(found["in_title_article"]) == {-1.0}


def test_texts_of_the_head_are_votes_and_no_lines() -> None:
    page = page_of(PAGE)
    assert not any(name == "articleBody" for _, name, _, _ in page.facts)
    body = next(m for m, line in zip(page.markups, page.lines, strict=True) if line.text.startswith("The river rose"))
    assert len(body.extracted) == VOTERS
    assert body.extracted[3] == 1.0
    other = next(m for m, line in zip(page.markups, page.lines, strict=True) if line.text == "Another story")
    assert other.extracted[3] == 0.0


def test_heard_parts_bodies_others_and_descriptions() -> None:
    said = [
        Fact("json-ld", "articleBody", "a body", "Article"),
        Fact("json-ld", "text", "a comment", "Comment"),
        Fact("json-ld", "description", "a product", "Product"),
        Fact("meta", "og:description", "a summary"),
        Fact("meta", "og:title", "a title"),
    ]
    assert heard(said) == ("a body", "a comment\na product", "a summary")


def test_every_column_has_a_name() -> None:
    page = page_of(PAGE)
    rows = features(page, np.zeros(len(page.lines)))
    assert markup_features(page, rows, np.zeros(1 << 16, dtype=np.int16)).shape[1] == len(markup_names())


@pytest.mark.parametrize(
    ("markup", "label"),
    [
        ('<div class="site-nav"><ul><li>Home</li></ul></div>', Label.NAVIGATION),
        ("<nav><a href='/'>Home</a></nav>", Label.NAVIGATION),
        ('<div id="cookie-banner"><p>We use cookies.</p></div>', Label.CONSENT_NOTICE),
        ('<section class="relatedPosts"><h3>Another story</h3></section>', Label.RELATED_LINKS),
        ('<section class="related"><span class="date">1 May 2024</span></section>', Label.RELATED_LINKS),
        ("<figure><figcaption>The river.</figcaption></figure>", Label.CAPTION),
        ('<p class="byline">Jane Roe</p>', Label.BYLINE),
        ('<div class="comments-area"><p>Well said.</p></div>', Label.COMMENTS),
        ('<p class="intro">Nothing is said of this.</p>', None),
        ('<p class="gradient shadow">Nor of this: "ad" is only a part of the words.</p>', None),
    ],
)
def test_names_in_the_markup_say_what_a_line_is(markup: str, label: Label | None) -> None:
    filler = "".join(f"<p>Line {n} of the page.</p>" for n in range(10))
    _, blocks = flatten_page(f"<body>{filler}{markup}</body>", ask_others=False)
    found = kinds_of([b.markup for b in blocks if b.markup is not None])
    assert found[:10] == [None] * 10
    assert set(found[10:]) == {label}


def test_an_element_that_holds_most_of_the_page_names_nothing() -> None:
    lines = "".join(f"<p>Line {n}.</p>" for n in range(10))
    _, blocks = flatten_page(f'<body><div class="cookie-theme">{lines}</div></body>', ask_others=False)
    assert set(kinds_of([b.markup for b in blocks if b.markup is not None])) == {None}
