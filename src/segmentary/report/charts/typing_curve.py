"""What each further question of a typing tool adds to its agreement."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from segmentary.models.intervals import Interval
from segmentary.report.numbers import percent
from segmentary.report.theme import LIGHT, dressed, inline_data, is_narrow

TITLE = "How many questions are enough?"
SUBTITLE = (
    "Share of people whom so many questions put into the same segment as all of them (cross-validated). Band: 95% "
    "interval. Dashed line: the agreement asked for. Large point: the shortest tool that reaches it."
)


def chart(steps: Sequence[tuple[int, Interval]], *, wanted: float | None, chosen: int = 0, width: int = 760) -> Any:
    """Draw the curve."""
    import altair as alt

    narrow = is_narrow(width)
    rows = [
        {
            "n": n,
            "value": one.estimate,
            "low": one.low,
            "high": one.high,
            "said": percent(one.estimate, digits=0),
            "chosen": n == chosen,
        }
        for n, one in steps
    ]
    every = max(1, -(-len(rows) // (8 if narrow else 20)))
    base = alt.Chart(inline_data(rows))
    x = alt.X(
        "n:Q",
        title="questions asked",
        scale=alt.Scale(nice=False, padding=14),
        axis=alt.Axis(values=[n for n, _ in steps][::every], format="d", grid=False),
    )
    low = min([one.low for _, one in steps] + ([wanted] if wanted is not None else []), default=0.0)
    scale = alt.Scale(domain=[max(0.0, low - 0.08), 1.0], nice=False, zero=False)
    y = alt.Y("value:Q", title=None, scale=scale, axis=alt.Axis(format=".0%", grid=True, tickCount=5))
    layers = [
        base.mark_area(color=LIGHT["step3"], opacity=0.6).encode(x=x, y=alt.Y("low:Q", scale=scale), y2="high:Q"),
        base.mark_line(color=LIGHT["blue"], strokeWidth=2).encode(x=x, y=y),
        base.mark_point(filled=True, color=LIGHT["blue"], opacity=1).encode(
            x=x, y=y, size=alt.condition("datum.chosen", alt.value(190), alt.value(48))
        ),
        base.transform_filter(f"datum.chosen || datum.n % {every} == 0 || datum.n == 1")
        .mark_text(dy=16, fontSize=11, color=LIGHT["ink"])
        .encode(x=x, y=y, text="said:N"),
    ]
    if wanted is not None:
        layers.append(
            base.mark_rule(color=LIGHT["orange"], strokeDash=[5, 4], strokeWidth=1.4).encode(y=alt.datum(wanted))
        )
    drawn = alt.layer(*layers).properties(
        width=width, height=200 if narrow else 260, autosize=alt.AutoSizeParams(type="fit-x", contains="padding")
    )
    return dressed(drawn, TITLE, SUBTITLE, width=width)
