"""Sales month by month, the unfinished month pale."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from segmentary.report.figures import Month
from segmentary.report.numbers import short_money
from segmentary.report.theme import LIGHT, dressed, inline_data, is_narrow

TITLE = "How do sales run, month by month?"
SUBTITLE = "Gross sales of identified customers. A pale bar is a month that has not ended: no fall."
LATEST = 36


def chart(months: Sequence[Month], currency: str, *, width: int = 760) -> Any:
    """Draw the latest three years at most."""
    import altair as alt

    narrow = is_narrow(width)
    rows = [
        {
            "month": m.month.isoformat(),
            "money": float(m.money),
            "partial": m.partial,
            "label": short_money(m.money, currency),
        }
        for m in months[-LATEST:]
    ]
    every = max(1, len(rows) // (4 if narrow else 13) + (1 if len(rows) > (4 if narrow else 13) else 0))
    kept = [m.month.isoformat() for m in months[-LATEST:]][::every]
    base = alt.Chart(inline_data(rows))
    x = alt.X(
        "month:O",
        axis=alt.Axis(
            title=None,
            values=kept,
            labelExpr="timeFormat(toDate(datum.value + 'T00:00:00'), '%b %Y')",
            labelAngle=0,
            labelOverlap=True,
        ),
        scale=alt.Scale(paddingInner=0.25),
    )
    # A currency's sign in front of short numbers: 1.2M. SI's G for a thousand million is no English.
    sign = short_money(0, currency).replace("0", "").strip()
    spell = (
        f"'{sign}' + upper(replace(format(datum.value, '~s'), 'G', 'B'))"
        if sign.isprintable() and "'" not in sign
        else ""
    )
    y = alt.Y("money:Q", axis=alt.Axis(title=None, tickCount=4, grid=True, labelExpr=spell or "datum.label"))
    bars = base.mark_bar(cornerRadiusEnd=3).encode(
        x=x,
        y=y,
        color=alt.condition("datum.partial", alt.value(LIGHT["faded"]), alt.value(LIGHT["blue"])),
    )
    layers = [bars]
    if len(rows) <= 14 and not narrow:
        layers.append(
            base.mark_text(dy=-7, fontSize=11, color=LIGHT["muted"]).encode(x=x, y=alt.Y("money:Q"), text="label:N")
        )
    drawn = alt.layer(*layers).properties(
        width=width, height=180 if narrow else 230, autosize=alt.AutoSizeParams(type="fit-x", contains="padding")
    )
    return dressed(drawn, TITLE, SUBTITLE, width=width)
