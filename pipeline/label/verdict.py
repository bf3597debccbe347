"""The one place that decides what the blocks are: it weighs the model against the rules and keeps both as evidence.

All voices speak in log-odds. Whether a line is main content: the model's log-odds above the page's threshold, less the
log-odds of the surest rule for a label outside of the main content. Which kind of content or chrome it is: for each label
the model's log-odds and those of the surest rule for it, added; and of all lines together, the order in which such labels come.
"""

from __future__ import annotations

import math
import re
from collections import Counter
from collections.abc import Sequence
from itertools import compress
from operator import itemgetter

import numpy as np
import numpy.typing as npt

from pipeline.document import KEPT, MOST_SHOWN, Evidence, Label
from pipeline.label.category import CLASSES, INDEX
from pipeline.label.features import Matrix
from pipeline.label.line import Line
from pipeline.label.model import Opinion
from pipeline.label.order import in_order
from pipeline.label.vote import Vote
from pipeline.names import MAX_NAME_WORDS
from pipeline.onomasticon import FAMILY, GIVEN, sorts_of

RULES_ON_CONTENT = 0.25
"""Weight of a rule against the model on whether a line is main content: what a logistic regression on held-out pages
gives most rules (`docs/model.md`). Where the model says "content" and a rule says not, the model is mostly right."""

TRUSTED = {
    "ticker": 1.0,
    "template_pair": 1.6,
    "dated_teaser": 1.2,
    "under_bio_head": 1.0,
    "said_author": 0.8,
    "outlet_in_body": 1.0,
    "agency_in_head": 0.5,
    "head_date": 0.5,
    "author_bio_wording": 0.8,
    "subscription_prompt_wording": 0.8,
    "related_links_wording": 0.6,
    "caption_wording": 0.5,
    "legal_notice_wording": 0.4,
    "interface_wording": 0.4,
    "advertisement_wording": 0.4,
    "share_prompt_wording": 0.1,
    "comments_wording": 0.1,
    "navigation_wording": 0.1,
    "photo_word_behind": 0.8,
    "credit_in_capitals": 0.8,
    "credit": 0.8,
    "picture_file": 1.0,
    "stray_number": 0.5,
    "under_head": 0.05,
    "furniture": 1.0,
}
"""Rules with a weight of their own, from the same regression; those it saw too seldom have what their authors give them."""

FOR_CONTENT = {"between_headline_and_byline": 0.5}
"""Rules for main content that count beside the model, by hand: a standfirst is seldom in the gold that the model has learned from,
and always in what a record calls the text."""

RULES_ON_KIND = 1.5
"""Weight of the rules beside the model on which kind of line it is."""

ON_KIND = {
    "under_head": 0.1,
    "behind_body": 0.0,
    "furniture": 0.0,
    "bullet": 2.0,
    "kicker": 1.5,
    "element": 2.0,
    "legal_notice_wording": 2.2,
}
"""Rules that count less, or more, on the kind: what stands under a heading or behind the body is often something else again; a
bullet is plain, a kicker the model has seldom seen, and what names terms, privacy or copyright is a legal notice. On held-out hand-labelled lines of chrome the figures move by less than
.01; the fixtures decide."""

OF_ANY_KIND = frozenset({"furniture"})
"""Rules that say that a line is not main content, and nothing on what else it is: they speak for each such label."""

RARE = frozenset({Label.OUTLET})
"""Labels of which the model has seen fewer than 100 hand-labelled lines: there the rules weigh double."""

LOG_ODDS = [0.0] * 51 + [round(math.log(c / (100 - c)), 3) for c in range(51, 100)] + [4.595]
"""Log-odds of a rule's confidence in percent; a vote of half or less says nothing."""

ORDER = 0.6
"""Confidence of a label that a line has only for what stands around: its own voices are for another by little."""

_KEPT = [label in KEPT for label in CLASSES]
_IS_KEPT = np.array(_KEPT)
_RULE_WEIGHTS = np.array([RULES_ON_KIND * (2.0 if label in RARE else 1.0) for label in CLASSES])
LONG_TITLE = 35
"""Words above which a line is no headline."""

_TITLE = CLASSES.index(Label.TITLE)
_HEADING = CLASSES.index(Label.HEADING)
_DATE = CLASSES.index(Label.DATE)
_BYLINE = CLASSES.index(Label.BYLINE)
_CAPTION = CLASSES.index(Label.CAPTION)
_OVER_PICTURES = frozenset(
    CLASSES.index(label)
    for label in (Label.BYLINE, Label.HEADING, Label.TITLE, Label.PARAGRAPH, Label.SHARE_PROMPT, Label.INTERFACE)
)
"""What lines with a picture's credit are taken for, wrongly."""

_CREDIT_RULES = frozenset({"photo_word_behind", "credit_in_capitals"})

_CREDIT_MARKS = frozenset(":：=©/(")
_YEAR_RE = re.compile(r"\d{4}")
_OF_PEOPLE = frozenset(
    {"byline", "editor", "translator", "photographer", "contributor", "agency", "role", "honorific", "credential"}
)
_FAR = -1e9

Decision = tuple[Label, tuple[Evidence, ...]]


def decide(lines: Sequence[Line], votes: Sequence[Sequence[Vote]], opinion: Opinion) -> list[Decision]:
    """The label of each line, and all that spoke for it, then against it."""
    spoken, against = _weigh(votes)
    kept = opinion.margin - opinion.limit >= against
    kinds = opinion.kinds + _RULE_WEIGHTS * spoken
    only_date = np.array([line.dated_only for line in lines])
    fitting = _fitting(kept, only_date)
    fitting[:, _TITLE] = True
    kinds = np.where(fitting, kinds, _FAR)
    kinds[~_may_be_title(lines, kinds), _TITLE] = _FAR
    kinds[only_date, _HEADING] = _FAR
    for i, kind in enumerate(kinds.argmax(axis=1).tolist()):
        if kind in _OVER_PICTURES and _credits_picture(lines[i], votes[i]):
            kinds[i, _CAPTION] = kinds[i, kind] + 1.0
        elif kind == _BYLINE and not _may_be_byline(lines[i]):
            kinds[i, _BYLINE] = _FAR
    alone = kinds.argmax(axis=1).tolist()
    labels = in_order(kinds, opinion.follows)
    model_kept = opinion.margin >= opinion.limit
    likeliest = np.where(_fitting(model_kept, only_date), opinion.kinds, _FAR).argmax(axis=1).tolist()
    probabilities = opinion.probability.tolist()
    limit = f"{opinion.threshold:.3f}"
    return [
        (CLASSES[label], (*_in_order(labels, i, alone[i]), *_evidence(said, CLASSES[label], CLASSES[model], p, limit)))
        for i, (said, label, model, p) in enumerate(zip(votes, labels, likeliest, probabilities, strict=True))
    ]


def _fitting(kept: npt.NDArray[np.bool_], only_date: npt.NDArray[np.bool_]) -> npt.NDArray[np.bool_]:
    """The labels that each line may have, main content or not; one of nothing but a date may be the document's in any case."""
    fitting: npt.NDArray[np.bool_] = kept[:, None] == _IS_KEPT
    fitting[only_date, _DATE] = True
    return fitting


def _in_order(labels: Sequence[int], i: int, alone: int) -> tuple[Evidence, ...]:
    """What the lines around say of a line's label, if it would have another alone."""
    if labels[i] == alone:
        return ()
    above, below = (CLASSES[labels[k]] if 0 <= k < len(labels) else "the page's end" for k in (i - 1, i + 1))
    return (Evidence("order", f"{CLASSES[alone]} alone, but between {above} and {below}", ORDER),)


def _may_be_title(lines: Sequence[Line], kinds: Matrix) -> npt.NDArray[np.bool_]:
    """A document has one headline: the line that is furthest ahead as one, and lines of the same words.

    A headline has no two sentences; if it is long, it does not end in a full stop; and it does not come again and again.
    """
    times = Counter(tuple(line.tokens) for line in lines)
    ahead = kinds[:, _TITLE] - np.delete(kinds, _TITLE, axis=1).max(axis=1)
    unfit = np.array([times[tuple(line.tokens)] > MOST_SHOWN or _is_text(line) for line in lines])
    best = lines[int(np.argmax(np.where(unfit, _FAR, ahead)))].tokens
    return np.array([line.tokens == best for line in lines])


def _is_text(line: Line) -> bool:
    return line.words > LONG_TITLE or (line.prose and line.text.endswith((".", "。")))


def _credits_picture(line: Line, votes: Sequence[Vote]) -> bool:
    """Whether a line says whose picture it is, and nothing of a text: a caption."""
    marked = not _CREDIT_MARKS.isdisjoint(line.text)
    said = marked and bool(line.sign("photo") or line.sign("photographer"))
    said = said or any(vote.rule in _CREDIT_RULES for vote in votes)
    return said and not line.prose and not line.sign("byline")


def _may_be_byline(line: Line) -> bool:
    """A byline names someone, or says that it is one: plain words ("Hide Caption") are none."""
    signs = {hit.entry.sign for hit in line.hits}
    if not signs.isdisjoint(_OF_PEOPLE) or line.dates or _YEAR_RE.search(line.text):
        return True
    if line.unspaced or line.text.upper() == line.text.lower():
        return True  # the lists have few names of scripts without capitals
    sorts = sorts_of(line.text)
    if not (GIVEN | FAMILY).isdisjoint(sorts):
        return True
    return line.words <= MAX_NAME_WORDS and "plain" not in sorts and "either" not in sorts


def _weigh(votes: Sequence[Sequence[Vote]]) -> tuple[Matrix, Matrix]:
    """In log-odds: for each line and label the weightiest vote for it; for each line what speaks against main content, net."""
    spoken = [[0.0] * len(CLASSES) for _ in votes]
    net = []
    for heard, said in zip(spoken, votes, strict=True):
        against = in_favour = 0.0
        for label, rule, _, confidence in said:
            odds = LOG_ODDS[round(confidence * 100)]
            if odds:
                k = INDEX[label]
                heard[k] = max(heard[k], ON_KIND.get(rule, 1.0) * odds)
                if not _KEPT[k]:
                    against = max(against, TRUSTED.get(rule, RULES_ON_CONTENT) * odds)
                elif rule in FOR_CONTENT:
                    in_favour = max(in_favour, FOR_CONTENT[rule] * odds)
        net.append(against - in_favour)
    return np.array(spoken), np.array(net)


def _evidence(votes: Sequence[Vote], label: Label, model: Label, p: float, limit: str) -> tuple[Evidence, ...]:
    """The voices for the label, surest first, then those against it; votes that say nothing are left out."""
    sure = round(p if model in KEPT else 1.0 - p, 3)
    seen = f"main content {p:.3f}, kept from {limit}"
    agrees = [said is label or (rule in OF_ANY_KIND and label not in KEPT) for said, rule, _, _ in votes]
    speakers = [Evidence(vote.rule, vote.seen, round(vote.confidence, 3)) for vote in compress(votes, agrees)]
    if model is label:
        speakers.append(Evidence("model", seen, sure))
    speakers.sort(key=_CONFIDENCE, reverse=True)
    others = [
        Evidence(f"{rule} (for {said})", what, round(confidence, 3))
        for (said, rule, what, confidence), agreed in zip(votes, agrees, strict=True)
        if not agreed and confidence > 0.5
    ]
    if model is not label:
        others.append(Evidence(f"model (for {model})", seen, sure))
    others.sort(key=_CONFIDENCE, reverse=True)
    return (*speakers, *others)


_CONFIDENCE = itemgetter(2)
