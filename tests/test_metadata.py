"""The metadata stage: candidates of all sources, one decision a field, evidence that stands in the text."""

from __future__ import annotations

from dataclasses import replace

import pytest

import pipeline
from pipeline.document import Block, Document, Label, Metadata, Payload, ProblemCode
from pipeline.html import flatten_page
from pipeline.metadata import split_metadata
from pipeline.metadata.announced import announced_by, announced_in
from pipeline.metadata.dated import find_dated
from pipeline.metadata.outlets import by_host, by_name, table
from pipeline.metadata.people import find_named
from pipeline.metadata.sheet import Sheet
from pipeline.metadata.weights import load, read_weights, sure

BODY = "".join(f"<p>Paragraph {n} tells at some length what happened in the town when the river rose.</p>" for n in "abc")
PAGE = f"""<html><head><title>River rises | Daily Echo</title><meta property="og:title" content="River rises">
<meta property="og:site_name" content="Daily Echo"><meta property="article:published_time" content="2024-04-15T13:38:00+02:00">
<link rel="canonical" href="https://www.zeit.de/2024/04/15/river"><script type="application/ld+json">
{{"@type": "NewsArticle", "headline": "River rises", "datePublished": "2024-04-15T13:38:00+02:00",
"dateModified": "2024-04-16T08:00:00+02:00", "author": [{{"@id": "#a"}}, {{"@type": "Person", "name": "John Smith"}}],
"publisher": {{"@type": "Organization", "name": "ZEIT ONLINE"}}, "@graph": [{{"@id": "#a", "@type": "Person", "name": "Jane Roe"}}]}}
</script></head><body><h1>River rises</h1><p class="byline">By Jane Roe and John Smith</p><p>15 April 2024</p>{BODY}</body></html>"""


def metadata(page: str, **outside: str) -> Metadata:
    text, blocks = flatten_page(page, ask_others=False)
    return split_metadata(Document(Payload(b"", "page.html", **outside), text, blocks=blocks)).metadata


def test_head_and_page_give_every_field() -> None:
    found = metadata(PAGE)
    assert found.title == "River rises"
    assert [a.name for a in found.authors] == ["Jane Roe", "John Smith"]
    assert found.date_published == "2024-04-15T13:38:00+02:00"
    assert found.date_modified == "2024-04-16T08:00:00+02:00"
    assert found.outlet is not None
    assert (found.outlet.name, found.outlet.domain) == ("Die Zeit", "zeit.de")


def test_the_raw_characters_stand_at_every_span() -> None:
    text, _ = flatten_page(PAGE, ask_others=False)
    candidates = [c for _, found in metadata(PAGE).evidence for c in found]
    assert len(candidates) > 8
    for c in candidates:
        assert text[c.start : c.end] == c.raw
        assert 0 <= c.confidence <= 1


def test_a_record_of_a_page_of_html_holds() -> None:
    record = pipeline.clean(PAGE.encode(), "page.html", media_type="text/html")
    assert pipeline.verify(record, PAGE.encode()) == []
    assert record.evidence["date_published"][0].raw == "2024-04-15T13:38:00+02:00"


def test_nothing_is_known_of_a_page_that_says_nothing() -> None:
    found = metadata(f"<html><body>{BODY}</body></html>")
    assert (found.title, found.authors, found.date_published, found.outlet) == (None, (), None, None)
    assert {"title", "authors", "date_published", "outlet"} <= dict(found.unknown).keys()


def test_an_attribute_s_date_is_read_where_the_line_shows_another_form() -> None:
    page = PAGE.replace("<p>15 April 2024</p>", '<p><time datetime="2024-04-15T11:38:00Z">Monday</time></p>')
    rules = {c.rule for name, found in metadata(page).evidence if name == "date_published" for c in found}
    assert any(rule.startswith("time of") for rule in rules)


def test_what_the_dump_says_is_a_candidate_from_outside_the_text() -> None:
    text, blocks = flatten_page(f"<html><body>{BODY}</body></html>", ask_others=False)
    payload = Payload(b"", "page.html", hints=(("title", "River rises"), ("date", "2024-04-15"), ("author", "Jane Roe")))
    found = dict(split_metadata(Document(payload, text, blocks=blocks)).metadata.evidence)
    for name, value in (("title", "River rises"), ("date_published", "2024-04-15"), ("authors", "Jane Roe")):
        assert (value, 0, 0, "") in {(c.value, c.start, c.end, c.raw) for c in found[name]}


def test_the_word_on_the_line_above_says_what_a_date_is() -> None:
    page = PAGE.replace("<p>15 April 2024</p>", "<p>Last updated</p><p>16 April 2024</p><p>Posted on</p><p>15 April 2024</p>")
    text, blocks = flatten_page(page, ask_others=False)
    clues = {
        d.value: d.clues for d in find_dated(Sheet(Document(Payload(b"", "page.html"), text, blocks=blocks))) if d.number >= 0
    }
    assert "says updated" in clues["2024-04-16"]
    assert "says published" in clues["2024-04-15"]
    assert "says updated" not in clues["2024-04-15"]


def test_a_date_after_the_fetch_is_a_problem() -> None:
    text, blocks = flatten_page(PAGE, ask_others=False)
    document = Document(Payload(b"", "page.html", fetched_at="2024-04-01T00:00:00Z"), text, blocks=blocks)
    assert ProblemCode.DATE_AFTER_FETCH in {p.code for p in split_metadata(document).problems}
    later = replace(document, payload=replace(document.payload, fetched_at="2024-05-01T00:00:00Z"))
    assert ProblemCode.DATE_AFTER_FETCH not in {p.code for p in split_metadata(later).problems}


def test_every_clue_of_the_table_is_a_number() -> None:
    weights = load()
    assert {field for field, _, _ in weights} == {"title", "authors", "date_published", "date_modified", "outlet"}
    assert all((field, kind, "*") in weights for field, kind, _ in weights)
    with pytest.raises(ValueError, match="invalid literal"):
        read_weights("field\tkind\tclue\tweight\ntitle\ttext\th1\tmuch\n")


def test_confidence_is_a_probability() -> None:
    assert sure(0) == 0.5
    assert sure(10**6) == 1.0
    assert sure(-(10**6)) == 0.0


def test_the_outlets_of_the_table_are_found_by_their_own_names_and_domains() -> None:
    names = [row.name for row in table()]
    assert len(names) == len(set(names)) > 300
    for row in table():
        assert by_name(row.name) is not None
        for domain in row.domains:
            assert by_host(f"www.{domain}") is not None


@pytest.mark.parametrize(
    ("language", "name", "domains"),
    [
        ("en", "Euronews (EN)", 1),
        ("fr", "Euronews (FR)", 1),
        ("de", "Euronews (DE)", 1),
        ("sv", "Euronews", 0),
        (None, "Euronews", 0),
    ],
)
def test_of_editions_that_share_a_name_the_language_tells_which(language: str | None, name: str, domains: int) -> None:
    """Where it does not, the name stands as the page writes it, and no host is made up."""
    known = by_name("Euronews", language)
    assert known is not None
    assert (known.name, len(known.domains)) == (name, domains)


@pytest.mark.timeout(20)
@pytest.mark.parametrize(
    "junk", [":" * 5000, " :" * 3000, "© " * 3000, "a." * 3000, "By " * 2000, "/2024" * 2000, "12:" * 3000, "- | " * 2000]
)
def test_hostile_heads_and_lines_take_no_time(junk: str) -> None:
    page = f'<html><head><title>{junk}x</title><meta name="author" content="{junk}x"></head><body><h1>{junk}</h1><p>{junk}x</p>{BODY}</body></html>'
    assert metadata(page) is not None


@pytest.mark.timeout(60)
@pytest.mark.parametrize("unit", ["By\nMary{n} Smith{n}\n", "By\nMary{n} Smith{n}\nand\n", "By Mary{n} Smith{n}\n"])
def test_a_page_of_nothing_but_bylines_is_read_in_time(unit: str) -> None:
    letters = str.maketrans("0123456789", "abcdefghij")
    text = "".join(unit.format(n=str(n).translate(letters)) for n in range(4000))
    assert pipeline.clean(text.encode(), name="page.txt").status == "ok"


TEXT = """The river rose by two metres in the night, and the bridge at the mill was closed to all traffic until noon.
Nobody was hurt, said the mayor, who had spent the night in the town hall with helpers from three villages.
The water is expected to fall again by Friday, when the rain in the hills is forecast to come to an end."""


def test_a_byline_that_a_renderer_cut_apart_is_read_together() -> None:
    head = "Home\nNews\nRiver rises in the valley\nBy\nChristian Roth\nand\nJane Doe\nEdited by\nMaria Silva\nMay 5, 2024\n"
    record = pipeline.clean((head + TEXT).encode(), name="page.txt")
    assert [a.name for a in record.authors] == ["Christian Roth", "Jane Doe"]
    assert [(c.name, c.role) for c in record.contributors] == [("Maria Silva", "editor")]


@pytest.mark.parametrize("line", ["By", "by:", "Written by", "Von", "Par", "Por", "Autorin/Autor"])
def test_a_line_that_says_by_announces_an_author(line: str) -> None:
    assert announced_by(line) == "author"


@pytest.mark.parametrize(
    ("line", "credit"), [("Edited by:", "editor"), ("reviewed by", "editor"), ("Translated by", "translator")]
)
def test_a_line_that_says_another_credit_announces_no_author(line: str, credit: str) -> None:
    assert announced_by(line) == credit


@pytest.mark.parametrize("line", ["By Jane Roe", "By Editor", "Bypass", "Home", "", "By signing up you agree to our terms"])
def test_other_lines_announce_nobody(line: str) -> None:
    assert announced_by(line) is None


def test_a_row_of_names_is_no_biography_of_the_first() -> None:
    text = "Jane Roe, Anna Meyer, Christian Roth"
    sheet = Sheet(Document(Payload(b"", "page.txt"), text, blocks=(Block(0, len(text), Label.AUTHOR_BIO),)))
    assert [n.author.name for n in find_named(sheet, announced_in(sheet))] == ["Jane Roe", "Anna Meyer", "Christian Roth"]


def test_a_biography_with_a_place_is_no_row_of_names() -> None:
    text = "Jane Roe, New York"
    sheet = Sheet(Document(Payload(b"", "page.txt"), text, blocks=(Block(0, len(text), Label.AUTHOR_BIO),)))
    assert [n.author.name for n in find_named(sheet, announced_in(sheet))] == ["Jane Roe"]


def test_a_date_behind_words_of_its_own_does_not_hear_the_line_above() -> None:
    text = "Last updated\nPublished | 5 May 2020"
    blocks = (Block(0, 13, Label.DATE), Block(13, len(text), Label.DATE))
    (found,) = find_dated(Sheet(Document(Payload(b"", "page.txt"), text, blocks=blocks)))
    assert "says updated" not in found.clues


def test_comments_are_not_by_the_document_s_authors() -> None:
    comments = "\n3 Comments\nPosted by\nMike Brown\nThat is what I said all along.\nPosted by\nLaura Stone\nMe too!"
    page = f"River rises in the valley\nBy Jane Doe\nMay 5, 2024\n{TEXT}{comments}"
    assert [a.name for a in pipeline.clean(page.encode(), name="page.txt").authors] == ["Jane Doe"]


@pytest.mark.parametrize("below", ["Subscribe", "3 Comments", "Follow us on Twitter", "Home"])
def test_what_stands_below_an_empty_byline_is_no_author(below: str) -> None:
    page = f"River rises in the valley\nBy\n{below}\nMay 5, 2024\n{TEXT}"
    assert not pipeline.clean(page.encode(), name="page.txt").authors


def test_an_empty_credit_takes_no_byline_away() -> None:
    page = f"River rises in the valley\nEdited by\nBy Jane Doe\nMay 5, 2024\n{TEXT}"
    record = pipeline.clean(page.encode(), name="page.txt")
    assert [a.name for a in record.authors] == ["Jane Doe"]
    assert not record.contributors


def test_the_day_of_the_masthead_is_not_the_document_s() -> None:
    head = (
        "Thursday, March 12, 2026\nHome\nNews\nSport\nWeather\nContact\nRiver rises in the valley\nBy Jane Doe\nJanuary 4, 2026\n"
    )
    assert pipeline.clean((head + TEXT).encode(), name="page.txt").date_published == "2026-01-04"
