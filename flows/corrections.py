"""Overrides as a run uses them: read from their file, and, at the end, those named that spoke of no document of it."""

from __future__ import annotations

import hashlib
from collections.abc import Callable, Sequence
from functools import lru_cache
from pathlib import Path

from flows.work import Made
from pipeline import NO_OVERRIDES, Overrides, read_overrides


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


def digest(file: str) -> str:
    """The hash of a file of overrides, by which a run knows whether earlier ones honoured the same; empty for no file.

    Raises `OverridesError`.
    """
    load_overrides(file or None)
    return hashlib.sha256(Path(file).read_bytes()).hexdigest() if file else ""


@lru_cache(maxsize=2)
def overrides_of(file: str, sha256: str) -> Overrides:
    """The overrides of a file with this hash, for a worker; raises `OSError` if the file is not as it was."""
    try:
        if digest(file) == sha256:
            return load_overrides(file or None)
    except OverridesError as error:
        raise OSError(str(error)) from error
    raise OSError(f"the overrides in {file!r} changed during the run; run again")


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
