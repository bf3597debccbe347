"""The one place that decides what the blocks are: it weighs the model against the rules and keeps both as evidence.

All voices speak in log-odds. Whether a line is main content: the model's log-odds above the page's threshold, less the
log-odds of the surest rule for a label outside of the main content. Which kind of content or chrome it is: for each label
the model's log-odds and those of the surest rule for it, added.
"""

from __future__ import annotations

import math
from collections.abc import Sequence

import numpy as np
import numpy.typing as npt

from pipeline.document import KEPT, Evidence, Label
from pipeline.label.category import CLASSES, INDEX
from pipeline.label.features import Matrix
from pipeline.label.model import Opinion
from pipeline.label.page import Line
from pipeline.label.rules import Vote

RULES_ON_CONTENT = 0.25
"""Weight of a rule against the model on whether a line is main content: what a logistic regression on held-out pages
gives most rules (`docs/model.md`). Where the model says "content" and a rule says not, the model is mostly right."""

TRUSTED = {
    "ticker": 1.0,
    "template_pair": 1.2,
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
    "credit": 0.8,
    "picture_file": 1.0,
    "stray_number": 0.5,
    "under_head": 0.15,
}
"""Rules with a weight of their own, from the same regression; those it saw too seldom have what their authors give them."""

RULES_ON_KIND = 2.0
"""Weight of the rules beside the model on which kind of line it is."""

LOOSE = {"under_head": 0.4}
"""Rules that count less on the kind: what stands under a heading is often something else again."""

RARE = frozenset({Label.STANDFIRST, Label.QUOTE, Label.TABLE, Label.SECTION, Label.OUTLET, Label.AUTHOR_BIO})
"""Labels of which the model has seen fewer than 40 hand-labelled lines: there the rules weigh double."""

LOG_ODDS = np.array([0.0] * 51 + [round(math.log(c / (100 - c)), 3) for c in range(51, 100)] + [4.595])
"""Log-odds of a rule's confidence in percent; a vote of half or less says nothing."""

_IS_KEPT = np.array([label in KEPT for label in CLASSES])
_RULE_WEIGHTS = np.array([RULES_ON_KIND * (2.0 if label in RARE else 1.0) for label in CLASSES])
LONG_TITLE = 35
"""Words above which a line is no headline."""

_TITLE = CLASSES.index(Label.TITLE)
_FAR = -1e9

Decision = tuple[Label, tuple[Evidence, ...]]


def decide(lines: Sequence[Line], votes: Sequence[Sequence[Vote]], opinion: Opinion) -> list[Decision]:
    """The label of each line, and all that spoke for it, then against it."""
    kept = opinion.margin - opinion.limit >= np.array([_against(said) for said in votes])
    kinds = opinion.kinds + _RULE_WEIGHTS * np.array([_spoken(said) for said in votes])
    fitting = kept[:, None] == _IS_KEPT
    fitting[:, _TITLE] = True
    kinds = np.where(fitting, kinds, _FAR)
    kinds[~_may_be_title(lines, kinds), _TITLE] = _FAR
    labels = kinds.argmax(axis=1).tolist()
    model_kept = opinion.margin >= opinion.limit
    likeliest = np.where(model_kept[:, None] == _IS_KEPT, opinion.kinds, _FAR).argmax(axis=1).tolist()
    probabilities = opinion.probability.tolist()
    return [
        (CLASSES[label], _evidence(said, CLASSES[label], CLASSES[model], p, opinion.threshold))
        for said, label, model, p in zip(votes, labels, likeliest, probabilities, strict=True)
    ]


def _may_be_title(lines: Sequence[Line], kinds: Matrix) -> npt.NDArray[np.bool_]:
    """A document has one headline: the line that is furthest ahead as one, and lines of the same words.

    A headline has no two sentences; if it is long, it does not end in a full stop.
    """
    ahead = kinds[:, _TITLE] - np.delete(kinds, _TITLE, axis=1).max(axis=1)
    long = np.array([line.words > LONG_TITLE or (line.prose and line.text.endswith((".", "。"))) for line in lines])
    best = lines[int(np.argmax(np.where(long, _FAR, ahead)))].tokens
    return np.array([line.tokens == best for line in lines])


def _spoken(votes: Sequence[Vote]) -> list[float]:
    """For each label the log-odds of the weightiest vote for it."""
    out = [0.0] * len(CLASSES)
    for vote in votes:
        k = INDEX[vote.label]
        out[k] = max(out[k], LOOSE.get(vote.rule, 1.0) * float(LOG_ODDS[round(vote.confidence * 100)]))
    return out


def _against(votes: Sequence[Vote]) -> float:
    """The weightiest vote for a label outside of the main content, in log-odds."""
    weights = [TRUSTED.get(v.rule, RULES_ON_CONTENT) * LOG_ODDS[round(v.confidence * 100)] for v in votes if v.label not in KEPT]
    return max(weights, default=0.0)


def _evidence(votes: Sequence[Vote], label: Label, model: Label, p: float, threshold: float) -> tuple[Evidence, ...]:
    """The voices for the label, surest first, then those against it; votes that say nothing are left out."""
    sure = round(p if model in KEPT else 1.0 - p, 3)
    voice = Evidence(_named("model", model, label), f"main content {p:.3f}, kept from {threshold:.3f}", sure)
    voices = [
        (v.label is not label, -v.confidence, Evidence(_named(v.rule, v.label, label), v.seen, round(v.confidence, 3)))
        for v in votes
    ]
    voices.append((model is not label, -sure, voice))
    voices.sort(key=lambda x: x[:2])
    return tuple(e for opposed, confidence, e in voices if not opposed or confidence < -0.5 or e is voice)


def _named(rule: str, its_label: Label, label: Label) -> str:
    return rule if its_label is label else f"{rule} (for {its_label})"
