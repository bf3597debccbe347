"""Overrides as a run uses them: read from their file, and, at the end, those named that spoke of no document of it."""

from __future__ import annotations

from collections.abc import Callable, Sequence

from flows.given import Given
from flows.work import Made
from pipeline import NO_OVERRIDES, Overrides, read_overrides


class OverridesError(ValueError):
    """The overrides cannot be read; the message names file, line and fault."""


OVERRIDES = Given("overrides", NO_OVERRIDES, read_overrides, OverridesError)
load_overrides, digest, overrides_of = OVERRIDES.load, OVERRIDES.digest, OVERRIDES.same


def both(one: Callable[[Sequence[Made]], None], other: Callable[[Sequence[Made]], None]) -> Callable[[Sequence[Made]], None]:
    """One call that makes two."""

    def call(rows: Sequence[Made]) -> None:
        one(rows)
        other(rows)

    return call


class Watch:
    """What became of a run's overrides: which documents were met, and how many overrides no longer apply."""

    def __init__(self, overrides: Overrides) -> None:
        self._unmet = {document: len(found) for document, found in overrides.items()}
        self.stale = 0

    def saw(self, rows: Sequence[Made]) -> None:
        """Documents of the run were cleaned."""
        for row in rows:
            self._unmet.pop(row.id, None)
            self.stale += row.stale

    def faults(self, *, unchanged: bool = False) -> list[str]:
        """What the user should know, a line each; `unchanged` says that documents of the run were not looked into."""
        said = []
        if self.stale:
            said.append(f"overrides that no longer apply: {self.stale} (problem override_stale in the records)")
        if self._unmet and not unchanged:
            said.append(f"overrides that name no document of this run: {sum(self._unmet.values())}")
        return said
