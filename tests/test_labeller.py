"""The trained labeller: whole-number trees, the page's threshold, and the one place where model and rules are weighed."""

from __future__ import annotations

import time
import zlib
from importlib import resources

import numpy as np
import pytest

from pipeline.document import Document, Label, Payload
from pipeline.label.category import CLASSES, vote_columns
from pipeline.label.features import feature_names, features, shifted, window_means
from pipeline.label.lexicon import line_slots, slot_scores
from pipeline.label.model import Opinion, load, read_model
from pipeline.label.order import in_order
from pipeline.label.page import Page
from pipeline.label.region import main_region, region_names
from pipeline.label.threshold import UNKNOWN_SITES, threshold
from pipeline.label.trees import CHUNK, REACH, SCALE, Trees, probabilities
from pipeline.label.verdict import decide
from pipeline.label.vote import Vote
from pipeline.segment import segment

MODEL = resources.files("pipeline.label") / "text.npz"


def page_of(text: str) -> Page:
    return Page.of(segment(Document(Payload(b"", "page.txt"), text=text)))


def opinion(margin: float, vote: Vote) -> Opinion:
    """One line, `margin` log-odds above an even threshold; the model would call it a paragraph or navigation."""
    kinds = np.zeros((1, len(CLASSES)))
    kinds[0, [CLASSES.index(Label.PARAGRAPH), CLASSES.index(Label.NAVIGATION)]] = 3.0
    probability = np.array([1 / (1 + np.exp(-margin))])
    return Opinion(
        probability, np.array([margin]), 0.5, 0.0, kinds, vote_columns([[vote]]), np.zeros((len(CLASSES), len(CLASSES)))
    )


def stump(border: float, low: int, high: int) -> Trees:
    """One tree that asks one question of column 0."""
    leaves = np.array([[[low], [high]]], dtype=np.int32)
    return Trees(np.zeros((1, 1), np.int32), np.full((1, 1), border, np.float32), leaves, np.zeros(1, np.int64))


def test_the_model_file_is_small_and_holds_numbers_only() -> None:
    stored = MODEL.read_bytes()
    assert len(stored) <= 3 * 1024 * 1024
    start = time.process_time()
    model = read_model(stored)
    assert time.process_time() - start < 0.3, "the issue's limit for loading"
    assert model.name == load().name
    assert model.lexicon.dtype == np.int16
    assert model.category.leaves.shape[2] == len(CLASSES)
    wide = len(feature_names()) + len(region_names())
    assert model.first.questions.max() < len(feature_names())
    assert model.second.questions.max() < wide
    assert model.category.questions.max() < wide + 2 + len(CLASSES)


def test_bytes_that_are_no_model_are_refused() -> None:
    with pytest.raises(ValueError, match=r"."):
        read_model(b"not a model")


def test_leaves_whose_sums_could_overflow_are_refused() -> None:
    parts = {
        "t_questions": np.zeros((2, 1), np.int16),
        "t_borders": np.zeros((2, 1), np.float32),
        "t_leaves": np.full((2, 2, 1), 1 << 30, np.int32),
        "t_bias": np.zeros(1, np.int64),
    }
    with pytest.raises(ValueError, match="32 bits"):
        Trees.read(parts, "t")
    assert Trees.read({**parts, "t_leaves": parts["t_leaves"] - 1}, "t").margins(np.ones((1, 1))).tolist() == [[(1 << 31) - 2]]


def test_a_tree_asks_greater_than() -> None:
    trees = stump(0.5, -SCALE, SCALE)
    margins = trees.margins(np.array([[0.0], [0.5], [0.6]]))
    assert margins[:, 0].tolist() == [-SCALE, -SCALE, SCALE]


def test_margins_do_not_depend_on_the_chunk() -> None:
    model = load().first
    rng = np.random.default_rng(0)
    rows = rng.normal(size=(CHUNK + 3, len(feature_names())))
    whole = model.margins(rows)
    assert (whole[-3:] == model.margins(rows[-3:])).all()
    assert (whole[:5] == model.margins(rows[:5])).all()


def test_probabilities_are_the_logistic_function() -> None:
    table = load().logistic
    assert len(table) == 2 * REACH + 1
    p = probabilities(np.array([-100 * SCALE, -SCALE, 0, SCALE, 100 * SCALE]), table)
    assert p == pytest.approx([0.0, 0.268941, 0.5, 0.731059, 1.0], abs=1e-6)


def test_threshold_follows_the_page() -> None:
    clear = threshold(np.array([0.99, 0.98, 0.02, 0.01]), np.array([50.0, 50.0, 5.0, 5.0]))
    assert 0.48 < clear / UNKNOWN_SITES < 0.5
    murky = threshold(np.array([0.4, 0.35, 0.3, 0.02]), np.array([50.0, 50.0, 50.0, 50.0]))
    assert murky < 0.3, "where no line is sure, unsure lines stay"


def test_main_region_is_the_heaviest_stretch() -> None:
    p = np.array([0.9, 0.1, 0.1, 0.9, 0.2, 0.9, 0.0])
    words = np.array([10.0, 40.0, 40.0, 100.0, 5.0, 80.0, 50.0])
    assert main_region(p, words) == (3, 6)


def test_columns_are_named() -> None:
    page = page_of("Home\nA headline of some words\nBy Jane Roe\n" + "One sentence follows another here, and it is long. " * 3)
    rows = features(page, np.zeros(len(page.lines)))
    assert rows.shape == (4, len(feature_names()))
    assert len(set(feature_names() + region_names())) == len(feature_names()) + len(region_names())
    assert np.isfinite(rows).all()


def test_shifted_and_window_means() -> None:
    column = np.array([[1.0], [2.0], [3.0]])
    assert shifted(column, (-1, 1)).tolist() == [[-1, 2], [1, 3], [2, -1]]
    assert window_means(column, (1,)).tolist() == [[1.5], [2.0], [2.5]]


def test_lexicon_slots_are_fixed() -> None:
    share = zlib.crc32(b"share") & 0xFFFF
    assert share in line_slots(["share"])
    assert len(line_slots(["share", "this", "share"])) == 7, "two words, two pairs, the first, the last, the whole line"
    weights = np.zeros(1 << 16, dtype=np.int16)
    weights[zlib.crc32(b"cookies") & 0xFFFF] = -512
    lines = [np.array(line_slots(tokens), dtype=np.int32).tobytes() for tokens in (["cookies"], ["bread"], [])]
    scores = slot_scores(lines, weights)
    assert scores[0] < 0
    assert scores[1:].tolist() == [0.0, 0.0]


def decided(vote: Vote, said: Opinion) -> tuple[Label, list[str]]:
    [(label, evidence)] = decide(page_of("One line of words").lines, [[vote]], said)
    return label, [e.rule for e in evidence]


def test_model_decides_where_no_rule_is_sure() -> None:
    vote = Vote(Label.NAVIGATION, "outside_body", "x", 0.4)
    assert decided(vote, opinion(1.4, vote)) == (Label.PARAGRAPH, ["model"])


def test_a_trusted_rule_takes_a_line_out() -> None:
    vote = Vote(Label.RELATED_LINKS, "dated_teaser", "dated", 0.93)
    assert decided(vote, opinion(1.4, vote)) == (Label.RELATED_LINKS, ["dated_teaser", "model (for paragraph)"])


def test_a_firm_model_keeps_a_line_against_a_wording() -> None:
    vote = Vote(Label.CONSENT_NOTICE, "wording", "we use cookies", 0.92)
    assert decided(vote, opinion(3.5, vote)) == (Label.PARAGRAPH, ["model", "wording (for consent_notice)"])


def test_a_line_of_a_run_is_what_the_run_is() -> None:
    size = len(CLASSES)
    navigation, related, date = map(CLASSES.index, (Label.NAVIGATION, Label.RELATED_LINKS, Label.DATE))
    kinds = np.zeros((5, size))
    kinds[[0, 1, 3, 4], navigation] = 3.0
    kinds[2, related], kinds[2, navigation] = 3.2, 3.0
    follows = np.zeros((size, size))
    follows[navigation, navigation] = follows[related, related] = 1.0
    assert in_order(kinds, np.zeros((size, size)))[2] == related
    assert in_order(kinds, follows) == [navigation] * 5
    kinds[2, related] = 9.0
    assert in_order(kinds, follows)[2] == related, "a line that is sure of itself stays what it is"
    kinds[2, date] = 9.1
    assert in_order(kinds, follows)[2] == date, "what is said about a document has no order"


def test_a_label_that_only_the_lines_around_give_says_so() -> None:
    lines = page_of("One line of words\nAnother line of words\nA third line of words").lines
    size = len(CLASSES)
    navigation, related = CLASSES.index(Label.NAVIGATION), CLASSES.index(Label.RELATED_LINKS)
    kinds, follows = np.zeros((3, size)), np.zeros((size, size))
    kinds[:, navigation] = 3.0
    kinds[1, related] = 3.2
    follows[navigation, navigation] = 1.0
    margin = np.full(3, -4.0)
    said = Opinion(np.full(3, 0.02), margin, 0.5, 0.0, kinds, vote_columns([[], [], []]), follows)
    decisions = decide(lines, [[], [], []], said)
    assert [label for label, _ in decisions] == [Label.NAVIGATION] * 3
    first = decisions[1][1][0]
    assert (first.rule, first.seen) == ("order", "related_links alone, but between navigation and navigation")
    assert [e.rule for e in decisions[0][1]] == ["model"]


def test_no_rule_brings_a_line_back() -> None:
    vote = Vote(Label.HEADING, "summary_head", "Summary", 0.95)
    assert decided(vote, opinion(-2.2, vote))[0] is Label.NAVIGATION


def test_rules_name_the_kind_that_the_model_hardly_knows() -> None:
    vote = Vote(Label.OUTLET, "outlet_in_body", "CGTN", 0.9)
    assert decided(vote, opinion(-2.2, vote))[0] is Label.OUTLET


def test_vote_columns_keep_the_surest() -> None:
    columns = vote_columns([[Vote(Label.DATE, "a", "", 0.4), Vote(Label.DATE, "b", "", 0.7)]])[0]
    assert columns[CLASSES.index(Label.DATE)] == 0.7
    assert sum(columns) == 0.7
