"""The language of a text: scripts first, then fast voters, then slow ones where the fast ones are unsure.

1. `too_short`, `no_words`  too few letters, or too few among the other characters, to be in a language: `und`
2. `script`                 the script belongs to one language
3. `cld2+words`            of a long text, CLD2 says only this, and the text has many words that are this language's own
4. `cld2+profiles`          CLD2 and the project's profiles, and of a short text its words (`+words`), if together they are sure
5. `+langid`                langid too, if that makes it sure
6. `+langdetect`            of a short text, langdetect too; an answer that is still worse than a guess is `und`
"""

from __future__ import annotations

from pipeline.document import Language
from pipeline.language.profiles import in_language, load, profile_votes
from pipeline.language.scripts import LATIN_RE, ONLY, chinese, fits, letters, main_script
from pipeline.language.vote import LONG, LONG_ROUNDS, ROUNDS, candidates, features, weigh, weights
from pipeline.language.voters import cld2_votes, langdetect_votes, langid_votes
from pipeline.language.words import load as load_words
from pipeline.language.words import word_votes

SAMPLE = 600
"""Characters that are looked at."""

MIN_LETTERS = 10
"""Letters below which an answer is noise ("OK" reads as Portuguese); a Chinese character counts for three."""

MIN_SHARE = 0.4
"""Share of letters among all characters but white space, below which a text is numbers, code or addresses."""

SURE = 0.97
"""Probability from which no further voter is asked."""

METHODS = {
    **dict(
        zip(ROUNDS, ("cld2+profiles+words", "cld2+profiles+words+langid", "cld2+profiles+words+langid+langdetect"), strict=True)
    ),
    **dict(zip(LONG_ROUNDS, ("cld2+profiles", "cld2+profiles+langid"), strict=True)),
}
"""Names of the rounds in the record."""

CLEAR = 0.95
"""CLD2's share from which it sees one language only."""

CLOSE = frozenset(["hr", "sr", "id", "ms", "zu", "xh", "da", "no", "nn"])
"""Answers of CLD2 that mean one of several close languages."""

DOUBTFUL = 0.2
"""Probability below which an answer says nothing."""

CERTAIN = 0.999
"""Confidence where the script decides."""


def detect_language(text: str, *, quick: bool = False) -> Language:
    """Language of a text: BCP 47 code, confidence (0 to 1), method; `und` if the text is too short or holds no words.

    With `quick`, the slow voters are not asked.
    """
    sample = text[:SAMPLE]
    found = letters(sample)
    total = sum(found.values())
    if total < MIN_LETTERS:
        return Language("und", 0.0, "too_short")
    if total < MIN_SHARE * sum(map(len, sample.split())):
        return Language("und", 0.0, "no_words")
    script = main_script(found)
    code, confidence, method = _by_script(script) or _by_votes(sample, script, quick=quick)
    if confidence < DOUBTFUL:
        return Language("und", round(confidence, 3), method)
    return Language(_tagged(code, script, sample), round(confidence, 3), method)


def _by_script(script: str) -> tuple[str, float, str] | None:
    if script in ("Hani", "Bopo"):
        return "zh", CERTAIN, "script"
    return (ONLY[script], CERTAIN, "script") if script in ONLY else None


def _by_votes(sample: str, script: str, *, quick: bool) -> tuple[str, float, str]:
    text = sample if script == "Latn" else without_latin(sample)
    long = len(sample) >= LONG
    fast = cld2_votes(text)
    code = next(iter(fast), "und")
    if fast.get(code, 0.0) >= CLEAR and len(text) >= LONG and code not in CLOSE and in_language(text, code):
        return code, CERTAIN, "cld2+words"
    profiles = load()
    known = frozenset(profiles.codes)
    spoken = None if long else word_votes(text, load_words())
    answers = [in_script(fast, script), in_script(profile_votes(text, profiles), script)]
    code, confidence, method = "und", 0.0, ""
    rounds = LONG_ROUNDS if long else ROUNDS
    for name, voter in zip(rounds[: 1 if quick else None], (None, langid_votes, langdetect_votes), strict=False):
        if voter is not None:
            answers.append(in_script(voter(text), script))
        codes = candidates(answers, spoken, script)
        method = METHODS[name]
        if codes:
            code, confidence = weigh(codes, features(codes, answers, spoken, known), weights()[name])
        if confidence >= SURE:
            break
    return code, confidence, method


def in_script(votes: dict[str, float], script: str) -> dict[str, float]:
    """A voter's answer without the languages that the script rules out; Kurdish in Arabic letters is Sorani."""
    kept: dict[str, float] = {}
    for code, share in votes.items():
        written = "ckb" if code == "ku" and script == "Arab" else code
        if fits(written, script):
            kept[written] = kept.get(written, 0.0) + share
    return kept


def without_latin(sample: str) -> str:
    """A sample in another script without its Latin letters: names, addresses."""
    return LATIN_RE.sub(" ", sample)


def _tagged(code: str, script: str, sample: str) -> str:
    """The code with its script, where the language has two."""
    if code == "zh":
        return chinese(sample)
    if code == "sr":
        return "sr-Cyrl" if script == "Cyrl" else "sr-Latn"
    return code
