"""Figures of a model beside those of a plain rival, one small scale each: which way is better stands beside it."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from segmentary.report.theme import LIGHT, dressed, folded, inline_data, is_narrow

MODEL, RIVAL, RIGHT = "this model", "plain rival", "exactly right"


@dataclass(frozen=True, slots=True)
class Row:
    """One figure. said : the figures in words. rival : None: there is none; target : where exactly right would be."""

    name: str
    value: float
    low: float | None
    high: float | None
    said: str
    rival: float | None = None
    target: float | None = None
    form: str = ".2f"


def chart(rows: Sequence[Row], title: str, subtitle: str, *, width: int = 760) -> Any:
    """Draw the figures from top to bottom, each on its own scale."""
    import altair as alt

    narrow = is_narrow(width)
    wide = width - 50
    marks = [MODEL, *([RIVAL] if any(r.rival is not None for r in rows) else [])]
    marks += [RIGHT] if any(r.target is not None for r in rows) else []
    colours = {MODEL: LIGHT["blue"], RIVAL: LIGHT["orange"], RIGHT: LIGHT["slate"]}
    shapes = {MODEL: "circle", RIVAL: "diamond", RIGHT: "triangle-up"}
    colour = alt.Color("what:N", scale=alt.Scale(domain=marks, range=[colours[m] for m in marks]), legend=alt.Legend())
    shape = alt.Shape("what:N", scale=alt.Scale(domain=marks, range=[shapes[m] for m in marks]), legend=alt.Legend())
    drawn = [one_row(row, colour, shape, wide, narrow) for row in rows]
    together = alt.vconcat(*drawn, spacing=14).resolve_scale(x="independent", color="shared", shape="shared")
    return dressed(together, title, subtitle, width=width)


def one_row(row: Row, colour: Any, shape: Any, wide: int, narrow: bool) -> Any:
    """Draw one figure."""
    import altair as alt

    low = row.value if row.low is None else row.low
    high = row.value if row.high is None else row.high
    ends = [low, high, row.value, *(one for one in (row.rival, row.target) if one is not None)]
    room = (max(ends) - min(ends) or abs(row.value) or 1.0) * 0.12
    scale = alt.Scale(domain=[min(ends) - room, max(ends) + room], nice=False, zero=False)
    points = [{"what": MODEL, "value": row.value}]
    points += [{"what": RIVAL, "value": row.rival}] if row.rival is not None else []
    points += [{"what": RIGHT, "value": row.target}] if row.target is not None else []
    letters = int(wide / 6.2)
    heading = alt.TitleParams(
        text=folded(row.name, letters), subtitle=folded(row.said, letters), fontSize=12.5, fontWeight=600,
        subtitleFontSize=11.5, anchor="start", offset=4,
    )  # fmt: skip
    axis = alt.Axis(format=row.form, title=None, tickCount=3 if narrow else 5, grid=True)
    x = alt.X("value:Q", scale=scale, axis=axis)
    whisker = (
        alt.Chart(inline_data([{"low": low, "high": high}]))
        .mark_rule(color=LIGHT["slate"], strokeWidth=1.8)
        .encode(x=alt.X("low:Q", scale=scale, axis=axis), x2="high:Q")
    )
    dots = (
        alt.Chart(inline_data(points))
        .mark_point(filled=True, size=100, opacity=1)
        .encode(x=x, color=colour, shape=shape)
    )
    return alt.layer(whisker, dots).properties(width=wide, height=26, title=heading)
