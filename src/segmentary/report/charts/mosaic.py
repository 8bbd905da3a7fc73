"""Mosaic plot: columns as wide as segments, cut by the shares of the levels; shaded where they differ from expectation.

Shading by Pearson residuals as Friendly (1994), Journal of the American Statistical Association 89(425).
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from segmentary.report.numbers import percent
from segmentary.report.theme import LIGHT, dressed, folded, inline_data, is_narrow, shortened

SUBTITLE = (
    "Columns are as wide as segments are large; cells as high as the share of the level. Blue and +: more people than "
    "if it did not differ between segments; orange and -: fewer (deep colours: a residual beyond 4, light ones beyond "
    "2). Grey: no clear difference, or hidden."
)
AIR = 0.006
APART = 0.055


@dataclass(frozen=True, slots=True)
class Cell:
    """One cell. share : of the level in the segment, None hidden. residual : Pearson's."""

    segment: int
    level: str
    share: float | None
    residual: float


def kind_of(cell: Cell) -> str:
    """Return how a cell is shaded."""
    if cell.share is None or abs(cell.residual) <= 2:
        return "plain"
    far = "far" if abs(cell.residual) > 4 else "near"
    return f"{'more' if cell.residual > 0 else 'less'} {far}"


def chart(
    cells: Sequence[Cell],
    widths: Sequence[float],
    names: Sequence[str],
    levels: Sequence[str],
    title: str,
    *,
    width: int = 760,
) -> Any:
    """Draw the mosaic. widths : of the segments (any scale); levels : from top to bottom."""
    import altair as alt

    narrow = is_narrow(width)
    rects, heads, sides = placed(cells, widths, names, levels, width)
    x = alt.X("x:Q", axis=None, scale=alt.Scale(domain=[0, 1], nice=False))
    y = alt.Y("y:Q", axis=None, scale=alt.Scale(domain=[1, 0], nice=False))
    kinds = {
        "more far": LIGHT["blue"],
        "more near": LIGHT["step3"],
        "plain": LIGHT["grid"],
        "less near": LIGHT["sand"],
        "less far": LIGHT["orange"],
    }
    colour = alt.Color("kind:N", scale=alt.Scale(domain=list(kinds), range=list(kinds.values())), legend=None)
    base = alt.Chart(inline_data(rects))
    boxes = base.mark_rect(stroke=LIGHT["paper"], strokeWidth=1, cornerRadius=1).encode(
        x=x, x2="x2:Q", y=y, y2="y2:Q", color=colour
    )
    inks = {**dict.fromkeys(kinds, LIGHT["on_low"]), "more far": LIGHT["on_high"], "less far": LIGHT["on_orange"]}
    ink = alt.Color("ink:N", scale=alt.Scale(domain=list(inks), range=list(inks.values())), legend=None)
    words = base.mark_text(fontSize=10 if narrow else 11.5).encode(
        x=alt.X("mx:Q"), y=alt.Y("my:Q"), text="said:N", color=ink
    )
    top = (
        alt.Chart(inline_data(heads))
        .mark_text(baseline="top", lineBreak="\n", fontSize=10 if narrow else 12, fontWeight=600, color=LIGHT["ink"])
        .encode(x=alt.X("mx:Q"), y=alt.value(-36), text="name:N")
    )
    left = (
        alt.Chart(inline_data(sides))
        .mark_text(align="right", dx=-8, fontSize=10 if narrow else 12, color=LIGHT["muted"])
        .encode(x=alt.value(0), y=alt.Y("my:Q"), text="name:N")
    )
    longest = max((len(str(side["name"])) for side in sides), default=0)
    room = min(130 if narrow else 220, 14 + 6.4 * longest)
    drawn = (
        alt.layer(boxes, words, top, left)
        .resolve_scale(color="independent")
        .properties(
            width=width - room - 12,
            height=240 if narrow else 300,
        )
    )
    return dressed(drawn, title, SUBTITLE, width=width)


def placed(
    cells: Sequence[Cell], widths: Sequence[float], names: Sequence[str], levels: Sequence[str], width: int
) -> tuple[list[dict[str, object]], list[dict[str, object]], list[dict[str, object]]]:
    """Return the rectangles, the names above the columns, and the levels beside the first."""
    whole = sum(widths) or 1.0
    rects: list[dict[str, object]] = []
    heads: list[dict[str, object]] = []
    sides: list[dict[str, object]] = []
    at = 0.0
    by_place = {(cell.segment, cell.level): cell for cell in cells}
    for place, (size, name) in enumerate(zip(widths, names, strict=True)):
        wide = size / whole
        left, right = at + AIR, at + wide - AIR
        at += wide
        pixels = (right - left) * width * 0.8
        lines = folded(name, max(2, int(pixels / 7)))
        lines = [lines[0], " ".join(lines[1:])] if len(lines) > 1 else lines
        fitting = [shortened(line, max(2, int(pixels / 7))) for line in lines]
        heads.append({"mx": (left + right) / 2, "name": "\n".join(fitting)})
        # A hidden cell is drawn with what the others leave, shared evenly: its height says nothing.
        mine = [by_place[place, level] for level in levels if (place, level) in by_place]
        known = sum(cell.share or 0.0 for cell in mine)
        hidden = sum(cell.share is None for cell in mine)
        down = 0.0
        for cell in mine:
            high = cell.share if cell.share is not None else max(0.0, 1 - known) / max(1, hidden)
            upper, lower = down + AIR / 2, max(down + AIR / 2, down + high - AIR / 2)
            down += high
            sign = {"more": "+", "less": "-"}.get(kind_of(cell).split()[0], "")
            said = "hidden" if cell.share is None else f"{percent(cell.share, digits=0)} {sign}".rstrip()
            if pixels < (44 if cell.share is None else 30) or high < 0.05:
                said = sign if pixels >= 10 and high >= 0.04 else ""
            rects.append(
                {
                    "x": left,
                    "x2": right,
                    "y": upper,
                    "y2": lower,
                    "mx": (left + right) / 2,
                    "my": (upper + lower) / 2,
                    "said": said,
                    "kind": kind_of(cell),
                    "ink": kind_of(cell),
                }
            )
            if place == 0:
                sides.append({"my": (upper + lower) / 2, "name": shortened(cell.level, 17 if width < 480 else 32)})
    return rects, heads, spaced(sides)


def spaced(sides: list[dict[str, object]]) -> list[dict[str, object]]:
    """Move names of levels apart that would lie on each other."""
    found: list[dict[str, object]] = []
    last = -1.0
    for side in sides:
        last = max(float(str(side["my"])), last + APART)
        found.append({**side, "my": last})
    over = max(0.0, last - 0.98)
    limit = 2.0
    for place in range(len(found) - 1, -1, -1):
        if not over:
            break
        at = min(float(str(found[place]["my"])), 0.98 if limit > 1 else limit - APART)
        found[place], limit = {**found[place], "my": at}, at
    return found
