"""Lifetime value: purchases week by week, by past purchases, the choice of the model, and what segments are worth."""

from __future__ import annotations

import math
from typing import Any

from segmentary.models.value.holdout import PurchaseHoldout
from segmentary.models.value.segment_value import SegmentValue
from segmentary.report.charts import dots, tracking
from segmentary.report.document import HIDDEN, Field, Figure, Grid, Kind, Native, Part, Series, Value, series_of
from segmentary.report.numbers import count, money, percent
from segmentary.report.prediction.data import PredictionReportData
from segmentary.report.prediction.words import ended
from segmentary.report.theme import LARGE

TRACK = "Did purchases come as expected?"
FREQUENCY = "Do past purchases tell of later ones?"
WORTH = "What are the segments worth?"
CAME = "what came"


def purchases(data: PredictionReportData) -> Part | None:
    """Return the section of tracking and conditional expectations."""
    if not data.tests:
        return None
    held = data.tests.get(data.chosen) or next(iter(data.tests.values()))
    figures = [one for one in (track(data, held), by_frequency(data, held)) if one is not None]
    lead = [f"{one.strip()}." for one in data.card.method.split(". ")[1:3] if one.strip()]
    lead = [one.replace("..", ".") for one in lead]
    off = held.tracking.error_after
    if math.isfinite(off):
        way = "more" if off > 0 else "less"
        lead.append(f"In the weeks it had not seen it expected {percent(abs(off))} {way} repeat purchases than came.")
    return Part(
        "purchases", "Purchases", tuple(lead), (), tuple(figures), (models(data), frequency_grid(data), weeks(held))
    )


def track(data: PredictionReportData, held: PurchaseHoldout) -> Figure | None:
    """Return purchases per week and added up."""
    actual = held.tracking.actual
    if len(actual) < 2:
        return None
    lines = [
        tracking.Line(name, tuple(map(float, one.tracking.expected)), name == data.chosen)
        for name, one in data.tests.items()
        if len(one.tracking.expected)
    ]
    note = (
        "Grey: what came. Orange: the model that was taken. Right of the dashed line are weeks the models had not "
        "seen. A model of customers knows no seasons: it draws through peaks."
    )
    series = (Series(CAME, tuple(map(float, actual))), *(Series(line.name, line.values) for line in lines))
    native = Native("lines", TRACK, tuple(map(str, range(1, len(actual) + 1))), series, "#,##0")
    seen = held.tracking.seen
    values = tuple(map(float, actual))
    return Figure(
        "tracking",
        TRACK,
        note,
        lambda width: tracking.chart(values, lines, seen, TRACK, note, width=width),
        (native,),
    )


def by_frequency(data: PredictionReportData, held: PurchaseHoldout) -> Figure | None:
    """Return what came of people of so many repeat purchases, beside what was expected."""
    rows = [one for one in held.by_frequency if not data.small(one.people)]
    if not rows:
        return None
    last = max(one.repeat_count for one in held.by_frequency)
    drawn, names = [], []
    for one in rows:
        name = f"{one.repeat_count}{' or more' if one.repeat_count == last else ''} repeat purchases"
        names.append(name)
        i = one.actual
        ends = [end if math.isfinite(end) else None for end in (i.low, i.high)]
        drawn.append(
            dots.Dot(name, i.estimate, ends[0], ends[1], f"{i.estimate:.2f} ({count(one.people)} people)", True, CAME)
        )
        drawn.append(dots.Dot(name, one.expected, None, None, f"{one.expected:.2f}", True, "what was expected"))
    note = "Purchases per person in the time held out, by repeat purchases before it; lines are 95% intervals."
    native = Native(
        "columns",
        FREQUENCY,
        tuple(names),
        (
            series_of(CAME, [one.actual for one in rows]),
            Series("what was expected", tuple(one.expected for one in rows)),
        ),
        "0.00",
    )
    return Figure(
        "by_frequency",
        FREQUENCY,
        note,
        lambda width: dots.chart(drawn, FREQUENCY, note, form=".1f", axis="purchases per person", width=width),
        (native,),
    )


def models(data: PredictionReportData) -> Grid:
    fields = (
        Field("Model"),
        Field("Taken", "yes"),
        Field("Log-probability of a person's purchases", "fixed"),
        Field("Total, less 1", "share"),
        Field("Mean distance", "fixed"),
        Field("Purchases expected", "fixed"),
        Field("Purchases that came", "fixed"),
        Field("People", "count"),
    )
    rows: list[tuple[Value, ...]] = [
        (name, name == data.chosen, one.log_score, one.total_bias, one.mae, one.expected, one.actual, one.people)
        for name, one in data.tests.items()
    ]
    first = next(iter(data.tests.values()))
    rows.append(
        (
            "the same as in the last period",
            False,
            first.rival_log_score,
            None,
            first.rival_mae,
            None,
            first.actual,
            first.people,
        )
    )
    return Grid(
        "Purchase models",
        "Every model tried, on the time held out; log-probability: higher is better",
        fields,
        tuple(rows),
    )


def frequency_grid(data: PredictionReportData) -> Grid:
    names = list(data.tests)
    fields = (
        Field("Repeat purchases before", "count"),
        Field("People", "count"),
        Field("Came per person", "fixed"),
        *(Field(f"{name} expected", "fixed") for name in names),
    )
    rows: list[tuple[Value, ...]] = []
    first = data.tests[names[0]]
    for place, one in enumerate(first.by_frequency):
        told = [data.tests[name].by_frequency[place].expected for name in names]
        if data.small(one.people):
            rows.append((one.repeat_count, HIDDEN, HIDDEN, *(HIDDEN for _ in told)))
        else:
            rows.append((one.repeat_count, one.people, one.actual, *told))
    return Grid(
        "By past purchases",
        "Purchases per person in the time held out; the last row is that many or more",
        fields,
        tuple(rows),
    )


def weeks(held: PurchaseHoldout) -> Grid:
    """Return all weeks, for the workbook."""
    fields = (
        Field("Week", "count"),
        Field("Came", "count"),
        Field("Expected", "number"),
        Field("Seen by the model", "yes"),
    )
    track = held.tracking
    rows: tuple[tuple[Value, ...], ...] = tuple(
        (week, float(came), float(told), week <= track.seen)
        for week, (came, told) in enumerate(zip(track.actual, track.expected, strict=True), 1)
    )
    return Grid("Weeks", "Repeat purchases per week", fields, rows, shown=0)


def worth(data: PredictionReportData) -> Part | None:
    """Return the section of what everybody and each segment are worth."""
    if not data.values:
        return None
    everybody, *segments = data.values
    shown = [one for one in segments if not data.small(one.people)]
    total = everybody.value
    ends = f"({told(total.low, data)} to {told(total.high, data)})"
    days = data.card.horizon_days
    lead = (
        f"Everybody together is expected to spend {told(total.estimate, data)} in the next {days} days {ends}.",
        "The interval is how well the expectation is known from the parameters; a season or a trend is not in it.",
    )
    figures = (worth_figure(data, everybody.mean_value.estimate, shown),) if shown else ()
    return Part("worth", "What they are worth", lead, (), figures, (worth_grid(data),), open_grids=not shown)


def told(value: float, data: PredictionReportData) -> str:
    """Return an amount of money."""
    return money(value, data.currency) if data.currency else count(value)


def worth_figure(data: PredictionReportData, mean: float, shown: list[SegmentValue]) -> Figure:
    rows = []
    for one in shown:
        i = one.mean_value
        said = f"{told(i.estimate, data)} each, {told(one.value.estimate, data)} in all"
        rows.append(dots.Dot(one.segment, i.estimate, i.low, i.high, said))
    note = "Expected money per customer of each segment, with 95% intervals; dashed: the mean of everybody."
    axis = f"per customer{f', {data.currency}' if data.currency else ''}"
    series = series_of("per customer", [one.mean_value for one in shown])
    native = Native("bars", WORTH, tuple(one.segment for one in shown), (series,), "#,##0")

    def draw(width: int) -> Any:
        return dots.chart(rows, WORTH, note, expression=LARGE, lines=(mean,), axis=axis, width=width)

    return Figure("worth", WORTH, note, draw, (native,))


def worth_grid(data: PredictionReportData) -> Grid:
    kind: Kind = "money" if data.currency else "amount"
    fields = (
        Field("Segment"),
        Field("People", "count"),
        Field("Together", kind),
        Field("Each", kind),
        Field("Purchases", "count"),
        Field("Still customers", "count"),
    )
    rows: list[tuple[Value, ...]] = []
    for one in data.values:
        if data.small(one.people):
            rows.append((one.segment, HIDDEN, HIDDEN, HIDDEN, HIDDEN, HIDDEN))
        else:
            rows.append((one.segment, one.people, one.value, one.mean_value, one.purchases, one.alive))
    days = data.card.horizon_days
    caption = f"Expected within {days} days, of those who ever bought; 95% intervals of the expectation"
    return Grid("Worth", caption, fields, tuple(rows))


def total(data: PredictionReportData) -> Part | None:
    """Return the section of the sum over customers beside the forecast of the total."""
    found = data.total
    if found is None:
        return None
    title = "Does the sum over customers fit the total?"
    forecast = found.forecast
    t = forecast.total

    rows = [
        dots.Dot("sum over customers", found.individual, None, None, told(found.individual, data)),
        dots.Dot("forecast of the total", t.estimate, t.low, t.high, told(t.estimate, data)),
        dots.Dot("last period, all customers", forecast.last_total, None, None, told(forecast.last_total, data), False),
    ]
    note = f"Money in {forecast.horizon_days} days; the line is the 95% interval of the forecast of the total."
    axis = data.currency or None
    figure = Figure(
        "total",
        title,
        note,
        lambda width: dots.chart(rows, title, note, expression=LARGE, axis=axis, width=width),
        (
            Native(
                "bars", title, tuple(r.name for r in rows), (Series("money", tuple(r.value for r in rows)),), "#,##0"
            ),
        ),
    )
    fields = (
        Field("Way of forecasting"),
        Field("Taken", "yes"),
        Field("Mean error", "share"),
        Field("Bias", "share"),
        Field("Past moments", "count"),
        Field("Forecast", "money" if data.currency else "amount"),
    )
    scores: tuple[tuple[Value, ...], ...] = tuple(
        (
            str(one.method).replace("_", " "),
            one.method == forecast.method,
            fine(one.error),
            fine(one.bias),
            one.origins,
            fine(one.forecast),
        )
        for one in forecast.scores
    )
    grid = Grid("Total", "Ways of forecasting the total, and how they did at past moments", fields, scores)
    lead = (ended(found.sentence), ended(forecast.sentence))
    return Part("total", "The total", lead, (), (figure,), (grid,))


def fine(value: float) -> float | None:
    return value if math.isfinite(value) else None
