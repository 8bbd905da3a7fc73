"""The separation plot: people from the side on which they differ most, with outlines of the segments.

Leisch (2008); Dolnicar, Gruen & Leisch (2018), Market Segmentation Analysis, chapter 8.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING, Any

from segmentary.report.theme import LIGHT, dressed, inline_data, is_narrow, shortened

if TYPE_CHECKING:
    from segmentary.report.discovery.extras import Cloud

TITLE = "How far apart are the segments?"
SUBTITLE = (
    "Each small mark is a person (a sample), seen from the side on which the people differ most; colour and shape are "
    "the segment. Outlines hold about half of each segment. Arrows: which way an answer grows. Segments that overlap "
    "here may be apart on other sides; those apart here are apart."
)
COLOURS = ("blue", "orange", "green", "purple", "gold", "slate")
SHAPES = ("circle", "diamond", "square", "triangle-up", "cross", "triangle-down", "triangle-right", "triangle-left")
MOST = 1200
ARROWS = 8


def chart(cloud: Cloud, names: Mapping[int, str], *, width: int = 760) -> Any:
    """Draw people, outlines, middles and arrows. names : place -> name of the segments that are shown."""
    import altair as alt

    narrow = is_narrow(width)
    heads = {place: f"{place + 1} {shortened(name, 26 if narrow else 40)}" for place, name in names.items()}
    every = max(1, -(-len(cloud.points) // (MOST // 2 if narrow else MOST)))
    people = [
        {"x": round(float(x), 3), "y": round(float(y), 3), "segment": heads[label]}
        for (x, y), label in list(zip(cloud.points, cloud.labels, strict=True))[::every]
        if label in heads
    ]
    x = alt.X(
        "x:Q",
        axis=alt.Axis(title=cloud.axes[0], labels=False, grid=False),
        scale=alt.Scale(domain=reach(cloud, 0, 0.16 if narrow else 0.06), nice=False, zero=False),
    )
    y = alt.Y(
        "y:Q",
        axis=alt.Axis(title=cloud.axes[1], labels=False, grid=False),
        scale=alt.Scale(domain=reach(cloud, 1, 0.04), nice=False, zero=False),
    )
    order = [heads[place] for place in sorted(heads)]
    colour = alt.Color(
        "segment:N",
        scale=alt.Scale(domain=order, range=[LIGHT[COLOURS[place % 6]] for place in sorted(heads)]),
        legend=alt.Legend(columns=1 if narrow else 3, labelLimit=300, symbolOpacity=1),
    )
    shape = alt.Shape("segment:N", scale=alt.Scale(domain=order, range=[SHAPES[place % 8] for place in sorted(heads)]))
    outline = [
        {"x": float(px), "y": float(py), "segment": heads[place], "at": at}
        for place, ring in cloud.ellipses.items()
        if place in heads
        # Closed, whether or not it was handed in so.
        for at, (px, py) in enumerate([*ring, *ring[:1]])
    ]
    layers: list[Any] = [
        alt.Chart(inline_data(people))
        .mark_point(filled=True, size=14 if narrow else 20, opacity=0.35)
        .encode(x=x, y=y, color=colour, shape=shape)
    ]
    if outline:
        layers.append(
            alt.Chart(inline_data(outline))
            .mark_line(strokeWidth=1.8)
            .encode(x=x, y=y, color=colour, order="at:Q", detail="segment:N")
        )
    layers += arrows(cloud, narrow, x, y)
    layers += middles(cloud, heads, x, y, colour)
    drawn = alt.layer(*layers).properties(
        width=width, height=330 if narrow else 520, autosize=alt.AutoSizeParams(type="fit-x", contains="padding")
    )
    return dressed(drawn, TITLE, SUBTITLE, width=width)


def middles(cloud: Cloud, heads: Mapping[int, str], x: Any, y: Any, colour: Any) -> list[Any]:
    """Return the middles of the segments, with their numbers."""
    import altair as alt

    rows = [
        {"x": float(cx), "y": float(cy), "said": str(place + 1), "segment": heads[place]}
        for place, (cx, cy) in cloud.centres.items()
        if place in heads
    ]
    base = alt.Chart(inline_data(rows))
    return [
        base.mark_point(filled=True, shape="circle", size=330, opacity=1, color=LIGHT["paper"]).encode(x=x, y=y),
        base.mark_point(shape="circle", size=330, opacity=1, strokeWidth=1.6).encode(x=x, y=y, color=colour),
        base.mark_text(fontSize=12, fontWeight=700, color=LIGHT["ink"]).encode(x=x, y=y, text="said:N"),
    ]


def reach(cloud: Cloud, axis: int, air: float) -> list[float]:
    """Return from where to where an axis goes, with air for names."""
    values = [float(point[axis]) for point in cloud.points]
    low, high = min(values), max(values)
    room = (high - low or 1.0) * air
    return [low - room, high + room]


def arrows(cloud: Cloud, narrow: bool, x: Any, y: Any) -> list[Any]:
    """Return lines from the middle to where each answer grows, with its name at the end."""
    import altair as alt
    import numpy as np

    if not cloud.arrows or not len(cloud.points):
        return []
    middle = np.asarray(cloud.points).mean(axis=0)
    reach = float(np.quantile(np.hypot(*(np.asarray(cloud.points) - middle).T), 0.9))
    longest = max(float(np.hypot(*end)) for end in cloud.arrows.values()) or 1.0
    kept = list(cloud.arrows.items())[: 5 if narrow else ARROWS]
    rows = []
    for name, (ax, ay) in kept:
        tip = middle + np.array([ax, ay]) / longest * reach
        rows.append(
            {
                "x0": float(middle[0]),
                "y0": float(middle[1]),
                "x": float(tip[0]),
                "y": float(tip[1]),
                "name": shortened(name, 16 if narrow else 26),
                "right": bool(ax >= 0),
            }
        )
    lines = (
        alt.Chart(inline_data(rows))
        .mark_rule(color=LIGHT["ink"], strokeWidth=1.2, opacity=0.75)
        .encode(x=alt.X("x0:Q"), y=alt.Y("y0:Q"), x2="x:Q", y2="y:Q")
    )
    found = [lines]
    for right in (True, False):
        some = [row for row in spaced(rows) if row["right"] is right]
        if some:
            for halo in (True, False):
                look = {"stroke": LIGHT["paper"], "strokeWidth": 3.0} if halo else {"color": LIGHT["ink"]}
                found.append(
                    alt.Chart(inline_data(some))
                    .mark_text(
                        align="left" if right else "right", dx=5 if right else -5, fontSize=10 if narrow else 12, **look
                    )
                    .encode(x=x, y=alt.Y("at:Q"), text="name:N")
                )
    return found


def spaced(rows: list[dict[str, Any]]) -> list[dict[str, Any]]:
    """Move names apart that would lie on each other."""
    if not rows:
        return []
    low, high = min(row["y"] for row in rows), max(row["y"] for row in rows)
    gap = (high - low or 1.0) * 0.07
    found: list[dict[str, Any]] = []
    for right in (True, False):
        last: float | None = None
        for row in sorted((row for row in rows if row["right"] is right), key=lambda row: row["y"]):
            at = row["y"] if last is None else max(row["y"], last + gap)
            last = at
            found.append({**row, "at": at})
    return found
