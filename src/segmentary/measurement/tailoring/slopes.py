"""How fast a share rises or falls in a group of people, from sums over people.

One observation is a person's month: the part of what the person did in it that goes to an item. A straight line
through all of them by least squares; people are the clusters of its variance, for the months of one person are alike.
Everything needed is sums over people of products of five figures each, so groups can be taken apart and put together.

References: Liang & Zeger (1986), Biometrika 73(1) (the cluster-robust variance).
"""

from __future__ import annotations

import math
from dataclasses import dataclass
from statistics import NormalDist
from typing import TypeAlias

import numpy as np
import numpy.typing as npt

from segmentary.models.intervals import normal_quantile

Floats: TypeAlias = npt.NDArray[np.float64]
# The five figures of a person, in the order of the matrices: ty, y, tt, t, n.
FIGURES = 5


@dataclass(frozen=True, eq=False)
class TrendSums:
    """Sums over the people of a group.

    people : how many. totals : (5,) of ty, y, tt, t, n: for each person the sums over months of time x part, part,
    time squared, time, 1. products : (5, 5) sums over people of the products of those.
    """

    people: int
    totals: Floats
    products: Floats

    def without(self, other: TrendSums) -> TrendSums:
        """Return the sums over those who are not in the other group, which is part of this one."""
        return TrendSums(self.people - other.people, self.totals - other.totals, self.products - other.products)


@dataclass(frozen=True, slots=True)
class Slope:
    """The change of a mean part per month, with its interval and standard error; p : of no change.

    level : the mean part in the middle of the time. people : how many stand behind it.
    """

    estimate: float
    low: float
    high: float
    error: float
    p: float
    middle: float
    people: int


def slope(sums: TrendSums, *, level: float = 0.95) -> Slope | None:
    """Fit the line; None where it cannot be: fewer than two people, one month only, nothing varies."""
    ty, y, tt, t, n = (float(one) for one in sums.totals)
    if sums.people < 2 or n <= 0:
        return None
    mean = t / n
    spread = tt - t * mean
    if spread <= 1e-9 * max(1.0, tt):
        return None
    rate = (ty - mean * y) / spread
    start = y / n - rate * mean
    # A person's score: sum over months of (time - mean) x (part - line), from the five figures.
    weights = np.array([1.0, -mean, -rate, rate * mean - start, start * mean])
    scores = float(weights @ sums.products @ weights)
    error = math.sqrt(max(0.0, scores) * sums.people / (sums.people - 1)) / spread
    if not error > 1e-12:
        return None
    half = normal_quantile(level) * error
    p = 2 * NormalDist().cdf(-abs(rate) / error)
    return Slope(rate, rate - half, rate + half, error, p, y / n, sums.people)


def difference_of_slopes(one: Slope, other: Slope, *, level: float = 0.95) -> Slope:
    """Return how much faster the first group's share changes than the second's; they have nobody in common."""
    gap, error = one.estimate - other.estimate, math.hypot(one.error, other.error)
    half = normal_quantile(level) * error
    p = 2 * NormalDist().cdf(-abs(gap) / error)
    return Slope(gap, gap - half, gap + half, error, p, one.middle - other.middle, one.people)


def people_sums(row: tuple[float, ...]) -> TrendSums:
    """Return the part of the sums that no item is needed for: n, t, tt and their products (``trend_people.sql``)."""
    people, n, t, tt, n_n, n_t, n_tt, t_t, t_tt, tt_tt = row
    products = np.zeros((FIGURES, FIGURES))
    products[2:, 2:] = [[tt_tt, t_tt, n_tt], [t_tt, t_t, n_t], [n_tt, n_t, n_n]]
    return TrendSums(int(people), np.array([0.0, 0.0, tt, t, n]), products)


def with_item(people: TrendSums, row: tuple[float, ...] | None) -> TrendSums:
    """Add what is known of an item (``trend_items.sql`` without its first columns); None: nobody used it."""
    if row is None:
        return people
    y, ty, y_y, y_ty, ty_ty, y_n, y_t, y_tt, ty_n, ty_t, ty_tt = row
    totals, products = people.totals.copy(), people.products.copy()
    totals[:2] = ty, y
    products[:2, :2] = [[ty_ty, y_ty], [y_ty, y_y]]
    products[:2, 2:] = [[ty_tt, ty_t, ty_n], [y_tt, y_t, y_n]]
    products[2:, :2] = products[:2, 2:].T
    return TrendSums(people.people, totals, products)
