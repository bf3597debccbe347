"""Throws random and mutated bytes at `decode_bytes`, which may raise nothing but its one documented error:

    python -m benchmarks.fuzz_decode BENCH --inputs 1000000      mutated samples, and bytes by lot
    python -m benchmarks.fuzz_decode BENCH --hypothesis 100000   the strategies of hypothesis

`benchmarks/fuzz_atheris.py` does the same with atheris, which follows the branches that are taken.
Seeds are the samples of `decode-dev` and the files of `faults/`. Most inputs are short, as most that is wrong about an
encoding is wrong within a line; one in ten is up to 1,500 bytes long. Each run prints its count, and stops at the first
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
from pipeline.decode.declared import codec_of, declared_in_markup
from pipeline.document import UnusablePayloadError

LABELS = (None, None, None, "utf-8", "utf-16", "iso-8859-1", "shift_jis", "gb18030", "utf-7", "idna", "\x00", "rot13", "utf-32")
TYPES = (None, "text/plain", "text/html", "application/xhtml+xml; charset=x")
PIECES = (
    *(b"\x1b$B", b"\x1b(B", b"\x1b$)C", b"\x0e", b"\x0f", b"<meta charset=", b"<?xml encoding='", b"<html>", b"<!--"),
    *(b"\xef\xbb\xbf", b"\xff\xfe", b"\xfe\xff", b"\xff\xfe\x00\x00", b"\x00\x00", b"\xc3\xa9", b"\xef\xbf\xbd", b"\x81"),
    *(b"\xed\xa0\x80", b"\x00\xd8", b"\x84\x31\xa4\x39", b"\xff\xff", b"PK\x03\x04", b"%PDF-"),
)
LENGTHS = (8, 16, 40, 40, 80, 80, 80, 200, 400, 1500)


def check(data: bytes, declared: str | None, hints: str | None) -> str:
    """What became of an input; raises if a promise is broken."""
    label = declared_in_markup(data)
    if label is not None and codec_of(label) is None:
        raise AssertionError(f"{label!r} is no encoding")
    try:
        decoded = decode_bytes(data, declared, hints)
    except UnusablePayloadError as error:
        return f"rejected: {error.code}"
    if decoded.replaced < 0:
        raise AssertionError("fewer than no characters were replaced")
    decoded.text.encode()  # no half of a surrogate pair
    return decoded.method


def seeds(bench: Path) -> list[bytes]:
    found = [base64.b64decode(str(row["bytes"]))[:3000] for row in jsonl(bench / "decode-dev.jsonl.gz")]
    return found + [path.read_bytes()[:4000] for path in sorted((bench / "faults").rglob("*")) if path.is_file()]


def mutated(data: bytes, lot: random.Random) -> bytes:
    length = lot.choice(LENGTHS)
    start = lot.randrange(max(1, len(data) - length)) if lot.random() < 0.5 else 0
    out = bytearray(data[start : start + length])
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


def by_lot(bench: Path, inputs: int) -> None:
    lot = random.Random(0)
    pool = seeds(bench)
    outcomes: Counter[str] = Counter()
    start = time.monotonic()
    for _ in range(inputs):
        data = mutated(lot.choice(pool), lot) if lot.random() < 0.8 else lot.randbytes(lot.randrange(1, 200))
        try:
            outcomes[check(data, lot.choice(LABELS), lot.choice(TYPES))] += 1
        except Exception:
            print(data.hex(), file=sys.stderr)
            raise
    seconds = time.monotonic() - start
    print(
        f"{outcomes.total():,} inputs in {seconds:,.0f} s, nothing raised but the documented error:", dict(outcomes.most_common())
    )


def by_hypothesis(inputs: int) -> None:
    from hypothesis import HealthCheck, Phase, given, settings
    from hypothesis import strategies as st

    outcomes: Counter[str] = Counter()
    parts = st.lists(st.one_of(st.sampled_from(PIECES), st.binary(max_size=40), st.text(max_size=20).map(str.encode)), max_size=6)
    label = st.one_of(st.sampled_from(LABELS), st.text(max_size=12))

    @settings(
        max_examples=inputs,
        database=None,
        deadline=None,
        derandomize=True,
        phases=(Phase.generate, Phase.shrink),
        suppress_health_check=list(HealthCheck),
    )
    @given(st.one_of(st.binary(max_size=400), parts.map(b"".join)), label, st.sampled_from(TYPES))
    def run(data: bytes, declared: str | None, hints: str | None) -> None:
        outcomes[check(data, declared, hints)] += 1

    run()
    print(f"{outcomes.total():,} inputs of hypothesis, nothing raised but the documented error:", dict(outcomes.most_common()))


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("bench", type=Path, help="folder of the benchmark")
    parser.add_argument("--inputs", type=int, default=0, help="mutated samples, and bytes by lot")
    parser.add_argument("--hypothesis", type=int, default=0, metavar="INPUTS")
    given = parser.parse_args()
    if given.inputs:
        by_lot(given.bench, given.inputs)
    if given.hypothesis:
        by_hypothesis(given.hypothesis)


if __name__ == "__main__":
    main()
