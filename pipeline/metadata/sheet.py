"""A document laid out for reading: the facts of its head, its lines, and where headline and body stand among them."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property, lru_cache
from itertools import pairwise
from typing import NamedTuple

from pipeline import wording
from pipeline.document import KEPT, Block, Container, Document, Label
from pipeline.view import read

RUNNING = 60
"""Characters from which a line is running text."""

SHORT = 40
"""Characters up to which a line is looked at as a heading."""

CLOSE = 4
NEAR = 12
"""Lines from the headline, or from the body, that count as close, and as near."""


@dataclass(frozen=True, slots=True)
class Fact:
    """What the page's markup says of itself: where it says so, under which name, of what kind of object."""

    source: str
    name: str
    kind: str
    value: str
    start: int
    end: int


ARTICLES = ("article", "posting", "report", "liveblog", "review", "recipe", "howto", "creativework")
MEDIA = ("image", "video", "audio", "media", "podcast", "photo")


def kind_of(types: str) -> str:
    """What a JSON-LD object is: "article", "page", "media" or "thing"."""
    low = types.lower()
    if any(word in low for word in ARTICLES):
        return "article"
    if any(word in low for word in MEDIA):
        return "media"
    return "page" if "page" in low else "thing"


class Line:
    """A block that shows text, with its text normalized, its label and its number among the lines."""

    __slots__ = ("block", "held", "label", "number", "text")

    def __init__(self, number: int, block: Block, text: str, held: Held) -> None:
        self.number, self.block, self.text, self.label, self.held = number, block, text, block.label, held

    def marked(self, *words: str) -> bool:
        """Whether an element inside the line, or one of the two that hold it, has one of the class words."""
        markup = self.block.markup
        if markup is None:
            return False
        return not self.held.words.isdisjoint(words) or (bool(markup.words) and not set(words).isdisjoint(markup.words))

    def noted(self, attribute: str, *values: str) -> bool:
        """Whether an element inside the line has an attribute with one of the values."""
        markup = self.block.markup
        if markup is None or not markup.noted:
            return False
        return any(name == attribute and not set(value.lower().split()).isdisjoint(values) for _, name, value in markup.noted)

    def inside(self, *tags: str) -> bool:
        """Whether an element with one of the tags holds the line."""
        return not self.held.tags.isdisjoint(tags)


class Held(NamedTuple):
    """What holds a line: the names of all elements, and the class words of the two nearest."""

    tags: frozenset[str]
    words: frozenset[str]


_NOWHERE = Held(frozenset(), frozenset())


class _Holders:
    """What each of a page's elements stands in, worked out once."""

    def __init__(self) -> None:
        self.known: dict[int, Held] = {}

    def of(self, container: Container | None) -> Held:
        if container is None:
            return _NOWHERE
        key = id(container)
        found = self.known.get(key)
        if found is None:
            chain = [container]
            while chain[-1].above is not None and id(chain[-1].above) not in self.known:
                chain.append(chain[-1].above)
            for item in reversed(chain):
                above = self.known[id(item.above)].tags if item.above is not None else frozenset()
                words = frozenset(item.words) | frozenset(item.above.words if item.above is not None else ())
                self.known[id(item)] = Held(above if item.tag in above else above | {item.tag}, words)
            found = self.known[key]
        return found


class Sheet:
    """Facts and lines of a document. `headline` is the number of the line that shows the title, once that is known."""

    def __init__(self, document: Document, headline: int | None = None) -> None:
        self.document = document
        self.kind = "text" if all(b.markup is None for b in document.blocks) else "html"
        self.headline = headline
        self.facts: list[Fact] = []
        self.lines: list[Line] = []
        holders = _Holders()
        for block in document.blocks:
            if block.markup is not None and block.in_head and block.markup.noted:
                source, name, kind = block.markup.noted[0]
                value = document.text[block.start : block.end].rstrip("\n")
                self.facts.append(Fact(source, name, kind, value, block.start, block.start + len(value)))
            elif block.label is not Label.BLANK:
                text = read(document, block.start, block.end)
                if text:
                    held = holders.of(block.markup.container if block.markup else None)
                    self.lines.append(Line(len(self.lines), block, text, held))

    @cached_property
    def body(self) -> tuple[int, int]:
        """First and last line of the main content behind the headline; both 0 if there is none."""
        kept = [line.number for line in self.lines if line.label in KEPT and line.label is not Label.HEADING]
        after = [n for n in kept if self.headline is None or n > self.headline]
        return (after[0], after[-1]) if after else (0, 0)

    @cached_property
    def begun(self) -> int:
        """The line at which the running text begins: a paragraph or standfirst, with another close behind it."""
        running = [x for x in self.lines if x.label in (Label.PARAGRAPH, Label.STANDFIRST) and len(x.text) > RUNNING]
        close = (x.number for x, following in pairwise(running) if following.number - x.number <= 6)
        return next(close, running[0].number if running else self.body[0])

    @cached_property
    def commented(self) -> int:
        """The first line below the heading of readers' comments ("3 Comments") behind the beginning of the text; the end without one."""
        found = (line.number + 1 for line in self.lines if line.number > self.begun and _heads_comments(line.text))
        return next(found, len(self.lines))

    @cached_property
    def prose(self) -> str:
        """The words of the running text, as compared."""
        running = (x.text for x in self.lines if x.label is Label.PARAGRAPH and len(x.text) > RUNNING)
        return f" {' '.join(wording.tokenize(' '.join(running)))} "

    @cached_property
    def title_words(self) -> frozenset[str]:
        """The words of the headline."""
        return frozenset() if self.headline is None else frozenset(wording.tokenize(self.lines[self.headline].text))

    def of(self, *labels: Label) -> list[Line]:
        """Lines with one of the labels, in order."""
        return [line for line in self.lines if line.label in labels]

    def place(self, number: int) -> str:
        """Where a line stands: above the headline or below, in the body or behind it, and how far."""
        first, last = self.body
        if self.headline is not None:
            away = number - self.headline
            if away == 0:
                return "at the headline"
            if -CLOSE <= away < 0:
                return "close above the headline"
            if 0 < away <= CLOSE:
                return "close below the headline"
            if CLOSE < away <= NEAR and number < first + CLOSE:
                return "below the headline"
        if first and first - CLOSE <= number < first:
            return "close above the body"
        if number < first:
            return "far above"
        if number <= last:
            return "in the body"
        if number <= last + CLOSE:
            return "close behind the body"
        return "behind the body" if number <= last + NEAR else "far behind"

    def with_headline(self, title: str | None) -> Sheet:
        """The sheet with the headline at the line that shows a title: the last one before the body begins, or the first."""
        wanted = wording.tokenize(title) if title else []
        if not wanted:
            return self
        least, most = sum(map(len, wanted)) // 2, 2 * len(title or "") + 40  # half: folding may lengthen words
        same = [line for line in self.lines if least <= len(line.text) < most and _shows(line, wanted)]
        titled = [line for line in same if line.label is Label.TITLE or line.inside("h1")]
        return _headed(self, (titled or same)[0].number if same else None)


@lru_cache(1 << 14)
def _heads_comments(text: str) -> bool:
    words = [token for token in wording.tokenize(text) if not token.isdigit()] if len(text) <= SHORT else []
    return any(h.entry.sign == "comments" and h.entry.where in ("head", "line") for h in wording.find_first(words))


def _shows(line: Line, wanted: list[str]) -> bool:
    tokens = wording.tokenize(line.text)
    return tokens == wanted or (len(wanted) > 3 and tokens[: len(wanted)] == wanted)


def _headed(sheet: Sheet, number: int | None) -> Sheet:
    other = Sheet.__new__(Sheet)
    other.__dict__.update({k: v for k, v in sheet.__dict__.items() if k not in ("body", "begun", "commented", "title_words")})
    other.headline = number
    return other
