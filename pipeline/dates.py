"""Dates as pages print them: where they stand, and what they mean at the precision that is given.

A date is found by its shape (numbers, separators, a month word), so that nothing is ever guessed from the clock. The
month words come from the wording lists, and those they do not know from dateparser's data for the document's language. Zone
abbreviations are looked up in `zones.tsv`; those with several meanings (IST, BST, CST) are left out on purpose: the
time then has no zone.
"""

from __future__ import annotations

import re
import unicodedata
from dataclasses import dataclass
from datetime import date as calendar_date
from functools import cache, lru_cache
from importlib import resources

from pipeline import wording

MONTH_FIRST = frozenset({"en-US", "en-PH", "fil"})
"""Locales that write 06/25/2015 (Unicode CLDR 45, short date patterns). Plain `en` is undecided."""

_D = r"(?<![\d.:/-])(?P<{0}>\d{{1,2}})"
_LETTER = r"(?:[^\W\d_]|(?!\d)[\u0900-\u0eff])"  # vowel signs of Indic scripts and Thai are no letters
_SMALL = r"[a-z\u00df-\u00ff]"
_MONTH_WORD = rf"(?P<{{0}}>{_LETTER}(?:(?!(?<={_SMALL})[A-Z]){_LETTER}){{{{1,13}}}})\.?"
_YEARS = r"(?:1[5-9]|2[01])\d\d"
_YEAR = rf"(?P<{{0}}>{_YEARS})" + r"(?!\d(?!\d?(?::[0-5]\d|\s?(?i:min|sec|comment|view|read)|[A-Z])))"
"""13xx and 14xx are years of the Solar or Lunar Hijri calendars. A time or "5 mins read" can be glued to the year."""
_WORD_STARTS = rf"(?:(?<!\w)|(?<={_SMALL}|\d)(?=[A-Z]))"
"""Where a word starts, also one that a renderer has glued to the one before: "Jane DoeMarch 5"."""
_ORDINAL = r"(?:st|nd|rd|th|er|º|ª|°|\.)?"
_GAP = r"[\s,.]{1,3}(?:de\s|of\s|del\s)?"

_TIME = (
    r"(?P<hour>[01]?\d|2[0-3])(?:[:h.]|\s?[時时点點시]\s?)(?P<minute>[0-5]\d)(?:[:.분]?(?P<second>[0-5]\d)(?!\d)(?:[.,]\d{1,9})?)?\s?[分분]?"
    r"(?:\s?(?P<half>[ap]\.?m\b\.?|[AP]\.?M\b\.?|午前|午後|上午|下午|오전|오후))?"
    r"(?:\s?(?:Uhr|uhr|hrs?|h|น\.))?"
    r"(?:\s?\(?(?P<zone>(?:UTC|GMT)\s?[+\-\u2212]\s?\d{1,2}(?::?\d\d)?|[+\-\u2212]\d\d:?\d\d\b|[A-Z]{1,4}T?\b|Z\b))?"
)
_HALF_FIRST = r"(?:(?P<half_first>午前|午後|上午|下午|오전|오후)\s?)?"

TIME_RE = re.compile(rf"(?<![\d.,:/+-]){_HALF_FIRST}{_TIME}(?![\d/])")
_JOIN_RE = re.compile(
    r"(?:\s|,|;|\||/|·|•|\u2013|\u2014|-|\(|at|um|à|om|alle|ore|às|a las|kl\.?|klo|о|об|в|o|pukul|lúc|saat|den|T|,?\s?la\s?|[(（][^\W\d_]{1,10}[)）]){0,6}\Z",
)

NUMERIC = "day-month-year numeric"

SHAPES = (
    (
        "year-month-day",
        "-/.",
        re.compile(
            rf"(?<!\d){_YEAR.format('y')}\s?(?P<s>[-/.])\s?(?P<m>0?[1-9]|1[0-2])\s?(?P=s)\s?(?P<d>0?[1-9]|[12]\d|3[01])(?!\d)"
            r"(?:\.(?=\s(?:오전|오후|\d{1,2}:)))?",
        ),
    ),
    (
        "cjk",
        "年년",
        re.compile(
            rf"(?<!\d){_YEAR.format('y')}\s?[年년]\s?(?P<m>0?[1-9]|1[0-2])\s?[月월]\s?(?:(?P<d>0?[1-9]|[12]\d|3[01])\s?[日号號일])?"
        ),
    ),
    (
        NUMERIC,
        "-/.",
        re.compile(
            rf"{_D.format('a')}\s?(?P<s>[-/.])\s?(?P<b>\d{{1,2}})\s?(?P=s)\s?(?P<y>(?:19|20)\d\d|\d\d)(?![\d/])(?!\.\d)",
        ),
    ),
    (
        "day-month-year",
        "",
        re.compile(
            rf"{_D.format('d')}{_ORDINAL}[\s\-/]*(?:de\s|of\s|ngày\s)?{_MONTH_WORD.format('w')}[\s,.\-/]{{1,3}}(?:de\s|del\s|of\s|/)?{_YEAR.format('y')}"
        ),
    ),
    (
        "month-day-year",
        "",
        re.compile(
            rf"{_WORD_STARTS}{_MONTH_WORD.format('w')}\s{{0,2}}(?P<d>\d{{1,2}}){_ORDINAL}\s?,?\s{{0,2}}{_YEAR.format('y')}"
        ),
    ),
    (
        "year-month-day word",
        "",
        re.compile(rf"(?<!\d){_YEAR.format('y')}\.?[\s,]{{1,2}}{_MONTH_WORD.format('w')}\s(?P<d>\d{{1,2}})(?!\d)\.?"),
    ),
    (
        "vietnamese",
        "á",
        re.compile(rf"{_D.format('d')}\s?tháng\s?(?P<m>\d{{1,2}})[\s,]{{1,2}}(?:năm\s)?{_YEAR.format('y')}"),
    ),
    ("month-year", "", re.compile(rf"{_WORD_STARTS}{_MONTH_WORD.format('w')}{_GAP}{_YEAR.format('y')}")),
)
"""Date shapes, most telling first; an earlier shape wins where two overlap. Behind its name stand characters of which a text must hold
one for the shape to be looked for; the shape `NUMERIC` alone does without a year of four digits."""


@dataclass(frozen=True, slots=True)
class DateExpression:
    """A date as it stands in a text: its span, the shape, its parts. `order_open`: day and month could be swapped."""

    start: int
    end: int
    shape: str
    year: int
    month: int
    day: int | None
    time: str | None = None
    zone: str | None = None
    order_open: bool = False

    def iso(self, *, month_first: bool = False) -> str:
        """ISO 8601 at the precision given; `month_first` decides an open order."""
        month, day = (self.day, self.month) if self.order_open and month_first and self.day else (self.month, self.day)
        text = f"{self.year:04}-{month:02}" + (f"-{day:02}" if day else "")
        return text + (f"T{self.time}{self.zone or ''}" if self.time and day else "")


@cache
def zones() -> dict[str, str]:
    """UTC offsets by zone abbreviation."""
    rows = (resources.files("pipeline") / "zones.tsv").read_text(encoding="utf-8").splitlines()[1:]
    return {row.split("\t")[0]: row.split("\t")[1] for row in rows}


@cache
def _months() -> dict[str, int]:
    months: dict[str, int] = {}
    for entry in wording.entries():
        if entry.sign == "month" and entry.value:
            months.setdefault("".join(entry.tokens), entry.value)
    return months


def month_number(word: str, language: str | None = None) -> int | None:
    """The month that a word names, 1 to 12; `None` if it names none. If `language` is given, dateparser's names count, too."""
    name = "".join(wording.tokenize(word))
    number = _months().get(name)
    if number is None and language not in (None, "und") and (len(name) >= SHORTEST_MONTH or not name.isascii()):
        return _foreign_months(str(language).split("-")[0]).get(name)
    return number


SHORTEST_MONTH = 3
"""Letters of a month's name that only dateparser knows; shorter ones in ASCII are words of other meaning, too."""


@lru_cache(64)
def _foreign_months(language: str) -> dict[str, int]:
    """The names of the months that dateparser's data gives for a language; none if it does not know it."""
    from dateparser.languages.loader import default_loader  # noqa: PLC0415 - start-up that most documents never need

    try:
        names = default_loader.get_locale(language).info
    except ValueError:
        return {}
    known = {"".join(wording.tokenize(name)): k for k, month in enumerate(_ENGLISH, start=1) for name in names.get(month, ())}
    plain = {unicodedata.normalize("NFD", name).encode("ascii", "ignore").decode(): number for name, number in known.items()}
    return {name: number for name, number in plain.items() if len(name) >= SHORTEST_MONTH} | known


_ENGLISH = [
    "january",
    "february",
    "march",
    "april",
    "may",
    "june",
    "july",
    "august",
    "september",
    "october",
    "november",
    "december",
]
"""The keys of dateparser's data."""


def find_dates(text: str, language: str | None = None) -> list[DateExpression]:
    """Dates in a line, in order, without overlaps; a time beside a date is part of it."""
    if _DIGITS_RE.search(text) is None:
        return []
    text = _western(text)
    taken: list[DateExpression] = []
    covered = bytearray(len(text))
    has_year = _YEARS_RE.search(text) is not None
    for shape, signs, regex in SHAPES:
        if not (has_year or shape is NUMERIC) or (signs and not any(map(text.count, signs))):
            continue
        for match in regex.finditer(text):
            if any(covered[match.start() : match.end()]):
                continue
            parts = _parts(shape, match, language)
            if parts is not None:
                year, month, day, order_open = parts
                covered[match.start() : match.end()] = b"\x01" * (match.end() - match.start())
                taken.append(DateExpression(match.start(), match.end(), shape, year, month, day, None, None, order_open))
    taken.sort(key=lambda t: t.start)
    return _with_times(text, taken) if taken else []


_DIGITS_RE = re.compile(r"\d")
_YEARS_RE = re.compile(_YEARS)
_FOREIGN_RE = re.compile(r"(?![0-9])\d|[\uff0d-\uff0f\uff1a]")


def _western(text: str) -> str:
    """The text with its digits (Arabic, Indic, fullwidth) as 0 to 9 and fullwidth separators as ASCII; offsets stay."""
    return text if text.isascii() else _FOREIGN_RE.sub(_western_character, text)


def _western_character(match: re.Match[str]) -> str:
    digit = unicodedata.decimal(match[0], None)
    return unicodedata.normalize("NFKC", match[0]) if digit is None else str(digit)


def _parts(shape: str, match: re.Match[str], language: str | None) -> tuple[int, int, int | None, bool] | None:
    found = match.groupdict()
    year = int(found["y"])
    order_open = False
    if shape == NUMERIC:
        if year < 100:
            year += 2000 if year < 70 else 1900  # POSIX strptime's pivot
        first, second = int(found["a"]), int(found["b"])
        day, month = (first, second) if second <= 12 else (second, first)
        order_open = first <= 12 and second <= 12 and first != second and found["s"] != "."
        if first <= 12 < second:
            day, month = second, first
        return _real(year, month, day, order_open)
    word = found.get("w")
    if word is not None:
        number = month_number(word, language)
        if number is None:
            return None
        return _real(year, number, int(found["d"]) if found.get("d") else None, order_open)
    return _real(year, int(found["m"]), int(found["d"]) if found.get("d") else None, order_open)


def _real(year: int, month: int, day: int | None, order_open: bool) -> tuple[int, int, int | None, bool] | None:
    try:
        calendar_date(year, month, day or 1)
    except ValueError:
        return None
    return year, month, day, order_open


def _with_times(text: str, dates: list[DateExpression]) -> list[DateExpression]:
    """Give each date the time that stands right behind it, or right before it."""
    out: list[DateExpression] = []
    for i, d in enumerate(dates):
        limit = dates[i + 1].start if i + 1 < len(dates) else len(text)
        previous = out[-1].end if out else 0
        after = TIME_RE.search(text, d.end, min(limit, d.end + 40))
        if after is None and text[d.end : d.end + 1] == "T":
            after = TIME_RE.match(text, d.end + 1, limit)
        before = None
        for match in TIME_RE.finditer(text, previous, d.start):
            before = match
        if after and _JOIN_RE.match(text[d.end : after.start()]):
            time, zone = clock(after)
            out.append(_timed(d, d.start, after.end(), time, zone))
        elif before and _JOIN_RE.match(text[before.end() : d.start]):
            time, zone = clock(before)
            out.append(_timed(d, before.start(), d.end, time, zone))
        else:
            out.append(d)
    return out


def _timed(d: DateExpression, start: int, end: int, time: str, zone: str | None) -> DateExpression:
    return DateExpression(start, end, d.shape, d.year, d.month, d.day, time, zone, d.order_open)


def clock(match: re.Match[str]) -> tuple[str, str | None]:
    """Time (24 hours) and UTC offset of a match of `TIME_RE`; no offset for an unknown or ambiguous zone."""
    hour, minute, second = int(match["hour"]), int(match["minute"]), match["second"]
    half = (match["half"] or match["half_first"] or "").lower().replace(".", "")
    if half in ("pm", "午後", "下午", "오후") and hour < 12:
        hour += 12
    elif half in ("am", "午前", "上午", "오전") and hour == 12:
        hour = 0
    time = f"{hour:02}:{int(minute):02}" + (f":{int(second):02}" if second else "")
    return time, _offset(match["zone"])


def _offset(zone: str | None) -> str | None:
    if not zone:
        return None
    zone = zone.replace("\u2212", "-").replace(" ", "")
    if zone in zones():
        return zones()[zone]
    match = re.fullmatch(r"(?:UTC|GMT)?([+-])(\d{1,2}):?(\d\d)?", zone)
    if not match or int(match[2]) > 14:
        return None
    return f"{match[1]}{int(match[2]):02}:{match[3] or '00'}"


def is_time(text: str) -> bool:
    """Whether a text is a time of day and nothing else."""
    return TIME_RE.fullmatch(_western(text.strip())) is not None


_ISO_RE = re.compile(
    r"(?P<y>(?:1[5-9]|2[01])\d\d)-?(?P<m>0[1-9]|1[0-2])-?(?P<d>0[1-9]|[12]\d|3[01])"
    r"(?:[T\s_]+(?P<time>[0-2]\d:[0-5]\d(?::[0-5]\d)?)(?:[.,]\d{1,9})?\s?(?P<zone>Z|UTC|GMT|[+\-]\d\d:?\d\d|[+\-]\d\d)?)?(?!\d)",
)
_EPOCH_RE = re.compile(r"1\d{9}(?:\d{3})?")


def read_stamp(value: str, language: str | None = None) -> DateExpression | None:
    """The date of a field made for machines: ISO 8601 with its usual slips, a Unix time, else the first date as pages print it."""
    value = value.strip()
    match = _ISO_RE.match(value)
    if match is not None:
        real = _real(int(match["y"]), int(match["m"]), int(match["d"]), False)
        time = match["time"]
        if real is None or (time and int(time[:2]) > 23):
            return None
        zone = match["zone"]
        zone = zone + ":00" if zone and len(zone) == 3 and zone[0] in "+-" else zone
        return DateExpression(0, match.end(), "ISO 8601", *real[:3], time, _offset(zone))
    if _EPOCH_RE.fullmatch(value):
        day, seconds = divmod(int(value[:10]), 86400)
        at = calendar_date.fromordinal(EPOCH + day)
        time = f"{seconds // 3600:02}:{seconds // 60 % 60:02}:{seconds % 60:02}"
        return DateExpression(0, len(value), "Unix time", at.year, at.month, at.day, time, "+00:00")
    return next(iter(find_dates(value, language)), None)


EPOCH = calendar_date(1970, 1, 1).toordinal()


def minutes(iso: str) -> int | None:
    """The instant of an ISO 8601 date with time and zone, in minutes since the year 1; `None` if it has no zone."""
    match = re.fullmatch(r"(\d{4})-(\d\d)-(\d\d)T(\d\d):(\d\d)(?::\d\d)?([+-])(\d\d):(\d\d)", iso)
    if match is None:
        return None
    day = calendar_date(int(match[1]), int(match[2]), int(match[3])).toordinal()
    offset = (int(match[7]) * 60 + int(match[8])) * (1 if match[6] == "+" else -1)
    return day * 1440 + int(match[4]) * 60 + int(match[5]) - offset
