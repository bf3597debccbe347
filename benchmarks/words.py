"""Makes the words of languages (`pipeline/language/words.npz`): from the lists of `wordfreq`, and from labelled text.

wordfreq's lists (CC BY-SA 4.0) come with its package: words of Wikipedia, subtitles, news, books and the web with their
frequencies, of the large languages. A language without a list has the words of the texts that are labelled with it.
"""

from __future__ import annotations

import io
import math
import zipfile
from collections import Counter, defaultdict
from collections.abc import Iterable, Mapping
from functools import cache
from itertools import islice
from pathlib import Path

import numpy as np

from pipeline.language.words import MOST, SCALE, WORD_RE, Words, key

LISTS = {"sh": ("bs", "hr", "sr"), "nb": ("no",), "fil": ("tl",)}
"""wordfreq's codes that are not ours; one list serves Bosnian, Croatian and Serbian."""

UNLISTED = frozenset({"el", "ja", "ko", "ta", "zh"})
"""Languages that their script tells."""

LONGEST = 20_000
"""Words of a list that are taken: its most frequent."""

OWN = 0.2
"""Share of the labelled text where a language has a list too: the list knows more, the text is news."""

OPEN = {True: 0.1, False: 0.3}
"""How often a language uses words that it is not known to use, with a list and without: then, as others use them."""


@cache
def lists() -> dict[str, dict[str, float]]:
    """The frequent words of each language that has a list."""
    from wordfreq import available_languages, get_frequency_dict

    found = {}
    for name in sorted(set(available_languages("small")) - UNLISTED):
        frequencies = ((w, f) for w, f in get_frequency_dict(name, "small").items() if WORD_RE.fullmatch(w))
        taken = dict(islice(frequencies, LONGEST))
        found |= dict.fromkeys(LISTS.get(name, (name,)), taken)
    return found


def train_words(labelled: Iterable[tuple[str, str]]) -> Words:
    """Words from pairs of a code and a text; only the languages of the pairs are known."""
    counts: defaultdict[str, Counter[str]] = defaultdict(Counter)
    for code, text in labelled:
        counts[code].update(word.lower().replace("’", "'") for word in WORD_RE.findall(text))
    codes = tuple(sorted(counts))
    shares = [_shares(counts[code], lists().get(code)) for code in codes]
    mean: defaultdict[str, float] = defaultdict(float)
    for own in shares:
        for word, share in own.items():
            mean[word] += share / len(codes)
    unlisted = [round(math.log(OPEN[code in lists()]) * SCALE) for code in codes]
    entries: defaultdict[int, dict[int, int]] = defaultdict(dict)
    for word in mean:
        entries[key(word)] = {}
    for column, (code, own) in enumerate(zip(codes, shares, strict=True)):
        others = OPEN[code in lists()]
        for word, share in own.items():
            score = round(SCALE * min(MOST, math.log((1 - others) * share / mean[word] + others)))
            if score > unlisted[column]:
                entries[key(word)][column] = score
    keys = sorted(entries)
    pairs = [pair for k in keys for pair in sorted(entries[k].items())]
    return Words(
        codes,
        tuple(n / SCALE for n in unlisted),
        np.array(keys, np.uint32),
        np.cumsum([0, *(len(entries[k]) for k in keys)]).astype(np.uint32),
        np.array([column for column, _ in pairs], np.uint8),
        np.array([score for _, score in pairs], np.int8),
    )


def _shares(counts: Counter[str], listed: Mapping[str, float] | None) -> dict[str, float]:
    """How often a language uses each word."""
    total = counts.total()
    if listed is None:
        return {word: count / total for word, count in counts.items()}
    shares = {word: (1 - OWN) * share for word, share in listed.items()}
    for word, count in counts.items():
        shares[word] = shares.get(word, 0.0) + OWN * count / total
    return shares


def write_words(words: Words, path: Path) -> None:
    steps = np.diff(words.keys, prepend=np.uint32(0))
    arrays = {
        "codes": np.frombuffer("\n".join(words.codes).encode(), np.uint8),
        "unlisted": np.round(np.array(words.unlisted) * SCALE).astype(np.int8),
        "steps": steps.astype(np.uint32),
        "counts": np.diff(words.starts).astype(np.uint8),
        "columns": words.columns,
        "scores": words.scores,
    }
    write_arrays(arrays, path)


def write_arrays(arrays: Mapping[str, np.ndarray], path: Path) -> None:
    """The same arrays give the same bytes: the archive has no dates."""
    with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED, compresslevel=9) as archive:
        for name, array in arrays.items():
            packed = io.BytesIO()
            np.save(packed, array, allow_pickle=False)
            archive.writestr(zipfile.ZipInfo(f"{name}.npy"), packed.getvalue(), zipfile.ZIP_DEFLATED, 9)
