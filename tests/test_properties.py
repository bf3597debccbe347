"""What holds of every document: tiling, reconstruction, determinism, replayable repairs, one named error."""

from __future__ import annotations

import random
from concurrent.futures import ThreadPoolExecutor
from itertools import pairwise

import jsonschema
import msgspec
import pytest
from conftest import FIXTURES
from hypothesis import HealthCheck, example, given, settings
from hypothesis import strategies as st

import pipeline
from pipeline import dates, names
from pipeline.decode import decode_bytes
from pipeline.document import KEPT, Document, Payload, UnusablePayloadError
from pipeline.fingerprint import simhash64, text_sha256, words
from pipeline.record import from_json, json_schema, to_json
from pipeline.repair import repair_steps, replay
from pipeline.segment import line_blocks
from pipeline.view import normalize

settings.register_profile("copydesk", deadline=None, max_examples=100, suppress_health_check=[HealthCheck.too_slow])
settings.load_profile("copydesk")

VALIDATOR = jsonschema.Draft202012Validator(json_schema())

LINES = st.sampled_from(
    [
        "Foreign Policy",
        "A Brighter Future of Relations Is Possible If Both Focus on Cooperation",
        "By Jane Roe, professor at Oxford University, and Dr John Doe",
        "Editor: Zhang Dan 丨CCTV.com",
        "06-25-2015 17:18 BJT",
        "Published 5 May 2020 10:00, updated 06/07/2020",
        "About the Author",
        "Related Publications",
        "Follow us on",
        "  • World Heritage China Part 29",
        "277",
        "picture_850.jpg",
        "Photo: Jane Roe",
        "The ministers met in Paris. /Xinhua",
        "WASHINGTON (Reuters) - The ministers met on Monday and said that the talks, which began in June, would go on.",
        "The ministers of both countries met on Monday and said that the talks, which began in June, would go on next week.",
        "Les ministres se sont réunis lundi à Paris, et ont déclaré que les négociations se poursuivraient la semaine prochaine.",
        "外交部发言人星期一在北京举行的例行记者会上表示，双方将继续保持沟通。",
        "Chinaâ€™s cafÃ© was closed on Monday, and the ministers said that they would meet there next week again.",
        "",
        " \t",
    ],
)
"""Lines of the kinds that rules look for, so that generated pages reach them."""

BREAKS = st.sampled_from(["\n", "\n\n", "\r\n", "\r", "\u2028", "\x0b"])
ANY_TEXT = st.text(st.characters(codec="utf-8"), max_size=400)
PAGES = st.lists(st.tuples(st.one_of(LINES, LINES, LINES, st.text(max_size=60)), BREAKS), min_size=1, max_size=25).map(
    lambda parts: "".join(line + end for line, end in parts)
)
TEXTS = st.one_of(PAGES, PAGES, ANY_TEXT)


def encoded(text: str) -> bytes:
    """The text's bytes; lone surrogates cannot be written."""
    return text.encode("utf-8", "replace")


@given(
    st.binary(max_size=600),
    st.one_of(st.none(), st.sampled_from(["utf-8", "latin-1", "utf-16", "x", "idna", "hex"]), st.text(max_size=12)),
)
@example(b"\xff\xfe", None)
@example(b"\xef\xbb\xbf", "utf-16")
@example(b"a\x81", "undefined")
@example(b"caf\xe9", "unicode_escape")
@example(b"caf\xe9", "\ud800")
def test_decoding_raises_nothing_but_the_named_error(data: bytes, declared: str | None) -> None:
    try:
        decoded = decode_bytes(data, declared)
    except UnusablePayloadError:
        return
    assert decoded.text.strip()
    assert 0 <= decoded.replaced <= decoded.text.count("\ufffd")
    assert decode_bytes(data, declared) == decoded
    decoded.text.encode("utf-8")  # no lone surrogates: the record must be JSON


@given(st.one_of(ANY_TEXT, PAGES))
@example("\r\n\r\n")
@example("a\r")
@example("\x85a\u2029")
def test_lines_tile_any_text(text: str) -> None:
    blocks = list(line_blocks(text))
    assert "".join(text[b.start : b.end] for b in blocks) == text
    assert all(b.start < b.end for b in blocks)
    assert all(one.end == other.start for one, other in pairwise(blocks))
    assert all(bool(text[b.start : b.end].strip()) != (b.label == "blank") for b in blocks)


@given(TEXTS)
@example("\u200b\nHello there, this is a line.")
@example("\x00")
@example("Ã©\n" * 3)
@example("© \n" * 2)
def test_a_record_holds_against_its_bytes(text: str) -> None:
    data = encoded(text)
    record = pipeline.clean(data, name="page.txt")
    assert pipeline.verify(record, data) == []
    assert to_json(pipeline.clean(data, name="page.txt")) == to_json(record)
    if record.status == "ok":
        decoded = decode_bytes(data).text
        assert "".join(decoded[b.start : b.end] for b in record.blocks) == decoded
        assert all(block.kept == (block.label in KEPT) for block in record.blocks)
        assert record.text is not None
        assert all(normalize(paragraph) == paragraph for paragraph in record.text.split("\n"))
        for repair in record.decoding.repairs if record.decoding else []:
            steps = tuple((step.action, step.parameter) for step in repair.steps)
            assert replay(decoded[repair.start : repair.end], steps) != decoded[repair.start : repair.end]


@given(TEXTS)
def test_a_record_is_valid_and_reads_back(text: str) -> None:
    record = pipeline.clean(encoded(text), name="page.txt", url="https://example.org/", fetched_at="2024-05-01", charset="utf-8")
    line = to_json(record)
    assert from_json(line) == record
    assert to_json(from_json(line)) == line
    assert from_json(to_json(record, indent=0)) == record
    assert to_json(record, indent=0).count(b"\n") == 1
    VALIDATOR.validate(msgspec.json.decode(line))


@given(PAGES)
@settings(max_examples=40)
def test_a_stage_writes_its_own_fields_and_may_run_twice(text: str) -> None:
    own = {
        "decode": {"text", "decoding", "problems"},
        "flatten": {"text", "blocks", "problems"},
        "segment": {"blocks", "code", "syntax", "problems"},
        "repair": {"repairs", "problems"},
        "label": {"blocks", "problems", "model"},
        "join": {"blocks"},
        "language": {"language", "problems"},
        "metadata": {"metadata", "problems"},
        "settle": {"blocks"},
    }
    assert [name for name, _ in pipeline.STAGES] == list(own)
    document = Document(Payload(encoded(text), "page.txt"))
    for name, stage in pipeline.STAGES:
        try:
            after = stage(document)
        except UnusablePayloadError:
            assert name == "decode"
            return
        changed = {f for f in Document.__slots__ if getattr(after, f) != getattr(document, f)}
        assert changed <= own[name], name
        again = stage(after)
        for field in own[name] - {"problems"}:
            assert getattr(again, field) == getattr(after, field), f"{name} twice: {field}"
        document = after


@given(st.one_of(TEXTS, LINES))
def test_repairs_replay_and_do_not_repeat(text: str) -> None:
    for line in text.splitlines():
        fixed = replay(line, repair_steps(line))
        assert replay(line, repair_steps(line)) == fixed
        assert (fixed == line) == (repair_steps(line) == ())


@given(ANY_TEXT)
def test_normalizing_is_idempotent(text: str) -> None:
    once = normalize(text)
    assert normalize(once) == once
    assert "\n" not in once
    assert once == once.strip()


@given(
    st.text("0123456789 -/.:,年月日T+()٠١２３apmMayUTCdeМая", max_size=60),
    st.sampled_from([None, "en", "de", "zh", "ar", "und", "xx"]),
)
@settings(max_examples=300)
def test_dates_stand_where_they_say_and_are_real(text: str, language: str | None) -> None:
    found = dates.find_dates(text, language)
    position = 0
    for date in found:
        assert position <= date.start < date.end <= len(text)
        position = date.end
        assert any(c.isdigit() for c in text[date.start : date.end])
        for month_first in (False, True):
            iso = date.iso(month_first=month_first)
            jsonschema.validate(iso, {"pattern": r"^\d{4}-\d{2}(-\d{2}(T\d{2}:\d{2}(:\d{2})?([+-]\d{2}:\d{2})?)?)?$"})
            assert 1 <= int(iso[5:7]) <= 12


@given(
    st.one_of(
        st.text(max_size=80),
        st.lists(
            st.sampled_from(
                [
                    "Jane",
                    "Roe",
                    ",",
                    ";",
                    "and",
                    "with",
                    "Dr.",
                    "PhD",
                    "professor",
                    "at",
                    "University",
                    "张三",
                    "、",
                    "(",
                    ")",
                    "-",
                    "By",
                ]
            ),
            max_size=14,
        ).map(" ".join),
    )
)
@settings(max_examples=300)
def test_people_stand_where_they_say(text: str) -> None:
    position = 0
    for mention in names.read_people(text):
        assert position <= mention.start < mention.end <= len(text)
        position = mention.end
        assert " ".join(text[mention.start : mention.end].split()).casefold() == mention.author.name.casefold()
        assert names.looks_like_name(mention.author.name)


@given(st.lists(st.sampled_from(["talks", "went", "on", "and", "the", "ministers", "met", "again", "in", "Paris"]), max_size=40))
def test_fingerprints_see_words_only(tokens: list[str]) -> None:
    plain, dressed = " ".join(tokens), "  ".join(token.upper() + "," for token in tokens)
    assert text_sha256(words(plain)) == text_sha256(words(dressed))
    assert simhash64(words(plain)) == simhash64(words(dressed))
    assert len(simhash64(words(plain))) == 16


def _documents() -> list[bytes]:
    """The fixtures, and pages shuffled from their lines: the same ones every time."""
    raw = [path.read_bytes() for path in sorted((FIXTURES / "raw").iterdir())]
    lines = b"".join(raw).split(b"\n")
    chance = random.Random(7)
    return raw + [b"\n".join(chance.sample(lines, 25)) for _ in range(35)]


def test_threads_do_not_change_the_answer() -> None:
    documents = _documents()
    alone = [to_json(pipeline.clean(data)) for data in documents]
    with ThreadPoolExecutor(16) as pool:
        together = list(pool.map(lambda data: to_json(pipeline.clean(data)), documents * 2))
    assert together == alone * 2


def test_order_does_not_change_the_answer() -> None:
    documents = _documents()[:12]
    forth = [to_json(pipeline.clean(data)) for data in documents]
    back = [to_json(pipeline.clean(data)) for data in reversed(documents)]
    assert back == forth[::-1]


def test_cleaning_leaves_the_random_generator_alone() -> None:
    random.seed(11)
    before = random.getstate()
    pipeline.clean(_documents()[0])
    assert random.getstate() == before


@pytest.mark.parametrize("data", [b"", b" \n", b"%PDF-1.7"])
def test_a_rejected_record_is_valid_and_reads_back(data: bytes) -> None:
    record = pipeline.clean(data)
    VALIDATOR.validate(msgspec.json.decode(to_json(record)))
    assert from_json(to_json(record)) == record
    assert pipeline.verify(record, data) == []
    assert record.status == "rejected"


@pytest.mark.parametrize(
    ("change", "fault"),
    [
        ({"id": "sha256:0"}, "id"),
        ({"text": "other"}, "text"),
        ({"blocks": []}, "blocks"),
        ({"fingerprints": None}, "fingerprints"),
        ({"counts": None}, "counts"),
    ],
)
def test_verify_finds_a_record_that_was_changed(change: dict[str, object], fault: str) -> None:
    data = _documents()[0]
    record = msgspec.structs.replace(pipeline.clean(data), **change)
    assert any(line.startswith(fault) for line in pipeline.verify(record, data))


def test_verify_finds_other_bytes() -> None:
    one, other = _documents()[:2]
    assert len(pipeline.verify(pipeline.clean(one), other)) >= 4
