"""The segment profile plot: one panel per segment, one bar per answer, the line of everybody, markers in full colour.

After Dolnicar & Leisch (2014), International Journal of Market Research 56(2), and Dolnicar, Gruen & Leisch (2018),
Market Segmentation Analysis, chapter 8: columns that go together stand together.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from segmentary.report.theme import LIGHT, dressed, folded, inline_data, is_narrow, shortened, unique

TITLE = "What marks each segment?"
SHARES = (
    "Bar: the segment. Dark line: everybody. Thin lines: 95% intervals. Full colour and a figure: a marker, far from "
    "everybody and sure after correction. Pale: no marker. Scales with steps: how far up the scale the mean is. "
    "Columns that go together stand together."
)
NUMBERS = (
    "Difference to everybody else in standard deviations (0 none, 0.2 small, 0.8 large). Full colour and a figure: a "
    "marker, far from everybody and sure after correction. Columns that go together stand together."
)
MORE, LESS, PLAIN = "marker: more than everybody", "marker: less than everybody", "no marker"
LONGEST = 40
EDGE = 2.5


@dataclass(frozen=True, slots=True)
class Bar:
    """One bar. value (None: hidden), low, high, total : on the axis of the chart. said : the figure at a marker."""

    segment: str
    row: str
    value: float | None
    low: float | None
    high: float | None
    total: float
    marker: bool
    said: str


def order(rows: Sequence[Sequence[float]]) -> list[int]:
    """Return the order of rows (one per column, one figure per segment) in which similar rows stand together."""
    import numpy as np
    from scipy.cluster.hierarchy import leaves_list, linkage, optimal_leaf_ordering

    points = np.nan_to_num(np.asarray(rows, dtype=np.float64))
    if len(points) < 3 or points.shape[1] == 0:
        return list(range(len(points)))
    tree = linkage(points, "average")
    places = [int(place) for place in leaves_list(optimal_leaf_ordering(tree, points))]
    # Two ways round are equally good: the one whose first rows stand out in the first segments is read more easily.
    return places if points[places[0]][0] >= points[places[-1]][0] else places[::-1]


def chart(bars: Sequence[Bar], segments: Sequence[str], rows: Sequence[str], *, percent: bool, width: int = 760) -> Any:
    """Draw the panels. segments : heads of the panels; rows : labels, from top to bottom."""
    import altair as alt

    narrow = is_narrow(width)
    across = 1 if narrow else min(len(segments), 4 if len(segments) > 4 or len(segments) == 4 else 3)
    longest = 19 if narrow else 34
    labels = unique([shortened(row, longest) for row in rows])
    heads = unique([headed(one, 44 if across == 1 else 104 // across) for one in segments])
    by_row, by_head = dict(zip(rows, labels, strict=True)), dict(zip(segments, heads, strict=True))
    data: list[dict[str, object]] = [
        {
            "segment": by_head[bar.segment],
            "row": by_row[bar.row],
            "value": None if bar.value is None else within(bar.value, percent),
            "low": None if bar.low is None else within(bar.low, percent),
            "high": None if bar.high is None else within(bar.high, percent),
            "total": within(bar.total, percent),
            "said": bar.said if bar.marker and bar.value is not None else "",
            "kind": kind_of(bar),
        }
        for bar in bars
    ]
    room = min(150 if narrow else 235, 26 + 6.6 * max((len(label) for label in labels), default=0))
    panel = (width - room - (across - 1) * 24 - 14) / across
    drawn = (
        layers(data, labels, percent, narrow)
        .properties(width=panel, height=alt.Step(15 if len(labels) > 20 else 18))
        .facet(
            facet=alt.Facet(
                "segment:N",
                sort=heads,
                header=alt.Header(
                    title=None,
                    labelLimit=panel + room,
                    labelExpr="split(datum.value, '\\n')",
                    labelLineHeight=16,
                    labelFontSize=12.5,
                ),
            ),
            columns=across,
            data=inline_data(data),
            spacing={"row": 18, "column": 24},
        )
    )
    return dressed(drawn, TITLE, SHARES if percent else NUMBERS, width=width)


def layers(data: Sequence[dict[str, object]], labels: list[str], percent: bool, narrow: bool) -> Any:
    import altair as alt

    base = alt.Chart()
    y = alt.Y("row:N", sort=labels, title=None, axis=alt.Axis(labelLimit=230, labelFontSize=11))
    axis = alt.Axis(grid=True, tickCount=4, labelFontSize=11)
    if percent:
        axis = alt.Axis(values=[0, 0.25, 0.5, 0.75, 1], format=".0%", grid=True, labelFontSize=11)
    limits = [0.0, 1.13] if percent else reach(data)
    x = alt.X("value:Q", title=None, axis=axis, scale=alt.Scale(domain=limits, nice=False))
    colour = alt.Color(
        "kind:N",
        scale=alt.Scale(domain=[MORE, LESS, PLAIN], range=[LIGHT["blue"], LIGHT["orange"], LIGHT["faded"]]),
        legend=alt.Legend(columns=1 if narrow else 3),
    )
    real = base.transform_filter("datum.value !== null")
    bars = real.mark_bar(size=10).encode(x=x, y=y, color=colour)
    whiskers = base.mark_rule(color=LIGHT["slate"], strokeWidth=1).encode(x="low:Q", x2="high:Q", y=y)
    everybody = base.mark_tick(color=LIGHT["ink"], thickness=2, size=13).encode(x="total:Q", y=y)
    text: dict[str, Any] = {"fontSize": 10, "color": LIGHT["ink"], "baseline": "middle"}
    right = "datum.value >= 0"
    place = "max(datum.value, datum.high === null ? datum.value : datum.high, datum.total)"
    ahead = (
        base.transform_filter(f"datum.said !== '' && {right}")
        .transform_calculate(at=place)
        .mark_text(align="left", dx=4, **text)
        .encode(x="at:Q", y=y, text="said:N")
    )
    behind = (
        base.transform_filter(f"datum.said !== '' && !({right})")
        .transform_calculate(at="min(datum.value, datum.low === null ? datum.value : datum.low)")
        .mark_text(align="right", dx=-4, **text)
        .encode(x="at:Q", y=y, text="said:N")
    )
    gone = (
        base.transform_filter("datum.value === null")
        .mark_text(align="left", dx=3, fontSize=9.5, color=LIGHT["muted"])
        .encode(x=alt.datum(0), y=y, text=alt.value("hidden"))
    )
    return alt.layer(bars, whiskers, everybody, ahead, behind, gone)


def kind_of(bar: Bar) -> str:
    if not bar.marker or bar.value is None:
        return PLAIN
    return MORE if bar.value >= bar.total else LESS


def headed(text: str, size: int) -> str:
    """Return the head of a panel: two lines at most."""
    lines = folded(text, size)
    if len(lines) > 2:
        lines = [lines[0], shortened(" ".join(lines[1:]), size)]
    return "\n".join(shortened(line, size) for line in lines)


def within(value: float, percent: bool) -> float:
    return max(0.0, min(1.0, value)) if percent else max(-EDGE, min(EDGE, value))


def reach(data: Sequence[dict[str, object]]) -> list[float]:
    far = max((abs(float(str(row["value"]))) for row in data if row["value"] is not None), default=0.5)
    return [-max(0.5, far * 1.3), max(0.5, far * 1.3)]
