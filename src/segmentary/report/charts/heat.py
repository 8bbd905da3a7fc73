"""A table of shares as a map: the deeper the colour the larger, each cell with its figure and its verdict as a sign."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from segmentary.report.theme import HIGH_STEP, LIGHT, STEPS, dressed, inline_data, is_narrow, shortened, unique

LEVEL_HEADS = 9
"""With more columns their names stand aslant: level ones would be cut to nothing."""


@dataclass(frozen=True, slots=True)
class Cell:
    """One cell; depth : from 0 to 1 how deep its colour is.

    Below 0, to -1: on the other side; None: hidden. said : its figure.
    """

    row: str
    column: str
    depth: float | None
    said: str


def chart(
    cells: Sequence[Cell], rows: Sequence[str], columns: Sequence[str], title: str, subtitle: str, *, width: int = 760
) -> Any:
    """Draw the map; on a telephone the names of columns stand upright."""
    import altair as alt

    narrow = is_narrow(width)
    sides = dict(zip(rows, unique([shortened(one, 16 if narrow else 34) for one in rows]), strict=True))
    tilted = not narrow and len(columns) > LEVEL_HEADS
    size = 16 if narrow else 22 if tilted else max(8, 100 // max(1, len(columns)))
    heads = dict(zip(columns, unique([shortened(one, size) for one in columns]), strict=True))
    data = [
        {
            "row": sides[cell.row],
            "column": heads[cell.column],
            "step": step_of(cell.depth),
            "said": cell.said if not narrow else cell.said.replace(" ", ""),
            "ink": ink_of(step_of(cell.depth)),
        }
        for cell in cells
    ]
    base = alt.Chart(inline_data(data))
    y = alt.Y(
        "row:O", title=None, sort=list(sides.values()), scale=alt.Scale(domain=list(sides.values()), padding=0.06)
    )
    x = alt.X(
        "column:O",
        title=None,
        sort=list(heads.values()),
        axis=alt.Axis(orient="top", labelAngle=-90 if narrow else -35 if tilted else 0, labelLimit=200),
        scale=alt.Scale(domain=list(heads.values()), padding=0.04),
    )
    paint = alt.Color(
        "step:O",
        scale=alt.Scale(
            domain=[-9, -2, -1, 0, 1, 2, 3, 4, 5, 6], range=[LIGHT["grid"], LIGHT["orange"], LIGHT["sand"], *STEPS]
        ),
        legend=None,
    )
    inks = ["on_low", "on_high", "on_orange"]
    letters = alt.Color("ink:N", scale=alt.Scale(domain=inks, range=[LIGHT[ink] for ink in inks]), legend=None)
    drawn = (
        alt.layer(
            base.mark_rect().encode(x=x, y=y, color=paint),
            base.mark_text(fontSize=10 if narrow else 12).encode(
                x=x,
                y=y,
                text="said:N",
                color=letters,
            ),
        )
        .resolve_scale(color="independent")
        .properties(
            width=width,
            height=alt.Step(28 if narrow else 34),
            autosize=alt.AutoSizeParams(type="fit-x", contains="padding"),
        )
    )
    return dressed(drawn, title, subtitle, width=width)


def step_of(depth: float | None) -> int:
    """Return the colour of a depth: 0 to 6 for more, -1 and -2 for less, -9 for hidden."""
    if depth is None:
        return -9
    if depth < 0:
        return -2 if depth < -0.5 else -1 if depth < -1 / 7 else 0
    return min(6, int(depth * 7))


def ink_of(step: int) -> str:
    return "on_orange" if step == -2 else "on_high" if step >= HIGH_STEP else "on_low"
