"""A table of shares as a map: the deeper the colour the larger, each cell with its figure and its verdict as a sign."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from segmentary.report.theme import HIGH_STEP, LIGHT, STEPS, dressed, inline_data, is_narrow, shortened


@dataclass(frozen=True, slots=True)
class Cell:
    """One cell. depth : from 0 to 1 how deep its colour is, None hidden. said : its figure."""

    row: str
    column: str
    depth: float | None
    said: str


def chart(
    cells: Sequence[Cell], rows: Sequence[str], columns: Sequence[str], title: str, subtitle: str, *, width: int = 760
) -> Any:
    """Draw the map; on a telephone columns are numbered and named with the rows below the title."""
    import altair as alt

    narrow = is_narrow(width)
    sides = {one: shortened(one, 16 if narrow else 34) for one in rows}
    heads = {
        one: f"{place + 1}" if narrow else shortened(one, max(8, 100 // max(1, len(columns))))
        for place, one in enumerate(columns)
    }
    data = [
        {
            "row": sides[cell.row],
            "column": heads[cell.column],
            "step": -1 if cell.depth is None else min(6, int(cell.depth * 7)),
            "said": cell.said if not narrow else cell.said.replace(" ", ""),
            "high": cell.depth is not None and min(6, int(cell.depth * 7)) >= HIGH_STEP,
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
        axis=alt.Axis(orient="top", labelAngle=0, labelLimit=200),
        scale=alt.Scale(domain=list(heads.values()), padding=0.04),
    )
    paint = alt.Color(
        "step:O", scale=alt.Scale(domain=[-1, 0, 1, 2, 3, 4, 5, 6], range=[LIGHT["grid"], *STEPS]), legend=None
    )
    drawn = alt.layer(
        base.mark_rect().encode(x=x, y=y, color=paint),
        base.mark_text(fontSize=10 if narrow else 12).encode(
            x=x,
            y=y,
            text="said:N",
            color=alt.condition("datum.high", alt.value(LIGHT["on_high"]), alt.value(LIGHT["on_low"])),
        ),
    ).properties(
        width=width,
        height=alt.Step(28 if narrow else 34),
        autosize=alt.AutoSizeParams(type="fit-x", contains="padding"),
    )
    note = subtitle
    if narrow:
        note += " Columns: " + "; ".join(f"{place + 1} {one}" for place, one in enumerate(columns)) + "."
    return dressed(drawn, title, note, width=width)
