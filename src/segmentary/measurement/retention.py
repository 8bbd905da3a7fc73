"""Who comes back: cohorts by month of first order, and the share of each that orders in every later month."""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from zoneinfo import ZoneInfo

from sqlglot import exp

from segmentary.engine.base import Engine
from segmentary.engine.sqlfile import query
from segmentary.language.tree import Context
from segmentary.models.intervals import Interval, wilson
from segmentary.schema import ORDER_COMPLETED

COHORTS = Path(__file__).with_name("retention.sql")
# A shop is closed on some days: a month whose last order lies this close to its end counts as seen in full.
CLOSED_DAYS = 3


@dataclass(frozen=True, slots=True)
class RetentionCell:
    """How many of a cohort ordered in one month. ``partial``: the month had not ended, so this is no fall."""

    months_after: int
    month: dt.date
    active: int
    share: Interval
    partial: bool


@dataclass(frozen=True, slots=True)
class Cohort:
    """The customers whose first order fell into one month; cells from month 0 (all of them) on.

    ``inherited``: it is the first month of the data, so it holds old customers as well as new ones.
    """

    month: dt.date
    size: int
    cells: tuple[RetentionCell, ...]
    inherited: bool

    def after(self, months: int) -> RetentionCell | None:
        """Return the cell so many months after the first order, if that month has come."""
        return next((cell for cell in self.cells if cell.months_after == months), None)


@dataclass(frozen=True, slots=True)
class RetentionTable:
    """All cohorts, oldest first.

    observed_until : the day after the last one with an order, at most the as-of day; missing when nobody ordered.
    partial_month : the month that was not seen to its end, if there is one.
    """

    cohorts: tuple[Cohort, ...]
    observed_until: dt.date | None
    partial_month: dt.date | None

    def cohort(self, month: dt.date) -> Cohort | None:
        """Return the cohort of a month, if anybody first ordered in it."""
        return next((c for c in self.cohorts if c.month == month), None)


def cohorts(engine: Engine, context: Context, *, events: exp.Table | exp.Query | None = None) -> RetentionTable:
    """Count who of each cohort ordered again, month by month, in the context's zone.

    A later month without any order of the cohort counts as 0 %, but only up to the last month the data reach. The last
    month is marked partial when as-of or the data end before it does.
    """
    rows = engine.rows(
        query(
            COHORTS,
            events=exp.table_("events", quoted=True) if events is None else events,
            zone=context.timezone,
            order_event=ORDER_COMPLETED,
            as_of=context.as_of,
            known_at=context.known_at,
        )
    )
    if not rows:
        return RetentionTable((), None, None)
    zone = ZoneInfo(context.timezone)
    last = max(row[3] for row in rows).replace(tzinfo=dt.UTC).astimezone(zone)
    as_of_day = context.as_of.astimezone(zone).date()
    until = min(as_of_day, last.date() + dt.timedelta(days=1)) if as_of_day > last.date() else as_of_day
    last_month = max(row[1] for row in rows)
    ended = as_of_day >= later(last_month, 1) and until + dt.timedelta(days=CLOSED_DAYS) >= later(last_month, 1)
    partial = None if ended else last_month
    active: dict[dt.date, dict[dt.date, int]] = {}
    for cohort, month, people, _ in rows:
        active.setdefault(cohort, {})[month] = int(people)
    first = min(active)
    return RetentionTable(
        tuple(cohort_of(month, active[month], last_month, partial, month == first) for month in sorted(active)),
        until,
        partial,
    )


def cohort_of(
    month: dt.date, active: Mapping[dt.date, int], last: dt.date, partial: dt.date | None, inherited: bool
) -> Cohort:
    size = active[month]
    cells = []
    for after in range(months_between(month, last) + 1):
        when = later(month, after)
        people = active.get(when, 0)
        cells.append(RetentionCell(after, when, people, wilson(people, size), when == partial))
    return Cohort(month, size, tuple(cells), inherited)


def later(month: dt.date, months: int) -> dt.date:
    """Return the first day of the month so many months later."""
    years, index = divmod(month.month - 1 + months, 12)
    return dt.date(month.year + years, index + 1, 1)


def months_between(early: dt.date, late: dt.date) -> int:
    return (late.year - early.year) * 12 + late.month - early.month
