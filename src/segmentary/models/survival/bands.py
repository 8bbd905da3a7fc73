"""Bands that hold a whole survival curve at once.

An interval at each time is right 95 times in 100 at that time; that it is right at all of them together takes a wider
band. Both are put on log(-log S), where they behave for moderate numbers of people.

References: Hall & Wellner (1980), Biometrika 67(1); Nair (1984), Technometrics 26(3); Borgan & Liestoel (1990),
Scandinavian Journal of Statistics 17(1) (transformed bands); Miller & Siegmund (1982), Biometrics 38(4) (tail).
"""

from __future__ import annotations

import math
from collections.abc import Callable
from functools import cache
from typing import TYPE_CHECKING, Literal

import numpy as np

from segmentary.errors import UnknownNameError
from segmentary.models.survival.counts import Floats

if TYPE_CHECKING:
    from segmentary.models.survival.kaplan_meier import SurvivalCurve


def simultaneous_band(
    curve: SurvivalCurve, kind: Literal["equal_precision", "hall_wellner"] = "equal_precision"
) -> tuple[Floats, Floats]:
    """Return (m,) low and high from the first to the last time somebody left; NaN elsewhere."""
    if kind not in ("equal_precision", "hall_wellner"):
        raise UnknownNameError("band", kind, ("equal_precision", "hall_wellner"))
    low, high = np.full(len(curve.times), math.nan), np.full(len(curve.times), math.nan)
    seen = (curve.survival > 0) & (curve.survival < 1) & np.isfinite(curve.variance)
    if not seen.any() or curve.people < 2:
        return low, high
    n, variance = float(curve.people), curve.variance[seen]
    a = n * variance / (1 + n * variance)
    first, last = float(a[0]), float(a[-1])
    if kind == "equal_precision":
        width = nair_width(first, last, curve.level) * np.sqrt(variance)
    else:
        width = hall_wellner_width(last, curve.level) * (1 + n * variance) / math.sqrt(n)
    logs = np.log(curve.survival[seen])
    wide = np.exp(np.minimum(width / np.abs(logs), 50.0))
    low[seen], high[seen] = np.exp(logs * wide), np.exp(logs / wide)
    return low, high


def nair_width(first: float, last: float, level: float) -> float:
    """Return how many standard errors hold a Brownian bridge over itself from `first` to `last` with the level."""
    log_odds = math.log(last * (1 - first) / (first * (1 - last)))

    def beyond(e: float) -> float:
        density = math.exp(-e * e / 2) / math.sqrt(2 * math.pi)
        return 4 * density / e + density * (e - 1 / e) * log_odds

    return solved(beyond, 1 - level, 1.0, 10.0)


def hall_wellner_width(last: float, level: float) -> float:
    """Return what a Brownian bridge stays within from 0 to `last` with the level.

    From the first time somebody left it is a little less: the band is a little wide, as is usual.
    """
    return solved(lambda width: 1 - stays_within(width, last), 1 - level, 0.05, 5.0)


def stays_within(width: float, until: float) -> float:
    """Return the chance that a Brownian bridge stays within +- width until then.

    Given where it is at `until`, it is a bridge to that place, whose chance is the sum over reflections.
    """
    nodes, weights = nodes_of()
    variance = until * (1 - until)
    if variance <= 0:
        reach, x, density = 1.0, np.zeros(1), np.ones(1)
        weights = np.ones(1)
    else:
        # Where the bridge hardly can be needs no nodes: near its end it is close to 0.
        reach = min(width, 9 * math.sqrt(variance))
        x = nodes * reach
        density = np.exp(-(x**2) / (2 * variance)) / math.sqrt(2 * math.pi * variance)
    k = np.arange(-40, 41)[:, None]
    stays = ((-1.0) ** np.abs(k) * np.exp(-2 * k * width * (k * width - x) / until)).sum(axis=0)
    return float(reach * (weights * stays * density).sum())


@cache
def nodes_of() -> tuple[Floats, Floats]:
    """Return 64 nodes and weights of Gauss and Legendre."""
    nodes, weights = np.polynomial.legendre.leggauss(64)
    return np.asarray(nodes), np.asarray(weights)


def solved(beyond: Callable[[float], float], tail: float, low: float, high: float) -> float:
    """Return where a falling function is the tail, by halving."""
    for _ in range(50):
        middle = (low + high) / 2
        low, high = (middle, high) if beyond(middle) > tail else (low, middle)
    return (low + high) / 2
