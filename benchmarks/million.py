"""A run of a million short documents by the command itself, watched from outside: `python -m benchmarks.flow million`.

Each document is 300 to 800 characters of text: a menu, a headline, a byline, a date, some sentences and a footer, put together by
its number from the fixtures, or the gold texts of a benchmark (`--bench`). With `--work FOLDER` a run that was stopped goes on.
"""

from __future__ import annotations

import gzip
import hashlib
import json
import os
import re
import resource
import subprocess
import sys
import time
from collections.abc import Iterator, Sequence
from pathlib import Path

ROOT = Path(__file__).parent.parent
FILES = 10
NAMES = ("Ann Poe", "Jane Doe", "Ravi Nair", "Lena Vogt", "Omar Said", "Mia Lund", "Tomas Ruiz", "Ida Berg")
MONTHS = ("January", "March", "May", "July", "September", "November")
MENUS = ("Home | News | Sport | Weather", "Front page > World > Europe", "Menu  Search  Sign in", "Latest  Video  Opinion  Shop")
FEET = (
    "Read more: The harbour reopens",
    "© 2024 The Gazette. All rights reserved.",
    "Share this article",
    "Sign up for our newsletter",
)
_SENTENCE_RE = re.compile(r"[A-Z][^.!?\n]{40,180}[.!?]")


def sentences(bench: Path | None) -> list[str]:
    """Sentences to choose from, each once."""
    if bench is None:
        texts = [path.read_text("utf-8") for path in sorted((ROOT / "fixtures" / "raw").glob("*.txt"))]
    else:
        with gzip.open(bench / "wcxb-dev" / "gold.jsonl.gz", "rt", encoding="utf-8") as file:
            texts = [json.loads(line)["text"] or "" for line in file]
    return sorted({found for text in texts for found in _SENTENCE_RE.findall(text)})


def document(n: int, known: Sequence[str]) -> str:
    """The text of a document."""
    dice = int.from_bytes(hashlib.sha256(str(n).encode()).digest(), "big")

    def roll(sides: int) -> int:
        nonlocal dice
        dice, found = divmod(dice, sides)
        return found

    title = known[roll(len(known))].split()[: 5 + roll(5)]
    body, size, wanted = [], 0, 150 + roll(400)
    while size < wanted:
        body.append(known[roll(len(known))])
        size += len(body[-1])
    date = f"{1 + roll(28)} {MONTHS[roll(6)]} {1990 + roll(35)}"
    head = [MENUS[roll(4)], f"{' '.join(title)} {n}", f"By {NAMES[roll(8)]}", date]
    return "\n\n".join([*head, " ".join(body), FEET[roll(4)]])


def make(folder: Path, number: int, known: Sequence[str]) -> None:
    """The dump: some files of JSON lines."""
    folder.mkdir(parents=True, exist_ok=True)
    for k in range(FILES):
        numbers = range(number * k // FILES, number * (k + 1) // FILES)
        path = folder / f"{k}.jsonl"
        if not path.exists():
            with (folder / "new").open("w", encoding="utf-8") as file:
                file.writelines(json.dumps({"id": str(n), "text": document(n, known)}) + "\n" for n in numbers)
            (folder / "new").rename(path)


class Watch:
    """The processes of a run: the most memory that each kind of them had, in KiB, one process of it."""

    def __init__(self, pid: int) -> None:
        self.pid = pid
        self.peaks: dict[str, int] = {}

    def look(self) -> None:
        for pid in self._family():
            try:
                status = Path(f"/proc/{pid}/status").read_text()
                command = Path(f"/proc/{pid}/cmdline").read_text().replace("\0", " ")
            except OSError:
                continue
            kind = "worker" if "flows.worker" in command else "flow" if pid == self.pid else "server"
            peak = re.search(r"VmHWM:\s+(\d+)", status)
            if peak:
                self.peaks[kind] = max(self.peaks.get(kind, 0), int(peak[1]))

    def _family(self) -> Iterator[int]:
        parents = {}
        for entry in Path("/proc").iterdir():
            if entry.name.isdigit():
                try:
                    parents[int(entry.name)] = int((entry / "stat").read_text().rpartition(")")[2].split()[1])
                except OSError:
                    continue
        for pid in parents:
            above: int | None = pid
            while above not in (None, self.pid):
                above = parents.get(above)
            if above == self.pid:
                yield pid


def size(path: Path) -> float:
    """MiB of a file, with what its database keeps beside it, or of a folder."""
    files = [*path.parent.glob(path.name + "*")] if not path.is_dir() else [p for p in path.rglob("*") if p.is_file()]
    return sum(p.stat().st_size for p in files) / (1 << 20)


def million(work: Path, scale: float, bench: Path | None) -> str:
    """Make the dump, run over it, and say what it took."""
    number, source, out, home = int(1_000_000 * scale), work / "in", work / "out", work / "prefect"
    make(source, number, sentences(bench))
    env = os.environ | {"PYTHONPATH": str(ROOT), "PREFECT_HOME": str(home)}
    env.pop("PREFECT_API_URL", None)
    command = [sys.executable, "-m", "flows", "run", str(source), "--output", str(out), "--format", "jsonl"]
    start = time.monotonic()
    log = work / "log.jsonl"
    with (
        log.open("w") as said,
        subprocess.Popen([*command, "--log-format", "json"], env=env, stdout=subprocess.DEVNULL, stderr=said) as run,
    ):
        watch = Watch(run.pid)
        told = 0
        while run.poll() is None:
            time.sleep(1)
            watch.look()
            done = _so_far(log)
            if done >= told + number / 10:
                told = done
                print(f"  {done:,} in {time.monotonic() - start:,.0f} s", file=sys.stderr, flush=True)
    seconds = time.monotonic() - start
    used = resource.getrusage(resource.RUSAGE_CHILDREN)
    spent = used.ru_utime + used.ru_stime
    if run.returncode:
        raise RuntimeError(f"the run ended with status {run.returncode}; see {log}")
    batches = [json.loads(line) for line in log.read_text().splitlines() if '"batch_done"' in line]
    closing = seconds - (_time(batches[-1]["time"]) - _time(json.loads(log.read_text().partition("\n")[0])["time"]))
    memory = ", ".join(f"{kind} {peak >> 10}" for kind, peak in sorted(watch.peaks.items()))
    ledger, prefect = size(out / ".copydesk" / "ledger.sqlite"), size(home / "prefect.db")
    records = sum(p.stat().st_size for p in out.glob("part-*")) / (1 << 20)
    return (
        f"{number:,} documents of {size(source) * (1 << 20) / number:.0f} bytes: {seconds / 3600:.2f} hours, {number / seconds:.0f} documents/s, "
        f"{spent / 3600:.2f} core hours, {1000 * spent / number:.1f} ms of a core each; "
        f"start-up and end {closing:.0f} s; peak MiB of a process: {memory}; ledger {ledger:.1f} MiB, Prefect's database {prefect:.1f} MiB, "
        f"records {records:.1f} MiB in {len(list(out.glob('part-*'))):,} files; {load()}"
    )


def _so_far(log: Path) -> int:
    with log.open("rb") as file:
        file.seek(max(0, log.stat().st_size - 2000))
        found = re.findall(rb'"documents_so_far": (\d+)', file.read())
    return int(found[-1]) if found else 0


def _time(iso: str) -> float:
    from datetime import datetime

    return datetime.fromisoformat(iso).timestamp()


def load() -> str:
    """How busy the machine is otherwise: without it a rate says little."""
    return f"load {os.getloadavg()[1]:.1f} on {os.cpu_count()} cores"
