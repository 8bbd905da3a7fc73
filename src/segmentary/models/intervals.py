"""Intervals of a share, of a difference, of a share of a sum; and what many tests at once allow one to say.

All are for one level (95% unless said). A segment is part of the population, so differences compare its members with
everybody else, never with a whole that contains them.

References: Wilson (1927), JASA 22(158); Newcombe (1998), Statistics in Medicine 17(8), method 10; Welch (1947),
Biometrika 34; Holm (1979), Scandinavian Journal of Statistics 6(2); Benjamini & Hochberg (1995), JRSS B 57(1).
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass
from statistics import NormalDist


@dataclass(frozen=True, slots=True)
class Interval:
    """An estimate with its interval and the number of people behind it."""

    estimate: float
    low: float
    high: float
    n: int
    level: float = 0.95


@dataclass(frozen=True, slots=True)
class Moments:
    """Number, mean and variance (denominator n - 1) of a measure in one group."""

    n: int
    mean: float
    variance: float


@dataclass(frozen=True, slots=True)
class Difference:
    """A difference of two groups: raw with interval, standardised with interval, and its p-value.

    ``effect`` is Cohen's d for means (pooled standard deviation) and Cohen's h for shares.
    """

    estimate: float
    low: float
    high: float
    effect: float
    effect_low: float
    effect_high: float
    p: float


def normal_quantile(level: float) -> float:
    return NormalDist().inv_cdf(0.5 + level / 2)


def wilson(k: float, n: float, *, level: float = 0.95) -> Interval:
    """Return the share k of n with Wilson's score interval; nothing is known when n is 0."""
    if n == 0:
        return Interval(math.nan, 0.0, 1.0, 0, level)
    z = normal_quantile(level)
    share = k / n
    middle = (share + z * z / (2 * n)) / (1 + z * z / n)
    half = z / (1 + z * z / n) * math.sqrt(share * (1 - share) / n + z * z / (4 * n * n))
    low = 0.0 if k == 0 else max(0.0, middle - half)
    high = 1.0 if k == n else min(1.0, middle + half)
    return Interval(share, low, high, round(n), level)


def share_of_sum(part: float, whole: float, part_squares: float, whole_squares: float, n: int) -> Interval:
    """Return part / whole of a sum over people, with an interval by linearisation of the ratio.

    part_squares, whole_squares : sums of the squared amounts of the people in the part, and of all n people.
    """
    if n == 0 or whole == 0:
        return Interval(math.nan, 0.0, 1.0, n)
    share = part / whole
    spread = part_squares * (1 - share) ** 2 + max(0.0, whole_squares - part_squares) * share**2
    half = normal_quantile(0.95) * math.sqrt(spread * n / max(1, n - 1)) / abs(whole)
    # Within 0 and 1, but never away from the estimate: refunds can put a share of money outside.
    low, high = max(min(0.0, share), share - half), min(max(1.0, share), share + half)
    return Interval(share, low, high, n)


def mean_interval(group: Moments, *, level: float = 0.95) -> Interval:
    """Return the mean with Student's interval; of one person there is no interval, of nobody no mean either."""
    if group.n < 2:
        return Interval(group.mean if group.n else math.nan, math.nan, math.nan, group.n, level)
    from scipy.special import stdtrit

    half = float(stdtrit(group.n - 1, 0.5 + level / 2)) * math.sqrt(group.variance / group.n)
    return Interval(group.mean, group.mean - half, group.mean + half, group.n, level)


def difference_of_means(group: Moments, others: Moments, *, level: float = 0.95) -> Difference | None:
    """Compare two means by Welch; None when a group has fewer than two people or nothing varies."""
    if group.n < 2 or others.n < 2:
        return None
    a, b = group.variance / group.n, others.variance / others.n
    error = math.sqrt(a + b)
    pooled = math.sqrt(((group.n - 1) * group.variance + (others.n - 1) * others.variance) / (group.n + others.n - 2))
    if not math.isfinite(error) or error == 0 or pooled == 0:
        return None
    from scipy.special import stdtr, stdtrit

    freedom = (a + b) ** 2 / (a * a / (group.n - 1) + b * b / (others.n - 1))
    gap = group.mean - others.mean
    half = float(stdtrit(freedom, 0.5 + level / 2)) * error
    p = min(1.0, 2 * float(stdtr(freedom, -abs(gap) / error)))
    return Difference(gap, gap - half, gap + half, gap / pooled, (gap - half) / pooled, (gap + half) / pooled, p)


def difference_of_shares(k: int, n: int, k_others: int, n_others: int, *, level: float = 0.95) -> Difference | None:
    """Compare two shares: Newcombe's interval, the pooled z test, Cohen's h; None when a group is empty."""
    if n == 0 or n_others == 0:
        return None
    one, two = wilson(k, n, level=level), wilson(k_others, n_others, level=level)
    gap = one.estimate - two.estimate
    low = gap - math.hypot(one.estimate - one.low, two.high - two.estimate)
    high = gap + math.hypot(one.high - one.estimate, two.estimate - two.low)
    pooled = (k + k_others) / (n + n_others)
    if pooled in (0.0, 1.0):
        return None
    error = math.sqrt(pooled * (1 - pooled) * (1 / n + 1 / n_others))
    p = min(1.0, 2 * NormalDist().cdf(-abs(gap) / error))
    effect = cohen_h(one.estimate, two.estimate)
    # On the arcsine scale a share has the constant variance 1 / n.
    half = normal_quantile(level) * math.sqrt(1 / n + 1 / n_others)
    return Difference(gap, low, high, effect, effect - half, effect + half, p)


def cohen_h(one: float, two: float) -> float:
    return 2 * math.asin(math.sqrt(one)) - 2 * math.asin(math.sqrt(two))


def holm(p_values: Sequence[float]) -> list[float]:
    """Return Holm-adjusted p-values: the chance of even one false claim among all stays below the level."""
    order = sorted(range(len(p_values)), key=p_values.__getitem__)
    adjusted = [0.0] * len(p_values)
    highest = 0.0
    for place, index in enumerate(order):
        highest = max(highest, min(1.0, (len(order) - place) * p_values[index]))
        adjusted[index] = highest
    return adjusted


def benjamini_hochberg(p_values: Sequence[float]) -> list[float]:
    """Return Benjamini-Hochberg-adjusted p-values: the expected share of false claims stays below the level."""
    order = sorted(range(len(p_values)), key=p_values.__getitem__, reverse=True)
    adjusted = [0.0] * len(p_values)
    lowest = 1.0
    for place, index in enumerate(order):
        rank = len(order) - place
        lowest = min(lowest, p_values[index] * len(order) / rank)
        adjusted[index] = lowest
    return adjusted
