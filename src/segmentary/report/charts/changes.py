"""Who entered and who left each segment since the last run."""

from __future__ import annotations

from typing import Any

from segmentary.report.figures import Change
from segmentary.report.numbers import count
from segmentary.report.theme import LIGHT, dressed, inline_data, is_narrow, shortened

TITLE = "Who came and who went since the last run?"
SUBTITLE = "Customers who entered (right) and left (left). Numbers of small groups are hidden and not drawn."
LARGEST = 20


def chart(change: Change, *, width: int = 760) -> Any:
    """Draw the segments with the most movement."""
    import altair as alt

    narrow = is_narrow(width)
    moved = [c for c in change.segments if (c.entered_total or 0) + (c.left_total or 0) > 0]
    moved.sort(key=lambda c: -((c.entered_total or 0) + (c.left_total or 0)))
    rows: list[dict[str, object]] = []
    names = [shortened(c.title or c.segment, 18 if narrow else 34) for c in moved[:LARGEST]]
    for name, segment in zip(names, moved, strict=False):
        for what, total, sign in (("entered", segment.entered_total, 1), ("left", segment.left_total, -1)):
            if total:
                rows.append({"segment": name, "what": what, "people": sign * total, "label": count(total)})
    base = alt.Chart(inline_data(rows))
    y = alt.Y("segment:N", sort=names, title=None, axis=alt.Axis(labelPadding=10))
    x = alt.X(
        "people:Q",
        axis=alt.Axis(title="customers", labelExpr="format(abs(datum.value), ',')", tickCount=5, tickMinStep=1),
        scale=alt.Scale(padding=34),
    )
    colour = alt.Color("what:N", scale=alt.Scale(domain=["left", "entered"], range=[LIGHT["orange"], LIGHT["green"]]))
    bars = base.mark_bar(size=15).encode(x=x, y=y, color=colour)
    right = base.transform_filter("datum.people > 0").mark_text(align="left", dx=5, color=LIGHT["muted"], fontSize=11)
    left = base.transform_filter("datum.people < 0").mark_text(align="right", dx=-5, color=LIGHT["muted"], fontSize=11)
    zero = alt.Chart(inline_data([{"zero": 0}])).mark_rule(color=LIGHT["axis"]).encode(x="zero:Q")
    words = [mark.encode(x=x, y=y, text="label:N") for mark in (left, right)]
    drawn = alt.layer(bars, zero, *words).properties(
        width=width, height=alt.Step(26), autosize=alt.AutoSizeParams(type="fit-x", contains="padding")
    )
    return dressed(drawn, TITLE, SUBTITLE, width=width)
