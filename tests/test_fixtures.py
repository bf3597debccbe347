"""What the five fixtures must give, read off the pages by hand. Goldens follow the program; these follow the pages."""

from __future__ import annotations

from functools import cache

import pytest
from conftest import FIXTURES

import pipeline
from pipeline.record import Author, Caption, Contributor, Outlet, Record

NAMES = {path.name[:3]: path.name for path in (FIXTURES / "raw").glob("*.txt")}


@cache
def source(number: str) -> str:
    return (FIXTURES / "raw" / NAMES[number]).read_bytes().decode()


@cache
def record(number: str) -> Record:
    return pipeline.clean((FIXTURES / "raw" / NAMES[number]).read_bytes(), name=NAMES[number])


def lines(number: str, *labels: str) -> list[str]:
    """Lines of a fixture with one of the labels."""
    return [source(number)[b.start : b.end].strip() for b in record(number).blocks if b.label in labels]


def labels_of(number: str, start: str) -> set[str]:
    """Labels of the lines that start so."""
    found = {str(b.label) for b in record(number).blocks if source(number)[b.start : b.end].strip(" •\t\n").startswith(start)}
    assert found, f"no line of {number} starts with {start!r}"
    return found


KEPT = {"standfirst", "heading", "paragraph", "list_item", "quote", "table"}
ABOUT = {"title", "caption", "byline", "date", "section", "outlet", "author_bio", "tags"}

CONTENT = {
    "000": ["The seventh China-US Strategic", "The influence of these talks", "The US rebalancing to Asia policy should take"],
    "001": [
        "While China continues to call",
        "In an era of increased",
        "To date, China has emphasized",
        "China’s interests in Taiwan",
        "Developing common interests",
        "With the unprecedented",
        "The challenge lies",
    ],
    "002": [
        "China and the United States on Friday",
        "The talks were",
        "Sun Chenghao, a fellow",
        "The stabilization of China-U.S. relations",
    ],
    "003": ["With the conclusion", "Such a cooperation framework", "Jointly fighting COVID-19", "There is a Chinese saying"],
    "004": ["It seems that bilateral", "Even tennis diplomacy", "Wang termed peace", "For the further strengthening"],
}
"""Beginnings of lines that are main content: among them the first and the last of each document."""

HEADINGS = {
    "000": [],
    "001": ["Summary", "About the Report"],
    "002": ["A 'very clear signal' to U.S.", "A tangible move", "Focusing on low-hanging fruits"],
    "003": [],
    "004": [],
}

FURNITURE = {
    "000": [
        "Edition:",
        "Homepage > China",
        "Panview offers a new window",
        "Panview offers an alternative",
        "Follow us on",
        "Please scan the QR Code",
        "We Recommend",
        "World Heritage China",
        "Box office online",
        "Jixi: Land of luminaries",
    ],
    "001": [
        "277",
        "Related Publications",
        "Blinken’s China Trip Shows",
        "Tuesday, April 30, 2024",
        "U.S. Secretary of State Antony Blinken traveled",
        "Type: Analysis",
        "Global Policy",
        "China's Vision for Global Security",
        "While Myanmar has long been",
        "View All Publications",
    ],
    "002": ["Our Privacy Statement", "By continuing to browse", "I agree", "Search Trends"],
    "003": ["Language : English", "Back to Top"],
    "004": [
        "2edd1560-7bca",
        "IEPF issued a statement",
        "News line",
        "Trump could exit",
        "14:53 27.05.2025",
        "11:03 19.05.2025",
        "Hamısı",
    ],
}
"""Beginnings of lines that are no part of the document."""


@pytest.mark.parametrize("number", NAMES)
def test_content_is_kept(number: str) -> None:
    for start in CONTENT[number]:
        assert labels_of(number, start) <= KEPT, start
        assert start in str(record(number).text), start


@pytest.mark.parametrize("number", NAMES)
def test_furniture_is_left_out(number: str) -> None:
    for start in FURNITURE[number]:
        assert not labels_of(number, start) & (KEPT | ABOUT), start
        assert start not in str(record(number).text), start


@pytest.mark.parametrize("number", NAMES)
def test_headings_are_content_as_headings(number: str) -> None:
    assert lines(number, "heading") == HEADINGS[number]


@pytest.mark.parametrize("number", NAMES)
def test_text_opens_and_closes_with_the_document(number: str) -> None:
    text = str(record(number).text)
    assert text.startswith(CONTENT[number][0])
    assert text.rpartition("\n")[2].removeprefix("• ").startswith(CONTENT[number][-1])


@pytest.mark.parametrize("number", NAMES)
def test_document_is_whole(number: str) -> None:
    r = record(number)
    data = (FIXTURES / "raw" / NAMES[number]).read_bytes()
    assert r.status == "ok"
    assert pipeline.verify(r, data) == []
    assert r.language is not None
    assert r.language.code == "en"
    assert r.decoding is not None
    assert (r.decoding.encoding, r.decoding.method, r.decoding.replaced, r.decoding.repairs) == ("utf-8", "utf-8", 0, [])
    assert r.date_modified is None
    assert r.agency is None
    assert r.standfirst is None


@pytest.mark.parametrize("number", NAMES)
def test_what_is_unknown_has_a_reason(number: str) -> None:
    r = record(number)
    fields = ("title", "authors", "date_published", "outlet", "section", "captions", "contributors", "dateline", "tags")
    for field in fields:
        assert bool(getattr(r, field)) != (field in r.unknown), field
    assert all(r.unknown.values())


@pytest.mark.parametrize("number", NAMES)
def test_evidence_stands_in_the_source(number: str) -> None:
    r = record(number)
    for field, candidates in r.evidence.items():
        for c in candidates:
            assert source(number)[c.start : c.end] == c.raw, field
    for field in ("title", "date_published", "section", "dateline", "agency"):
        chosen = [c.value for c in r.evidence.get(field, []) if c.chosen]
        assert chosen == ([getattr(r, field)] if getattr(r, field) else []), field
    assert [c.value for c in r.evidence.get("authors", []) if c.chosen] == [a.name for a in r.authors]


def test_000_two_authors_an_editor_and_beijing_time() -> None:
    r = record("000")
    assert r.title == "Coordination of China Belt and Road initiative and US rebalancing policy"
    assert r.authors == [
        Author(
            "Wu Fei",
            None,
            "person",
            "Charhar Institute; Jinan University",
            "senior research fellow; professor",
            None,
        ),
        Author("Hu Fengyung", "PhD", "person", "MGIMO University", None, None),
    ]
    assert r.contributors == [Contributor("Zhang Dan", "editor")]
    assert r.outlet == Outlet("CCTV.com", "cctv.com")
    assert r.date_published == "2015-06-25T17:18+08:00"
    assert [c.raw for c in r.evidence["date_published"] if c.chosen] == ["06-25-2015 17:18 BJT"]
    assert r.section in (None, "China")  # "Homepage > China" is navigation; what it says may be used
    assert r.captions == []


def test_001_no_headline_no_date_and_an_author_from_the_end() -> None:
    r = record("001")
    assert r.title is None
    assert r.date_published is None
    assert r.section is None
    assert [a.name for a in r.authors] == ["Wu Xinbo"]
    author = r.authors[0]
    assert "Fudan University" in str(author.affiliation)
    assert "professor" in str(author.role)
    assert str(author.bio).startswith("Wu Xinbo, a 2006–07 Jennings Randolph senior fellow")
    assert str(author.bio).endswith("He has published numerous articles and book chapters.")
    assert r.contributors == []
    if r.outlet is not None:  # at best inferred, and then it says how sure
        assert "Institute of Peace" in r.outlet.name
        assert all(c.confidence < 0.7 for c in r.evidence["outlet"] if c.chosen)


def test_001_dates_of_other_documents_are_losers_or_not_listed() -> None:
    assert not any(c.chosen for c in record("001").evidence.get("date_published", []))
    assert not any("Blinken" in c.value for c in record("001").evidence.get("title", []) if c.chosen)


def test_001_the_list_is_a_list() -> None:
    assert [line[:12] for line in lines("001", "list_item")] == ["• In an era ", "• To date, C", "• China’s in", "• Developing"]


def test_001_who_the_author_is_stays_out_of_the_text() -> None:
    assert labels_of("001", "Wu Xinbo, a 2006") == {"author_bio"}
    assert "Dollar Diplomacy" not in str(record("001").text)


def test_002_one_caption_and_no_date() -> None:
    r = record("002")
    assert r.title == "Experts: China, U.S. should focus on low-hanging fruits to stabilize ties"
    assert r.outlet is not None
    assert r.outlet.name == "CGTN"
    assert r.authors == []
    assert r.contributors == []
    assert r.date_published is None
    assert r.section is None
    text = "Chinese President Xi Jinping (R) shakes hands with U.S. Secretary of State Antony Blinken in Beijing, China, April 27, 2024."
    assert r.captions == [Caption(text, "Xinhua")]
    assert len(lines("002", "caption")) == 3
    assert "shakes hands" not in str(r.text)


def test_002_the_date_of_the_picture_is_a_losing_candidate() -> None:
    losers = record("002").evidence["date_published"]
    assert "2024-04-27" in {c.value for c in losers}
    assert not any(c.chosen for c in losers)


def test_003_author_with_role_section_and_day() -> None:
    r = record("003")
    assert r.title == "A Brighter Future of China-US Relations is Possible If Both Focus on Cooperation"
    assert [(a.name, a.kind, a.honorific, a.affiliation) for a in r.authors] == [("Zheng Tao", "person", None, None)]
    assert str(r.authors[0].role).removeprefix("an ") == "observer on international issues"
    assert r.date_published == "2020-12-28"
    assert r.section == "Foreign Policy"
    assert r.outlet is None
    assert r.captions == []
    assert "observer on international issues" not in str(r.text)


def test_004_author_from_the_last_line_and_a_time_without_zone() -> None:
    r = record("004")
    assert r.title == "China-U.S. Relations: A policy Adjustment"
    assert [(a.name, a.honorific, a.kind) for a in r.authors] == [("Mehmood Ul Hassan Khan", "Dr", "person")]
    assert "Center for South & International Studies" in str(r.authors[0].affiliation)
    assert "Executive Director" in str(r.authors[0].role)
    assert r.date_published == "2024-01-13T16:00"
    assert r.section == "Analytics"
    assert r.outlet is None
    assert r.captions == []


def test_004_no_time_of_the_news_line_is_the_date() -> None:
    published = record("004").evidence["date_published"]
    assert [c.raw for c in published if c.chosen] == ["16:00 13.01.2024"]
    assert labels_of("004", "Author is Dr Mehmood") <= {"author_bio", "byline"}
    start = source("004").index("2edd1560")
    assert not any(b.kept for b in record("004").blocks if b.end > start)
