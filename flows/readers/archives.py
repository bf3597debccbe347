"""zip and tar: each file in them is a document or a container of its own. Nothing is unpacked to disk, no link is followed."""

from __future__ import annotations

import stat
import struct
import tarfile
import zipfile
import zlib
from collections.abc import Iterator
from typing import BinaryIO

from flows.readers.entry import BrokenDumpError, Entry, Origin, refusal
from flows.readers.limits import MAX_DIRECTORY, Metered, Reading, buffered, rewindable
from pipeline.document import RejectionCode

ZIP_ERRORS = (zipfile.BadZipFile, zlib.error, OSError, EOFError, RuntimeError, ValueError, struct.error)
TAR_ERRORS = (tarfile.TarError, OSError, EOFError, ValueError)

OFFICE = (
    ("word/", "a Word document"),
    ("xl/", "an Excel workbook"),
    ("ppt/", "a PowerPoint presentation"),
    ("META-INF/container.xml", "an EPUB book"),
    ("META-INF/manifest.xml", "an OpenDocument file"),
    ("META-INF/MANIFEST.MF", "a Java program"),
    ("AndroidManifest.xml", "an Android program"),
)
"""Files that are zip archives inside, by a name that they hold."""

LINK = "this is a link in an archive, which is not followed"


def read_zip(stream: BinaryIO, origin: Origin, reading: Reading, head: bytes) -> Iterator[Entry]:
    """The files of a zip archive, in the order of its table of contents."""
    del head
    with rewindable(stream) as file, _opened(file) as archive:
        members = archive.infolist()
        what = _office([info.filename for info in members[:200]])
        if what:
            message = f"this is {what}, which copydesk does not read; convert it to text or HTML first"
            yield refusal(origin, RejectionCode.UNSUPPORTED, message)
            return
        inner = origin.below()
        for info in members:
            if not _passed_over(info.filename, reading, folder=info.is_dir()):
                yield from _zip_member(archive, info, inner, reading)


def _opened(file: BinaryIO) -> zipfile.ZipFile:
    try:
        _check_directory(file)
        return zipfile.ZipFile(file)
    except BrokenDumpError:
        raise
    except ZIP_ERRORS as error:
        raise BrokenDumpError(RejectionCode.BROKEN, f"the zip archive cannot be read: {error}") from error


def _office(names: list[str]) -> str | None:
    if not {"[Content_Types].xml", "mimetype", "META-INF/MANIFEST.MF"} & set(names):
        return None
    return next((what for part, what in OFFICE if any(name.startswith(part) for name in names)), "an office file")


def _passed_over(name: str, reading: Reading, *, folder: bool) -> bool:
    """Whether a member is no document: a folder, or hidden, as hidden files in folders are."""
    if folder:
        return True
    parts = name.split("/")
    if parts[0] == "__MACOSX" or any(p.startswith(".") and p != "." and not p.startswith("..") for p in parts):
        reading.skipped["hidden files in archives"] += 1
        return True
    return False


def _zip_member(archive: zipfile.ZipFile, info: zipfile.ZipInfo, origin: Origin, reading: Reading) -> Iterator[Entry]:
    inside = origin.inside(_clean(info.filename))
    if stat.S_ISLNK(info.external_attr >> 16):
        yield refusal(inside, RejectionCode.OUTSIDE, LINK)
        return
    if info.flag_bits & 1:
        yield refusal(inside, RejectionCode.ENCRYPTED, "the member is encrypted; unpack it with its password first")
        return
    try:
        member = archive.open(info)
    except ZIP_ERRORS as error:
        yield refusal(inside, RejectionCode.BROKEN, f"the member cannot be read: {error}")
        return
    with member:
        metered = Metered(member, reading, lambda: info.compress_size, "the zip member")  # type: ignore[arg-type]
        metered.errors = ZIP_ERRORS
        yield from reading.descend(buffered(metered), inside, reading)


def _check_directory(file: BinaryIO) -> None:
    """See that the table of contents fits into memory, before it is read there."""
    size = file.seek(0, 2)
    file.seek(max(0, size - 65_535 - 200))
    tail = file.read()
    at = tail.rfind(b"PK\x05\x06")
    if at < 0 or len(tail) < at + 22:
        raise BrokenDumpError(RejectionCode.BROKEN, "the end of the zip archive is missing, so the file was cut off")
    directory = struct.unpack_from("<I", tail, at + 12)[0]
    large = tail.rfind(b"PK\x06\x06", 0, at)
    if directory == 0xFFFFFFFF and large >= 0 and len(tail) >= large + 56:
        directory = struct.unpack_from("<Q", tail, large + 40)[0]
    if directory > MAX_DIRECTORY:
        raise BrokenDumpError(RejectionCode.MEMBERS, f"the table of contents of the zip archive has {directory:,} bytes")
    file.seek(0)


def is_tar(head: bytes) -> bool:
    """Whether bytes begin with a tar header: its magic, and its checksum."""
    if len(head) < 512 or head[257:262] not in (b"ustar", b"\0\0\0\0\0"):
        return False
    try:
        tarfile.TarInfo.frombuf(head[:512], "utf-8", "surrogateescape")
    except tarfile.TarError:
        return False
    return True


def read_tar(stream: BinaryIO, origin: Origin, reading: Reading, head: bytes) -> Iterator[Entry]:
    """The files of a tar archive, one after another."""
    del head
    inner = origin.below()
    try:
        with tarfile.open(fileobj=stream, mode="r|", errorlevel=2) as archive:
            while info := archive.next():
                archive.members.clear()  # type: ignore[attr-defined]  # it keeps each, and a dump has millions
                if not _passed_over(info.name, reading, folder=info.isdir()):
                    yield from _tar_member(archive, info, inner, reading)
    except TAR_ERRORS as error:
        if isinstance(error, BrokenDumpError):
            raise
        raise BrokenDumpError(RejectionCode.BROKEN, f"the tar archive breaks off: {error}") from error


def _tar_member(archive: tarfile.TarFile, info: tarfile.TarInfo, origin: Origin, reading: Reading) -> Iterator[Entry]:
    inside = origin.inside(_clean(info.name))
    if info.issym() or info.islnk():
        yield refusal(inside, RejectionCode.OUTSIDE, LINK)
        return
    if not info.isfile() or info.issparse():
        yield refusal(inside, RejectionCode.UNREADABLE, "this is no regular file in the archive (a pipe, device or sparse file)")
        return
    member = archive.extractfile(info)
    if member is not None:
        metered = Metered(member, reading, lambda: info.size, "the tar member")  # type: ignore[arg-type]
        metered.errors = TAR_ERRORS
        yield from reading.descend(buffered(metered), inside, reading)


def _clean(name: str) -> str:
    """A member's name as valid Unicode; it names nothing on this machine."""
    return name.encode("utf-8", "surrogateescape").decode("utf-8", "replace") or "unnamed"
