"""What every look at an experiment saw: the difference and its interval, look by look, one panel per arm."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from segmentary.report.theme import LIGHT, dressed, inline_data, is_narrow


@dataclass(frozen=True, slots=True)
class Seen:
    """One look at one arm. at : the day; verdict : whether one was given (hollow where not)."""

    arm: str
    at: str
    value: float
    low: float
    high: float
    verdict: bool = True


def chart(seen: Sequence[Seen], title: str, subtitle: str, *, form: str = ".2f", width: int = 760) -> Any:
    """Draw one panel per arm, all on one scale; the line at 0 is no difference."""
    import altair as alt

    arms = list(dict.fromkeys(one.arm for one in seen))
    across = 1 if is_narrow(width) else min(2, len(arms))
    panel = (width - across * 70) / across
    ends = [0.0, *(one.low for one in seen), *(one.high for one in seen)]
    room = (max(ends) - min(ends) or 1.0) * 0.06
    scale = alt.Scale(domain=[min(ends) - room, max(ends) + room], nice=False, zero=False)
    panels = []
    for arm in arms:
        rows = [
            {"at": one.at, "value": one.value, "low": one.low, "high": one.high, "verdict": one.verdict}
            for one in seen
            if one.arm == arm
        ]
        base = alt.Chart(
            inline_data(rows), title=alt.TitleParams(text=arm, fontSize=13, fontWeight=600, anchor="start")
        )
        x = alt.X("at:O", title=None, axis=alt.Axis(labelAngle=0, labelOverlap=True, grid=False))
        y = alt.Y("value:Q", title=None, scale=scale, axis=alt.Axis(format=form, grid=True, tickCount=5))
        nothing = base.mark_rule(color=LIGHT["axis"], strokeDash=[4, 3]).encode(y=alt.datum(0.0))
        bars = base.mark_rule(color=LIGHT["slate"], strokeWidth=1.6).encode(
            x=x, y=alt.Y("low:Q", scale=scale, title=None), y2="high:Q"
        )
        fill = alt.condition("datum.verdict", alt.value(LIGHT["blue"]), alt.value(LIGHT["paper"]))
        dots = base.mark_point(size=80, opacity=1, stroke=LIGHT["blue"], filled=True).encode(x=x, y=y, fill=fill)
        panels.append(alt.layer(nothing, bars, dots).properties(width=panel, height=150))
    return dressed(alt.concat(*panels, columns=across, spacing={"row": 18, "column": 20}), title, subtitle, width=width)
