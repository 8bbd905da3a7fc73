"""How well a model does on a time it has not seen: tracking, by frequency, by person, by tenth of value.

Every figure has its interval. The plain rivals stand beside: "as in the last period", and "average order x frequency".
"""

from __future__ import annotations

import math
from collections.abc import Mapping
from dataclasses import asdict, dataclass
from typing import Any, Protocol, Self, TypeAlias

import numpy as np
import numpy.typing as npt

from segmentary.models.intervals import Interval, normal_quantile
from segmentary.models.predict.card import CalibrationBin, Measured, interval, plain
from segmentary.models.predict.metrics import (
    bootstrapped,
    calibration_bins,
    decile_calibration,
    mean_absolute_error,
    mean_interval,
    normalised_gini,
    spearman,
)
from segmentary.models.value.cells import Cells
from segmentary.models.value.delta import Array
from segmentary.models.value.holdout_data import WEEK_DAYS, HoldoutData, placed

MOST_REPEATS = 7
"""Repeat purchases shown apart; who has as many or more stands in one row."""
Placed: TypeAlias = tuple[Cells, "npt.NDArray[np.intp]"]
LAST_PERIOD = "the same as in the last period"
AVERAGE = "average order x frequency"


class Tracks(Protocol):
    """What a purchase model must say to be judged."""

    def expected_from_start(self, t: npt.ArrayLike) -> Array:
        """Return expected repeat purchases of a new customer until t."""
        ...

    def expected_purchases(
        self, repeat_count: npt.ArrayLike, recency: npt.ArrayLike, age: npt.ArrayLike, horizon: npt.ArrayLike
    ) -> Array:
        """Return expected purchases in the horizon after T."""
        ...


@dataclass(frozen=True, slots=True)
class Tracking:
    """Repeat purchases per week since the first purchase of all; arrays of shape (weeks,).

    actual, expected : in that week. seen : how many of the weeks a model has seen in full.
    """

    actual: Array
    expected: Array
    seen: int

    @property
    def cumulative(self) -> tuple[Array, Array]:
        """The same added up: actual, expected."""
        return np.cumsum(self.actual), np.cumsum(self.expected)

    @property
    def error_after(self) -> float:
        """Expected over actual in the weeks that were not seen, less 1; NaN where nothing was bought."""
        actual = float(self.actual[self.seen :].sum())
        return float(self.expected[self.seen :].sum()) / actual - 1 if actual else math.nan


@dataclass(frozen=True, slots=True)
class FrequencyRow:
    """Customers of so many repeat purchases before the cutoff (the last row: as many or more).

    expected : purchases per person by the model in the time after. actual : what came, with its interval.
    """

    repeat_count: int
    people: int
    expected: float
    actual: Interval


@dataclass(frozen=True, slots=True)
class PurchaseHoldout:
    """How well purchases were foreseen.

    people : judged. expected, actual : purchases per person. correlation : of persons, expected and actual.
    mae : mean distance. total_bias : expected total over actual, less 1. log_score : mean Poisson log-probability of
    what came (higher is better). rival_mae, rival_log_score : of "the same as in the last period".
    by_frequency : conditional expectations. tracking : over the weeks.
    """

    people: int
    expected: float
    actual: Interval
    correlation: float
    mae: Interval
    total_bias: Interval
    log_score: Interval
    rival_mae: float
    rival_log_score: float
    by_frequency: tuple[FrequencyRow, ...]
    tracking: Tracking

    def to_document(self) -> dict[str, Any]:
        """Return it as JSON values."""
        document = asdict(self)
        document["tracking"] = {
            "actual": self.tracking.actual.tolist(),
            "expected": self.tracking.expected.tolist(),
            "seen": self.tracking.seen,
        }
        return {name: plain(one) for name, one in document.items()}

    @classmethod
    def from_document(cls, document: Mapping[str, Any]) -> Self:
        """Return the figures a document describes."""
        track = document["tracking"]

        def number(name: str) -> float:
            return math.nan if document[name] is None else float(document[name])

        return cls(
            people=int(document["people"]),
            expected=number("expected"),
            actual=interval(document["actual"]),
            correlation=number("correlation"),
            mae=interval(document["mae"]),
            total_bias=interval(document["total_bias"]),
            log_score=interval(document["log_score"]),
            rival_mae=number("rival_mae"),
            rival_log_score=number("rival_log_score"),
            by_frequency=tuple(
                FrequencyRow(**{**row, "actual": interval(row["actual"])}) for row in document["by_frequency"]
            ),
            tracking=Tracking(np.array(track["actual"], float), np.array(track["expected"], float), track["seen"]),
        )


@dataclass(frozen=True, slots=True)
class ValueHoldout:
    """How well money was foreseen: figures beside those of the better plain rival, and tenths of value.

    figures : gini, spearman, mae, decile_calibration, total_bias. rivals : Gini of each plain rival, by name.
    beats_rivals : whether the interval of the difference in Gini to the best plain rival is above zero; None: not
    clear either way; False: below.
    gain : that difference, with its interval. bins : tenths of predicted value, what came of them.
    """

    figures: tuple[Measured, ...]
    rivals: dict[str, float]
    gain: Interval
    bins: tuple[CalibrationBin, ...]

    @property
    def beats_rivals(self) -> bool | None:
        """Whether people are put in a better order than by the best plain rule; None: not clear."""
        if self.gain.low > 0:
            return True
        return False if self.gain.high < 0 else None


def purchase_holdout(model: Tracks, data: HoldoutData, *, expected: Array | None = None) -> PurchaseHoldout:
    """Judge a model that was fitted to `data.before`.

    expected : (n_customers,) what it expects of each, where that is known already.
    """
    before = data.before
    expected = expected_purchases(model, data) if expected is None else expected
    actual = data.purchases
    varies = len(actual) > 1 and np.ptp(expected) > 0 and np.ptp(actual) > 0
    return PurchaseHoldout(
        people=len(actual),
        expected=float(expected.mean()),
        actual=mean_interval(actual),
        correlation=float(np.corrcoef(expected, actual)[0, 1]) if varies else math.nan,
        mae=mean_absolute_error(actual, expected),
        total_bias=total_bias(actual, expected),
        log_score=mean_interval(log_scores(actual, expected)),
        rival_mae=float(np.abs(data.earlier_purchases - actual).mean()),
        rival_log_score=float(log_scores(actual, smoothed(data.earlier_purchases)).mean()),
        by_frequency=by_frequency(before.repeat_count.astype(np.float64), expected, actual),
        tracking=tracking(model, data),
    )


def expected_purchases(model: Tracks, data: HoldoutData, at: Placed | None = None) -> Array:
    """Return (n_customers,) the expected purchases in the time after the cutoff, reckoned once per cell.

    at : the distinct cells of `data.before` and where everybody is among them, where that is known already.
    """
    cells, place = placed(data.before) if at is None else at
    return np.asarray(model.expected_purchases(cells.repeat_count, cells.recency, cells.age, data.days)[place])


def total_bias(actual: Array, expected: Array) -> Interval:
    """Return the expected total over the actual one, less 1, with an interval by linearisation of the ratio."""
    n, total = len(actual), float(actual.sum())
    if total == 0:
        return Interval(math.nan, math.nan, math.nan, n)
    ratio = float(expected.sum()) / total
    error = math.sqrt(float(((expected - ratio * actual) ** 2).sum()) * n / max(1, n - 1)) / abs(total)
    half = normal_quantile(0.95) * error / ratio if ratio > 0 else 0.0
    return Interval(ratio - 1, ratio * math.exp(-min(half, 50.0)) - 1, ratio * math.exp(min(half, 50.0)) - 1, n)


def smoothed(purchases: Array) -> Array:
    """Return the last period's purchases with half of one added and scaled back, so that none is not impossible."""
    total = float(purchases.sum())
    added = purchases + 0.5
    return np.asarray(added * (total / float(added.sum()) if total else 1.0))


def log_scores(actual: Array, expected: Array) -> Array:
    """Return the Poisson log-probability of what came of each person, given what was expected.

    Its mean is highest for the true expectation, whatever the distribution (Poisson deviance is consistent for means).
    """
    from scipy.special import gammaln

    floor = np.maximum(expected, 1e-9)
    return np.asarray(actual * np.log(floor) - floor - gammaln(actual + 1))


def by_frequency(repeats: Array, expected: Array, actual: Array) -> tuple[FrequencyRow, ...]:
    """Return conditional expectations by repeat purchases before the cutoff; empty rows are left out."""
    rows = []
    for count in range(MOST_REPEATS + 1):
        here = repeats >= count if count == MOST_REPEATS else repeats == count
        if here.any():
            rows.append(FrequencyRow(count, int(here.sum()), float(expected[here].mean()), mean_interval(actual[here])))
    return tuple(rows)


def tracking(model: Tracks, data: HoldoutData) -> Tracking:
    """Return repeat purchases of all weeks, actual and expected of new customers of the same first days."""
    weeks = len(data.weekly)
    oldest = float(data.before.age.max())
    births, people = np.unique(oldest - data.before.age, return_counts=True)
    ends = np.arange(1, weeks + 1)[:, None] * float(WEEK_DAYS)
    ages = np.maximum(ends - births, 0.0)
    # Days are whole, so few ages are distinct: the model is asked once for each.
    distinct, place = np.unique(ages, return_inverse=True)
    known = np.asarray(model.expected_from_start(distinct)) if len(distinct) else distinct
    known = np.where(distinct > 0, known, 0.0)
    cumulative = known[place.reshape(ages.shape)] @ people if weeks else np.zeros(0)
    return Tracking(data.weekly, np.diff(cumulative, prepend=0.0), min(weeks, int((oldest + 1) // WEEK_DAYS)))


def average_order_value(data: HoldoutData) -> Array:
    """Return the plain rule: a person's average order times orders per day times the days ahead.

    Who is younger than the time ahead counts as that old: one purchase yesterday is not 365 a year.
    """
    age = np.maximum(data.before.age, data.days)
    return np.asarray(data.before.total_spend / np.maximum(age, 1.0) * data.days)


def value_holdout(predicted: Array, data: HoldoutData, *, seed: int = 0) -> ValueHoldout:
    """Judge predicted money (n_customers,) against what people spent in the time after the cutoff."""
    actual = data.spend
    rivals = {LAST_PERIOD: data.earlier_spend, AVERAGE: average_order_value(data)}
    scored = {name: normalised_gini(actual, told, seed=seed, draws=0).estimate for name, told in rivals.items()}
    best = max(scored, key=lambda name: -1.0 if math.isnan(scored[name]) else scored[name])
    other = rivals[best]

    drawn = {"seed": seed}
    kinds: tuple[tuple[str, str, Any, Any, dict[str, int]], ...] = (
        ("gini", "Order of customers by value (normalised Gini)", normalised_gini, "higher", drawn),
        ("spearman", "Rank correlation with what was spent", spearman, "higher", {}),
        ("mae", "Mean distance to what a person spent", mean_absolute_error, "lower", {}),
        ("decile_calibration", "Error of tenths of value", decile_calibration, "lower", drawn),
        ("total_bias", "Total predicted over total spent, less 1", total_bias, "near", {}),
    )
    figures = tuple(
        Measured(
            name,
            title,
            figure(actual, predicted, **given),
            figure(actual, other, **given, **({"draws": 0} if given else {})).estimate,
            best,
            better,
        )
        for name, title, figure, better, given in kinds
    )
    return ValueHoldout(
        figures=figures,
        rivals=scored,
        gain=gini_gain(actual, predicted, other, seed=seed),
        bins=calibration_bins(actual, predicted),
    )


def gini_gain(actual: Array, predicted: Array, rival: Array, *, seed: int = 0) -> Interval:
    """Return how much higher the normalised Gini is than the rival's, on the same people drawn again and again."""
    held: dict[int, tuple[Ranked, ...]] = {}

    def figure(weight: Array, rows: Any) -> float:
        taken = actual[rows]
        size = len(taken)  # all people, or always the same part of them
        if size not in held:
            held[size] = Ranked.of(taken), Ranked.of(predicted[rows]), Ranked.of(rival[rows])
        best, ours, theirs = (one.gini(taken, weight) for one in held[size])
        return (ours - theirs) / best if best else math.nan

    return bootstrapped(figure, len(actual), seed=seed)


@dataclass(frozen=True, slots=True)
class Ranked:
    """People in falling order of a score, ties together: place of each (n,), number of distinct scores."""

    place: npt.NDArray[np.intp]
    distinct: int

    @classmethod
    def of(cls, score: Array) -> Self:
        """Return the order of scores."""
        names, place = np.unique(-score, return_inverse=True)
        return cls(place.ravel(), len(names))

    def gini(self, actual: Array, weight: Array) -> float:
        """Return the Gini of amounts in this order, as `segmentary.models.predict.metrics.gini` does."""
        money = np.bincount(self.place, weight * actual, self.distinct)
        people = np.bincount(self.place, weight, self.distinct)
        total = float(money.sum())
        if total == 0:
            return math.nan
        y = np.concatenate([[0.0], np.cumsum(money)]) / total
        return float(((y[1:] + y[:-1]) * people).sum() / people.sum() - 1.0)
