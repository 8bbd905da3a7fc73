"""The criteria of each number of segments, one small panel per criterion: what each prefers, and how clearly."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from segmentary.report.theme import LIGHT, dressed, inline_data, is_narrow

TITLE = "How many segments?"
SUBTITLE = (
    "One panel per criterion, each with its own scale. Large outlined point: the number this criterion prefers, of the "
    "recommended method. Dashed line: the number this report shows."
)
COLOURS = ("blue", "orange", "green", "purple", "gold", "slate")


@dataclass(frozen=True, slots=True)
class Point:
    """One figure: of a criterion, a method, a number of segments. best : what the criterion prefers."""

    criterion: str
    method: str
    k: int
    value: float
    best: bool = False


def chart(points: Sequence[Point], criteria: Sequence[str], shown: int, *, width: int = 760) -> Any:
    """Draw the panels, in the order of criteria. shown : the number of segments of the report."""
    import altair as alt

    narrow = is_narrow(width)
    across = min(len(criteria), 2 if narrow else 4)
    panel = (width - across * 56) / across
    methods = list(dict.fromkeys(point.method for point in points))
    ks = sorted({point.k for point in points})
    panels = [
        one_panel([p for p in points if p.criterion == name], name, methods, ks, shown).properties(
            width=panel, height=96 if narrow else 120
        )
        for name in criteria
    ]
    drawn = alt.concat(*panels, columns=across, spacing={"row": 16, "column": 14})
    return dressed(drawn, TITLE, SUBTITLE, width=width)


def one_panel(points: Sequence[Point], name: str, methods: list[str], ks: list[int], shown: int) -> Any:
    import altair as alt

    far = max(abs(p.value) for p in points)
    data = inline_data(
        [{"k": p.k, "value": p.value, "method": p.method, "best": p.best} for p in points] + [{"k": shown}]
    )
    base = alt.Chart(data, title=alt.TitleParams(name, fontSize=12, fontWeight=600, anchor="start", offset=4))
    x = alt.X(
        "k:Q",
        title=None,
        scale=alt.Scale(domain=[min(ks) - 0.3, max(ks) + 0.3], nice=False),
        axis=alt.Axis(values=ks, format="d", grid=False, labelFontSize=11),
    )
    y = alt.Y(
        "value:Q",
        title=None,
        scale=alt.Scale(zero=False),
        # Labels of one width, so that panels stand below each other.
        axis=alt.Axis(
            tickCount=3, grid=True, format=".2~f" if far < 10 else "~s", labelFontSize=10, minExtent=36, maxExtent=36
        ),
    )
    legend = alt.Legend(columns=3) if len(methods) > 1 else None
    colour = alt.Color(
        "method:N",
        scale=alt.Scale(domain=methods, range=[LIGHT[COLOURS[i % 6]] for i in range(len(methods))]),
        legend=legend,
    )
    shape = alt.Shape("method:N", scale=alt.Scale(domain=methods), legend=legend)
    real = base.transform_filter("isValid(datum.value)")
    mark = base.transform_filter("!isValid(datum.value)").mark_rule(
        color=LIGHT["axis"], strokeDash=[3, 3], strokeWidth=1
    )
    line = real.mark_line(strokeWidth=1.6).encode(x=x, y=y, color=colour)
    dots = real.mark_point(filled=True, size=34, opacity=1).encode(x=x, y=y, color=colour, shape=shape)
    best = (
        real.transform_filter("datum.best")
        .mark_point(filled=False, size=170, strokeWidth=2, opacity=1, color=LIGHT["ink"], shape="circle")
        .encode(x=x, y=y)
    )
    return alt.layer(mark.encode(x=x), line, dots, best)
