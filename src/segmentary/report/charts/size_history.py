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

    narrow = is_narrow(width)
    rows = [{"day": one.day, "at": one.at, "size": one.size, "said": f"{one.size:,}"} for one in moments]
    moved = [
        {"day": one.day, "at": one.at, "what": what, "people": sign * many, "said": f"{many:,}"}
        for one in moments
        for what, many, sign in ((ENTERED, one.entered, 1), (LEFT, one.left, -1))
        if many
    ]
    few = len(moments) <= FEW
    inner = width - 70
    x: dict[str, Any] = {"axis": alt.Axis(title=None, labelAngle=0, labelOverlap=True, grid=False)}
    days = [one.day for one in moments]

    def across(*, axis: bool) -> Any:
        options = x if axis else {"axis": None}
        if few:
            return alt.X("day:O", sort=days, scale=alt.Scale(domain=days), **options)
        return alt.X("at:T", scale=alt.Scale(domain=[moments[0].at, moments[-1].at]), **options)

    size = alt.Chart(inline_data(rows))
    y = alt.Y(
        "size:Q", axis=alt.Axis(title="people", tickCount=4, format=",d", tickMinStep=1), scale=alt.Scale(zero=True)
    )
    line = [
        size.mark_area(color=LIGHT["blue"], opacity=0.14).encode(x=across(axis=not moved), y=y),
        size.mark_line(color=LIGHT["blue"], strokeWidth=2.5, point=alt.OverlayMarkDef(size=46, filled=True)).encode(
            x=across(axis=not moved), y=y
        ),
    ]
    if few:
        line.append(
            size.mark_text(dy=-12, fontSize=11, color=LIGHT["ink"]).encode(x=across(axis=not moved), y=y, text="said:N")
        )
    above = alt.layer(*line).properties(width=inner, height=150 if narrow else 190)
    if not moved:
        return dressed(above, TITLE, SUBTITLE, width=width)
    base = alt.Chart(inline_data(moved))
    kinds = [ENTERED, LEFT]
    colour = alt.Color("what:N", scale=alt.Scale(domain=kinds, range=[LIGHT["green"], LIGHT["orange"]]))
    far = alt.Y(
        "people:Q",
        axis=alt.Axis(title="moved", tickCount=3, labelExpr="format(abs(datum.value), ',d')", tickMinStep=1),
        scale=alt.Scale(padding=16),
    )
    bars = base.mark_bar(size=18 if few else max(3, min(18, inner // (2 * len(moments))))).encode(
        x=across(axis=True), y=far, color=colour
    )
    words: list[Any] = []
    if few:
        for test, shift in (("datum.people > 0", -8), ("datum.people < 0", 9)):
            words.append(
                base.transform_filter(test)
                .mark_text(dy=shift, fontSize=11, color=LIGHT["ink"])
                .encode(x=across(axis=True), y=far, text="said:N")
            )
    below = alt.layer(bars, *words).properties(width=inner, height=90 if narrow else 110)
    return dressed(
        alt.vconcat(above, below, spacing=12).resolve_scale(x="independent" if not few else "shared"),
        TITLE,
        SUBTITLE,
        width=width,
    )
