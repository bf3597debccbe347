"""Fingerprints of the main content, for exact and near duplicates."""

from __future__ import annotations

import hashlib
import unicodedata

import numpy as np

from pipeline.wording import TOKEN_RE

SHINGLE = 3
"""Words in a shingle."""

MAX_WORDS = 20_000
"""Words that count; more would not change which documents are alike."""


def words(text: str) -> list[str]:
    """The words that fingerprints are made from: NFKC, case-folded; a character each in unspaced scripts."""
    return TOKEN_RE.findall(unicodedata.normalize("NFKC", text).casefold())


def text_sha256(tokens: list[str]) -> str:
    """SHA-256, in hex, of the words joined by single spaces: equal for texts that differ in case, spaces and punctuation."""
    return hashlib.sha256(" ".join(tokens).encode()).hexdigest()


def simhash64(tokens: list[str]) -> str:
    """SimHash (Charikar 2002) over shingles of three words, 64 bits in hex; near duplicates differ in few bits.

    A shingle's 64 bits are the sum of its words' BLAKE2b digests, each turned by its place, mixed as SplitMix64 does (Steele
    et al. 2014).
    """
    tokens = tokens[:MAX_WORDS] or [""]
    digests = {t: hashlib.blake2b(t.encode(), digest_size=8).digest() for t in set(tokens)}
    words = np.frombuffer(b"".join([digests[t] for t in tokens]), dtype="<u8")
    mixed = np.zeros(max(1, len(words) - SHINGLE + 1), dtype=np.uint64)
    for k in range(min(SHINGLE, len(words))):
        word = words[k : k + len(mixed)]
        mixed += word << np.uint64(k) | word >> np.uint64(64 - k) if k else word
    mixed = (mixed ^ mixed >> np.uint64(30)) * np.uint64(0xBF58476D1CE4E5B9)
    mixed = (mixed ^ mixed >> np.uint64(27)) * np.uint64(0x94D049BB133111EB)
    mixed ^= mixed >> np.uint64(31)
    bits = np.unpackbits(mixed.astype(">u8").view(np.uint8).reshape(-1, 8), axis=1)
    majority = 2 * bits.sum(axis=0, dtype=np.int64) > len(mixed)
    return np.packbits(majority).tobytes().hex()
