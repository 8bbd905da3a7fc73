"""How they feel, month by month."""

from __future__ import annotations

from segmentary.report.charts import dots
from segmentary.report.document import HIDDEN, Field, Figure, Grid, Native, Part, Value, series_of
from segmentary.report.voices.data import MoodMonth, VoicesData

NOTE = "Share of people whose mean mood that month was bad, with 95% intervals; months of few people are hidden."
DRAWN = 24


def moods(data: VoicesData) -> Part | None:
    """Return the section of mood over time."""
    if not data.moods:
        return None
    shown = [one for one in data.moods if one.people >= data.below]
    fields = (
        Field("Month"), Field("Passages", "count"), Field("People", "count"), Field("In a bad mood", "share"),
        Field("Mean mood", "signed"),
    )  # fmt: skip
    rows = tuple(row(one, few=one.people < data.below) for one in data.moods)
    lead = f"By {data.coder}." if data.coder else ""
    grid = Grid("Mood", "Mood by month; 95% intervals", fields, rows)
    drawn = (figure(shown[-DRAWN:]),) if shown else ()
    notes = ("Who writes has a reason to: a month's mood is that of who wrote, not of all customers.",)
    return Part("mood", "How they feel over time", (lead,) if lead else (), (), drawn, (grid,), notes)


def row(one: MoodMonth, *, few: bool) -> tuple[Value, ...]:
    """Return the row of a month."""
    if few:
        return one.month, HIDDEN, HIDDEN, HIDDEN, HIDDEN
    return one.month, one.passages, one.people, one.negative, one.sentiment


def figure(shown: list[MoodMonth]) -> Figure:
    """Return the chart of months."""
    title = "Who wrote in a bad mood, month by month"

    def draw(width: int) -> object:
        rows = [
            dots.Dot(
                one.month, one.negative.estimate, one.negative.low, one.negative.high, f"{one.negative.estimate:.0%}"
            )
            for one in shown
        ]
        return dots.chart(rows, title, NOTE, axis="share of who wrote", width=width)

    native = Native(
        "columns", title, tuple(one.month for one in shown), (series_of("bad mood", [o.negative for o in shown]),), "0%"
    )
    return Figure("mood", title, NOTE, draw, (native,))
