"""The matrix of attractiveness and competitiveness: one bubble per segment, as large as the segment, with intervals."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from segmentary.report.theme import LIGHT, dressed, inline_data, is_narrow, shortened

TITLE = "Where to play, and where we can win"
SUBTITLE = (
    "Up: the segment is more attractive, whoever serves it. Right: we are stronger in it. Bubbles are as large as "
    "{what}; crosses: 95% intervals from the errors of the data. Full colour: the choice. Pale: not chosen. ✕: "
    "knocked out."
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
    rows = [row_of(place, one, narrow) for place, one in enumerate(bubbles)]
    most = max((float(str(row["size"])) for row in rows), default=1.0) or 1.0
    scale = alt.Scale(domain=[0, 10], nice=False)
    x = alt.X(
        "x:Q",
        scale=scale,
        axis=alt.Axis(title="our competitiveness, 0 to 10", values=list(range(0, 11, 2)), format="d"),
    )
    y = alt.Y(
        "y:Q",
        scale=scale,
        axis=alt.Axis(title="attractiveness, 0 to 10", values=list(range(0, 11, 2)), format="d", grid=True),
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
    layers = [
        *middles,
        words.mark_text(fontSize=9.5 if narrow else 11.5, color=LIGHT["muted"]).encode(x=x, y=y, text="said:N"),
        base.mark_circle(opacity=0.85, stroke=LIGHT["slate"], strokeWidth=1).encode(x=x, y=y, size=size, color=colour),
        base.mark_rule(color=LIGHT["ink"], strokeWidth=1).encode(x=alt.X("x0:Q", scale=scale), x2="x1:Q", y=y),
        base.mark_rule(color=LIGHT["ink"], strokeWidth=1).encode(y=alt.Y("y0:Q", scale=scale), y2="y1:Q", x=x),
        *([] if narrow else numbers(base, x, y)),
    ]
    layers += names(rows, height, width, scale)
    drawn = alt.layer(*layers).properties(
        width=width, height=height, autosize=alt.AutoSizeParams(type="fit-x", contains="padding")
    )
    return dressed(drawn, TITLE, SUBTITLE.format(what=what), width=width)


def row_of(place: int, one: Bubble, narrow: bool) -> dict[str, Any]:
    return {
        "number": str(place + 1),
        "x": one.x[0],
        "x0": one.x[1],
        "x1": one.x[2],
        "y": one.y[0],
        "y0": one.y[1],
        "y1": one.y[2],
        "size": max(one.size, 0.0) if one.size == one.size else 0.0,
        "state": one.state,
        "name": named(place, one, narrow),
    }


def names(rows: list[dict[str, Any]], height: int, width: int, scale: Any) -> list[Any]:
    """Return the names beside the bubbles, each on a ground of its own."""
    import altair as alt

    ink: dict[str, Any] = {"fontSize": 10.5 if is_narrow(width) else 12.5, "fontWeight": 600}
    found = []
    placed = apart(rows, height, width)
    for side in ("left", "right"):
        some = [row for row in placed if row["side"] == side]
        if not some:
            continue
        words = alt.Chart(inline_data(some))
        for halo in (True, False):
            look = {"stroke": LIGHT["paper"], "strokeWidth": 3.5} if halo else {"color": LIGHT["ink"]}
            found.append(
                words.mark_text(align="left" if side == "right" else "right", **ink, **look).encode(
                    x=alt.X("at:Q", scale=scale), y=alt.Y("up:Q", scale=scale), text="name:N"
                )
            )
    return found


def named(place: int, one: Bubble, narrow: bool) -> str:
    return f"{place + 1} {shortened(one.name, 18 if narrow else 34)}" + (" ✕" if one.state == "knocked out" else "")


def numbers(base: Any, x: Any, y: Any) -> list[Any]:
    """Return the number of each segment, in the middle of its bubble."""
    import altair as alt

    return [
        base.transform_filter(f"datum.state {'=' if chosen else '!'}== 'chosen'")
        .mark_text(fontSize=14, fontWeight=700, color=LIGHT[role], dx=7, dy=-9)
        .encode(x=x, y=y, text=alt.Text("number:N"))
        for chosen, role in ((True, "on_high"), (False, "ink"))
    ]


def apart(rows: list[dict[str, Any]], height: int, width: int) -> list[dict[str, Any]]:
    """Return the names with where they stand: beside the bubble, away from its neighbours, none on another."""
    most = max((row["size"] for row in rows), default=1.0) or 1.0
    gap = 10 * 17 / height
    sided = []
    for row in rows:
        radius = ((90 + row["size"] / most * (1100 if is_narrow(width) else 2600)) / 3.14) ** 0.5
        right = row["x"] <= 6.2
        for _ in range(2):
            if any(o is not row and near(row, o, right) for o in rows):
                right = not right
        sided.append({**row, "side": "right" if right else "left", "out": (radius + 5) * 10 / (width * 0.92)})
    found: list[dict[str, Any]] = []
    for side in ("right", "left"):
        last = -9.0
        for row in sorted((row for row in sided if row["side"] == side), key=lambda row: row["y"]):
            last = max(row["y"], last + gap)
            at = row["x"] + (row["out"] if side == "right" else -row["out"])
            # What does not fit between the bubble and the edge is cut.
            room = (10.4 - at if side == "right" else at) * width * 0.088 / (6.0 if is_narrow(width) else 7.2)
            found.append({**row, "at": at, "up": min(last, 9.5), "name": shortened(row["name"], max(3, int(room)))})
    return found


def near(row: dict[str, Any], other: dict[str, Any], right: bool) -> bool:
    """Say whether another bubble stands where the name would."""
    across = other["x"] - row["x"] if right else row["x"] - other["x"]
    return bool(0 <= across < 1.4 and abs(other["y"] - row["y"]) < 0.8)
