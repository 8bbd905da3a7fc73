"""How often of two people the one said to be at higher risk left first (Harrell's C), with its interval.

A pair counts where it is known who stayed longer: the one with the shorter duration left (of equal durations, one left
and the other was still there). Equal risks count half. The variance is that of a U-statistic: what each person adds.

Reference: Harrell, Califf, Pryor, Lee & Rosati (1982), JAMA 247(18).
"""

from __future__ import annotations

import math

import numpy as np
import numpy.typing as npt

from segmentary.models.intervals import Interval, normal_quantile
from segmentary.models.survival.counts import Codes, Floats


def concordance_of(
    durations: Floats,
    left: npt.NDArray[np.bool_],
    risk: Floats,
    strata: Codes | None = None,
    *,
    level: float = 0.95,
) -> Interval:
    """Return the concordance of a risk score; not a number where no pair is comparable.

    strata : (n,) only people of one stratum are compared.
    """
    from segmentary.models.survival.cox_kernels import concordant

    n = len(durations)
    right, pairs = np.zeros(n), np.zeros(n)
    groups = np.zeros(n, dtype=np.int64) if strata is None else strata
    for one in np.unique(groups):
        rows = np.flatnonzero(groups == one)
        right[rows], pairs[rows] = concordant(durations[rows], left[rows], risk[rows])
    total = float(pairs.sum())
    if total == 0:
        return Interval(math.nan, 0.0, 1.0, n, level)
    c = float(right.sum()) / total
    half = normal_quantile(level) * 2 * math.sqrt(float(((right - c * pairs) ** 2).sum())) / total
    return Interval(c, max(0.0, c - half), min(1.0, c + half), n, level)
