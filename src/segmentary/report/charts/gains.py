"""What is gained by treating a first share of people: a curve with its band, others beside it, the line of chance."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from segmentary.report.theme import LIGHT, dressed, inline_data, is_narrow

COLOURS = ("blue", "orange", "green")


@dataclass(frozen=True, slots=True)
class Gain:
    """One order: shares treated and what they gain, per person of everybody; low, high: of the first order only."""

    name: str
    shares: tuple[float, ...]
    values: tuple[float, ...]
    low: tuple[float, ...] = ()
    high: tuple[float, ...] = ()


def chart(
    gains: Sequence[Gain], title: str, subtitle: str, *, expression: str, axis: str = "people treated", width: int = 760
) -> Any:
    """Draw the curves; the dashed line is an order that knows nothing. expression : labels of what is gained."""
    import altair as alt

    narrow = is_narrow(width)
    first = gains[0]
    names = [one.name for one in gains]
    rows = [
        {"name": one.name, "share": share, "value": value}
        for one in gains
        for share, value in zip(one.shares, one.values, strict=True)
    ]
    x = alt.X(
        "share:Q",
        scale=alt.Scale(domain=[0, 1], nice=False),
        axis=alt.Axis(title=axis, format=".0%", tickCount=5, grid=True),
    )
    y_axis = alt.Axis(title=None, tickCount=5, grid=True, labelExpr=expression)
    y = alt.Y("value:Q", axis=y_axis, scale=alt.Scale(zero=True, nice=True))
    band_rows = [
        {"share": share, "low": low, "high": high}
        for share, low, high in zip(first.shares, first.low, first.high, strict=True)
    ]
    band = (
        alt.Chart(inline_data(band_rows))
        .mark_area(color=LIGHT["blue"], opacity=0.18)
        .encode(x=x, y=alt.Y("low:Q", axis=y_axis), y2="high:Q")
    )
    ends = [{"share": 0.0, "value": 0.0}, {"share": 1.0, "value": first.values[-1]}]
    chance = alt.Chart(inline_data(ends)).mark_line(color=LIGHT["axis"], strokeDash=[4, 3], strokeWidth=1.2)
    colour = alt.Color(
        "name:N",
        scale=alt.Scale(domain=names, range=[LIGHT[one] for one in COLOURS[: len(names)]]),
        legend=alt.Legend(title=None, orient="top", direction="vertical" if narrow else "horizontal", labelLimit=320),
    )
    lines = alt.Chart(inline_data(rows)).mark_line(strokeWidth=2).encode(x=x, y=y, color=colour)
    drawn = alt.layer(band, chance.encode(x=x, y=y), lines).properties(width=width - 70, height=220 if narrow else 280)
    return dressed(drawn, title, subtitle, width=width)
