"""Hartigan's dip: whether one column has more than one hump.

The dip is the smallest distance between the sample's distribution function and any unimodal one. Its p-value is the
share of uniform samples (the least favourable unimodal ones) that dip as far, from a table simulated by
`benchmarks/dip_table.py`.

Reference: Hartigan & Hartigan (1985), The Dip Test of Unimodality, Annals of Statistics 13(1), 70-84.
"""

from __future__ import annotations

import numpy as np

from segmentary.models.table.typed_table import Floats

MOSTLY_TIED = 0.5
"""Fewer distinct values than this share of the people: rounded."""
BLUR = 0.25
GOLDEN = (5**0.5 - 1) / 2


def dip_test(x: Floats, weights: Floats | None = None) -> tuple[float, float]:
    """Return the dip and its p-value (never below .0001, where the table ends).

    x : (n,) numbers; missing is left out. Repeated values are spread evenly over the space halfway to their
    neighbours: rounding is no hump. Where most values are repeated they are blurred by a quarter of their standard
    deviation as well, since people round to fives and tens: a valley narrower than that says nothing.
    weights : (n,); the p-value is for the number of people of equal weight they are
    worth. Fewer than 5 values, or less than 3 distinct ones, have nothing to dip: p = 1.
    """
    from segmentary.models.validate.dip_kernel import dip

    x = np.asarray(x, dtype=np.float64)
    known = ~np.isnan(x)
    w = np.ones(int(known.sum())) if weights is None else np.asarray(weights, dtype=np.float64)[known]
    y, w = spread_ties(x[known], w)
    if len(y) < 5 or np.ptp(y) == 0:
        return 0.0, 1.0
    if len(np.unique(x[known])) < MOSTLY_TIED * len(y):
        y = blurred(y)
    values, codes = np.unique(y, return_inverse=True)
    statistic = dip(values, np.bincount(codes, w) / w.sum())
    return statistic, p_of_dip(statistic, float(w.sum() ** 2 / (w @ w)))


def spread_ties(x: Floats, w: Floats) -> tuple[Floats, Floats]:
    """Return values in order, repeated ones spread evenly halfway to their neighbours, and the weights with them."""
    order = np.argsort(x, kind="stable")
    values, codes, counts = np.unique(x, return_inverse=True, return_counts=True)
    if len(values) < 3:
        return np.zeros(0), np.zeros(0)
    if len(values) == len(x):
        return x[order], w[order]
    middle = (values[1:] + values[:-1]) / 2
    left = np.append(2 * values[0] - middle[0], middle)
    right = np.append(middle, 2 * values[-1] - middle[-1])
    codes = codes[order]
    rank = np.arange(len(x)) - np.append(0, np.cumsum(counts)[:-1])[codes]
    place = (rank + 0.5) / counts[codes]
    spread = left[codes] + place * (right[codes] - left[codes])
    return np.where(counts[codes] > 1, spread, values[codes]), w[order]


def blurred(y: Floats) -> Floats:
    """Return ascending values with normal noise of a quarter of their spread, evenly drawn, not by chance."""
    from scipy.special import ndtri

    share = ((np.arange(len(y)) + 0.5) * GOLDEN) % 1.0
    return np.asarray(y + BLUR * float(y.std()) * ndtri(share.clip(1e-9, 1 - 1e-9)))


def p_of_dip(statistic: float, n: float) -> float:
    """Return the p-value of a dip of n people."""
    from segmentary.models.validate.dip_table import LEVELS, QUANTILES, SIZES

    sizes, table = np.log(np.asarray(SIZES, dtype=np.float64)), np.asarray(QUANTILES)
    at = float(np.log(max(n, 1.0)))
    quantiles = np.array([np.interp(at, sizes, table[:, j]) for j in range(table.shape[1])])
    below = float(np.interp(np.sqrt(n) * statistic, quantiles, LEVELS, left=0.0))
    return 1.0 - below
