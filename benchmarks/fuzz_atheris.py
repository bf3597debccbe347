"""Throws bytes at `decode_bytes` that atheris finds by following the branches taken; `pip install atheris` first:

    python -m benchmarks.fuzz_atheris BENCH --seconds 600

It stops at the first input that makes it raise anything but its one documented error; libFuzzer prints the count at the end.
"""

from __future__ import annotations

import argparse
import sys
import tempfile
from pathlib import Path

import atheris

with atheris.instrument_imports(include=["pipeline.decode"]):
    from benchmarks.fuzz_decode import LABELS, TYPES, check, seeds

LONGEST = 402
"""Bytes of an input; the first two choose the label and the media type."""


def run(data: bytes) -> None:
    if len(data) > 2:
        check(data[2:], LABELS[data[0] % len(LABELS)], TYPES[data[1] % len(TYPES)])


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("bench", type=Path, help="folder of the benchmark")
    parser.add_argument("--seconds", type=int, default=600)
    given = parser.parse_args()
    corpus = tempfile.mkdtemp(prefix="copydesk-atheris-")
    for n, seed in enumerate(seeds(given.bench)):
        (Path(corpus) / str(n)).write_bytes(bytes([n % len(LABELS), n % len(TYPES)]) + seed[: LONGEST - 2])
    atheris.Setup([sys.argv[0], f"-max_total_time={given.seconds}", f"-max_len={LONGEST}", "-print_final_stats=1", corpus], run)
    atheris.Fuzz()


if __name__ == "__main__":
    main()
