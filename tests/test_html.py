"""HTML pages: flattened whole, with what the markup knew, whatever the markup is like."""

from __future__ import annotations

import time

import pytest
from hypothesis import given
from hypothesis import strategies as st

import pipeline
from pipeline.document import Document, Payload, UnusablePayloadError
from pipeline.html import HEAD, flatten, flatten_page
from pipeline.html.flatten import split_words
from pipeline.html.structured import Fact, facts, read_json
from pipeline.html.tree import MAX_DEPTH, level, parse
from pipeline.html.voters import shares


def lines_of(markup: str) -> list[str]:
    text, blocks = flatten_page(markup, ask_others=False)
    return [text[b.start : b.end].rstrip("\n") for b in blocks if b.markup and b.markup.container is not HEAD]


@pytest.mark.parametrize(
    ("markup", "lines"),
    [
        ("<p>One <b>bold</b> <a href=x>link</a>, two.</p><p>Three</p>", ["One bold link, two.", "Three"]),
        ("<p>First<br>second<br/>third</p>", ["First", "second", "third"]),
        ("<ul><li>One</li><li>Two <i>x</i></li></ul>", ["One", "Two x"]),
        ("<table><tr><th>A</th><th>B</th></tr><tr><td>1</td><td> 2 </td></tr></table>", ["A\tB", "1\t2"]),
        ("<pre>def f():\n    return 1\n</pre>", ["def f():", "return 1"]),
        ("<p><a>Home</a><a>News</a><span>By</span><time>May 1</time> w<i>or</i>d</p>", ["Home News By May 1 word"]),
        ("text <div>in</div> tail", ["text", "in", "tail"]),
        ("<my-card>Custom</my-card>elements", ["Custom", "elements"]),
        ("<p>a&nbsp;b\u00a0c &lt;p&gt; &amp;amp;</p>", ["a b c <p> &amp;"]),
        ("<script>var x = 'no'</script><style>p{}</style><p>yes</p><template>no</template>", ["yes"]),
        ("<noscript>Turn on scripts</noscript><p>yes</p>", ["Turn on scripts", "yes"]),
        ("<select><option>One<option>Two</select><button>Go</button>", ["One", "Two", "Go"]),
        ("<!-- no --><p>a<!-- no -->b</p>", ["ab"]),
        ("<p>never closed <p>and <b>mis</p>nested</b>", ["never closed", "and mis", "nested"]),
        ("plain text, no tags", ["plain text, no tags"]),
    ],
)
def test_a_page_is_flattened_chrome_and_all(markup: str, lines: list[str]) -> None:
    assert lines_of(markup) == lines


def test_blocks_know_their_markup() -> None:
    markup = (
        '<body><article class="post-body mainText"><p>By <a rel="author" class="byline" href=x>Jane Roe</a></p>'
        '<div style="display: none">secret</div><p>on <time datetime="2024-05-01T10:00Z">May 1</time></p></article>'
    )
    text, blocks = flatten_page(markup, ask_others=False)
    by_line = {text[b.start : b.end].strip(): b.markup for b in blocks if b.markup}
    byline, secret, date = by_line["By Jane Roe"], by_line["secret"], by_line["on May 1"]
    assert [c.tag for c in byline.container.outwards()][:3] == ["p", "article", "body"]
    assert next(c for c in byline.container.outwards() if c.tag == "article").words == ("post", "body", "main", "text")
    assert 0.7 < byline.linked < 0.9
    assert byline.noted == (("a", "rel", "author"),)
    assert byline.words == ("byline",)
    assert secret.container.hidden
    assert not byline.container.hidden
    assert date.noted == (("time", "datetime", "2024-05-01T10:00Z"),)


def test_the_head_opens_the_text_with_its_facts() -> None:
    markup = """<html lang="de-AT"><head><title>Die  Zeile | Blatt</title><meta property="og:title" content="Die Zeile"><meta name=viewport content="x">
    <link rel=canonical href="https://example.org/a"><script type="application/ld+json">{"@graph": [{"@type": "NewsArticle",
    "headline": "Die\tZeile", "author": [{"@type": "Person", "name": "A B"}, "C D"], "datePublished": "2024-05-01",},
    ]}</script></head><body><p>Text.</p></body></html>"""
    text, blocks = flatten_page(markup, ask_others=False)
    found = [(b.markup.noted[0], text[b.start : b.end].strip()) for b in blocks if b.markup and b.markup.container is HEAD]
    assert found == [
        (("html", "lang", ""), "de-AT"),
        (("title", "title", ""), "Die Zeile | Blatt"),
        (("meta", "og:title", ""), "Die Zeile"),
        (("link", "canonical", ""), "https://example.org/a"),
        (("json-ld", "headline", "NewsArticle"), "Die Zeile"),
        (("json-ld", "datePublished", "NewsArticle"), "2024-05-01"),
        (("json-ld", "author.name:Person", "NewsArticle"), "A B"),
        (("json-ld", "author", "NewsArticle"), "C D"),
    ]


@pytest.mark.parametrize(
    ("text", "value"),
    [
        ('{"a": 1}', {"a": 1}),
        ('<!-- {"a": 1} -->', {"a": 1}),
        ('//<![CDATA[\n{"a": [1, 2,],}\n//]]>', {"a": [1, 2]}),
        ('{"a": "line\nend"};', {"a": "line\nend"}),
        ("not json", None),
        ("[" * 100_000, None),
    ],
)
def test_json_as_pages_write_it(text: str, value: object) -> None:
    assert read_json(text) == value


def test_facts_of_a_page_are_bounded() -> None:
    many = ",".join('{"@type": "Person", "name": "A"}' for _ in range(10_000))
    tree, _ = parse(f'<html><head><script type="application/ld+json">[{many}]</script></head><body>x</body></html>')
    assert tree is not None
    assert facts(tree) == [Fact("json-ld", "name", "A", "Person")]


def test_class_names_are_split_into_words() -> None:
    assert split_words("postBody main-content_2 sc-AbCdEf") == ("post", "body", "main", "content", "sc", "ab", "cd", "ef")
    assert split_words("") == ()
    assert len(split_words(" ".join(f"word{c}x" for c in "abcdefghijklmnopqrstuvw"))) == 12


def test_votes_of_other_extractors_are_shares_of_word_pairs() -> None:
    assert shares(["One two three", "Home", "two"], ["One two three\nfour", ""]) == [(1.0, 0.0), (0.0, 0.0), (0.0, 0.0)]


HOSTILE = {
    "deep": ("<p>first</p>" + "<div>" * 300_000 + "inside" + "</div>" * 300_000 + "<p>last</p>", {"first", "inside", "last"}),
    "deep tables": ("<table><tr><td>" * 3_000 + "inside", {"inside"}),
    "bold": ("<b>" * 100_000 + "inside", {"inside"}),
    "attributes": ("<p>first<div " + " ".join(f"a{i}=1" for i in range(100_000)) + ">last</div>", {"first", "last"}),
    "attribute": ("<p>first<div a='" + "x" * 10_000_000 + "'>last</div>", {"first", "last"}),
    "line": ("<p>" + "word " * 3_000_000 + "</p><p>last", {"last"}),
    "brackets": ("<" * 500_000 + "<p>last", {"last"}),
    "entities": ("&amp;" * 300_000 + "<p>last", {"last"}),
    "nul": ("<p>fi\x00rst</p><p>last", {"fi\ufffdrst", "last"}),
    "surrogate": ("<p>\ud800x</p><p>last", {"last"}),
}


@pytest.mark.parametrize("name", HOSTILE)
def test_hostile_markup_costs_neither_text_nor_time(name: str) -> None:
    markup, wanted = HOSTILE[name]
    start = time.process_time()
    found = set(lines_of(markup))
    assert wanted <= found
    assert time.process_time() - start < 60, "a page must not cost minutes"


def test_tags_below_the_depth_limit_are_left_alone() -> None:
    markup = "<div>" * MAX_DEPTH + "x" + "</div>" * MAX_DEPTH
    assert level(markup) == markup
    assert level("<div>" + markup + "</div>") == "<div>" * MAX_DEPTH + "x" + "</div>" * MAX_DEPTH


def test_a_page_without_text_is_refused() -> None:
    with pytest.raises(UnusablePayloadError, match="shows no text"):
        flatten(Document(Payload(b"", "", media_type="text/html"), text="<html><script>x</script></html>"))


PIECES = st.lists(
    st.one_of(
        st.sampled_from(["<p>", "</p>", "<div class=a>", "</div>", "<br>", "<td>", "<b>", "</b>", "<a href=x>", "</a>", "<li>"]),
        st.sampled_from(["<table>", "<tr>", "</table>", "<pre>", "</pre>", "<script>", "</script>", "<!--", "-->", "<title>"]),
        st.text(max_size=12),
    ),
    max_size=40,
)


@given(PIECES)
def test_blocks_tile_the_text_of_any_markup(pieces: list[str]) -> None:
    text, blocks = flatten_page("".join(pieces), ask_others=False)
    assert "".join(text[b.start : b.end] for b in blocks) == text
    assert all(b.start < b.end for b in blocks)
    again = flatten_page("".join(pieces), ask_others=False)
    assert (text, [(b.start, b.end) for b in blocks]) == (again[0], [(b.start, b.end) for b in again[1]])


def test_elements_say_what_kept_lines_are() -> None:
    page = (
        b"<article><h1>The bridge story goes on</h1><p>The council has looked at the bridge over the river for a year now, and the "
        b"engineers say that it can be saved. They found rust in two of the five arches.</p><h2>What the bridge needs</h2><p>The "
        b"repairs will take two summers, because nobody may work in the water while the salmon climb. Traffic goes on meanwhile.</p>"
        b"<ul><li>More money for the bridge and for the road that leads to it</li><li>A crane that stands on a raft, which has to "
        b"come up the river from the harbour in spring.</li></ul><p>Shopkeepers on the market fear for their customers, and the "
        b"mayor has promised a ferry to everyone who asks. It will cost nothing.</p><blockquote><p>We have waited for this since my "
        b"grandmother was a girl, and we can wait two summers more.</p></blockquote><p>The first arch is to be lifted out of its "
        b"place in May next year, if the river is low enough by then, and the last in September.</p></article>"
    )
    record = pipeline.clean(page, name="page.html", media_type="text/html")
    labels = [str(block.label) for block in record.blocks if block.kept]
    assert labels == ["paragraph", "heading", "paragraph", "list_item", "list_item", "paragraph", "quote", "paragraph"]
    assert pipeline.verify(record, page) == []


def test_a_page_that_declares_another_language_is_noted() -> None:
    body = "<p>Der Bundestag hat am Donnerstag über den Haushalt beraten, und die Abgeordneten stritten lange darüber.</p>" * 5
    for lang, noted in (("en", True), ("de-AT", False), ("", False), ("x-klingon!", False)):
        page = f'<html lang="{lang}"><body><article><h1>Der Haushalt im Bundestag</h1>{body}</article>'.encode()
        codes = [p.code for p in pipeline.clean(page, name="page.html", media_type="text/html").problems]
        assert ("declared_language_wrong" in codes) is noted, lang


@pytest.mark.parametrize(
    ("kind", "code", "noted"),
    [("NewsArticle", "en-GB", True), ("NewsArticle", "de", False), ("NewsArticle", "English", False), ("WebSite", "en", False)],
)
def test_json_ld_that_declares_another_language_is_noted(kind: str, code: str, noted: bool) -> None:
    body = "<p>Der Bundestag hat am Donnerstag über den Haushalt beraten, und die Abgeordneten stritten lange darüber.</p>" * 5
    script = f'<script type="application/ld+json">{{"@type": "{kind}", "headline": "Haushalt", "inLanguage": "{code}"}}</script>'
    page = f'<html lang="de"><head>{script}</head><body><article><h1>Der Haushalt</h1>{body}</article>'.encode()
    record = pipeline.clean(page, name="page.html", media_type="text/html")
    wrong = [p for p in record.problems if p.code == "declared_language_wrong"]
    assert bool(wrong) is noted
    assert all("inLanguage" in p.message for p in wrong)


def test_the_record_of_a_page_holds() -> None:
    page = (
        "<html><head><title>A headline of some words | The Paper</title></head><body><nav><a href=/>Home</a></nav><article>"
        "<h1>A headline of some words</h1>" + "<p>One sentence follows another here, and the story goes on. It is long.</p>" * 6
    ).encode()
    record = pipeline.clean(page, name="page.html", media_type="text/html")
    assert record.status == "ok"
    assert pipeline.verify(record, page) == []
    assert record.text is not None
    assert "One sentence follows" in record.text
    assert "Home" not in record.text


@pytest.mark.parametrize(
    ("data", "name", "media_type"),
    [
        (b"<!DOCTYPE html><title>x</title><p>A line.", "document.txt", "text/html"),
        (b"\n<!-- made by hand -->\n<html><p>A line.", "page", "text/html"),
        ("<html><p>A line.".encode("utf-16"), "page", "text/html"),
        (b'<?xml version="1.0"?><html xmlns="http://www.w3.org/1999/xhtml"><p>x</p></html>', "page", "application/xhtml+xml"),
        (b"<p>A part of a page.</p>", "part.html", "text/html"),
        (b"<p>A text about tags.</p>", "part.txt", "text/plain"),
        (b"A text that is named wrongly.", "page.html", "text/plain"),
    ],
)
def test_a_document_of_no_stated_type_is_told_by_its_first_bytes(data: bytes, name: str, media_type: str) -> None:
    assert pipeline.clean(data, name).source.media_type == media_type
    assert pipeline.clean(data, name, media_type="text/plain").source.media_type == "text/plain", "what is stated counts"
