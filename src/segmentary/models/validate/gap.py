"""The gap statistic: how much less spread segments leave than in an even box around the data.

A box is not a population of customers: on answers that hang together the gap finds segments in one population (on all
of 50 such data sets, docs/verdicts.md). It stands in the table of criteria because people ask for it; the verdict rests
on `segmentary.models.validate.gate`.

Reference: Tibshirani, Walther & Hastie (2001), JRSS B 63(2), 411-423.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Literal

import numpy as np
import numpy.typing as npt

from segmentary.models.progress import Tell, quiet
from segmentary.models.table.typed_table import Floats

STARTS = 10


@dataclass(frozen=True, slots=True)
class Gap:
    """The gap of one number of segments, with its simulation error (already times the root of 1 + 1 / references)."""

    k: int
    gap: float
    error: float


@dataclass(frozen=True, slots=True)
class Gaps:
    """The gaps in order of k, and the k they choose: the first from which one more adds less than its error."""

    rows: tuple[Gap, ...]

    @property
    def choice(self) -> int:
        """The smallest k with gap(k) >= gap(k + 1) - error(k + 1); the largest tried where there is none."""
        for here, after in zip(self.rows, self.rows[1:], strict=False):
            if here.gap >= after.gap - after.error:
                return here.k
        return self.rows[-1].k


def gap_statistic(
    x: Floats,
    ks: Iterable[int],
    *,
    weights: Floats | None = None,
    references: int = 50,
    seed: int = 0,
    distances: Literal["squared", "plain"] = "squared",
    tell: Tell = quiet,
) -> Gaps:
    """Return the gap of k-means for each k (uniform box along the principal components of the data).

    x : (n, q) features without missing values; weights : (n,), they stay with the rows of the references.
    distances : squared as in the paper, or plain as R's clusGap does unless told otherwise (for comparing with it:
        all pairs are looked at).
    """
    from segmentary.models.validate import lloyd

    n = len(x)
    w = np.ones(n) if weights is None else np.asarray(weights, dtype=np.float64)
    wanted = tuple(sorted({k for k in ks if 1 <= k <= n}))
    if not wanted:
        return Gaps(())
    middle = np.average(x, axis=0, weights=w)
    axes = np.linalg.svd(x - middle, full_matrices=False)[2]
    turned = (x - middle) @ axes.T
    low, high = turned.min(axis=0), turned.max(axis=0)
    rng = np.random.default_rng([seed, 5])

    def log_costs(rows: Floats, one: int) -> Floats:
        if distances == "plain":
            fits = (lloyd.fit(rows, w, k, starts=STARTS, seed=one)[2] for k in wanted)
            found = np.array([plain_spread(rows, w, labels) for labels in fits])
        else:
            found = lloyd.costs(rows, w, wanted, starts=STARTS, seed=one)
        return np.asarray(np.log(np.maximum(found, 1e-300)))

    observed = log_costs(turned, seed)
    simulated = np.empty((references, len(wanted)))
    for turn in range(references):
        tell("Comparing with an even box", turn / references)
        simulated[turn] = log_costs(rng.uniform(low, high, size=turned.shape), seed + turn + 1)
    gaps = simulated.mean(axis=0) - observed
    errors = simulated.std(axis=0) * np.sqrt(1 + 1 / references)
    return Gaps(tuple(Gap(k, float(g), float(e)) for k, g, e in zip(wanted, gaps, errors, strict=True)))


def plain_spread(x: Floats, w: Floats, labels: npt.NDArray[np.intp]) -> float:
    """Return the sum over segments of all their pairs' distances, over their number of people (W_k, not squared)."""
    total = 0.0
    for label in np.unique(labels):
        own, mass = x[labels == label], w[labels == label]
        apart = np.sqrt(((own[:, None, :] - own[None, :, :]) ** 2).sum(axis=2))
        total += float(mass @ apart @ mass) / (2 * float(mass.sum()))
    return total
