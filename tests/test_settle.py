"""Lines of chrome that the metadata was read from are called so."""

from __future__ import annotations

from dataclasses import replace

import pytest

from pipeline.document import BY_HAND, Block, Candidate, Container, Document, Evidence, Label, Markup, Metadata, Payload
from pipeline.metadata.settle import settle

TEXT = "Home\nRiver rises after a night of rain\nJane Roe\n1 May 2024\nThe river rose by two metres.\nRiver rises after a night of rain\n"


def document(*labels: Label, evidence: tuple[Evidence, ...] = (), markup: Markup | None = None, text: str = TEXT) -> Document:
    blocks, at = [], 0
    for line, label in zip(text.splitlines(keepends=True), labels, strict=True):
        blocks.append(Block(at, at + len(line), label, evidence, markup=markup))
        at += len(line)
    return Document(Payload(b"", "page.txt"), text=text, blocks=tuple(blocks))


def at(piece: str, value: str | None = None, text: str = TEXT) -> Candidate:
    start = text.index(piece)
    return Candidate(value or piece, start, start + len(piece), piece, "a rule", 0.8, chosen=True)


METADATA = Metadata(
    title="River rises after a night of rain",
    evidence=(
        ("title", (at("River rises after a night of rain"),)),
        ("authors", (at("Jane Roe"),)),
        ("date_published", (at("1 May 2024", "2024-05-01"),)),
    ),
)


def settled(given: Document, metadata: Metadata) -> tuple[Block, ...]:
    return settle(replace(given, metadata=metadata)).blocks


SAID = (Evidence("a rule", "", 0.6),)
CHROME = (Label.NAVIGATION, Label.NAVIGATION, Label.RELATED_LINKS, Label.INTERFACE, Label.PARAGRAPH, Label.NAVIGATION)


def labels(found: tuple[Block, ...]) -> list[Label]:
    return [block.label for block in found]


def test_chrome_becomes_title_byline_and_date() -> None:
    found = settled(document(*CHROME), METADATA)
    assert labels(found) == [Label.NAVIGATION, Label.TITLE, Label.BYLINE, Label.DATE, Label.PARAGRAPH, Label.TITLE]
    assert found[1].evidence[0] == Evidence("shows_title", "River rises after a night of rain", 0.8)
    assert found[3].evidence[0] == Evidence("read_date", "2024-05-01", 0.8)


def test_content_and_what_is_about_the_document_stay() -> None:
    given = (Label.HEADING, Label.HEADING, Label.AUTHOR_BIO, Label.PARAGRAPH, Label.PARAGRAPH, Label.LIST_ITEM)
    assert labels(settled(document(*given), METADATA)) == list(given)


def test_what_a_person_said_stays() -> None:
    said = document(*CHROME, evidence=(Evidence(BY_HAND, "", 1.0),))
    assert labels(settled(said, METADATA)) == list(CHROME)


def test_facts_of_the_head_stay() -> None:
    head = document(*CHROME, markup=Markup(Container(None, "head", ()), noted=(("meta", "og:title", ""),)))
    assert labels(settled(head, METADATA)) == list(CHROME)


def test_without_metadata_nothing_changes() -> None:
    assert labels(settled(document(*CHROME), Metadata())) == list(CHROME)


@pytest.mark.parametrize(
    "line",
    [
        "River rises after a night of rain | Daily Echo",
        "River rises after a night of rain - Daily Echo, news of the valley",
        "Daily Echo – River rises after a night of rain",
        "Daily Echo | dailyecho.example - River rises after a night of rain",
    ],
)
def test_a_title_as_browsers_show_it_is_the_title(line: str) -> None:
    found = settled(document(Label.NAVIGATION, text=line + "\n"), Metadata(title=METADATA.title))
    assert labels(found) == [Label.TITLE]


@pytest.mark.parametrize(
    "line",
    [
        "River rises after a night of rain and falls again",
        "River rises | Daily Echo",
        "Home > News > River rises after a night of rain",
        "Home » News » River rises after a night of rain",
        "Share | Tweet | River rises after a night of rain",
        "Share – River rises after a night of rain",
        "Home | Sports | River rises after a night of rain",
        "River rises after a night of rain | " + "one more story " * 10,
    ],
)
def test_a_line_that_says_more_than_the_title_stays(line: str) -> None:
    found = settled(document(Label.NAVIGATION, text=line + "\n"), Metadata(title=METADATA.title))
    assert labels(found) == [Label.NAVIGATION]


def test_behind_the_text_only_the_title_alone_is_one() -> None:
    text = "The river rose by two metres.\nRiver rises after a night of rain | Read it again\nRiver rises after a night of rain\n"
    given = document(Label.PARAGRAPH, Label.RELATED_LINKS, Label.RELATED_LINKS, text=text)
    found = settled(given, Metadata(title=METADATA.title))
    assert labels(found) == [Label.PARAGRAPH, Label.RELATED_LINKS, Label.TITLE]


def test_what_announces_and_joins_bylines_is_part_of_them() -> None:
    text = "By\nJane Roe\nand\nJohn Doe\nand\nHome\nBy\n"
    names = ("authors", tuple(at(name, text=text) for name in ("Jane Roe", "John Doe")))
    found = settled(document(*[Label.NAVIGATION] * 7, evidence=SAID, text=text), Metadata(evidence=(names,)))
    assert labels(found) == [Label.BYLINE] * 4 + [Label.NAVIGATION] * 3
    assert [block.evidence[0].rule for block in found[:4]] == [
        "announces_byline",
        "read_byline",
        "between_bylines",
        "read_byline",
    ]


def test_a_date_line_that_names_an_author_is_a_byline() -> None:
    text = "by Jane Roe on 1 May 2024\n1 May 2024\n"
    evidence = (("authors", (at("Jane Roe", text=text),)), ("date_published", (at("1 May 2024", "2024-05-01", text=text),)))
    found = settled(document(Label.DATE, Label.DATE, evidence=SAID, text=text), Metadata(evidence=evidence))
    assert labels(found) == [Label.BYLINE, Label.DATE]


OTHER = "Home\nWhat the club is for\nJane Roe\n1 May 2024\nThe river rose by two metres.\nRiver rises after a night of rain\n"


@pytest.mark.parametrize(
    ("rule", "text", "label"),
    [
        ("model (for heading)", OTHER, Label.HEADING),
        ("model (for interface)", OTHER, Label.TITLE),
        ("model (for heading)", TEXT, Label.TITLE),
    ],
    ids=["another title", "no main content", "the title"],
)
def test_what_a_rule_took_for_the_title_is_a_heading_if_the_title_is_another(rule: str, text: str, label: Label) -> None:
    given = document(
        Label.NAVIGATION,
        Label.TITLE,
        *CHROME[2:],
        evidence=(Evidence("headline", "score 2", 0.9), Evidence(rule, "", 0.7)),
        text=text,
    )
    found = settled(given, replace(METADATA, evidence=()))
    assert found[1].label is label
    assert label is Label.TITLE or found[1].evidence[0].rule == "not_the_title"
