"""Counts the letter pairs by which encodings are told apart:

python -m benchmarks.train_decoding BENCH            writes pipeline/decode/letters.npz
"""

from __future__ import annotations

import argparse
import io
import zipfile
from collections import Counter, defaultdict
from collections.abc import Iterable
from pathlib import Path

import numpy as np

from benchmarks.train_language import Row, jsonl, read_rows
from pipeline.decode.letters import ALONE, SCALE, STRANGE, Letters, shape, with_strange

HOME = Path("pipeline/decode")

PAIRS = 1200
"""Pairs that a language brings in at most: its most frequent."""

TIMES = 2
"""Times that a pair must be seen in a language."""

UNSEEN = 0.05
"""What a pair counts for that a language was not seen to use."""

ALPHABETS = dict(line.split("\t") for line in Path(__file__).with_name("alphabets.tsv").read_text("utf-8").splitlines())
"""Letters beyond ASCII that a language is written with, the rare ones too."""

UNWRITTEN = frozenset(["ja", "ko", "zh", "yue"])
"""Languages with too many characters to count pairs; their encodings are told by their own structure."""

LEAP = 2.0
"""What it costs besides that a pair was seen in no language."""

SPRINKLED = 3
"""Times that such a mark is counted on top."""

USUAL = "„“”‘’‚«»‹›–—…•·©®™§°€£\xa0\xad"
"""Marks that stand in texts of any language, whatever ours happen to hold."""


def count(rows: Iterable[Row]) -> Letters:
    counts: defaultdict[str, Counter[str]] = defaultdict(Counter)
    for row in rows:
        if row.code not in UNWRITTEN:
            shaped = f" {shape(row.text)} "
            counts[row.code].update(shaped[at : at + 2] for at in range(len(shaped) - 1))
    codes = tuple(sorted(counts))
    alone = sorted({c for code in codes for pair in counts[code] for c in pair} | set(USUAL).union(*ALPHABETS.values()))
    pairs = sorted({p for c in codes for n, p in sorted((-n, p) for p, n in counts[c].items() if n >= TIMES)[:PAIRS]})
    cost = np.empty((len(pairs) + len(alone), len(codes)), np.uint8)
    for column, code in enumerate(codes):
        first: Counter[str] = Counter()
        for pair, times in counts[code].items():
            first[pair[0]] += times
        for mark in USUAL + ALPHABETS.get(code, ""):
            first[mark] += SPRINKLED
        total = first.total()
        for row, pair in enumerate(pairs):
            seen = counts[code][pair]
            # a pair's share behind its first letter, leaning on the second letter's own share
            back = (first[pair[1]] + UNSEEN) / total
            chance = (seen + 2.0 * back) / (first[pair[0]] + 2.0)
            cost[row, column] = min(255, round(min(STRANGE, -np.log(chance)) * SCALE))
        for row, character in enumerate(alone, len(pairs)):
            rare = LEAP - np.log((first[character] + UNSEEN) / total)
            cost[row, column] = min(255, round(min(STRANGE, rare) * SCALE))
    pairs += [ALONE + character for character in alone]
    return Letters(codes, {p: n for n, p in enumerate(pairs)}, with_strange(cost.astype(np.float32) / SCALE))


def write(letters: Letters, path: Path) -> None:
    """The same counts give the same bytes: the archive has no dates."""
    arrays = {
        "codes": np.frombuffer("\n".join(letters.codes).encode(), np.uint8),
        "pairs": np.frombuffer("".join(letters.rows).encode(), np.uint8),
        "cost": np.round(letters.cost[:-1] * SCALE).astype(np.uint8),
    }
    with zipfile.ZipFile(path, "w") as archive:
        for name, array in arrays.items():
            packed = io.BytesIO()
            np.save(packed, array, allow_pickle=False)
            archive.writestr(zipfile.ZipInfo(f"{name}.npy"), packed.getvalue(), zipfile.ZIP_DEFLATED, 9)


def held_out(bench: Path) -> Letters:
    """Counts over the texts that share no passage with the samples of `decode-dev`, to be measured on these."""
    size = 24
    taken = set()
    for sample in jsonl(bench / "decode-dev.jsonl.gz"):
        text = str(sample["text"])
        taken |= {text[at : at + size] for at in range(len(text) - size + 1)}
    rows = read_rows(bench)
    return count(r for r in rows if not any(r.text[at : at + size] in taken for at in range(len(r.text) - size + 1)))


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("bench", type=Path, help="folder of the benchmark")
    write(count(read_rows(parser.parse_args().bench)), HOME / "letters.npz")


if __name__ == "__main__":
    main()
