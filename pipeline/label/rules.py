"""The rules: each looks at one line in its page and may propose a label. None edits, none knows a site.

`RULES` is the whole table, in order; the order breaks ties only. What a block finally is, `verdict` decides.
"""

from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import dataclass
from functools import cache

from pipeline import names, wording
from pipeline.document import Label
from pipeline.label.page import CHROME_SIGNS, Line, Page


@dataclass(frozen=True, slots=True)
class Vote:
    """A proposal: the label, who proposes it, what was seen, how sure (0 to 1)."""

    label: Label
    rule: str
    seen: str
    confidence: float


Rule = Callable[[Page, int], Vote | None]

_BREADCRUMB_RE = re.compile(r"\s(?:>|»|›|→|/)\s")
_BARS_RE = re.compile(r"\s[|•·]\s")
_CREDIT_RE = re.compile(r"(?:[./]\s?/\s?|\()[A-Z][\w .&-]{1,40}\)?\Z|©\s?\w[\w .&/-]{1,40}\Z")
_DOMAIN_RE = re.compile(r"(?:www\.)?[a-z0-9-]{2,40}(?:\.[a-z]{2,10}){1,3}\Z", re.IGNORECASE)
WHERE_CONFIDENCE = {"line": 0.92, "head": 0.95, "start": 0.8, "end": 0.7, "any": 0.75}


def wording_sign(page: Page, i: int) -> Vote | None:
    """A wording of site furniture stands in a line that is short enough to be one."""
    line = page.lines[i]
    best: Vote | None = None
    for hit in line.hits:
        if hit.entry.sign not in CHROME_SIGNS and hit.entry.sign not in ("author_bio", "tags", "caption"):
            continue
        share = (hit.last - hit.first) / max(1, len(line.tokens))
        if line.words > 60 and share < 0.1:
            continue
        confidence = WHERE_CONFIDENCE[hit.entry.where]
        if hit.entry.where in ("any", "start", "end") and line.prose:
            confidence -= 0.1
        if best is None or confidence > best.confidence:
            best = Vote(
                Label(hit.entry.sign), f"{hit.entry.sign}_wording", f"{hit.entry.language}: {hit.entry.wording}", confidence
            )
    return best


def under_head(page: Page, i: int) -> Vote | None:
    """The line stands under a furniture heading, and the document has not gone on since."""
    if i not in page.runs:
        return None
    sign, head = page.runs[i]
    rule = "under_bio_head" if sign == "author_bio" and i - head < 8 else "under_head"
    return Vote(Label(sign), rule, f"under {page.lines[head].text[:60]!r}", 0.9)


def dated_teaser(page: Page, i: int) -> Vote | None:
    """Prose under a heading of related links, with a bare date right above it: the summary of another document."""
    line = page.lines[i]
    if not line.prose or i not in page.runs or page.runs[i][0] != Label.RELATED_LINKS or not page.lines[i - 1].dated_only:
        return None
    return Vote(Label.RELATED_LINKS, "dated_teaser", f"dated {page.lines[i - 1].text[:40]!r}", 0.93)


def ticker(page: Page, i: int) -> Vote | None:
    """Headline and time take turns, three times or more: other stories."""
    first, last = page.body
    if first <= i < last:
        return None
    near = page.dated_up_to[min(len(page.lines), i + 7)] - page.dated_up_to[max(0, i - 6)]
    return Vote(Label.RELATED_LINKS, "ticker", f"{near} bare dates around", 0.8) if near >= 3 else None


def picture_file(page: Page, i: int) -> Vote | None:
    """The line is the name of a picture file."""
    line = page.lines[i]
    return Vote(Label.INTERFACE, "picture_file", line.text[:60], 0.95) if line.is_file else None


def stray_number(page: Page, i: int) -> Vote | None:
    """The line is a bare number: a counter."""
    line = page.lines[i]
    if re.fullmatch(r"[\d.,]{1,9}\s?[KkMm]?\+?", line.text):
        return Vote(Label.INTERFACE, "stray_number", line.text, 0.85)
    return None


def language_switcher(page: Page, i: int) -> Vote | None:
    """Two or more names of languages on a short line, or one that is the whole line."""
    line = page.lines[i]
    if line.words > 30 or (line.ends and line.words > 8):
        return None
    known, first_words = names.words_of("language_name"), names.first_words_of("language_name")
    if first_words.isdisjoint(line.tokens):
        return None
    found: list[str] = []
    k = covered = 0
    while k < len(line.tokens):
        size = next((n for n in (4, 3, 2, 1) if tuple(line.tokens[k : k + n]) in known), 0)
        name = " ".join(line.tokens[k : k + size])
        if size and (len(name) > 2 or size == len(line.tokens)):  # "it" and "de" are words before they are codes
            found.append(name)
            covered += size
        k += max(size, 1)
    if covered == len(line.tokens) or (len(set(found)) >= 2 and covered >= 0.4 * len(line.tokens)):
        return Vote(Label.NAVIGATION, "language_switcher", ", ".join(found[:4]), 0.93)
    return None


def breadcrumb(page: Page, i: int) -> Vote | None:
    """Short parts between arrows, or between several bars, before the headline or outside the body."""
    line = page.lines[i]
    if line.ends or line.words > 24:
        return None
    if (
        _BREADCRUMB_RE.search(line.text)
        and i < page.body[0]
        and all(len(p.split()) <= 6 for p in _BREADCRUMB_RE.split(line.text))
    ):
        return Vote(Label.NAVIGATION, "breadcrumb", line.text[:60], 0.8)
    if len(_BARS_RE.findall(line.text)) >= 2:
        return Vote(Label.NAVIGATION, "breadcrumb", line.text[:60], 0.6)
    return None


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
    start = page.title if page.title is not None else max(0, first - 6)
    return start <= i < first or (i < first + 3 and not page.lines[i].prose)


def head_date(page: Page, i: int) -> Vote | None:
    """A line of the head that is a date; near the end of the body only if it says "published" or "updated"."""
    line = page.lines[i]
    if not line.dates or i in page.runs:
        return None
    said = line.sign("published", "start", "any", "line", "head") or line.sign("modified", "start", "any", "line", "head")
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


CREDIT_SIGNS = ("byline", "editor", "translator", "photographer", "contributor")


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
    return None


def section_line(page: Page, i: int) -> Vote | None:
    """One to four words right before the headline that are not part of a menu."""
    line = page.lines[i]
    if page.title is None or i != page.title - 1 or line.words > 4 or line.dates or line.bullet:
        return None
    above = page.lines[i - 1] if i else None
    menu = above is not None and above.words <= 3 and not line.blank_before
    return None if menu else Vote(Label.SECTION, "kicker", line.text[:60], 0.72)


def outlet_line(page: Page, i: int) -> Vote | None:
    """A short name in capitals, or a domain, alone in the head."""
    line = page.lines[i]
    if not _in_head(page, i) or i == page.title or page.title is None or i < page.title or line.words > 4:
        return None
    if line.text.isupper() and len(line.text) <= 12 and not line.dates:
        first, last = page.body
        said = sum(
            re.search(rf"\b{re.escape(line.text)}\b", other.text) is not None for other in page.lines[first:last] if other.prose
        )
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


@cache
def _photo_credit_re() -> re.Pattern[str]:
    """A photo word with a colon behind the end of a sentence: "... at the gate. Foto: Jane Roe"."""
    said = sorted({e.wording for e in wording.entries() if e.sign == "photo"}, key=lambda w: (-len(w), w))
    return re.compile(rf"[.!?。)\]|/–-]\s?(?:{'|'.join(map(re.escape, said))})\s?[:：]", re.IGNORECASE)


def caption(page: Page, i: int) -> Vote | None:
    """A picture credit at the end of a line, or a photo word at its start."""
    line = page.lines[i]
    if line.words > 70 or i in page.runs:
        return None
    photo = line.sign("photo") or line.sign("photographer")
    credit = _CREDIT_RE.search(line.text)
    copies = page.copies[tuple(line.tokens)]
    if photo and line.words < 40 and photo.entry.where in ("start", "line", "head"):
        return Vote(Label.CAPTION, "photo_word", photo.entry.wording, 0.8)
    tail = line.text[-80:]
    if line.words < 60 and (":" in tail or "：" in tail) and _photo_credit_re().search(tail):
        return Vote(Label.CAPTION, "photo_word_behind", line.text[-40:], 0.85)
    if credit and (copies > 1 or photo or line.dates or line.sign("agency")):
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
    verb = re.search(r"\s(?:is|was|ist|est|es|è|är|er|jest|je)\s", line.text[:90])
    if (
        verb
        and names.looks_like_name(names.split_honorific(line.text[: verb.start()])[1])
        and names.has_word(line.text[:200], "role")
    ):
        return Vote(Label.AUTHOR_BIO, "name_and_role", line.text[:60], 0.8)
    return None


def template_pair(page: Page, i: int) -> Vote | None:
    """Two neighbouring long lines that differ in a few words, at the end of the body: a notice set twice."""
    line = page.lines[i]
    if line.words < PAIR_WORDS:
        return None
    for k in (i - 1, i + 1):
        if 0 <= k < len(page.lines) and page.lines[k].words >= PAIR_WORDS and line.tokens != page.lines[k].tokens:
            mine, other = set(line.tokens), set(page.lines[k].tokens)
            share = len(mine & other) / len(mine | other)
            if share >= 0.5 and not any(n.prose for n in page.lines[max(i, k) + 1 : max(i, k) + 2]):
                sure = 0.97 if line.has_email and page.lines[k].has_email else 0.8
                return Vote(Label.LEGAL_NOTICE, "template_pair", f"{share:.0%} of its words stand in the line beside", sure)
    return None


PAIR_WORDS = 15


def list_entry(page: Page, i: int) -> Vote | None:
    """A bullet inside the body."""
    line = page.lines[i]
    first, last = page.body
    return Vote(Label.LIST_ITEM, "bullet", line.text[:2].strip(), 0.8) if line.bullet and first <= i < last else None


def summary_head(page: Page, i: int) -> Vote | None:
    """A heading that opens a part of the document: "Summary", "Key points"."""
    line = page.lines[i]
    hit = line.sign("summary_head", "line", "head")
    return Vote(Label.HEADING, "summary_head", hit.entry.wording, 0.85) if hit and line.words <= 8 else None


def heading(page: Page, i: int) -> Vote | None:
    """A short line without a full stop inside the body, with prose below it."""
    line = page.lines[i]
    first, last = page.body
    if not first <= i < last or line.words > 16 or (line.ends and not line.text.endswith(("?", "!", "？"))) or line.bullet:
        return None
    below = page.lines[i + 1 : i + 2]
    if below and (below[0].prose or below[0].bullet) and not line.text[:1].islower():
        return Vote(Label.HEADING, "over_prose", f"{line.words:.0f} words over prose", 0.65)
    return None


def prose(page: Page, i: int) -> Vote | None:
    """Running text inside the body."""
    line = page.lines[i]
    first, last = page.body
    if not first <= i < last:
        return Vote(Label.PARAGRAPH, "prose_outside", f"{line.words:.0f} words", 0.35) if line.prose else None
    return Vote(Label.PARAGRAPH, "prose", f"{line.words:.0f} words", 0.75 if line.prose else 0.45)


def outside(page: Page, i: int) -> Vote | None:
    """Anything before or behind the body that nothing else knows."""
    line = page.lines[i]
    first, last = page.body
    if first <= i < last:
        return None
    if i >= last and line.words >= 4:
        return Vote(Label.RELATED_LINKS, "behind_body", f"{line.words:.0f} words behind the body", 0.4)
    return Vote(Label.NAVIGATION, "outside_body", f"{line.words:.0f} words outside the body", 0.38)


RULES: tuple[tuple[str, Rule], ...] = (
    ("under_head", under_head),
    ("dated_teaser", dated_teaser),
    ("wording", wording_sign),
    ("picture_file", picture_file),
    ("stray_number", stray_number),
    ("language_switcher", language_switcher),
    ("breadcrumb", breadcrumb),
    ("ticker", ticker),
    ("headline", headline),
    ("head_date", head_date),
    ("byline", byline),
    ("section_line", section_line),
    ("outlet_line", outlet_line),
    ("standfirst", standfirst),
    ("caption", caption),
    ("about_author", about_author),
    ("template_pair", template_pair),
    ("summary_head", summary_head),
    ("list_entry", list_entry),
    ("heading", heading),
    ("prose", prose),
    ("outside", outside),
)


def votes_on(page: Page, i: int) -> list[Vote]:
    """All proposals for a line, in the table's order."""
    return [vote for _, rule in RULES if (vote := rule(page, i)) is not None]


__all__ = ["RULES", "Line", "Rule", "Vote", "votes_on"]
