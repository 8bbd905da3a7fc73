"""Of all who will, how many are found among the first: by the model, by chance, and at best."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from segmentary.report.theme import LIGHT, dressed, inline_data, is_narrow

MODEL, CHANCE, BEST = "in this order", "at random", "at best"
Curve = Sequence[tuple[float, float]]


def chart(found: Curve, best: Curve, title: str, subtitle: str, *, axes: tuple[str, str], width: int = 760) -> Any:
    """Draw curves of shares (of people, of what is found), from (0, 0) to (1, 1). best : empty: not drawn."""
    import altair as alt

    narrow = is_narrow(width)
    lines: dict[str, Curve] = {MODEL: found, CHANCE: ((0.0, 0.0), (1.0, 1.0))}
    if best:
        lines[BEST] = best
    rows = [
        {"line": name, "people": x, "found": y, "step": step}
        for name, curve in lines.items()
        for step, (x, y) in enumerate(curve)
    ]
    scale = alt.Scale(domain=[0, 1], nice=False)
    x = alt.X(
        "people:Q", scale=scale, axis=alt.Axis(format=".0%", title=axes[0], tickCount=5 if narrow else 10, grid=True)
    )
    y = alt.Y("found:Q", scale=scale, axis=alt.Axis(format=".0%", title=axes[1], tickCount=5, grid=True))
    names = list(lines)
    paints = [LIGHT[role] for role in ("blue", "axis", "green")][: len(names)]
    colour = alt.Color(
        "line:N", scale=alt.Scale(domain=names, range=paints),
        legend=alt.Legend(symbolType="stroke", columns=1 if narrow else 3),
    )  # fmt: skip
    base = alt.Chart(inline_data(rows))
    dash = alt.StrokeDash(
        "line:N", scale=alt.Scale(domain=names, range=[[1, 0], [4, 3], [2, 2]][: len(names)]), legend=None
    )
    paths = base.mark_line(strokeWidth=2).encode(x=x, y=y, color=colour, strokeDash=dash, order="step:O")
    dots = (
        base.transform_filter(f"datum.line == '{MODEL}'")
        .mark_point(filled=True, size=55, opacity=1, color=LIGHT["blue"])
        .encode(x=x, y=y)
    )
    side = width - 70 if narrow else min(520, width - 90)
    return dressed(
        alt.layer(paths, dots).properties(width=side, height=240 if narrow else 300), title, subtitle, width=width
    )
