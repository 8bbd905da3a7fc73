"""How many people stand where on a scale: columns side by side."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from segmentary.report.theme import LARGE, LIGHT, dressed, inline_data, is_narrow


@dataclass(frozen=True, slots=True)
class Column:
    """One column: what it holds, and how many; None: hidden, too few people. said : its figure in words."""

    name: str
    people: int | None
    said: str


def chart(
    columns: Sequence[Column],
    title: str,
    subtitle: str,
    *,
    axis: str,
    counted: str = "people",
    width: int = 760,
) -> Any:
    """Draw the columns from left to right. axis : what they are bins of, with its unit."""
    import altair as alt

    narrow = is_narrow(width)
    names = [one.name for one in columns]
    rows = [
        {"name": one.name, "people": one.people or 0, "said": "·" if one.people is None else one.said}
        for one in columns
    ]
    base = alt.Chart(inline_data(rows))
    tilted = narrow or max(map(len, names), default=0) * 7.2 > (width - 60) / max(1, len(names))
    x = alt.X("name:O", sort=names, title=axis, axis=alt.Axis(labelAngle=-40 if tilted else 0, labelLimit=110))
    y = alt.Y("people:Q", title=counted, axis=alt.Axis(grid=True, tickCount=4, labelExpr=LARGE))
    bars = base.mark_bar(color=LIGHT["blue"], width={"band": 0.82}).encode(x=x, y=y)
    layers = [bars]
    if not narrow or len(columns) <= 7:
        layers.append(base.mark_text(dy=-7, fontSize=10.5, color=LIGHT["muted"]).encode(x=x, y=y, text="said:N"))
    drawn = alt.layer(*layers).properties(
        width=width, height=200, autosize=alt.AutoSizeParams(type="fit-x", contains="padding")
    )
    return dressed(drawn, title, subtitle, width=width)
