"""What is averaged over people to judge needs, and the opportunity score.

Reference: Ulwick (2005), What Customers Want: opportunity = importance + max(importance - satisfaction, 0).
"""

from __future__ import annotations

import math
from typing import TypeAlias

import numpy as np
import numpy.typing as npt

from segmentary.market.estimate import Contrast, Estimate, p_value, t_quantile
from segmentary.market.survey_estimates import Joint
from segmentary.models.intervals import Interval
from segmentary.models.table.typed_table import Floats

SCALE = 10.0
Measures: TypeAlias = tuple[Floats, Floats, Floats, Floats, Floats, Floats, Floats]


def measures_of(
    importance: Floats,
    satisfaction: Floats,
    both: npt.NDArray[np.bool_],
    low: float,
    high: float,
    top: float | None,
) -> Measures:
    """Return what is averaged, 0 where not answered.

    Importance and satisfaction on 0 ... 10; their difference; how much less satisfied than the person's other needs,
    how much more important than those; and the two parts of the opportunity score.
    """
    wanted = np.where(both, (importance - low) / (high - low) * SCALE, 0.0)
    given = np.where(both, (satisfaction - low) / (high - low) * SCALE, 0.0)
    # Against the person's own level: the need itself is left out of it, so that it cannot hide in its own mean.
    others = np.maximum(both.sum(axis=1, keepdims=True) - 1, 1)
    others_given = (given.sum(axis=1, keepdims=True) - given) / others
    others_wanted = (wanted.sum(axis=1, keepdims=True) - wanted) / others
    scored = (wanted, given)
    if top is not None:
        scored = (np.where(both & (importance >= top), SCALE, 0.0), np.where(both & (satisfaction >= top), SCALE, 0.0))
    return (
        wanted,
        given,
        wanted - given,
        np.where(both, others_given - given, 0.0),
        np.where(both, wanted - others_wanted, 0.0),
        *scored,
    )


def largest_p(*means: tuple[Estimate, float]) -> float:
    """Return the largest one-sided p-value that a mean is not above its bound; NaN where one cannot be tested."""
    found = []
    for one, bound in means:
        if not (one.error > 0 and one.df > 0):
            return math.nan
        t = (one.estimate - bound) / one.error
        two_sided = p_value(t, one.df)
        found.append(two_sided / 2 if t > 0 else 1 - two_sided / 2)
    return max(found)


def as_contrast(one: Estimate) -> Contrast:
    """Return a mean of differences as a contrast (two-sided p)."""
    p = p_value(one.estimate / one.error, one.df) if one.error > 0 and one.df > 0 else math.nan
    return Contrast(one.estimate, one.error, one.low, one.high, p, p, one.n, one.n, one.df, one.level)


def opportunity(together: Joint, first: int, second: int, wanted: Estimate, level: float) -> Interval:
    """Return importance + max(importance - satisfaction, 0) with an interval by the delta method."""
    i, s = float(together.values[first]), float(together.values[second])
    c = together.covariance
    slope = (2.0, -1.0) if i > s else (1.0, 0.0)
    variance = (
        slope[0] ** 2 * c[first, first] + slope[1] ** 2 * c[second, second] + 2 * slope[0] * slope[1] * c[first, second]
    )
    value = i + max(i - s, 0.0)
    if not (math.isfinite(variance) and wanted.df > 0):
        return Interval(value, math.nan, math.nan, wanted.n, level)
    half = t_quantile(wanted.df, level) * math.sqrt(max(0.0, float(variance)))
    return Interval(value, max(0.0, value - half), min(2 * SCALE, value + half), wanted.n, level)
