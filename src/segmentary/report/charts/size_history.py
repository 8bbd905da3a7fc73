"""How large a segment was after each run, and how many came and went: a line above, bars below on one time axis."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from segmentary.report.theme import LIGHT, dressed, inline_data, is_narrow

TITLE = "How large was it, and who came and went?"
SUBTITLE = (
    "Above: people after each run. Below: entered (up) and left (down). The first run has nobody to compare with."
)
ENTERED, LEFT = "entered", "left"
FEW = 14
"""With so few runs each is a step of its own; with more they stand on a time axis."""


@dataclass(frozen=True, slots=True)
class Moment:
    """One run: its day as text, its instant as ISO text, people after it, who came and who went (None: the first)."""

    day: str
    at: str
    size: int
    entered: int | None
    left: int | None


def chart(moments: Sequence[Moment], *, width: int = 760) -> Any:
    """Draw the moments, oldest first."""
    import altair as alt

    few, inner = len(moments) <= FEW, width - 70
    moved = any(one.entered or one.left for one in moments)
    above = sizes(moments, axis=not moved).properties(width=inner, height=150 if is_narrow(width) else 190)
    if not moved:
        return dressed(above, TITLE, SUBTITLE, width=width)
    below = moves(moments, inner).properties(width=inner, height=90 if is_narrow(width) else 110)
    both = alt.vconcat(above, below, spacing=12).resolve_scale(x="shared" if few else "independent")
    return dressed(both, TITLE, SUBTITLE, width=width)


def across(moments: Sequence[Moment], *, axis: bool) -> Any:
    """Return the axis of time: a step for each of few runs, else a scale."""
    import altair as alt

    options: dict[str, Any] = {"axis": None}
    if axis:
        options = {"axis": alt.Axis(title=None, labelAngle=0, labelOverlap=True, grid=False)}
    if len(moments) <= FEW:
        days = [one.day for one in moments]
        return alt.X("day:O", sort=days, scale=alt.Scale(domain=days), **options)
    return alt.X("at:T", scale=alt.Scale(domain=[moments[0].at, moments[-1].at]), **options)


def sizes(moments: Sequence[Moment], *, axis: bool) -> Any:
    """Draw people after each run."""
    import altair as alt

    rows = [{"day": one.day, "at": one.at, "size": one.size, "said": f"{one.size:,}"} for one in moments]
    base = alt.Chart(inline_data(rows))
    y = alt.Y(
        "size:Q", axis=alt.Axis(title="people", tickCount=4, format=",d", tickMinStep=1), scale=alt.Scale(zero=True)
    )
    x = across(moments, axis=axis)
    points = alt.OverlayMarkDef(size=46, filled=True)
    layers = [
        base.mark_area(color=LIGHT["blue"], opacity=0.14).encode(x=x, y=y),
        base.mark_line(color=LIGHT["blue"], strokeWidth=2.5, point=points).encode(x=x, y=y),
    ]
    if len(moments) <= FEW:
        layers.append(base.mark_text(dy=-12, fontSize=11, color=LIGHT["ink"]).encode(x=x, y=y, text="said:N"))
    return alt.layer(*layers)


def moves(moments: Sequence[Moment], inner: int) -> Any:
    """Draw who came, upwards, and who went, downwards."""
    import altair as alt

    few = len(moments) <= FEW
    rows = [
        {"day": one.day, "at": one.at, "what": what, "people": sign * many, "said": f"{many:,}"}
        for one in moments
        for what, many, sign in ((ENTERED, one.entered, 1), (LEFT, one.left, -1))
        if many
    ]
    base = alt.Chart(inline_data(rows))
    colour = alt.Color("what:N", scale=alt.Scale(domain=[ENTERED, LEFT], range=[LIGHT["green"], LIGHT["orange"]]))
    y = alt.Y(
        "people:Q",
        axis=alt.Axis(title="moved", tickCount=3, labelExpr="format(abs(datum.value), ',d')", tickMinStep=1),
        scale=alt.Scale(padding=16),
    )
    x = across(moments, axis=True)
    wide = 18 if few else max(3, min(18, inner // (2 * len(moments))))
    layers = [base.mark_bar(size=wide).encode(x=x, y=y, color=colour)]
    for test, shift in (("datum.people > 0", -8), ("datum.people < 0", 9)) if few else ():
        words = base.transform_filter(test).mark_text(dy=shift, fontSize=11, color=LIGHT["ink"])
        layers.append(words.encode(x=x, y=y, text="said:N"))
    return alt.layer(*layers)
