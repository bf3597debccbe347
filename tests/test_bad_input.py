"""Bytes that are no document, or hardly one: a rejected record that says why, or a record that says what was wrong."""

from __future__ import annotations

import gzip
import time
from collections.abc import Callable
from typing import Any

import pytest

import pipeline
from pipeline import dates, names, wording
from pipeline.decode import MAX_BYTES
from pipeline.record import Record
from pipeline.view import normalize

PROSE = "The ministers of both countries met on Monday and said that the talks, which began in June, would go on next week."
PAGE = "\n\n".join(
    [
        "Talks of Ministers Go On",
        "By Jane Roe",
        "5 May 2020",
        PROSE,
        PROSE.replace("Monday", "Tuesday"),
        PROSE.replace("June", "July"),
    ]
)


def seconds(call: Callable[[], object]) -> float:
    start = time.perf_counter()
    call()
    return time.perf_counter() - start


def codes(record: Record) -> set[str]:
    return {str(problem.code) for problem in record.problems}


@pytest.mark.parametrize(
    ("data", "code", "told"),
    [
        (b"", "empty", "empty"),
        (b" \n\t\r\n", "blank", "white space"),
        ("\u00a0\u3000\u200b".encode(), "blank", "invisible"),
        (b"\xef\xbb\xbf", "blank", "white space"),
        (b"\x89PNG\r\n\x1a\n" + bytes(200), "binary", "PNG"),
        (b"%PDF-1.7\n%\xe2\xe3\xcf\xd3\n1 0 obj", "binary", "PDF"),
        (gzip.compress(PAGE.encode(), mtime=0), "binary", "gzip"),
        (bytes(range(32)) * 40, "binary", "binary"),
        (bytes(500), "binary", "binary"),
    ],
)
def test_no_text_gives_a_rejected_record_that_says_why(data: bytes, code: str, told: str) -> None:
    record = pipeline.clean(data, name="page.txt")
    assert record.status == "rejected"
    assert record.reason is not None
    assert record.reason.code == code
    assert told in record.reason.message
    assert record.text is None
    assert record.source.size == len(data)
    assert pipeline.verify(record, data) == []


def test_a_payload_over_the_limit_is_rejected_at_once() -> None:
    data = b"a" * (MAX_BYTES + 1)
    record = pipeline.clean(data)
    assert record.reason is not None
    assert record.reason.code == "too_large"
    assert f"{MAX_BYTES:,}" in record.reason.message


def test_one_line_of_20_mb_is_cleaned_in_time() -> None:
    data = (PROSE + " ").encode() * (20_000_000 // (len(PROSE) + 1))
    start = time.perf_counter()
    record = pipeline.clean(data)
    assert time.perf_counter() - start < 20
    assert record.status == "ok"
    assert len(record.blocks) == 1


@pytest.mark.parametrize("unit", ["a", " x", "1", "(", "é", "中", "Ã©", "\x00a", "\u0301"])
def test_one_long_line_of_anything_is_cleaned_in_time(unit: str) -> None:
    assert seconds(lambda: pipeline.clean((unit * (2_000_000 // len(unit))).encode())) < 10


def test_invalid_utf8_in_the_middle_is_kept_and_noted() -> None:
    data = PAGE.encode().replace(b"said that", b"said \xff\xfe that", 1)
    record = pipeline.clean(data)
    assert record.status == "ok"
    assert record.decoding is not None
    assert (record.decoding.encoding, record.decoding.method, record.decoding.replaced) == ("utf-8", "statistical", 2) or (
        record.decoding.encoding == "windows-1252"  # pure ASCII around the bytes: they could be letters of it
    )
    assert "ministers of both countries" in str(record.text)


def test_invalid_utf8_among_other_letters_is_counted_and_located() -> None:
    text = PAGE.replace("ministers", "ministères à l’étranger")
    data = text.encode().replace(b"said that", b"said \xff\xfe that", 1)
    record = pipeline.clean(data)
    assert record.decoding is not None
    assert (record.decoding.encoding, record.decoding.replaced) == ("utf-8", 2)
    problem = next(p for p in record.problems if p.code == "replaced_characters")
    decoded = data.decode("utf-8", "replace")
    assert problem.start is not None
    assert decoded[problem.start : problem.end] == "\ufffd\ufffd"
    assert "2 " in problem.message
    assert pipeline.verify(record, data) == []


def test_a_declaration_that_does_not_fit_is_noted() -> None:
    record = pipeline.clean(PAGE.replace("Jane", "Ján").encode(), charset="utf-16")
    assert record.decoding is not None
    assert (record.decoding.encoding, record.decoding.declared) == ("utf-8", "utf-16")
    assert "declared_encoding_wrong" in codes(record)


def test_a_declaration_that_fits_is_not_noted() -> None:
    for charset in ("utf-8", "UTF8", None, "us-ascii"):
        assert codes(pipeline.clean(PAGE.encode(), charset=charset)) == set(), charset


def test_nul_bytes_are_noted_and_left_out() -> None:
    data = PAGE.replace("ministers", "min\x00isters").encode()
    record = pipeline.clean(data)
    assert record.status == "ok"
    assert "nul_characters" in codes(record)
    assert "\x00" not in str(record.text)
    assert "The ministers" in str(record.text)
    assert pipeline.verify(record, data) == []


def test_control_characters_are_noted_and_left_out() -> None:
    data = PAGE.replace("ministers", "min\x07isters").encode()
    record = pipeline.clean(data)
    assert "control_characters" in codes(record)
    assert "The ministers" in str(record.text)


def test_mojibake_is_noted_and_repaired_in_the_text() -> None:
    record = pipeline.clean(PAGE.replace("said that", "said â€œthatâ€\x9d cafÃ©").encode())
    assert "mojibake_repaired" in codes(record)
    assert "“that” café" in str(record.text)


WEIRD = [
    "\u202eright to left override\u202c",
    "Z̮̞̠͙͔ͅḀ̗̞͈̻̗Ḷ͙͎̯̹̞͓G̻O̭̗̮" * 20,
    "👩‍👩‍👧‍👦" * 50,
    "ﷺﷺﷺ",
    "\U000e0001\U000e0020",
    "\ufffe\uffff",
    "é" * 1000 + "\u0301" * 1000,
    "İıſẞßﬀ" * 50,
    "\u2028\u2029\x85\x0b\x0c",
    "null NULL undefined NaN () {} [] '; DROP TABLE --",
    "<script>alert(1)</script> ${jndi} %s %n {0}",
    "../../../etc/passwd\t\\\\server\\share",
    "１２３ ٣٢١ ⅷ ² ⑨ 二〇二〇年",
    "2020-00-00 99/99/9999 24:61 0000-01-01",
    "By By By By",
    "By , , and and ; ;",
    "\t" * 500 + "x",
    "()" * 2000,
]


@pytest.mark.parametrize("line", WEIRD)
@pytest.mark.parametrize("place", ["alone", "headline", "byline", "inside"])
def test_weird_lines_are_cleaned(line: str, place: str) -> None:
    text = {
        "alone": line,
        "headline": f"{line}\n\n{PAGE}",
        "byline": PAGE.replace("Jane Roe", line),
        "inside": PAGE.replace("\n\n", f"\n\n{line}\n\n"),
    }
    data = text[place].encode()
    record = pipeline.clean(data)
    assert pipeline.verify(record, data) == []


def test_many_short_lines_take_time_in_proportion() -> None:
    def page(count: int) -> bytes:
        return "\n".join(f"Line {n} of a table" if n % 7 else f"{PROSE} {n}" for n in range(count)).encode()

    pipeline.clean(page(1000))
    small = seconds(lambda: pipeline.clean(page(3_000)))
    large = seconds(lambda: pipeline.clean(page(12_000)))
    assert large < 10 * small + 1, f"4 times the lines took {large / small:.1f} times as long"


@pytest.mark.parametrize(
    "line", ["x", "277", "By Jane Roe", "5 May 2020", "• entry", "Related Publications", "Photo: Jane Roe", "Dr. A. B."]
)
def test_one_line_again_and_again_is_cleaned_in_time(line: str) -> None:
    data = f"{line}\n".encode() * 4_000
    assert seconds(lambda: pipeline.clean(data)) < 8


ATTACKS = {
    "spaces": " " * 100_000,
    "tabs": "\t" * 100_000,
    "digits": "1" * 100_000,
    "letters": "a" * 100_000,
    "capitals": "A" * 100_000,
    "brackets": "(" * 100_000,
    "dashes": "- " * 50_000,
    "dots": "." * 100_000,
    "initials": "A." * 50_000,
    "slashes": "1/" * 50_000,
    "colons": "12:34:" * 20_000,
    "years": "2020 " * 20_000,
    "half dates": "2020-01-" * 12_000,
    "numbers and words": "1 a " * 25_000,
    "dates": "1 May 2020 12:00 " * 6_000,
    "a month far away": "1" + " " * 100_000 + "May 2020",
    "joining words": "12:00" + " at" * 30_000 + " 1 May 2020",
    "offsets": "12:00 UTC+" * 10_000,
    "honorifics": "Mr. " * 50_000,
    "ands": " and " * 20_000,
    "commas": ", " * 50_000,
    "spaces before a comma": (" " * 300 + ",") * 300,
    "roles": "professor at " * 8_000,
    "names": "Jane Roe, " * 10_000,
    "hyphens": "a-" * 50_000,
    "domain": "a." * 50_000,
    "mail": "a@" * 50_000,
    "mail with dots": "a@" + "b." * 50_000,
    "quotes": '."' * 50_000,
    "full stops and brackets": ".)" * 50_000,
    "credit": "©" + " a" * 50_000,
    "Han": "年月日" * 30_000,
    "Hangul hours": "1시 " * 30_000,
}
"""Texts at which a careless regular expression takes hours."""

READERS: dict[str, Callable[[str], Any]] = {
    "find_dates": dates.find_dates,
    "is_time": dates.is_time,
    "read_people": names.read_people,
    "looks_like_name": names.looks_like_name,
    "read_position": names.read_position,
    "bodies_in": names.bodies_in,
    "split_honorific": names.split_honorific,
    "straighten_case": names.straighten_case,
    "normalize": normalize,
    "find_in": wording.find_in,
}


@pytest.mark.parametrize("attack", ATTACKS)
def test_no_reader_hangs(attack: str) -> None:
    for name, reader in READERS.items():
        assert seconds(lambda reader=reader: reader(ATTACKS[attack])) < 3, name


@pytest.mark.parametrize("attack", ATTACKS)
def test_no_line_hangs_the_library(attack: str) -> None:
    for page in (ATTACKS[attack], PAGE.replace("Jane Roe", ATTACKS[attack]), PAGE.replace("5 May 2020", ATTACKS[attack])):
        assert seconds(lambda page=page: pipeline.clean(page.encode())) < 5


def test_clean_says_what_it_takes() -> None:
    with pytest.raises(TypeError, match="open\\(path, 'rb'\\)"):
        pipeline.clean("text")  # type: ignore[arg-type]


@pytest.mark.parametrize(
    ("text", "noted"),
    [
        ("A line with \u202eoverride\u202c in it.", True),
        ("A line with a zero\u200bwidth space.", True),
        ("A byte order mark \ufeff in the middle.", True),
        ("Soft\u00adhyphens are how pages divide words.", False),
        ("می\u200cخواهم is spelled with a non-joiner, 👩\u200d🔬 with a joiner.", False),
        ("Plain words.", False),
    ],
)
def test_invisible_characters_are_noted_where_they_may_mislead(text: str, noted: bool) -> None:
    record = pipeline.clean(text.encode(), name="page.txt")
    found = [p for p in record.problems if p.code == "invisible_characters"]
    assert bool(found) is noted
    if noted:
        assert text[found[0].start : found[0].end] in "\u202e\u200b\ufeff"
    assert pipeline.verify(record, text.encode()) == []
