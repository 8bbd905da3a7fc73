"""What was predicted against what happened, tenth by tenth: on the diagonal, the prediction was right."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from segmentary.report.theme import LARGE, LIGHT, dressed, inline_data, is_narrow


@dataclass(frozen=True, slots=True)
class Tenth:
    """People of like predictions: mean prediction, and what came of them with the ends of its interval."""

    predicted: float
    actual: float
    low: float
    high: float


def chart(
    tenths: Sequence[Tenth],
    title: str,
    subtitle: str,
    *,
    share: bool,
    axes: tuple[str, str] = ("predicted", "happened"),
    width: int = 760,
) -> Any:
    """Draw a point per tenth with its interval. share : percent, else amounts. axes : what they are called, with units.

    Amounts are spread over many orders of size, so their axes are roots: distances near zero are seen, too.
    """
    import altair as alt

    narrow = is_narrow(width)
    top = 1.05 * max((end for one in tenths for end in (one.predicted, one.high, one.actual)), default=1.0) or 1.0
    limit = min(1.0, top) if share else top
    kind: dict[str, Any] = {} if share else {"type": "sqrt"}
    scale = alt.Scale(domain=[0, limit], nice=False, clamp=True, **kind)
    ticks: dict[str, Any] = {"format": ".0%"} if share else {"labelExpr": LARGE}
    rows = [
        {"predicted": one.predicted, "actual": one.actual, "low": max(0.0, one.low), "high": one.high} for one in tenths
    ]
    base = alt.Chart(inline_data(rows))
    side = width - 70 if narrow else min(460, width - 90)
    x = alt.X(
        "predicted:Q",
        scale=scale,
        axis=alt.Axis(title=axes[0], tickCount=4 if narrow else 6, grid=True, labelOverlap=True, **ticks),
    )
    y = alt.Y(
        "actual:Q",
        scale=scale,
        axis=alt.Axis(title=axes[1], tickCount=5, grid=True, labelOverlap=True, **ticks),
    )
    line = (
        alt.Chart(inline_data([{"predicted": 0.0, "actual": 0.0}, {"predicted": limit, "actual": limit}]))
        .mark_line(color=LIGHT["axis"], strokeDash=[4, 3], strokeWidth=1.2)
        .encode(x=x, y=y)
    )
    bars = base.mark_rule(color=LIGHT["slate"], strokeWidth=1.6).encode(
        x=x, y=alt.Y("low:Q", scale=scale, title=axes[1]), y2="high:Q"
    )
    dots = base.mark_point(filled=True, size=95, opacity=1, color=LIGHT["blue"]).encode(x=x, y=y)
    drawn = alt.layer(line, bars, dots).properties(width=side, height=min(side, 340 if not narrow else 260))
    return dressed(drawn, title, subtitle, width=width)
