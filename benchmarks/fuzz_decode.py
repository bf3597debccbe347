"""Throws random and mutated bytes at `decode_bytes`, which may raise nothing but its one documented error:

    python -m benchmarks.fuzz_decode BENCH --minutes 10

Seeds are the samples of `decode-dev`, the files of `faults/`, and bytes by lot. Prints the count, and stops at the first
input that breaks the promise, in hexadecimal.
"""

from __future__ import annotations

import argparse
import base64
import random
import sys
import time
from collections import Counter
from pathlib import Path

from benchmarks.train_language import jsonl
from pipeline.decode import decode_bytes
from pipeline.decode.declared import declared_in_markup
from pipeline.document import UnusablePayloadError

LABELS = (None, None, None, "utf-8", "utf-16", "iso-8859-1", "shift_jis", "gb18030", "utf-7", "idna", "\x00", "rot13", "utf-32")
TYPES = (None, "text/plain", "text/html", "application/xhtml+xml; charset=x")
PIECES = (
    b"\x1b$B",
    b"\x1b(B",
    b"<meta charset=",
    b"<?xml encoding='",
    b"\xef\xbb\xbf",
    b"\xff\xfe",
    b"\x00\x00",
    b"\xc3\xa9",
    b"\x81",
)


def seeds(bench: Path) -> list[bytes]:
    found = [base64.b64decode(str(row["bytes"]))[:1500] for row in jsonl(bench / "decode-dev.jsonl.gz")]
    return found + [path.read_bytes()[:4000] for path in sorted((bench / "faults").rglob("*")) if path.is_file()]


def mutated(data: bytes, lot: random.Random) -> bytes:
    out = bytearray(data[: lot.choice((12, 60, 300, 1500))])
    for _ in range(lot.randrange(1, 8)):
        at = lot.randrange(len(out) + 1)
        kind = lot.randrange(5)
        if kind == 0 and out:
            out[at % len(out)] = lot.randrange(256)
        elif kind == 1:
            out[at:at] = lot.choice(PIECES)
        elif kind == 2:
            del out[at : at + lot.randrange(1, 9)]
        elif kind == 3:
            out[at:at] = lot.randbytes(lot.randrange(1, 5))
        else:
            out += out[at : at + 30]
    return bytes(out)


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("bench", type=Path, help="folder of the benchmark")
    parser.add_argument("--minutes", type=float, default=10.0)
    given = parser.parse_args()
    lot = random.Random(0)
    pool = seeds(given.bench)
    end = time.monotonic() + 60 * given.minutes
    outcomes: Counter[str] = Counter()
    while time.monotonic() < end:
        for _ in range(1000):
            data = mutated(lot.choice(pool), lot) if lot.random() < 0.8 else lot.randbytes(lot.randrange(1, 200))
            try:
                decoded = decode_bytes(data, lot.choice(LABELS), lot.choice(TYPES))
                outcomes[decoded.method] += 1
            except UnusablePayloadError as error:
                outcomes[f"rejected: {error.code}"] += 1
            except Exception as error:
                print(f"{type(error).__name__}: {error}\n{data.hex()}", file=sys.stderr)
                raise
            declared_in_markup(data)
    print(f"{outcomes.total():,} inputs, nothing raised but the documented error: {dict(sorted(outcomes.items()))}")
    return 0


if __name__ == "__main__":
    sys.exit(main())
