"""Purchases as the lifetime models see them: how many repeats, when the last one, how old the customer.

One local day with purchases is one purchase: two orders of one morning say nothing about coming back. A purchase of no
or negative value is a purchase, but no spend. Refunds are no purchases.

=============  =============================================================================================
``x``          repeat purchases: purchase days after the first one
``t_x``        from the first to the last purchase day (0 without repeats)
``T``          age: from the first purchase day to the end of what was watched
=============  =============================================================================================

The models need only the distinct (x, t_x, T) and how many customers each stands for: `Cells`, counted in the engine by
`cells_query` where there are many customers.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from typing import TYPE_CHECKING, Any, Self, TypeAlias, cast

import numpy as np
import numpy.typing as npt
from sqlglot import exp

from segmentary.engine.sqlfile import query
from segmentary.errors import DataError
from segmentary.language.windows import local_day, zone_of
from segmentary.models.value.cells import Cells, checked, distinct
from segmentary.schema import ORDER_COMPLETED

if TYPE_CHECKING:
    import pyarrow as pa

    from segmentary.engine.base import Engine
    from segmentary.language.tree import Context

PURCHASES = Path(__file__).with_name("purchases.sql")
CELLS = Path(__file__).with_name("cells.sql")
Floats: TypeAlias = npt.NDArray[np.float64]
Counts: TypeAlias = npt.NDArray[np.int64]
NUMBERS = (
    "repeat_count",
    "recency_days",
    "age_days",
    "mean_spend",
    "spend_days",
    "first_spend",
    "total_spend",
    "unpaid_days",
)


def purchases_query(
    events: exp.Table | exp.Query,
    context: Context,
    *,
    order_event: str = ORDER_COMPLETED,
    since: dt.datetime | None = None,
) -> exp.Select:
    """Return a query of one row per customer who bought before as-of, as far as was known then.

    since : purchases before that moment do not count; a customer's first purchase is then the first one since.

    Columns: ``customer_id``; ``first_at``, ``last_at`` (instants); ``repeat_count`` (purchase days after the first);
    ``recency_days`` (first to last purchase day); ``age_days`` (first purchase day to the day of as-of); ``mean_spend``
    (mean amount of the repeat purchase days with a positive amount, missing without any), ``spend_days`` (how many
    those are); ``first_spend`` (the first day's), ``total_spend``; ``unpaid_days`` (purchase days, the first one
    included, whose amount is zero, negative or missing).
    """
    found = query(
        PURCHASES,
        events=events,
        order_event=order_event,
        as_of=context.as_of,
        known_at=context.known_at,
        since=since,
        zone=context.timezone,
        today=local_day(context.as_of, zone_of(context, None)),
    )
    return cast(exp.Select, found)


def cells_query(purchases: exp.Table | exp.Query) -> exp.Select:
    """Return a query that counts the distinct (repeat_count, recency_days, age_days) of `purchases_query`."""
    return cast(exp.Select, query(CELLS, purchases=purchases))


def count_cells(engine: Engine, purchases: exp.Table | exp.Query) -> Cells:
    """Return the cells of a purchases query, counted in the engine."""
    return Cells.from_table(engine.table(cells_query(purchases)))


@dataclass(frozen=True, slots=True)
class Purchases:
    """Summaries of customers, one element each; arrays of shape (n_customers,).

    ids : customer ids. repeat_count, recency, age : see the module; times in the unit the caller gave (days in a
    workspace). mean_spend : NaN where no repeat purchase was paid. spend_days : repeat purchase days that were paid.
    first_spend, total_spend : money. unpaid_days : purchase days of zero, negative or missing value.
    """

    ids: npt.NDArray[Any]
    repeat_count: Counts
    recency: Floats
    age: Floats
    mean_spend: Floats
    spend_days: Counts
    first_spend: Floats
    total_spend: Floats
    unpaid_days: Counts

    def __len__(self) -> int:
        """Return the number of customers."""
        return len(self.ids)

    @classmethod
    def from_table(cls, table: pa.Table) -> Self:
        """Return the purchases of an Arrow table with the columns of `purchases_query`, in order of customer ids."""
        from pyarrow import compute

        ordered = table.sort_by("customer_id")
        read = [
            np.asarray(
                compute.fill_null(ordered.column(name).cast("float64"), float("nan")).to_numpy(zero_copy_only=False),
                dtype=np.float64,
            )
            for name in NUMBERS
        ]
        x, recency, age, mean, days, first, total, unpaid = read
        checked(x, recency, age)
        return cls(
            ids=np.asarray(ordered.column("customer_id").to_numpy(zero_copy_only=False)),
            repeat_count=x.astype(np.int64),
            recency=recency,
            age=age,
            mean_spend=mean,
            spend_days=days.astype(np.int64),
            first_spend=first,
            total_spend=total,
            unpaid_days=unpaid.astype(np.int64),
        )

    @classmethod
    def from_transactions(
        cls,
        ids: Sequence[object] | npt.NDArray[Any],
        days: Sequence[object] | npt.NDArray[Any],
        amounts: Sequence[float] | npt.NDArray[Any] | None = None,
        *,
        until: float | dt.date | np.datetime64,
    ) -> Self:
        """Return the purchases of single transactions.

        ids : (n,) whose. days : (n,) dates (Python, NumPy, or numbers of a day); several of one day are one purchase.
        amounts : (n,) money; nothing given means nothing known of spend. until : the end of what was watched, in the
        same kind; transactions after it are left out.

        Raises
        ------
        DataError
            when the lengths differ or a day is missing.
        """
        owners, when, end = np.asarray(ids), day_numbers(days), float(day_numbers([until])[0])
        money = np.full(len(owners), np.nan) if amounts is None else np.asarray(amounts, dtype=np.float64)
        if not len(owners) == len(when) == len(money):
            raise DataError(
                f"{len(owners)} ids, {len(when)} days and {len(money)} amounts do not belong together",
                hint="one of each per transaction",
            )
        within = when <= end
        return cls._summed(owners[within], when[within], np.nan_to_num(money[within], nan=0.0), end)

    @classmethod
    def _summed(cls, owners: npt.NDArray[Any], when: Floats, money: Floats, end: float) -> Self:
        names, owner = np.unique(owners, return_inverse=True)
        order = np.lexsort((when, owner))
        owner, when, money = owner[order], when[order], money[order]
        new = np.ones(len(owner), dtype=bool)
        new[1:] = (owner[1:] != owner[:-1]) | (when[1:] != when[:-1])
        at = np.flatnonzero(new)
        amount = np.add.reduceat(money, at) if len(at) else money
        owner, when = owner[at], when[at]
        n = len(names)
        start = np.searchsorted(owner, np.arange(n))
        count = np.bincount(owner, minlength=n)
        is_first = np.zeros(len(owner), dtype=bool)
        is_first[start] = True
        paid = amount > 0
        spend = ~is_first & paid
        spend_days = np.bincount(owner[spend], minlength=n)
        spent = np.bincount(owner[spend], weights=amount[spend], minlength=n)
        first = when[start] if n else when
        return cls(
            ids=names,
            repeat_count=(count - 1).astype(np.int64),
            recency=when[start + count - 1] - first if n else when,
            age=end - first,
            mean_spend=np.divide(spent, spend_days, out=np.full(n, np.nan), where=spend_days > 0),
            spend_days=spend_days.astype(np.int64),
            first_spend=amount[start] if n else amount,
            total_spend=np.asarray(np.bincount(owner, weights=amount, minlength=n), dtype=np.float64),
            unpaid_days=np.bincount(owner[~paid], minlength=n).astype(np.int64),
        )

    def in_units(self, days: float) -> Purchases:
        """Return the same with times in units of so many days (7: weeks)."""
        return replace(self, recency=self.recency / days, age=self.age / days)

    def cells(self, covariates: Floats | None = None) -> Cells:
        """Return the distinct (x, t_x, T), with covariates (n_customers, k) the distinct rows of all of them."""
        return distinct(self.repeat_count.astype(np.float64), self.recency, self.age, covariates=covariates)


def day_numbers(days: Sequence[object] | npt.NDArray[Any]) -> Floats:
    """Return days as numbers: dates from 1970-01-01 on, numbers as they are."""
    given = np.asarray(days)
    if given.dtype == object and len(given) and isinstance(given[0], dt.date):
        given = given.astype("datetime64[D]")
    if given.dtype.kind == "M":
        if np.isnat(given).any():
            raise DataError("a transaction without a day", hint="leave such rows out")
        return np.asarray(given.astype("datetime64[D]").astype(np.int64), dtype=np.float64)
    numbers = given.astype(np.float64)
    if not np.isfinite(numbers).all():
        raise DataError("a transaction without a day", hint="leave such rows out")
    return np.asarray(np.floor(numbers))
