"""Which script a text is written in, and which languages are written in it.

Ranges are Unicode's (Scripts.txt, by block); scripts have their ISO 15924 codes. Half of the web's scripts belong to one
language, which needs no further vote.
"""

from __future__ import annotations

import re
from bisect import bisect_right
from collections import Counter

RANGES = (
    *((0x41, 0x5A, "Latn"), (0x61, 0x7A, "Latn"), (0xAA, 0xAA, "Latn"), (0xBA, 0xBA, "Latn"), (0xC0, 0x2AF, "Latn")),
    *((0x370, 0x3FF, "Grek"), (0x400, 0x52F, "Cyrl"), (0x531, 0x58F, "Armn"), (0x5D0, 0x5F4, "Hebr")),
    *((0x620, 0x65F, "Arab"), (0x66E, 0x6EF, "Arab"), (0x6FA, 0x6FF, "Arab"), (0x700, 0x74F, "Syrc")),
    *((0x750, 0x77F, "Arab"), (0x780, 0x7BF, "Thaa"), (0x7C0, 0x7FF, "Nkoo"), (0x8A0, 0x8FF, "Arab")),
    *((0x900, 0x97F, "Deva"), (0x980, 0x9FF, "Beng"), (0xA00, 0xA7F, "Guru"), (0xA80, 0xAFF, "Gujr")),
    *((0xB00, 0xB7F, "Orya"), (0xB80, 0xBFF, "Taml"), (0xC00, 0xC7F, "Telu"), (0xC80, 0xCFF, "Knda")),
    *((0xD00, 0xD7F, "Mlym"), (0xD80, 0xDFF, "Sinh"), (0xE00, 0xE7F, "Thai"), (0xE80, 0xEFF, "Laoo")),
    *((0xF00, 0xFFF, "Tibt"), (0x1000, 0x109F, "Mymr"), (0x10A0, 0x10FF, "Geor"), (0x1100, 0x11FF, "Hang")),
    *((0x1200, 0x139F, "Ethi"), (0x13A0, 0x13FF, "Cher"), (0x1400, 0x167F, "Cans"), (0x1780, 0x17FF, "Khmr")),
    *((0x1800, 0x18AF, "Mong"), (0x1C80, 0x1C8F, "Cyrl"), (0x1C90, 0x1CBF, "Geor"), (0x1E00, 0x1EFF, "Latn")),
    *((0x1F00, 0x1FFF, "Grek"), (0x2D00, 0x2D2F, "Geor"), (0x2D30, 0x2D7F, "Tfng"), (0x2D80, 0x2DDF, "Ethi")),
    *((0x2E80, 0x2FDF, "Hani"), (0x3005, 0x3007, "Hani"), (0x3041, 0x30FF, "Kana"), (0x3105, 0x312F, "Bopo")),
    *((0x3131, 0x318E, "Hang"), (0x31F0, 0x31FF, "Kana"), (0x3400, 0x4DBF, "Hani"), (0x4E00, 0x9FFF, "Hani")),
    *((0xA640, 0xA69F, "Cyrl"), (0xA980, 0xA9DF, "Java"), (0xAB30, 0xAB6F, "Latn"), (0xAC00, 0xD7A3, "Hang")),
    *((0xF900, 0xFAFF, "Hani"), (0xFB00, 0xFB06, "Latn"), (0xFB13, 0xFB17, "Armn"), (0xFB1D, 0xFB4F, "Hebr")),
    *((0xFB50, 0xFDFF, "Arab"), (0xFE70, 0xFEFC, "Arab"), (0xFF21, 0xFF5A, "Latn"), (0xFF66, 0xFF9D, "Kana")),
    *((0x20000, 0x3FFFF, "Hani"),),
)
"""First and last code point of the letters of a script, in order."""

ONLY = {
    "Grek": "el",
    "Armn": "hy",
    "Thaa": "dv",
    "Nkoo": "nqo",
    "Guru": "pa",
    "Gujr": "gu",
    "Orya": "or",
    "Taml": "ta",
    "Telu": "te",
    "Knda": "kn",
    "Mlym": "ml",
    "Sinh": "si",
    "Thai": "th",
    "Laoo": "lo",
    "Mymr": "my",
    "Geor": "ka",
    "Hang": "ko",
    "Kana": "ja",
    "Cher": "chr",
    "Cans": "iu",
    "Khmr": "km",
    "Syrc": "syr",
    "Java": "jv",
    "Mong": "mn",
}
"""The language of a script that has one, or one that is far ahead of the others."""

AMONG = {
    "Cyrl": frozenset(
        [
            "ab",
            "ba",
            "be",
            "bg",
            "kk",
            "kv",
            "ky",
            "mk",
            "mn",
            "os",
            "ru",
            "sah",
            "sr",
            "tg",
            "tt",
            "udm",
            "uk",
            "uz",
            "az",
            "tk",
            "cv",
            "ce",
        ]
    ),
    "Arab": frozenset(["ar", "ckb", "fa", "ks", "ps", "sd", "ug", "ur", "ku", "az", "pnb", "bal", "kk"]),
    "Deva": frozenset(["bh", "hi", "mr", "ne", "sa", "gom", "mai", "bho"]),
    "Beng": frozenset(["as", "bn", "mni"]),
    "Ethi": frozenset(["am", "ti"]),
    "Tibt": frozenset(["bo", "dz"]),
    "Hebr": frozenset(["he", "yi"]),
}
"""The languages of scripts that have several."""

NEVER_LATIN = frozenset(ONLY.values()).union(*AMONG.values(), {"zh"}) - frozenset(
    ["az", "tk", "uz", "ku", "sr", "jv", "kk", "iu", "tt", "mni", "gom", "ks", "mn"]
)
"""Languages that the Latin script does not stand for."""

DENSE = {"Hani": 3, "Kana": 2, "Hang": 2}
"""Letters of the Latin script that say as much as one letter of these."""

_BEYOND_LATIN_RE = re.compile("[^\x00-\u02af\u2000-\u20ff]")
LATIN_RE = re.compile("[A-Za-zªºÀ-\u02af]")
_STARTS = tuple(first for first, _, _ in RANGES)


def script_of(character: str) -> str | None:
    """ISO 15924 code of a letter's script; `None` for all that is no letter."""
    code = ord(character)
    at = bisect_right(_STARTS, code) - 1
    if at < 0 or code > RANGES[at][1]:
        return None
    return RANGES[at][2]


def letters(text: str) -> dict[str, int]:
    """Letters of each script, weighed by how much one says, most first; of kana and Han in one text, all are `Kana`."""
    if _BEYOND_LATIN_RE.search(text) is None:
        count = len(LATIN_RE.findall(text))
        return {"Latn": count} if count else {}
    counted: Counter[str] = Counter()
    for character, times in Counter(text).items():
        script = script_of(character)
        if script:
            counted[script] += times * DENSE.get(script, 1)
    if counted["Kana"] * 12 > counted["Hani"]:
        counted["Kana"] += counted.pop("Hani", 0)
    return dict(sorted(((s, n) for s, n in counted.items() if n), key=lambda pair: (-pair[1], pair[0])))


NAMES_SHARE = 0.4
"""Share of another script's letters from which the Latin ones are names in it; the reverse is rare."""


def main_script(found: dict[str, int]) -> str:
    """The script of a text, from its `letters`; empty if there are none."""
    other = next((script for script in found if script != "Latn"), "")
    if other and found[other] >= NAMES_SHARE * sum(found.values()):
        return other
    return next(iter(found), "")


def fits(code: str, script: str) -> bool:
    """Whether a language is written in a script."""
    if script == "Latn":
        return code not in NEVER_LATIN
    return code in AMONG[script] if script in AMONG else code == ONLY.get(script)


def chinese(text: str) -> str:
    """`zh-Hans` or `zh-Hant`: more characters that only GB 2312 has, or more that only Big5 has."""
    simplified = traditional = 0
    for character, times in Counter(text).items():
        if script_of(character) == "Hani":
            plain, full = _has(character, "gb2312"), _has(character, "big5")
            simplified += times * (plain and not full)
            traditional += times * (full and not plain)
    return "zh-Hant" if traditional > simplified else "zh-Hans"


def _has(character: str, codec: str) -> bool:
    try:
        character.encode(codec)
    except UnicodeEncodeError:
        return False
    return True
