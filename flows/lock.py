"""One run at a time on one output: a lock that the system lets go of when its process ends, in whatever way."""

from __future__ import annotations

import fcntl
import json
import os
import socket
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from flows.ledger import now
from flows.outputs import OutputError

WAIT = 0.5
"""Seconds between two tries."""


class LockedError(OutputError):
    """Another run works on this output; the message says which."""


@contextmanager
def locked(folder: Path, *, wait: bool = False) -> Iterator[None]:
    """Hold the lock of an output's state folder, waiting for it or not; raises `LockedError`.

    It is the kernel's lock on an open file, not the file: one that a dead process left behind keeps nobody out.
    """
    handle = os.open(folder / "lock", os.O_RDWR | os.O_CREAT, 0o644)
    try:
        while True:
            try:
                fcntl.flock(handle, fcntl.LOCK_EX | fcntl.LOCK_NB)
                break
            except BlockingIOError:
                if not wait:
                    raise LockedError(_who(handle)) from None
                time.sleep(WAIT)
        os.ftruncate(handle, 0)
        os.pwrite(handle, json.dumps({"pid": os.getpid(), "machine": socket.gethostname(), "since": now()}).encode(), 0)
        yield
    finally:
        os.close(handle)


def holder(folder: Path) -> str | None:
    """Who holds the lock; `None` if nobody does."""
    try:
        handle = os.open(folder / "lock", os.O_RDWR)
    except FileNotFoundError:
        return None
    try:
        fcntl.flock(handle, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except BlockingIOError:
        return _who(handle)
    finally:
        os.close(handle)
    return None


def _who(handle: int) -> str:
    try:
        who = json.loads(os.pread(handle, 4096, 0))
        said = f"process {who['pid']} on {who['machine']}, since {who['since']}"
    except (ValueError, KeyError):
        said = "a process that has just begun"
    return f"another run is at work on this output: {said}; wait for it, or call with --wait"
