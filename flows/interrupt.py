"""Ctrl-C during a run: the batches at hand are finished first. A second Ctrl-C stops at once.

A terminal sends Ctrl-C to Prefect's server too, which would leave the flow without it. So the signal is held back until the
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


between: ContextVar[Callable[[], None]] = ContextVar("between", default=_go_on)
"""Called between two documents as they are counted, in the flow; raises `KeyboardInterrupt` if the run is to stop."""


class Interrupt:
    """Within its block, Ctrl-C is a wish to stop, which is granted when the batches at hand are done."""

    def __init__(self, say: Callable[[str], None]) -> None:
        self._say = say
        self.asked = False

    def __enter__(self) -> Self:
        self._before = signal.signal(signal.SIGINT, self._ask)
        signal.pthread_sigmask(signal.SIG_BLOCK, [signal.SIGINT])
        self._token = between.set(self.check)
        return self

    def __exit__(self, *_: object) -> None:
        between.reset(self._token)
        signal.pthread_sigmask(signal.SIG_UNBLOCK, [signal.SIGINT])
        signal.signal(signal.SIGINT, self._before)

    def _ask(self, _signal: int, _frame: FrameType | None) -> None:
        if self.asked:
            raise KeyboardInterrupt
        self.asked = True
        self._say("finishing the batches at hand; Ctrl-C again stops at once")

    def check(self) -> None:
        """Stop here if that was asked for."""
        signal.pthread_sigmask(signal.SIG_UNBLOCK, [signal.SIGINT])
        if self.asked:
            raise KeyboardInterrupt
