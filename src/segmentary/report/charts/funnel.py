"""How far a message got: people per step, one bar per group and step, as shares of those it was meant for."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from segmentary.report.theme import LIGHT, dressed, inline_data, is_narrow, shortened, unique

COLOURS = ("blue", "orange", "green", "purple", "gold", "slate")


@dataclass(frozen=True, slots=True)
class Step:
    """One step of one group. share : of the people of the group; low, high : its interval. sure : else drawn pale."""

    group: str
    step: str
    share: float
    low: float
    high: float
    said: str
    sure: bool = True


def chart(steps: Sequence[Step], title: str, subtitle: str, *, width: int = 760) -> Any:
    """Draw steps from top to bottom, groups below each other within each step."""
    import altair as alt

    narrow = is_narrow(width)
    given = list(dict.fromkeys(one.group for one in steps))
    short = dict(zip(given, unique([shortened(name, 20 if narrow else 40) for name in given]), strict=True))
    order = list(dict.fromkeys(one.step for one in steps))
    rows = [
        {
            "group": short[one.group], "step": one.step, "share": one.share, "low": one.low, "high": one.high,
            "said": one.said.split(" (")[0] if narrow else one.said, "opacity": 0.95 if one.sure else 0.4,
        }
        for one in steps
    ]  # fmt: skip
    base = alt.Chart(inline_data(rows))
    y = alt.Y("step:N", sort=order, title=None, scale=alt.Scale(paddingInner=0.3))
    offset = alt.YOffset("group:N", sort=list(short.values()), scale=alt.Scale(paddingInner=0.12))
    x = alt.X(
        "share:Q",
        scale=alt.Scale(domain=[0, 1.3 if narrow else 1.16], nice=False),
        axis=alt.Axis(format=".0%", values=[0, 0.25, 0.5, 0.75, 1], title=None, grid=True),
    )
    paints = [LIGHT[COLOURS[place % 6]] for place in range(len(given))]
    colour = alt.Color(
        "group:N", scale=alt.Scale(domain=list(short.values()), range=paints),
        legend=alt.Legend(columns=2 if narrow else 4) if len(given) > 1 else None,
    )  # fmt: skip
    bars = base.mark_bar().encode(
        x=x, y=y, yOffset=offset, color=colour, opacity=alt.Opacity("opacity:Q", scale=None, legend=None)
    )
    rules = base.mark_rule(color=LIGHT["ink"], strokeWidth=1, opacity=0.7).encode(
        x="low:Q", x2="high:Q", y=y, yOffset=offset
    )
    text = base.mark_text(align="left", dx=5, fontSize=10 if narrow else 11, color=LIGHT["muted"]).encode(
        x="high:Q", y=y, yOffset=offset, text="said:N"
    )
    drawn = alt.layer(bars, rules, text).properties(
        width=width,
        height=alt.Step(max(26, 17 * len(given) + 8), **{"for": "position"}),
        autosize=alt.AutoSizeParams(type="fit-x", contains="padding"),
    )
    return dressed(drawn, title, subtitle, width=width)
