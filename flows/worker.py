"""The worker process: `python -m flows.worker FD`. It takes requests on standard input and answers on its output, as JSON lines.

It ends when its input ends, that is, when the one who started it is gone, in whatever way. The file FD is shared with
that one: in it stands which document is under way.
"""

from __future__ import annotations

import gc
import json
import mmap
import os
import queue
import resource
import struct
import sys
import threading
from typing import Any, BinaryIO

from flows.interrupt import StoppedError

PULSE = struct.Struct("<qqd")
"""How often something was begun, the place of the document that was (-1: none), and the seconds spent on it before."""

STOP = struct.Struct("<?")
"""Behind it, whether to stop after the document at hand; the one who started us sets it."""

SHARED = PULSE.size + STOP.size


def main() -> None:
    """Answer requests until there are no more."""
    answers = os.fdopen(os.dup(1), "wb")
    os.dup2(2, 1)  # what a library prints must not stand among the answers
    requests: queue.SimpleQueue[bytes] = queue.SimpleQueue()
    threading.Thread(target=_listen, args=(os.fdopen(os.dup(0), "rb"), requests), daemon=True).start()
    shared = mmap.mmap(int(sys.argv[1]), SHARED)
    _bound_memory(int(sys.argv[2]))
    warm_up()
    answers.write(b'{"counts": {}}\n')
    answers.flush()
    serve(requests, answers, shared)


COLLECT_AFTER = 20_000
"""New objects that may hold each other after which the collector looks; some megabytes."""


def warm_up() -> None:
    """Load wording lists and models, and keep the garbage collector from looking at them again and again."""
    from flows.batch import Batch, Job, apply, finish  # noqa: PLC0415 (the one who starts a worker imports this module too)
    from flows.readers.entry import Origin, document  # noqa: PLC0415
    from pipeline import STAGES  # noqa: PLC0415

    text = b"<html><head><title>Words</title></head><body><p>A few words of text, as in any document.</p></body></html>"
    jobs = [Job("", document(text, Origin("a"), media_type)) for media_type in ("text/plain", "text/html")]
    apply(Batch("warm up", jobs), STAGES)
    for job in jobs:
        finish(job)
    rest_collector()


def rest_collector() -> None:
    """Let the garbage collector leave alone what is loaded, and look at the rest every `COLLECT_AFTER` objects instead of every 700.

    A page's own objects are freed by their reference counts; at Python's default a twentieth of the time goes to the collector.
    """
    gc.collect()
    gc.freeze()
    gc.set_threshold(COLLECT_AFTER, 10, 10)


def serve(requests: queue.SimpleQueue[bytes], answers: BinaryIO, shared: mmap.mmap) -> None:
    """Do what is asked, one batch at a time."""
    from flows.hands import Hands  # noqa: PLC0415 (as above)
    from flows.work import from_wire  # noqa: PLC0415

    begun = 0

    def tick(place: int, spent: float) -> None:
        nonlocal begun
        begun += 1
        PULSE.pack_into(shared, 0, begun, place, spent)

    def stop() -> bool:
        return bool(STOP.unpack_from(shared, PULSE.size)[0])

    hands: Hands | None = None
    while True:
        request: dict[str, Any] = json.loads(requests.get())
        try:
            if request["do"] == "read":
                refused = {int(place): tuple(row) for place, row in request["refused"].items()}
                hands = Hands(from_wire(request["work"]), refused, tick, stop)
                counts = hands.read()
            elif hands is None:
                raise ValueError("nothing was read yet")
            elif request["do"] == "apply":
                counts = hands.apply(*request["stages"])
            else:
                counts, hands = hands.emit(), None
            answer: dict[str, Any] = {"counts": counts}
        except StoppedError:
            answer = {"stopped": True}
        except OSError as error:  # the output cannot be written: no document's fault
            answer = {"error": f"{type(error).__name__}: {error}"}
        answers.write(json.dumps(answer).encode() + b"\n")
        answers.flush()


def _listen(stream: BinaryIO, requests: queue.SimpleQueue[bytes]) -> None:
    for line in stream:
        requests.put(line)
    os._exit(0)


def _bound_memory(limit: int) -> None:
    """Hold this process to bytes of address space: a document that asks for more gets a `MemoryError`."""
    if limit:
        hard = resource.getrlimit(resource.RLIMIT_AS)[1]
        resource.setrlimit(resource.RLIMIT_AS, (limit if hard < 0 else min(limit, hard), hard))


if __name__ == "__main__":
    main()
