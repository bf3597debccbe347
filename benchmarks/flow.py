"""What a run costs beyond the library: `python -m benchmarks.flow [--scale 0.1] [NAME...]` prints one line a figure.

Documents are the raw texts of fixtures/, each varied so that none is the same; `--pages FOLDER` names HTML pages, which
are repeated likewise. Rates leave out the first batches, in which the processes start.
"""

from __future__ import annotations

import argparse
import json
import os
import random
import resource
import shutil
import signal
import subprocess
import sys
import tempfile
import time
from collections import Counter
from collections.abc import Callable, Iterator
from contextlib import nullcontext
from pathlib import Path

from benchmarks.million import load, million

ROOT = Path(__file__).parent.parent
ROUNDS = 3
KILLS = 50
BATCH = 50
"""Documents in a batch of the run that is killed."""

RAW = sorted((ROOT / "fixtures" / "raw").glob("*.txt"))


def texts(number: int, size: int | None = None) -> Iterator[str]:
    """So many documents; `size` is about how many characters of a text they hold."""
    raw = [path.read_text("utf-8") for path in RAW]
    for n in range(number):
        text = raw[n % len(raw)]
        yield f"{n}\n{text[: size + n % 50] if size else text}\nEnd of number {n}.\n"


def dump(path: Path, rows: Iterator[str], field: str = "text") -> Path:
    path.parent.mkdir(parents=True, exist_ok=True)
    with path.open("w") as file:
        file.writelines(json.dumps({"id": str(n), field: row}) + "\n" for n, row in enumerate(rows))
    return path


RUN = """
import resource, sys, time
from flows.run import clean_all
times = []
counts = clean_all([sys.argv[1]], sys.argv[2], lambda rows: times.append((time.monotonic(), len(rows))), runner=sys.argv[3], format="jsonl", settings={"batch": 100})
from flows.apart import dismiss
dismiss()
peak = max(resource.getrusage(who).ru_maxrss for who in (resource.RUSAGE_SELF, resource.RUSAGE_CHILDREN))
first = 2 * int(sys.argv[3].partition(":")[2])  # batches in which processes start
print(sum(n for _, n in times[first:]) / (times[-1][0] - times[first - 1][0]), peak)
"""


def flow(source: Path, output: Path, runner: str = "process:1") -> tuple[float, int]:
    """Documents a second of a run, without its start, and its peak memory in KiB: of the flow's process or of a worker, whichever is larger."""
    env = os.environ | {"PYTHONPATH": str(ROOT), "OPENBLAS_NUM_THREADS": "1"}
    command = [sys.executable, "-c", RUN, str(source), str(output), runner]
    done = subprocess.run(command, env=env, capture_output=True, text=True, check=True)
    documents, peak = done.stdout.split()[-2:]
    return float(documents), int(peak)


def rate(work: Path, number: int, runner: str, rows: Callable[[int], Iterator[str]], field: str = "text") -> float:
    """Documents a second of a run, without its start."""
    shutil.rmtree(work / "out", ignore_errors=True)
    return flow(dump(work / "in.jsonl", rows(number), field), work / "out", runner)[0]


def by_turns(ours: Callable[[], float], other: Callable[[], float]) -> str:
    """Two rates in documents a second, measured by turns, as a shared machine is not as fast at all times: means and ratios."""
    turns = [(ours(), other()) for _ in range(ROUNDS)]
    a, b = (sum(found) / ROUNDS for found in zip(*turns, strict=True))
    each = ", ".join(f"{x / y:.2f}" for x, y in turns)
    return f"{a:.1f} and {b:.1f} documents/s, {a / b:.2f} times ({each})"


LIBRARY = """
import gc, json, sys, time
import pipeline
rows = [json.loads(line) for line in open(sys.argv[1])]
for row in rows[:20]:
    pipeline.clean(row["text"].encode())
gc.collect(); gc.freeze()
start = time.monotonic()
for row in rows:
    pipeline.to_json(pipeline.clean(row["text"].encode()), indent=0)
print(len(rows) / (time.monotonic() - start))
"""


def overhead(work: Path, scale: float, _: Path | None) -> str:
    number = max(500, int(10_000 * scale))
    env = os.environ | {"PYTHONPATH": str(ROOT), "OPENBLAS_NUM_THREADS": "1"}

    def bare() -> float:
        command = [sys.executable, "-c", LIBRARY, str(dump(work / "in.jsonl", texts(number // ROUNDS)))]
        return float(subprocess.run(command, env=env, capture_output=True, text=True, check=True).stdout)

    shown = by_turns(lambda: rate(work, number // ROUNDS, "process:1", texts), bare)
    return f"flow against the bare library, {ROUNDS} times {number // ROUNDS:,} texts, one process: {shown}; {load()}"


def speedup(work: Path, scale: float, pages: Path | None) -> str:
    field, kind, rows = "text", "texts", texts
    if pages:
        files = [path.read_text("utf-8", "replace") for path in sorted(pages.rglob("*.html"))[:500]]
        field, kind = "html", "HTML pages"

        def rows(number: int) -> Iterator[str]:
            return (files[n % len(files)] for n in range(number))

    number = max(500, int(10_000 * scale) // ROUNDS)
    shown = by_turns(*(lambda n=n: rate(work, number, f"process:{n}", rows, field) for n in (2, 1)))
    return f"2 processes against 1, {ROUNDS} times {number:,} {kind}: {shown}; {load()}"


def memory(work: Path, scale: float, _: Path | None) -> str:
    number = int(100_000 * scale)
    peaks = []
    for n in (number // 10, number):
        shutil.rmtree(work / "out", ignore_errors=True)
        peaks.append(flow(dump(work / "in.jsonl", texts(n, 400)), work / "out", "process:2")[1])
    ledger = (work / "out" / ".copydesk" / "ledger.sqlite").stat().st_size
    shown = f"{peaks[1] >> 10} and {peaks[0] >> 10} MiB, {peaks[1] / peaks[0]:.2f} times"
    return f"peak memory of a process, {number:,} documents against {number // 10:,}: {shown}; ledger {ledger / number:.0f} bytes a document"


def nothing_new(work: Path, scale: float, _: Path | None) -> str:
    """The first run is made up: its batches are entered as done, without cleaning."""
    from flows.hands import Marker, marker, to_marker
    from flows.session import Settings, opened
    from flows.sources import find_sources
    from flows.work import Made, Part

    number = int(100_000 * scale)
    for n in range(number):
        path = work / "in" / f"{n // 1000}" / f"{n}.txt"
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(f"{n}")
    how = Settings.of(str(work / "in"), str(work / "out"), format="jsonl")
    times = []
    for _again in range(2):
        start, cpu = time.monotonic(), time.process_time()
        sources = find_sources(how.inputs)
        with opened(how) as session:
            for batch in session.batches(sources, Counter()):
                rows = [
                    Made(
                        s.source.file,
                        s.source.path,
                        0,
                        None,
                        "sha256:" + "0" * 64,
                        1,
                        batch.part,
                        n,
                        "ok",
                        None,
                        None,
                        "text",
                        "en",
                        "0" * 64,
                    )
                    for n, s in enumerate(batch.slices)
                ]
                session.store.write(batch.part, b"")
                session.store.write(marker(batch.key), to_marker(Marker(rows, [Part(batch.part, len(rows), 0, "")], {})))
            session.close({})
            assert session.news.count == (number if _again else 0)
        times.append(time.monotonic() - start)
    spent = time.process_time() - cpu
    shown = f"{times[1]:.1f} s after start-up, {spent:.1f} of them at work (planning and entering them all: {times[0]:.1f} s)"
    return f"a run with nothing new, {number:,} files: {shown}; {load()}"


KILLED = """
import sys
sys.path[:0] = [{root!r}, {tests!r}]
from pathlib import Path
from test_session import once
once(Path(sys.argv[1]), Path(sys.argv[2]), format="jsonl", runner="process:2", batch={batch})
"""


def kills(work: Path, scale: float, _: Path | None) -> str:
    """One run is killed again and again, at random documents; what each kill left is finished, compared, and put back."""
    sys.path[:0] = [str(ROOT / "tests")]
    from test_session import once, state

    number = max(200, int(20_000 * scale))
    source, out, left = dump(work / "in.jsonl", texts(number, 150)), work / "out", work / "left"
    how = {"format": "jsonl", "runner": "process:2", "batch": BATCH}
    once(source, out, **how)
    expected = state(out)
    shutil.rmtree(out)
    chance, same, running = random.Random(1), 0, 0
    code = KILLED.format(root=str(ROOT), tests=str(ROOT / "tests"), batch=BATCH)
    for n, moment in enumerate(sorted(chance.uniform(0, number) for _ in range(KILLS))):
        with subprocess.Popen([sys.executable, "-c", code, str(source), str(out)]) as process:
            while len(list(out.glob("part-*"))) * BATCH < moment - BATCH and process.poll() is None:
                time.sleep(0.01)
            time.sleep(chance.uniform(0, 1))  # somewhere in the next batches
            running += process.poll() is None
            process.send_signal(signal.SIGKILL)
        time.sleep(0.2)  # its worker process ends by itself
        if out.exists():
            shutil.copytree(out, left)
        once(source, out, **how)
        found = state(out)
        same += found == expected
        if found != expected:
            print(n, sorted(name for name in found.keys() | expected.keys() if found.get(name) != expected.get(name)))
        else:
            print(f"  kill {n + 1} at document {moment:,.0f}: the same", file=sys.stderr, flush=True)
        shutil.rmtree(out)
        if left.exists():
            left.rename(out)
    return f"kill -9 at {KILLS} random moments of a run of {number:,} documents: {same} of {KILLS} end byte-identical ({running} hit it at work)"


FIGURES = {
    "overhead": overhead,
    "speedup": speedup,
    "memory": memory,
    "nothing-new": nothing_new,
    "kills": kills,
    "million": million,
}


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("names", nargs="*", metavar="NAME", help=", ".join(FIGURES))
    parser.add_argument("--scale", type=float, default=1.0, help="share of the numbers of documents")
    parser.add_argument("--pages", type=Path, help="folder of HTML pages, for speedup; of the benchmark's data, for million")
    parser.add_argument("--work", type=Path, help="folder to work in, which is kept, instead of one that is not")
    given = parser.parse_args()
    resource.setrlimit(resource.RLIMIT_CORE, (0, 0))
    for name in given.names or FIGURES:
        if given.work:
            given.work.mkdir(parents=True, exist_ok=True)
        with nullcontext(str(given.work)) if given.work else tempfile.TemporaryDirectory() as work:
            print(FIGURES[name](Path(work), given.scale, given.pages), flush=True)


if __name__ == "__main__":
    main()
