"""Mojibake repair: exact, replayable, and only where a line looks damaged.

ftfy finds the steps; they are kept as data, so that a record can be checked by replaying them. ftfy's changes of
typography (curly quotes, ligatures, character width, line breaks, entities) are off: they repair nothing.
"""

from __future__ import annotations

import re
from dataclasses import replace

from ftfy import ExplanationStep, TextFixerConfig, apply_plan, fix_and_explain
from ftfy.badness import is_bad

from pipeline.document import Document, Label, Problem, ProblemCode, Repair
from pipeline.repair.misread import CODECS, SURE, misread_in, pattern

CONFIG = TextFixerConfig(
    unescape_html=False,
    remove_terminal_escapes=False,
    fix_latin_ligatures=False,
    fix_character_width=False,
    uncurl_quotes=False,
    fix_line_breaks=False,
    fix_surrogates=False,
    remove_control_chars=False,
    normalization=None,
)
Steps = tuple[tuple[str, str], ...]
"""ftfy's steps as (action, parameter)."""

LONE = "fix_c1_controls"
"""ftfy's reading of a lone C1 control as windows-1252: done beside other repairs only, since alone it is a guess."""

LAYERS = 3
"""Misreadings on top of each other that are undone at most."""

_SENTENCE_RE = re.compile(r"[^.!?。！？]+[.!?。！？]*\s*|[.!?。！？]+\s*")

MAX_LINE = 100_000
"""Longest line, in characters, that is looked at; ftfy's time grows with the square of some inputs."""


def repair_steps(text: str) -> Steps:
    """The steps that undo the mojibake of a text; none if it is clean."""
    if len(text) > MAX_LINE or text.isascii():
        return ()
    steps: Steps = ()
    for _ in range(LAYERS):
        more = _layer(text)
        if not more:
            break
        steps += more
        text = replay(text, more)
    return steps


def _layer(text: str) -> Steps:
    """The steps that undo one misreading."""
    codec = misread_in(text, SURE)
    if codec is None and is_bad(text):
        fixed, steps = fix_and_explain(text, CONFIG)
        if fixed != text and any(step.parameter != LONE for step in steps or ()):
            return tuple((step.action, step.parameter) for step in steps or ())
    codec = codec or misread_in(text)
    return (("encode", codec), ("decode", "utf-8")) if codec else ()


def replay(text: str, steps: Steps) -> str:
    """Apply repair steps to the text they were found in."""
    return apply_plan(text, [ExplanationStep(action, parameter) for action, parameter in steps])


def looks_damaged(text: str) -> bool:
    """Whether a text may hold mojibake; quick, and right where it says no."""
    if text.isascii():
        return False
    foreign = "\n".join(dict.fromkeys(line for line in text.split("\n") if not line.isascii()))
    return is_bad(foreign) or any(pattern(codec).search(foreign) for codec in CODECS)


def repairs_of(text: str, start: int, end: int) -> list[Repair]:
    """The repairs of a line `text[start:end]`: of the whole, or else of the sentences that can be repaired."""
    if end - start > MAX_LINE or not looks_damaged(text[start:end]):
        return []
    steps = repair_steps(text[start:end])
    if steps:
        return [Repair(start, end, steps)]
    spans = [match.span() for match in _SENTENCE_RE.finditer(text, start, end)]
    found = [Repair(first, last, repair_steps(text[first:last])) for first, last in spans] if len(spans) > 1 else []
    return [repair for repair in found if repair.steps]


def repair(document: Document) -> Document:
    """Stage: fill `repairs`, by line, then by sentence; the text itself is not touched."""
    if not looks_damaged(document.text):
        return document
    repairs: list[Repair] = []
    for block in document.blocks:
        if block.label is not Label.BLANK:
            repairs += repairs_of(document.text, block.start, block.end)
    if not repairs:
        return document
    message = f"{len(repairs)} lines or sentences were stored in a wrong encoding; their repair is in decoding.repairs"
    problem = Problem(ProblemCode.MOJIBAKE, message, repairs[0].start, repairs[0].end)
    return replace(document, repairs=tuple(repairs)).noting(problem)
