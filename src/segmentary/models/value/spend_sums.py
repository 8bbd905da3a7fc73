"""What purchases look like before any model sees them, in sums: from an engine, or from arrays."""

from __future__ import annotations

import datetime as dt
import math
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any, Self

import numpy as np
import numpy.typing as npt
from sqlglot import exp

from segmentary.engine.sqlfile import query
from segmentary.errors import DataError
from segmentary.models.intervals import Interval, normal_quantile
from segmentary.models.value.delta import Array
from segmentary.models.value.purchases import Purchases, day_numbers, purchases_query
from segmentary.schema import ORDER_COMPLETED

if TYPE_CHECKING:
    from segmentary.engine.base import Engine
    from segmentary.language.tree import Context

HERE = Path(__file__)
LOUDEST = 25
"""Customers with most orders, and with most spend, that are looked at one by one."""
EXTREME = 5.0
"""Standard deviations of log spend above the mean that are extreme: one in three million if spend were log-normal."""


@dataclass(frozen=True, slots=True)
class Buyer:
    """One customer who is loud in the data. busiest : orders on their busiest day."""

    customer_id: str
    orders: int
    days: int
    busiest: int
    spend: float


@dataclass(frozen=True, slots=True)
class Odd:
    """Purchases that are odd in one way, and how many customers have one."""

    purchases: int = 0
    people: int = 0


@dataclass(frozen=True, slots=True)
class Together:
    """Sums of repeat buyers who paid: repeat purchases x and mean spend z."""

    people: int
    x: float
    z: float
    xx: float
    zz: float
    xz: float

    def correlation(self) -> Interval:
        """Return the correlation of x and z with Fisher's interval; NaN where there is none."""
        n = self.people
        nothing = Interval(math.nan, math.nan, math.nan, n)
        if n < 4:
            return nothing
        spread_x, spread_z = self.xx - self.x**2 / n, self.zz - self.z**2 / n
        if spread_x <= 1e-9 * self.xx or spread_z <= 1e-9 * self.zz:
            return nothing
        r = (self.xz - self.x * self.z / n) / math.sqrt(spread_x * spread_z)
        r = min(1 - 1e-12, max(-1 + 1e-12, r))
        half = normal_quantile(0.95) / math.sqrt(n - 3)
        return Interval(r, math.tanh(math.atanh(r) - half), math.tanh(math.atanh(r) + half), n)


@dataclass(frozen=True, slots=True)
class SpendSums:
    """All customers with purchases.

    customers, orders, days : how many, their purchases, and their purchase days added up. spend : money of all.
    zero, negative, unknown : purchases of no, of negative, of missing amount. early : before the day the customer was
    created. first_day, last_day : of all purchases; None without any.
    log_mean, log_deviation : of the logarithm of spend, of those who paid. extreme : customers whose spend lies more
    than `EXTREME` deviations above; extreme_spend, most : their money, and the largest.
    loudest : the customers with most orders and with most spend. together : see `Together`.
    """

    customers: int
    orders: int
    days: int
    spend: float
    zero: Odd
    negative: Odd
    unknown: Odd
    early: Odd
    first_day: dt.date | None
    last_day: dt.date | None
    log_mean: float
    log_deviation: float
    extreme: int
    extreme_spend: float
    most: float
    loudest: tuple[Buyer, ...]
    together: Together

    @property
    def history_days(self) -> int:
        """Days from the first to the last purchase of all, both included."""
        if self.first_day is None or self.last_day is None:
            return 0
        return (self.last_day - self.first_day).days + 1

    @classmethod
    def from_engine(
        cls,
        engine: Engine,
        events: exp.Table | exp.Query,
        customers: exp.Table | exp.Query,
        context: Context,
        *,
        order_event: str = ORDER_COMPLETED,
        since: dt.datetime | None = None,
        prefix: str = "checks",
    ) -> Self:
        """Return the sums, made in the engine; a temporary table per customer is made and dropped there.

        customers : one row per customer: ``customer_id``, ``created_at``.
        """
        zone = context.timezone
        found = query(
            HERE.with_name("spend_people.sql"),
            events=events,
            customers=customers,
            order_event=order_event,
            as_of=context.as_of,
            known_at=context.known_at,
            since=since,
            zone=zone,
        )
        name = f"{prefix}_people"
        engine.create_as(name, found, temporary=True)
        try:
            people = exp.table_(name, quoted=True)
            row = engine.table(query(HERE.with_name("spend_sums.sql"), people=people)).to_pylist()[0]
            mean, deviation = log_moments(row["paying"], row["log_spend"], row["log_spend_squared"])
            extreme = {"customers": 0, "spend": 0.0, "most": 0.0}
            if border := border_of(mean, deviation):
                number = exp.cast(exp.Literal.string(repr(border)), "double")
                over = query(HERE.with_name("spend_extreme.sql"), people=people, border=number)
                extreme = engine.table(over).to_pylist()[0]
            loudest = buyers(engine, people)
        finally:
            engine.drop(name)
        bought = purchases_query(events, context, order_event=order_event, since=since)
        sums = engine.table(query(HERE.with_name("spend_together.sql"), purchases=bought)).to_pylist()[0]
        return cls(
            customers=int(row["customers"]),
            orders=int(row["orders"]),
            days=int(row["days"]),
            spend=float(row["spend"]),
            **{one: Odd(int(row[one]), int(row[f"people_{one}"])) for one in ("zero", "negative", "unknown", "early")},
            first_day=row["first_day"],
            last_day=row["last_day"],
            log_mean=mean,
            log_deviation=deviation,
            extreme=int(extreme["customers"]),
            extreme_spend=float(extreme["spend"]),
            most=float(extreme["most"]),
            loudest=loudest,
            together=Together(int(sums.pop("people")), **{one: float(value) for one, value in sums.items()}),
        )

    @classmethod
    def from_transactions(
        cls,
        ids: Sequence[object] | npt.NDArray[Any],
        days: Sequence[object] | npt.NDArray[Any],
        amounts: Sequence[float] | npt.NDArray[Any],
        *,
        until: float | dt.date | np.datetime64,
        created: Sequence[object] | npt.NDArray[Any] | None = None,
    ) -> Self:
        """Return the sums of single transactions, given as to `Purchases.from_transactions`.

        created : (n,) the day the customer of each was created, missing (NaT, NaN) where unknown.

        Raises DataError when the lengths differ or a day is missing.
        """
        when, money = day_numbers(days), np.asarray(amounts, dtype=np.float64)
        owners = np.asarray(ids)
        if not len(owners) == len(when) == len(money):
            raise DataError("ids, days and amounts do not belong together", hint="one of each per transaction")
        seen = when <= float(day_numbers([until])[0])
        before = np.zeros(len(when), dtype=bool) if created is None else when < known_days(created)
        owners, when, money, before = owners[seen], when[seen], money[seen], before[seen]
        names, owner = np.unique(owners, return_inverse=True)
        owner, n = owner.ravel(), len(names)
        each = np.unique(np.column_stack([owner, when]), axis=0, return_counts=True)
        of_day = each[0][:, 0].astype(np.intp)
        busiest = np.zeros(n, dtype=np.int64)
        np.maximum.at(busiest, of_day, each[1])
        orders, spent = np.bincount(owner, minlength=n), np.bincount(owner, np.nan_to_num(money), n)
        paid = spent[spent > 0]
        mean, deviation = log_moments(len(paid), float(np.log(paid).sum()), float((np.log(paid) ** 2).sum()))
        border = border_of(mean, deviation)
        over = spent[spent > border] if border else spent[:0]
        days_of = np.bincount(of_day, minlength=n)
        picked = np.union1d(np.argsort(-orders, kind="stable")[:LOUDEST], np.argsort(-spent, kind="stable")[:LOUDEST])
        loudest = [
            Buyer(str(names[i]), int(orders[i]), int(days_of[i]), int(busiest[i]), float(spent[i])) for i in picked
        ]
        bought = Purchases.from_transactions(owners, when, money, until=until_number(when))
        return cls(
            customers=n,
            orders=len(owners),
            days=len(of_day),
            spend=float(spent.sum()),
            zero=odd(owner, money == 0),
            negative=odd(owner, money < 0),
            unknown=odd(owner, np.isnan(money)),
            early=odd(owner, before),
            first_day=date_of(when.min()) if n else None,
            last_day=date_of(when.max()) if n else None,
            log_mean=mean,
            log_deviation=deviation,
            extreme=len(over),
            extreme_spend=float(over.sum()),
            most=float(over.max(initial=0.0)),
            loudest=tuple(sorted(loudest, key=lambda one: (-one.orders, -one.spend, one.customer_id))),
            together=together(bought),
        )


def known_days(days: Sequence[object] | npt.NDArray[Any]) -> Array:
    """Return days as numbers, NaN where one is missing."""
    given = np.asarray(days)
    if given.dtype.kind in "OM" and not all(isinstance(one, float) for one in given):
        dates = given.astype("datetime64[D]")
        return np.where(np.isnat(dates), np.nan, dates.astype(np.int64).astype(np.float64))
    return given.astype(np.float64)


def together(purchases: Purchases) -> Together:
    """Return the sums a correlation of repeat purchases and mean spend is made of."""
    paid = purchases.spend_days > 0
    x, z = purchases.repeat_count[paid].astype(np.float64), purchases.mean_spend[paid]
    return Together(len(x), float(x.sum()), float(z.sum()), float(x @ x), float(z @ z), float(x @ z))


def until_number(when: Array) -> float:
    return float(when.max(initial=0.0))


def date_of(day: float) -> dt.date:
    """Return a day counted from 1970-01-01 as a date."""
    return dt.date(1970, 1, 1) + dt.timedelta(days=float(day))


def odd(owner: npt.NDArray[np.intp], which: npt.NDArray[np.bool_]) -> Odd:
    return Odd(int(which.sum()), len(np.unique(owner[which])))


def log_moments(people: int, total: float, squares: float) -> tuple[float, float]:
    """Return mean and standard deviation of log spend; NaN of nobody, no deviation of one."""
    if people == 0:
        return math.nan, math.nan
    mean = float(total) / people
    return mean, math.sqrt(max(0.0, float(squares) / people - mean * mean))


def border_of(mean: float, deviation: float) -> float | None:
    """Return the spend above which somebody is extreme; None where nobody can be."""
    if math.isnan(mean) or deviation == 0:
        return None
    return math.exp(min(700.0, mean + EXTREME * deviation))


def buyers(engine: Engine, people: exp.Table) -> tuple[Buyer, ...]:
    """Return the customers with most orders and with most spend, most orders first."""
    columns = ("customer_id", "orders", "days", "busiest", "spend")
    found: dict[str, Buyer] = {}
    for measure in ("orders", "spend"):
        ranked = (
            exp.select(*(exp.column(one, quoted=True) for one in columns))
            .from_(people.copy())
            .order_by(exp.column(measure, quoted=True).desc(), exp.column("customer_id", quoted=True))
            .limit(LOUDEST)
        )
        for row in engine.rows(ranked):
            found[row[0]] = Buyer(str(row[0]), int(row[1]), int(row[2]), int(row[3]), float(row[4]))
    return tuple(sorted(found.values(), key=lambda one: (-one.orders, -one.spend, one.customer_id)))
