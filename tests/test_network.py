"""The network that reads a page's lines together: whole numbers, the same whatever the order and the chunks."""

from __future__ import annotations

import numpy as np
import pytest

from pipeline.label import network as module
from pipeline.label.category import CLASSES
from pipeline.label.features import feature_names
from pipeline.label.model import joint, load
from pipeline.label.network import LEVELS, UNIT, WEIGHT, Network, levels
from pipeline.label.trees import SCALE


def made(features: int, channels: int, layers: int, seed: int = 0) -> Network:
    """A network of random whole numbers."""
    rng = np.random.default_rng(seed)

    def drawn(*shape: int) -> np.ndarray:
        return np.rint(rng.normal(size=shape) * WEIGHT / np.sqrt(shape[-2] if len(shape) > 1 else 1))

    return Network(
        np.sort(rng.normal(size=(features, LEVELS)), axis=1).astype(np.float32),
        drawn(features, channels),
        drawn(channels),
        drawn(layers, 3, channels, channels),
        drawn(layers, channels),
        drawn(layers, channels, channels),
        drawn(layers, channels, channels),
        drawn(channels, channels),
        drawn(channels),
        drawn(channels, 1),
        drawn(1),
        drawn(channels, channels),
        drawn(channels),
        drawn(channels, 5),
        drawn(5),
    )


def in_floats(net: Network, rows: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """The same function, written plainly, in floating point and without rounding."""
    words = rows[:, 0]
    h = np.maximum(levels(rows, net.borders) / (LEVELS // 2) @ (net.entry / WEIGHT) + net.entry_bias / UNIT, 0)

    def normal(h: np.ndarray) -> np.ndarray:
        return h / np.sqrt((h**2).mean(axis=1, keepdims=True) + module.FLOOR)

    for k, (before, at, behind) in enumerate(net.taps / WEIGHT):
        z, reach = normal(h), 1 << k
        padded = np.pad(z, ((reach, reach), (0, 0)))
        n = len(z)
        u = padded[:n] @ before + z @ at + padded[2 * reach :] @ behind + net.taps_bias[k] / UNIT
        u += (words @ z / words.sum()) @ (net.page[k] / WEIGHT)
        h = h + np.maximum(u, 0) @ (net.out[k] / WEIGHT)
    last = np.maximum(normal(h) @ (net.head / WEIGHT) + net.head_bias / UNIT, 0)
    kind = np.maximum(normal(h) @ (net.kind_head / WEIGHT) + net.kind_head_bias / UNIT, 0)
    content = (last @ (net.answer / WEIGHT))[:, 0] + net.answer_bias[0] / UNIT
    return content, kind @ (net.kind_answer / WEIGHT) + net.kind_answer_bias / UNIT


def page(lines: int, features: int, seed: int = 1) -> np.ndarray:
    rows = np.random.default_rng(seed).normal(size=(lines, features))
    rows[:, 0] = np.abs(np.rint(rows[:, 0] * 20)) / 2
    return rows


def test_levels_are_shares_of_the_borders_reached() -> None:
    borders = np.array([[1, 2, np.inf, np.inf], [5, np.inf, np.inf, np.inf], [np.inf] * 4], dtype=np.float32)
    seen = levels(np.array([[0.0, 5.0, 9.0], [1.0, 4.9, -9.0], [7.0, 5.1, 0.0]]), borders)
    assert seen[:, 0].tolist() == [-LEVELS // 2, 0, LEVELS // 2]
    assert seen[:, 1].tolist() == [LEVELS // 2, -LEVELS // 2, LEVELS // 2]
    assert set(seen[:, 2].tolist()) == {-LEVELS // 2}, "a column without borders says nothing"


def test_whole_numbers_say_what_floating_point_says() -> None:
    net, rows = made(20, 16, 4), page(70, 20)
    for said, expected in zip(net.ask(rows), in_floats(net, rows), strict=True):
        assert said is not None
        assert said / UNIT == pytest.approx(expected, abs=0.25)


def test_one_changed_line_is_heard_by_its_neighbours() -> None:
    net, rows = made(20, 16, 4), page(70, 20)
    other = rows.copy()
    other[35, 1:] += 3.0
    moved = np.flatnonzero(net.ask(rows).content != net.ask(other).content)
    assert moved.min() < 35 < moved.max()


def test_neither_chunks_nor_the_size_of_products_matter(monkeypatch: pytest.MonkeyPatch) -> None:
    net, rows = made(20, 16, 4), page(90, 20)
    expected = net.ask(rows)
    for chunk, at_once in ((1, 1), (7, 16 * 16), (64, 1 << 30), (10_000, 1000)):
        monkeypatch.setattr(module, "CHUNK", chunk)
        monkeypatch.setattr(module, "AT_ONCE", at_once)
        said = net.ask(rows)
        assert (said.content == expected.content).all()
        assert (said.kinds == expected.kinds).all()


def test_a_page_of_one_line_and_one_without_words_are_judged() -> None:
    net = load().network
    rows = np.zeros((1, len(feature_names())))
    assert net.ask(rows).content.shape == (1,)
    assert net.ask(np.zeros((3, len(feature_names())))).kinds.shape == (3, len(CLASSES))


@pytest.mark.parametrize("kind", ["text", "html"])
def test_sums_stay_exact(kind: str) -> None:
    """The largest sum that the package's networks can come to, were every input at its limit, is below 2**53."""
    net = load(kind).network
    most = UNIT * np.sqrt(net.entry.shape[1])  # of a normalised activation
    state = np.abs(net.entry).sum(axis=0).max() * LEVELS // 2 / (LEVELS // 2 * WEIGHT // UNIT) + np.abs(net.entry_bias).max()
    for k in range(len(net.taps)):
        within = most * (np.abs(net.taps[k]).sum(axis=(0, 1)) + np.abs(net.page[k]).sum(axis=0)).max()
        assert within < 2**53
        passed = within / WEIGHT + np.abs(net.taps_bias[k]).max()
        added = passed * np.abs(net.out[k]).sum(axis=0).max()
        assert added < 2**53
        state += added / WEIGHT
    for head, answer in ((net.head, net.answer), (net.kind_head, net.kind_answer)):
        if head is not None and answer is not None:
            heard = most * np.abs(head).sum(axis=0).max()
            assert heard < 2**53
            assert (heard / WEIGHT + 2**20) * np.abs(answer).sum(axis=0).max() < 2**53
    assert state < 2**31, "the state is kept in 32 bits"
    assert state**2 * net.entry.shape[1] < 2**53
    assert most < 2**24, "a normalised activation is exact in 32-bit floating point"


@pytest.mark.parametrize("weight", [1, 2, 3])
def test_trees_and_network_are_averaged_in_log_odds(weight: int) -> None:
    one = np.array([SCALE]), np.array([UNIT])
    assert joint(*one, weight).tolist() == [SCALE]
    assert joint(one[0], -one[1], weight).tolist() == [SCALE * (weight - 1) // (weight + 1)]
