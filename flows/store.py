"""Where output goes: a folder, or an address that fsspec knows. Every file is written whole or not at all."""

from __future__ import annotations

import os
from collections.abc import Iterator
from pathlib import Path
from typing import Any, Protocol

from flows.outputs import TEMPORARY, write_atomically
from flows.readers.remote import is_url

MISSING = "to write to addresses, install the extra: pip install 'copydesk[remote]'"

HIDDEN = ".copydesk"
"""The folder, below the output, of the ledger, the lock and the markers; readers pass over hidden folders."""


class Store(Protocol):
    """Files by name, below one root; names have `/` between their parts."""

    def write(self, name: str, content: bytes) -> None:
        """Write a file whole; the same bytes are not written again."""

    def read(self, name: str) -> bytes:
        """A file's bytes; raises `OSError`."""

    def remove(self, name: str) -> None:
        """Remove a file, if it is there."""

    def names(self, folder: str = "") -> Iterator[str]:
        """Names of the files that lie in a folder (not deeper), in no order."""

    def has(self, name: str) -> bool:
        """Whether a file is there."""

    def sweep(self, *, deep: bool) -> None:
        """Remove what a writer that was killed has left of a file; `deep` is to look in all folders, not the uppermost."""

    def sync(self) -> None:
        """See that what was written since the last call outlives a loss of power."""


def open_store(root: str) -> Store:
    """The store at a folder or address; raises `OSError` or `ImportError` if there can be none."""
    return Remote(root) if is_url(root) else Folder(Path(root))


class Folder:
    """A folder on this machine, or on a file system that is mounted here."""

    def __init__(self, root: Path) -> None:
        self.root = root
        self.touched: set[Path] = set()

    def write(self, name: str, content: bytes) -> None:
        path = self.root / name
        write_atomically(path, content)
        self.touched.add(path.parent)

    def read(self, name: str) -> bytes:
        return (self.root / name).read_bytes()

    def remove(self, name: str) -> None:
        (self.root / name).unlink(missing_ok=True)

    def names(self, folder: str = "") -> Iterator[str]:
        try:
            with os.scandir(self.root / folder) as found:
                yield from (f"{folder}/{entry.name}" if folder else entry.name for entry in found if entry.is_file())
        except FileNotFoundError:
            return

    def has(self, name: str) -> bool:
        return os.path.exists(f"{self.root}/{name}")

    def sweep(self, *, deep: bool) -> None:
        for folder, _, names in os.walk(self.root):
            for name in names:
                if name.startswith(TEMPORARY):
                    Path(folder, name).unlink(missing_ok=True)
            if not deep:
                break

    def sync(self) -> None:
        folders = {folder for path in self.touched for folder in (path, *path.parents) if folder.is_relative_to(self.root)}
        for folder in sorted(folders, reverse=True):  # a new folder's own entry lies in its parent
            handle = os.open(folder, os.O_RDONLY)
            try:
                os.fsync(handle)
            finally:
                os.close(handle)
        self.touched.clear()


class Remote:
    """A place at an address; an object there is whole or not there at all."""

    def __init__(self, root: str) -> None:
        try:
            import fsspec.core  # noqa: PLC0415 (only where it is needed)
        except ImportError as error:
            raise ImportError(MISSING) from error
        self.fs: Any
        self.fs, path = fsspec.core.url_to_fs(root, use_listings_cache=False)
        self.path = path.rstrip("/")

    def write(self, name: str, content: bytes) -> None:
        self.fs.pipe_file(f"{self.path}/{name}", content)

    def read(self, name: str) -> bytes:
        return bytes(self.fs.cat_file(f"{self.path}/{name}"))

    def remove(self, name: str) -> None:
        if self.has(name):
            self.fs.rm_file(f"{self.path}/{name}")

    def names(self, folder: str = "") -> Iterator[str]:
        try:
            found = self.fs.ls(f"{self.path}/{folder}".rstrip("/"), detail=True, refresh=True)
        except FileNotFoundError:
            return
        for entry in found:
            if entry["type"] == "file":
                name = entry["name"].rsplit("/", 1)[-1]
                yield f"{folder}/{name}" if folder else name

    def has(self, name: str) -> bool:
        return bool(self.fs.exists(f"{self.path}/{name}"))

    def sweep(self, *, deep: bool) -> None:
        """Nothing to do: objects are written whole."""

    def sync(self) -> None:
        """Nothing to do: a store that answers has kept it."""
