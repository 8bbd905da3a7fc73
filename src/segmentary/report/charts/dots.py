"""Estimates with their intervals, one row each: the plainest honest chart."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from segmentary.report.theme import LIGHT, dressed, inline_data, is_narrow, shortened, unique


@dataclass(frozen=True, slots=True)
class Dot:
    """One row. said : the figure in words. strong : in full colour, others pale. group : which colour and shape."""

    name: str
    value: float
    low: float | None
    high: float | None
    said: str
    strong: bool = True
    group: str = ""


SHAPES = ("circle", "diamond", "square", "triangle-up", "cross", "triangle-down")
COLOURS = ("blue", "orange", "green", "purple", "gold", "slate")


def chart(
    rows: Sequence[Dot],
    title: str,
    subtitle: str,
    *,
    form: str = ".0%",
    zero: bool = True,
    lines: Sequence[float] = (),
    axis: str | None = None,
    expression: str = "",
    width: int = 760,
) -> Any:
    """Draw the rows from top to bottom. lines : dashed lines to compare with; zero : whether the axis holds 0."""
    import altair as alt

    narrow = is_narrow(width)
    size = 22 if narrow else 46
    given = list(dict.fromkeys(row.name for row in rows))
    names = unique([shortened(name, size) for name in given])
    by_name = dict(zip(given, names, strict=True))
    groups = list(dict.fromkeys(row.group for row in rows))
    data = [row_of(row, by_name[row.name], narrow) for row in rows]
    base = alt.Chart(inline_data(data))
    y = alt.Y("name:N", sort=names, title=None, axis=alt.Axis(labelLimit=320, grid=True, gridDash=[1, 3]))
    far = [float(str(row[end])) for row in data for end in ("low", "high")] + ([0.0] if zero else []) + list(lines)
    low = min(far, default=0.0)
    low -= 0 if low == 0 else (max(far) - low or 1.0) * 0.05
    plot = width - min(320, 20 + 6.6 * max((len(name) for name in names), default=0)) - 10
    scale = alt.Scale(domain=[low, furthest(data, low, plot, max(far, default=1.0))], nice=False, zero=False)
    ticks: dict[str, Any] = {"labelExpr": expression} if expression else {"format": form}
    x = alt.X(
        "value:Q",
        scale=scale,
        axis=alt.Axis(title=axis, tickCount=3 if narrow else 6, grid=True, **ticks),
    )
    paint, offset = encodings(groups, narrow)
    rules = base.mark_rule(color=LIGHT["slate"], strokeWidth=1.4).encode(
        x=alt.X("low:Q", scale=scale), x2="high:Q", y=y, **offset
    )
    dots = base.mark_point(filled=True, size=90, opacity=1).encode(x=x, y=y, **paint, **offset)
    text = base.mark_text(align="left", dx=7, fontSize=10.5 if narrow else 11.5, color=LIGHT["ink"]).encode(
        x="high:Q", y=y, text="said:N", **offset
    )
    layers = [
        base.mark_rule(color=LIGHT["axis"], strokeDash=[4, 3], strokeWidth=1).encode(x=alt.datum(line))
        for line in lines
    ]
    step = 26 if len(groups) < 2 else 18 * len(groups) + 8
    drawn = alt.layer(*layers, rules, dots, text).properties(
        width=width,
        height=alt.Step(step, **{"for": "position"}),
        autosize=alt.AutoSizeParams(type="fit-x", contains="padding"),
    )
    return dressed(drawn, title, subtitle, width=width)


def row_of(row: Dot, name: str, narrow: bool) -> dict[str, object]:
    return {
        "name": name,
        "value": row.value,
        "low": row.value if row.low is None else row.low,
        "high": row.value if row.high is None else row.high,
        "said": row.said.split(" (")[0] if narrow else row.said,
        "strong": row.strong,
        "group": row.group,
    }


def encodings(groups: Sequence[str], narrow: bool) -> tuple[dict[str, Any], dict[str, Any]]:
    """Return colour and shape of the groups, and how they stand below each other; one group: full colour or pale."""
    import altair as alt

    offset: dict[str, Any] = {}
    if len(groups) > 1:
        colour = alt.Color(
            "group:N",
            scale=alt.Scale(domain=groups, range=[LIGHT[COLOURS[i % 6]] for i in range(len(groups))]),
            legend=alt.Legend(columns=1 if narrow else 4),
        )
        shape = alt.Shape(
            "group:N", scale=alt.Scale(domain=groups, range=[SHAPES[i % 6] for i in range(len(groups))]), legend=None
        )
        paint: dict[str, Any] = {"color": colour, "shape": shape}
        offset = {"yOffset": alt.YOffset("group:N", sort=groups)}
    else:
        paint = {"color": alt.condition("datum.strong", alt.value(LIGHT["blue"]), alt.value(LIGHT["faded"]))}
    return paint, offset


def furthest(data: Sequence[dict[str, object]], low: float, plot: float, high: float) -> float:
    """Return where the axis ends so that the figure behind every interval has room."""
    ends = [high + (high - low or 1.0) * 0.03]
    for row in data:
        letters = min(0.6 * plot, 14 + 6.4 * len(str(row["said"])))
        ends.append(low + (float(str(row["high"])) - low) * plot / (plot - letters))
    return max(ends)
