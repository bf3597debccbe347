"""Train the network that reads a page's lines together (`pipeline.label.network`), with JAX on the processor."""

from __future__ import annotations

import math
from collections import defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, fields
from functools import partial
from typing import Any, NamedTuple

import jax
import jax.numpy as jnp
import numpy as np
import numpy.typing as npt
import optax

from benchmarks.dataset import NEWS, Row
from pipeline.label.category import CLASSES, INDEX
from pipeline.label.network import FLOOR, LEVELS, UNIT, WEIGHT, Network, levels

CHANNELS = 64
LAYERS = 5
DROPPED = 0.15
"""Share of the activations that is left out at each step of training."""

RATE, DECAY, WARM_UP = 2e-3, 1e-2, 200
"""Learning rate of AdamW, its weight decay, and the steps until the rate is reached; it falls as a cosine."""

BATCH = 4096
"""Lines in a batch."""

SIZES = (64, 128, 192, 256, 384, 512, 768, 1024)
"""Pages are filled up to one of these numbers of lines; longer ones are cut to the last, at another place each time."""

SAMPLE = 60_000
"""Lines that the borders of the features are drawn from."""

ON_F1 = 0.5
"""Weight of the page's expected F1 beside the log-likelihood of its lines."""

Parameters = dict[str, jax.Array]
Target = tuple[int, str, float]
"""A line, its label, the weight of that."""


class Batch(NamedTuple):
    """Pages of one size; `kind` and `kind_weight` say which kind of line is known, and how surely."""

    levels: npt.NDArray[np.int8]
    there: npt.NDArray[np.float32]
    words: npt.NDArray[np.float32]
    kept: npt.NDArray[np.float32]
    weight: npt.NDArray[np.float32]
    page_weight: npt.NDArray[np.float32]
    kind: npt.NDArray[np.int32]
    kind_weight: npt.NDArray[np.float32]


def borders_of(rows: Sequence[npt.NDArray[np.float32]]) -> npt.NDArray[np.float32]:
    """Up to LEVELS borders of each column: its quantiles, or all its values if they are few."""
    lines = np.vstack(rows)
    picked = np.random.default_rng(0).choice(len(lines), min(SAMPLE, len(lines)), replace=False)
    out = np.full((lines.shape[1], LEVELS), np.inf, dtype=np.float32)
    for k, column in enumerate(lines[np.sort(picked)].T):
        found = np.unique(column)[1:]
        if len(found) > LEVELS:
            found = np.unique(np.quantile(column, np.linspace(0, 1, LEVELS + 1)[1:-1], method="nearest"))
        out[k, : len(found)] = found
    return out


def begin(width: int, rng: np.random.Generator) -> Parameters:
    """Parameters to start from."""

    def drawn(*shape: int, factor: float = 1.0) -> npt.NDArray[np.float64]:
        return rng.normal(size=shape) * factor / math.sqrt(math.prod(shape[:-1]))

    c, many = CHANNELS, range(LAYERS)
    start = {
        "entry": drawn(width, c),
        "entry_bias": np.zeros(c),
        "taps": np.stack([drawn(3, c, c) for _ in many]),
        "taps_bias": np.zeros((LAYERS, c)),
        "page": np.stack([drawn(c, c) for _ in many]),
        "out": np.stack([drawn(c, c, factor=0.3) for _ in many]),
        "head": drawn(c, c),
        "head_bias": np.zeros(c),
        "answer": drawn(c, 1),
        "answer_bias": np.zeros(1),
        "kind_head": drawn(c, c),
        "kind_head_bias": np.zeros(c),
        "kind_answer": drawn(c, len(CLASSES), factor=0.3),
        "kind_answer_bias": np.zeros(len(CLASSES)),
    }
    return {name: jnp.asarray(value, dtype=jnp.float32) for name, value in start.items()}


def forward(p: Parameters, batch: Batch, key: jax.Array) -> tuple[jax.Array, jax.Array]:
    """Log-odds of main content and of each kind, in training: `Network.ask` does the same in whole numbers."""
    keys = iter(jax.random.split(key, LAYERS + 2))

    def dropped(x: jax.Array, shape: tuple[int, ...] | None = None) -> jax.Array:
        return x * jax.random.bernoulli(next(keys), 1 - DROPPED, shape or x.shape) / (1 - DROPPED)

    def normal(x: jax.Array) -> jax.Array:
        return x * jax.lax.rsqrt(jnp.mean(x * x, -1, keepdims=True) + FLOOR)

    there, words = batch.there[..., None], batch.words[..., None]
    share = words / jnp.maximum(words.sum(1, keepdims=True), 0.5)
    x = jnp.asarray(batch.levels, jnp.float32) / (LEVELS // 2)
    state = jax.nn.relu(dropped(x, (x.shape[0], 1, x.shape[2])) @ p["entry"] + p["entry_bias"]) * there
    n = x.shape[1]
    for k in range(LAYERS):
        reach = 1 << k
        line = normal(state) * there
        seen = jnp.pad(line, ((0, 0), (reach, reach), (0, 0)))
        around = sum((seen[:, tap * reach : tap * reach + n] @ p["taps"][k, tap] for tap in range(3)), start=p["taps_bias"][k])
        mean = ((line * share).sum(1) @ p["page"][k])[:, None]
        state = (state + dropped(jax.nn.relu(around + mean)) @ p["out"][k]) * there
    last = normal(state)
    keep = jax.nn.relu(last @ p["head"] + p["head_bias"]) @ p["answer"] + p["answer_bias"]
    kind = dropped(jax.nn.relu(last @ p["kind_head"] + p["kind_head_bias"])) @ p["kind_answer"] + p["kind_answer_bias"]
    return keep[..., 0], kind


def loss(p: Parameters, batch: Batch, key: jax.Array) -> jax.Array:
    """Log-likelihood of main content, the page's expected F1, and log-likelihood of the kinds that are known.

    The kinds also teach the layers what lines are.
    """
    keep, kind = forward(p, batch, key)
    likely = jnp.sum(batch.weight * (jax.nn.softplus(keep) - batch.kept * keep)) / 100
    share = jax.nn.sigmoid(keep) * batch.words
    gold = batch.kept * batch.words
    f1 = 2 * (share * batch.kept).sum(1) / (share.sum(1) + gold.sum(1) + 1e-6)
    known = jnp.take_along_axis(jax.nn.log_softmax(kind), batch.kind[..., None], axis=-1)[..., 0]
    kinds = -jnp.sum(batch.kind_weight * known)
    return (likely + ON_F1 * jnp.sum(batch.page_weight * (1 - f1)) + kinds) / len(batch.page_weight)


@dataclass(frozen=True, slots=True)
class Pages:
    """The training pages, ready to be cut into batches."""

    rows: Sequence[Row]
    levels: Sequence[npt.NDArray[np.int8]]
    targets: Sequence[Sequence[Target]]
    on_kinds: float

    def plan(self, rng: np.random.Generator) -> list[tuple[int, list[int]]]:
        """All pages once, in batches of one size each, in a new order."""
        by_size: dict[int, list[int]] = defaultdict(list)
        for i, row in enumerate(self.rows):
            by_size[next((s for s in SIZES if s >= len(row.bags)), SIZES[-1])].append(i)
        out = []
        for size, pages in sorted(by_size.items()):
            many = BATCH // size
            order = rng.permutation(pages).tolist()
            order += rng.choice(pages, -len(pages) % many).tolist()
            out += [(size, order[k : k + many]) for k in range(0, len(order), many)]
        return [out[k] for k in rng.permutation(len(out))]

    def batch(self, size: int, pages: Sequence[int], place: float) -> Batch:
        """Some pages, filled up or cut to a size."""
        shape = (len(pages), size)
        seen = np.zeros((*shape, self.levels[0].shape[1]), dtype=np.int8)
        there, words, kept, weight, kind_weight = np.zeros((5, *shape), dtype=np.float32)
        kind = np.zeros(shape, dtype=np.int32)
        for j, i in enumerate(pages):
            row = self.rows[i]
            first = int(place * max(0, len(row.bags) - size))
            part = slice(first, first + size)
            n = len(row.bags[part])
            seen[j, :n], there[j, :n] = self.levels[i][part], 1.0
            words[j, :n], kept[j, :n], weight[j, :n] = row.rows[part, 0], row.kept[part], row.weights[part]
            for line, label, sure in self.targets[i]:
                if first <= line < first + n:
                    kind[j, line - first], kind_weight[j, line - first] = INDEX[label], sure * self.on_kinds  # type: ignore[index]
        page_weight = np.array([NEWS if self.rows[i].type == "fundus" else 1.0 for i in pages], dtype=np.float32)
        return Batch(seen, there, words, kept, weight, page_weight, kind, kind_weight)


def train_network(rows: Sequence[Row], targets: Sequence[Sequence[Target]], epochs: int, on_kinds: float) -> Network:
    """The network from some rows and what is known of the kinds of their lines; `on_kinds` weighs that against all else."""
    borders = borders_of([row.rows for row in rows])
    pages = Pages(rows, [levels(row.rows, borders).astype(np.int8) for row in rows], targets, on_kinds)
    rng = np.random.default_rng(0)
    p = begin(len(borders), rng)
    steps = len(pages.plan(np.random.default_rng(0))) * epochs
    rate = optax.warmup_cosine_decay_schedule(0.0, RATE, WARM_UP, steps)
    optimizer = optax.chain(optax.clip_by_global_norm(1.0), optax.adamw(rate, b2=0.99, weight_decay=DECAY))
    state = optimizer.init(p)

    @partial(jax.jit, donate_argnums=(0, 1))
    def step(p: Parameters, state: Any, batch: Batch, key: jax.Array) -> tuple[Parameters, Any]:
        updates, state = optimizer.update(jax.grad(loss)(p, batch, key), state, p)
        return optax.apply_updates(p, updates), state

    key = jax.random.PRNGKey(0)
    for _ in range(epochs):
        for size, picked in pages.plan(rng):
            key, now = jax.random.split(key)
            p, state = step(p, state, pages.batch(size, picked, float(rng.random())), now)
    return whole(p, borders)


def whole(p: Mapping[str, Any], borders: npt.NDArray[np.float32]) -> Network:
    """The network in whole numbers."""
    scale = {name: UNIT if name.endswith("bias") else WEIGHT for name in p}
    parts = {f.name: np.rint(np.asarray(p[f.name], np.float64) * scale[f.name]) for f in fields(Network) if f.name in p}
    return Network(borders, **parts)
