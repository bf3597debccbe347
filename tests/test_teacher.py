"""What the model for HTML says of a line, carried to the texts of the page."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
from test_graft import row_of

from benchmarks.dataset import TAUGHT
from benchmarks.teacher import carried

NOWHERE = -1


def test_a_line_has_the_mean_of_what_is_said_of_its_words() -> None:
    said = np.array([0.9, 0.1])
    where = np.array([0, 0, 0, 0, 1, 1], dtype=np.int32)
    assert carried([2, 4], where, said).tolist() == [0.9, 0.5]


def test_a_line_of_which_most_words_stand_elsewhere_is_told_nothing() -> None:
    where = np.array([0, NOWHERE, NOWHERE, 0, NOWHERE], dtype=np.int32)
    found = carried([3, 2], where, np.array([0.8]))
    assert np.isnan(found[0])
    assert found[1] == 0.8


def test_a_line_without_words_is_told_nothing() -> None:
    assert np.isnan(carried([0], np.array([], dtype=np.int32), np.array([0.8]))).all()


def test_the_gold_counts_beside_what_is_taught() -> None:
    row = row_of("town")
    assert (row.target == row.kept).all()
    taught = replace(row, taught=np.where(np.arange(len(row.texts)) == 0, np.nan, 0.5))
    assert taught.target[0] == row.kept[0]
    assert (taught.target[1:] == (1 - TAUGHT) * row.kept[1:] + TAUGHT * 0.5).all()
