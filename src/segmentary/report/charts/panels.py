"""Small panels of lines with their bands: what was, and what is expected, dashed."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any, Literal

from segmentary.report.theme import LARGE, LIGHT, dressed, folded, inline_data, is_narrow, shortened


@dataclass(frozen=True, slots=True)
class Spot:
    """One point of a line. label : of its place on the axis; ahead : it is expected, not seen."""

    at: float
    label: str
    value: float
    low: float | None = None
    high: float | None = None
    ahead: bool = False


@dataclass(frozen=True, slots=True)
class Panel:
    """One panel. said : a few words below its name; strong : in full colour, else grey."""

    name: str
    said: str
    spots: tuple[Spot, ...]
    strong: bool = True


def chart(
    panels: Sequence[Panel],
    title: str,
    subtitle: str,
    *,
    share: bool = False,
    stairs: bool = False,
    one_scale: bool = False,
    width: int = 760,
) -> Any:
    """Draw the panels. share : percent, 0 to 100; stairs : values hold until the next; one_scale : for all alike."""
    import altair as alt

    narrow = is_narrow(width)
    across = 1 if narrow else min(3, max(1, len(panels)))
    wide = (width - across * 58) / across
    limit = 1.0 if share else top_of(panels) if one_scale else None
    drawn = [
        one_panel(panel, limit, share, stairs, int(wide / 7)).properties(width=wide, height=100 if narrow else 124)
        for panel in panels
    ]
    return dressed(alt.concat(*drawn, columns=across, spacing={"row": 20, "column": 14}), title, subtitle, width=width)


def top_of(panels: Sequence[Panel]) -> float:
    """Return the end of a common scale."""
    return 1.06 * max((s.high if s.high is not None else s.value for p in panels for s in p.spots), default=1.0) or 1.0


def one_panel(panel: Panel, limit: float | None, share: bool, stairs: bool, letters: int) -> Any:
    """Draw one panel."""
    import altair as alt

    seen = [spot for spot in panel.spots if not spot.ahead]
    # The expectation begins where what was seen ends.
    coming = ([*seen[-1:]] if seen else []) + [spot for spot in panel.spots if spot.ahead]
    rows = [row_of(spot, "seen") for spot in seen] + [row_of(spot, "ahead") for spot in coming if len(coming) > 1]
    colour = LIGHT["blue"] if panel.strong else LIGHT["slate"]
    base = alt.Chart(
        inline_data(rows),
        title=alt.TitleParams(
            shortened(panel.name, letters), subtitle=folded(panel.said, letters)[:2], fontSize=12.5, fontWeight=600,
            subtitleFontSize=11, anchor="start", offset=4,
        ),
    )  # fmt: skip
    top = limit if limit is not None else top_of([panel])
    scale = alt.Scale(domain=[0, top], nice=False)
    every = max(1, -(-len(panel.spots) * 10 // max(1, letters)))
    shown = panel.spots[::-1][::every][::-1]
    names = {f"{spot.at:g}": spot.label for spot in shown}
    spell = f"{names!r}[format(datum.value, '~g')] || ''"
    x = alt.X(
        "at:Q",
        title=None,
        scale=alt.Scale(nice=False, zero=False, padding=14),
        axis=alt.Axis(values=[s.at for s in shown], labelExpr=spell, grid=False, labelFontSize=10.5, labelLimit=90),
    )
    y = alt.Y(
        "value:Q", title=None, scale=scale,
        axis=alt.Axis(labelExpr="format(datum.value, '.0%')" if share else LARGE, tickCount=3, grid=True,
                      labelFontSize=10.5, minExtent=34, maxExtent=34),
    )  # fmt: skip
    way: Literal["step-after", "linear"] = "step-after" if stairs else "linear"
    past, ahead = base.transform_filter("datum.part == 'seen'"), base.transform_filter("datum.part == 'ahead'")
    band = alt.Y("low:Q", scale=scale)
    layers = [
        past.mark_area(color=colour, opacity=0.18, interpolate=way).encode(x=x, y=band, y2="high:Q"),
        ahead.mark_area(color=LIGHT["orange"], opacity=0.22).encode(x=x, y=band, y2="high:Q"),
        past.mark_line(color=colour, strokeWidth=2, interpolate=way).encode(x=x, y=y),
        ahead.mark_line(color=LIGHT["orange"], strokeWidth=2, strokeDash=[5, 3]).encode(x=x, y=y),
    ]
    return alt.layer(*layers)


def row_of(spot: Spot, part: str) -> dict[str, object]:
    known = spot.low is not None and spot.high is not None and (part == "seen" or spot.ahead)
    return {
        "at": spot.at,
        "value": spot.value,
        "low": spot.low if known else spot.value,
        "high": spot.high if known else spot.value,
        "part": part,
    }
