"""What a run reads: folders, files, globs and addresses become a sorted list of sources, each with a place for its records."""

from __future__ import annotations

import glob
import hashlib
import os
import re
import stat
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import BinaryIO

from flows.readers import remote
from pipeline.document import RejectionCode

MAX_NAME = 200
"""Bytes of a record's file name; most file systems allow 255."""

MAX_MEMBER = 120
"""Bytes of a member's own name in the name of its record."""

_UNSAFE_RE = re.compile(r"[^\w.-]+")


class NothingToReadError(ValueError):
    """The inputs name no file; the message says what was looked for."""


@dataclass(frozen=True, slots=True)
class SourceFile:
    """A file to clean: where it is, its path below the input root, and the record's path below the output folder.

    `folder` is where records of the documents in it go, if it holds many; `refused` has the reason if the file must not
    or cannot be read.
    """

    file: str
    path: str
    record: str
    folder: str = ""
    refused: tuple[RejectionCode, str] | None = None

    @property
    def name(self) -> str:
        """The file's name, fit for a record."""
        return self.path.rsplit("/", 1)[-1]

    def record_of(self, number: int, member: str | None) -> str:
        """The record's path for the document `number`, from 0, of this file; the number makes it the only one so named."""
        if member is None:
            return self.record
        safe = _UNSAFE_RE.sub("_", member[-MAX_NAME:]).encode()[-MAX_MEMBER:].decode("utf-8", "ignore")
        return f"{self.folder}/{number + 1:06d}-{safe}.json"

    def open(self) -> BinaryIO:
        """The file's bytes; raises `OSError`."""
        return remote.open_url(self.file) if remote.is_url(self.file) else open(self.file, "rb")


def printable(name: str) -> str:
    """A file name as valid Unicode: bytes that are no UTF-8 become U+FFFD."""
    return os.fsencode(name).decode("utf-8", "replace")


def find_sources(inputs: Sequence[str]) -> list[SourceFile]:
    """All files that the inputs name, sorted by path; hidden files and folders are passed over.

    A folder or link that cannot be followed is listed too, as refused. Raises `NothingToReadError` if an input does not
    exist, cannot be read or holds no file.
    """
    found: dict[str, tuple[str, Path, bool]] = {}
    addresses: dict[str, str] = {}
    for given in inputs:
        if remote.is_url(given):
            addresses |= dict(_addresses(given))
            continue
        try:
            files = list(_files(given))
        except OSError as error:
            raise NothingToReadError(f"{given!r} cannot be read: {error.strerror or error}") from error
        if not files:
            raise NothingToReadError(_nothing(given))
        for file, root in files:
            found.setdefault(os.path.realpath(file.parent) + os.sep + file.name, (str(file), root, file == Path(given)))
    rows = [(_relative(file, root), file, _refusal(Path(file), root, follow=named)) for file, root, named in found.values()]
    rows += [(path, address, None) for address, path in addresses.items()]
    rows.sort(key=lambda row: row[:2])
    taken = {"/".join(path.split("/")[:n]) for path, _, _ in rows for n in range(1, path.count("/") + 1)}
    sources = []
    for path, name, refused in rows:
        record = _free(_record_path(path), path, taken, ".json")
        sources.append(SourceFile(name, path, record, _free(_folder_path(path), path, taken, ""), refused))
    return sources


def _addresses(given: str) -> Iterator[tuple[str, str]]:
    try:
        found = remote.find(given)
    except (OSError, ImportError, ValueError) as error:
        raise NothingToReadError(f"{given!r} cannot be read: {error}") from error
    if not found:
        raise NothingToReadError(f"nothing is at {given!r}; name a file, a folder or a quoted glob there")
    return iter(found)


def _relative(file: str, root: Path) -> str:
    """A file's path below the input root; a glob with `..` in it may lead out, but no record is written up there."""
    parts = printable(os.path.relpath(file, root)).split(os.sep)
    return "/".join(part for part in parts if part != "..")


def _nothing(given: str) -> str:
    if any(c in given for c in "*?["):
        return f"no file matches {given!r}; quote the pattern so that the shell does not expand it"
    if Path(given).is_dir():
        return f"the folder {given!r} holds no files; name a folder with documents in it"
    return f"{given!r} does not exist; name a file, a folder or a quoted glob"


def _files(given: str) -> Iterator[tuple[Path, Path]]:
    path = Path(given)
    if path.is_dir():
        yield from ((file, path) for file in _walk(path))
    elif path.exists() or path.is_symlink():
        yield path, path.parent
    elif any(c in given for c in "*?["):
        fixed = Path(*_before_magic(path))
        for match in sorted(glob.glob(given, recursive=True)):
            if not Path(match).is_dir():
                yield Path(match), fixed


def _walk(root: Path) -> Iterator[Path]:
    """The files below a folder, with the folders that cannot be read and the links that lead to folders outside."""
    unreadable: list[OSError] = []
    for folder, subfolders, names in os.walk(root, onerror=unreadable.append):
        links = [n for n in subfolders if os.path.islink(os.path.join(folder, n)) and _leads_out(Path(folder, n), root)]
        subfolders[:] = sorted(n for n in subfolders if not n.startswith("."))
        yield from (Path(folder) / name for name in sorted(names + links) if not name.startswith("."))
    for error in unreadable:
        if error.filename == str(root):
            raise error
        yield Path(error.filename)


def _leads_out(link: Path, root: Path) -> bool:
    return not link.resolve(strict=True).is_relative_to(root.resolve())


def _before_magic(path: Path) -> Iterator[str]:
    for part in path.parts:
        if any(c in part for c in "*?["):
            return
        yield part


def _refusal(file: Path, root: Path, *, follow: bool) -> tuple[RejectionCode, str] | None:
    """Why a file must not or cannot be read; a link that the caller named may be followed."""
    try:
        if not follow and file.is_symlink() and _leads_out(file, root):
            return RejectionCode.OUTSIDE, "the link leads out of the input folder; copy the file in, or name its folder as input"
        status = file.stat()
    except (OSError, RuntimeError) as error:
        return RejectionCode.UNREADABLE, f"the file cannot be opened: {getattr(error, 'strerror', None) or error}"
    if stat.S_ISDIR(status.st_mode):
        return RejectionCode.UNREADABLE, "this folder cannot be opened, so what it holds is missing; check its permissions"
    if not stat.S_ISREG(status.st_mode):
        return RejectionCode.UNREADABLE, "this is no regular file (a pipe, socket or device)"
    return None


def _record_path(path: str) -> str:
    """`sub/page.txt` -> `sub/page.json`; other endings stay in the name: `page.html` -> `page.html.json`."""
    name = path.rpartition("/")[2]
    return _safe(path[:-4] if name.lower().endswith(".txt") and len(name) > 4 else path) + ".json"


def _folder_path(path: str) -> str:
    """`sub/dump.jsonl` keeps its name; `dump.json` -> `dump.json.d`, for records are files that end so."""
    return _safe(path) + (".d" if path.lower().endswith(".json") else "")


def _safe(path: str) -> str:
    """A path whose last name can be that of a file: printable, and not too long."""
    folder, slash, name = path.rpartition("/")
    safe = "".join(c if c.isprintable() else f"%{ord(c):02X}" for c in name)
    if len(safe.encode()) > MAX_NAME:
        safe = safe.encode()[: MAX_NAME - 20].decode("utf-8", "ignore") + "~" + _mark(path)
    return folder + slash + safe


def _mark(path: str) -> str:
    return hashlib.sha256(path.encode()).hexdigest()[:8]


def _free(wanted: str, path: str, taken: set[str], ending: str) -> str:
    """A name that is not taken: the wanted one, or one with a mark; it is taken then."""
    stem = wanted.removesuffix(ending)
    name, number = wanted, 1
    while name in taken:
        name = f"{stem}~{_mark(path)}{'' if number == 1 else f'-{number}'}{ending}"
        number += 1
    taken.add(name)
    return name
