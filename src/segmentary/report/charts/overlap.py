"""Which segments share members."""

from __future__ import annotations

from typing import Any

from segmentary.report.figures import Overlap
from segmentary.report.numbers import percent
from segmentary.report.theme import HIGH_STEP, LIGHT, STEPS, dressed, inline_data, is_narrow, shortened

TITLE = "Which segments share members?"
SUBTITLE = "Percent of the row's members who are also in the column. Dot: hidden, one of the parts is too small."
LIMITS = (0.01, 0.1, 0.25, 0.5, 0.75, 0.9)


def chart(overlap: Overlap, *, width: int = 760) -> Any:
    """Draw one row and one column per segment; on a telephone columns are numbered."""
    import altair as alt

    narrow = is_narrow(width)
    rows = [
        f"{i + 1}  {shortened(overlap.titles[n], 16)}" if narrow else shortened(overlap.titles[n], 30)
        for i, n in enumerate(overlap.names)
    ]
    columns = [str(i + 1) if narrow else shortened(overlap.titles[n], 22) for i, n in enumerate(overlap.names)]
    cells: list[dict[str, object]] = []
    for i, a in enumerate(overlap.names):
        for j, b in enumerate(overlap.names):
            if i == j:
                continue
            both, size = overlap.both.get((a, b)), overlap.sizes[a]
            share = both / size if both is not None and size else None
            step = -1 if share is None else sum(share >= limit for limit in LIMITS)
            label = "·" if share is None else percent(share, digits=0)[:-1]
            if share and share < 0.005:
                label = "<1"
            cells.append(
                {"row": rows[i], "column": columns[j], "step": step, "label": label, "high": step >= HIGH_STEP}
            )
    base = alt.Chart(inline_data(cells))
    y = alt.Y("row:O", sort=rows, title=None, scale=alt.Scale(domain=rows, padding=0.06))
    x = alt.X(
        "column:O",
        sort=columns,
        title=None,
        axis=alt.Axis(orient="top", labelAngle=0 if narrow else -35, labelLimit=150),
        scale=alt.Scale(domain=columns, padding=0.06),
    )
    boxes = base.mark_rect().encode(
        x=x,
        y=y,
        color=alt.Color(
            "step:O", scale=alt.Scale(domain=[-1, 0, 1, 2, 3, 4, 5, 6], range=[LIGHT["grid"], *STEPS]), legend=None
        ),
    )
    text = base.mark_text(fontSize=9.5 if narrow else 12).encode(
        x=x,
        y=y,
        text="label:N",
        color=alt.condition("datum.high", alt.value(LIGHT["on_high"]), alt.value(LIGHT["on_low"])),
    )
    drawn = alt.layer(boxes, text).properties(
        width=width,
        height=alt.Step(24 if narrow else 30),
        padding={"left": 4, "top": 4, "bottom": 4, "right": 4 if narrow else 64},
        autosize=alt.AutoSizeParams(type="fit-x", contains="padding"),
    )
    return dressed(drawn, TITLE, SUBTITLE, width=width)
