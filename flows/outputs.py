"""Where records are written: whole or not at all."""

from __future__ import annotations

import os
import tempfile
from collections.abc import Iterator, Sequence
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import BinaryIO

TEMPORARY = ".copydesk-"
"""How names of files begin that are being written."""


class OutputError(OSError):
    """The output folder cannot be written; the message says why and what to do."""


def check_apart(inputs: Sequence[str], output: Path) -> None:
    """See that no input folder holds the output folder, or the next run would clean records; raises `OutputError`."""
    for given in inputs:
        if os.path.isdir(given) and output.resolve().is_relative_to(Path(given).resolve()):
            raise OutputError(
                f"the output folder {str(output)!r} lies in the input folder {given!r}, so that a second run would read "
                f"the records of the first; choose another --output folder, or name the files with a quoted glob"
            )


def prepare(folder: Path) -> None:
    """Make the output folder and see that it can be written; raises `OutputError`."""
    try:
        folder.mkdir(parents=True, exist_ok=True)
        with tempfile.NamedTemporaryFile(dir=folder, prefix=TEMPORARY):
            pass
    except OSError as error:
        reason = error.strerror or str(error)
        raise OutputError(f"cannot write to {str(folder)!r}: {reason}; choose another --output folder") from error


def write_atomically(path: Path, content: bytes) -> None:
    """Write a file so that a reader sees the old bytes or the new ones, never a part; the same bytes are not rewritten."""
    with suppress(OSError):
        if path.stat().st_size == len(content) and path.read_bytes() == content:
            return
    with replacing(path) as file:
        file.write(content)


@contextmanager
def replacing(path: Path) -> Iterator[BinaryIO]:
    """A file to write, which takes its place only when it is complete."""
    path.parent.mkdir(parents=True, exist_ok=True)
    handle, temporary = tempfile.mkstemp(dir=path.parent, prefix=TEMPORARY)
    try:
        with os.fdopen(handle, "wb") as file:
            yield file
            file.flush()
            os.fsync(file.fileno())
        os.chmod(temporary, 0o644)
        os.replace(temporary, path)
    except BaseException:
        Path(temporary).unlink(missing_ok=True)
        raise
