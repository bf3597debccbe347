"""What a run reads: folders, files, globs and addresses become a sorted list of sources, each with a place for its records."""

from __future__ import annotations

import glob
import hashlib
import os
import re
import stat
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from functools import cache
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
    found: dict[str, tuple[str, str, str, bool]] = {}
    real = cache(os.path.realpath)
    relative = cache(_relative)
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
        whole = str(Path(given))
        for folder, name, root in files:
            found.setdefault(f"{real(folder)}{os.sep}{name}", (folder, name, root, _joined(folder, name) == whole))
    rows = []
    for folder, name, root, named in found.values():
        file = _joined(folder, name)
        rows.append((_joined(relative(folder, root), printable(name)), file, _refusal(file, root, follow=named)))
    rows += [(path, address, None) for address, path in addresses.items()]
    rows.sort(key=lambda row: row[:2])
    taken = {above for folder in {path.rpartition("/")[0] for path, _, _ in rows} for above in _and_above(folder)}
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


def _relative(folder: str, root: str) -> str:
    """A folder's path below the input root; a glob with `..` in it may lead out, but no record is written up there."""
    parts = printable(os.path.relpath(folder, root)).split(os.sep)
    return "/".join(part for part in parts if part != "..") or "."


def _joined(folder: str, name: str) -> str:
    """A file's path; the folder is one that `Path` has written, so nothing is left to tidy."""
    return name if folder == "." else folder + name if folder.endswith("/") else f"{folder}/{name}"


def _and_above(folder: str) -> Iterator[str]:
    """A folder's path, and those of the folders above it."""
    while folder:
        yield folder
        folder = folder.rpartition("/")[0]


def _nothing(given: str) -> str:
    if any(c in given for c in "*?["):
        return f"no file matches {given!r}; quote the pattern so that the shell does not expand it"
    if Path(given).is_dir():
        return f"the folder {given!r} holds no files; name a folder with documents in it"
    return f"{given!r} does not exist; name a file, a folder or a quoted glob"


def _files(given: str) -> Iterator[tuple[str, str, str]]:
    """Folder and name of each file that an input names, with the input's root."""
    path = Path(given)
    if path.is_dir():
        yield from ((folder, name, str(path)) for folder, name in _walk(path))
    elif path.exists() or path.is_symlink():
        yield str(path.parent), path.name, str(path.parent)
    elif any(c in given for c in "*?["):
        fixed = str(Path(*_before_magic(path)))
        for match in map(Path, sorted(glob.glob(given, recursive=True))):
            if not match.is_dir():
                yield str(match.parent), match.name, fixed


def _walk(root: Path) -> Iterator[tuple[str, str]]:
    """The files below a folder, with the folders that cannot be read and the links that lead to folders outside."""
    unreadable: list[OSError] = []
    for folder, subfolders, names in os.walk(root, onerror=unreadable.append):
        links = [n for n in subfolders if os.path.islink(os.path.join(folder, n)) and _leads_out(Path(folder, n), root)]
        subfolders[:] = sorted(n for n in subfolders if not n.startswith("."))
        tidy = str(Path(folder))
        yield from ((tidy, name) for name in sorted(names + links) if not name.startswith("."))
    for error in unreadable:
        if error.filename == str(root):
            raise error
        yield str(Path(error.filename).parent), Path(error.filename).name


def _leads_out(link: Path, root: Path) -> bool:
    return not link.resolve(strict=True).is_relative_to(root.resolve())


def _before_magic(path: Path) -> Iterator[str]:
    for part in path.parts:
        if any(c in part for c in "*?["):
            return
        yield part


def _refusal(file: str, root: str, *, follow: bool) -> tuple[RejectionCode, str] | None:
    """Why a file must not or cannot be read; a link that the caller named may be followed."""
    try:
        status = os.lstat(file)
        if stat.S_ISLNK(status.st_mode):
            if not follow and _leads_out(Path(file), Path(root)):
                return (
                    RejectionCode.OUTSIDE,
                    "the link leads out of the input folder; copy the file in, or name its folder as input",
                )
            status = os.stat(file)
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
    if name.isprintable() and len(name) <= MAX_NAME // 4:
        return path
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
