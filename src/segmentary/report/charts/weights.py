"""What a prediction rests on: how much each feature matters, and whether more of it means more or less."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from segmentary.report.numbers import percent
from segmentary.report.theme import LIGHT, dressed, inline_data, is_narrow, shortened, unique

WORDS = {"more": "more of it, more", "less": "more of it, less", "mixed": "now more, now less", "unknown": "either way"}
ROLES = {"more": "blue", "less": "orange", "mixed": "slate", "unknown": "faded"}


@dataclass(frozen=True, slots=True)
class Weight:
    """One feature. share : of all importance, 0 to 1. direction : more, less, mixed or unknown."""

    name: str
    share: float
    direction: str


def chart(rows: Sequence[Weight], title: str, subtitle: str, *, width: int = 760) -> Any:
    """Draw a bar per feature, the weightiest on top."""
    import altair as alt

    narrow = is_narrow(width)
    names = unique([shortened(row.name, 24 if narrow else 52) for row in rows])
    data = [
        {"name": name, "share": row.share, "way": WORDS[row.direction], "said": percent(row.share, digits=0)}
        for name, row in zip(names, rows, strict=True)
    ]
    ways = [WORDS[way] for way in WORDS if any(row.direction == way for row in rows)]
    roles = [LIGHT[ROLES[way]] for way in WORDS if any(row.direction == way for row in rows)]
    far = max((row.share for row in rows), default=1.0) or 1.0
    x = alt.X(
        "share:Q",
        scale=alt.Scale(domain=[0, far * (1.3 if narrow else 1.12)], nice=False),
        axis=alt.Axis(format=".0%", title="share of all importance", tickCount=3 if narrow else 5, grid=True),
    )
    y = alt.Y("name:N", sort=names, title=None, axis=alt.Axis(labelLimit=340))
    colour = alt.Color(
        "way:N", scale=alt.Scale(domain=ways, range=roles), legend=alt.Legend(columns=1 if narrow else 4)
    )
    base = alt.Chart(inline_data(data))
    bars = base.mark_bar(height={"band": 0.7}).encode(x=x, y=y, color=colour)
    text = base.mark_text(align="left", dx=5, fontSize=11, color=LIGHT["ink"]).encode(x=x, y=y, text="said:N")
    drawn = alt.layer(bars, text).properties(
        width=width,
        height=alt.Step(26, **{"for": "position"}),
        autosize=alt.AutoSizeParams(type="fit-x", contains="padding"),
    )
    return dressed(drawn, title, subtitle, width=width)
