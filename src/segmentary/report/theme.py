"""One look for every chart: colours with a role, grey axes, titles as sentences, room to read.

Charts are drawn in the light colours. Each colour has a role, and a page may give the role another colour: the style
sheet of the report does so for dark mode, by the very hex codes of this file. They are therefore all different.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    import altair as alt

FONT = "Inter, system-ui, -apple-system, 'Segoe UI', Roboto, 'Helvetica Neue', Arial, sans-serif"

LIGHT = {
    "ink": "#1b2330",
    "muted": "#5d6779",
    "axis": "#98a1b0",
    "grid": "#e4e8ee",
    "faded": "#c3cad6",
    "paper": "#ffffff",
    "blue": "#2f5fd0",
    "orange": "#e07b39",
    "green": "#2a9d78",
    "purple": "#a64d9d",
    "gold": "#c9a227",
    "slate": "#5b6577",
    "step1": "#edf2fc",
    "step2": "#d3e0f8",
    "step3": "#aec6f2",
    "step4": "#85a8ea",
    "step5": "#5480de",
    "step6": "#2f5fcf",
    "step7": "#1e4299",
    "sand": "#f7d9c2",
    "on_low": "#1b2331",
    "on_high": "#fffffe",
    "on_orange": "#1b2332",
}
DARK = {
    "ink": "#e8ecf3",
    "muted": "#a3adbd",
    "axis": "#6d7788",
    "grid": "#2c3442",
    "faded": "#4a5465",
    "paper": "#161b24",
    "blue": "#7da2f7",
    "orange": "#f0a069",
    "green": "#4fc59d",
    "purple": "#d38acb",
    "gold": "#dfbf57",
    "slate": "#a3adbc",
    "step1": "#1d2638",
    "step2": "#23345a",
    "step3": "#2b457e",
    "step4": "#365aa8",
    "step5": "#5a82d8",
    "step6": "#84a6ee",
    "step7": "#b3caf9",
    "sand": "#63402a",
    "on_low": "#e8ecf2",
    "on_high": "#0f141c",
    "on_orange": "#0f141d",
}
STEPS = tuple(LIGHT[f"step{i}"] for i in range(1, 8))
# From this step on a dark (in dark mode a light) ground needs the other text colour.
HIGH_STEP = 4

# Below this width a chart drops what a telephone has no room for.
NARROW = 480


def is_narrow(width: int) -> bool:
    """Say whether a chart is drawn for a telephone."""
    return width < NARROW


WORDS = {"font": FONT, "color": LIGHT["ink"]}
TITLES = {
    **WORDS,
    "anchor": "start",
    "frame": "bounds",
    "fontSize": 16,
    "fontWeight": 600,
    "subtitleColor": LIGHT["muted"],
    "subtitleFont": FONT,
    "subtitleFontSize": 12,
    "subtitlePadding": 6,
    "offset": 14,
}
AXES = {
    "labelColor": LIGHT["muted"],
    "labelFont": FONT,
    "labelFontSize": 12,
    "titleColor": LIGHT["muted"],
    "titleFont": FONT,
    "titleFontSize": 12,
    "titleFontWeight": 400,
    "titlePadding": 8,
    "domainColor": LIGHT["axis"],
    "tickColor": LIGHT["axis"],
    "gridColor": LIGHT["grid"],
    "tickSize": 4,
}
LEGENDS = {
    "orient": "top",
    "direction": "horizontal",
    "labelColor": LIGHT["ink"],
    "labelFont": FONT,
    "labelFontSize": 12,
    "labelLimit": 260,
    "title": None,
    "symbolType": "square",
    "symbolSize": 110,
    "offset": 8,
}
HEADERS = {
    "labelColor": LIGHT["ink"],
    "labelFont": FONT,
    "labelFontSize": 13,
    "labelFontWeight": 600,
    "labelAnchor": "start",
    "title": None,
}


def configuration() -> dict[str, Any]:
    """Return the Vega-Lite configuration that every chart carries."""
    return {
        "background": "transparent",
        # The page describes each chart in words and as a table; thousands of labels per mark would only repeat it.
        "aria": False,
        "font": FONT,
        "padding": 4,
        "view": {"stroke": None},
        "title": TITLES,
        "axis": AXES,
        "axisY": {"domain": False, "ticks": False, "labelPadding": 8, "grid": False},
        "axisX": {"domain": False, "ticks": False, "labelPadding": 6},
        "legend": LEGENDS,
        "header": HEADERS,
        "text": {**WORDS, "fontSize": 12},
        "bar": {"cornerRadiusEnd": 2},
        "rect": {"cornerRadius": 3},
        "range": {
            "category": [LIGHT[c] for c in ("blue", "orange", "green", "purple", "gold", "slate")],
            "heatmap": list(STEPS),
            "ramp": list(STEPS),
        },
    }


def inline_data(rows: Sequence[Mapping[str, object]]) -> Any:
    """Return rows as chart data: part of the chart, so that it can be shown anywhere."""
    import altair as alt

    return alt.InlineData(values=[dict(row) for row in rows])


def dressed(chart: alt.TopLevelMixin, title: str, subtitle: str, *, width: int) -> Any:
    """Return the chart with the theme, its title as a sentence, and what its marks mean below it."""
    import altair as alt

    lines = folded(subtitle, max(24, width // 7))
    named = chart.properties(title=alt.TitleParams(text=folded(title, max(20, width // 9)), subtitle=lines))
    return named.configure(**configuration())


def folded(text: str, size: int) -> list[str]:
    """Break a sentence into lines of about so many characters."""
    lines: list[str] = []
    for word in text.split():
        if lines and len(lines[-1]) + 1 + len(word) <= size:
            lines[-1] += " " + word
        else:
            lines.append(word)
    return lines


def shortened(text: str, size: int) -> str:
    """Cut a long name with an ellipsis."""
    return text if len(text) <= size else text[: size - 1].rstrip() + "…"


def unique(texts: Sequence[str]) -> list[str]:
    """Make shortened texts different again, by a number behind those that became equal."""
    seen: dict[str, int] = {}
    found = []
    for text in texts:
        seen[text] = seen.get(text, 0) + 1
        found.append(text if seen[text] == 1 else f"{text} ({seen[text]})")
    return found


# SI's G for a thousand million is no English.
LARGE = "upper(replace(replace(format(datum.value, '~s'), 'G', 'B'), 'k', 'K'))"
"""Vega expression: the label of an axis of large amounts."""
