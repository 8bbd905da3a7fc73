"""Weighted means and shares of groups with intervals, and what sets a group apart from everybody else.

Survey weights w (with mean 1; frequency weights as they are) enter in two ways: estimates are weighted, and their
uncertainty is that of the linearised estimator: var(mean) = sum w^2 (x - mean)^2 / (sum w)^2 * n / (n - 1). With equal
weights everything is the textbook's unweighted formula. Intervals of shares are Wilson's at the effective number of
people p (1 - p) / var(p), never above Kish's (Korn & Graubard 1998, Survey Methodology 24(2)); those of means are
Student's at the effective degrees of freedom (sum w)^2 / sum w^2 - 1. Nothing here knows strata or clusters: that is
`segmentary.market`.
"""

from __future__ import annotations

import math
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from segmentary.models.intervals import Interval, normal_quantile
from segmentary.models.table.typed_table import Floats

LEAST_EFFECTIVE = 2 - 1e-9
"""Where weights make a group worth fewer people than this, it says nothing about its own spread."""


@dataclass(frozen=True, eq=False)
class Groups:
    """Sums of one column over k groups, of people with a known value.

    n : (k,) people. w, w2 : (k,) sums of weights and of their squares. mean : (k,) weighted mean. spread : (k,)
    weighted variance. linear : (k,) sum of w^2 (x - mean)^2.
    """

    n: npt.NDArray[np.intp]
    w: Floats
    w2: Floats
    mean: Floats
    spread: Floats
    linear: Floats

    @property
    def effective(self) -> Floats:
        """(k,) effective number of people (Kish 1965)."""
        return np.divide(self.w**2, self.w2, out=np.zeros_like(self.w), where=self.w2 > 0)

    @property
    def error2(self) -> Floats:
        """(k,) variance of the mean by linearisation; infinite below two people, counted or effective."""
        found = np.full(len(self.w), np.inf)
        many = (self.n > 1) & (self.effective >= LEAST_EFFECTIVE)
        found[many] = self.linear[many] / self.w[many] ** 2 * self.n[many] / (self.n[many] - 1)
        return found


def sums_by(places: npt.NDArray[np.intp], amounts: Floats, k: int) -> Floats:
    """Return (k,) sums of amounts (n,) by place 0 ... k-1 (n,)."""
    return np.asarray(np.bincount(places, weights=amounts, minlength=k)[:k], dtype=np.float64)


def grouped(x: Floats, labels: npt.NDArray[np.intp], weight: Floats, k: int) -> tuple[Groups, Groups, Groups]:
    """Return the sums of the k groups, of everybody else for each group (k), and of all together (1).

    x : (n,) values, missing left out. labels : (n,) 0 ... k-1. weight : (n,).
    """
    known = ~np.isnan(x)
    x, labels, weight = x[known], labels[known], weight[known]
    middle = float(np.average(x, weights=weight)) if len(x) else 0.0
    z = x - middle
    rows = [np.ones_like(z), weight, weight**2, weight * z, weight * z**2, weight**2 * z, weight**2 * z**2]
    sums = np.array([sums_by(labels, row, k) for row in rows])
    total = sums.sum(axis=1, keepdims=True)
    return from_sums(sums, middle), from_sums(total - sums, middle), from_sums(total, middle)


def from_sums(sums: Floats, middle: float) -> Groups:
    n, w, w2, wz, wzz, w2z, w2zz = sums
    there = n > 0.5
    mean = np.divide(wz, w, out=np.full(len(n), np.nan), where=there)
    at = np.nan_to_num(mean)
    spread = np.divide(wzz, w, out=np.zeros(len(n)), where=there) - at**2
    linear = w2zz - 2 * at * w2z + at**2 * w2
    # What only rounding leaves is nothing: a constant column has no variance.
    scale = np.abs(wzz).max(initial=0.0) / max(float(np.abs(w).max(initial=0.0)), 1e-300)
    spread = np.where(spread <= 1e-12 * scale, 0.0, spread)
    linear = np.where(spread == 0.0, 0.0, np.maximum(linear, 0.0))
    return Groups(np.rint(n).astype(np.intp), w, w2, mean + middle, spread, linear)


def wilson_at(share: float, effective: float, n: int, *, level: float = 0.95) -> Interval:
    """Return a share with Wilson's interval at a number of people that need not be whole."""
    if n == 0 or effective <= 0 or math.isnan(share):
        return Interval(math.nan, 0.0, 1.0, n, level)
    share = min(1.0, max(0.0, share))
    z2 = normal_quantile(level) ** 2
    middle = (share + z2 / (2 * effective)) / (1 + z2 / effective)
    half = math.sqrt(z2) / (1 + z2 / effective) * math.sqrt(share * (1 - share) / effective + z2 / (4 * effective**2))
    low = 0.0 if share == 0 else max(0.0, middle - half)
    high = 1.0 if share == 1 else min(1.0, middle + half)
    return Interval(share, min(low, share), max(high, share), n, level)


def weighted_share(yes: npt.NDArray[np.bool_], weight: Floats) -> Interval:
    """Return the weighted share of yes with its interval. yes, weight : (n,)."""
    n = len(yes)
    if n == 0:
        return Interval(math.nan, 0.0, 1.0, 0)
    total = float(weight.sum())
    share = float(weight[yes].sum()) / total
    linear = float((weight**2 * (yes - share) ** 2).sum()) / total**2
    return wilson_at(share, effective_people(share, linear, total**2 / float(weight @ weight)), n)


def effective_people(share: float, variance: float, kish: float) -> float:
    """Return how many people of equal weight give a share this variance, but no more than Kish's number.

    Where a few people carry much of the weight, their own answers make the variance look smaller than it is.
    """
    if variance <= 0 or not 0 < share < 1:
        return kish
    return min(kish, share * (1 - share) / variance)


def share_interval(groups: Groups, place: int) -> Interval:
    """Return the share (mean of zeros and ones) of one group with its interval."""
    n, w = int(groups.n[place]), float(groups.w[place])
    if n == 0:
        return Interval(math.nan, 0.0, 1.0, 0)
    share = float(groups.mean[place])
    variance = float(groups.linear[place]) / w**2
    return wilson_at(share, effective_people(share, variance, float(groups.effective[place])), n)


def mean_interval(groups: Groups, place: int, within: tuple[float, float]) -> Interval:
    """Return the mean of one group with its interval.

    within : lowest and highest value there is: the interval where fewer than two people say nothing about the spread.
    """
    n = int(groups.n[place])
    if n == 0:
        return Interval(math.nan, *within, 0)
    mean = float(groups.mean[place])
    freedom = float(groups.effective[place]) - 1
    if n < 2 or freedom + 1 < LEAST_EFFECTIVE:
        return Interval(mean, *within, n)
    from scipy.special import stdtrit

    half = float(stdtrit(max(freedom, 1.0), 0.975)) * math.sqrt(float(groups.error2[place]))
    return Interval(mean, mean - half, mean + half, n)


def apart_in_mean(one: Groups, others: Groups) -> tuple[Floats, Floats]:
    """Return (k,) Cohen's d (pooled standard deviation) and Welch's two-sided p of each group against everybody else.

    Where nothing can be said (fewer than two people on a side, nothing varies) d is 0 and p is 1; where two constants
    differ, p is 0 and d is 0 beyond measure and set to 10.
    """
    from scipy.special import stdtr

    a, b = one.error2, others.error2
    enough = np.isfinite(a) & np.isfinite(b)
    gap = np.where(enough, one.mean - others.mean, 0.0)
    ea, eb = np.maximum(one.effective - 1, 1e-9), np.maximum(others.effective - 1, 1e-9)
    pooled = np.sqrt((ea * one.spread * unbiased(one) + eb * others.spread * unbiased(others)) / (ea + eb))
    error = np.sqrt(np.where(enough, a + b, 1.0))
    with np.errstate(divide="ignore", invalid="ignore"):
        freedom = (a + b) ** 2 / (a**2 / ea + b**2 / eb)
        t = np.abs(gap) / error
        p = np.minimum(1.0, 2 * stdtr(np.maximum(freedom, 1.0), -t))
        d = gap / pooled
    varies = enough & (error > 0) & (pooled > 0)
    constants = enough & ~varies & (np.abs(gap) > 1e-9 * (1 + np.abs(one.mean)))
    p = np.where(varies, p, np.where(constants, 0.0, 1.0))
    return np.where(varies, d, np.where(constants, np.sign(gap) * 10.0, 0.0)), np.nan_to_num(p, nan=1.0)


def unbiased(groups: Groups) -> Floats:
    effective = groups.effective
    return np.divide(effective, effective - 1, out=np.ones_like(effective), where=effective > 1)


def apart_in_share(one: Groups, others: Groups) -> tuple[Floats, Floats]:
    """Return (k,) Cohen's h and the two-sided p of the pooled z test at effective numbers; 0 and 1 without people."""
    from scipy.special import ndtr

    a, b = one.effective, others.effective
    enough = (a > 0) & (b > 0)
    sure = (one.n < 2) | (a >= LEAST_EFFECTIVE), (others.n < 2) | (b >= LEAST_EFFECTIVE)
    mine, theirs = np.clip(np.where(enough, one.mean, 0), 0, 1), np.clip(np.where(enough, others.mean, 0), 0, 1)
    h = 2 * np.arcsin(np.sqrt(mine)) - 2 * np.arcsin(np.sqrt(theirs))
    with np.errstate(divide="ignore", invalid="ignore"):
        pooled = (a * mine + b * theirs) / (a + b)
        error = np.sqrt(pooled * (1 - pooled) * (1 / a + 1 / b))
        p = np.minimum(1.0, 2 * ndtr(-np.abs(mine - theirs) / error))
    return h, np.where(enough & sure[0] & sure[1] & (error > 0), p, 1.0)
