"""The past cut in two: what was known at a cutoff, and what the same customers did in the time after it.

Everything before the cutoff is all a model may see. What came after is only compared, never learnt from.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Sequence
from dataclasses import dataclass, fields, replace
from pathlib import Path
from typing import TYPE_CHECKING, Any, Self

import numpy as np
import numpy.typing as npt

from segmentary.errors import DataError, NoAnswerError
from segmentary.models.value.cells import Cells
from segmentary.models.value.delta import Array
from segmentary.models.value.purchases import Purchases, day_numbers

if TYPE_CHECKING:
    from sqlglot import exp

    from segmentary.engine.base import Engine
    from segmentary.language.tree import Context

TRACKING = Path(__file__).with_name("tracking.sql")
WEEK_DAYS = 7


@dataclass(frozen=True, slots=True)
class HoldoutData:
    """Customers who bought before the cutoff; arrays of shape (n_customers,) in the order of `before`.

    before : their purchases as of the cutoff, times in days. cutoff : the first day that was not seen, None where days
    are mere numbers. days : how long they were watched after it.
    purchases, spend : purchase days and money in those days. earlier_purchases, earlier_spend : the same of as many
    days before the cutoff: what "as in the last period" says.
    weekly : (weeks,) repeat purchases of all of them in each whole week since the first purchase of all.
    """

    before: Purchases
    cutoff: dt.date | None
    days: float
    purchases: Array
    spend: Array
    earlier_purchases: Array
    earlier_spend: Array
    weekly: Array

    def __len__(self) -> int:
        """Return the number of customers."""
        return len(self.before)

    def without(self, ids: Sequence[object]) -> HoldoutData:
        """Return the same without some customers (weekly purchases, not kept by customer, stay as they are)."""
        kept = ~among(self.before.ids, ids)
        if kept.all():
            return self
        arrays = ("purchases", "spend", "earlier_purchases", "earlier_spend")
        return replace(self, before=part_of(self.before, kept), **{name: getattr(self, name)[kept] for name in arrays})

    @classmethod
    def from_purchases(
        cls,
        earlier: Purchases,
        before: Purchases,
        after: Purchases,
        *,
        days: float,
        cutoff: dt.date | None = None,
        weekly: npt.ArrayLike = (),
    ) -> Self:
        """Return the holdout from purchases as of three moments, `days` apart: before, at and after the cutoff.

        Raises
        ------
        NoAnswerError
            when nobody bought before the cutoff.
        DataError
            when somebody of before is missing after.
        """
        if not len(before):
            raise NoAnswerError("nobody bought before the cutoff", hint="cut later, or load a longer history")
        count_before, money_before = before.repeat_count + 1.0, before.total_spend
        count_after, money_after, found = looked_up(after, before.ids)
        if not found.all():
            raise DataError(f"{int((~found).sum())} customers known before the cutoff are missing after it")
        count_earlier, money_earlier, _ = looked_up(earlier, before.ids)
        return cls(
            before=before,
            cutoff=cutoff,
            days=days,
            purchases=count_after - count_before,
            spend=money_after - money_before,
            earlier_purchases=count_before - count_earlier,
            earlier_spend=money_before - money_earlier,
            weekly=np.asarray(weekly, dtype=np.float64),
        )

    @classmethod
    def from_transactions(
        cls,
        ids: Sequence[object] | npt.NDArray[Any],
        days: Sequence[object] | npt.NDArray[Any],
        amounts: Sequence[float] | npt.NDArray[Any] | None = None,
        *,
        cutoff: float | dt.date | np.datetime64,
        until: float | dt.date | np.datetime64,
    ) -> Self:
        """Return the holdout of single transactions, given as to `Purchases.from_transactions`.

        cutoff : the last day a model may see. until : the last day of the time after it.

        Raises
        ------
        DataError
            when until is not after cutoff.
        NoAnswerError
            when nobody bought before the cutoff.
        """
        when = day_numbers(days)
        end, last = float(day_numbers([cutoff])[0]), float(day_numbers([until])[0])
        if last <= end:
            raise DataError("the time after the cutoff is empty", hint="until must be later than cutoff")
        moments = [
            Purchases.from_transactions(ids, when, amounts, until=moment) for moment in (2 * end - last, end, last)
        ]
        label = None
        if isinstance(cutoff, dt.date | np.datetime64):
            label = dt.date(1970, 1, 1) + dt.timedelta(days=end + 1)
        made = cls.from_purchases(*moments, days=last - end, cutoff=label)
        return replace(made, weekly=made.counted_weekly(np.asarray(ids), when, end, last))

    def counted_weekly(self, ids: npt.NDArray[Any], when: Array, end: float, last: float) -> Array:
        """Return the repeat purchase days of the customers of before in each whole week."""
        first = end - self.before.age
        start = float(first.min())
        place = np.searchsorted(self.before.ids, ids)
        place = np.minimum(place, len(first) - 1)
        mine = (self.before.ids[place] == ids) & (when <= last)
        pairs = np.unique(np.column_stack([place[mine], when[mine]]), axis=0)
        again = pairs[pairs[:, 1] > first[pairs[:, 0].astype(np.intp)], 1]
        weeks = int((last - start + 1) // WEEK_DAYS)
        week = ((again - start) // WEEK_DAYS).astype(np.intp)
        return np.bincount(week[week < weeks], minlength=weeks).astype(np.float64)


def among(ids: npt.NDArray[Any], wanted: Sequence[object]) -> npt.NDArray[np.bool_]:
    """Say which ids are among those wanted, which may be of any length."""
    given = np.asarray(list(wanted), dtype=object if ids.dtype == object else None)
    if not len(given) or (given.dtype.kind != ids.dtype.kind and "U" in (given.dtype.kind, ids.dtype.kind)):
        return np.zeros(len(ids), dtype=bool)
    return np.isin(ids, given)


def part_of(purchases: Purchases, kept: npt.NDArray[np.bool_]) -> Purchases:
    """Return the purchases of some of the customers."""
    return replace(purchases, **{one.name: getattr(purchases, one.name)[kept] for one in fields(purchases)})


def placed(purchases: Purchases) -> tuple[Cells, npt.NDArray[np.intp]]:
    """Return the distinct cells of customers, and (n_customers,) which of them each is in."""
    rows = np.column_stack([purchases.repeat_count, purchases.recency, purchases.age])
    if not len(rows):
        return Cells(*(np.zeros(0) for _ in range(4))), np.zeros(0, dtype=np.intp)
    order = np.lexsort(rows.T[::-1])
    ordered = rows[order]
    new = np.ones(len(rows), dtype=bool)
    new[1:] = (ordered[1:] != ordered[:-1]).any(axis=1)
    place = np.empty(len(rows), dtype=np.intp)
    place[order] = np.cumsum(new) - 1
    cells = ordered[new]
    return Cells(cells[:, 0], cells[:, 1], cells[:, 2], np.bincount(place).astype(np.float64)), place


def looked_up(purchases: Purchases, ids: npt.NDArray[Any]) -> tuple[Array, Array, npt.NDArray[np.bool_]]:
    """Return purchase days and money of the ids (zero of who is not there), and who is there. Ids are sorted."""
    if not len(purchases):
        return np.zeros(len(ids)), np.zeros(len(ids)), np.zeros(len(ids), dtype=bool)
    place = np.minimum(np.searchsorted(purchases.ids, ids), len(purchases) - 1)
    found = np.asarray(purchases.ids[place] == ids)
    count = np.where(found, purchases.repeat_count[place] + 1.0, 0.0)
    return count, np.where(found, purchases.total_spend[place], 0.0), found


def holdout_data(
    engine: Engine,
    events: exp.Table | exp.Query,
    context: Context,
    *,
    days: int,
    order_event: str | None = None,
    since: dt.datetime | None = None,
) -> HoldoutData:
    """Return the holdout whose time after the cutoff are the last `days` before the context's as-of.

    events, order_event, since : as for `purchases_query`. What was learnt late counts as known: the question is what
    happened.

    Raises
    ------
    NoAnswerError
        when nobody bought before the cutoff.
    """
    from segmentary.engine.sqlfile import query
    from segmentary.language.windows import local_day, zone_of
    from segmentary.models.value.purchases import purchases_query
    from segmentary.schema import ORDER_COMPLETED

    name = ORDER_COMPLETED if order_event is None else order_event
    zone = zone_of(context, None)
    today = local_day(context.as_of, zone)
    moments = [
        dt.datetime.combine(today - dt.timedelta(days=back * days), dt.time(), zone).astimezone(dt.UTC)
        for back in (2, 1, 0)
    ]
    read = [
        Purchases.from_table(
            engine.table(purchases_query(events, replace(context, as_of=moment), order_event=name, since=since))
        )
        for moment in moments
    ]
    cutoff = today - dt.timedelta(days=days)
    counted = engine.rows(
        query(
            TRACKING,
            events=events,
            order_event=name,
            until=moments[2],
            known_at=context.known_at,
            since=since,
            zone=context.timezone,
            cutoff=cutoff,
        )
    )
    made = HoldoutData.from_purchases(*read, days=float(days), cutoff=cutoff)
    weekly = np.zeros(int((made.before.age.max() + days) // WEEK_DAYS))
    for day, purchases in counted:
        week = int(day) // WEEK_DAYS
        if week < len(weekly):
            weekly[week] += float(purchases)
    return replace(made, weekly=weekly)
