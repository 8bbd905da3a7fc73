"""Needs by how much they matter and how well they are met: what is wanted and not satisfied stands low on the right."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from segmentary.report.theme import LIGHT, dressed, folded, inline_data, is_narrow, shortened

TITLE = "What is wanted and not satisfied?"
SUBTITLE = (
    "Right: the need matters more. Up: it is met better. Below the line it matters more than it is met. Orange "
    "diamonds with names: gaps beyond chance (corrected for all needs and segments). Grey circles: no gap, or it "
    "could be chance."
)


@dataclass(frozen=True, slots=True)
class Need:
    """One need in one segment, both on 0 to 10."""

    segment: str
    need: str
    importance: float
    satisfaction: float
    gap: bool


def chart(needs: Sequence[Need], segments: Sequence[str], *, width: int = 760) -> Any:
    """Draw one panel per segment, all on one scale."""
    import altair as alt

    narrow = is_narrow(width)
    across = 1 if narrow else min(3 if len(segments) != 4 else 2, len(segments))
    panel = (width - across * 54) / across
    drawn = alt.concat(
        *(
            one_panel([n for n in needs if n.segment == segment], segment, panel, narrow).properties(
                width=panel, height=min(panel, 300)
            )
            for segment in segments
        ),
        columns=across,
        spacing={"row": 20, "column": 14},
    )
    return dressed(drawn, TITLE, SUBTITLE, width=width)


def one_panel(needs: Sequence[Need], segment: str, panel: float, narrow: bool) -> Any:
    import altair as alt

    rows = placed(
        [
            {
                "need": shortened(n.need, max(10, int(panel / 13))),
                "x": n.importance,
                "y": n.satisfaction,
                "gap": n.gap,
                "left": n.importance > 6,
            }
            for n in needs
        ]
    )
    base = alt.Chart(
        inline_data(rows),
        title=alt.TitleParams(
            folded(segment, int(panel / 7))[:2], fontSize=12.5, fontWeight=600, anchor="start", offset=4
        ),
    )
    scale = alt.Scale(domain=[0, 10], nice=False)
    ticks = [0, 2, 4, 6, 8, 10]
    x = alt.X("x:Q", scale=scale, axis=alt.Axis(title="importance", values=ticks, grid=True, labelFontSize=10.5))
    y = alt.Y(
        "y:Q",
        scale=scale,
        axis=alt.Axis(title="satisfaction", values=ticks, grid=True, labelFontSize=10.5, minExtent=24, maxExtent=24),
    )
    line = alt.Chart(inline_data([{"x": 0, "y": 0}, {"x": 10, "y": 10}]))
    layers = [
        line.mark_line(color=LIGHT["axis"], strokeDash=[4, 4], strokeWidth=1.2).encode(x=x, y=y),
        base.transform_filter("!datum.gap")
        .mark_point(filled=True, size=60, color=LIGHT["axis"], opacity=0.9)
        .encode(x=x, y=y),
        base.transform_filter("datum.gap")
        .mark_point(filled=True, shape="diamond", size=140, color=LIGHT["orange"], opacity=1)
        .encode(x=x, y=y),
    ]
    for left in (True, False):
        layers.append(
            base.transform_filter(f"datum.gap && {'' if left else '!'}datum.left")
            .mark_text(
                align="right" if left else "left",
                dx=-9 if left else 9,
                fontSize=10.5 if narrow else 11.5,
                fontWeight=600,
                color=LIGHT["ink"],
            )
            .encode(x=x, y=alt.Y("up:Q", scale=scale), text="need:N")
        )
    return alt.layer(*layers)


def placed(rows: list[dict[str, Any]]) -> list[dict[str, Any]]:
    """Move the names of gaps apart that would lie on each other."""
    found = [{**row, "up": row["y"]} for row in rows if not row["gap"]]
    for left in (True, False):
        last = -9.0
        for row in sorted((r for r in rows if r["gap"] and r["left"] is left), key=lambda r: r["y"]):
            last = max(row["y"], last + 0.6)
            found.append({**row, "up": last})
    return found
