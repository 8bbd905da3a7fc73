"""An estimate from a survey with everything that says how far to trust it; and a difference of two."""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass, replace
from functools import lru_cache

from segmentary.market.record import Record
from segmentary.market.wording import HIDDEN_BELOW, SMALL
from segmentary.models.intervals import Interval, holm


@dataclass(frozen=True, slots=True)
class Estimate(Record):
    """An estimate of a population figure from a sample.

    Attributes
    ----------
    estimate : NaN where nothing can be said (nobody with a value).
    error : standard error; NaN where it cannot be said (one respondent, one cluster).
    low, high : interval at ``level``, by Student's t with ``df`` degrees of freedom; NaN where error is.
    n : people (unweighted) behind it. missing : further people of the group without a value.
    design_effect : variance against that of a simple random sample of n (NaN where undefined). effective_n : how many
        people of a simple random sample it is worth.
    exact : the weights were adjusted to reach this very figure, so that it has no sampling error (standard error 0).
    """

    estimate: float
    error: float
    low: float
    high: float
    n: int
    level: float = 0.95
    df: float = math.inf
    design_effect: float = math.nan
    effective_n: float = math.nan
    exact: bool = False
    missing: int = 0

    @property
    def interval(self) -> Interval:
        """The estimate as the other rooms know it."""
        return Interval(self.estimate, self.low, self.high, self.n, self.level)

    @property
    def known(self) -> bool:
        """Whether there is an estimate with an interval."""
        return math.isfinite(self.estimate) and math.isfinite(self.low) and math.isfinite(self.high)

    @property
    def small(self) -> bool:
        """Whether fewer than 30 people are behind it: shown with a warning."""
        return self.n < SMALL

    @property
    def suppressed(self) -> bool:
        """Whether fewer than 11 people are behind it: hidden where aggregates leave the house."""
        return 0 < self.n < HIDDEN_BELOW


@dataclass(frozen=True, slots=True)
class Contrast(Record):
    """A difference of two estimates.

    estimate = one - other, with standard error, interval and p-value (two-sided t-test with df; NaN where it cannot be
    tested). p_holm : corrected for all differences asked about together (equal to p for one alone). n, n_others :
    people behind each side.
    """

    estimate: float
    error: float
    low: float
    high: float
    p: float
    p_holm: float
    n: int
    n_others: int
    df: float = math.inf
    level: float = 0.95

    @property
    def interval(self) -> Interval:
        """The difference as the other rooms know it."""
        return Interval(self.estimate, self.low, self.high, self.n + self.n_others, self.level)

    @property
    def sure(self) -> bool:
        """Whether it differs from zero after correction."""
        return self.p_holm < 1 - self.level

    @property
    def known(self) -> bool:
        """Whether it could be tested."""
        return math.isfinite(self.p)


def contrast(
    difference: float, variance: float, df: float, people: tuple[int, int], *, level: float = 0.95
) -> Contrast:
    """Return a difference with its t interval and test; the correction is left to `corrected`."""
    error = math.sqrt(max(0.0, variance)) if math.isfinite(variance) else math.nan
    if not (error > 0 and df > 0 and math.isfinite(difference)):
        # Nothing varies: equal figures are equal; unequal ones cannot be tested.
        same = error == 0 and difference == 0
        p = 1.0 if same else math.nan
        edge = difference if error == 0 else math.nan
        return Contrast(difference, error, edge, edge, p, p, *people, df, level)
    half = t_quantile(df, level) * error
    p = p_value(difference / error, df)
    return Contrast(difference, error, difference - half, difference + half, p, p, *people, df, level)


def share_contrast(one: Estimate, other: Estimate, covariance: float = 0.0, *, level: float = 0.95) -> Contrast:
    """Return a difference of two shares.

    The test takes both variances at the share the two have together (a score test), so that nobody among five people is
    not taken for certainty; the interval is put together from those of the shares (Newcombe 1998; Zou & Donner 2008,
    Statistics in Medicine 27(10)). covariance : of the two estimates, where the same people or clusters are in both.
    """
    difference, df = one.estimate - other.estimate, min(one.df, other.df)
    people = one.n, other.n
    if not (one.known and other.known and math.isfinite(one.error) and math.isfinite(other.error) and df > 0):
        return Contrast(difference, *(math.nan,) * 5, *people, df, level)
    together = pooled_share(one, other)
    variances = [at_share(each, together) for each in (one, other)]
    known = one.error * other.error
    correlation = max(-1.0, min(1.0, covariance / known)) if known > 0 else 0.0
    variance = sum(variances) - 2 * correlation * math.sqrt(variances[0] * variances[1])
    tested = contrast(difference, variance, df, people, level=level)
    ends = []
    for near, far in ((one.low, other.high), (one.high, other.low)):
        a, b = one.estimate - near, other.estimate - far
        ends.append(math.sqrt(max(0.0, a * a + b * b - 2 * correlation * abs(a * b))))
    return replace(tested, low=max(-1.0, difference - ends[0]), high=min(1.0, difference + ends[1]))


def pooled_share(one: Estimate, other: Estimate) -> float:
    """Return the share two groups have together, each with as many people as it is worth."""
    if math.isinf(one.effective_n) or math.isinf(other.effective_n):
        return one.estimate if math.isinf(one.effective_n) else other.estimate
    worth = max(one.effective_n, 1e-9), max(other.effective_n, 1e-9)
    return (one.estimate * worth[0] + other.estimate * worth[1]) / sum(worth)


def at_share(one: Estimate, share: float) -> float:
    """Return the variance an estimated share would have if it were this one."""
    if one.exact or math.isinf(one.effective_n):
        return 0.0
    seen = one.estimate * (1 - one.estimate)
    if seen > 0 and one.error > 0:
        return one.error**2 * share * (1 - share) / seen
    return share * (1 - share) / max(one.effective_n, 1e-9)


def corrected(contrasts: Sequence[Contrast]) -> tuple[Contrast, ...]:
    """Return the differences with p-values corrected for all of them together (Holm); unknown ones stay unknown."""
    known = [place for place, one in enumerate(contrasts) if one.known]
    adjusted = dict(zip(known, holm([contrasts[place].p for place in known]), strict=True))
    return tuple(replace(one, p_holm=adjusted.get(place, math.nan)) for place, one in enumerate(contrasts))


@lru_cache(maxsize=4096)
def t_quantile(df: float, level: float = 0.95) -> float:
    """Return the two-sided quantile of Student's t."""
    from scipy.special import ndtri, stdtrit

    return float(ndtri(0.5 + level / 2) if math.isinf(df) else stdtrit(df, 0.5 + level / 2))


def p_value(t: float, df: float) -> float:
    """Return the two-sided p-value of Student's t."""
    from scipy.special import ndtr, stdtr

    return min(1.0, 2 * float(ndtr(-abs(t)) if math.isinf(df) else stdtr(df, -abs(t))))


def wilson_ends(p: float, n: float, t: float) -> tuple[float, float]:
    """Return Wilson's interval of a share of n people (n need not be whole)."""
    if n <= 0:
        return 0.0, 1.0
    middle = (p + t * t / (2 * n)) / (1 + t * t / n)
    half = t / (1 + t * t / n) * math.sqrt(p * (1 - p) / n + t * t / (4 * n * n))
    return (0.0 if p == 0 else max(0.0, middle - half)), (1.0 if p == 1 else min(1.0, middle + half))
