"""Two shares of the same group side by side: of the customers (bar) and of the money (dot), both with intervals."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from segmentary.models.intervals import Interval
from segmentary.report.numbers import percent
from segmentary.report.theme import LIGHT, dressed, inline_data, is_narrow, shortened, unique

CUSTOMERS = "of customers"
MONEY = "of money"


@dataclass(frozen=True, slots=True)
class Pair:
    """One row of the chart."""

    name: str
    people: Interval
    money: Interval | None


def chart(
    rows: Sequence[Pair],
    title: str,
    subtitle: str,
    *,
    labels: tuple[str, str] = (CUSTOMERS, MONEY),
    width: int = 760,
) -> Any:
    """Draw one row per group: bar for customers, bar for money, thin lines for the 95% intervals.

    labels : what the two are called.
    """
    import altair as alt

    narrow = is_narrow(width)
    size = 18 if narrow else 34
    marks: list[dict[str, object]] = []
    order = unique([shortened(row.name, size) for row in rows])
    for name, row in zip(order, rows, strict=True):
        for what, interval in ((labels[0], row.people), (labels[1], row.money)):
            if interval is not None:
                marks.append(
                    {
                        "group": name,
                        "what": what,
                        "share": interval.estimate,
                        "low": interval.low,
                        "high": interval.high,
                        "label": percent(interval.estimate),
                    }
                )
    base = alt.Chart(inline_data(marks))
    y = alt.Y("group:N", sort=order, title=None, scale=alt.Scale(paddingInner=0.35))
    axis = alt.Axis(format=".0%", tickCount=4 if narrow else 6, title=None)
    far = max([row["high"] for row in marks], default=1.0)  # type: ignore[type-var]
    x = alt.X("share:Q", axis=axis, scale=alt.Scale(domainMax=float(str(far)) * (1.22 if narrow else 1.08), nice=False))
    colour = alt.Color(
        "what:N",
        scale=alt.Scale(domain=list(labels), range=[LIGHT["blue"], LIGHT["orange"]]),
        legend=alt.Legend(),
    )
    offset = alt.YOffset("what:N", sort=list(labels), scale=alt.Scale(paddingInner=0.1))
    bars = base.mark_bar(opacity=0.9).encode(x=x, y=y, yOffset=offset, color=colour)
    whiskers = base.mark_rule(color=LIGHT["ink"], strokeWidth=1, opacity=0.75).encode(
        x="low:Q", x2="high:Q", y=y, yOffset=offset
    )
    text = base.mark_text(align="left", dx=5, fontSize=10 if narrow else 11, color=LIGHT["muted"]).encode(
        x=alt.X("high:Q"), y=y, yOffset=offset, text="label:N"
    )
    drawn = alt.layer(bars, whiskers, text).properties(
        width=width,
        height=alt.Step(40, **{"for": "position"}),
        autosize=alt.AutoSizeParams(type="fit-x", contains="padding"),
    )
    return dressed(drawn, title, subtitle, width=width)
