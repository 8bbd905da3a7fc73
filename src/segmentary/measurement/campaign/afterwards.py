"""What stayed: who still buys after 30, 60 and 90 days, and what people are worth since, treated against held out.

Retention is a share of people: those who ordered in the thirty days up to day 30, 60, 90 after they were drawn. Days
that have not passed for everybody are not judged.

Value is read of outcomes: the money people spent since they were drawn, whatever the campaign's own window. A
prediction of lifetime value stands beside it, and is not the same: a model of buying that sees the campaign's orders
takes them for a habit, so orders that were only brought forward look like a gain for years. It is therefore shown as a
forecast, adjusted for what the same prediction said of the same people before, and never decides a verdict.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass, replace
from typing import Any

from sqlglot import exp

from segmentary.engine.base import Engine
from segmentary.engine.sqlfile import column, literal
from segmentary.measurement.experiment.cuped import cuped
from segmentary.measurement.experiment.effects import effect
from segmentary.measurement.experiment.metrics import Taken
from segmentary.measurement.experiment.outcomes import Part, events_query, windows
from segmentary.measurement.experiment.sums import NUMBER, Cell, Sums, added, count_sums
from segmentary.measurement.experiment.verdict import signed
from segmentary.models.intervals import Interval, difference_of_shares, holm, wilson
from segmentary.schema import ORDER_COMPLETED

AFTER_DAYS = (30, 60, 90)
SPAN = 30
FORECAST = (
    "a forecast, not an outcome: it takes orders the campaign brought forward for a habit; score again 90 days after"
    " the campaign before believing it"
)


@dataclass(frozen=True, slots=True)
class Retained:
    """Who ordered in the thirty days up to a day after being drawn.

    difference : of the shares, with Newcombe's interval; p : corrected for the other days and segments (Holm).
    """

    segment: str
    after_days: int
    treated: Interval
    control: Interval
    difference: Interval | None
    p: float | None
    sentence: str

    def to_document(self) -> dict[str, Any]:
        """Return it as JSON values."""
        return asdict(self)


@dataclass(frozen=True, slots=True)
class Worth:
    """Money per person, treated against held out. forecast : it is a prediction's word, with why to doubt it."""

    segment: str
    what: str
    treated: float
    control: float
    difference: Interval
    p: float
    method: str
    forecast: bool
    sentence: str

    def to_document(self) -> dict[str, Any]:
        """Return it as JSON values."""
        return asdict(self)


def ripe(assigned: Sequence[dt.datetime], as_of: dt.datetime, days: Sequence[int] = AFTER_DAYS) -> list[int]:
    """Return the days that have passed for everybody.

    >>> at = dt.datetime(2026, 1, 1, tzinfo=dt.UTC)
    >>> ripe([at], at + dt.timedelta(days=61))
    [30, 60]
    """
    return [one for one in days if assigned and max(assigned) + dt.timedelta(days=one) <= as_of]


def retention_query(people: exp.Table, parts: Sequence[Part], into: str) -> exp.Select:
    """Return one row per person: ``segment, arm`` and for every part ``y, d, x``."""
    query = exp.select(column("segment", "a"), column("arm", "a")).from_(exp.alias_(people.copy(), "a", table=True))
    on = exp.EQ(this=column("customer_id", "t"), expression=column("customer_id", "a"))
    query = query.join(exp.table_(into, quoted=True, alias="t"), on=on, join_type="left")
    for number, part in enumerate(parts):
        nothing = exp.cast(literal(0), NUMBER)
        value = exp.Coalesce(this=exp.cast(column(part.column, "t"), NUMBER), expressions=[literal(0)])
        query = query.select(value.as_(f"y{number}", quoted=True), copy=False)
        query = query.select(
            nothing.as_(f"d{number}", quoted=True), nothing.copy().as_(f"x{number}", quoted=True), copy=False
        )
    return query


def retention_sums(
    engine: Engine, people: exp.Table, days: Sequence[int], as_of: dt.datetime, *, into: str = "campaign_retention"
) -> dict[int, dict[Cell, Sums]]:
    """Return for every day the sums of who ordered in the thirty days before it, by segment and arm.

    people : ``customer_id, segment, arm, assigned_at``.
    """
    taken = Taken("any", ORDER_COMPLETED)
    parts = [Part(f"y{number}", taken, day - SPAN, day) for number, day in enumerate(days)]
    if not parts:
        return {}
    ends = windows(engine, people, parts, as_of, f"{into}_windows")
    if ends is None:
        return {}
    engine.create_as(f"{into}_events", events_query(people, ends, parts), temporary=True)
    query = retention_query(people, parts, f"{into}_events")
    return dict(zip(days, count_sums(engine, query, len(parts)), strict=True))


def retained(sums: Mapping[int, Mapping[Cell, Sums]], control: str) -> list[Retained]:
    """Compare treated with held out on every day: everybody first, then each segment."""
    made: list[Retained] = []
    for day, cells in sums.items():
        segments = sorted({segment for segment, _ in cells})
        for segment in ["", *(segments if len(segments) > 1 else [])]:
            inside = {cell: one for cell, one in cells.items() if segment in ("", cell[0])}
            treated = added(one for (_, arm), one in inside.items() if arm != control)
            held = added(one for (_, arm), one in inside.items() if arm == control)
            made.append(compared(segment, day, treated, held))
    known = [one.p for one in made if one.p is not None]
    adjusted = iter(holm(known))
    return [with_words(one, next(adjusted) if one.p is not None else None) for one in made]


def compared(segment: str, day: int, treated: Sums, held: Sums) -> Retained:
    """Return one comparison of shares."""
    one, other = wilson(int(treated.y), treated.n), wilson(int(held.y), held.n)
    found = difference_of_shares(int(treated.y), treated.n, int(held.y), held.n)
    if found is None:
        return Retained(segment, day, one, other, None, None, "")
    gap = Interval(found.estimate, found.low, found.high, treated.n + held.n)
    return Retained(segment, day, one, other, gap, found.p, "")


def with_words(one: Retained, p: float | None) -> Retained:
    """Say what a comparison says."""
    where = f"{one.segment}: " if one.segment else ""
    about = f"{where}ordered in the {SPAN} days up to day {one.after_days}"
    if one.difference is None or p is None:
        return replace(one, sentence=f"{about}: nothing to compare")
    gap = one.difference
    shares = f"{one.treated.estimate:.1%} treated, {one.control.estimate:.1%} held out"
    ends = f"{signed(gap.estimate, 'share')} points, between {signed(gap.low, 'share')} and {signed(gap.high, 'share')}"
    sure = p < 0.05 and not gap.low <= 0 <= gap.high
    word = ("more stay" if gap.estimate > 0 else "fewer stay") if sure else "not clear"
    return replace(one, p=p, sentence=f"{about}: {word}: {shares} ({ends})")


def worth(cells: Mapping[Cell, Sums], control: str, what: str, *, forecast: bool) -> list[Worth]:
    """Compare money per person, adjusted for the past where there is one: everybody first, then each segment."""
    segments = sorted({segment for segment, _ in cells})
    made = []
    for segment in ["", *(segments if len(segments) > 1 else [])]:
        inside = {cell: one for cell, one in cells.items() if segment in ("", cell[0])}
        treated = added(one for (_, arm), one in inside.items() if arm != control)
        held = added(one for (_, arm), one in inside.items() if arm == control)
        raw = effect(treated, held, "mean")
        if raw is None:
            continue
        adjusted = cuped(treated, held, raw=raw)
        found = adjusted.effect if adjusted is not None else raw
        gap = Interval(found.estimate, found.low, found.high, found.n_treated + found.n_control)
        made.append(Worth(segment, what, raw.treated, raw.control, gap, found.p, found.method, forecast, ""))
    adjusted_p = holm([one.p for one in made])
    return [replace(one, p=p, sentence=worth_said(one, p)) for one, p in zip(made, adjusted_p, strict=True)]


def worth_said(one: Worth, p: float) -> str:
    where = f"{one.segment}: " if one.segment else ""
    sure = p < 0.05 and not one.difference.low <= 0 <= one.difference.high
    word = ("more" if one.difference.estimate > 0 else "less") if sure else "not clear"
    numbers = f"{one.treated:,.2f} treated, {one.control:,.2f} held out"
    gap = one.difference
    ends = f"{gap.estimate:+,.2f}, between {gap.low:+,.2f} and {gap.high:+,.2f}"
    return f"{where}{one.what} per person: {word}: {numbers} ({ends})" + (f"; {FORECAST}" if one.forecast else "")
