"""The tables of docs/language.md: how often the language is right, how much the confidence is worth, how fast.

    python -m benchmarks.lid BENCH

Held out: each text is judged with profiles and weights that were made from the other folds, in which no passage of it
stands, and with one in nine of the wide languages unknown to the profiles. langdetect runs beside it in the same run.
"""

from __future__ import annotations

import argparse
import time
from collections import defaultdict
from collections.abc import Callable, Iterable
from pathlib import Path
from unittest import mock

from benchmarks.train_language import FOLDS, Row, ballots, fit_all, folds, jsonl, read_rows
from pipeline.document import Block, Document, Label, Language, Payload
from pipeline.language import detect, detect_language, language, profiles
from pipeline.language.voters import cld2_votes, langdetect_votes, langid_votes

LENGTHS = (20, 60, 200, 1000)
TARGETS = {"common": (0.89, 0.990, 0.997, 0.998), "wide": (0.77, 0.90, 0.94, 0.94)}


def base(code: str) -> str:
    return code.partition("-")[0]


def macro(rows: Iterable[tuple[Row, str]]) -> float:
    """Accuracy, averaged over languages."""
    hits: defaultdict[str, list[bool]] = defaultdict(list)
    for row, answer in rows:
        hits[row.code].append(base(answer) == row.code)
    return sum(sum(h) / len(h) for h in hits.values()) / len(hits)


def held_out(rows: list[Row]) -> list[Language]:
    """The answer to each row, from what the other folds teach."""
    fold = folds(rows)
    votes, trained = ballots(rows, fold)
    answers = [Language("und", 0.0, "none")] * len(rows)
    for n in range(FOLDS):
        weights = fit_all([b for b in votes if b.fold != n])
        profiles.telling_words.cache_clear()
        with (
            mock.patch.object(detect, "load", lambda n=n: trained[n][0]),
            mock.patch.object(detect, "load_words", lambda n=n: trained[n][1]),
            mock.patch.object(profiles, "load", lambda n=n: trained[n][0]),
            mock.patch.object(detect, "weights", lambda weights=weights: weights),
        ):
            for at, row in enumerate(rows):
                if fold[at] == n:
                    answers[at] = detect_language(row.text)
    profiles.telling_words.cache_clear()
    return answers


def accuracy_table(rows: list[Row], answers: list[Language]) -> None:
    print("| set | voter | " + " | ".join(f"{n} characters" for n in LENGTHS) + " |\n|---|---|" + "---|" * len(LENGTHS))
    peers: dict[str, Callable[[str], dict[str, float]]] = {
        "langdetect": langdetect_votes,
        "py3langid": langid_votes,
        "pycld2": cld2_votes,
    }
    for part, targets in TARGETS.items():
        chosen = [(row, answer) for row, answer in zip(rows, answers, strict=True) if row.set == part]
        for name, ask in peers.items():
            seen = [(row, max(votes, key=votes.__getitem__) if (votes := ask(row.text)) else "und") for row, _ in chosen]
            print(
                f"| {part} | {name} | " + " | ".join(f"{macro(r for r in seen if r[0].length == n):.3f}" for n in LENGTHS) + " |"
            )
        ours = [macro((row, a.code) for row, a in chosen if row.length == n) for n in LENGTHS]
        print(f"| {part} | **copydesk** | " + " | ".join(f"**{value:.3f}**" for value in ours) + " |")
        print(f"| {part} | to reach | " + " | ".join(f"{value:.3f}" for value in targets) + " |")
    mixed = [base(a.code) == row.code for row, a in zip(rows, answers, strict=True) if row.set == "mixed"]
    print(f"\nparagraphs of lid-mixed-dev: {sum(mixed) / len(mixed):.4f} right, held out")


def reliability_table(rows: list[Row], answers: list[Language]) -> None:
    print("\n| confidence | texts | mean confidence | right |\n|---|---|---|---|")
    bins: defaultdict[int, list[tuple[float, bool]]] = defaultdict(list)
    for row, answer in zip(rows, answers, strict=True):
        if row.set != "mixed" and answer.code != "und":
            bins[10 if answer.confidence >= 0.99 else int(answer.confidence * 10)].append(
                (answer.confidence, base(answer.code) == row.code)
            )
    for n, pairs in sorted(bins.items()):
        span = "0.99 to 1" if n == 10 else f"0.{n} to {'0.99' if n == 9 else f'0.{n + 1}'}"
        print(
            f"| {span} | {len(pairs)} | {sum(p for p, _ in pairs) / len(pairs):.3f} | {sum(r for _, r in pairs) / len(pairs):.3f} |"
        )


def spans_table(bench: Path) -> None:
    """Documents through the stage, with the package's own profiles: every paragraph is kept, so only languages can err."""
    right = total = exact = documents = 0
    for document in jsonl(bench / "lid-mixed-dev.jsonl.gz"):
        paragraphs = document["paragraphs"]
        blocks, text = [], ""
        for paragraph in paragraphs:
            blocks.append(Block(len(text), len(text) + len(paragraph["text"]) + 1, Label.PARAGRAPH))
            text += paragraph["text"] + "\n"
        found = language(Document(Payload(b"", "mixed"), text=text, blocks=tuple(blocks))).language
        spans = found.spans
        codes = [next((base(s.code) for s in spans if s.start <= b.start < s.end), base(found.code)) for b in blocks]
        gold = [paragraph["lang"] for paragraph in paragraphs]
        right += sum(c == g for c, g in zip(codes, gold, strict=True))
        total += len(gold)
        exact += set(codes) == set(gold)
        documents += 1
    print(f"\nlid-mixed-dev through the stage: paragraphs {right / total:.4f}, set of languages exact {exact / documents:.4f}")


def seconds(ask: Callable[[str], object], texts: list[str]) -> float:
    start = time.process_time()  # of this process alone, as others may be at work
    for text in texts:
        ask(text)
    return time.process_time() - start


def speed_table(rows: list[Row]) -> None:
    texts = [row.text for row in rows if row.length == 1000]
    for ask in (detect_language, langdetect_votes):
        seconds(ask, texts[:40])  # loads
    ours = min(seconds(detect_language, texts) for _ in range(3))
    with mock.patch("pipeline.language.voters.LANGDETECT_SAMPLE", 1000):
        theirs = seconds(langdetect_votes, texts)
    print(
        f"\n{len(texts)} texts of 1,000 characters: copydesk {len(texts) / ours:,.0f} a second, langdetect {len(texts) / theirs:,.0f};"
    )
    print(f"{theirs / ours:.1f} times as fast (to reach: 10)")


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("bench", type=Path, help="folder of the benchmark")
    bench = parser.parse_args().bench
    rows = read_rows(bench)
    answers = held_out(rows)
    accuracy_table(rows, answers)
    reliability_table(rows, answers)
    spans_table(bench)
    speed_table(rows)


if __name__ == "__main__":
    main()
