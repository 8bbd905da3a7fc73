"""The RFM map: eleven named areas over recency score and order-count score."""

from __future__ import annotations

from typing import Any

from segmentary.models.rfm_names import NAMES
from segmentary.report.figures import RfmCellFigure, RfmFigure
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


def step_of(cell: RfmCellFigure) -> int:
    """Return how deep the colour is; -1 for a hidden area."""
    if cell.people is None:
        return -1
    share = cell.money_share.estimate if cell.money_share is not None else 0.0
    return sum(share >= limit for limit in LIMITS)


def area_rows(rfm: RfmFigure) -> list[dict[str, object]]:
    """Return one row per rectangle."""
    return [
        {"x": r0 - 0.5, "x2": r1 + 0.5, "y": f0 - 0.5, "y2": f1 + 0.5, "step": step_of(cell)}
        for cell in rfm.cells
        for r0, r1, f0, f1 in rectangles(cell.name)
    ]


def word_rows(rfm: RfmFigure, width: int) -> list[dict[str, object]]:
    """Return one row per line of text: the name, the people, the share of the money."""
    narrow = is_narrow(width)
    words: list[dict[str, object]] = []
    for cell in rfm.cells:
        r0, r1, f0, f1 = rectangles(cell.name)[0]
        name = folded(cell.name.capitalize(), max(6, int((r1 - r0 + 1) * width / 5 / (6.4 if narrow else 8))))
        lines = [*name, *figures_of(cell, short=narrow, wide=r1 > r0)]
        for place, line in enumerate(lines):
            words.append(
                {
                    "x": (r0 + r1) / 2,
                    "y": (f0 + f1) / 2,
                    "line": line,
                    "up": place - (len(lines) - 1) / 2,
                    "name": place < len(name),
                    "high": step_of(cell) >= HIGH_STEP,
                }
            )
    return words


def figures_of(cell: RfmCellFigure, *, short: bool, wide: bool) -> list[str]:
    if cell.people is None:
        return ["hidden"]
    share = percent(cell.money_share.estimate if cell.money_share is not None else 0.0)
    people = count(cell.people)
    return [people if short else f"{people} people", f"{share} of money" if wide and not short else share]


def chart(rfm: RfmFigure, *, width: int = 760) -> Any:
    """Draw the map; hidden areas are grey."""
    import altair as alt

    narrow = is_narrow(width)
    scale = alt.Scale(domain=[0.5, 5.5], nice=False, zero=False)

    def axis(title: str) -> alt.Axis:
        return alt.Axis(title=title, values=[1, 2, 3, 4, 5], format="d", grid=False, titleFontSize=11)

    x = alt.X("x:Q", scale=scale, axis=axis("recency score → bought more lately"))
    y = alt.Y("y:Q", scale=scale, axis=axis("order-count score → more orders"))
    colour = alt.Color(
        "step:O", scale=alt.Scale(domain=[-1, 0, 1, 2, 3, 4, 5, 6], range=[LIGHT["grid"], *STEPS]), legend=None
    )
    areas = area_rows(rfm)
    # An area of several rectangles is joined across the gap that separates areas.
    joins = [
        {"x": 1.5 + 0.012, "x2": 2.5 - 0.012, "y": 1.45, "y2": 1.55, "step": area["step"]}
        for area in areas
        if (area["x"], area["x2"], area["y"], area["y2"]) == (1.5, 2.5, 0.5, 1.5)
    ]
    layers: list[Any] = [
        alt.Chart(inline_data(rows)).mark_rect(**mark).encode(x=x, x2="x2:Q", y=y, y2="y2:Q", color=colour)
        for rows, mark in (
            (areas, {"stroke": LIGHT["paper"], "strokeWidth": 2}),
            (joins, {"cornerRadius": 0, "strokeWidth": 0}),
        )
    ]
    ink = alt.condition("datum.high", alt.value(LIGHT["on_high"]), alt.value(LIGHT["on_low"]))
    words = word_rows(rfm, width)
    # A mark has one offset and one size: one layer per line of text, names apart from figures.
    for up, is_name in sorted({(float(str(w["up"])), bool(w["name"])) for w in words}):
        size = (10.5 if narrow else 14) if is_name else (9.5 if narrow else 12)
        some = [w for w in words if w["up"] == up and w["name"] == is_name]
        text = alt.Chart(inline_data(some)).mark_text(
            dy=up * (13 if narrow else 17), fontSize=size, fontWeight=600 if is_name else 400
        )
        layers.append(text.encode(x="x:Q", y="y:Q", text="line:N", color=ink))
    drawn = alt.layer(*layers).properties(
        width=width, height=330 if narrow else 440, autosize=alt.AutoSizeParams(type="fit-x", contains="padding")
    )
    return dressed(drawn, TITLE, SUBTITLE, width=width)
