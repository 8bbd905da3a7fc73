"""How segments move over waves: one small panel each, on one scale, with 95% intervals and the verdict in words."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from segmentary.report.theme import LARGE, LIGHT, dressed, folded, inline_data, is_narrow, shortened

TITLE = "Which way do segments go?"
SUBTITLE = (
    "One panel per segment, all on one scale; band: 95% intervals. Blue: surely more in the last wave than in the "
    "first, orange: surely less, grey: could be chance (all corrected for the number of segments). Hollow: a wave "
    "still in the field, not tested."
)
COLOURS = {"growing": "blue", "shrinking": "orange"}


@dataclass(frozen=True, slots=True)
class Point:
    """One wave of one segment."""

    wave: str
    at: float
    value: float
    low: float
    high: float
    tested: bool


@dataclass(frozen=True, slots=True)
class Trend:
    """One segment. said : its verdict in words; direction : growing, shrinking or anything else."""

    name: str
    said: str
    direction: str
    points: tuple[Point, ...]


def chart(trends: Sequence[Trend], *, share: bool, width: int = 760) -> Any:
    """Draw one panel per segment."""
    import altair as alt

    narrow = is_narrow(width)
    across = 1 if narrow else min(3, len(trends))
    panel = (width - across * 52) / across
    everything = [point for trend in trends for point in trend.points]
    high = max((point.high for point in everything), default=1.0)
    low = min((point.low for point in everything), default=0.0)
    limits = [0.0 if low >= 0 else low, high * 1.06]
    panels = [
        one_panel(trend, limits, share, int(panel / 7)).properties(width=panel, height=110 if narrow else 130)
        for trend in trends
    ]
    return dressed(alt.concat(*panels, columns=across, spacing={"row": 18, "column": 12}), TITLE, SUBTITLE, width=width)


def one_panel(trend: Trend, limits: list[float], share: bool, letters: int) -> Any:
    import altair as alt

    rows = [
        {"wave": p.wave, "at": p.at, "value": p.value, "low": p.low, "high": p.high, "tested": p.tested}
        for p in trend.points
    ]
    colour = LIGHT[COLOURS.get(trend.direction, "slate")]
    base = alt.Chart(
        inline_data(rows),
        title=alt.TitleParams(
            shortened(trend.name, letters),
            subtitle=folded(trend.said, letters)[:2],
            fontSize=12.5,
            fontWeight=600,
            subtitleFontSize=11,
            anchor="start",
            offset=4,
        ),
    )
    names = {f"{p.at:g}": p.wave for p in trend.points}
    every = max(1, -(-len(rows) * 9 // max(1, letters)))
    spell = f"{names!r}[format(datum.value, '~g')] || ''".replace("\\", "")
    x = alt.X(
        "at:Q",
        title=None,
        scale=alt.Scale(nice=False, zero=False, padding=16),
        axis=alt.Axis(
            values=[p.at for p in trend.points][::every], labelExpr=spell, grid=False, labelFontSize=10.5, labelLimit=80
        ),
    )
    scale = alt.Scale(domain=limits, nice=False)
    y = alt.Y(
        "value:Q",
        title=None,
        scale=scale,
        axis=alt.Axis(
            labelExpr="format(datum.value, '.0%')" if share else LARGE,
            tickCount=3,
            grid=True,
            labelFontSize=10.5,
            minExtent=34,
            maxExtent=34,
        ),
    )
    tested = base.transform_filter("datum.tested")
    return alt.layer(
        tested.mark_area(color=colour, opacity=0.2).encode(x=x, y=alt.Y("low:Q", scale=scale), y2="high:Q"),
        tested.mark_line(color=colour, strokeWidth=2).encode(x=x, y=y),
        base.transform_filter("!datum.tested").mark_rule(color=colour).encode(x=x, y=alt.Y("low:Q"), y2="high:Q"),
        tested.mark_point(filled=True, color=colour, size=50, opacity=1).encode(x=x, y=y),
        base.transform_filter("!datum.tested").mark_point(color=colour, size=60, opacity=1).encode(x=x, y=y),
    )
