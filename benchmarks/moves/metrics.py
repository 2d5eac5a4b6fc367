"""What a ranking is worth: each figure per source, so that intervals come from sources."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray
from scipy.stats import rankdata

from benchmarks.moves.occupations import Array
from benchmarks.moves.units import FEWEST_MOVERS, Units

AT = 10
DISCOUNT = 1 / np.log2(np.arange(2, AT + 2))
BOOTSTRAPS = 2000
SEED = 20190927


@dataclass(frozen=True)
class Truth:
    """What is to be found: the moves, all or those to another major group."""

    movers: Array
    weight: Array
    excess: Array
    """Movers above what the sizes of source and destination alone would bring."""
    popularity: Array
    """Of a destination for a source: all who came there from elsewhere."""
    candidates: NDArray[np.bool_]
    """Pairs that may be ranked."""
    sources: NDArray[np.int_]


@dataclass(frozen=True)
class Figures:
    """One ranking's; arrays have a value for each source."""

    ndcg: Array
    precision: Array
    cover: Array
    excess: Array
    spearman: Array
    zone_step: Array
    distinct: int
    busiest: int
    """Lists in which the most frequent destination stands."""


def make_truth(units: Units, candidates: NDArray[np.bool_] | None = None) -> Truth:
    size = len(units.codes)
    others = ~np.eye(size, dtype=bool)
    candidates = others if candidates is None else candidates & others
    movers, weight = units.movers * candidates, units.weight * candidates
    left = movers.sum(axis=1, keepdims=True)
    came = (movers.sum(axis=0)[None, :] - movers) * candidates
    expected = came / np.maximum(came.sum(axis=1, keepdims=True), 1) * left
    popularity = weight.sum(axis=0)[None, :] - weight
    sources = np.flatnonzero(left[:, 0] >= FEWEST_MOVERS)
    excess = np.maximum(movers - expected, 0)
    return Truth(movers, weight, excess, popularity, candidates, sources)


def first_ten(score: Array, truth: Truth) -> NDArray[np.int_]:
    """Of each source the ten that a score puts first; equal ones in the order of their codes."""
    allowed = np.where(truth.candidates, score, -np.inf)[truth.sources]
    return np.argsort(-allowed, axis=1, kind="stable")[:, :AT]


def figures(score: Array, truth: Truth, zone: Array) -> Figures:
    sources, top = truth.sources, first_ten(score, truth)
    listed = {name: np.take_along_axis(getattr(truth, name)[sources], top, axis=1)
              for name in ("movers", "weight", "excess")}  # fmt: skip
    best = np.argsort(-truth.weight[sources], axis=1, kind="stable")[:, :AT]
    found = [len(set(a) & set(b)) / AT for a, b in zip(best, top, strict=True)]
    counts = np.bincount(top.ravel())
    return Figures(
        ndcg=ndcg(listed["weight"], truth.weight[sources]),
        precision=np.array(found),
        cover=listed["movers"].sum(axis=1) / truth.movers[sources].sum(axis=1),
        excess=ndcg(listed["excess"], truth.excess[sources]),
        spearman=_spearman(score, truth),
        zone_step=(zone[top] - zone[sources][:, None]).mean(axis=1),
        distinct=int((counts > 0).sum()),
        busiest=int(counts.max()),
    )


def ndcg(listed: Array, gains: Array) -> Array:
    """Normalised discounted cumulative gain of the ten, each move's weight being its gain."""
    ideal = -np.sort(-gains, axis=1)[:, :AT] @ DISCOUNT
    return np.asarray(listed @ DISCOUNT / ideal)


def _spearman(score: Array, truth: Truth) -> Array:
    """Rank correlation with the movers to every destination, most of which nobody moved to."""
    rows = []
    for source in truth.sources:
        these = truth.candidates[source]
        ranks = [rankdata(values[source][these]) for values in (score, truth.movers)]
        flat = any(np.ptp(each) == 0 for each in ranks)
        rows.append(0.0 if flat else float(np.corrcoef(ranks)[0, 1]))
    return np.array(rows)


def real_zone_step(truth: Truth, zone: Array) -> float:
    """Mean step in job zones of the moves themselves, each source counting alike."""
    weight = truth.weight[truth.sources]
    steps = zone[None, :] - zone[truth.sources][:, None]
    return float(np.mean((weight * steps).sum(axis=1) / weight.sum(axis=1)))


def interval(values: Array) -> tuple[float, float]:
    """95 % of the means of bootstraps over sources."""
    draws = np.random.default_rng(SEED).integers(0, len(values), (BOOTSTRAPS, len(values)))
    low, high = np.quantile(values[draws].mean(axis=1), [0.025, 0.975])
    return float(low), float(high)


def ceiling(truth: Truth, repeats: int = 20) -> float:
    """NDCG with which one half of the movers predicts the other: no ranking can do much better."""
    rng = np.random.default_rng(SEED)
    scores = []
    for _ in range(repeats):
        half = rng.binomial(truth.movers.astype(int), 0.5)
        tie_break = truth.popularity / truth.popularity.max() / 2
        top = first_ten(half + tie_break, truth)
        rest = (truth.movers - half)[truth.sources]
        scores.append(np.mean(ndcg(np.take_along_axis(rest, top, axis=1), rest)))
    return float(np.mean(scores))
