"""Rows as the kernels of k-means, k-modes and k-prototypes read them: distinct, centred, coded, weighted."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, replace
from typing import Any, TypeAlias

import numpy as np
import numpy.typing as npt

from segmentary.models.table.patterns import distinct
from segmentary.models.table.typed_table import Floats

Codes: TypeAlias = npt.NDArray[np.int32]
Places: TypeAlias = npt.NDArray[np.intp]
PACKED_BELOW = 20_000
"""Distinct rows are always looked for among fewer rows; among more only if many of the first rows are alike."""
LOOKED_AT = 4_096
LARGEST = 1e30
"""What a level costs at most, in squared units of the numbers: beyond it numbers decide nothing at all."""
FEW = 4_096
"""Codes below this are looked up in a table."""


@dataclass(frozen=True, eq=False)
class Problem:
    """Rows as the kernels read them.

    Attributes
    ----------
    x : (m, q) numbers, less `middle` and divided by `unit` (a power of two, so that nothing is rounded), NaN missing.
    codes : (m, p) places in the list of all levels of all columns, -1 missing.
    weights : (m,) positive, the largest 1; `heaviest` is what it was.
    levels : (p) the values that are levels of each coded column, ascending. offsets : (p + 1,) where each one's begin.
    gamma : cost of a level that differs, in squared units of x.
    """

    x: Floats
    codes: Codes
    weights: Floats
    levels: tuple[Floats, ...]
    offsets: npt.NDArray[np.int64]
    gamma: float
    middle: Floats
    unit: float
    heaviest: float

    def __len__(self) -> int:
        """Return the number of rows."""
        return len(self.weights)

    def work(self, k: int) -> int:
        """Return what one sweep looks at: rows x columns x segments."""
        return int(len(self) * (self.x.shape[1] + self.codes.shape[1]) * k)

    def take(self, rows: Places) -> Problem:
        """Return the problem of these rows."""
        return replace(self, x=self.x[rows], codes=self.codes[rows], weights=self.weights[rows])


def problem_of(x: Floats, weights: Floats, coded: Places, gamma: Callable[[float], float]) -> Problem:
    """Return the problem of rows (n, .) with weights >= 0; gamma is told the mean standard deviation of the numbers."""
    here = weights > 0
    if not here.all():
        x, weights = x[here], weights[here]
    heaviest = float(weights.max())
    weights = weights / heaviest
    if worth_packing(x):
        packed = distinct(x, weights)
        x, weights = packed.values, packed.weights
    numbers = np.delete(x, coded, axis=1)
    middle, unit = middle_and_unit(numbers, weights)
    inner = numbers / unit
    inner -= middle / unit
    spread = mean_deviation(inner, weights) * unit if len(coded) else 0.0
    found = tuple(levels_of(x[:, j]) for j in coded)
    offsets = np.concatenate([[0], np.cumsum([len(one) for one in found])]).astype(np.int64)
    codes = np.empty((len(x), len(found)), dtype=np.int32)
    for place, j in enumerate(coded):
        codes[:, place] = places_of(x[:, j], found[place], int(offsets[place]))
    asked = gamma(spread)
    cost = min(asked / unit / unit, LARGEST) if len(coded) else 0.0
    return Problem(np.ascontiguousarray(inner), codes, weights, found, offsets, cost, middle, unit, heaviest)


def worth_packing(x: Floats) -> bool:
    """Whether many rows are alike, as far as can be seen cheaply."""
    return len(x) <= PACKED_BELOW or len(distinct(x[:LOOKED_AT])) <= 0.7 * LOOKED_AT


def middle_and_unit(numbers: Floats, weights: Floats) -> tuple[Floats, float]:
    """Return (q,) weighted means of what is known, and a power of two about as large as the farthest number."""
    q = numbers.shape[1]
    if not q:
        return np.zeros(0), 1.0
    low, high = np.fmin.reduce(numbers, axis=0), np.fmax.reduce(numbers, axis=0)
    low, high = np.nan_to_num(low), np.nan_to_num(high)  # of a column with nothing known
    largest = float(max(-low.min(), high.max(), 0.0))
    scale = float(2.0 ** np.floor(np.log2(largest))) if largest > 0 else 1.0
    middle = means(numbers / scale, weights) * scale
    farthest = float(max((high / scale - middle / scale).max(), (middle / scale - low / scale).max()))
    return middle, float(2.0 ** np.floor(np.log2(farthest)) * scale) if farthest > 0 else scale


def means(numbers: Floats, weights: Floats) -> Floats:
    """Return the weighted means of what is known of each column; 0 where nothing is."""
    total = np.einsum("i,ij->j", weights, numbers)  # not @: its sums depend on the number of threads
    for j in np.flatnonzero(np.isnan(total)):
        known = ~np.isnan(numbers[:, j])
        share = weights[known].sum() / weights.sum()
        total[j] = (weights[known] * numbers[known, j]).sum() / share if share > 0 else 0.0
    return np.asarray(total / weights.sum(), dtype=np.float64)


def mean_deviation(inner: Floats, weights: Floats) -> float:
    """Return the mean of the columns' weighted standard deviations (population), of what is known."""
    if not inner.shape[1]:
        return 0.0
    return float(np.sqrt(np.maximum(means(inner**2, weights) - means(inner, weights) ** 2, 0.0)).mean())


def levels_of(column: Floats) -> Floats:
    """Return the distinct known values, ascending."""
    known = column[~np.isnan(column)]
    if len(known) and known.min() >= 0 and known.max() < FEW:
        codes = known.astype(np.intp)
        if (codes == known).all():
            return np.flatnonzero(np.bincount(codes)).astype(np.float64)
    return np.unique(known)


def places_of(column: Floats, levels: Floats, offset: int) -> Codes:
    """Return (n,) the place of each value among the levels, from `offset` on; -1 where it is none of them."""
    if not len(levels):
        return np.full(len(column), -1, dtype=np.int32)
    if levels[0] >= 0 and levels[-1] < FEW and (levels == np.floor(levels)).all():
        table = np.full(int(levels[-1]) + 2, -1, dtype=np.int32)
        table[levels.astype(np.intp)] = np.arange(offset, offset + len(levels))
        inside = (column >= 0) & (column <= levels[-1]) & (column == np.floor(column))
        return np.asarray(table[np.where(inside, column, levels[-1] + 1).astype(np.intp)])
    place = np.minimum(np.searchsorted(levels, column), len(levels) - 1)
    return np.where(levels[place] == column, place + offset, -1).astype(np.int32)


def by_size(mass: npt.NDArray[Any], prototypes: Floats) -> Places:
    """Return the segments that have anybody, the largest first, equal ones in the order of their prototypes' values."""
    share = np.round(mass / mass.sum(), 12)
    order = np.lexsort((*prototypes.T[::-1], -share))
    return np.asarray(order[mass[order] > 0])
