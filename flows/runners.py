"""Who works: processes on this machine (the default), threads of the flow for tests, or an existing Dask cluster.

`process:N` is N worker processes of ours, each fed by a thread of the flow that runs its task: a worker that dies takes no
task along, and none of them has to load Prefect.
"""

from __future__ import annotations

import os
from dataclasses import dataclass
from typing import Any, Literal

USAGE = "write process:N, thread:N or dask:tcp://HOST:PORT"

MISSING_DASK = "to use a Dask cluster, install the extra: pip install 'copydesk[dask]'"


@dataclass(frozen=True, slots=True)
class Runner:
    """`workers` is the number of batches under way at once; `address` that of a cluster's scheduler."""

    kind: Literal["process", "thread", "dask"]
    workers: int
    address: str = ""

    @property
    def apart(self) -> bool:
        """Whether batches are cleaned in processes of their own, which protects the run from its documents."""
        return self.kind != "thread"

    @property
    def elsewhere(self) -> bool:
        """Whether tasks run on other machines."""
        return self.kind == "dask"

    def fits(self, task_runner: object) -> bool:
        """Whether a task runner of Prefect is the one that this needs."""
        return type(task_runner).__name__ == ("DaskTaskRunner" if self.elsewhere else "ThreadPoolTaskRunner")

    def task_runner(self) -> Any:
        """Prefect's task runner; raises `ImportError` if it is not installed."""
        try:
            from prefect_dask.task_runners import DaskTaskRunner  # noqa: PLC0415 (an extra)
        except ImportError as error:
            raise ImportError(MISSING_DASK) from error
        return DaskTaskRunner(address=self.address)


def runner_of(name: str) -> Runner:
    """The runner of a name; raises `ValueError`."""
    kind, _, rest = name.partition(":")
    if kind in ("process", "thread") and (not rest or (rest.isascii() and rest.isdigit() and int(rest) > 0)):
        return Runner("process" if kind == "process" else "thread", int(rest) if rest else cores())
    if kind == "dask" and "://" in rest:
        return Runner("dask", cluster_size(rest), rest)
    raise ValueError(f"{name!r} is no runner; {USAGE}")


def cores() -> int:
    """Cores that this process may use."""
    return len(os.sched_getaffinity(0)) if hasattr(os, "sched_getaffinity") else os.cpu_count() or 1


def cluster_size(address: str) -> int:
    """Batches to have under way on a cluster: one for each of its threads, and half as many waiting."""
    try:
        from distributed import Client  # noqa: PLC0415 (an extra)
    except ImportError as error:
        raise ImportError(MISSING_DASK) from error
    with Client(address, timeout=30, set_as_default=False) as client:  # type: ignore[no-untyped-call]
        threads = int(sum(client.nthreads().values()))
    return max(2, threads + threads // 2)
