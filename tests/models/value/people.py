"""Made-up customers with known parameters, and the CDNOW sample."""

from __future__ import annotations

import csv
import gzip
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

Array = NDArray[np.float64]
DONORS = (1.2, 0.75, 0.66, 2.78)


def cdnow(data: Path) -> tuple[Array, Array, Array, Array]:
    """x, t_x, T (weeks) and mean repeat spend of the 2,357 customers of the CDNOW sample, 39 weeks."""
    with gzip.open(data / "clv" / "cdnow_sample_summary_x_tx_T_zbar.csv.gz", "rt") as file:
        rows: list[dict[str, Any]] = list(csv.DictReader(file))
    x, last, age, spend = (np.array([float(row[name]) for row in rows]) for name in ("x", "t_x", "T", "zbar"))
    return x, last, age, spend


def bought_and_spent(people: int, *, seed: int) -> tuple[Array, Array]:
    """Spend days and mean spend of people whose p, q, gamma are 6.25, 3.74, 15.44."""
    draw = np.random.default_rng(seed)
    days = draw.integers(1, 8, people).astype(np.float64)
    rate = draw.gamma(3.74, 1 / 15.44, people)
    return days, draw.gamma(6.25 * days, 1 / rate) / days


def opportunities(people: int, chances: int, *, seed: int, seen: int | None = None) -> tuple[Array, Array, Array]:
    """Purchases, last one and number of opportunities of people like the paper's donors, as far as was seen."""
    draw = np.random.default_rng(seed)
    alpha, beta, gamma, delta = DONORS
    buys, leaves = draw.beta(alpha, beta, people), draw.beta(gamma, delta, people)
    there = draw.geometric(leaves)[:, None] > np.arange(1, chances + 1)[None, :]
    bought = (draw.random((people, chances)) < buys[:, None]) & there
    bought = bought[:, : seen or chances]
    number = bought.shape[1]
    last = np.where(bought.any(axis=1), number - np.argmax(bought[:, ::-1], axis=1), 0)
    return bought.sum(axis=1).astype(np.float64), last.astype(np.float64), np.full(people, float(number))


UNTIL = 450
"""The last day of `shop`."""


def shop(people: int, *, seed: int) -> tuple[NDArray[np.int64], Array, Array]:
    """Ids, days (0 to 450) and amounts of customers who buy at rates of their own, leave, and differ in spend."""
    draw = np.random.default_rng(seed)
    first = draw.integers(0, 300, people)
    rate, stay = draw.gamma(0.7, 1 / 40, people), draw.exponential(draw.gamma(2.0, 100.0, people))
    again = draw.poisson(rate * np.minimum(stay, UNTIL - first))
    ids = np.repeat(np.arange(people), again + 1)
    since = draw.random(len(ids)) * np.minimum(stay, UNTIL - first)[ids]
    since[np.cumsum(again + 1) - 1] = 0.0
    level = 6.25 / draw.gamma(3.74, 1 / 15.44, people)
    return ids, np.floor(first[ids] + since), level[ids] * draw.gamma(4.0, 0.25, len(ids))
