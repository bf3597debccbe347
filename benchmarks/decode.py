"""The tables of docs/decoding.md: right text from bytes, what HTML declares, mojibake undone, clean text left alone.

    python -m benchmarks.decode BENCH

The letter table used here was counted without the passages that the samples hold.
"""

from __future__ import annotations

import argparse
import base64
import json
from collections import defaultdict
from collections.abc import Callable
from pathlib import Path
from unittest import mock

from benchmarks.train_decoding import held_out
from benchmarks.train_language import Row, jsonl, read_rows
from pipeline.decode import decode_bytes, guess
from pipeline.decode.declared import codec_of, declared_in_markup
from pipeline.document import UnusablePayloadError
from pipeline.repair import repair_steps, replay

MISREAD = {"cp1252": 0.999, "cp1251": 0.90, "cp850": 0.60}


def ours(data: bytes) -> str:
    try:
        return decode_bytes(data).text
    except UnusablePayloadError:
        return ""


def by_chardet(data: bytes) -> str:
    import chardet

    try:
        return data.decode(chardet.detect(data)["encoding"] or "utf-8")
    except (UnicodeDecodeError, LookupError):
        return ""


def decode_table(bench: Path) -> None:
    samples = list(jsonl(bench / "decode-dev.jsonl.gz"))
    print("| decode-dev: text exactly right | samples | chardet alone | copydesk |\n|---|---|---|---|")
    readers: tuple[Callable[[bytes], str], ...] = (by_chardet, ours)
    hits: defaultdict[str, list[tuple[bool, ...]]] = defaultdict(list)
    for sample in samples:
        right = tuple(reader(base64.b64decode(sample["bytes"])) == sample["text"] for reader in readers)
        for key in ("all", f"form {sample['form']}", f"{sample['length']} characters", f"codec {sample['codec']}"):
            hits[key].append(right)
    for key, rows in hits.items():
        shares = [sum(row[n] for row in rows) / len(rows) for n in range(len(readers))]
        if not key.startswith("codec") or shares[1] < 1:
            print(f"| {key} | {len(rows)} | " + " | ".join(f"{share:.3f}" for share in shares) + " |")


def prescan_table(bench: Path) -> None:
    right = total = 0
    for name in ("tests1.dat", "tests2.dat", "test-yahoo-jp.dat"):
        for part in (bench / "faults/html5lib-encoding" / name).read_bytes().split(b"#data\n")[1:]:
            data, _, expected = part.partition(b"\n#encoding\n")
            wanted = codec_of(expected.split(b"\n")[0].decode())
            label = declared_in_markup(data)
            found = (codec_of(label) if label else None) or "cp1252"
            if data.startswith(b"\xef\xbb\xbf"):
                found = "utf-8"
            right += ("utf-8" if found.startswith("utf-16") else found) == wanted  # the standard's own exception
            total += 1
    print(f"\nhtml5lib's prescan cases: {right} of {total} (to reach: 75)")


def repaired(text: str) -> str:
    return replay(text, repair_steps(text))


def ftfy_table(bench: Path) -> None:
    cases = [
        case for path in sorted((bench / "faults/ftfy-cases").glob("*.json")) for case in json.loads(path.read_text("utf-8"))
    ]
    expected = [case for case in cases if case.get("expect") == "pass"]
    right = sum(repaired(case["original"]) == case.get("fixed-encoding", case["fixed"]) for case in expected)
    print(f"\nftfy's cases that are expected to pass: {right} of {len(expected)}")


def mojibake_table(rows: list[Row]) -> None:
    print("\n| UTF-8 misread as | texts | restored exactly, common | wide | to reach |\n|---|---|---|---|---|")
    texts = [row for row in rows if row.length in (60, 200) and not row.text.isascii()]
    for codec, target in MISREAD.items():
        shares = []
        count = 0
        for part in ("common", "wide"):
            pairs = []
            for row in texts:
                try:
                    pairs += [(row.text, row.text.encode().decode(codec))] if row.set == part else []
                except UnicodeDecodeError:
                    continue
            shares.append(sum(repaired(bad) == good for good, bad in pairs) / len(pairs))
            count += len(pairs)
        print(f"| {codec} | {count} | {shares[0]:.4f} | {shares[1]:.4f} | {target} |")
    changed = sum(repaired(row.text) != row.text for row in rows)
    print(f"\nclean texts changed: {changed} of {len(rows)}")


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("bench", type=Path, help="folder of the benchmark")
    bench = parser.parse_args().bench
    letters = held_out(bench)
    with mock.patch.object(guess, "load", return_value=letters):
        decode_table(bench)
    prescan_table(bench)
    ftfy_table(bench)
    mojibake_table(read_rows(bench))


if __name__ == "__main__":
    main()
