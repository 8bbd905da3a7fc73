"""The retention triangle: of those who first ordered in a month, how many order again in each later one."""

from __future__ import annotations

from typing import Any

from segmentary.report.figures import RetentionFigure
from segmentary.report.numbers import count, month
from segmentary.report.theme import HIGH_STEP, LIGHT, STEPS, dressed, inline_data, is_narrow

TITLE = "Do new customers come back?"
SUBTITLE = (
    "Percent of each cohort that orders so many months after its first order. Outlined: the month has not ended. "
    "Dot: hidden, too few people. Star: the first month of the data, old customers among the new."
)
LIMITS = (0.05, 0.1, 0.15, 0.2, 0.3, 0.4)
LATEST = 24


def chart(retention: RetentionFigure, *, width: int = 760) -> Any:
    """Draw the latest cohorts, oldest on top; month 0 (all of them) is left out."""
    import altair as alt

    narrow = is_narrow(width)
    cohorts = [c for c in retention.cohorts if c.size is not None and len(c.cells) > 1][-LATEST:]
    most = 12 if narrow else LATEST
    names: list[str] = []
    cells: list[dict[str, object]] = []
    for cohort in cohorts:
        star = " *" if cohort.inherited else ""
        name = f"{month(cohort.month)}{star}" if narrow else f"{month(cohort.month)}{star} · {count(cohort.size)}"
        names.append(name)
        for cell in cohort.cells:
            if 0 < cell.months_after <= most:
                share = cell.share.estimate if cell.share is not None else None
                step = -1 if share is None else sum(share >= limit for limit in LIMITS)
                cells.append(
                    {
                        "cohort": name,
                        "after": cell.months_after,
                        "step": step,
                        "label": "·" if share is None else f"{share * 100:.0f}",
                        "partial": cell.partial,
                        "high": step >= HIGH_STEP and not cell.partial,
                    }
                )
    base = alt.Chart(inline_data(cells))
    y = alt.Y("cohort:O", sort=names, title=None, scale=alt.Scale(domain=names, padding=0.06))
    x = alt.X(
        "after:O",
        title="months after the first order",
        axis=alt.Axis(orient="top", labelAngle=0),
        scale=alt.Scale(padding=0.06),
    )
    colour = alt.Color(
        "step:O", scale=alt.Scale(domain=[-1, 0, 1, 2, 3, 4, 5, 6], range=[LIGHT["grid"], *STEPS]), legend=None
    )
    whole = base.transform_filter("!datum.partial").mark_rect().encode(x=x, y=y, color=colour)
    open_month = (
        base.transform_filter("datum.partial")
        .mark_rect(filled=False, stroke=LIGHT["axis"], strokeDash=[3, 2], strokeWidth=1)
        .encode(x=x, y=y)
    )
    text = base.mark_text(fontSize=9.5 if narrow else 12).encode(
        x=x,
        y=y,
        text="label:N",
        color=alt.condition("datum.high", alt.value(LIGHT["on_high"]), alt.value(LIGHT["on_low"])),
    )
    drawn = alt.layer(whole, open_month, text).properties(
        width=width,
        height=alt.Step(24 if narrow else 27),
        autosize=alt.AutoSizeParams(type="fit-x", contains="padding"),
    )
    return dressed(drawn, TITLE, SUBTITLE, width=width)
