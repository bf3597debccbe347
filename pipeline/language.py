"""The language of the main content.

langdetect answers at random under threads on first use and without a seed, so its profiles are loaded and its seed set
once, when this module is imported. Each detection runs under a lock, because langdetect seeds the process-wide random
generator; that generator's state is put back afterwards.
"""

from __future__ import annotations

import random
import threading
from dataclasses import replace
from functools import cache

from langdetect import detector_factory
from langdetect.lang_detect_exception import LangDetectException

from pipeline.document import Document, Language
from pipeline.view import main_text

MIN_LETTERS = 20
"""Letters below which an answer is noise ("OK" reads as Portuguese)."""

SAMPLE = 1000
"""Characters that are looked at: langdetect's time grows with the length, its answers do not get better."""

_LOCK = threading.Lock()
_CODES = {"zh-cn": "zh-Hans", "zh-tw": "zh-Hant", "no": "nb"}
"""langdetect's own names, as BCP 47 (its `no` was trained on Bokmål Wikipedia)."""


@cache
def _factory() -> detector_factory.DetectorFactory:
    factory = detector_factory.DetectorFactory()
    factory.load_profile(detector_factory.PROFILES_DIRECTORY)
    factory.set_seed(0)
    return factory


def detect_language(text: str) -> Language:
    """Language of a text: BCP 47 code, confidence, method; `und` if the text is too short or holds no words."""
    sample = text[:SAMPLE]
    letters = sum(c.isalpha() for c in sample)
    if letters < MIN_LETTERS:
        return Language("und", 0.0, "too_short")
    with _LOCK:
        state = random.getstate()
        try:
            detector = _factory().create()
            detector.append(sample)
            found = detector.get_probabilities()
        except LangDetectException:
            found = []
        finally:
            random.setstate(state)
    if not found:
        return Language("und", 0.0, "langdetect")
    return Language(_CODES.get(found[0].lang, found[0].lang), round(found[0].prob, 3), "langdetect")


def language(document: Document) -> Document:
    """Stage: fill `language` from the main content, so that an English cookie notice does not decide a Farsi article."""
    return replace(document, language=detect_language(main_text(document, SAMPLE)))
