"""The customer base against the market: two points per segment, joined, with intervals and the verdict in words."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from segmentary.models.intervals import Interval
from segmentary.report.theme import LIGHT, dressed, inline_data, is_narrow, shortened, unique

TITLE = "Where is the market, and where are we?"
SUBTITLE = (
    "Circle: share of the market. Diamond: share of our customers. Thin lines: 95% intervals. Blue bar: surely more "
    "of us than of the market; orange: surely fewer; grey: could be chance (corrected for the number of segments)."
)
MARKET, BASE = "the market", "our customers"


@dataclass(frozen=True, slots=True)
class Pair:
    """One segment. verdict : over, under or anything else; said : the gap in words."""

    name: str
    market: Interval
    base: Interval
    verdict: str
    said: str


def chart(pairs: Sequence[Pair], *, width: int = 760) -> Any:
    """Draw one row per segment."""
    import altair as alt

    narrow = is_narrow(width)
    names = unique([shortened(pair.name, 19 if narrow else 44) for pair in pairs])
    bars = [
        {
            "name": name,
            "from": pair.market.estimate,
            "to": pair.base.estimate,
            "at": max(pair.market.high, pair.base.high),
            "said": pair.said,
            "verdict": pair.verdict if pair.verdict in ("over", "under") else "not clear",
        }
        for name, pair in zip(names, pairs, strict=True)
    ]
    points = [
        {"name": name, "what": what, "value": one.estimate, "low": one.low, "high": one.high}
        for name, pair in zip(names, pairs, strict=True)
        for what, one in ((MARKET, pair.market), (BASE, pair.base))
    ]
    far = max((float(str(bar["at"])) for bar in bars), default=1.0)
    scale = alt.Scale(domain=[0, far * (1.5 if narrow else 1.2)], nice=False)
    y = alt.Y("name:N", sort=names, title=None, axis=alt.Axis(labelLimit=320, grid=True, gridDash=[1, 3]))
    x = alt.X("value:Q", title=None, scale=scale, axis=alt.Axis(format=".0%", tickCount=3 if narrow else 6, grid=True))
    offset = alt.YOffset("what:N", sort=[MARKET, BASE], scale=alt.Scale(paddingInner=0.0, paddingOuter=0.9))
    base, marks = alt.Chart(inline_data(bars)), alt.Chart(inline_data(points))
    shape = alt.Shape(
        "what:N", scale=alt.Scale(domain=[MARKET, BASE], range=["circle", "diamond"]), legend=alt.Legend()
    )
    fill = alt.Color(
        "what:N", scale=alt.Scale(domain=[MARKET, BASE], range=[LIGHT["slate"], LIGHT["ink"]]), legend=alt.Legend()
    )
    layers = []
    for verdict, role in (("over", "blue"), ("under", "orange"), ("not clear", "faded")):
        layers.append(
            base.transform_filter(f"datum.verdict === '{verdict}'")
            .mark_rule(strokeWidth=7, color=LIGHT[role], strokeCap="round")
            .encode(x=alt.X("from:Q", scale=scale), x2="to:Q", y=y)
        )
    layers += [
        marks.mark_rule(color=LIGHT["slate"], strokeWidth=1).encode(
            x=alt.X("low:Q", scale=scale), x2="high:Q", y=y, yOffset=offset
        ),
        marks.mark_point(filled=True, size=95, opacity=1).encode(x=x, y=y, shape=shape, color=fill),
        base.mark_text(align="left", dx=8, fontSize=10.5 if narrow else 12, color=LIGHT["ink"]).encode(
            x=alt.X("at:Q", scale=scale), y=y, text="said:N"
        ),
    ]
    drawn = alt.layer(*layers).properties(
        width=width,
        height=alt.Step(38, **{"for": "position"}),
        autosize=alt.AutoSizeParams(type="fit-x", contains="padding"),
    )
    return dressed(drawn, TITLE, SUBTITLE, width=width)
