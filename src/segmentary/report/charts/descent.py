"""Where segments come from when one more is asked for: blocks and flows (SLSA, Dolnicar & Leisch 2017)."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from segmentary.report.theme import LIGHT, dressed, inline_data, is_narrow

TITLE = "Which segments stay when more are asked for?"
SUBTITLE = (
    "One column of blocks per number of segments, as high as the segments are large; bands are the people they share. "
    "Full colour: the segment comes almost whole from one before (0.8 and more of 1). Pale: it is mixed from several. "
    "Figures: that stability. Segments that run through unmixed are found whatever number one asks for."
)
STEPS = 16
GAP = 0.02
SURE = 0.8
LEAST = 0.01


@dataclass(frozen=True, slots=True)
class Column:
    """The segments of one k, from bottom to top. shares : of all people. stability : of each, None of the first k."""

    k: int
    shares: tuple[float, ...]
    stability: tuple[float | None, ...]


def chart(
    columns: Sequence[Column], flows: Sequence[Sequence[Sequence[float]]], *, chosen: int = 0, width: int = 760
) -> Any:
    """Draw blocks and bands. flows : per step, [segment before][segment after] shares of all people."""
    import altair as alt

    narrow = is_narrow(width)
    wide = 0.11 if narrow else 0.07
    spans = [placed(column.shares) for column in columns]
    blocks = block_rows(columns, spans, wide)
    ribbons = [row for step, flow in enumerate(flows) for row in bands(step, flow, spans[step], spans[step + 1], wide)]
    scale = alt.Scale(domain=[-0.25, len(columns) - 0.75], nice=False)
    ticks = alt.Axis(
        values=list(range(len(columns))),
        labelExpr=f"{[f'{column.k}' for column in columns]}[datum.value]",
        title="segments asked for",
        grid=False,
    )
    x = alt.X("x:Q", scale=scale, axis=ticks)
    nothing = alt.Y("y:Q", axis=None, scale=alt.Scale(zero=True, nice=False))
    layers = []
    if ribbons:
        layers.append(
            alt.Chart(inline_data(ribbons))
            .mark_area(color=LIGHT["step3"], opacity=0.75)
            .encode(x=x, y=nothing, y2="y2:Q", detail="band:N")
        )
    drawn_blocks = alt.Chart(inline_data(blocks))
    paint = alt.condition("datum.sure", alt.value(LIGHT["blue"]), alt.value(LIGHT["faded"]))
    layers.append(drawn_blocks.mark_rect(cornerRadius=2).encode(x=x, x2="x2:Q", y=nothing, y2="y2:Q", color=paint))
    ink = alt.condition("datum.sure", alt.value(LIGHT["on_high"]), alt.value(LIGHT["ink"]))
    layers.append(
        drawn_blocks.mark_text(fontSize=9 if narrow else 11).encode(
            x=alt.X("at:Q", scale=scale, axis=ticks), y=alt.Y("middle:Q", axis=None), text="said:N", color=ink
        )
    )
    if chosen in [column.k for column in columns]:
        at = [column.k for column in columns].index(chosen)
        frame = inline_data([{"x": at - wide * 1.5, "x2": at + wide * 1.5, "y": -0.02, "y2": top(spans) + 0.02}])
        layers.append(
            alt.Chart(frame)
            .mark_rect(filled=False, stroke=LIGHT["ink"], strokeDash=[3, 3], strokeWidth=1)
            .encode(x=x, x2="x2:Q", y=nothing, y2="y2:Q")
        )
    drawn = alt.layer(*layers).properties(
        width=width, height=260 if narrow else 340, autosize=alt.AutoSizeParams(type="fit-x", contains="padding")
    )
    return dressed(drawn, TITLE, SUBTITLE, width=width)


def block_rows(
    columns: Sequence[Column], spans: Sequence[Sequence[tuple[float, float]]], wide: float
) -> list[dict[str, object]]:
    """Return the blocks of all columns."""
    return [
        {
            "x": place - wide,
            "x2": place + wide,
            "y": low,
            "y2": high,
            "sure": stable is None or stable >= SURE,
            "said": "" if stable is None or (high - low) < 0.045 else f"{stable:.2f}",
            "middle": (low + high) / 2,
            "at": place,
        }
        for place, (column, span) in enumerate(zip(columns, spans, strict=True))
        for (low, high), stable in zip(span, column.stability, strict=True)
    ]


def top(spans: Sequence[Sequence[tuple[float, float]]]) -> float:
    return max((high for span in spans for _, high in span), default=1.0)


def placed(shares: Sequence[float]) -> list[tuple[float, float]]:
    """Return from where to where each block goes, with gaps between."""
    found, at = [], 0.0
    for share in shares:
        found.append((at, at + share))
        at += share + GAP
    return found


def bands(
    step: int,
    flow: Sequence[Sequence[float]],
    before: Sequence[tuple[float, float]],
    after: Sequence[tuple[float, float]],
    wide: float,
) -> list[dict[str, object]]:
    """Return the bands between two columns as points of smooth areas."""
    left, right = [low for low, _ in before], [low for low, _ in after]
    found: list[dict[str, object]] = []
    for i, row in enumerate(flow):
        for j, share in enumerate(row):
            start, end = left[i], right[j]
            left[i] += share
            right[j] += share
            if share < LEAST:
                continue
            for point in range(STEPS + 1):
                t = point / STEPS
                bend = t * t * (3 - 2 * t)
                low = start + (end - start) * bend
                x = step + wide + t * (1 - 2 * wide)
                found.append({"band": f"{step}-{i}-{j}", "x": x, "y": low, "y2": low + share})
    return found
