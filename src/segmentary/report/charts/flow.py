"""Who goes where as ribbons: the parts on the left as they were, on the right as they became, one period on."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from segmentary.report.theme import LIGHT, dressed, inline_data, is_narrow, shortened

COLOURS = ("blue", "orange", "green", "purple", "gold", "slate")
POINTS = 24
GAP = 0.03
MOST = 8
"""Parts on a side; with more, ribbons are no longer read."""


@dataclass(frozen=True, slots=True)
class Ribbon:
    """People who went from one part to another."""

    origin: str
    destination: str
    people: float


def chart(
    ribbons: Sequence[Ribbon], origins: Sequence[str], destinations: Sequence[str], title: str, subtitle: str, *,
    width: int = 760,
) -> Any:  # fmt: skip
    """Draw the ribbons, coloured by where people come from."""
    import altair as alt

    narrow = is_narrow(width)
    total = sum(one.people for one in ribbons) or 1.0
    left = stacked(origins, {o: sum(r.people for r in ribbons if r.origin == o) / total for o in origins})
    right = stacked(
        destinations, {d: sum(r.people for r in ribbons if r.destination == d) / total for d in destinations}
    )
    used_left, used_right = dict.fromkeys(origins, 0.0), dict.fromkeys(destinations, 0.0)
    rows: list[dict[str, object]] = []
    ordered = sorted(ribbons, key=lambda r: (origins.index(r.origin), destinations.index(r.destination)))
    for number, one in enumerate(ordered):
        size = one.people / total
        start, end = left[one.origin] + used_left[one.origin], right[one.destination] + used_right[one.destination]
        used_left[one.origin] += size
        used_right[one.destination] += size
        rows += curve(number, one.origin, start, end, size)
    colours = {name: LIGHT[COLOURS[i % len(COLOURS)]] for i, name in enumerate(origins)}
    letters = 12 if narrow else 24
    ends = [
        *(end_of(o, 0, left[o] + used_left[o] / 2, letters) for o in origins if used_left[o]),
        *(end_of(d, 1, right[d] + used_right[d] / 2, letters) for d in destinations if used_right[d]),
    ]
    room = 0.36 if narrow else 0.22
    scale = alt.Scale(domain=[-room, 1 + room], nice=False)
    x = alt.X("x:Q", scale=scale, axis=None)
    lowest = min((float(str(row["y2"])) for row in rows), default=-1.0)
    height = alt.Scale(domain=[lowest - 0.02, 0.02], nice=False)
    areas = (
        alt.Chart(inline_data(rows))
        .mark_area(opacity=0.62)
        .encode(
            x=x,
            y=alt.Y("y:Q", scale=height, axis=None),
            y2="y2:Q",
            color=alt.Color(
                "origin:N", scale=alt.Scale(domain=list(colours), range=list(colours.values())), legend=None
            ),
            detail="ribbon:N",
        )
    )
    words = alt.Chart(inline_data(ends))
    size = 10.5 if narrow else 12
    at = {"x": x, "y": alt.Y("y:Q", scale=height, axis=None), "text": "name:N"}
    starts = words.transform_filter("datum.side == 'left'").mark_text(
        align="right", dx=-8, fontSize=size, color=LIGHT["ink"]
    )
    stops = words.transform_filter("datum.side == 'right'").mark_text(
        align="left", dx=8, fontSize=size, color=LIGHT["ink"]
    )
    drawn = alt.layer(areas, starts.encode(**at), stops.encode(**at)).properties(
        width=width, height=300 if narrow else 380, autosize=alt.AutoSizeParams(type="fit-x", contains="padding")
    )
    return dressed(drawn, title, subtitle, width=width)


def curve(number: int, origin: str, start: float, end: float, size: float) -> list[dict[str, object]]:
    """Return the border of a ribbon, from left to right."""
    rows: list[dict[str, object]] = []
    for step in range(POINTS + 1):
        t = step / POINTS
        y = start + (end - start) * t * t * (3 - 2 * t)
        rows.append({"ribbon": number, "x": t, "y": -y, "y2": -(y + size), "origin": origin})
    return rows


def stacked(names: Sequence[str], sizes: dict[str, float]) -> dict[str, float]:
    """Return where each part begins, from the top."""
    found, at = {}, 0.0
    for name in names:
        found[name] = at
        if sizes[name]:
            at += sizes[name] + GAP
    return found


def end_of(name: str, x: int, y: float, letters: int) -> dict[str, object]:
    return {"x": x, "y": -y, "name": shortened(name, letters), "side": "right" if x else "left"}
