"""The population stability index of two distributions over bins, with what chance alone makes of it.

PSI = sum (p - q) ln(p / q). Without any change its mean is (bins - 1)(1/n + 1/m), not 0: with few people it is large of
itself. So the index is given less that bias, with an interval, and beside the value that chance exceeds once in twenty.
The usual words (below .1 stable, above .25 shifted) are of the index without the bias.

References: Kullback & Leibler (1951), Annals of Mathematical Statistics 22(1); Yurdakul & Naranjo (2020), Journal of
Risk Model Validation 14(4), for the law of the index without change.
"""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import Literal

import numpy as np
import numpy.typing as npt

from segmentary.models.intervals import Interval, normal_quantile

Floats = npt.NDArray[np.float64]
STABLE, SHIFTED = 0.1, 0.25
SMOOTHING = 0.5
"""People added to every bin that anybody is in: an empty one would make the index infinite."""
Verdict = Literal["stable", "moved", "shifted", "not clear"]


@dataclass(frozen=True, slots=True)
class Stability:
    """The index of one trait.

    index : less its bias, at least 0, with a 95% interval. raw : as it is usually printed. chance : what chance alone
    exceeds once in twenty. p : of the test that nothing changed. verdict : by the interval and the usual words.
    """

    index: Interval
    raw: float
    chance: float
    p: float
    bins: int
    verdict: Verdict


def stability(now: Floats, then: Floats, *, then_people: float | None = None) -> Stability | None:
    """Compare counts of bins (b,) now with counts, or with shares of `then_people` people, then.

    then_people : None: `then` are counts. ``inf``: its shares are exact. Returns None when a side is empty or there is
    one bin only.
    """
    m = float(then.sum()) if then_people is None else float(then_people)
    n = float(now.sum())
    if n <= 0 or m <= 0 or then.sum() <= 0:
        return None
    held = (now > 0) | (then > 0)
    now, then = now[held].astype(float), then[held].astype(float)
    bins = len(now)
    if bins < 2:
        return None
    then = then / then.sum()
    p = (now + SMOOTHING) / (n + SMOOTHING * bins)
    q = then if math.isinf(m) else (then * m + SMOOTHING) / (m + SMOOTHING * bins)
    if math.isinf(m):
        q = np.maximum(q, SMOOTHING / (n + SMOOTHING * bins))
        q /= q.sum()
    raw = float(((p - q) * np.log(p / q)).sum())
    scale = 1 / n + (0.0 if math.isinf(m) else 1 / m)
    from scipy.special import chdtrc, chdtri

    freedom = bins - 1
    chance = scale * float(chdtri(freedom, 0.05))
    p_value = float(chdtrc(freedom, raw / scale))
    # Delta method: the gradient of the index by p and by q, under multinomial sampling of both sides.
    by_p, by_q = np.log(p / q) + 1 - q / p, np.log(q / p) + 1 - p / q
    variance = spread(by_p, p) / n + (0.0 if math.isinf(m) else spread(by_q, q) / m)
    # Near no change the gradient vanishes; what remains is the variance of a chi-square.
    half = normal_quantile(0.95) * math.sqrt(variance + 2 * freedom * scale * scale)
    estimate = max(0.0, raw - freedom * scale)
    low, high = max(0.0, raw - freedom * scale - half), max(0.0, raw - freedom * scale + half)
    interval = Interval(estimate, low, high, round(n))
    return Stability(interval, raw, chance, p_value, bins, verdict_of(interval))


def spread(gradient: Floats, shares: Floats) -> float:
    mean = float((gradient * shares).sum())
    return float((gradient**2 * shares).sum() - mean**2)


def verdict_of(index: Interval) -> Verdict:
    """Say what the index means, as far as its interval allows."""
    if index.high < STABLE:
        return "stable"
    if index.low >= SHIFTED:
        return "shifted"
    if index.low >= STABLE:
        return "moved"
    return "not clear"
