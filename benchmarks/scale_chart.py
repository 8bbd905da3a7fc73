"""How cost grows with the number of events, as a chart."""

from __future__ import annotations

from pathlib import Path
from typing import Any

WIDTH = 760


def growth_sizes(customers: int, events: int) -> list[tuple[int, int]]:
    """Return customers and events of a hundredth, a tenth and the whole."""
    return [(max(customers // part, 1), max(events // part, 1)) for part in (100, 10, 1)]


def draw(results: dict[str, Any], folder: Path) -> None:
    """Write the chart as SVG and PNG."""
    import altair as alt
    import vl_convert

    from segmentary.report.images import svg
    from segmentary.report.theme import LIGHT, dressed, inline_data

    labels = {"50 segments": "50 segments", "group by customer": "one group-by of the same events"}
    points = results["growth"]["points"]
    rows = [
        {"events": point["events"], "what": label, "seconds": point[key]["cpu_s"]}
        for point in points
        for key, label in labels.items()
    ]
    colours = alt.Scale(domain=list(labels.values()), range=[LIGHT["blue"], LIGHT["orange"]])
    tens = [10.0**power for power in range(-3, 4)]
    sizes = alt.Axis(format="~s", grid=False, values=[point["events"] for point in points])
    seconds = alt.Axis(format="~g", values=tens)
    base = alt.Chart(inline_data(rows)).encode(
        x=alt.X("events:Q", scale=alt.Scale(type="log"), title="events", axis=sizes),
        y=alt.Y("seconds:Q", scale=alt.Scale(type="log"), title="CPU seconds", axis=seconds),
        color=alt.Color("what:N", scale=colours, title=None, legend=alt.Legend(orient="top", labelLimit=400)),
    )
    drawn_chart = dressed(
        (base.mark_line() + base.mark_point(filled=True, size=60, opacity=1)).properties(width=WIDTH - 80, height=280),
        "How does cost grow with the number of events?",
        "CPU seconds of one evaluation of fifty segments, and of the plainest group-by; both axes by powers of ten.",
        width=WIDTH,
    )
    folder.mkdir(parents=True, exist_ok=True)
    drawn = svg(drawn_chart, "scale", background=LIGHT["paper"])
    (folder / "scale.svg").write_text(drawn, encoding="utf-8")
    (folder / "scale.png").write_bytes(bytes(vl_convert.svg_to_png(drawn, scale=2.0)))
