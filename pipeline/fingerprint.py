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
    """SimHash (Charikar 2002) over shingles of three words, 64 bits in hex; near duplicates differ in few bits."""
    tokens = tokens[:MAX_WORDS]
    count = max(1, len(tokens) - SHINGLE + 1)
    shingles = [" ".join(tokens[i : i + SHINGLE]) for i in range(count)]
    digests = b"".join(hashlib.blake2b(s.encode(), digest_size=8).digest() for s in shingles)
    bits = np.unpackbits(np.frombuffer(digests, dtype=np.uint8).reshape(-1, 8), axis=1)
    majority = 2 * bits.sum(axis=0, dtype=np.int64) > len(shingles)
    return np.packbits(majority).tobytes().hex()
