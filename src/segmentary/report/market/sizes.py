"""How large the market and its segments are, and which way they go."""

from __future__ import annotations

import math

from segmentary.market.estimate import Estimate
from segmentary.market.sizing import SegmentSize
from segmentary.market.trends import SegmentTrend
from segmentary.report.charts import dots, paired, trend_panels
from segmentary.report.document import HIDDEN, Field, Figure, Grid, Kind, Native, Part, Series, Value, series_of
from segmentary.report.market.data import MarketReportData, known
from segmentary.report.numbers import count, number, percent

TITLE = "How large is each segment of the market?"
NOTE = "Share of the market, thin lines 95% intervals of the survey's design."
VALUED = "Share of people and of value in the market; thin lines are 95% intervals of the survey's design."


def sizes(data: MarketReportData) -> Part | None:
    """Return the section of sizes."""
    found = data.sizes
    if found is None:
        return None
    rows = [*found.segments, *([found.unassigned] if found.unassigned is not None else [])]
    money = any(row.value is not None for row in rows)
    fields = (
        Field("Segment"),
        Field("Note", note=True),
        Field("Respondents", "count"),
        Field(f"{found.people.capitalize()} in the market", "amount"),
        Field("Share of the market", "share"),
        *(
            (
                Field("Mean value", "amount", found.unit),
                Field("Value", "amount", found.unit),
                Field("Share of value", "share"),
            )
            if money
            else ()
        ),
        Field("Design effect", "fixed", page=False),
    )
    grid = Grid(
        "Sizes",
        "Segments of the market; 95% intervals below the figures",
        fields,
        tuple(size_row(row, data, money) for row in rows),
    )
    visible = [row for row in found.segments if known(data.estimate(row.name, row.share))]
    facts = [f"Asked: n = {count(found.n)}, worth {count(found.effective_n)} of equal weight. {found.design}"]
    facts += [finding.message + (f" ({finding.hint})" if finding.hint else "") + "." for finding in found.findings]
    figures = (figure(visible, data, money),) if visible else ()
    totals = total_grid(data)
    return Part(
        "sizes", "How large", data.lead(found.sentence), (), figures, (grid, totals), tuple(facts), open_grids=True
    )


def size_row(row: SegmentSize, data: MarketReportData, money: bool) -> tuple[Value, ...]:
    gone = row.name in data.hidden
    note = (
        "few respondents: rough"
        if row.small and not gone
        else "exactly known from the weights"
        if row.share.exact
        else ""
    )
    figures: list[Value] = [
        data.shown(row.name, row.n),
        data.estimate(row.name, row.size),
        data.estimate(row.name, row.share),
    ]
    if money:
        figures += [data.estimate(row.name, one) for one in (row.mean_value, row.value, row.value_share)]
    effect = row.share.design_effect
    return (row.name, note, *figures, HIDDEN if gone else effect if math.isfinite(effect) else None)


def total_grid(data: MarketReportData) -> Grid:
    found = data.sizes
    rows: list[tuple[Value, ...]] = []
    if found is not None:
        rows.append((f"{found.people} in the market", found.population.interval, finite(found.population)))
        for what, one in (
            (f"mean value, {found.unit}", found.mean_value),
            (f"total value, {found.unit}", found.total_value),
        ):
            if one is not None:
                rows.append((what.removesuffix(", "), one.interval, finite(one)))
    fields = (Field("Total"), Field("Estimate", "amount"), Field("Standard error", "amount"))
    return Grid("Totals", "The whole market; 95% intervals", fields, tuple(rows))


def finite(one: Estimate) -> float | None:
    return one.error if math.isfinite(one.error) else None


def figure(visible: list[SegmentSize], data: MarketReportData, money: bool) -> Figure:
    names = tuple(row.name for row in visible)
    people = [row.share.interval for row in visible]
    worth = [known(data.estimate(row.name, row.value_share)) for row in visible]
    series = [series_of("of people", people), *([series_of("of value", worth)] if money else [])]
    note = VALUED if money else NOTE

    def draw(width: int) -> object:
        if money:
            pairs = [paired.Pair(name, one, two) for name, one, two in zip(names, people, worth, strict=True)]
            return paired.chart(pairs, TITLE, note, labels=("of people", "of value"), width=width)
        rows = [
            dots.Dot(name, one.estimate, one.low, one.high, percent(one.estimate))
            for name, one in zip(names, people, strict=True)
        ]
        return dots.chart(rows, TITLE, note, width=width)

    return Figure("sizes", TITLE, note, draw, (Native("bars", TITLE, names, tuple(series), "0%", axis="share"),))


def trends(data: MarketReportData) -> Part | None:
    """Return the section of trends by wave."""
    found = data.trends
    if found is None or not found.segments:
        return None
    share = found.segments[0].what == "share"
    kind: Kind = "share" if share else "number"
    visible = [trend for trend in found.segments if trend.name not in data.hidden]
    fields = (
        Field("Segment"),
        Field("Verdict", note=True),
        *(Field(wave, kind) for wave in found.waves),
        Field("First to last", "points" if share else "number"),
        Field("p (Holm)", "p"),
    )
    rows = tuple(trend_row(trend, found.waves, data) for trend in found.segments)
    grid = Grid("Trends", "Segments by wave; 95% intervals", fields, rows)
    steps: list[tuple[Value, ...]] = [
        (trend.name, step.start, step.end, step.change.interval, step.change.p_holm if step.change.known else None)
        for trend in visible
        for step in trend.steps
    ]
    step_fields = (
        Field("Segment"),
        Field("From"),
        Field("To"),
        Field("Change", "points" if share else "number"),
        Field("p (Holm)", "p"),
    )
    notes = ["People asked in several waves count as one cluster."] if found.panel else []
    notes += [finding.message + "." for finding in found.findings]
    drawn = [panel(trend, data) for trend in visible]
    drawn = [one for one in drawn if one.points]
    natives = (native(drawn, found.waves, share),)
    plot = Figure(
        "trends",
        trend_panels.TITLE,
        trend_panels.SUBTITLE,
        lambda width: trend_panels.chart(drawn, share=share, width=width),
        natives,
    )
    sentences = data.lead(
        found.sentence, *(trend.sentence for trend in visible if trend.direction in ("growing", "shrinking"))
    )
    grids = (grid, Grid("Steps", "Change from wave to wave; 95% intervals", step_fields, tuple(steps), shown=40))
    return Part("trends", "Which way it goes", sentences, (), (plot,) if drawn else (), grids, tuple(notes))


def trend_row(trend: SegmentTrend, waves: tuple[str, ...], data: MarketReportData) -> tuple[Value, ...]:
    by_wave = {point.wave: point.estimate for point in trend.points}
    values = [data.estimate(trend.name, by_wave.get(wave)) for wave in waves]
    change: Value = None if trend.change is None else data.shown(trend.name, trend.change.interval)
    p: Value = None if trend.change is None or not trend.change.known else data.shown(trend.name, trend.change.p_holm)
    return (trend.name, trend.direction.replace("_", " "), *values, change, p)


def panel(trend: SegmentTrend, data: MarketReportData) -> trend_panels.Trend:
    points = []
    for point in trend.points:
        one = known(data.estimate(trend.name, point.estimate))
        if one is not None:
            points.append(trend_panels.Point(point.wave, point.at, one.estimate, one.low, one.high, point.tested))
    said = trend.direction.replace("_", " ")
    if trend.change is not None and trend.change.known:
        by = (
            f"{trend.change.estimate * 100:+.1f} points"
            if trend.what == "share"
            else f"{number(trend.change.estimate)} {trend.unit}".rstrip()
        )
        said = f"{said}: {by}" if trend.direction != "not_clear" else f"not clear ({by})"
    return trend_panels.Trend(trend.name, said, trend.direction, tuple(points))


def native(drawn: list[trend_panels.Trend], waves: tuple[str, ...], share: bool) -> Native:
    series = []
    for trend in drawn:
        by_wave = {point.wave: point for point in trend.points}
        found = [by_wave.get(wave) for wave in waves]
        series.append(
            Series(
                trend.name,
                tuple(None if p is None else p.value for p in found),
                tuple(None if p is None else p.low for p in found),
                tuple(None if p is None else p.high for p in found),
            )
        )
    return Native("lines", trend_panels.TITLE, waves, tuple(series), "0%" if share else "General")
