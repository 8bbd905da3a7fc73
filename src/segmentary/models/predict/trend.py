"""Exponential smoothing with a damped trend over weeks, and the weekdays' pattern for the days beyond whole weeks.

Reference: Gardner & McKenzie (1985), Management Science 31(10).
"""

from __future__ import annotations

import math
from typing import TypeAlias

import numpy as np
import numpy.typing as npt

Floats: TypeAlias = npt.NDArray[np.float64]
FEWEST_WEEKS = 10
LEVELS = (0.05, 0.1, 0.2, 0.3, 0.5, 0.8)
TRENDS = (0.0, 0.05, 0.1, 0.2)
DAMPED = 0.9
PATTERN_WEEKS = 8


def damped_trend(daily: Floats, horizon_days: int) -> float | None:
    """Return the total of the next days by level, damped trend and weekdays; None with fewer than ten whole weeks.

    daily : (d,) totals of days, the last one the day before. How fast level and trend follow is what would have
    forecast each next week best.
    """
    weeks = len(daily) // 7
    if weeks < FEWEST_WEEKS:
        return None
    by_day = daily[len(daily) - 7 * weeks :].reshape(weeks, 7)
    level, trend = smoothed(by_day.sum(axis=1))
    whole, rest = divmod(horizon_days, 7)
    ahead = [max(0.0, level + trend * sum(DAMPED**i for i in range(1, h + 1))) for h in range(1, whole + 2)]
    recent = by_day[-PATTERN_WEEKS:].sum(axis=0)
    share = float(recent[:rest].sum() / recent.sum()) if recent.sum() > 0 else rest / 7
    return float(sum(ahead[:whole]) + share * ahead[whole])


def smoothed(weeks: Floats) -> tuple[float, float]:
    """Return level and trend after the last week, by the pair of rates with the smallest one-week errors."""
    start = float(weeks[:4].mean())
    best = (math.inf, start, 0.0)
    for fast in LEVELS:
        for slope in TRENDS:
            level, trend, squares = start, 0.0, 0.0
            for value in weeks:
                expected = level + DAMPED * trend
                squares += (value - expected) ** 2
                before = level
                level = expected + fast * (value - expected)
                trend = slope * (level - before) + (1 - slope) * DAMPED * trend
            if squares < best[0]:
                best = (squares, level, trend)
    return best[1], best[2]
