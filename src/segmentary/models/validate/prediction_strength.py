"""Prediction strength: whether the cut of one half of the people says where those of the other half belong.

Reference: Tibshirani & Walther (2005), Cluster Validation by Prediction Strength, JCGS 14(3), 511-528.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import TypeAlias

import numpy as np
import numpy.typing as npt

from segmentary.models.progress import Tell, quiet
from segmentary.models.table.typed_table import Floats

Labels: TypeAlias = npt.NDArray[np.intp]
Placer: TypeAlias = Callable[[Floats], Labels]
Fitter: TypeAlias = Callable[[Floats, Floats, int, int], Placer]
"""(rows, weights, k, seed) -> how any rows are placed."""


@dataclass(frozen=True, slots=True)
class Strength:
    """Mean over repetitions and both directions, with its standard error (1 for k = 1 by definition)."""

    mean: float
    error: float
    repetitions: int


def kmeans_placer(x: Floats, w: Floats, k: int, seed: int) -> Placer:
    """Return how k-means of these rows places any rows."""
    from segmentary.models.validate import lloyd

    _, centres, _ = lloyd.fit(x, w, k, starts=STARTS, seed=seed)
    return lambda other: lloyd.nearest(other, centres)


STARTS = 5


def prediction_strength(
    fit_predict: Fitter,
    x: Floats,
    k: int,
    *,
    weights: Floats | None = None,
    repetitions: int = 10,
    seed: int = 0,
    tell: Tell = quiet,
) -> Strength:
    """Split the people in halves; return how often a segment of one half stays together under the cut of the other.

    For every segment of the half that is looked at: the share of its pairs that the other half's cut also puts
    together; the worst segment counts (segments of one person say nothing and are passed over).

    x : (n, q); weights : (n,), a pair counts by the product. Fewer than 2 k rows: nan.
    """
    n = len(x)
    w = np.ones(n) if weights is None else np.asarray(weights, dtype=np.float64)
    if k == 1:
        return Strength(1.0, 0.0, repetitions)
    if n < 2 * k:
        return Strength(float("nan"), float("nan"), 0)
    found = np.empty(repetitions)
    rng = np.random.default_rng([seed, k])
    for turn in range(repetitions):
        tell("Cutting halves of the people", turn / repetitions)
        order = rng.permutation(n)
        halves = order[: n // 2], order[n // 2 :]
        seeds = rng.integers(2**62, size=2)
        placers = [fit_predict(x[half], w[half], k, int(one)) for half, one in zip(halves, seeds, strict=True)]
        both = []
        for own, other, half in ((0, 1, halves[0]), (1, 0, halves[1])):
            both.append(kept_together(placers[own](x[half]), placers[other](x[half]), w[half], k))
        found[turn] = np.mean(both)
    error = float(found.std(ddof=1) / np.sqrt(repetitions)) if repetitions > 1 else float("nan")
    return Strength(float(found.mean()), error, repetitions)


def kept_together(own: Labels, other: Labels, w: Floats, k: int) -> float:
    """Return the share of pairs of the worst segment of `own` that `other` puts together too."""
    table = np.bincount(own * k + other, w, minlength=k * k).reshape(k, k)
    squares = np.bincount(own * k + other, w**2, minlength=k * k).reshape(k, k)
    together = (table**2 - squares).sum(axis=1)
    pairs = table.sum(axis=1) ** 2 - squares.sum(axis=1)
    some = pairs > 1e-9 * max(1.0, float(w.max()) ** 2)
    return float((together[some] / pairs[some]).min()) if some.any() else 1.0
