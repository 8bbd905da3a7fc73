"""Customers drawn from a lifetime model: what a fit should find again.

Exact draws of (x, t_x) given T without stepping through time: given their number, the purchases of a Poisson process
are uniform, so the last one, or the one after which a customer left, is an order statistic.
"""

from __future__ import annotations

from typing import Literal

import numpy as np
import numpy.typing as npt

from segmentary.errors import DataError
from segmentary.models.value.cells import Cells, Floats, distinct


def simulated_beta_geometric(
    r: float,
    alpha: float,
    a: float,
    b: float,
    age: npt.ArrayLike,
    *,
    first_chance: Literal["first purchase", "first repeat"] = "first repeat",
    seed: int,
) -> tuple[Floats, Floats]:
    """Return x and t_x (n,) of customers watched for age (n,), drawn from BG/NBD, or MBG/NBD by its first chance."""
    watched, chance = prepared(age, seed)
    n = len(watched)
    bought = chance.poisson(chance.gamma(r, 1 / alpha, n) * watched)
    # A customer leaves with a probability far from 0 in the first million purchases, or never.
    leaves_at = chance.geometric(np.maximum(chance.beta(a, b, n), 1e-12))
    if first_chance == "first purchase":
        leaves_at -= 1
    x = np.minimum(bought, leaves_at)
    stayed = leaves_at > bought
    last = np.where(stayed, bought, leaves_at)
    # The k-th of m uniform moments is beta distributed (k, m - k + 1).
    share = chance.beta(np.maximum(last, 1), bought - last + 1)
    return x.astype(np.float64), np.where(x > 0, share * watched, 0.0)


def simulated_pareto(
    r: float,
    alpha: npt.ArrayLike,
    s: float,
    beta: npt.ArrayLike,
    age: npt.ArrayLike,
    *,
    seed: int,
) -> tuple[Floats, Floats]:
    """Return x and t_x (n,) of customers watched for age (n,), drawn from Pareto/NBD.

    alpha, beta : one, or one per customer (covariates).
    """
    watched, chance = prepared(age, seed)
    n = len(watched)
    rate = chance.gamma(r, 1.0, n) / np.asarray(alpha)
    leaving = chance.gamma(s, 1.0, n) / np.asarray(beta)
    with np.errstate(divide="ignore"):
        stay = np.minimum(chance.exponential(1.0, n) / leaving, watched)
    x = chance.poisson(rate * stay).astype(np.float64)
    share = chance.beta(np.maximum(x, 1), 1.0)
    return x, np.where(x > 0, share * stay, 0.0)


def in_whole_days(x: Floats, t_x: Floats, age: Floats) -> Cells:
    """Return the cells of customers whose last purchase is known to the day (rounded up; at least one, at most T)."""
    days = np.where(x > 0, np.clip(np.ceil(t_x), 1, np.maximum(age, 1)), 0.0)
    return distinct(x, days, age)


def prepared(age: npt.ArrayLike, seed: int) -> tuple[Floats, np.random.Generator]:
    """Return ages as an array, checked, and what draws."""
    watched = np.atleast_1d(np.asarray(age, dtype=np.float64))
    if not (np.isfinite(watched) & (watched > 0)).all():
        raise DataError("an age that is not a positive length of time", hint="customers are watched for a while")
    return watched, np.random.default_rng(seed)
