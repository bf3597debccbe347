"""Ctrl-C during a run: the documents at hand are finished first. A second Ctrl-C stops at once.

A batch whose documents are all cleaned is still written; of any other nothing is, and the next run begins it again, so that
the records are the same as if nobody had pressed a key. A terminal sends Ctrl-C to Prefect's server too, which would leave the flow without it. So the signal is held back until the
first file is looked at: the server, which starts before, inherits that it does not hear it.
"""

from __future__ import annotations

import signal
from collections.abc import Callable
from contextvars import ContextVar
from types import FrameType
from typing import Self


def _go_on() -> None:
    """Nobody asked to stop."""


def _nobody_asked() -> bool:
    return False


class StoppedError(Exception):
    """A batch was left because the run is to stop; nothing of it is written."""


stopping: ContextVar[Callable[[], bool]] = ContextVar("stopping", default=_nobody_asked)
"""Whether the run is to stop; asked by those who work on a batch, between two documents."""

between: ContextVar[Callable[[], None]] = ContextVar("between", default=_go_on)
"""Called between two documents as they are counted, in the flow; raises `KeyboardInterrupt` if the run is to stop."""


class Interrupt:
    """Within its block, Ctrl-C is a wish to stop, which is granted when the documents at hand are done."""

    def __init__(self, say: Callable[[str], None]) -> None:
        self._say = say
        self.asked = False

    def __enter__(self) -> Self:
        self._before = signal.signal(signal.SIGINT, self._ask)
        signal.pthread_sigmask(signal.SIG_BLOCK, [signal.SIGINT])
        self._tokens = between.set(self.check), stopping.set(lambda: self.asked)
        return self

    def __exit__(self, *_: object) -> None:
        between.reset(self._tokens[0])
        stopping.reset(self._tokens[1])
        signal.pthread_sigmask(signal.SIG_UNBLOCK, [signal.SIGINT])
        signal.signal(signal.SIGINT, self._before)

    def _ask(self, _signal: int, _frame: FrameType | None) -> None:
        if self.asked:
            raise KeyboardInterrupt
        self.asked = True
        self._say("finishing the documents at hand; Ctrl-C again stops at once")

    def check(self) -> None:
        """Stop here if that was asked for."""
        signal.pthread_sigmask(signal.SIG_UNBLOCK, [signal.SIGINT])
        if self.asked:
            raise KeyboardInterrupt
