"""The RFM map: eleven named areas over recency score and order-count score."""

from __future__ import annotations

from typing import Any

from segmentary.models.rfm_names import NAMES
from segmentary.report.figures import RfmFigure
from segmentary.report.numbers import count, percent
from segmentary.report.theme import HIGH_STEP, LIGHT, STEPS, dressed, folded, inline_data, is_narrow

TITLE = "Who buys lately, and who buys often?"
SUBTITLE = "Customers in each area and their share of the money; the deeper the colour, the larger that share."
# Shares of money at which the colour deepens.
LIMITS = (0.01, 0.03, 0.06, 0.12, 0.25, 0.4)
# The area that carries the words, where a name covers more than one rectangle.
WORDS_AT = {"hibernating": (1, 2, 2, 2)}


def rectangles(name: str) -> list[tuple[int, int, int, int]]:
    """Return the rectangles of a name as (recency from, to, orders from, to), merged where they make one."""
    pairs = [(int(p[0]), int(p[1])) for p in NAMES[name]]
    recency = [r for r, _ in pairs]
    orders = [f for _, f in pairs]
    box = (min(recency), max(recency), min(orders), max(orders))
    if len(pairs) == (box[1] - box[0] + 1) * (box[3] - box[2] + 1):
        return [box]
    wide = WORDS_AT[name]
    rest = [(r, r, f, f) for r, f in pairs if not (wide[0] <= r <= wide[1] and wide[2] <= f <= wide[3])]
    return [wide, *rest]


def chart(rfm: RfmFigure, *, width: int = 760) -> Any:
    """Draw the map; hidden areas are grey."""
    import altair as alt

    narrow = is_narrow(width)
    cells = {cell.name: cell for cell in rfm.cells}
    areas: list[dict[str, object]] = []
    words: list[dict[str, object]] = []
    side = width / 5
    for name, cell in cells.items():
        share = cell.money_share.estimate if cell.money_share is not None else 0.0
        step = sum(share >= limit for limit in LIMITS)
        for i, (r0, r1, f0, f1) in enumerate(rectangles(name)):
            hidden = cell.people is None
            areas.append({"x": r0 - 0.5, "x2": r1 + 0.5, "y": f0 - 0.5, "y2": f1 + 0.5, "step": -1 if hidden else step})
            if i:
                continue
            letters = max(6, int((r1 - r0 + 1) * side / (6.4 if narrow else 8)))
            middle = (r0 + r1) / 2, (f0 + f1) / 2
            low = [] if hidden else [f"{count(cell.people)} people" if not narrow else count(cell.people)]
            if not hidden:
                low.append(f"{percent(share)} of money" if not narrow and r1 > r0 else percent(share))
            title = folded(name.capitalize(), letters)
            lines = [*title, *(low or ["hidden"])]
            for j, line in enumerate(lines):
                words.append(
                    {
                        "x": middle[0],
                        "y": middle[1],
                        "line": line,
                        "up": j - (len(lines) - 1) / 2,
                        "name": j < len(title),
                        "high": step >= HIGH_STEP and not hidden,
                    }
                )
    scale = alt.Scale(domain=[0.5, 5.5], nice=False, zero=False)

    def axis(title: str) -> alt.Axis:
        return alt.Axis(title=title, values=[1, 2, 3, 4, 5], format="d", grid=False, titleFontSize=11)

    x = alt.X("x:Q", scale=scale, axis=axis("recency score → bought more lately"))
    y = alt.Y("y:Q", scale=scale, axis=axis("order-count score → more orders"))
    rects = (
        alt.Chart(inline_data(areas))
        .mark_rect(stroke=LIGHT["paper"], strokeWidth=2)
        .encode(
            x=x,
            x2="x2:Q",
            y=y,
            y2="y2:Q",
            color=alt.Color(
                "step:O",
                scale=alt.Scale(domain=[-1, 0, 1, 2, 3, 4, 5, 6], range=[LIGHT["grid"], *STEPS]),
                legend=None,
            ),
        )
    )
    # An area of several rectangles is joined across the gap that separates areas.
    joins = [
        {"x": 1.5 + 0.012, "x2": 2.5 - 0.012, "y": 1.45, "y2": 1.55, "step": a["step"]}
        for a in areas
        if (a["x"], a["x2"], a["y"], a["y2"]) == (1.5, 2.5, 0.5, 1.5)
    ]
    bridge = rects.copy()
    bridge.data = inline_data(joins)
    bridge.mark = alt.MarkDef("rect", cornerRadius=0, strokeWidth=0)
    gap = 13 if narrow else 17
    layers: list[Any] = [rects, bridge]
    for row in sorted({float(str(w["up"])) for w in words}):
        for is_name in (True, False):
            some = [w for w in words if w["up"] == row and w["name"] == is_name]
            if some:
                layers.append(
                    alt.Chart(inline_data(some))
                    .mark_text(
                        dy=row * gap,
                        fontSize=(10.5 if narrow else 14) if is_name else (9.5 if narrow else 12),
                        fontWeight=600 if is_name else 400,
                    )
                    .encode(
                        x="x:Q",
                        y="y:Q",
                        text="line:N",
                        color=alt.condition("datum.high", alt.value(LIGHT["on_high"]), alt.value(LIGHT["on_low"])),
                    )
                )
    drawn = alt.layer(*layers).properties(
        width=width,
        height=330 if narrow else 440,
        autosize=alt.AutoSizeParams(type="fit-x", contains="padding"),
    )
    return dressed(drawn, TITLE, SUBTITLE, width=width)
