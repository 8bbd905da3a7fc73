"""What an action did in each group: an estimate with its interval, in one of three colours, with the word beside it."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from segmentary.report.charts.dots import furthest
from segmentary.report.theme import LIGHT, dressed, inline_data, is_narrow, shortened, unique

GOOD, OPEN, BAD = "worked", "not clear", "did harm"
PAINTS = {GOOD: LIGHT["green"], OPEN: LIGHT["slate"], BAD: LIGHT["orange"]}
SHAPES = {GOOD: "triangle-up", OPEN: "circle", BAD: "triangle-down"}


@dataclass(frozen=True, slots=True)
class Row:
    """One group. tone : which of the three colours; said : figure and word, as they stand beside the interval."""

    name: str
    value: float
    low: float
    high: float
    said: str
    tone: str


def chart(rows: Sequence[Row], title: str, subtitle: str, *, expression: str, width: int = 760) -> Any:
    """Draw the rows from top to bottom, with a line at nothing. expression : labels of the axis."""
    import altair as alt

    narrow = is_narrow(width)
    names = unique([shortened(row.name, 18 if narrow else 40) for row in rows])
    data: list[dict[str, object]] = [
        {
            "name": name, "value": row.value, "low": row.low, "high": row.high, "tone": row.tone,
            "said": row.said.split(", ")[0] if narrow else row.said,
        }
        for name, row in zip(names, rows, strict=True)
    ]  # fmt: skip
    base = alt.Chart(inline_data(data))
    ends = [0.0, *(row.low for row in rows), *(row.high for row in rows)]
    low = min(ends)
    low -= 0.05 * (max(ends) - low or 1.0) if low < 0 else 0
    plot = width - min(300, 20 + 6.6 * max((len(name) for name in names), default=0)) - 10
    scale = alt.Scale(domain=[low, furthest(data, low, plot, max(ends))], nice=False, zero=False)
    y = alt.Y("name:N", sort=names, title=None, axis=alt.Axis(labelLimit=300, grid=True, gridDash=[1, 3]))
    ticks = alt.Axis(title=None, tickCount=3 if narrow else 6, grid=True, labelExpr=expression)
    x = alt.X("value:Q", scale=scale, axis=ticks)
    order = [GOOD, OPEN, BAD]
    colour = alt.Color("tone:N", scale=alt.Scale(domain=order, range=[PAINTS[one] for one in order]),
                       legend=alt.Legend(columns=3))  # fmt: skip
    shape = alt.Shape("tone:N", scale=alt.Scale(domain=order, range=[SHAPES[one] for one in order]), legend=None)
    rules = base.mark_rule(strokeWidth=2).encode(x=alt.X("low:Q", scale=scale), x2="high:Q", y=y, color=colour)
    points = base.mark_point(filled=True, size=110, opacity=1).encode(x=x, y=y, color=colour, shape=shape)
    text = base.mark_text(align="left", dx=7, fontSize=10.5 if narrow else 11.5, color=LIGHT["ink"]).encode(
        x="high:Q", y=y, text="said:N"
    )
    nothing = base.mark_rule(color=LIGHT["axis"], strokeDash=[4, 3], strokeWidth=1).encode(x=alt.datum(0.0))
    drawn = alt.layer(nothing, rules, points, text).properties(
        width=width,
        height=alt.Step(34, **{"for": "position"}),
        autosize=alt.AutoSizeParams(type="fit-x", contains="padding"),
    )
    return dressed(drawn, title, subtitle, width=width)
