"""What tells names from words of every day."""

from __future__ import annotations

import pytest

from pipeline.label.line import read_line
from pipeline.label.verdict import _may_be_byline
from pipeline.metadata.bylines import named_in
from pipeline.onomasticon import odds, sort_of, sorts_of

PEOPLE = ["Andrew King", "Lena Vogt", "Genevieve Carlton", "Сергей Иванов", "Giulia Conti", "Fatima Hassan", "Katarzyna Nowak"]
PHRASES = ["Travel Tips", "Fact Checked", "Hide Caption", "Event Planning", "Mobile Betriebssysteme", "Privacy Policy"]


@pytest.mark.parametrize("name", PEOPLE)
def test_people_are_called_by_names(name: str) -> None:
    assert set(sorts_of(name)) <= {"given", "family", "both"}


@pytest.mark.parametrize("phrase", PHRASES)
def test_phrases_are_made_of_plain_words(phrase: str) -> None:
    assert set(sorts_of(phrase)) <= {"plain", "unknown"}
    assert "plain" in sorts_of(phrase)


def test_case_and_initials_do_not_matter() -> None:
    assert sorts_of("LENA B. VOGT") == sorts_of("lena vogt")
    assert sort_of("King") == "family"
    assert odds("qzxv") is None
    assert sort_of("qzxv") == "unknown"


@pytest.mark.parametrize("text", PHRASES[:4])
def test_a_line_of_plain_words_is_no_byline(text: str) -> None:
    assert not _may_be_byline(read_line(text))


@pytest.mark.parametrize("text", ["Andrew King", "Edited by hand", "Reuters", "Wimba Yxas", "Staff writer"])
def test_what_names_someone_or_says_so_may_be_a_byline(text: str) -> None:
    assert _may_be_byline(read_line(text))


@pytest.mark.parametrize(
    ("text", "names"),
    [
        ("Michelle de Oliveira", ["Michelle de Oliveira"]),
        ("By Samya Kullab and Vasilisa Stepanenko The Associated Press", ["Samya Kullab", "Vasilisa Stepanenko"]),
        ("Martin Berg Martin Berg", ["Martin Berg"]),
        ("Anna Schmidt Peter Weber 8 May 2024", ["Anna Schmidt", "Peter Weber"]),
        ("Maria Garcia Lopez", ["Maria Garcia Lopez"]),
        ("Von Sina Zehrfeld Landespolitische Korrespondentin", ["Sina Zehrfeld"]),
        ("by Jacob Trussell—10 min read", ["Jacob Trussell"]),
        ("Jane RoeIn Travel", ["Jane Roe"]),
        ("Andrew MacDonald", ["Andrew MacDonald"]),
        ("Posted by David at December 16, 2025 11:15 AM", ["David"]),
        ("Hide Caption", []),
    ],
)
def test_names_in_bylines(text: str, names: list[str]) -> None:
    assert [author.name for author, *_ in named_in(text) if author.kind == "person"] == names
