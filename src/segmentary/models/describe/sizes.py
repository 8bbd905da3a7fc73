"""How large segments are, in people and in money."""

from __future__ import annotations

import math

import numpy as np
import numpy.typing as npt

from segmentary.models.describe.estimates import sums_by, weighted_share
from segmentary.models.intervals import Interval, share_of_sum
from segmentary.models.table.typed_table import Floats


def sizes(labels: npt.NDArray[np.intp], weight: Floats, k: int) -> tuple[Interval, ...]:
    """Return the weighted share of each of k segments. labels : (n,) 0 ... k-1. weight : (n,)."""
    return tuple(weighted_share(labels == place, weight) for place in range(k))


def value_shares(labels: npt.NDArray[np.intp], weight: Floats, value: Floats, k: int) -> tuple[Interval | None, ...]:
    """Return each segment's share of the (weighted) sum of a value, linearised; None where there is no sum to share.

    labels : (n,) 0 ... k-1; -1 is nobody's, whose money is part of the sum. value : (n,) money or anything that adds
    up; missing values are left out. Refunds may make a share negative.
    """
    known = np.isfinite(value)
    labels, amounts = labels[known], (weight * value)[known]
    whole = float(amounts.sum())
    if len(amounts) == 0 or abs(whole) <= 1e-12 * max(1.0, float(np.abs(amounts).sum())):
        return (None,) * k
    squares = amounts**2
    inside = labels >= 0
    parts = sums_by(labels[inside], amounts[inside], k)
    part_squares = sums_by(labels[inside], squares[inside], k)
    found = [
        share_of_sum(float(parts[i]), whole, float(part_squares[i]), float(squares.sum()), len(amounts))
        for i in range(k)
    ]
    return tuple(None if math.isnan(one.estimate) else one for one in found)
