"""Features of a line that its text alone gives, as numbers."""

from __future__ import annotations

import re

from pipeline.label.line import Line

SIGNS = (
    "consent_notice",
    "navigation",
    "share_prompt",
    "subscription_prompt",
    "advertisement",
    "related_links",
    "comments",
    "legal_notice",
    "interface",
    "author_bio",
    "tags",
    "caption",
    "byline",
    "editor",
    "photographer",
    "published",
    "modified",
    "date_word",
    "month",
    "reading_time",
    "language_name",
    "agency",
    "role",
    "institution",
    "summary_head",
    "source",
    "photo",
)
_SIGN_INDEX = {sign: k for k, sign in enumerate(SIGNS)}
_WHERE_WEIGHT = {"line": 1.0, "head": 1.0, "start": 0.7, "end": 0.6, "any": 0.5}

LINE_NAMES = (
    "words",
    "characters",
    "word_length",
    "unspaced",
    "lower_words",
    "capital_words",
    "all_caps",
    "digits",
    "commas",
    "stops",
    "separators",
    "quotes",
    "ends",
    "ends_colon",
    "ends_ellipsis",
    "starts_lower",
    "starts_mark",
    "starts_digit",
    "bullet",
    "indent",
    "blanks_before",
    "address",
    "copyright",
    "dated",
    "dated_only",
    "file",
    "name",
    "copies",
    "prose",
    "in_body",
    "in_run",
    "vocabulary",
    "title_words",
    "question",
    "brackets",
    "echo",
    "echo_above",
    *SIGNS,
)
COLUMN = {name: k for k, name in enumerate(LINE_NAMES)}

_SEPARATORS = "|/>›»•·→"
_COMMAS = ",;:،、，；"
_STOP_RE = re.compile(r"[.!?。！？؟।۔](?:\s|\Z|[\"'”’»)])|[。！？]")
_QUOTES = '"“”„«»「」『』'
_OF_ASCII = [[sign for sign in signs if sign.isascii()] for signs in (_COMMAS, _SEPARATORS, _QUOTES)]
_ADDRESS_RE = re.compile(r"https?:|www\.|\S@\S")
_DIGIT_RE = re.compile(r"\d")


def line_shape(line: Line) -> list[float]:
    """The columns `LINE_NAMES`; those that need the whole page are 0 until `features` fills them."""
    text = line.text
    size = len(text)
    parts = text.split()
    count = len(parts)
    firsts = [part[0] for part in parts]
    lower, capital = sum(map(str.islower, firsts)), sum(map(str.isupper, firsts))
    caps = sum(part.isupper() for part in parts if len(part) > 1 and part[0].isupper()) if capital else 0
    commas, separators, quotes = _OF_ASCII if text.isascii() else (_COMMAS, _SEPARATORS, _QUOTES)
    signs = [0.0] * len(SIGNS)
    tokens = len(line.tokens) or 1
    for hit in line.hits:
        k = _SIGN_INDEX.get(hit.entry.sign)
        if k is not None:
            value = _WHERE_WEIGHT[hit.entry.where] + (hit.last - hit.first) / tokens
            signs[k] = max(signs[k], value)
    return [
        line.words,
        size,
        size / count,
        line.unspaced / tokens,
        lower / count,
        capital / count,
        caps / count,
        len(_DIGIT_RE.findall(text)) / size if line.has_digit else 0.0,
        sum(map(text.count, commas)) / count,
        len(_STOP_RE.findall(text)),
        sum(map(text.count, separators)),
        sum(map(text.count, quotes)),
        line.ends,
        text[-1] in ":：",
        text.endswith(("...", "…")),
        text[0].islower(),
        not text[0].isalnum(),
        text[0].isdigit(),
        line.bullet,
        0.0,
        0.0,
        _ADDRESS_RE.search(text) is not None,
        "©" in text,
        len(line.dates),
        line.dated_only,
        line.is_file,
        2 <= count <= 6 and line.name,
        0.0,
        line.prose,
        0.0,
        0.0,
        0.0,
        0.0,
        "?" in text,
        "(" in text or "[" in text,
        0.0,
        0.0,
        *signs,
    ]
