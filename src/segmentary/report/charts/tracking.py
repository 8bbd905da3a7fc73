"""Purchases week by week, as they came and as models expected them; after the dashed line they had seen nothing."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from segmentary.report.theme import LARGE, LIGHT, dressed, inline_data, is_narrow

ACTUAL = "what came"


@dataclass(frozen=True, slots=True)
class Line:
    """One line of values per week (weeks,). chosen : in full colour."""

    name: str
    values: tuple[float, ...]
    chosen: bool = False


def chart(
    actual: Sequence[float], lines: Sequence[Line], seen: int, title: str, subtitle: str, *, width: int = 760
) -> Any:
    """Draw two panels: per week, and added up. seen : how many weeks the models know."""
    import altair as alt

    narrow = is_narrow(width)
    across = 1 if narrow else 2
    panel = (width - across * 70) / across
    everything = [Line(ACTUAL, tuple(actual)), *lines]
    names = [line.name for line in everything]
    others = iter(("green", "purple", "gold", "slate"))
    paints = [LIGHT["slate"], *(LIGHT["orange"] if line.chosen else LIGHT[next(others)] for line in lines)]
    colour = alt.Color(
        "line:N", scale=alt.Scale(domain=names, range=paints),
        legend=alt.Legend(symbolType="stroke", columns=2 if narrow else 4),
    )  # fmt: skip
    drawn = []
    for heading, cumulative in (("Repeat purchases per week", False), ("Added up since the start", True)):
        rows: list[dict[str, object]] = []
        for line in everything:
            total = 0.0
            for week, value in enumerate(line.values, 1):
                total += value
                rows.append({"week": week, "value": total if cumulative else value, "line": line.name})
        base = alt.Chart(
            inline_data(rows), title=alt.TitleParams(text=heading, fontSize=13, fontWeight=600, anchor="start")
        )
        x = alt.X("week:Q", title="week", axis=alt.Axis(grid=False, tickCount=6), scale=alt.Scale(nice=False))
        y = alt.Y("value:Q", title="repeat purchases", axis=alt.Axis(grid=True, tickCount=4, labelExpr=LARGE))
        wide = alt.condition(f"datum.line == '{ACTUAL}'", alt.value(2.4), alt.value(1.6))
        paths = base.mark_line(interpolate="linear", opacity=0.95).encode(x=x, y=y, color=colour, strokeWidth=wide)
        cut = base.mark_rule(color=LIGHT["axis"], strokeDash=[4, 3], strokeWidth=1.2).encode(x=alt.datum(seen))
        drawn.append(alt.layer(cut, paths).properties(width=panel, height=170 if narrow else 210))
    together = alt.concat(*drawn, columns=across, spacing={"row": 20, "column": 24})
    return dressed(together, title, subtitle, width=width)
