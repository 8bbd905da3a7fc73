"""The spend of a person as plain terms: a line in their money, and how far the parameters leave it open.

A person's expected spend per purchase day is (gamma + money) * share, where money is all they paid on the days that
count, and share depends on the number of those days alone. So few numbers per number of days say everything, for
arrays and for an engine alike.

Whether the first purchase day counts: the textbook leaves it out, because a first purchase may be unlike the others.
Where it goes together with later spend (correlation of logarithms of at least 30 people, its 95% interval above zero),
leaving it out would throw away all that is known of the spend of one-time buyers; it then counts as one more day,
scaled by how much later days cost compared with first ones.
"""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import Literal

import numpy as np

from segmentary.models.intervals import Interval, normal_quantile
from segmentary.models.value.delta import STEP, Array
from segmentary.models.value.gamma_gamma import GammaGamma
from segmentary.models.value.purchases import Purchases

FEWEST = 30
FirstAsked = Literal["auto", "ignore"]


@dataclass(frozen=True, slots=True)
class FirstSpend:
    """Whether the first purchase day tells something of later spend.

    correlation : of the logarithms of first and of mean later spend. ratio : later over first spend; 0: not used.
    """

    correlation: Interval
    ratio: float

    @property
    def used(self) -> bool:
        """Whether it counts as one more day."""
        return self.ratio > 0


@dataclass(frozen=True, slots=True)
class SpendTerms:
    """For 0, 1, 2, ... counted days; arrays of shape (days,).

    base + share * money is the expected spend. With w = base / spend, the variance of its logarithm is
    own + w * (cross + w * pool). slopes : (2, days) derivatives of the logarithm of share to those of p and q.
    """

    base: Array
    share: Array
    own: Array
    cross: Array
    pool: float
    slopes: Array


def first_spend(purchases: Purchases, asked: FirstAsked = "auto") -> FirstSpend:
    """Return whether the first purchase day tells of later spend, from those who have both.

    asked : ``ignore``: it is not used, whatever it tells.
    """
    both = (purchases.spend_days > 0) & (purchases.first_spend > 0)
    n = int(both.sum())
    nothing = Interval(math.nan, math.nan, math.nan, n)
    if n < FEWEST:
        return FirstSpend(nothing, 0.0)
    first, later = purchases.first_spend[both], purchases.mean_spend[both]
    if np.ptp(first) == 0 or np.ptp(later) == 0:
        return FirstSpend(nothing, 0.0)
    r = float(np.corrcoef(np.log(first), np.log(later))[0, 1])
    z, half = math.atanh(min(max(r, -1 + 1e-12), 1 - 1e-12)), normal_quantile(0.95) / math.sqrt(n - 3)
    found = Interval(r, math.tanh(z - half), math.tanh(z + half), n)
    # Geometric means: one very dear first order does not move everybody.
    ratio = float(np.exp(np.log(later).mean() - np.log(first).mean()))
    return FirstSpend(found, ratio if found.low > 0 and asked == "auto" else 0.0)


def counted(purchases: Purchases, ratio: float) -> tuple[Array, Array]:
    """Return (days, money) that count, per person: repeat days that were paid, and the first one where it is used."""
    days = purchases.spend_days.astype(np.float64)
    money = np.where(days > 0, np.nan_to_num(purchases.mean_spend) * days, 0.0)
    first = (purchases.first_spend > 0) & (ratio > 0)
    return days + first, money + np.where(first, ratio * np.nan_to_num(purchases.first_spend), 0.0)


def spend_terms(model: GammaGamma, most_days: int) -> SpendTerms:
    """Return the terms for 0 to most_days counted days."""
    days = np.arange(most_days + 1, dtype=np.float64)
    theta, covariance = model.log_parameters(), model.covariance_
    base, _ = model.factors(days)
    gamma = math.exp(theta[2])
    slopes = np.empty((2, len(days)))
    for place in range(2):
        step = np.zeros(3)
        step[place] = STEP
        slopes[place] = np.log(model.factors(days, theta + step)[0] / model.factors(days, theta - step)[0]) / (2 * STEP)
    return SpendTerms(
        base=base,
        share=base / gamma,
        own=np.einsum("kd,kl,ld->d", slopes, covariance[:2, :2], slopes),
        cross=2 * (slopes.T @ covariance[:2, 2]),
        pool=float(covariance[2, 2]),
        slopes=slopes,
    )
