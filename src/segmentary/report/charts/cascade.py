"""From everybody down to those written to: how many each reason takes away, one floating bar after the other."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from segmentary.report.theme import LIGHT, dressed, inline_data, is_narrow, shortened, unique

WHOLE, TAKEN, KEPT, HELD = "everybody", "left out", "written to", "held out"
PAINTS = {WHOLE: "slate", TAKEN: "orange", HELD: "gold", KEPT: "blue"}


@dataclass(frozen=True, slots=True)
class Bar:
    """One bar: from where to where it lies, how many people that are, and what they are."""

    name: str
    since: float
    until: float
    said: str
    kind: str


def chart(bars: Sequence[Bar], title: str, subtitle: str, *, width: int = 760) -> Any:
    """Draw the bars from top to bottom."""
    import altair as alt

    narrow = is_narrow(width)
    names = unique([shortened(one.name, 24 if narrow else 60) for one in bars])
    rows = [
        {"name": name, "since": one.since, "until": one.until, "said": one.said, "kind": one.kind,
         "end": max(one.since, one.until)}
        for name, one in zip(names, bars, strict=True)
    ]  # fmt: skip
    base = alt.Chart(inline_data(rows))
    most = max((max(one.since, one.until) for one in bars), default=1.0) or 1.0
    scale = alt.Scale(domain=[0, most * (1.35 if narrow else 1.14)], nice=False)
    y = alt.Y("name:N", sort=names, title=None, axis=alt.Axis(labelLimit=150 if narrow else 420))
    x = alt.X("since:Q", scale=scale, axis=alt.Axis(title=None, tickCount=3 if narrow else 6, grid=True, format=",d"))
    kinds = [one for one in PAINTS if any(bar.kind == one for bar in bars)]
    colour = alt.Color("kind:N", scale=alt.Scale(domain=kinds, range=[LIGHT[PAINTS[one]] for one in kinds]),
                       legend=alt.Legend(columns=2 if narrow else 4))  # fmt: skip
    drawn = alt.layer(
        base.mark_bar(size=16).encode(x=x, x2="until:Q", y=y, color=colour),
        base.mark_text(align="left", dx=5, fontSize=10.5 if narrow else 11.5, color=LIGHT["ink"]).encode(
            x=alt.X("end:Q", scale=scale), y=y, text="said:N"
        ),
    ).properties(width=width, height=alt.Step(26), autosize=alt.AutoSizeParams(type="fit-x", contains="padding"))
    return dressed(drawn, title, subtitle, width=width)
