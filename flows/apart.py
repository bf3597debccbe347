"""Hands in a process of their own: a document that hangs or kills it is found, and the rest of its batch is finished.

When the process dies, a new one takes the batch from its start: batches are small, and what they write is the same each
time. A document on which it died twice, or that takes too long, is left out then and gets a rejected record.
"""

from __future__ import annotations

import atexit
import json
import mmap
import os
import selectors
import subprocess
import sys
import tempfile
import threading
import time
from collections import Counter
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import IO, Any

from flows.hands import STEPS, Counts, Hands, Refused, Worker
from flows.interrupt import StoppedError, stopping
from flows.work import Protection, Work, to_wire
from flows.worker import PULSE, SHARED, STOP
from pipeline.document import RejectionCode

LOOK = 0.25
"""Seconds between looks at which document is under way."""

DEATHS = 5
"""Times that the process may die while it works on no document, before the batch is given up."""


ENVIRONMENT = {"OPENBLAS_NUM_THREADS": "1", "OMP_NUM_THREADS": "1"}
"""Of a worker process: one thread each, as there is a process for each core; threads also reserve address space."""

HOME = str(Path(__file__).parent.parent)


class WorkFailedError(RuntimeError):
    """The batch cannot be finished, by no document's fault; the message says why."""


class DiedError(RuntimeError):
    """The process died, or was ended because it took too long; `place` is the document's that was under way, -1 if none."""

    def __init__(self, place: int, *, late: bool, status: int) -> None:
        super().__init__(f"ended with status {status}")
        self.place = place
        self.late = late
        self.status = status


class Process:
    """A worker process that is asked and answers."""

    def __init__(self, protection: Protection) -> None:
        self.protection = protection
        with tempfile.TemporaryFile() as file:
            file.write(bytes(SHARED))
            file.flush()
            self.shared = mmap.mmap(file.fileno(), SHARED)
            self.process = subprocess.Popen(  # noqa: S603 (this program)
                [sys.executable, "-m", "flows.worker", str(file.fileno()), str(protection.memory)],
                stdin=subprocess.PIPE,
                stdout=subprocess.PIPE,
                pass_fds=(file.fileno(),),
                env=os.environ | ENVIRONMENT | {"PYTHONPATH": os.pathsep.join([HOME, *filter(None, sys.path)])},
                start_new_session=True,  # Ctrl-C is for the flow, which ends us
            )
        self.rest = b""
        self.ready = False

    def ask(self, request: dict[str, Any]) -> Counts:
        """Ask, and wait for the answer; raises `DiedError`, `StoppedError`, and `WorkFailedError` if the output cannot be written."""
        PULSE.pack_into(self.shared, 0, 0, -1, 0.0)
        if not self.ready:
            self._start()
        try:
            _of(self.process.stdin).write(json.dumps(request).encode() + b"\n")
            _of(self.process.stdin).flush()
        except OSError:
            raise self._died(late=False) from None
        answer: dict[str, Any] = json.loads(self._answer())
        if "error" in answer:
            raise WorkFailedError(answer["error"])
        if "stopped" in answer:
            raise StoppedError
        counts: Counts = answer["counts"]
        return counts

    def _start(self) -> None:
        try:
            self._answer()
        except DiedError as died:
            raise WorkFailedError(f"no worker process can be started: it ended with status {died.status}") from died
        self.ready = True

    def _answer(self) -> bytes:
        begun, since = 0, time.monotonic()
        pipe = _of(self.process.stdout)
        with selectors.DefaultSelector() as selector:
            selector.register(pipe, selectors.EVENT_READ)
            while b"\n" not in self.rest:
                asked = stopping.get()()
                STOP.pack_into(self.shared, PULSE.size, asked)
                if asked and not self.ready:
                    raise StoppedError
                if selector.select(LOOK):
                    more = os.read(pipe.fileno(), 1 << 16)
                    if not more:
                        raise self._died(late=False)
                    self.rest += more
                    continue
                now, place, spent = PULSE.unpack_from(self.shared)
                if now != begun:
                    begun, since = now, time.monotonic()
                elif place >= 0 and time.monotonic() - since + spent > self.protection.seconds:
                    raise self._died(late=True)
        line, _, self.rest = self.rest.partition(b"\n")
        return line

    def _died(self, *, late: bool) -> DiedError:
        if not late:
            with suppress(subprocess.TimeoutExpired):
                self.process.wait(1)  # for its own status
        self.end()
        return DiedError(PULSE.unpack_from(self.shared)[1], late=late, status=self.process.returncode)

    def end(self) -> None:
        """End the process at once."""
        self.process.kill()
        self.process.wait()
        for pipe in (self.process.stdin, self.process.stdout):
            with suppress(OSError):
                _of(pipe).close()


def _of(pipe: IO[bytes] | None) -> IO[bytes]:
    if pipe is None:
        raise ValueError("the process was started without pipes")
    return pipe


class Apart:
    """A worker in a process of its own."""

    def __init__(self, work: Work, process: Process) -> None:
        self.work = work
        self.process = process
        self.refused: Refused = {}
        self.deaths: Counter[int] = Counter()
        self.steps: list[dict[str, Any]] = []
        self.stopped = False

    def read(self) -> Counts:
        return self._do({"do": "read"})

    def apply(self, *stages: str) -> Counts:
        return self._do({"do": "apply", "stages": stages})

    def emit(self) -> Counts:
        return self._do({"do": "emit"})

    def _do(self, step: dict[str, Any]) -> Counts:
        """Take a step; if the process dies, start another and take all steps so far again."""
        self.steps.append(step)
        counts = self._try(step)
        while counts is None:
            if self.stopped:
                raise WorkFailedError("the run was stopped")
            self.process = Process(self.work.protection)
            for again in self.steps:
                counts = self._try(again)
                if counts is None:
                    break
        return counts

    def _try(self, step: dict[str, Any]) -> Counts | None:
        reads = step["do"] == "read"
        more = {"work": to_wire(self.work), "refused": self.refused} if reads else {}
        try:
            return self.process.ask(step | more)
        except DiedError as died:
            self._blame(died, reads=reads)
            return None

    def _blame(self, died: DiedError, *, reads: bool) -> None:
        place = died.place
        self.deaths[place] += 1
        doing = "reading it" if reads else "cleaning it"
        if place < 0 and self.deaths[place] > DEATHS:
            raise WorkFailedError(f"{self.work.name}: its worker process died {DEATHS + 1} times, last with status {died.status}")
        if died.late:
            message = f"{doing} took longer than {self.work.protection.seconds:g} seconds, so the worker process was ended"
            self.refused[place] = (RejectionCode.TIME.value, message, reads)
        elif place >= 0 and self.deaths[place] > 1:
            message = f"the worker process died twice while {doing} (status {died.status})"
            self.refused[place] = (RejectionCode.DIED.value, message, reads)


def clean_batch(work: Work) -> Counts:
    """Clean a batch, in all steps; the flow takes them one by one."""
    with at_work(work) as worker:
        worker.read()
        for stages in STEPS.values():
            worker.apply(*stages)
        return worker.emit()


_IDLE: list[Process] = []
_BUSY: list[Apart] = []
_LOCK = threading.Lock()


@contextmanager
def at_work(work: Work) -> Iterator[Worker]:
    """A worker for a batch; a process is kept for the next batch. Raises `StoppedError` if the run is to stop."""
    if stopping.get()():
        raise StoppedError
    if not work.apart:
        yield Hands(work)
        return
    with _LOCK:
        fit = [process for process in _IDLE if process.protection == work.protection and process.process.poll() is None]
        process = fit[0] if fit else None
        if process:
            _IDLE.remove(process)
    apart = Apart(work, process or Process(work.protection))
    with _LOCK:
        _BUSY.append(apart)
    try:
        yield apart
    except BaseException:
        apart.process.end()
        raise
    finally:
        with _LOCK:
            _BUSY.remove(apart)
    with _LOCK:
        _IDLE.append(apart.process)


@atexit.register
def dismiss() -> None:
    """End the processes that wait for work."""
    with _LOCK:
        while _IDLE:
            _IDLE.pop().end()


def break_off() -> None:
    """End the processes that are at work; their batches fail."""
    with _LOCK:
        for apart in _BUSY:
            apart.stopped = True
            apart.process.process.kill()
