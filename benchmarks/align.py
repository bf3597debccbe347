"""Which lines of a flattened page belong to its gold text: the targets that the line labeller is trained on."""

from __future__ import annotations

import re
from collections.abc import Sequence

CJK = "\u3040-\u30ff\u3400-\u9fff\uac00-\ud7af"
WORD_RE = re.compile(f"[{CJK}]|[^\\W{CJK}]+")
"""Words as the benchmark's scorer counts them."""


def words(text: str) -> list[str]:
    """Words of a text, as the scorer counts them."""
    return WORD_RE.findall(text.lower())


def shares(lines: Sequence[str], gold: str) -> list[float]:
    """For each line the share of its words that stand, in order and close together, at its place in the gold text.

    The longest common subsequence of page and gold finds the place; a line of which the matched words are scattered over
    the gold is a chance hit and counts as 0.
    """
    from rapidfuzz.distance import LCSseq  # only who trains has it; the tests of grafts do not train

    tokens = [words(line) for line in lines]
    page = [w for t in tokens for w in t]
    target = words(gold)
    numbers: dict[str, int] = {}
    coded = [[numbers.setdefault(w, len(numbers)) for w in seq] for seq in (page, target)]
    where = [-1] * len(page)
    for op in LCSseq.opcodes(coded[0], coded[1]):
        if op.tag == "equal":
            for k in range(op.src_end - op.src_start):
                where[op.src_start + k] = op.dest_start + k
    out, at = [], 0
    for t in tokens:
        places = [p for p in where[at : at + len(t)] if p >= 0]
        at += len(t)
        spread = places[-1] - places[0] + 1 if places else 0
        out.append(len(places) / len(t) if t and places and spread <= 1.5 * len(t) + 3 else 0.0)
    return out
