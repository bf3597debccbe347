"""Files elsewhere: any address that fsspec knows (`s3://`, `gs://`, `https://` ...), read bit by bit."""

from __future__ import annotations

import io
import re
import tempfile
from typing import Any, BinaryIO

_URL_RE = re.compile(r"[a-z][a-z0-9+.-]+://", re.IGNORECASE)
CHUNK = 1 << 20

_MISSING = "to read addresses, install the extra: pip install 'copydesk[remote]'"


def is_url(name: str) -> bool:
    """Whether a name is an address, not a local path."""
    return _URL_RE.match(name) is not None


def find(url: str) -> list[tuple[str, str]]:
    """The files at an address, or below it, or that match it as a glob, each as (address, path below it), sorted.

    Raises `OSError` if there are none or they cannot be listed, `ImportError` if what reads such addresses is missing.
    """
    if _is_web(url):
        return [(url, re.split(r"[?#]", url.rstrip("/"))[0].rsplit("/", 1)[-1])]
    fs, path = _filesystem(url)
    if any(c in path for c in "*?["):
        root = path[: re.search(r"[*?\[]", path).start()].rpartition("/")[0]  # type: ignore[union-attr]
        files = [name for name in fs.glob(path) if not fs.isdir(name)]
    elif fs.isdir(path):
        root, files = path.rstrip("/"), fs.find(path)
    elif fs.exists(path):
        root, files = path.rpartition("/")[0], [path]
    else:
        raise FileNotFoundError("there is no such file or folder")
    rows = [(fs.unstrip_protocol(name), name.removeprefix(root).strip("/")) for name in sorted(files)]
    return [(address, rel) for address, rel in rows if not any(part.startswith(".") for part in rel.split("/"))]


def open_url(url: str) -> BinaryIO:
    """The bytes at an address; raises `OSError`."""
    try:
        fs, path = _filesystem(url)
        if _is_web(url):
            return io.BufferedReader(_opened(fs, path))
        file: BinaryIO = io.BufferedReader(fs.open(path, "rb"))  # its own files know no readline(size)
    except (ImportError, ValueError) as error:
        raise OSError(str(error)) from error
    return file


def _is_web(url: str) -> bool:
    return url.lower().startswith(("http://", "https://"))


def _opened(fs: Any, path: str) -> OnTheWeb:
    """A file on a web server, read in parts if the server says that it can give parts, else from front to back."""
    known = fs.info(path)
    parts = bool(known.get("partial") and known.get("size"))
    return OnTheWeb(fs.open(path, "rb") if parts else fs.open(path, "rb", block_size=0), keep=not parts)


class OnTheWeb(io.RawIOBase):
    """A file on a web server. If it can be read on only, what was read is kept in a temporary file, so that seeking works."""

    def __init__(self, stream: Any, *, keep: bool) -> None:
        self._stream = stream
        self._kept = tempfile.TemporaryFile(prefix=".copydesk-") if keep else None  # noqa: SIM115 (closed with this one)
        self._at = self._have = 0
        self._ended = False

    def readable(self) -> bool:
        return True

    def seekable(self) -> bool:
        return True

    def tell(self) -> int:
        return self._at

    def seek(self, offset: int, whence: int = io.SEEK_SET) -> int:
        if whence == io.SEEK_END:
            offset += self._size()
        self._at = max(0, offset + (self._at if whence == io.SEEK_CUR else 0))
        return self._at

    def readinto(self, buffer: Any) -> int:
        if self._kept is None:
            self._stream.seek(self._at)
            found = self._fetch(len(buffer))
        else:
            self._fill(self._at + len(buffer))
            self._kept.seek(self._at)
            found = self._kept.read(len(buffer))
        buffer[: len(found)] = found
        self._at += len(found)
        return len(found)

    def close(self) -> None:
        if not self.closed:
            self._stream.close()
            if self._kept is not None:
                self._kept.close()
        super().close()

    def _size(self) -> int:
        if self._kept is None:
            return int(self._stream.size)
        self._fill(None)
        return self._have

    def _fill(self, upto: int | None) -> None:
        """Fetch on until so many bytes are kept, or all."""
        if self._kept is None:
            return
        self._kept.seek(self._have)
        while not self._ended and (upto is None or self._have < upto):
            more = self._fetch(CHUNK)
            self._kept.write(more)
            self._have += len(more)
            self._ended = not more

    def _fetch(self, size: int) -> bytes:
        from aiohttp import ClientError  # noqa: PLC0415 (fsspec brings it for such addresses)

        try:
            return bytes(self._stream.read(size))
        except ClientError as error:
            raise OSError(f"the server broke off: {error}") from error


def _filesystem(url: str):  # type: ignore[no-untyped-def]  # noqa: ANN202 (fsspec has no types)
    try:
        import fsspec.core  # noqa: PLC0415 (only where it is needed)
    except ImportError as error:
        raise ImportError(_MISSING) from error
    return fsspec.core.url_to_fs(url)
