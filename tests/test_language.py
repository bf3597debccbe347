"""The language of texts and of the paragraphs of a document, and that nothing but the text decides it."""

from __future__ import annotations

import json
import os
import random
import subprocess
import sys
from concurrent.futures import ThreadPoolExecutor
from itertools import pairwise

import pytest
from conftest import FIXTURES, ROOT
from hypothesis import given
from hypothesis import strategies as st

from pipeline.document import Block, Document, Label, Payload
from pipeline.language import detect_language, language
from pipeline.language.scripts import RANGES, script_of
from pipeline.language.vote import FEATURES, LONG_ROUNDS, ROUNDS, weights
from pipeline.language.words import load as load_words
from pipeline.language.words import word_votes

ENGLISH = "The ministers met on Monday and said that the talks would go on next week, after a day in which nothing was signed."
FRENCH = "Les ministres se sont réunis lundi et ont déclaré que les discussions se poursuivraient la semaine prochaine à Paris."
FARSI = "وزیران روز دوشنبه دیدار کردند و گفتند که گفتگوها هفته آینده ادامه خواهد یافت و هیچ سندی امضا نشده است."
SWEDISH = (
    "Ministrarna träffades i måndags och sade att samtalen skulle fortsätta nästa vecka, efter en dag då inget skrevs under."
)

# short enough that all voters are asked, langdetect too
SHORT = (
    "Mike Sullivan en",
    "Elite League: Dundee",
    "de la regering",
    "U međuvremenu je",
    "Dan mereka memutuskan",
    "Wat is dit nou",
    "bei der",
)

TEXTS = (*SHORT, ENGLISH, FRENCH, FARSI, SWEDISH)
"""Long and short, so that every round is met."""


def document(*paragraphs: str) -> Document:
    text, blocks = "", []
    for paragraph in paragraphs:
        blocks.append(Block(len(text), len(text) + len(paragraph) + 1, Label.PARAGRAPH))
        text += paragraph + "\n"
    return Document(Payload(b"", "page.txt"), text, blocks=tuple(blocks))


def spans(*paragraphs: str) -> list[str]:
    return [span.code for span in language(document(*paragraphs)).language.spans]


def test_paragraphs_in_one_language_have_no_spans() -> None:
    found = language(document(ENGLISH, ENGLISH, "OK", "Paris, Monday", ENGLISH)).language
    assert (found.code, found.spans) == ("en", ())


def test_paragraphs_that_differ_are_spans_that_follow_each_other() -> None:
    found = language(document(ENGLISH, ENGLISH, FRENCH, ENGLISH)).language
    assert found.code == "en"
    assert [span.code for span in found.spans] == ["en", "fr", "en"]
    assert all(one.end == other.start for one, other in pairwise(found.spans))
    assert spans(SWEDISH, SWEDISH, FARSI) == ["sv", "fa"]


def test_a_page_whose_start_is_a_mixture_is_looked_at_twice() -> None:
    swahili = "Serikali imesema kwamba mazungumzo yataendelea wiki ijayo mjini Nairobi, na hakuna mkataba uliotiwa saini leo hii."
    portuguese = "Os ministros reuniram-se na segunda-feira e disseram que as conversações vão continuar na próxima semana."
    found = language(document(portuguese, swahili, swahili, portuguese, swahili)).language
    assert (found.code, [span.code for span in found.spans]) == ("sw", ["pt", "sw", "pt", "sw"])


def test_a_page_without_main_content_is_in_no_language() -> None:
    assert language(document()).language.code == "und"


def test_an_english_notice_does_not_decide_a_farsi_article() -> None:
    assert language(document(ENGLISH, FARSI, FARSI, FARSI)).language.code == "fa"
    page = document(ENGLISH, FARSI)
    notice = Block(page.blocks[0].start, page.blocks[0].end, Label.CONSENT_NOTICE)
    found = language(Document(page.payload, page.text, blocks=(notice, page.blocks[1]))).language
    assert (found.code, found.spans) == ("fa", ())


def test_serbian_has_its_script() -> None:
    latin = "Vlada je saopštila da će se razgovori nastaviti sledeće nedelje u glavnom gradu, gde je predsednik svuda."
    assert detect_language(latin).code in ("sr-Latn", "bs", "hr")
    assert detect_language("Влада је саопштила да ће се разговори наставити следеће недеље.").code == "sr-Cyrl"


@given(st.text(max_size=300))
def test_any_text_has_an_answer(text: str) -> None:
    found = detect_language(text)
    assert found == detect_language(text)
    assert 0.0 <= found.confidence <= 1.0
    assert found.code == "und" or found.confidence >= 0.2


def test_threads_and_order_do_not_change_the_answer() -> None:
    alone = [detect_language(text) for text in TEXTS]
    assert [detect_language(text) for text in TEXTS[::-1]] == alone[::-1]
    with ThreadPoolExecutor(16) as pool:
        together = list(pool.map(detect_language, TEXTS[::-1] * 12))
    assert together == alone[::-1] * 12


def test_threads_do_not_change_the_spans() -> None:
    pages = [document(ENGLISH, FARSI, ENGLISH), document(SWEDISH, FRENCH), document(FARSI), document(*SHORT)] * 8
    alone = [language(page).language for page in pages]
    with ThreadPoolExecutor(16) as pool:
        assert [page.language for page in pool.map(language, pages)] == alone


def test_a_fresh_process_in_which_threads_come_first_gives_the_same_answer() -> None:
    program = (
        "import json, sys\nfrom concurrent.futures import ThreadPoolExecutor\nfrom pipeline.language import detect_language\n"
        "texts = json.loads(sys.argv[1])\n"
        "found = list(ThreadPoolExecutor(16).map(detect_language, texts * 3))\n"
        "print(json.dumps([[f.code, f.confidence, f.method] for f in found]))"
    )
    alone = [[f.code, f.confidence, f.method] for f in map(detect_language, TEXTS)]
    for seed in ("1", "2"):
        printed = subprocess.run(
            [sys.executable, "-c", program, json.dumps(TEXTS)],
            cwd=ROOT,
            env={**os.environ, "PYTHONHASHSEED": seed},
            check=True,
            capture_output=True,
            text=True,
        ).stdout
        assert json.loads(printed) == alone * 3


def test_the_random_generator_is_left_alone() -> None:
    random.seed(11)
    before = random.getstate()
    assert any("langdetect" in detect_language(text).method for text in SHORT)
    assert random.getstate() == before


def test_slow_voters_are_not_loaded_for_a_plain_page() -> None:
    program = (
        "import sys, pipeline\nfrom pipeline.language import voters\n"
        "pipeline.clean(open(sys.argv[1], 'rb').read())\n"
        "print(voters._langid.cache_info().currsize, voters._langdetect.cache_info().currsize)"
    )
    raw = min((FIXTURES / "raw").iterdir())
    printed = subprocess.run([sys.executable, "-c", program, str(raw)], cwd=ROOT, check=True, capture_output=True, text=True)
    assert printed.stdout.split() == ["0", "0"]


def test_ranges_of_scripts_are_in_order_and_apart() -> None:
    assert all(first <= last for first, last, _ in RANGES)
    assert all(one[1] < other[0] for one, other in pairwise(RANGES))


@pytest.mark.parametrize(
    ("letter", "script"), [("a", "Latn"), ("я", "Cyrl"), ("中", "Hani"), ("か", "Kana"), ("1", None), ("—", None)]
)
def test_script_of_a_letter(letter: str, script: str | None) -> None:
    assert script_of(letter) == script


def test_each_round_has_its_weights() -> None:
    assert set(weights()) == {*ROUNDS, *LONG_ROUNDS}
    assert {len(row) for row in weights().values()} == {len(FEATURES)}


def test_a_line_of_which_half_is_names_is_in_the_language_of_the_rest() -> None:
    assert detect_language("Jak donosi portal weather.com, serwis U.S. Drought Monitor").code == "pl"
    assert detect_language("National Weather Service w Phoenix poinformowała").code == "pl"
    assert detect_language("The National Weather Service in Phoenix said so on Monday").code == "en"


def test_words_with_a_capital_count_apart() -> None:
    small, large = word_votes("National Weather Service poinformowała", load_words())
    assert small["pl"] > small["en"]
    assert large["en"] > large["pl"]
    assert set(small) == set(large) == set(load_words().codes)


@pytest.mark.parametrize("text", ["", "123 !", "qzxw vbnmqq", "\ud800", "a" * 5000])
def test_a_text_without_known_words_says_nothing(text: str) -> None:
    small, large = word_votes(text, load_words())
    assert set(small.values()) | set(large.values()) == {0.0}
