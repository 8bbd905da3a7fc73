"""How loyal segments are: charts of the score and of staying, grids of every figure."""

from __future__ import annotations

import math
from typing import Literal

from segmentary.measurement.loyalty.figures import Figure as Measured
from segmentary.models.intervals import Interval
from segmentary.report.charts import dots
from segmentary.report.document import Field, Figure, Grid, Kind, Native, Part, Value, series_of
from segmentary.report.tailoring.data import TailoringData, upper

NAMES = {
    "nps": "Net promoter score",
    "csat": "Satisfied",
    "share_of_wallet": "Share of wallet",
    "repeat_rate": "Ordered again",
    "orders_per_customer": "Orders a year",
}
NOTES = {
    "nps": "100 x (promoters - detractors), latest wave",
    "csat": "Share giving one of the two best answers, latest wave",
    "share_of_wallet": "Share of what they say they spend that is spent with us",
}
DRAWN = ("nps", "csat", "share_of_wallet", "retention_12_months", "still_buying_12_months")
END = "; thin lines are 95% intervals. Dark: clearly other than everybody else."


def name_of(measure: str) -> str:
    """Return what a measure is called."""
    return NAMES.get(measure, measure.replace("_", " ").capitalize())


def loyalty(data: TailoringData) -> Part | None:
    """Return the section of loyalty."""
    found = data.loyalty
    if found is None or not found.figures:
        return None
    clear = [one for one in found.figures if one.verdict != "unclear"]
    lead = tuple(sentence(one) for one in clear if one.measure in ("nps", "retention_12_months"))[:6]
    if not lead:
        lead = ("No segment is clearly more or less loyal than everybody else.",)
    notes = tuple(upper(one.message + (f" ({one.hint})" if one.hint else "")) for one in found.findings)
    figures = tuple(
        chart(measure, [one for one in found.figures if one.measure == measure])
        for measure in DRAWN
        if measure in found.measures
    )
    return Part("loyalty", "How loyal they are", lead, (), figures, grids(data), notes)


def said(one: Measured, value: float) -> str:
    """Return a figure in its unit."""
    match one.unit:
        case "share":
            return f"{100 * value:.0f}%"
        case "score":
            return f"{value:+.0f}"
    return f"{value:.1f}"


def sentence(one: Measured) -> str:
    return (
        f"{one.segment}: {name_of(one.measure)} {said(one, one.own.estimate)} ({said(one, one.own.low)} to"
        f" {said(one, one.own.high)}), clearly {one.verdict} than everybody else's {said(one, one.others.estimate)}."
    )


def chart(measure: str, rows: list[Measured]) -> Figure:
    """Return one measure of every segment."""
    title = name_of(measure)
    note = NOTES.get(measure, f"{rows[0].what[:1].upper()}{rows[0].what[1:]}") + END
    names = tuple(one.segment for one in rows)

    def draw(width: int) -> object:
        marks = [
            dots.Dot(
                one.segment,
                one.own.estimate,
                one.own.low,
                one.own.high,
                said(one, one.own.estimate),
                strong=one.verdict != "unclear",
            )
            for one in rows
        ]
        form: Literal[".0%", "+.0f"] = "+.0f" if rows[0].unit == "score" else ".0%"
        return dots.chart(marks, title, note, form=form, lines=(0.0,) if rows[0].unit == "score" else (), width=width)

    form = "0" if rows[0].unit == "score" else "0%"
    native = Native("bars", title, names, (series_of(title, [one.own for one in rows]),), form, axis=title)
    return Figure(f"loyalty_{measure}", title, note, draw, (native,))


def grids(data: TailoringData) -> tuple[Grid, ...]:
    """Return a grid per unit of measure, the score over the waves, and saying against doing."""
    found = data.loyalty
    if found is None:
        return ()
    made = []
    units: tuple[tuple[str, Kind, str], ...] = (
        ("score", "number", "Scores"), ("share", "share", "Shares"), ("number", "number", "Numbers"),
    )  # fmt: skip
    for unit, kind, name in units:
        rows = tuple(row(one) for one in found.figures if one.unit == unit)
        gap: Kind = "points" if unit == "share" else "number"
        fields = (
            Field("Segment"), Field("Measure"), Field("What", note=True), Field("Is", kind),
            Field("Everybody else's", kind), Field("Difference", gap), Field("p (corrected)", "p"),
            Field("People", "count"), Field("Verdict"), Field("Mind", page=False),
        )  # fmt: skip
        if rows:
            made.append(Grid(f"Loyalty {name.lower()}", f"{name} of segments; 95% intervals", fields, rows))
    waves: list[tuple[Value, ...]] = [
        (series.segment, one.wave, one.score, one.promoters, one.detractors, one.score.n)
        for series in found.scores
        for one in series.waves
    ]
    if waves:
        wave_fields = (
            Field("Segment"), Field("Wave"), Field("Score", "number"), Field("Promoters", "share"),
            Field("Detractors", "share"), Field("People", "count"),
        )  # fmt: skip
        made.append(Grid("Waves", "The net promoter score over the waves; 95% intervals", wave_fields, tuple(waves)))
    crossed: list[tuple[Value, ...]] = [
        (one.segment, one.happy, one.happy.n, one.unhappy, one.unhappy.n) for one in found.said_and_done
    ]
    if crossed:
        crossed_fields = (
            Field("Segment"), Field("Left of the happy", "share"), Field("Happy", "count"),
            Field("Left of the unhappy", "share"), Field("Unhappy", "count"),
        )  # fmt: skip
        made.append(Grid("Said and done", "Who left after saying so; 95% intervals", crossed_fields, tuple(crossed)))
    return tuple(made)


def row(one: Measured) -> tuple[Value, ...]:
    gap = one.gap
    return (
        one.segment,
        name_of(one.measure),
        one.what,
        finite(one.own),
        finite(one.others),
        None if gap is None else Interval(gap.estimate, gap.low, gap.high, one.own.n),
        None if gap is None else one.p,
        one.own.n,
        one.verdict if one.verdict != "unclear" else "not clear",
        one.note,
    )


def finite(one: Interval) -> Value:
    return one if all(map(math.isfinite, (one.estimate, one.low, one.high))) else None
