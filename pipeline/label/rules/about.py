"""Rules for what is said about the document: headline, date, byline, section, outlet, standfirst, caption, biography."""

from __future__ import annotations

import re
from functools import cache

from pipeline import names, wording
from pipeline.document import Label
from pipeline.label.page import Page
from pipeline.label.vote import Vote

_CREDIT_RE = re.compile(r"(?:[./]\s?/\s?|\()[A-Z][\w .&-]{1,40}\)?\Z|©\s?\w[\w .&/-]{1,40}\Z")
_DOMAIN_RE = re.compile(r"(?:www\.)?[a-z0-9-]{2,40}(?:\.[a-z]{2,10}){1,3}\Z", re.IGNORECASE)
_TRAIL_RE = re.compile(r"\s[>»›/|]\s")
_IS_RE = re.compile(r"\s(?:is|was|ist|est|es|è|är|er|jest|je)\s")
CREDIT_SIGNS = ("byline", "editor", "translator", "photographer", "contributor")


def headline(page: Page, i: int) -> Vote | None:
    """The line before the body that shares most words with it; copies of it too."""
    if page.title is None:
        return None
    if i == page.title:
        score = page.headline_score(i)
        return Vote(Label.TITLE, "headline", f"score {score:.2f}", min(0.97, 0.5 + score / 5))
    if page.lines[i].tokens == page.lines[page.title].tokens and i < page.body[1]:
        return Vote(Label.TITLE, "headline", "a copy of the headline", 0.8)
    return None


def _in_head(page: Page, i: int) -> bool:
    """Whether a line stands between the headline (or the top) and the first line of the body."""
    first = page.body[0]
    return page.head_from <= i < first or (i < first + 3 and not page.lines[i].prose)


def head_date(page: Page, i: int) -> Vote | None:
    """A line of the head that is a date; near the end of the body only if it says "published" or "updated"."""
    line = page.lines[i]
    if not line.dates or i in page.runs:
        return None
    said = line.sign("published", "start", "any", "line", "head") or line.sign("modified", "start", "any", "line", "head")
    if not said and i in page.columns:
        return None
    if line.dated_only and _in_head(page, i):
        return Vote(Label.DATE, "head_date", line.text[:60], 0.9)
    if said and line.words <= 20:
        return Vote(Label.DATE, "said_date", f"{said.entry.wording}: {line.text[:40]}", 0.85)
    if line.dated_only and page.title is not None and abs(i - page.title) <= 2:
        return Vote(Label.DATE, "head_date", line.text[:60], 0.75)
    if _in_head(page, i) and not line.ends:
        expression = line.dates[0]
        lead = line.text[: expression.start].strip(" |·•-–—,:")
        if (
            0 < len(lead.split()) <= 3
            and not names.looks_like_name(lead)
            and not line.sign("byline")
            and len(line.text) - expression.end < 12
        ):
            return Vote(Label.SECTION, "section_and_date", line.text[:60], 0.8)
        if line.words <= 12:
            return Vote(Label.DATE, "head_date", line.text[:60], 0.65)
    return None


def byline(page: Page, i: int) -> Vote | None:
    """Opening words ("By") and a name; an editor's or translator's credit; or a bare name in the head."""
    line = page.lines[i]
    if line.prose and line.ends and line.words > 40:
        return None
    for sign in CREDIT_SIGNS if line.hits else ():
        hit = line.sign(sign, "start", "line", "head")
        if hit is None or line.words > 45:
            continue
        rest = wording.rest_after(line.bare, hit.last)
        if names.read_people(rest) and (sign == "byline" or line.words < 14):
            return Vote(Label.BYLINE, f"byline_{sign}", f"{hit.entry.wording}: {rest[:50]}", 0.93 if _in_head(page, i) else 0.7)
        if not rest and _in_head(page, i):
            return Vote(Label.BYLINE, f"byline_{sign}", hit.entry.wording, 0.7)
    if _in_head(page, i) and i != page.title and not line.dates and line.words <= 14 and not line.ends:
        if page.title is not None and i > page.title and names.read_people(line.bare):
            return Vote(Label.BYLINE, "name_in_head", line.bare[:60], 0.8)
        before = page.lines[i - 1] if i else None
        if before and names.looks_like_name(before.bare) and names.has_word(line.text, "role") and i - 1 != page.title:
            return Vote(Label.BYLINE, "role_under_name", line.text[:60], 0.8)
        beside = page.lines[max(0, i - 1)].dated_only or (i + 1 < len(page.lines) and page.lines[i + 1].dated_only)
        if beside and not line.hits and page.title is not None and i > page.title and _UNSPACED_NAME_RE.fullmatch(line.text):
            return Vote(Label.BYLINE, "name_at_date", line.text, 0.85)
    return None


def section_line(page: Page, i: int) -> Vote | None:
    """One to four words right before the headline that are not part of a menu."""
    line = page.lines[i]
    if page.title is None or i != page.title - 1 or line.words > 4 or line.dates or line.bullet or _TRAIL_RE.search(line.text):
        return None
    above = page.lines[i - 1] if i else None
    menu = above is not None and above.words <= 3 and not page.blanks[i]
    listed = line.sign("navigation", "line")  # "Politics", but also "Home"
    return None if menu else Vote(Label.SECTION, "kicker", line.text[:60], 0.6 if listed else 0.72)


def outlet_line(page: Page, i: int) -> Vote | None:
    """A short name in capitals, or a domain, alone in the head."""
    line = page.lines[i]
    if not _in_head(page, i) or i == page.title or page.title is None or i < page.title or line.words > 4:
        return None
    if line.text.isupper() and len(line.text) <= 12 and not line.dates:
        first, last = page.body
        name = re.compile(rf"\b{re.escape(line.text)}\b")
        prose = (other.text for other in page.lines[first:last] if other.prose)
        said = sum(line.text in text and name.search(text) is not None for text in prose)
        if said:
            return Vote(Label.OUTLET, "outlet_in_body", f"{line.text} stands in {said} paragraphs too", 0.9)
        return Vote(Label.OUTLET, "capitals_in_head", line.text, 0.82)
    if _DOMAIN_RE.match(line.text):
        return Vote(Label.OUTLET, "domain_in_head", line.text, 0.82)
    hit = line.sign("agency", "line") or line.sign("source", "start")
    return Vote(Label.OUTLET, "agency_in_head", hit.entry.wording, 0.85) if hit else None


def standfirst(page: Page, i: int) -> Vote | None:
    """A sentence between the headline and the byline or date."""
    line = page.lines[i]
    if page.title is None or not page.title < i <= page.title + 3 or not 6 <= line.words <= 70:
        return None
    between = page.lines[page.title + 1 : i]
    if any(b.dates or b.sign("byline") or b.prose for b in between) or line.dates or line.sign("byline", "start"):
        return None
    follows = page.lines[i + 1 : i + 4]
    if any((n.dates and not n.prose) or n.sign("byline", "start") for n in follows) and not any(n.prose for n in follows[:1]):
        return Vote(Label.STANDFIRST, "between_headline_and_byline", line.text[:60], 0.85)
    return None


_COLONS = frozenset(":：=")


_UNSPACED_NAME_RE = re.compile(r"[\u4e00-\u9fff々]{3,4}|[\u4e00-\u9fff々]{1,3}[\u3041-\u309f]{2,3}|[\uac00-\ud7a3]{3}")
"""A name as it is written in Chinese, Japanese or Korean: three or four ideographs, or ideographs and hiragana, or three syllables."""

_NAME = r"[A-ZÀ-ÖØ-ÞŁŚŻŹČŠŽ][\w.’'-]*+"
_CAPITALS = r"[A-ZÀ-ÖØ-Þ][A-ZÀ-ÖØ-Þ.’'-]*+"
_CAPITALS_RE = re.compile(rf"[.!?»”\"]\s{_CAPITALS}(?:\s{_CAPITALS}){{1,3}}\s?/\s?{_CAPITALS}(?:\s{_CAPITALS}){{0,4}}\Z")


_NAMED_RE = re.compile(rf"[.!?]\s(?P<word>[^\W\d_]+)\.?\s{_NAME}(?:\s{_NAME}){{1,3}}\Z")


@cache
def _photo_words() -> frozenset[str]:
    return frozenset(e.wording.casefold() for e in wording.entries() if e.sign in ("photo", "photographer"))


@cache
def _photo_credit_re() -> re.Pattern[str]:
    """A photo word with a colon and a name behind a sentence, a comma or an opening bracket: "... at the gate. Foto: Jane Roe"."""
    words = "|".join(map(re.escape, sorted(_photo_words(), key=lambda w: (-len(w), w))))
    return re.compile(rf"(?:[.!?。,(（)\]|/]|(?<!\w)[–-])\s?(?i:{words})\s?[:：=](?!\s*[a-zß-ÿ])")


def _credits_behind(tail: str) -> bool:
    """Whether a line ends in a picture's credit.

    Behind a sentence the colon may be missing, or be a full stop, if a name of two to four words ends the line: "... at the gate. Fot.
    Jan Nowak".
    """
    if not _COLONS.isdisjoint(tail) and _photo_credit_re().search(tail):
        return True
    named = _NAMED_RE.search(tail) if tail[-1:].isalpha() else None
    return named is not None and named["word"].casefold() in _photo_words()


def caption(page: Page, i: int) -> Vote | None:
    """A picture credit at the end of a line, or a photo word at its start."""
    line = page.lines[i]
    if line.words > 70 or i in page.runs:
        return None
    photo = line.sign("photo") or line.sign("photographer") if line.hits else None
    marked = "/" in line.text or "(" in line.text or "©" in line.text
    credit = _CREDIT_RE.search(line.text) if marked else None
    if photo and line.words < 40 and photo.entry.where in ("start", "line", "head"):
        return Vote(Label.CAPTION, "photo_word", photo.entry.wording, 0.8)
    tail = line.text[-80:]
    if line.words < 60 and _credits_behind(tail):
        return Vote(Label.CAPTION, "photo_word_behind", line.text[-40:], 0.85)
    if "/" in tail and _CAPITALS_RE.search(tail):
        return Vote(Label.CAPTION, "credit_in_capitals", line.text[-40:], 0.85)
    if credit and (page.copies[tuple(line.tokens)] > 1 or photo or line.dates or line.sign("agency")):
        return Vote(Label.CAPTION, "credit", credit.group()[:40], 0.9)
    return None


def about_author(page: Page, i: int) -> Vote | None:
    """A sentence at the end of the body that says who a person is: a name, then a role."""
    line = page.lines[i]
    last = page.body[1]
    if i < last - 2 or i in page.runs or not 5 <= line.words <= 120:
        return None
    hit = line.sign("author_bio", "start", "any")
    if hit and names.has_word(line.text[:200], "role", "institution"):
        return Vote(Label.AUTHOR_BIO, "said_author", hit.entry.wording, 0.85)
    verb = _IS_RE.search(line.text[:90])
    if (
        verb
        and names.looks_like_name(names.split_honorific(line.text[: verb.start()])[1])
        and names.has_word(line.text[:200], "role")
    ):
        return Vote(Label.AUTHOR_BIO, "name_and_role", line.text[:60], 0.8)
    return None
