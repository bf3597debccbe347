"""Decoding beyond the case files: declarations in HTML and XML, hints, threads, and any bytes at all."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from concurrent.futures import ThreadPoolExecutor

import pytest
from conftest import ROOT
from hypothesis import given, settings
from hypothesis import strategies as st

import pipeline
from pipeline.decode import decode_bytes
from pipeline.decode.declared import codec_of, declared_in_markup
from pipeline.decode.guess import SINGLE
from pipeline.document import UnusablePayloadError

RUSSIAN = "Правительство объявило, что переговоры продолжатся на следующей неделе в столице."
HTML = '<!DOCTYPE html><html><head><meta charset="{}"></head><body><p>{}</p></body></html>'
MEDIA_TYPES = st.sampled_from([None, "text/plain", "text/html", "text/html; charset=x", "application/xhtml+xml", ""])
LABELS = st.one_of(st.none(), st.text(max_size=12), st.sampled_from(["utf-8", "utf-16", "latin1", "gbk", "idna", "rot13", "hex"]))


def test_a_declaration_of_html_is_followed_where_the_bytes_are_no_utf8() -> None:
    page = HTML.format("iso-8859-5", RUSSIAN)
    decoded = decode_bytes(page.encode("iso8859-5"), hints="text/html")
    assert (decoded.text, decoded.method, decoded.declared) == (page, "declared", "iso-8859-5")


def test_plain_text_declares_nothing() -> None:
    decoded = decode_bytes(HTML.format("koi8-r", RUSSIAN).encode("cp1251"), hints="text/plain")
    assert (decoded.declared, decoded.encoding, decoded.method) == (None, "windows-1251", "statistical")


def test_the_transport_goes_before_the_document() -> None:
    page = HTML.format("koi8-r", RUSSIAN)
    decoded = decode_bytes(page.encode("cp1251"), "windows-1251", "text/html")
    assert (decoded.text, decoded.declared) == (page, "windows-1251")


def test_utf8_goes_before_what_html_declares_and_the_contradiction_is_a_problem() -> None:
    record = pipeline.clean(HTML.format("windows-1251", RUSSIAN).encode(), media_type="text/html")
    assert record.decoding is not None
    assert (record.decoding.encoding, record.decoding.declared) == ("utf-8", "windows-1251")
    assert "declared_encoding_wrong" in {problem.code for problem in record.problems}


@pytest.mark.parametrize(
    ("label", "codec"),
    [("ISO-8859-1", "cp1252"), (" us-ascii\n", "cp1252"), ("gb2312", "gb18030"), ("x-sjis", "cp932"), ("cp850", "cp850")],
)
def test_labels_mean_what_the_web_means(label: str, codec: str) -> None:
    assert codec_of(label) == codec


@pytest.mark.parametrize("label", ["", "rot13", "base64", "idna", "punycode", "unicode_escape", "utf-7", "é", "x" * 500, "\x00"])
def test_what_is_no_label_of_an_encoding(label: str) -> None:
    assert codec_of(label) is None


@given(st.binary(max_size=400), LABELS, MEDIA_TYPES)
@settings(max_examples=300)
def test_any_bytes_give_text_or_the_one_error(data: bytes, declared: str | None, hints: str | None) -> None:
    try:
        decoded = decode_bytes(data, declared, hints)
    except UnusablePayloadError:
        return
    assert decoded.replaced >= 0
    assert decoded == decode_bytes(data, declared, hints)


@given(st.binary(max_size=300).map(lambda tail: b"<meta " + tail))
def test_any_head_is_searched(head: bytes) -> None:
    label = declared_in_markup(head)
    assert label is None or codec_of(label)


@pytest.mark.parametrize("codec", ["cp1251", "koi8-r", "iso8859-5", "cp866", "mac_cyrillic"])
def test_russian_is_read_from_every_encoding_of_it(codec: str) -> None:
    assert decode_bytes(RUSSIAN.encode(codec)).text == RUSSIAN


def test_every_encoding_that_is_tried_exists_and_is_of_one_byte() -> None:
    for codec, rare in SINGLE:
        assert rare >= 0
        assert len(b"ab".decode(codec)) == 2


SAMPLES = (
    *(RUSSIAN.encode(codec) for codec in ("cp1251", "koi8-r", "cp866", "utf-16-le", "utf-8", "utf-8-sig")),
    *("会议将于下周在首都继续举行，双方没有签署任何文件。".encode(codec) for codec in ("gb18030", "utf-16-be")),
    *("会議は来週も首都で続けられ、文書には署名されなかった。".encode(codec) for codec in ("shift_jis", "euc_jp", "iso2022_jp")),
    *("Příliš žluťoučký kůň úpěl ďábelské ódy".encode(codec) for codec in ("cp1250", "iso8859-2", "cp852")),
    HTML.format("iso-8859-1", "Le café de l’été").encode("cp1252"),
    b"caf\xe9 \x81",
    b"",
    b"\x89PNG\r\n\x1a\n\x00\x00",
)


def answer(data: bytes) -> list[object]:
    try:
        decoded = decode_bytes(data)
    except UnusablePayloadError as error:
        return [str(error.code)]
    return [decoded.text, decoded.encoding, decoded.method, decoded.declared, decoded.replaced]


def test_threads_and_order_do_not_change_the_answer() -> None:
    alone = [answer(data) for data in SAMPLES]
    assert [answer(data) for data in SAMPLES[::-1]] == alone[::-1]
    with ThreadPoolExecutor(16) as pool:
        assert list(pool.map(answer, SAMPLES[::-1] * 8)) == alone[::-1] * 8


def test_a_fresh_process_in_which_threads_come_first_gives_the_same_answer() -> None:
    program = (
        "import json, sys\nfrom concurrent.futures import ThreadPoolExecutor\nsys.path.insert(0, 'tests')\n"
        "from test_decode import SAMPLES, answer\n"
        "print(json.dumps(list(ThreadPoolExecutor(16).map(answer, SAMPLES * 3))))"
    )
    for seed in ("1", "2"):
        environment = {**os.environ, "PYTHONHASHSEED": seed, "PYTHONPATH": str(ROOT)}
        printed = subprocess.run(
            [sys.executable, "-c", program], cwd=ROOT, env=environment, check=True, capture_output=True, text=True
        ).stdout
        assert json.loads(printed) == [answer(data) for data in SAMPLES] * 3
