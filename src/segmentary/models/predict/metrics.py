"""How well predictions do on people or times they were not fitted on: every figure with its interval.

Ties are handled throughout: people of equal predictions share what they have together.

References: DeLong, DeLong & Clarke-Pearson (1988), Biometrics 44(3); Sun & Xu (2014), IEEE Signal Processing Letters
21(11) (ranks); Brier (1950); Frees, Meyers & Cummings (2014) for the Gini of amounts; Efron (1979), bootstrap; Poisson
weights of the bootstrap: Chamandy et al. (2012).
"""

from __future__ import annotations

import math
from collections.abc import Callable
from typing import TypeAlias

import numpy as np
import numpy.typing as npt

from segmentary.errors import DataError
from segmentary.models import intervals
from segmentary.models.intervals import Interval, Moments, normal_quantile, wilson
from segmentary.models.predict.card import CalibrationBin
from segmentary.models.table.typed_table import Floats

Figure: TypeAlias = Callable[[Floats, "npt.NDArray[np.intp] | slice"], float]
"""A figure of weighted people: their weights, and which rows they are."""
DRAWS = 200
"""Bootstrap draws of an interval."""
BOOTSTRAPPED = 50_000
"""People an interval is drawn from at most; of more, their spread is scaled."""


def pair(y: npt.ArrayLike, predicted: npt.ArrayLike) -> tuple[Floats, Floats]:
    """Return outcomes and predictions as (n,) numbers.

    Raises
    ------
    DataError
        they differ in length, or one is missing.
    """
    actual, told = np.asarray(y, dtype=np.float64), np.asarray(predicted, dtype=np.float64)
    if actual.shape != told.shape or actual.ndim != 1:
        raise DataError(f"outcomes of shape {actual.shape} and predictions of shape {told.shape} do not fit")
    if np.isnan(actual).any() or np.isnan(told).any():
        raise DataError("an outcome or a prediction is missing", hint="leave those people out")
    return actual, told


def nothing(n: int, level: float = 0.95) -> Interval:
    """Return the interval of what cannot be said."""
    return Interval(math.nan, math.nan, math.nan, n, level)


# ---------------------------------------------------------------- chances


def auc(y: npt.ArrayLike, predicted: npt.ArrayLike, *, level: float = 0.95) -> Interval:
    """Return how often one to whom it happened has the higher prediction, a tie half; interval by DeLong.

    Not a number when it happened to nobody or to everybody. The interval is made on the scale of log odds, so that it
    stays within 0 and 1; of a perfect order it is the estimate alone.
    """
    actual, told = pair(y, predicted)
    positive = actual > 0
    m, n = int(positive.sum()), int((~positive).sum())
    if not m or not n:
        return nothing(m + n, level)
    above = (middle_ranks(told)[positive] - middle_ranks(told[positive])) / n
    below = 1.0 - (middle_ranks(told)[~positive] - middle_ranks(told[~positive])) / m
    area = float(above.mean())
    error = math.sqrt(variance_of_mean(above) + variance_of_mean(below))
    if not 0 < area < 1 or error == 0:
        return Interval(area, area, area, m + n, level)
    half = normal_quantile(level) * error / (area * (1 - area))
    centre = math.log(area / (1 - area))
    low, high = (1 / (1 + math.exp(-min(700.0, max(-700.0, one)))) for one in (centre - half, centre + half))
    return Interval(area, low, high, m + n, level)


def middle_ranks(x: Floats) -> Floats:
    """Return ranks from 1, equal values sharing the middle of theirs."""
    _, place, counts = np.unique(x, return_inverse=True, return_counts=True)
    last = np.cumsum(counts)
    ranks: Floats = (last - (counts - 1) / 2)[place]
    return ranks


def variance_of_mean(x: Floats) -> float:
    return float(x.var(ddof=1)) / len(x) if len(x) > 1 else 0.0


def mean_interval(x: Floats, *, level: float = 0.95) -> Interval:
    """Return a mean with Student's interval."""
    n = len(x)
    return intervals.mean_interval(
        Moments(n, float(x.mean()) if n else math.nan, float(x.var(ddof=1)) if n > 1 else math.nan), level=level
    )


def log_loss(y: npt.ArrayLike, predicted: npt.ArrayLike, *, level: float = 0.95) -> Interval:
    """Return the mean of -ln of the chance given to what happened; Student's interval."""
    actual, told = pair(y, predicted)
    p = np.clip(told, 1e-15, 1 - 1e-15)
    return mean_interval(-(actual * np.log(p) + (1 - actual) * np.log1p(-p)), level=level)


def brier(y: npt.ArrayLike, predicted: npt.ArrayLike, *, level: float = 0.95) -> Interval:
    """Return the mean squared distance of chance and outcome; Student's interval."""
    actual, told = pair(y, predicted)
    return mean_interval((actual - told) ** 2, level=level)


def lift_at(y: npt.ArrayLike, predicted: npt.ArrayLike, share: float = 0.1, *, level: float = 0.95) -> Interval:
    """Return how many times as often it happened among the highest `share` of predictions as among all.

    People tied at the border count in part. The interval is Wilson's of the rate in that group over the rate of all.
    """
    actual, told = pair(y, predicted)
    taken = top_weights(told, share)
    rate, n = float(actual.mean()) if len(actual) else 0.0, float(taken.sum())
    if n == 0 or rate == 0:
        return nothing(len(actual), level)
    found = wilson(float(taken @ actual), n, level=level)
    return Interval(found.estimate / rate, found.low / rate, found.high / rate, len(actual), level)


def top_weights(predicted: Floats, share: float) -> Floats:
    """Return how far each person belongs to the highest share: 1, 0, or in part where the border is tied."""
    n = len(predicted)
    wanted = max(1, math.floor(n * share + 1e-9)) if n else 0
    if not wanted:
        return np.zeros(n)
    border = np.partition(predicted, n - wanted)[n - wanted]
    above, tied = predicted > border, predicted == border
    found: Floats = above + tied * ((wanted - above.sum()) / tied.sum())
    return found


# ---------------------------------------------------------------- amounts


def gini(actual: Floats, order: Floats, weight: Floats) -> float:
    """Return the area between the curve of what those predicted highest hold together and the diagonal, times two."""
    total = float(weight @ actual)
    if total == 0 or not len(actual):
        return math.nan
    _, place = np.unique(-order, return_inverse=True)
    people = np.bincount(place, weight)
    money = np.bincount(place, weight * actual)
    x = np.concatenate([[0.0], np.cumsum(people)]) / people.sum()
    y = np.concatenate([[0.0], np.cumsum(money)]) / total
    return float(((y[1:] + y[:-1]) * np.diff(x)).sum() - 1.0)


def normalised_gini(
    y: npt.ArrayLike, predicted: npt.ArrayLike, *, seed: int = 0, draws: int = DRAWS, level: float = 0.95
) -> Interval:
    """Return the Gini of amounts ordered by prediction over that of the perfect order: 1 is perfect, 0 is chance."""
    actual, told = pair(y, predicted)

    def figure(weight: Floats, rows: npt.NDArray[np.intp] | slice) -> float:
        best = gini(actual[rows], actual[rows], weight)
        return gini(actual[rows], told[rows], weight) / best if best else math.nan

    return bootstrapped(figure, len(actual), seed=seed, draws=draws, level=level)


def spearman(y: npt.ArrayLike, predicted: npt.ArrayLike, *, level: float = 0.95) -> Interval:
    """Return the rank correlation, ties sharing ranks; interval by Fisher's z with Bonett & Wright's (2000) error."""
    actual, told = pair(y, predicted)
    n = len(actual)
    if n < 4 or np.ptp(actual) == 0 or np.ptp(told) == 0:
        return nothing(n, level)
    r = float(np.corrcoef(middle_ranks(actual), middle_ranks(told))[0, 1])
    if abs(r) >= 1 - 1e-15:
        return Interval(r, r, r, n, level)
    half = normal_quantile(level) * math.sqrt((1 + r * r / 2) / (n - 3))
    z = math.atanh(r)
    return Interval(r, math.tanh(z - half), math.tanh(z + half), n, level)


def decile_calibration(
    y: npt.ArrayLike, predicted: npt.ArrayLike, *, seed: int = 0, draws: int = DRAWS, level: float = 0.95
) -> Interval:
    """Return the sum over tenths of predictions of |predicted - actual| over the actual total: 0 is perfect."""
    actual, told = pair(y, predicted)
    part = tenths(told)

    def figure(weight: Floats, rows: npt.NDArray[np.intp] | slice) -> float:
        total = float(weight @ actual[rows])
        gap = np.bincount(part[rows], weight * (told[rows] - actual[rows]), minlength=10)
        return float(np.abs(gap).sum()) / abs(total) if total else math.nan

    return bootstrapped(figure, len(actual), seed=seed, draws=draws, level=level)


def total_bias(
    y: npt.ArrayLike, predicted: npt.ArrayLike, *, seed: int = 0, draws: int = DRAWS, level: float = 0.95
) -> Interval:
    """Return the predicted total over the actual one, less 1: -0.1 is a tenth too low."""
    actual, told = pair(y, predicted)

    def figure(weight: Floats, rows: npt.NDArray[np.intp] | slice) -> float:
        total = float(weight @ actual[rows])
        return float(weight @ told[rows]) / total - 1.0 if total else math.nan

    return bootstrapped(figure, len(actual), seed=seed, draws=draws, level=level)


def mean_absolute_error(y: npt.ArrayLike, predicted: npt.ArrayLike, *, level: float = 0.95) -> Interval:
    """Return the mean distance of prediction and outcome; Student's interval."""
    actual, told = pair(y, predicted)
    return mean_interval(np.abs(actual - told), level=level)


def bootstrapped(figure: Figure, n: int, *, seed: int = 0, draws: int = DRAWS, level: float = 0.95) -> Interval:
    """Return a figure of weighted people with its bootstrap percentile interval (Poisson weights, by the seed)."""
    if n == 0:
        return nothing(0, level)
    estimate = figure(np.ones(n), slice(None))
    if math.isnan(estimate) or n < 10:
        return Interval(estimate, math.nan, math.nan, n, level)
    chance = np.random.default_rng(seed)
    rows: npt.NDArray[np.intp] | slice = slice(None)
    if n > BOOTSTRAPPED:
        rows = chance.permutation(n)[:BOOTSTRAPPED]
    size = min(n, BOOTSTRAPPED)
    found = np.array([figure(chance.poisson(1.0, size).astype(np.float64), rows) for _ in range(draws)])
    found = found[~np.isnan(found)]
    if not len(found):
        return Interval(estimate, math.nan, math.nan, n, level)
    # The middle of a part of the people is not the middle of all: its spread is what is taken, scaled to all.
    low, high = np.quantile(found, [(1 - level) / 2, (1 + level) / 2])
    if n <= BOOTSTRAPPED:
        return Interval(estimate, min(float(low), estimate), max(float(high), estimate), n, level)
    middle, scale = float(np.median(found)), math.sqrt(size / n)
    return Interval(
        estimate, estimate - (middle - float(low)) * scale, estimate + (float(high) - middle) * scale, n, level
    )


# ---------------------------------------------------------------- calibration


def tenths(predicted: Floats, bins: int = 10) -> npt.NDArray[np.intp]:
    """Return the tenth of each prediction, 0 lowest; people of equal predictions stand in one tenth."""
    if not len(predicted):
        return np.zeros(0, dtype=np.intp)
    share = (middle_ranks(predicted) - 0.5) / len(predicted)
    return np.minimum(bins - 1, np.floor(share * bins)).astype(np.intp)


def calibration_bins(
    y: npt.ArrayLike, predicted: npt.ArrayLike, *, bins: int = 10, level: float = 0.95
) -> tuple[CalibrationBin, ...]:
    """Return bins of like predictions, rising, with what came of them: Wilson's interval of shares, Student's of means.

    Bins hold about equally many people; ties are never parted, so there may be fewer of them.
    """
    actual, told = pair(y, predicted)
    part = tenths(told, bins)
    chances = bool(np.isin(actual, (0.0, 1.0)).all())
    found = []
    for k in range(bins):
        here = part == k
        n = int(here.sum())
        if n:
            came = wilson(float(actual[here].sum()), n, level=level) if chances else mean_interval(actual[here])
            found.append(CalibrationBin(n, float(told[here].mean()), came))
    return tuple(found)


def expected_calibration_error(bins: tuple[CalibrationBin, ...]) -> float:
    """Return the mean distance of predicted and actual over the bins, by their people; NaN of none."""
    people = sum(one.people for one in bins)
    return sum(one.people * abs(one.predicted - one.actual.estimate) for one in bins) / people if people else math.nan
