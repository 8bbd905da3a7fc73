"""Which assumption moves the market most: each alone at its low and its high end."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any

from segmentary.report.theme import LARGE, LIGHT, dressed, inline_data, is_narrow, shortened, unique

TITLE = "Which assumption matters most?"
SUBTITLE = (
    "The innermost market when one assumption alone is at its low end (orange) or its high end (blue), all others at "
    "their likely value (line). A star: nobody says where it comes from."
)


@dataclass(frozen=True, slots=True)
class Swing:
    """One assumption."""

    name: str
    low: float
    high: float
    guess: bool


def chart(swings: Sequence[Swing], likely: float, said: Callable[[float], str], *, width: int = 760) -> Any:
    """Draw lying bars to both sides of the likely value. said : an amount in words."""
    import altair as alt

    narrow = is_narrow(width)
    size = 20 if narrow else 44
    names = unique([shortened(one.name, size - 2) + (" *" if one.guess else "") for one in swings])
    rows = [
        {
            "name": name,
            "from": likely,
            "to": end,
            "end": word,
            "said": said(end) if not narrow else said(end).replace(" million", "M").replace(" billion", "B"),
        }
        for name, one in zip(names, swings, strict=True)
        for word, end in (("low end", one.low), ("high end", one.high))
    ]
    far = [one.low for one in swings] + [one.high for one in swings] + [likely]
    room = (max(far) - min(far) or 1.0) * (0.34 if narrow else 0.16)
    scale = alt.Scale(domain=[min(far) - room, max(far) + room], nice=False, zero=False)
    base = alt.Chart(inline_data(rows))
    y = alt.Y("name:N", sort=names, title=None, axis=alt.Axis(labelLimit=300))
    x = alt.X("to:Q", scale=scale, title=None, axis=alt.Axis(labelExpr=LARGE, tickCount=3 if narrow else 6, grid=True))
    colour = alt.Color(
        "end:N",
        scale=alt.Scale(domain=["low end", "high end"], range=[LIGHT["orange"], LIGHT["blue"]]),
        legend=alt.Legend(),
    )
    text: dict[str, Any] = {"fontSize": 10.5 if narrow else 11.5, "color": LIGHT["ink"]}
    drawn = alt.layer(
        base.mark_bar(size=15).encode(x=x, x2="from:Q", y=y, color=colour),
        base.mark_rule(color=LIGHT["ink"], strokeWidth=1.4).encode(x=alt.datum(likely)),
        base.transform_filter("datum.end === 'high end'")
        .mark_text(align="left", dx=5, **text)
        .encode(x=x, y=y, text="said:N"),
        base.transform_filter("datum.end === 'low end'")
        .mark_text(align="right", dx=-5, **text)
        .encode(x=x, y=y, text="said:N"),
    ).properties(width=width, height=alt.Step(28), autosize=alt.AutoSizeParams(type="fit-x", contains="padding"))
    return dressed(drawn, TITLE, SUBTITLE, width=width)
