"""Rules that hear picture credits, and names in scripts without capitals."""

from __future__ import annotations

import pytest

import pipeline
from pipeline.document import Document, Label, Payload
from pipeline.label.page import Page
from pipeline.label.rules import votes_on
from pipeline.segment import segment

PARAGRAPH = (
    "The river rose by two metres in the night, and the lower town woke to water in its cellars, said the mayor on Monday."
)


def votes_of(*lines: str) -> list[dict[str, Label]]:
    """What the rules say of each line."""
    document = segment(Document(Payload(b"", "page.txt"), text="\n".join(lines)))
    return [{vote.rule: vote.label for vote in votes} for votes in votes_on(Page.of(document))]


@pytest.mark.parametrize(
    ("line", "rule"),
    [
        ("The gate at dusk. Foto: Jane Roe", "photo_word_behind"),
        ("早上六点，老茶馆已经坐满了人。摄影：顾一鸣", "photo_word_behind"),
        ("Wieża ratusza w Brzeźnie. Fot. Adrian Pilch", "photo_word_behind"),
        ("La passerelle un samedi de marché. BASTIEN ROURE / L'ÉCHO DE VAUBRIANT", "credit_in_capitals"),
    ],
)
def test_a_credit_behind_a_sentence_makes_a_caption(line: str, rule: str) -> None:
    assert votes_of("A title of five words", PARAGRAPH, line, PARAGRAPH)[2].get(rule) is Label.CAPTION


@pytest.mark.parametrize(
    "line",
    [
        "The camera saw it all. Photo finish for the boat of Jane Roe",
        "He went home. Video games are what he likes.",
        "Nobody knew whether it was YES / NO",
        "It said so. And/or it did not.",
    ],
)
def test_other_lines_credit_nobody(line: str) -> None:
    assert (
        votes_of("A title of five words", PARAGRAPH, line, PARAGRAPH)[2]
        .keys()
        .isdisjoint({"photo_word_behind", "credit_in_capitals"})
    )


@pytest.mark.parametrize(
    ("line", "named"),
    [("相良ひかり", True), ("顾一鸣", True), ("홍길동", True), ("政治", False), ("続きを読む", False), ("シェアする", False)],
)
def test_a_name_without_capitals_beside_the_date_is_a_byline(line: str, named: bool) -> None:
    body = "一日に上り四本、下り五本。霧ケ沢駅の待合室に、墨で書かれた大きな時刻表が戻ってきた。書いたのは地元の高校の書道部員六人である。"
    votes = votes_of("ホーム", "霧ケ沢駅の時刻表、高校生が手書きで復活", "2025年4月9日", line, body, body)[3]
    assert ("name_at_date" in votes or (named and "name_in_head" in votes)) == named


def test_a_first_name_beside_the_whole_name_is_no_author_of_its_own() -> None:
    lines = [
        "The tower that forgot the time",
        "By Jane Roe",
        "May 5, 2024",
        *[PARAGRAPH] * 4,
        "About the author",
        "Jane is a reporter.",
    ]
    record = pipeline.clean("\n".join(lines).encode(), name="page.txt")
    assert [a.name for a in record.authors] == ["Jane Roe"]


@pytest.mark.parametrize(("first", "label"), [("3 Comments", "Laura Stone"), ("Comments", "Laura Stone")])
def test_readers_below_the_heading_of_comments_are_no_authors(first: str, label: str) -> None:
    lines = [
        "The tower that forgot the time",
        "By Jane Roe",
        "May 5, 2024",
        *[PARAGRAPH] * 4,
        first,
        "Posted by",
        label,
        "Me too!",
    ]
    assert [a.name for a in pipeline.clean("\n".join(lines).encode(), name="page.txt").authors] == ["Jane Roe"]
