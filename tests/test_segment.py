"""Lines that hold several lines of a page: parted in bounded time, whatever they hold."""

from __future__ import annotations

import time

import pytest

import pipeline
from pipeline.document import Block
from pipeline.segment.glued import VERY_LONG, parted
from pipeline.segment.lines import line_blocks
from pipeline.segment.wrapped import unwrap, wrap_width

MANY = 200_000


@pytest.mark.parametrize(
    "text",
    [
        *(mark * MANY for mark in ("漢", "a", "A", "abCd", "ab.Cde", "aaAa ", "abc. ")),
        "abc." + '"' * MANY,
        "abc." + " " * MANY,
        "ab: " * (MANY // 5),
        "".join(f"a{k}| " for k in range(MANY // 8)),
        ("word " * 14 + "\n") * (MANY // 10),
        "漢" * 40 + "\n" + ("漢" * 40 + "\n") * (MANY // 10),
    ],
    ids=lambda text: repr(text[:6]),
)
def test_no_text_takes_long(text: str) -> None:
    start = time.process_time()
    blocks = list(line_blocks(text))
    parts = parted(text, blocks)
    width = wrap_width(text)
    paragraphs = list(unwrap(text, iter(blocks), width)) if width else blocks
    for found in (parts, paragraphs):
        assert [block.start for block in found] == [0, *(block.end for block in found)][:-1], "blocks tile the text"
        assert found[-1].end == len(text)
    assert time.process_time() - start < 10, "a pattern that looks at a text again and again would take hours"


def test_a_text_without_long_lines_is_left_alone() -> None:
    blocks = [Block(0, 6), Block(6, 12)]
    assert parted("Home.\nNews.\n", blocks) is blocks


@pytest.mark.parametrize(
    "sentence",
    [
        "On day {0} the river rose by {1} centimetres, and {0} families left the old town before noon. ",
        "第{0}天河水上涨了{1}厘米，有{0}户居民在中午前离开了老城，市长要求大家保持冷静。",
    ],
    ids=["English", "Chinese"],
)
def test_sentences_of_one_line_are_one_paragraph_again(sentence: str) -> None:
    line = "".join(sentence.format(k, 3 * k) for k in range(2, 102)).strip()
    assert len(line) > VERY_LONG
    data = f"River rises again\n\n{line}\n".encode()
    record = pipeline.clean(data)
    paragraphs = (record.text or "").split("\n\n")
    assert len(paragraphs) == 1
    assert len(paragraphs[0]) > 0.95 * len(line)
    assert paragraphs[0] in line
    assert pipeline.verify(record, data) == []


TITLE = "River rises again in the old town"
PROSE = " ".join(f"On day {k} the river rose by {3 * k} centimetres, and {k} families left their houses." for k in range(2, 52))


def _parts(text: str) -> list[str]:
    assert len(text) > VERY_LONG
    return [text[block.start : block.end].strip() for block in parted(text, tuple(line_blocks(text)))]


@pytest.mark.parametrize(
    "under",
    [
        "By Jane Roe 3 May 2024",
        "Published May 3, 2024 10:05 am",
        "Jane Roe • 2024-05-03",
        "Von Jane Roe Stand: 03.05.2024, 10:05 Uhr",
    ],
)
def test_a_page_in_one_line_is_parted_at_its_headline_and_the_date_below(under: str) -> None:
    parts = _parts(f"{TITLE} | The Norro Post Skip to content Menu News Sport {TITLE} {under} {PROSE} © 2024 The Norro Post")
    assert parts[:5] == [TITLE, "| The Norro Post Skip to content Menu News Sport", TITLE, under, PROSE.split(". ")[0] + "."]


def test_a_headline_begins_behind_a_mark_too() -> None:
    assert TITLE in _parts(f"The Norro Post - {TITLE} Skip to content Menu News Sport {TITLE} Share Print {PROSE}")


@pytest.mark.parametrize(
    "text",
    [
        f"The mayor of the old town said that it was over. {PROSE} The mayor of the old town said so twice.",
        f"{TITLE} on Monday. {PROSE} {TITLE} and again.",
        f"{TITLE} {PROSE}",
    ],
    ids=["sentences", "headline in sentences", "said once"],
)
def test_what_sentences_say_again_is_no_headline(text: str) -> None:
    parts = _parts(text)
    assert all(part[-1] == "." for part in parts), [part for part in parts if part[-1] != "."]


@pytest.mark.parametrize("mark", [" | ", " - ", " — ", "｜"])
def test_a_mark_tells_a_short_headline(mark: str) -> None:
    assert "River rises" in _parts(f"River rises{mark}The Norro Post Menu News River rises by Jane Roe {PROSE}")
    assert "River rises" not in _parts(f"River rises again. {PROSE} River rises at last.")
