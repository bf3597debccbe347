"""A document that hangs, crashes or bloats its worker process is found and rejected; the rest of its batch is finished."""

from __future__ import annotations

import json
import os
import signal
from collections import Counter
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import pytest

import pipeline
from flows import apart
from flows.apart import Apart, Process, WorkFailedError, at_work, clean_batch
from flows.hands import marker
from flows.interrupt import Interrupt, StoppedError
from flows.readers.limits import Options
from flows.slices import plan
from flows.sources import find_sources
from flows.work import Protection, Work, from_wire, keyed, to_wire
from pipeline.document import Document, Stage
from pipeline.record import from_json

HARM = """
import os, signal, sys, time
import pipeline

def harmful(stage):
    def harm(document):
        text = document.text
        if "KILL" in text:
            os.kill(os.getpid(), signal.SIGKILL)
        if "ONCE" in text and not os.path.exists({once!r}):
            open({once!r}, "w").close()
            os.kill(os.getpid(), signal.SIGSEGV)
        if "HANG" in text:
            time.sleep(1000)
        if "PRESS" in text and not os.path.exists({once!r}):
            open({once!r}, "w").close()
            os.kill(os.getppid(), signal.SIGINT)
            time.sleep(2)
        if "BLOAT" in text:
            bytearray(1 << 45)
        return stage(document)
    return harm

pipeline.STAGES = tuple((name, harmful(stage) if name == "label" else stage) for name, stage in pipeline.STAGES)
"""


@pytest.fixture
def harm(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Path]:
    """A folder of documents, and worker processes in which some do harm."""
    apart.dismiss()
    (tmp_path / "site").mkdir()
    (tmp_path / "site" / "sitecustomize.py").write_text(HARM.format(once=str(tmp_path / "once")))
    monkeypatch.syspath_prepend(str(tmp_path / "site"))
    (tmp_path / "in").mkdir()
    yield tmp_path / "in"
    apart.dismiss()


def the_work(source: Path, protection: Protection) -> Work:
    [slices] = plan(find_sources([str(source)]), Options(), Counter())
    work = Work("batch", 1, 1, tuple(slices), Options(), str(source.parent / "out"), "json", protection=protection)
    return keyed(work, [])


def test_work_passes_through_json(tmp_path: Path) -> None:
    (tmp_path / "a.txt").write_text("a")
    work = the_work(tmp_path, Protection(1.5, 7))
    assert from_wire(json.loads(json.dumps(to_wire(work)))) == work


def test_harmful_documents_are_rejected_and_the_rest_is_cleaned(harm: Path) -> None:
    words = ["fine", "KILL", "good", "HANG", "well", "BLOAT", "ONCE", "end"]
    for n, word in enumerate(words):
        (harm / f"{n}.txt").write_text(f"{word} is what this says.")
    work = the_work(harm, Protection(2.0, 8 << 30))
    counts = clean_batch(work)
    assert counts["outcomes"] == {"ok": 5, "worker_died": 1, "took_too_long": 1, "needs_too_much_memory": 1}
    out = harm.parent / "out"
    reasons = [from_json((out / f"{n}.json").read_bytes()).reason for n in range(len(words))]
    assert [reason.code if reason else "" for reason in reasons] == [
        *("", "worker_died", "", "took_too_long", "", "needs_too_much_memory", "", "")
    ]
    assert "status -9" in str(reasons[1])
    assert (out / marker(work.key)).exists()


def test_the_process_is_kept_for_the_next_batch_and_replaced_if_it_died(harm: Path) -> None:
    (harm / "a.txt").write_text("A few words.")
    work = the_work(harm, Protection())
    processes = []
    for _ in range(2):
        with at_work(work) as worker:
            assert isinstance(worker, Apart)
            worker.read()
            processes.append(worker.process)
    assert processes[0] is processes[1]
    processes[0].process.kill()
    processes[0].process.wait()
    assert clean_batch(work)["outcomes"] == {"ok": 1}


@pytest.mark.parametrize("apart", [True, False])
def test_ctrl_c_stops_after_the_document_at_hand(harm: Path, monkeypatch: pytest.MonkeyPatch, apart: bool) -> None:
    """Its first document presses Ctrl-C; none of the others, which would take their time, is begun."""
    if not apart:
        (_, decode), *stages = pipeline.STAGES
        monkeypatch.setattr(pipeline, "STAGES", (("decode", pressing(decode)), *stages))
    for n, word in enumerate(["PRESS", *["HANG"] * 50]):
        (harm / f"{n:02}.txt").write_text(f"{word} is what this says.")
    work = replace(the_work(harm, Protection(30.0)), apart=apart)
    with Interrupt(str) as interrupt:
        interrupt.check()
        with pytest.raises(StoppedError):
            clean_batch(work)
    assert not (harm.parent / "out").exists()


def pressing(stage: Stage) -> Stage:
    """A stage at whose first document someone presses Ctrl-C; at others it fails."""

    def press(document: Document) -> Document:
        assert b"HANG" not in document.payload.data
        os.kill(os.getpid(), signal.SIGINT)
        return stage(document)

    return press


def test_an_output_that_cannot_be_written_fails_the_batch(harm: Path) -> None:
    (harm / "a.txt").write_text("A few words.")
    (harm.parent / "out").write_text("in the way")
    with pytest.raises(WorkFailedError, match=r"exist|directory"):
        clean_batch(the_work(harm, Protection()))


def test_a_process_ends_when_its_starter_is_gone() -> None:
    process = Process(Protection())
    process._start()
    assert process.process.stdin
    process.process.stdin.close()
    assert process.process.wait(20) == 0
    process.end()


def test_a_process_that_cannot_start_says_so(monkeypatch: pytest.MonkeyPatch) -> None:
    with pytest.raises(WorkFailedError, match="no worker process can be started"):
        Process(Protection(memory=1 << 20)).ask({"do": "emit"})
