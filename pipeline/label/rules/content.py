"""Rules for the main content: what kind of line of it this is."""

from __future__ import annotations

from pipeline.document import Container, Label
from pipeline.label.page import Page
from pipeline.label.vote import Vote


def summary_head(page: Page, i: int) -> Vote | None:
    """A heading that opens a part of the document: "Summary", "Key points"."""
    line = page.lines[i]
    hit = line.sign("summary_head", "line", "head")
    return Vote(Label.HEADING, "summary_head", hit.entry.wording, 0.85) if hit and line.words <= 8 else None


def list_entry(page: Page, i: int) -> Vote | None:
    """A bullet inside the body."""
    line = page.lines[i]
    first, last = page.body
    return Vote(Label.LIST_ITEM, "bullet", line.text[:2].strip(), 0.8) if line.bullet and first <= i < last else None


ELEMENTS = {
    "li": Label.LIST_ITEM,
    "dd": Label.LIST_ITEM,
    "td": Label.TABLE,
    "th": Label.TABLE,
    "tr": Label.TABLE,
    "blockquote": Label.QUOTE,
}


def element(page: Page, i: int) -> Vote | None:
    """The element of a page's markup that holds the line, or holds its paragraph, says what it is."""
    container: Container | None = page.markups[i].container
    label = ELEMENTS.get(container.tag) if container else None
    if container and label is None and container.tag == "p":
        container = container.above
        label = ELEMENTS.get(container.tag) if container else None
    return Vote(label, "element", f"<{container.tag}>", 0.99) if container and label else None


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
