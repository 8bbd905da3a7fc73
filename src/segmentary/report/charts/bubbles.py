"""The matrix of attractiveness and competitiveness: one bubble per segment, as large as the segment, with intervals."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from segmentary.report.theme import LIGHT, dressed, inline_data, is_narrow, shortened

TITLE = "Where to play, and where we can win"
SUBTITLE = (
    "Up: the segment is more attractive, whoever serves it. Right: we are stronger in it. Bubbles are as large as "
    "{what}; crosses: 95% intervals from the errors of the data. Full colour: the choice. Pale: not chosen. Crossed "
    "out: knocked out."
)
FIELDS = (
    (2.5, 9.8, "build strength or leave"),
    (7.5, 9.8, "serve first"),
    (2.5, 0.25, "leave"),
    (7.5, 0.25, "keep while it pays"),
)


@dataclass(frozen=True, slots=True)
class Bubble:
    """One segment: across, up (0 to 10, with intervals), size; state : chosen, not chosen or knocked out."""

    name: str
    x: tuple[float, float, float]
    y: tuple[float, float, float]
    size: float
    state: str


def chart(bubbles: Sequence[Bubble], what: str, *, width: int = 760) -> Any:
    """Draw the matrix; names stand beside the bubbles, those close to each other apart."""
    import altair as alt

    narrow = is_narrow(width)
    height = 340 if narrow else 520
    rows = [
        {
            "number": str(place + 1),
            "x": one.x[0],
            "x0": one.x[1],
            "x1": one.x[2],
            "y": one.y[0],
            "y0": one.y[1],
            "y1": one.y[2],
            "size": max(one.size, 0.0) if one.size == one.size else 0.0,
            "state": one.state,
            "name": f"{place + 1} {shortened(one.name, 18 if narrow else 34)}",
        }
        for place, one in enumerate(bubbles)
    ]
    most = max((float(str(row["size"])) for row in rows), default=1.0) or 1.0
    scale = alt.Scale(domain=[0, 10], nice=False)
    x = alt.X("x:Q", scale=scale, axis=alt.Axis(title="our competitiveness, 0 to 10", values=list(range(0, 11, 2))))
    y = alt.Y(
        "y:Q",
        scale=scale,
        axis=alt.Axis(title="attractiveness, 0 to 10", values=list(range(0, 11, 2)), grid=True),
    )
    base = alt.Chart(inline_data(rows))
    colour = alt.Color(
        "state:N",
        scale=alt.Scale(
            domain=["chosen", "not chosen", "knocked out"], range=[LIGHT["blue"], LIGHT["faded"], LIGHT["grid"]]
        ),
        legend=alt.Legend(symbolType="circle"),
    )
    size = alt.Size("size:Q", scale=alt.Scale(domain=[0, most], range=[90, 1100 if narrow else 2600]), legend=None)
    words = alt.Chart(inline_data([{"x": fx, "y": fy, "said": said} for fx, fy, said in FIELDS]))
    middles = [
        words.mark_rule(color=LIGHT["axis"], strokeDash=[4, 4]).encode(x=alt.datum(5)),
        words.mark_rule(color=LIGHT["axis"], strokeDash=[4, 4]).encode(y=alt.datum(5)),
    ]
    ink: dict[str, Any] = {"fontSize": 10.5 if narrow else 12.5, "fontWeight": 600}
    layers = [
        *middles,
        words.mark_text(fontSize=9.5 if narrow else 11.5, color=LIGHT["muted"]).encode(x=x, y=y, text="said:N"),
        base.mark_circle(opacity=0.85, stroke=LIGHT["slate"], strokeWidth=1).encode(x=x, y=y, size=size, color=colour),
        base.mark_rule(color=LIGHT["ink"], strokeWidth=1).encode(x=alt.X("x0:Q", scale=scale), x2="x1:Q", y=y),
        base.mark_rule(color=LIGHT["ink"], strokeWidth=1).encode(y=alt.Y("y0:Q", scale=scale), y2="y1:Q", x=x),
        base.transform_filter("datum.state === 'knocked out'")
        .mark_point(shape="cross", angle=45, filled=True, size=160, color=LIGHT["ink"], opacity=1)
        .encode(x=x, y=y),
    ]
    for side in ("left", "right"):
        some = [row for row in apart(rows, height) if row["side"] == side]
        if some:
            named = alt.Chart(inline_data(some))
            for halo in (True, False):
                look = {"stroke": LIGHT["paper"], "strokeWidth": 3.5} if halo else {"color": LIGHT["ink"]}
                layers.append(
                    named.mark_text(align="left" if side == "right" else "right", **ink, **look).encode(
                        x=alt.X("at:Q", scale=scale), y=alt.Y("up:Q", scale=scale), text="name:N"
                    )
                )
    drawn = alt.layer(*layers).properties(
        width=width, height=height, autosize=alt.AutoSizeParams(type="fit-x", contains="padding")
    )
    return dressed(drawn, TITLE, SUBTITLE.format(what=what), width=width)


def apart(rows: list[dict[str, Any]], height: int) -> list[dict[str, Any]]:
    """Return the names with where they stand: right of the bubble, left of it near the right end, none on another."""
    gap = 10 * 17 / height
    found: list[dict[str, Any]] = []
    for side in ("right", "left"):
        last = -9.0
        chosen = [row for row in rows if (row["x"] > 6.2) == (side == "left")]
        for row in sorted(chosen, key=lambda row: row["y"]):
            up = max(row["y"] + 0.45, last + gap)
            last = up
            shift = 0.28 if side == "right" else -0.28
            found.append({**row, "side": side, "at": row["x"] + shift, "up": min(up, 9.5)})
    return found
