"""Silhouette widths, and how far above one population they are.

Where the silhouette is largest says nothing by itself: one population has a largest one too. The excess compares with
references of the same columns and correlations (`null_models`), in their standard deviations.

Reference: Rousseeuw (1987), Journal of Computational and Applied Mathematics 20, 53-65.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from segmentary.models.progress import Tell, quiet
from segmentary.models.table.typed_table import Floats, TypedTable
from segmentary.models.validate.coordinates import coordinates
from segmentary.models.validate.null_models import copula_null

BLOCK = 512
STARTS = 5


@dataclass(frozen=True, slots=True)
class Excess:
    """Mean silhouette width of k segments, its average in one population, and the difference in standard deviations."""

    k: int
    silhouette: float
    expected: float
    excess: float


def silhouette(x: Floats, labels: npt.NDArray[np.intp], weights: Floats | None = None) -> float:
    """Return the weighted mean silhouette width (Euclidean distances); nan with fewer than two segments.

    x : (n, q); labels : (n,) places of segments, rows below 0 are left out. A person alone in a segment has width 0.
    Time grows with n squared, memory does not: above some thousand rows give it a sample.
    """
    placed = labels >= 0
    x, labels = np.asarray(x[placed], dtype=np.float64), labels[placed]
    w = np.ones(len(x)) if weights is None else np.asarray(weights, dtype=np.float64)[placed]
    found, labels = np.unique(labels, return_inverse=True)
    k = len(found)
    if k < 2 or len(x) <= k:
        return float("nan")
    mass = np.bincount(labels, w, minlength=k)
    member = np.zeros((len(x), k))
    member[np.arange(len(x)), labels] = w
    squares = np.einsum("ij,ij->i", x, x)
    widths = np.empty(len(x))
    for start in range(0, len(x), BLOCK):
        rows = slice(start, min(start + BLOCK, len(x)))
        apart = np.sqrt(np.maximum(squares[rows, None] + squares[None, :] - 2 * x[rows] @ x.T, 0.0))
        # A row is at no distance from itself, whatever rounding says.
        apart[np.arange(apart.shape[0]), np.arange(rows.start, rows.stop)] = 0.0
        sums = apart @ member
        own = labels[rows]
        here = np.arange(len(own))
        rest = mass[own] - w[rows]
        inside = np.where(rest > 1e-12, sums[here, own] / np.maximum(rest, 1e-12), 0.0)
        means = sums / mass
        means[here, own] = np.inf
        outside = means.min(axis=1)
        largest = np.maximum(inside, outside)
        widths[rows] = np.where((rest > 1e-12) & (largest > 0), (outside - inside) / np.maximum(largest, 1e-300), 0.0)
    return float(np.average(widths, weights=w))


def silhouette_excess(
    table: TypedTable, ks: Iterable[int], *, references: int = 20, seed: int = 0, tell: Tell = quiet
) -> tuple[Excess, ...]:
    """Return for each k the silhouette of k-means and its excess over one population (in the verdict's coordinates)."""
    from segmentary.models.validate import lloyd

    wanted = tuple(sorted({k for k in ks if 2 <= k < len(table)}))
    space, w = coordinates(table), table.weight
    rng = np.random.default_rng([seed, 6])

    def widths(features: Floats, one: int) -> Floats:
        labels = (lloyd.fit(features, w, k, starts=STARTS, seed=one)[2] for k in wanted)
        return np.array([silhouette(features, label, w) for label in labels])

    observed = widths(space.features(space.plain), seed)
    null = copula_null(space.plain, w)
    simulated = np.empty((references, len(wanted)))
    for turn in range(references):
        tell("Comparing silhouettes with one population", turn / references)
        simulated[turn] = widths(space.features(null.sample(rng)), seed + turn + 1)
    expected, deviation = simulated.mean(axis=0), np.maximum(simulated.std(axis=0, ddof=1), 1e-12)
    parts = zip(wanted, observed, expected, (observed - expected) / deviation, strict=True)
    return tuple(Excess(k, float(s), float(e), float(z)) for k, s, e, z in parts)
