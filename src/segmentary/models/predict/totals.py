"""What all customers known today will spend together in the next days: forecast apart from what each of them will.

Who will buy more than others can be told from the customers; how much all buy together depends on seasons, prices and
advertising, which no customer's past tells. So the total is forecast from totals: of each day, by the time customers
first came, so that at every past moment the total of the customers known then is at hand (newcomers of the time after
are nobody's next purchase). What comes of it is held against the plain forecasts "the same as last time" and "the same
as a year ago" at many past moments; the interval comes of the errors made there.

Seasons are claimed only where two full years can be seen. With less, nobody can tell a season from a trend: the
interval says so by its width, and a warning says so in words.

References: Gardner & McKenzie (1985), Management Science 31(10), damped trends; Tashman (2000), International Journal
of Forecasting 16(4), rolling origins; Hyndman & Athanasopoulos (2021), Forecasting, chapters 5 and 8.
"""

from __future__ import annotations

import math
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any, Literal, Self, TypeAlias

import numpy as np
import numpy.typing as npt
from sqlglot import exp

from segmentary.engine.sqlfile import query
from segmentary.errors import DataError, NoAnswerError
from segmentary.language.windows import local_day, zone_of
from segmentary.models.intervals import Interval
from segmentary.models.predict.card import interval, plain
from segmentary.models.predict.trend import damped_trend
from segmentary.models.table.findings import Finding
from segmentary.schema import ORDER_COMPLETED

if TYPE_CHECKING:
    import pyarrow as pa

    from segmentary.language.tree import Context

TOTALS = Path(__file__).with_name("totals.sql")
Floats: TypeAlias = npt.NDArray[np.float64]
TotalMethod: TypeAlias = Literal["last_period", "year_ago", "trend", "seasonal"]
TITLES: dict[TotalMethod, str] = {
    "last_period": "the same as in the last period",
    "year_ago": "the same as in this period a year ago",
    "trend": "level, trend and weekdays",
    "seasonal": "a year ago, times the growth since",
}
NAIVE: tuple[TotalMethod, ...] = ("last_period", "year_ago")
MOST_STEPS = 208
"""How far back forecasts are tried: one order of long ago, or a till of decades, is no reason to wait minutes."""
YEAR = 364
"""Days of a year of whole weeks: weekdays meet weekdays."""
FEWEST_ORIGINS = 3
SEASON_UNKNOWN, SEASON_KNOWN = 0.25, 0.10
"""What is assumed of the spread (of logs) of a total about its forecast before any error has been seen, and counted as
two observations: neighbouring quarters of shops commonly differ by a quarter."""
ASSUMED = 2.0


@dataclass(frozen=True, slots=True)
class DailyTotals:
    """What was paid per day, by how long before as-of customers first came.

    paid : (d, b) money; row 0 is the first day, the last row the day before as-of; column j are customers whose first
    day lies at least j and less than j + 1 steps before as-of. step_days : length of such a step.
    """

    paid: Floats
    step_days: int

    @property
    def days(self) -> int:
        """How many days can be seen."""
        return len(self.paid)

    def known(self, steps: int) -> Floats:
        """Return what was paid each day by customers who had come before the moment so many steps ago; (d,)."""
        return np.asarray(self.paid[:, steps:].sum(axis=1))

    @classmethod
    def from_table(cls, table: pa.Table, *, step_days: int) -> Self:
        """Return the totals of an Arrow table with the columns of `totals_query`."""
        days_ago = np.asarray(table.column("days_ago").to_numpy(zero_copy_only=False), dtype=np.int64)
        came = np.asarray(table.column("came_from").to_numpy(zero_copy_only=False), dtype=np.int64)
        amount = np.asarray(table.column("amount").to_numpy(zero_copy_only=False), dtype=np.float64)
        return cls.of_cells(days_ago, came // step_days, amount, step_days=step_days)

    @classmethod
    def from_transactions(
        cls, customers: npt.ArrayLike, days: npt.ArrayLike, amounts: npt.ArrayLike, *, until: int, step_days: int
    ) -> Self:
        """Return the totals of transactions before a day.

        customers, days, amounts : (n,) whose, the number of the day, the money. until : the day of as-of, left out.
        """
        who, day, money = np.asarray(customers), np.asarray(days, dtype=np.int64), np.asarray(amounts, dtype=np.float64)
        before = day < until
        who, day, money = who[before], day[before], money[before]
        names, owner = np.unique(who, return_inverse=True)
        first = np.full(len(names), until, dtype=np.int64)
        np.minimum.at(first, owner, day)
        return cls.of_cells(until - day, (until - 1 - first[owner]) // step_days, money, step_days=step_days)

    @classmethod
    def of_cells(
        cls, days_ago: npt.NDArray[np.int64], steps: npt.NDArray[np.int64], amount: Floats, *, step_days: int
    ) -> Self:
        """Return the totals of cells: so many days ago, customers who came so many steps ago, the money."""
        if not len(days_ago):
            return cls(np.zeros((0, 0)), step_days)
        paid = np.zeros((int(days_ago.max()), int(steps.max()) + 1))
        np.add.at(paid, (len(paid) - days_ago, steps), np.nan_to_num(amount))
        return cls(paid, step_days)


def step_of(horizon_days: int) -> int:
    """Return how far past moments lie apart: about a quarter of the horizon, in whole weeks."""
    if horizon_days < 1:
        raise DataError(f"a horizon of {horizon_days} days", hint="at least one day")
    return horizon_days if horizon_days < 7 else 7 * max(1, round(horizon_days / 28))


def totals_query(
    events: exp.Table | exp.Query, context: Context, *, step_days: int, order_event: str = ORDER_COMPLETED
) -> exp.Query:
    """Return a query of what was paid: ``days_ago`` (1: the day before as-of), ``came_from`` (days), ``amount``."""
    return query(
        TOTALS,
        events=events,
        order_event=order_event,
        as_of=context.as_of,
        known_at=context.known_at,
        zone=context.timezone,
        today=local_day(context.as_of, zone_of(context, None)),
        step_days=step_days,
    )


@dataclass(frozen=True, slots=True)
class MethodScore:
    """How a way of forecasting did at past moments: mean absolute and mean error as shares, at so many moments."""

    method: TotalMethod
    error: float
    bias: float
    origins: int
    forecast: float


@dataclass(frozen=True, slots=True)
class TotalForecast:
    """The total of the next days, of the customers known at as-of.

    total : with its interval; its n is the number of past moments it rests on. method : the one that did best there.
    scores : of every method that could be tried. days : how many days of data. seasons : whether two full years can be
    seen. last_total : what all customers paid in the last period of that length.
    """

    horizon_days: int
    total: Interval
    method: TotalMethod
    scores: tuple[MethodScore, ...]
    days: int
    seasons: bool
    last_total: float
    findings: tuple[Finding, ...]

    @property
    def sentence(self) -> str:
        """What it says, in words."""
        t = self.total
        return (
            f"Customers known today will spend about {t.estimate:,.0f} in the next {self.horizon_days} days, likely "
            f"between {t.low:,.0f} and {t.high:,.0f} ({TITLES[self.method]})."
        )

    def to_document(self) -> dict[str, Any]:
        """Return it as JSON values."""
        return {
            **plain(asdict(self)),
            "findings": [one.to_document() for one in self.findings],
        }

    @classmethod
    def from_document(cls, document: dict[str, Any]) -> Self:
        """Return the forecast a document describes."""
        number = ("error", "bias", "forecast")
        return cls(
            **{
                **document,
                "total": interval(document["total"]),
                "scores": tuple(
                    MethodScore(**{**one, **{n: math.nan if one[n] is None else one[n] for n in number}})
                    for one in document["scores"]
                ),
                "findings": tuple(map(Finding.from_document, document["findings"])),
            }
        )


def forecast_total(daily: DailyTotals, *, horizon_days: int, level: float = 0.95) -> TotalForecast:
    """Forecast what customers known at as-of will spend together in the next days.

    Raises
    ------
    NoAnswerError
        less than one period has been watched, or nothing was paid in the last one.
    """
    if daily.days < horizon_days:
        raise NoAnswerError(
            f"{daily.days} days of purchases are fewer than the {horizon_days} to be forecast",
            hint="choose a shorter horizon",
        )
    last_total = float(daily.known(0)[-horizon_days:].sum())
    if last_total <= 0:
        raise NoAnswerError(
            f"customers paid {last_total:,.2f} in the last {horizon_days} days: there is nothing to go on",
            hint="check that purchases reach up to the moment of the forecast",
        )
    forecasts = forecasts_at(daily, 0, horizon_days)
    errors = backtest(daily, horizon_days)
    scores = scored(forecasts, errors)
    method = best(scores)
    made = np.asarray(errors.get(method, []))
    seasons = daily.days >= 2 * YEAR
    independent = 1 + (len(made) - 1) * daily.step_days / horizon_days if len(made) else 0.0
    assumed = SEASON_KNOWN if seasons else SEASON_UNKNOWN
    seen = float((made**2).mean()) if len(made) else 0.0
    spread = math.sqrt((independent * seen + ASSUMED * assumed**2) / (independent + ASSUMED))
    from scipy.special import stdtrit

    half = float(stdtrit(independent + ASSUMED, 0.5 + level / 2)) * spread
    centre = forecasts[method]
    total = Interval(centre, centre * math.exp(-half), centre * math.exp(half), len(made), level)
    return TotalForecast(
        horizon_days,
        total,
        method,
        scores,
        daily.days,
        seasons,
        last_total,
        noticed(daily.days, seasons, method, len(made), horizon_days),
    )


def forecasts_at(daily: DailyTotals, steps: int, horizon_days: int) -> dict[TotalMethod, float]:
    """Return what each method would have said so many steps ago, of what could be seen then."""
    end = daily.days - steps * daily.step_days
    if end < horizon_days:
        return {}
    seen = daily.known(steps)[:end]  # whoever had not come by then has paid nothing before
    found: dict[TotalMethod, float] = {"last_period": float(seen[-horizon_days:].sum())}
    staying = share_of_known(daily, steps, end, horizon_days)
    trend = damped_trend(seen, horizon_days)
    if trend is not None:
        found["trend"] = staying * trend
    if end >= YEAR:
        ago = float(seen[end - YEAR : end - YEAR + horizon_days].sum())
        found["year_ago"] = ago
        before = float(seen[max(0, end - YEAR - horizon_days) : end - YEAR].sum())
        if end >= 2 * YEAR and before > 0:
            found["seasonal"] = staying * ago * found["last_period"] / before
    return {name: value for name, value in found.items() if value > 0}


def share_of_known(daily: DailyTotals, steps: int, end: int, horizon_days: int) -> float:
    """Return the share of the last period's total that came from customers known before it began."""
    back = math.ceil(horizon_days / daily.step_days)
    length = back * daily.step_days
    if end < 2 * length:
        return 1.0
    whole = float(daily.known(steps)[end - length : end].sum())
    known = float(daily.known(steps + back)[end - length : end].sum())
    return min(1.0, known / whole) if whole > 0 and known > 0 else 1.0


def backtest(daily: DailyTotals, horizon_days: int) -> dict[TotalMethod, list[float]]:
    """Return the errors (logs of actual / forecast) of each method at past moments, the latest first."""
    errors: dict[TotalMethod, list[float]] = {}
    steps = math.ceil(horizon_days / daily.step_days)
    while daily.days - steps * daily.step_days >= horizon_days and steps < MOST_STEPS:
        end = daily.days - steps * daily.step_days
        actual = float(daily.known(steps)[end : end + horizon_days].sum())
        if actual > 0:
            for name, value in forecasts_at(daily, steps, horizon_days).items():
                errors.setdefault(name, []).append(math.log(actual / value))
        steps += 1
    return errors


def scored(forecasts: dict[TotalMethod, float], errors: dict[TotalMethod, list[float]]) -> tuple[MethodScore, ...]:
    """Return how the methods did, the best first; each is held against the plain one at the same moments."""
    found = []
    for name, value in forecasts.items():
        made = np.expm1(-np.asarray(errors.get(name, [])))
        error, bias = (float(np.abs(made).mean()), float(made.mean())) if len(made) else (math.nan, math.nan)
        found.append(MethodScore(name, error, bias, len(made), value))
    return tuple(sorted(found, key=lambda one: (math.isnan(one.error), one.error, one.method)))


def best(scores: tuple[MethodScore, ...]) -> TotalMethod:
    """Return the method to go by: plain, unless another did better at as many moments as tell something."""
    usable = [one for one in scores if one.origins >= FEWEST_ORIGINS]
    most = max((one.origins for one in usable), default=0)
    # A method that could be tried at few moments only has not shown what it does at the others.
    usable = [one for one in usable if 2 * one.origins >= most]
    return usable[0].method if usable else "last_period"


def noticed(days: int, seasons: bool, method: TotalMethod, origins: int, horizon_days: int) -> tuple[Finding, ...]:
    """Return what a person should know of the forecast."""
    found = []
    if not seasons:
        found.append(
            Finding(
                "season_unknown",
                "warning",
                f"{days:,} days of data do not show whether the next {horizon_days} days are a high or a low season: "
                "the total cannot be known, and its interval is wide for that reason",
                "two full years of purchases would show seasons; until then trust the order of customers, not the sum",
            )
        )
    if origins < FEWEST_ORIGINS:
        found.append(
            Finding(
                "few_past_moments",
                "warning",
                f"the forecast of the total could be tried at {origins} past moments only",
                "a shorter horizon can be tried more often",
            )
        )
    elif method in NAIVE:
        found.append(
            Finding(
                "plain_wins",
                "note",
                f"no method beat the plain forecast {TITLES[method]!r} at {origins} past moments",
            )
        )
    return tuple(found)
