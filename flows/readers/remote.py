"""Files elsewhere: any address that fsspec knows (`s3://`, `gs://`, `https://` ...), read bit by bit."""

from __future__ import annotations

import io
import re
from typing import BinaryIO

_URL_RE = re.compile(r"[a-z][a-z0-9+.-]+://", re.IGNORECASE)
_MISSING = "to read addresses, install the extra: pip install 'copydesk[remote]'"


def is_url(name: str) -> bool:
    """Whether a name is an address, not a local path."""
    return _URL_RE.match(name) is not None


def find(url: str) -> list[tuple[str, str]]:
    """The files at an address, or below it, or that match it as a glob, each as (address, path below it), sorted.

    Raises `OSError` if there are none or they cannot be listed, `ImportError` if what reads such addresses is missing.
    """
    if url.lower().startswith(("http://", "https://")):
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
        file: BinaryIO = io.BufferedReader(fs.open(path, "rb"))  # its own files know no readline(size)
    except (ImportError, ValueError) as error:
        raise OSError(str(error)) from error
    return file


def _filesystem(url: str):  # type: ignore[no-untyped-def]  # noqa: ANN202 (fsspec has no types)
    try:
        import fsspec.core  # noqa: PLC0415 (only where it is needed)
    except ImportError as error:
        raise ImportError(_MISSING) from error
    return fsspec.core.url_to_fs(url)
