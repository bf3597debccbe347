"""Makes the onomasticon (`pipeline/onomasticon.npz`): `python -m benchmarks.onomasticon`.

Names come from two packages: `Faker` (MIT), which has lists of given and family names of some seventy countries, and `names`
(MIT), which has those of the United States' census of 1990 with their frequencies (public domain). How frequent a word is otherwise
says `wordfreq` (its lists: CC BY-SA 4.0), in the language that uses it most.
"""

from __future__ import annotations

import importlib
import math
from collections import defaultdict
from collections.abc import Iterator, Mapping
from importlib import resources
from pathlib import Path

import numpy as np

from benchmarks.words import write_arrays
from pipeline.onomasticon import WORD_RE, key

OUT = Path("pipeline/onomasticon.npz")
CENSUS = {"given": ("dist.female.first", "dist.male.first"), "family": ("dist.all.last",)}
TAKEN = {"given": 6_000, "family": 30_000}
"""Names of the census that are taken: its most frequent."""

EVERY_DAY = {"en": 12_000}
"""Words of a language that are taken for plain: its most frequent."""

OTHERS = 3_000
UNSEEN = 1e-7
"""Share of names, or of words, that is taken for one that is in no list."""

SHORT_LIST = 250
"""Names that a list is taken to leave out if it has fewer: its names are not as frequent as they look."""

MOST = 10


VIETNAMESE = {
    "family": "nguyễn trần lê phạm hoàng huỳnh phan vũ võ đặng bùi đỗ hồ ngô dương lý đinh trịnh đoàn mai trương lâm tô cao thái tạ châu hà "
    "quách lương",
    "given": "anh minh hương lan hoa linh thảo trang hà ngọc phương thu thanh hùng dũng tuấn nam long sơn hải đức quang huy khánh vy nhung yến "
    "thủy bình cường hiếu kiên lâm nga nhi oanh phong phúc quân quỳnh tâm thắng thịnh tiến toàn trung tùng tú uyên việt vinh xuân văn thị hữu "
    "đình gia bảo như diệu kim mỹ",
}
"""Common names, from general knowledge: Faker has few, and almost all of them are words of every day too."""


def faker_names() -> Iterator[tuple[str, list[str]]]:
    """Given and family names, a list of one country at a time."""
    from faker.config import AVAILABLE_LOCALES

    for locale in sorted(AVAILABLE_LOCALES):
        try:
            provider = importlib.import_module(f"faker.providers.person.{locale}").Provider
        except ImportError:
            continue
        lists: dict[str, set[str]] = {"given": set(), "family": set()}
        for name in dir(provider):
            found = getattr(provider, name)
            part = "given" if "first_name" in name else "family" if "last_name" in name else None
            if part and isinstance(found, (tuple, list, Mapping)):
                lists[part].update(str(x) for x in found)
        yield from ((part, sorted(found)) for part, found in lists.items())
    yield from ((part, found.split()) for part, found in VIETNAMESE.items())


def census_names() -> Iterator[tuple[str, list[tuple[str, float]]]]:
    """Names of the census with their shares."""
    for part, files in CENSUS.items():
        for file in files:
            rows = [line.split() for line in (resources.files("names") / file).read_text("ascii").splitlines()]
            yield part, [(row[0], max(float(row[1]) / 100, 2e-6)) for row in rows if len(row) > 1][: TAKEN[part]]


def shares_of_names() -> dict[str, dict[str, float]]:
    """How often a word stands in given and in family names, in the country where it is most frequent."""
    shares: dict[str, dict[str, float]] = {"given": defaultdict(float), "family": defaultdict(float)}
    for part, listed in faker_names():
        for word in {word.casefold() for name in listed for word in WORD_RE.findall(name) if len(word) > 1}:
            shares[part][word] = max(shares[part][word], 1 / max(len(listed), SHORT_LIST))
    for part, rows in census_names():
        for name, share in rows:
            for word in WORD_RE.findall(name):
                shares[part][word.casefold()] = max(shares[part][word.casefold()], share)
    return shares


def shares_of_words() -> tuple[dict[str, float], set[str]]:
    """How often a word is used, in the language that uses it most; and the words of every day."""
    from wordfreq import available_languages, get_frequency_dict, top_n_list

    shares: dict[str, float] = {}
    every_day: set[str] = set()
    for code in sorted(available_languages("small")):
        for word, share in get_frequency_dict(code, "small").items():
            shares[word.casefold()] = max(shares.get(word.casefold(), 0.0), share)
        words = top_n_list(code, EVERY_DAY.get(code, OTHERS), wordlist="small")
        every_day.update(word.casefold() for word in words if len(word) > 1 and WORD_RE.fullmatch(word))
    return shares, every_day


def main() -> None:
    """Write the table."""
    names, (words, every_day) = shares_of_names(), shares_of_words()
    rows = {}
    for word in sorted(every_day | names["given"].keys() | names["family"].keys()):
        share = max(words.get(word, 0.0), UNSEEN * 3)
        rows[key(word)] = [
            max(-MOST, min(MOST, round(math.log2(names[part].get(word, UNSEEN) / share)))) for part in ("given", "family")
        ]
    keys = sorted(rows)
    steps = np.diff(np.array(keys, np.uint32), prepend=np.uint32(0)).astype(np.uint32)
    given, family = (np.array([rows[k][part] for k in keys], np.int8) for part in (0, 1))
    write_arrays({"steps": steps, "given": given, "family": family}, OUT)
    print(f"{len(keys):,} words, {OUT.stat().st_size >> 10} KB")


if __name__ == "__main__":
    main()
