"""What a run leaves on its page in Prefect: its progress, a table of numbers, the lines removed most often, and links."""

from __future__ import annotations

import re
import time
from collections import Counter
from collections.abc import Mapping
from pathlib import Path
from typing import cast
from uuid import UUID

from prefect.artifacts import create_link_artifact, create_markdown_artifact, create_progress_artifact, create_table_artifact
from prefect.artifacts import update_progress_artifact as update

from flows.closing import MANIFEST
from flows.readers.remote import is_url
from flows.session import Session

STEP = 10.0
"""Seconds between two updates of the progress."""

KEPT = 20_000
"""Removed lines that are counted at most; the rarest go first."""

LISTED = 25
"""Removed lines that are listed."""

_KEY_RE = re.compile(r"[^a-z0-9]+")


class Progress:
    """The share of the source files that is done, and what was done so far."""

    def __init__(self, session: Session) -> None:
        self.session = session
        self.started = self.shown = time.monotonic()
        self.removed: Counter[str] = Counter()
        made = create_progress_artifact(progress=0.0, description=f"files of {', '.join(session.how.inputs)[:200]}")
        self.artifact = cast(UUID, made)  # in a flow that is not asynchronous

    def update(self, total: Mapping[str, Mapping[str, int]]) -> None:
        """Show how far the run is, if that was not done just now."""
        if time.monotonic() - self.shown >= STEP:
            self.shown = time.monotonic()
            done = 100.0 * self.session.seen / max(1, self.session.files)
            update(self.artifact, progress=min(done, 99.0), description=f"{sum(total['outcomes'].values()):,} documents")

    def remove(self, lines: Mapping[str, int]) -> None:
        """Count lines that were removed."""
        self.removed.update(lines)
        if len(self.removed) > 2 * KEPT:
            self.removed = Counter(dict(self.removed.most_common(KEPT)))


def summarize(total: Mapping[str, Mapping[str, int]], progress: Progress) -> None:
    """Leave the artifacts of a run that is done."""
    session = progress.session
    seconds = time.monotonic() - progress.started
    documents = sum(total["outcomes"].values())
    update(progress.artifact, progress=100.0, description=f"{documents:,} documents in {seconds:,.0f} seconds")
    rows = [("all", "documents", f"{documents:,}"), ("all", "documents a second", f"{documents / max(seconds, 0.01):.1f}")]
    names = {"outcomes": "result", "formats": "format", "languages": "language", "skipped": "skipped", "unchanged": "unchanged"}
    rows += [(names[kind], name, f"{n:,}") for kind, numbers in total.items() for name, n in sorted(numbers.items())]
    key = _KEY_RE.sub("-", Path(session.how.output).name.lower()).strip("-") or "output"
    table = [dict(zip(("what", "which", "number"), row, strict=True)) for row in rows]
    create_table_artifact(table, key=f"summary-of-{key}", description=f"Run {session.run.number} into {session.how.output}")
    lines = sorted(progress.removed.items(), key=lambda row: (-row[1], row[0]))[:LISTED]
    if lines:
        shown = "\n".join(f"| {n:,} | {_cell(line)} |" for line, n in lines)
        create_markdown_artifact(
            f"| times | line |\n|---:|---|\n{shown}\n", key=f"removed-from-{key}", description="Lines removed most often"
        )
    address = session.how.output if is_url(session.how.output) else Path(session.how.output).resolve().as_uri()
    create_link_artifact(address, link_text="records", key=f"records-of-{key}")
    create_link_artifact(f"{address}/{MANIFEST}", link_text="manifest", key=f"manifest-of-{key}")


def _cell(line: str) -> str:
    """A line as a cell of a table, with nothing in it that Markdown or HTML would act on."""
    shown = "".join(c if c.isprintable() else " " for c in line)
    return re.sub(r"([\\`*_{}\[\]()#+!|~-])", r"\\\1", shown.replace("&", "&amp;").replace("<", "&lt;").replace(">", "&gt;"))
