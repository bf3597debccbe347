"""Decoding beyond the case files: declarations in HTML and XML, hints, threads, and any bytes at all."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor

import pytest
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


def test_threads_do_not_change_the_answer() -> None:
    samples = [RUSSIAN.encode(codec) for codec in ("cp1251", "koi8-r", "utf-16-le", "utf-8")] * 8
    alone = [decode_bytes(data) for data in samples]
    with ThreadPoolExecutor(16) as pool:
        assert list(pool.map(decode_bytes, samples)) == alone
