"""Markdown: what converters of web pages write is read without its marks, and no text takes long."""

from __future__ import annotations

import time

import pytest
from hypothesis import given
from hypothesis import strategies as st

import pipeline
from pipeline.markdown import fenced, is_markdown, plain
from pipeline.segment import line_blocks, unbroken

PAGE = """[Home](https://echo.example/) [News](https://echo.example/news "All news")

  * [Sport](/sport)
  * [Weather](/weather)

[ ![Logo of the Daily Echo](https://echo.example/images/wp-
content/logo.svg)](https://echo.example/)

# River rises again in the old town, and the mayor asks everybody to leave
before noon

By [Jane Roe](/authors/jane-roe)

May 3, 2024

![The river at noon](https://echo.example/river.jpg)

The river rose on Sunday for the third time this year, and the people of the
[old town](/old-town) left their houses before noon, as the **mayor** had asked.

Nobody was hurt, the fire service said\\. It had counted forty cellars full of
water by the evening, and expected as many again on Monday morning.

## Related stories

  * [Bridge closed until June](/bridge)
  * [Why the river rises](/why)

[Terms](/terms) [Privacy](/privacy)
"""


def test_a_page_of_markdown_reads_as_its_readers_saw_it() -> None:
    record = pipeline.clean(PAGE.encode(), name="page.md")
    assert record.source.media_type == "text/markdown"
    assert record.title == "River rises again in the old town, and the mayor asks everybody to leave before noon"
    assert [author.name for author in record.authors or []] == ["Jane Roe"]
    assert record.date_published == "2024-05-03"
    first, second = (record.text or "").split("\n\n")
    assert first.endswith("the people of the old town left their houses before noon, as the mayor had asked.")
    assert second.startswith("Nobody was hurt, the fire service said. It had")
    assert pipeline.verify(record, PAGE.encode()) == []


def test_blocks_of_markdown_stay_spans_of_the_source() -> None:
    record = pipeline.clean(PAGE.encode(), name="page.md")
    assert "".join(PAGE[block.start : block.end] for block in record.blocks) == PAGE
    picture = next(block for block in record.blocks if PAGE[block.start :].startswith("![The river"))
    assert (picture.kept, picture.evidence[0].rule) == (False, "no_text")


def test_who_says_that_it_is_markdown_is_believed() -> None:
    text = b"# River rises\n\nThe river *rose* on Sunday.\n"
    assert pipeline.clean(text).source.media_type == "text/plain"
    record = pipeline.clean(text, media_type="text/markdown")
    assert record.source.media_type == "text/markdown"
    assert pipeline.verify(record, text) == []


MARKS = (
    "[a](/b)",
    "![c](/d)",
    "](",
    "[",
    "]",
    "(",
    ")",
    "#",
    "##",
    "*",
    "**",
    "_",
    "`",
    "\\",
    ">",
    "|",
    "---",
    "===",
    "<http://e>",
    "\n",
    "\n\n",
)


TAGS = ("<a ", "<a b=", '<a b="', "<!--", "<!-- -", "){.a", "[a]{.b", "[a]{b=", "{.", "&a", "::: ", ":::\n", "<b>\n", "</", "<a-")


@given(st.lists(st.one_of(st.sampled_from(MARKS), st.text(max_size=5)), max_size=30).map(" ".join))
def test_any_marks_give_a_record_that_holds(text: str) -> None:
    data = (PAGE + text).encode("utf-8", "replace")
    record = pipeline.clean(data, name="page.md", media_type="text/markdown")
    assert pipeline.verify(record, data) == []


@pytest.mark.parametrize(
    "text",
    [
        *(
            mark * 100_000
            for mark in (
                "-",
                "| ",
                "[",
                "](",
                "[a](",
                '![a](b "',
                "*a ",
                "_a ",
                "<http://",
                "\\",
                "# ",
                "> ",
                "[a][",
                "a\\[",
                *TAGS,
            )
        ),
        "[x](u" + " " * 100_000,
        "# a" + " " * 100_000 + "b",
        "# a" + " #" * 100_000 + "b",
        "Paragraph { " + " " * 100_000 + "x",
        "`" * 50_000 + "a" * 100_000,
        "**a " * 50_000 + "b** " * 50_000,
        "[" * 50_000 + "a" + "](x)" * 50_000,
        "## a\n\n" * 50_000,
        "a\n---\n\n" * 50_000,
        "* a\n" * 50_000,
        "[a\n" * 50_000,
    ],
    ids=lambda text: repr(text[:8]),
)
def test_no_text_takes_long(text: str) -> None:
    start = time.process_time()
    is_markdown(text)
    plain(text)
    assert sum(block.end - block.start for block in unbroken(text, line_blocks(text), fenced(text))) == len(text)
    assert time.process_time() - start < 10, "a pattern that looks at a text again and again would take hours"


def _blocks(text: str) -> list[str]:
    return [text[block.start : block.end] for block in unbroken(text, line_blocks(text), fenced(text))]


def test_lines_of_fenced_code_stay_lines() -> None:
    code = "```python\nfor x in y:\n    print(x)\n\nprint(y)\n```\n"
    text = "A line that\ngoes on.\n\n" + code + "\nAnother that\ngoes on.\n"
    assert _blocks(text) == [
        "A line that\ngoes on.\n",
        "\n",
        *("```python\n", "for x in y:\n", "    print(x)\n", "\n", "print(y)\n", "```\n"),
        "\n",
        "Another that\ngoes on.\n",
    ]


def test_a_fence_that_is_never_closed_is_none() -> None:
    assert _blocks("```\n\nA line that\ngoes on,\nand on.\n")[-1] == "A line that\ngoes on,\nand on.\n"
    assert _blocks("~~~\nx\n```\n\nA line that\ngoes on.\n")[-1] == "A line that\ngoes on.\n"
    assert _blocks("```pip install x``` does\nit.\n\n```\na\nb\n```\n")[0] == "```pip install x``` does\n"
    assert _blocks("```pip install x``` does\nit.\n\n```\na\nb\n```\n")[-4:] == ["```\n", "a\n", "b\n", "```\n"]


def test_a_longer_fence_holds_shorter_ones() -> None:
    assert _blocks("````\na\n```\nb\nc\n```\n````\n") == ["````\n", "a\n", "```\n", "b\n", "c\n", "```\n", "````\n"]
