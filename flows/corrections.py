"""Overrides as a run uses them: read from their file, and, at the end, those named that spoke of no document of it."""

from __future__ import annotations

from collections.abc import Callable
from contextvars import ContextVar
from pathlib import Path

from pipeline import NO_OVERRIDES, Overrides, Record, read_overrides
from pipeline.document import ProblemCode

corrections: ContextVar[Overrides] = ContextVar("corrections", default=NO_OVERRIDES)
"""The overrides that the tasks of a run honour."""


class OverridesError(ValueError):
    """The overrides cannot be read; the message names file, line and fault."""


def load_overrides(file: str | None) -> Overrides:
    """The overrides of a file, none if there is no file. Raises `OverridesError`."""
    if file is None:
        return NO_OVERRIDES
    try:
        return read_overrides(Path(file).read_bytes())
    except OSError as error:
        raise OverridesError(f"cannot read {file!r}: {error.strerror or error}") from error
    except ValueError as error:
        raise OverridesError(f"{file}: {error}") from error


def both(one: Callable[[Record], None], other: Callable[[Record], None]) -> Callable[[Record], None]:
    """One call that makes two."""

    def call(record: Record) -> None:
        one(record)
        other(record)

    return call


class Watch:
    """What became of a run's overrides: which documents were met, and how many overrides no longer apply."""

    def __init__(self, overrides: Overrides) -> None:
        self._unmet = {document: len(found) for document, found in overrides.items()}
        self.stale = 0

    def saw(self, record: Record) -> None:
        """A document of the run was cleaned."""
        self._unmet.pop(record.id, None)
        self.stale += sum(problem.code is ProblemCode.OVERRIDE_STALE for problem in record.problems)

    def faults(self) -> list[str]:
        """What the user should know, a line each."""
        said = []
        if self.stale:
            said.append(f"overrides that no longer apply: {self.stale} (problem override_stale in the records)")
        if self._unmet:
            said.append(f"overrides that name no document of this run: {sum(self._unmet.values())}")
        return said
