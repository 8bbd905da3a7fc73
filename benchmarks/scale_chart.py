"""How cost grows with the number of events, as a chart."""

from __future__ import annotations

from pathlib import Path
from typing import Any


def growth_sizes(customers: int, events: int) -> list[tuple[int, int]]:
    """Return customers and events of a hundredth, a tenth and the whole."""
    return [(max(customers // part, 1), max(events // part, 1)) for part in (100, 10, 1)]


def draw(results: dict[str, Any], folder: Path) -> None:
    """Write the chart as SVG and PNG."""
    import altair as alt
    import vl_convert

    from segmentary.report.images import svg
    from segmentary.report.theme import LIGHT

    labels = {"50 segments": "50 segments", "group by customer": "one group-by of the same events"}
    rows = [
        {"events": point["events"], "what": label, "seconds": point[key]["cpu_s"]}
        for point in results["growth"]["points"]
        for key, label in labels.items()
    ]
    colours = alt.Scale(domain=list(labels.values()), range=[LIGHT["blue"], LIGHT["orange"]])
    base = alt.Chart(alt.Data(values=rows)).encode(  # type: ignore[no-untyped-call]
        x=alt.X("events:Q", scale=alt.Scale(type="log"), title="events", axis=alt.Axis(format="~s", grid=False)),
        y=alt.Y("seconds:Q", scale=alt.Scale(type="log"), title="CPU seconds", axis=alt.Axis(format="~g")),
        color=alt.Color("what:N", scale=colours, title=None, legend=alt.Legend(orient="top", labelLimit=400)),
    )
    chart = (base.mark_line() + base.mark_point(filled=True, size=60)).properties(
        width=620, height=300, title="Cost grows with the number of events, and no faster"
    )
    folder.mkdir(parents=True, exist_ok=True)
    drawn = svg(chart, "scale", background=LIGHT["paper"])
    (folder / "scale.svg").write_text(drawn, encoding="utf-8")
    (folder / "scale.png").write_bytes(bytes(vl_convert.svg_to_png(drawn, scale=2.0)))
