"""The document and its parts: what every stage reads and returns.

A `Document` is frozen. A stage takes one and returns another in which only the stage's own fields differ.
Offsets are half-open and count Unicode code points of `Document.text`, which never changes after `decode`.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass, field, replace
from enum import StrEnum
from typing import NamedTuple


class Label(StrEnum):
    """What a block is. `docs/labels.md` describes each."""

    STANDFIRST = "standfirst"
    HEADING = "heading"
    PARAGRAPH = "paragraph"
    LIST_ITEM = "list_item"
    QUOTE = "quote"
    TABLE = "table"
    TITLE = "title"
    CAPTION = "caption"
    BYLINE = "byline"
    DATE = "date"
    SECTION = "section"
    OUTLET = "outlet"
    AUTHOR_BIO = "author_bio"
    TAGS = "tags"
    CONSENT_NOTICE = "consent_notice"
    NAVIGATION = "navigation"
    SHARE_PROMPT = "share_prompt"
    SUBSCRIPTION_PROMPT = "subscription_prompt"
    ADVERTISEMENT = "advertisement"
    RELATED_LINKS = "related_links"
    COMMENTS = "comments"
    LEGAL_NOTICE = "legal_notice"
    INTERFACE = "interface"
    OTHER_CHROME = "other_chrome"
    BLANK = "blank"


KEPT = frozenset(
    {Label.STANDFIRST, Label.HEADING, Label.PARAGRAPH, Label.LIST_ITEM, Label.QUOTE, Label.TABLE},
)
"""Labels of the main content: their blocks make up the record's `text`."""

ABOUT = frozenset(
    {
        Label.TITLE,
        Label.CAPTION,
        Label.BYLINE,
        Label.DATE,
        Label.SECTION,
        Label.OUTLET,
        Label.AUTHOR_BIO,
        Label.TAGS,
    },
)
"""Labels of what is said about the document: read by the metadata stage, not part of the text."""

CHROME = frozenset(Label) - KEPT - ABOUT - {Label.BLANK}
"""Labels of site furniture."""


class ProblemCode(StrEnum):
    """What can be wrong with a document that is still usable. `docs/problems.md` describes each."""

    REPLACED = "replaced_characters"
    DECLARED_WRONG = "declared_encoding_wrong"
    NUL = "nul_characters"
    CONTROLS = "control_characters"
    INVISIBLE = "invisible_characters"
    MOJIBAKE = "mojibake_repaired"
    NO_CONTENT = "no_main_content"
    LANGUAGE_DECLARED_WRONG = "declared_language_wrong"
    DATE_AMBIGUOUS = "date_ambiguous"
    DATE_AFTER_FETCH = "date_after_fetch"
    OVERRIDE_STALE = "override_stale"


class RejectionCode(StrEnum):
    """Why a payload became a rejected record. `docs/problems.md` describes each."""

    EMPTY = "empty"
    BLANK = "blank"
    BINARY = "binary"
    TOO_LARGE = "too_large"
    UNREADABLE = "unreadable"
    OUTSIDE = "outside_input"
    UNSUPPORTED = "unsupported"
    BROKEN = "broken_container"
    ROW = "broken_row"
    NO_TEXT = "no_text_field"
    BOMB = "expands_too_much"
    NESTED = "nested_too_deep"
    MEMBERS = "too_many_members"
    ENCRYPTED = "encrypted"
    FAILED = "stage_failed"
    TIME = "took_too_long"
    MEMORY = "needs_too_much_memory"
    DIED = "worker_died"


class UnusablePayloadError(ValueError):
    """A payload that holds no text to clean.

    Raised by `pipeline.decode` and `pipeline.html` only; `code` is a `RejectionCode`, the message says what was found and what to do.
    """

    def __init__(self, code: RejectionCode, message: str) -> None:
        super().__init__(message)
        self.code = code
        self.message = message


@dataclass(frozen=True, slots=True)
class Payload:
    """Raw bytes, with their name and what is known from outside.

    `path` is relative to the run's input root; `fetched_at` is ISO 8601 and comes from the dump, never from the clock;
    `charset` is what the transport declared. `hints` are (field, value) pairs that the dump says beside the document,
    such as ("title", "...") or ("date", "..."): candidates, not facts.
    """

    data: bytes
    name: str
    member: str | None = None
    path: str | None = None
    url: str | None = None
    media_type: str = "text/plain"
    fetched_at: str | None = None
    charset: str | None = None
    hints: tuple[tuple[str, str], ...] = ()


MOST_SHOWN = 4
"""Times that a page shows its headline, at most; "View 6 Images" stands under each picture."""

BY_HAND = "override"
"""The rule that evidence of a person's correction names."""


class Evidence(NamedTuple):
    """One voice on a block's label: the rule or model, what it saw, how sure it is (0 to 1)."""

    rule: str
    seen: str
    confidence: float


@dataclass(frozen=True, slots=True, eq=False)
class Container:
    """An element that holds lines: its tag, the words of its class, id, role and itemprop, and what holds it."""

    above: Container | None
    tag: str
    words: tuple[str, ...]
    hidden: bool = False

    def outwards(self) -> Iterator[Container]:
        """The element, then those that hold it."""
        here: Container | None = self
        while here is not None:
            yield here
            here = here.above


class Markup(NamedTuple):
    """What the markup knew about a block. Plain text has none.

    `linked` and `strong` are the shares of its characters in links and in bold type; `noted` holds attributes of the elements
    inside it as (tag, attribute, value); `words` those of their class names. `extracted` is the share of it that each of the
    other extractors asked takes for main content.
    """

    container: Container
    linked: float = 0.0
    strong: float = 0.0
    noted: tuple[tuple[str, str, str], ...] = ()
    words: tuple[str, ...] = ()
    extracted: tuple[float, ...] = ()


class Block(NamedTuple):
    """A labelled span of the text. The blocks of a document tile it."""

    start: int
    end: int
    label: Label = Label.OTHER_CHROME
    evidence: tuple[Evidence, ...] = ()
    markup: Markup | None = None

    @property
    def kept(self) -> bool:
        """Whether the block is part of the record's text."""
        return self.label in KEPT

    @property
    def in_head(self) -> bool:
        """Whether the block is a fact of an HTML page's head, and no line that the page shows."""
        return self.markup is not None and self.markup.container.tag == "head"


@dataclass(frozen=True, slots=True)
class Problem:
    """Something wrong with the document, and where."""

    code: ProblemCode
    message: str
    start: int | None = None
    end: int | None = None


@dataclass(frozen=True, slots=True)
class Decoding:
    """How bytes became text: canonical encoding, the clue that won, what was declared, U+FFFD put in."""

    encoding: str
    method: str
    declared: str | None = None
    replaced: int = 0


@dataclass(frozen=True, slots=True)
class Repair:
    """A replayable mojibake repair of `text[start:end]`: ftfy steps as (action, parameter)."""

    start: int
    end: int
    steps: tuple[tuple[str, str], ...]


@dataclass(frozen=True, slots=True)
class LanguageSpan:
    """A stretch of main content in one language."""

    start: int
    end: int
    code: str


@dataclass(frozen=True, slots=True)
class Language:
    """BCP 47 code (`und` if undetermined), confidence 0 to 1, and how it was found."""

    code: str
    confidence: float
    method: str
    spans: tuple[LanguageSpan, ...] = ()


@dataclass(frozen=True, slots=True)
class Author:
    """Someone, or some body, who wrote the document."""

    name: str
    honorific: str | None = None
    kind: str = "person"
    affiliation: str | None = None
    role: str | None = None
    bio: str | None = None


@dataclass(frozen=True, slots=True)
class Contributor:
    """Someone who worked on the document without writing it."""

    name: str
    role: str


@dataclass(frozen=True, slots=True)
class Outlet:
    """Who published the document."""

    name: str
    domain: str | None = None


@dataclass(frozen=True, slots=True)
class Caption:
    """A picture's caption and its credit."""

    text: str
    credit: str | None = None


@dataclass(frozen=True, slots=True)
class Candidate:
    """A value that was considered for a field. `raw` is the source text of `start:end`; `clues` spoke for it or against it.

    An empty span at 0 stands for what is known from outside the text.
    """

    value: str
    start: int
    end: int
    raw: str
    rule: str
    confidence: float
    chosen: bool = False
    clues: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Metadata:
    """What the document says about itself. `unknown` gives the reason for each field without a value."""

    title: str | None = None
    standfirst: str | None = None
    authors: tuple[Author, ...] = ()
    contributors: tuple[Contributor, ...] = ()
    date_published: str | None = None
    date_modified: str | None = None
    outlet: Outlet | None = None
    agency: str | None = None
    dateline: str | None = None
    section: str | None = None
    tags: tuple[str, ...] = ()
    captions: tuple[Caption, ...] = ()
    unknown: tuple[tuple[str, str], ...] = ()
    evidence: tuple[tuple[str, tuple[Candidate, ...]], ...] = ()


@dataclass(frozen=True, slots=True)
class Document:
    """A payload on its way through the stages.

    `syntax` is the media type that tells how its text marks links and the like, if it does: it is read without these marks. `code` are
    the spans of lines of code in it.
    """

    payload: Payload
    text: str = ""
    decoding: Decoding | None = None
    blocks: tuple[Block, ...] = ()
    repairs: tuple[Repair, ...] = ()
    language: Language = Language("und", 0.0, "none")
    metadata: Metadata = field(default_factory=Metadata)
    problems: tuple[Problem, ...] = ()
    model: str | None = None
    syntax: str = ""
    code: tuple[tuple[int, int], ...] = ()

    def noting(self, *problems: Problem) -> Document:
        """Add problems; one that is noted already is not noted twice."""
        fresh = tuple(p for p in problems if p not in self.problems)
        return replace(self, problems=(*self.problems, *fresh)) if fresh else self


Stage = Callable[[Document], Document]
