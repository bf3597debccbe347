"""The voters from outside, each as text in, probabilities of BCP 47 codes out.

- CLD2 (pycld2): 160 languages, 10,000 texts of 1,000 characters a second; it is always asked.
- langid (py3langid): 140 languages, 1,000 texts a second; asked where the fast voters are unsure.
- langdetect: 55 languages, 300 texts a second; asked last. It answers at random under threads on first use and without a
  seed, so its profiles are loaded whole and its seed is set before anyone is handed it, and it runs under a lock: it seeds
  the process-wide random generator, whose state is put back afterwards.

The two slow ones are loaded when they are first asked.
"""

from __future__ import annotations

import random
import re
import threading
from functools import cache

import pycld2
from langdetect import detector_factory
from langdetect.lang_detect_exception import LangDetectException
from py3langid import langid

CODES = {
    "iw": "he",
    "jw": "jv",
    "zh-cn": "zh",
    "zh-tw": "zh",
    "zh-Hant": "zh",
    "zhant": "zh",
    "wuu": "zh",
    "yue": "zh",
    "nb": "no",
    "nn": "no",
    "arz": "ar",
    "ary": "ar",
    "uzs": "uz",
    "sdh": "ckb",
    "hbo": "he",
    "fil": "tl",
    "gug": "gn",
    "fuv": "ff",
    "kik": "ki",
    "grc": "el",
    "zzp": "und",
    "un": "und",
    "zxx": "und",
    "mo": "ro",
    "sh": "sr",
}
"""The voters' own codes, as BCP 47. Chinese and Serbian get their script later."""

CLD2_CODES = {**CODES, "ku": "ckb", "bs": "hr"}
"""CLD2's Kurdish is Sorani: it does not know Kurmanji, which is what others call `ku`. It tells Bosnian from Croatian no
better than by chance, so that the other voters decide between them."""

FAKES = frozenset({"xx-Bugi", "xx-Goth", "tlh", "zzp", "und"})
"""What CLD2 answers besides languages, and Klingon."""

LANGID_SAMPLE = 200
LANGDETECT_SAMPLE = 200

_UNREADABLE_RE = re.compile("[\x00-\x08\x0b-\x1f\x7f-\x9f\ud800-\udfff\ufdd0-\ufdef\ufffe\uffff]|[\U0001fffe-\U0010ffff]")
"""What CLD2 refuses: control characters, half surrogate pairs, code points that are no characters."""

_LOCK = threading.Lock()
_LOADING = threading.Lock()


def _code(name: str) -> str:
    return CODES.get(name, name)


CLD2_KNOWS = frozenset(CLD2_CODES.get(code, code) for name, code in pycld2.LANGUAGES if name in pycld2.DETECTED_LANGUAGES) - FAKES
LANGDETECT_KNOWS = frozenset(
    [
        "af",
        "ar",
        "bg",
        "bn",
        "ca",
        "cs",
        "cy",
        "da",
        "de",
        "el",
        "en",
        "es",
        "et",
        "fa",
        "fi",
        "fr",
        "gu",
        "he",
        "hi",
        "hr",
        "hu",
        "id",
        "it",
        "ja",
        "kn",
        "ko",
        "lt",
        "lv",
        "mk",
        "ml",
        "mr",
        "ne",
        "nl",
        "no",
        "pa",
        "pl",
        "pt",
        "ro",
        "ru",
        "sk",
        "sl",
        "so",
        "sq",
        "sv",
        "sw",
        "ta",
        "te",
        "th",
        "tl",
        "tr",
        "uk",
        "ur",
        "vi",
        "zh",
    ]
)


def cld2_votes(text: str) -> dict[str, float]:
    """CLD2's shares of a text; none where it says itself that they are not reliable."""
    readable = _UNREADABLE_RE.sub(" ", text).encode()
    reliable, _, found = pycld2.detect(readable, isPlainText=True, bestEffort=True)
    votes: dict[str, float] = {}
    for _, name, percent, _ in found if reliable else ():
        code = CLD2_CODES.get(name, name)
        if code not in FAKES:
            votes[code] = votes.get(code, 0.0) + percent / 100
    return votes


@cache
def _langid() -> langid.LanguageIdentifier:
    return langid.LanguageIdentifier.from_model_file(langid.MODEL_FILE, norm_probs=True)


def langid_votes(text: str) -> dict[str, float]:
    """What langid says: probabilities, of the start of a text."""
    with _LOADING:
        identifier = _langid()
    votes: dict[str, float] = {}
    for name, probability in identifier.rank(text[:LANGID_SAMPLE]):
        code = _code(name)
        if code not in FAKES:
            votes[code] = votes.get(code, 0.0) + probability
    return votes


@cache
def langid_knows() -> frozenset[str]:
    """The languages of langid's model."""
    with _LOADING:
        return frozenset(_code(name) for name in _langid().labels) - FAKES


@cache
def _langdetect() -> detector_factory.DetectorFactory:
    factory = detector_factory.DetectorFactory()
    factory.load_profile(detector_factory.PROFILES_DIRECTORY)
    factory.set_seed(0)
    return factory


def langdetect_votes(text: str) -> dict[str, float]:
    """What langdetect says: probabilities, of the start of a text; empty if it finds nothing to go by."""
    votes: dict[str, float] = {}
    with _LOCK:
        state = random.getstate()
        try:
            detector = _langdetect().create()
            detector.append(text[:LANGDETECT_SAMPLE])
            for found in detector.get_probabilities():
                code = _code(found.lang)
                votes[code] = votes.get(code, 0.0) + found.prob
        except LangDetectException:
            return {}
        finally:
            random.setstate(state)
    return votes
