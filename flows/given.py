"""Files that people give a run beside its input, such as corrections: read whole, told apart by their hash."""

from __future__ import annotations

import hashlib
from collections.abc import Callable
from pathlib import Path
from typing import Generic, TypeVar

T = TypeVar("T")


class Given(Generic[T]):
    """A kind of such files: what it is called, what no file stands for, how its bytes are read, the error of a bad one.

    `read` raises `ValueError` with the line and the fault; `error` is raised with the file's name before it.
    """

    def __init__(self, called: str, nothing: T, read: Callable[[bytes], T], error: type[ValueError]) -> None:
        self._called, self._nothing, self._read, self._error = called, nothing, read, error
        self._last: tuple[str, str, T] | None = None

    def load(self, file: str | None) -> T:
        """What a file says; no file says nothing. Raises the error of its kind."""
        return self._opened(file)[0]

    def digest(self, file: str) -> str:
        """The hash of a file, by which a run knows whether earlier ones were given the same; empty for no file.

        Raises the error of its kind, also where the file's content is bad.
        """
        return self._opened(file)[1]

    def same(self, file: str, sha256: str) -> T:
        """What a file with this hash says, for a worker; raises `OSError` if the file is not as it was."""
        if self._last is not None and self._last[:2] == (file, sha256):
            return self._last[2]
        try:
            said, found = self._opened(file)
        except self._error as error:
            raise OSError(str(error)) from error
        if found != sha256:
            raise OSError(f"the {self._called} in {file!r} changed during the run; run again")
        self._last = (file, sha256, said)
        return said

    def _opened(self, file: str | None) -> tuple[T, str]:
        if not file:
            return self._nothing, ""
        try:
            content = Path(file).read_bytes()
            return self._read(content), hashlib.sha256(content).hexdigest()
        except OSError as error:
            raise self._error(f"cannot read {file!r}: {error.strerror or error}") from error
        except ValueError as error:
            raise self._error(f"{file}: {error}") from error
