"""How tastes move: a panel per segment and item that moves, a grid of all trends."""

from __future__ import annotations

import math
from collections.abc import Sequence
from typing import Any

from segmentary.measurement.tailoring.trends import Trend
from segmentary.models.intervals import Interval
from segmentary.report.charts import trend_panels
from segmentary.report.document import Field, Figure, Grid, Native, Part, Value, series_of
from segmentary.report.tailoring.data import TailoringData, ended, upper
from segmentary.report.theme import dressed, is_narrow

TITLE = "Tastes that move, unlike everybody else's"
NOTE = (
    "Mean part of a customer's purchases in the month, bands 95% intervals; one scale. Blue: surely rising, orange:"
    " surely falling, corrected for all segments and items, and both otherwise than among everybody else."
)
MOST = 9


def trends(data: TailoringData) -> Part | None:
    """Return the section of trends."""
    found = data.trends
    if found is None or not found.rows:
        return None
    moving = sorted(
        (one for one in found.told() if one.own),
        key=lambda one: -abs(one.change.estimate if one.change is not None else 0.0),
    )[:MOST]
    lead = tuple(ended(f"{one.segment}: {one.sentence}") for one in moving[:3])
    if not lead:
        lead = ("No share of any segment moves clearly and otherwise than everybody else's.",)
    notes = (upper(found.season), *(f"{segment}: too few people." for segment, _ in found.withheld))
    return Part("trends", "How tastes move", lead, (), figures(moving), grids(data), notes)


def figures(moving: Sequence[Trend]) -> tuple[Figure, ...]:
    if not moving:
        return ()
    panels = [panel(one) for one in moving]
    months = tuple(one.month for one in moving[0].months)
    native = Native(
        "lines", TITLE, months, tuple(series_of(p.name, shares(one)) for p, one in zip(panels, moving, strict=True)),
        "0%",
    )  # fmt: skip
    return (Figure("tastes", TITLE, NOTE, lambda width: drawn(panels, width), (native,)),)


def shares(trend: Trend) -> list[Interval | None]:
    return [None if math.isnan(one.share.estimate) else one.share for one in trend.months]


def panel(trend: Trend) -> trend_panels.Trend:
    points = tuple(
        trend_panels.Point(month.month, float(place), month.share.estimate, month.share.low, month.share.high, True)
        for place, month in enumerate(trend.months)
        if not math.isnan(month.share.estimate)
    )
    rate = trend.slope.estimate if trend.slope is not None else 0.0
    said = f"{trend.verdict}: {100 * rate:+.2f} points a month"
    direction = "growing" if trend.verdict == "rising" else "shrinking"
    return trend_panels.Trend(f"{trend.segment}: {trend.item}", said, direction, points)


def drawn(panels: Sequence[trend_panels.Trend], width: int) -> Any:
    """Draw one panel per trend, all on one scale."""
    import altair as alt

    narrow = is_narrow(width)
    across = 1 if narrow else min(3, len(panels))
    wide = (width - across * 52) / across
    limits = [0.0, max(point.high for one in panels for point in one.points) * 1.06]
    made = [
        trend_panels.one_panel(one, limits, True, int(wide / 7)).properties(width=wide, height=110 if narrow else 130)
        for one in panels
    ]
    return dressed(alt.concat(*made, columns=across, spacing={"row": 18, "column": 12}), TITLE, NOTE, width=width)


def grids(data: TailoringData) -> tuple[Grid, ...]:
    found = data.trends
    if found is None:
        return ()
    fields = (
        Field("Segment"),
        Field("Item"),
        Field("First month", "share"),
        Field("Last month", "share"),
        Field("Change a month", "points"),
        Field("p (corrected)", "p"),
        Field("Against others", "points"),
        Field("p against others", "p"),
        Field("Verdict"),
        Field("Next month", "share"),
        Field("Forecast", page=False),
    )
    rows = tuple(row(one) for one in sorted(found.rows, key=lambda one: one.verdict not in ("rising", "falling")))
    months = tuple(
        (one.segment, one.item, month.month, None if math.isnan(month.share.estimate) else month.share, month.share.n)
        for one in found.rows
        for month in one.months
    )
    month_fields = (Field("Segment"), Field("Item"), Field("Month"), Field("Share", "share"), Field("People", "count"))
    return (
        Grid("Trends", "Shares by segment and item; 95% intervals", fields, rows, shown=40),
        Grid("Months", "The share of each item in each month; 95% intervals", month_fields, months, shown=0),
    )


def row(one: Trend) -> tuple[Value, ...]:
    known = [month.share for month in one.months if not math.isnan(month.share.estimate)]
    slope, against, ahead = one.slope, one.against, one.forecast
    return (
        one.segment,
        one.item,
        known[0] if known else None,
        known[-1] if known else None,
        None if slope is None else Interval(slope.estimate, slope.low, slope.high, slope.people),
        None if slope is None else one.p,
        None if against is None else Interval(against.estimate, against.low, against.high, against.people),
        None if against is None else one.p_against,
        one.verdict if one.verdict != "unclear" else "not clear",
        None if ahead is None else Interval(ahead.values[0], ahead.low[0], ahead.high[0], one.people),
        "" if ahead is None else ahead.sentence,
    )
