"""Loyalty in what people do: ordering again, how often, staying; and whether those who say they are happy stay.

Staying is the product-limit estimate over subscriptions where the data say who left (`models.survival.kaplan_meier`).
Where nobody ever says so, it is the share of a segment's customers who order in the three months that begin 3, 6 or 12
months after their first order, among those seen so long.
"""

from __future__ import annotations

import datetime as dt
import math
import re
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any
from zoneinfo import ZoneInfo

import numpy as np
from sqlglot import exp

from segmentary.engine.base import Engine
from segmentary.engine.sqlfile import query
from segmentary.language.tree import Context
from segmentary.measurement.loyalty.figures import Figure, gap_by_errors, gap_of
from segmentary.measurement.loyalty.questions import Question
from segmentary.models.intervals import (
    Difference,
    Interval,
    Moments,
    difference_of_means,
    difference_of_shares,
    mean_interval,
    wilson,
)
from segmentary.schema import ORDER_COMPLETED

ORDERS, STILL_BUYING, STAYS, LEAVING = (
    Path(__file__).with_name(f"{name}.sql") for name in ("orders", "still_buying", "stays", "leaving")
)
EVERYBODY = -1
MONTHS: Mapping[int, int] = {3: 91, 6: 183, 12: 365}
"""Months after the beginning -> days."""
WINDOW_DAYS = 91
LAPSED_DAYS = 180
YEAR_DAYS = 365
LEAVES = re.compile(r"(cancel+ed|churned|terminated|unsubscribed|ended|closed|deactivated|lapsed)$", re.IGNORECASE)
STARTS = re.compile(r"(started|created|opened|activated|signed_up|subscribed|joined)$", re.IGNORECASE)
NOT_LEAVING = re.compile(r"^(order|email|mail|sms|push|session|visit|chat|call|support|checkout|return)", re.IGNORECASE)


@dataclass(frozen=True, slots=True)
class Leaving:
    """Which event says that somebody left, and which that somebody began; starts None: the first thing known."""

    ends: str
    starts: str | None


def leaving_events(names: Iterable[str]) -> Leaving | None:
    """Return the events by which people begin and leave, by their names; None where nothing says so.

    >>> leaving_events(["order_completed", "subscription_started", "subscription_cancelled"])
    Leaving(ends='subscription_cancelled', starts='subscription_started')
    """
    known = sorted(names)
    ends = [name for name in known if LEAVES.search(name) and not NOT_LEAVING.match(name)]
    if not ends:
        return None
    stem = ends[0].rpartition("_")[0]
    starts = [name for name in known if STARTS.search(name) and name.rpartition("_")[0] == stem]
    return Leaving(ends[0], starts[0] if starts else None)


def today(context: Context) -> dt.date:
    return context.as_of.astimezone(ZoneInfo(context.timezone)).date()


# ---------------------------------------------------------------- ordering


def order_figures(
    engine: Engine, events: exp.Table | exp.Query, members: exp.Query, segments: Sequence[str], context: Context
) -> list[Figure]:
    """Return the repeat rate and the orders per customer of the last year."""
    rows = engine.rows(
        query(
            ORDERS,
            events=events,
            members=members,
            zone=context.timezone,
            order_event=ORDER_COMPLETED,
            as_of=context.as_of,
            known_at=context.known_at,
            since=context.as_of - dt.timedelta(days=YEAR_DAYS),
        )
    )
    sums = {int(segment): tuple(int(one or 0) for one in row) for segment, *row in rows}
    everybody = sums.get(EVERYBODY, (0,) * 5)
    found = []
    for number, segment in enumerate(segments):
        own = sums.get(number, (0,) * 5)
        rest = tuple(all_ - one for all_, one in zip(everybody, own, strict=True))
        found.append(
            Figure(
                segment, "repeat_rate", "customers who ordered on a second day", "share",
                wilson(own[1], own[0]), wilson(rest[1], rest[0]),
                gap_of(difference_of_shares(own[1], own[0], rest[1], rest[0])),
            )
        )  # fmt: skip
        one, other = (mean_orders(*part[2:]) for part in (own, rest))
        found.append(
            Figure(
                segment, "orders_per_customer", "orders of a year per customer who ordered in it", "number",
                mean_interval(one), mean_interval(other), gap_of(difference_of_means(one, other)),
            )
        )  # fmt: skip
    return found


def mean_orders(people: int, orders: int, squares: int) -> Moments:
    if people == 0:
        return Moments(0, math.nan, math.nan)
    mean = orders / people
    return Moments(people, mean, max(0.0, squares - people * mean * mean) / max(1, people - 1))


# ---------------------------------------------------------------- staying


def still_buying(
    engine: Engine, events: exp.Table | exp.Query, members: exp.Query, segments: Sequence[str], context: Context
) -> list[Figure]:
    """Return the share ordering in the three months after 3, 6 and 12 months, among those seen so long."""
    found = []
    for months, days in MONTHS.items():
        rows = engine.rows(
            query(
                STILL_BUYING,
                events=events,
                members=members,
                zone=context.timezone,
                order_event=ORDER_COMPLETED,
                as_of=context.as_of,
                known_at=context.known_at,
                today=today(context),
                after=days,
                window=WINDOW_DAYS,
            )
        )
        counts = {int(segment): (int(back), int(people)) for segment, people, back in rows}
        k, n = counts.get(EVERYBODY, (0, 0))
        for number, segment in enumerate(segments):
            back, people = counts.get(number, (0, 0))
            found.append(
                Figure(
                    segment, f"still_buying_{months}_months", f"ordered in months {months + 1} to {months + 3}",
                    "share", wilson(back, people), wilson(k - back, n - people),
                    gap_of(difference_of_shares(back, people, k - back, n - people)),
                )
            )  # fmt: skip
    return found


def retention(
    engine: Engine,
    events: exp.Table | exp.Query,
    members: exp.Query,
    segments: Sequence[str],
    context: Context,
    leaving: Leaving,
) -> list[Figure]:
    """Return the share still there after 3, 6 and 12 months, counting those who are there yet as long as seen."""
    from segmentary.models.survival.kaplan_meier import kaplan_meier

    rows = engine.rows(
        query(
            STAYS,
            events=events,
            members=members,
            zone=context.timezone,
            starts=leaving.starts,
            ends=leaving.ends,
            as_of=context.as_of,
            known_at=context.known_at,
            today=today(context),
        )
    )
    cells: dict[int, dict[tuple[int, int], int]] = {}
    for segment, duration, left, people in rows:
        cells.setdefault(int(segment), {})[int(duration), int(left)] = int(people)
    everybody = cells.get(EVERYBODY, {})
    found = []
    for number, segment in enumerate(segments):
        own = cells.get(number, {})
        rest = {key: people - own.get(key, 0) for key, people in everybody.items()}
        parts = [{key: n for key, n in part.items() if n > 0} for part in (own, rest)]
        if not all(parts):
            continue
        curves = [kaplan_meier(counts_of(part)).curve() for part in parts]
        for months, days in MONTHS.items():
            figures = [read(curve, days, sum(part.values())) for curve, part in zip(curves, parts, strict=True)]
            (one, one_error), (two, two_error) = figures
            found.append(
                Figure(
                    segment, f"retention_{months}_months", f"no {leaving.ends} within {days} days", "share", one, two,
                    gap_by_errors(one.estimate, two.estimate, one_error, two_error),
                )
            )  # fmt: skip
    return found


def counts_of(cells: Mapping[tuple[int, int], int]) -> Any:
    from segmentary.models.survival.counts import SurvivalCounts

    order = sorted(cells)
    durations, events = (np.array([key[part] for key in order], dtype=np.float64) for part in (0, 1))
    weights = np.array([cells[key] for key in order], dtype=np.float64)
    return SurvivalCounts.from_arrays(durations, events, weights=weights)


def read(curve: Any, days: int, people: int) -> tuple[Interval, float]:
    """Return a curve's value with its interval and standard error (Greenwood)."""
    at = curve.at(days)
    place = int(np.searchsorted(curve.times, days, side="right")) - 1
    variance = float(curve.variance[place]) if place >= 0 else 0.0
    error = float(at.estimate) * math.sqrt(variance) if math.isfinite(variance) else math.nan
    return Interval(float(at.estimate), float(at.low), float(at.high), people), error


# ---------------------------------------------------------------- saying and doing


@dataclass(frozen=True, slots=True)
class SaidAndDone:
    """Of those of a segment who said they are happy, how many left all the same; and of those who are not.

    happy, unhappy : share who left since, of n who said so and were then still there. gap : happy less unhappy.
    """

    segment: str
    happy: Interval
    unhappy: Interval
    lost_happy: int
    gap: Difference | None
    sentence: str

    def to_document(self) -> dict[str, Any]:
        """Return it as JSON values."""
        return asdict(self)


def said_and_done(
    engine: Engine,
    events: exp.Table | exp.Query,
    answers: exp.Query,
    members: exp.Query,
    segments: Sequence[str],
    context: Context,
    question: Question,
    leaving: Leaving | None,
    *,
    least_people: int = 11,
) -> tuple[SaidAndDone, ...]:
    """Hold what people said against what they did since.

    Without an event of leaving, whoever has not ordered for half a year has left; then only older answers count.
    """
    lapsed = context.as_of - dt.timedelta(days=LAPSED_DAYS)
    rows = engine.rows(
        query(
            LEAVING,
            answers=answers,
            events=events,
            members=members,
            survey=question.survey,
            item=question.item,
            promoter=question.promoter,
            detractor=question.detractor,
            as_of=context.as_of,
            known_at=context.known_at,
            ends=leaving.ends if leaving is not None else ORDER_COMPLETED,
            order_event=ORDER_COMPLETED,
            lapsed=lapsed,
            by_event=leaving is not None,
        )
    )
    counts = {(int(segment), int(feeling)): (int(people), int(lost)) for segment, feeling, people, lost in rows}
    how = f"{leaving.ends} since" if leaving is not None else f"no order for {LAPSED_DAYS} days"
    found = []
    for number, segment in enumerate(segments):
        (n, k), (m, j) = (counts.get((number, feeling), (0, 0)) for feeling in (1, -1))
        if min(n, m) < least_people:
            continue
        happy, unhappy, gap = wilson(k, n), wilson(j, m), difference_of_shares(k, n, j, m)
        clear = gap is not None and not gap.low <= 0 <= gap.high
        against = (
            ("clearly less than" if clear and gap is not None and gap.estimate < 0 else "clearly more than")
            if clear
            else "not clearly other than"
        )
        sentence = (
            f"{segment}: {k:,} of {n:,} happy people ({100 * happy.estimate:.0f}%) left all the same ({how}),"
            f" {against} the {100 * unhappy.estimate:.0f}% of the {m:,} unhappy"
        )
        found.append(SaidAndDone(segment, happy, unhappy, k, gap, sentence))
    return tuple(found)
