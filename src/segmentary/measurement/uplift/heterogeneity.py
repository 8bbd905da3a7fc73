"""Whether people differ in what the arm does to them, and whether the prediction knows it: held out, with a test.

References: Chernozhukov, Demirer, Duflo & Fernandez-Val (2018), NBER 24678: best linear predictor and sorted groups;
Cochran (1954), Biometrics 10(1).
"""

from __future__ import annotations

import math
from dataclasses import asdict, dataclass
from statistics import NormalDist
from typing import Any

import numpy as np

from segmentary.measurement.uplift.trial import Places
from segmentary.models.intervals import Interval, normal_quantile
from segmentary.models.table.typed_table import Floats

TENTHS = 10


@dataclass(frozen=True, slots=True)
class Tenth:
    """People of one place in the order (1: the highest tenth): the effect predicted of them, and the one measured."""

    place: int
    people: int
    predicted: float
    actual: Interval


@dataclass(frozen=True, slots=True)
class Heterogeneity:
    """slope : of the measured effect on the predicted one; 1: predictions are right as they are, 0: they know nothing.

    p : that there is nothing to be known (slope 0, two sides). q, q_p : Cochran's Q of the tenths, and its p.
    found : the slope is above 0 with its whole interval.
    """

    slope: Interval
    p: float
    q: float
    q_p: float
    tenths: tuple[Tenth, ...]

    @property
    def found(self) -> bool:
        """Whether the prediction is shown to know whom the arm helps more."""
        return self.slope.low > 0

    def to_document(self) -> dict[str, Any]:
        """Return it as JSON values."""
        return {**asdict(self), "found": self.found}


def mean_of(scores: Floats, level: float = 0.95) -> Interval:
    """Return the mean of scores with a normal interval; nothing is known of fewer than two."""
    n = len(scores)
    if n < 2:
        return Interval(float(scores.mean()) if n else math.nan, math.nan, math.nan, n, level)
    half = normal_quantile(level) * float(scores.std(ddof=1)) / math.sqrt(n)
    mean = float(scores.mean())
    return Interval(mean, mean - half, mean + half, n, level)


def heterogeneity(scores: Floats, predicted: Floats, order: Floats, *, level: float = 0.95) -> Heterogeneity:
    """Hold predictions against doubly robust scores of the same people, none of whom the predictions had seen.

    scores, predicted, order : (n,) each; order: by which tenths are made.
    """
    from scipy.stats import chi2

    slope, error = slope_of(scores, predicted)
    half = normal_quantile(level) * error
    p = 2 * NormalDist().cdf(-abs(slope) / error) if error > 0 else 1.0
    place = places_of(order, TENTHS)
    tenths = []
    for number in range(TENTHS):
        inside = place == number
        if inside.any():
            actual = mean_of(scores[inside], level)
            tenths.append(Tenth(number + 1, int(inside.sum()), float(predicted[inside].mean()), actual))
    known = [(one.actual.estimate, one.actual.high - one.actual.estimate) for one in tenths]
    weights = np.array([0.0 if not half > 0 else (normal_quantile(level) / half) ** 2 for _, half in known])
    effects = np.array([estimate for estimate, _ in known])
    q = float(weights @ (effects - np.average(effects, weights=weights)) ** 2) if weights.sum() > 0 else 0.0
    freedom = int((weights > 0).sum()) - 1
    q_p = float(chi2.sf(q, freedom)) if freedom > 0 else 1.0
    return Heterogeneity(Interval(slope, slope - half, slope + half, len(scores), level), p, q, q_p, tuple(tenths))


def slope_of(scores: Floats, predicted: Floats) -> tuple[float, float]:
    """Return the slope of scores on predictions and its HC3 standard error; 0, 0: all predictions are alike."""
    x = predicted - predicted.mean()
    size = float(x @ x)
    if size <= 1e-12 * max(1.0, float(predicted @ predicted)):
        return 0.0, 0.0
    slope = float(x @ scores) / size
    left = scores - scores.mean() - slope * x
    leverage = 1 / len(x) + x**2 / size
    error = math.sqrt(float((x**2) @ (left / np.maximum(1e-9, 1 - leverage)) ** 2)) / size
    return slope, error


def places_of(order: Floats, parts: int) -> Places:
    """Return (n,) the part of the order each person is in, 0: the highest; people of one score stay together."""
    _, place = np.unique(-order, return_inverse=True)
    counts = np.bincount(place)
    middle = np.cumsum(counts) - counts / 2
    found: Places = np.minimum(parts - 1, (middle / len(order) * parts).astype(np.intp))[place]
    return found
