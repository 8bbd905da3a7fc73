"""How a figure spreads over repetitions: a box per group, from the 10 % to the 90 % point."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from segmentary.models.validate.criteria import Spread
from segmentary.report.theme import LIGHT, dressed, inline_data, is_narrow, shortened, unique


def chart(
    spreads: Sequence[tuple[str, Spread]],
    title: str,
    subtitle: str,
    *,
    axis: str,
    limits: Sequence[tuple[float, str]] = (),
    chosen: str = "",
    width: int = 760,
) -> Any:
    """Draw lying boxes.

    limits : where words begin ("stable"), drawn as dashed lines. chosen : the group in full colour.
    """
    import altair as alt

    narrow = is_narrow(width)
    names = unique([shortened(name, 20 if narrow else 44) for name, _ in spreads])
    rows = [
        {
            "name": name,
            "median": one.median,
            "low": one.low,
            "q1": one.quarter,
            "q3": one.three_quarters,
            "high": one.high,
            "said": f"{one.median:.2f}",
            "chosen": not chosen or given == chosen,
        }
        for name, (given, one) in zip(names, spreads, strict=True)
    ]
    low = min([0.0, *(float(str(row["low"])) for row in rows)])
    base = alt.Chart(inline_data(rows))
    y = alt.Y("name:N", sort=names, title=None, axis=alt.Axis(labelLimit=300))
    scale = alt.Scale(domain=[low, 1.2 if narrow else 1.08], nice=False)
    ticks = alt.Axis(values=[0, 0.25, 0.5, 0.75, 1], format=".2f", title=axis, grid=True)
    x = alt.X("low:Q", scale=scale, axis=ticks)
    paint = alt.condition("datum.chosen", alt.value(LIGHT["blue"]), alt.value(LIGHT["faded"]))
    layers = [
        base.mark_rule(color=LIGHT["slate"], strokeWidth=1.2).encode(x=x, x2="high:Q", y=y),
        base.mark_bar(size=13, cornerRadius=2).encode(
            x=alt.X("q1:Q", scale=scale, axis=ticks), x2="q3:Q", y=y, color=paint
        ),
        base.mark_tick(color=LIGHT["ink"], thickness=2.4, size=17).encode(x="median:Q", y=y),
        base.mark_text(align="left", dx=6, fontSize=11, color=LIGHT["ink"]).encode(x="high:Q", y=y, text="said:N"),
    ]
    for at, _ in limits:
        layers.append(base.mark_rule(color=LIGHT["orange"], strokeDash=[4, 3], strokeWidth=1).encode(x=alt.datum(at)))
    drawn = alt.layer(*layers).properties(
        width=width, height=alt.Step(26), autosize=alt.AutoSizeParams(type="fit-x", contains="padding")
    )
    return dressed(drawn, title, subtitle, width=width)
