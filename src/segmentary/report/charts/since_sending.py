"""How many had reacted by each day since people were drawn: lines that only rise."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from segmentary.report.theme import LIGHT, dressed, inline_data, is_narrow

COLOURS = ("blue", "slate", "green", "gold", "purple", "orange")


@dataclass(frozen=True, slots=True)
class Line:
    """One line: the share of people by the end of each day. dashed : unreliable, or of those held out."""

    name: str
    shares: tuple[float, ...]
    dashed: bool = False


def chart(lines: Sequence[Line], title: str, subtitle: str, *, width: int = 760) -> Any:
    """Draw the lines over days."""
    import altair as alt

    narrow = is_narrow(width)
    names = [one.name for one in lines]
    rows = [
        {"name": one.name, "day": day, "share": share, "dashed": one.dashed}
        for one in lines
        for day, share in enumerate((0.0, *one.shares))
    ]
    last = max((len(one.shares) for one in lines), default=1)
    axis = alt.Axis(title="days since people were drawn", tickCount=4 if narrow else 8, grid=False)
    x = alt.X("day:Q", scale=alt.Scale(domain=[0, last], nice=False), axis=axis)
    y = alt.Y("share:Q", axis=alt.Axis(title=None, format=".0%", tickCount=5, grid=True))
    colour = alt.Color(
        "name:N", scale=alt.Scale(domain=names, range=[LIGHT[one] for one in COLOURS[: len(names)]]),
        legend=alt.Legend(symbolType="stroke", columns=1 if narrow else 3, labelLimit=320),
    )  # fmt: skip
    dash = alt.StrokeDash("dashed:N", scale=alt.Scale(domain=[False, True], range=[[1, 0], [5, 4]]), legend=None)
    drawn = (
        alt.Chart(inline_data(rows))
        .mark_line(strokeWidth=2.2, interpolate="monotone")
        .encode(x=x, y=y, color=colour, strokeDash=dash)
        .properties(width=width - 60, height=220 if narrow else 280)
    )
    return dressed(drawn, title, subtitle, width=width)
