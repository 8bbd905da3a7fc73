"""All charts of a report, and each as SVG or PNG: drawn here, offline, without a browser."""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Any

from segmentary.report.figures import ReportData
from segmentary.report.theme import LIGHT

Draw = Callable[[int], Any]
FILE_WIDTH = 860
SCALE = 2.0
IDS = re.compile(r'\bid="([^"]+)"')
USES = re.compile(r"url\(#([^)]+)\)")


def charts_of(data: ReportData) -> Mapping[str, Draw]:
    """Return name -> chart at a width in pixels, for the figures the report has."""
    from segmentary.report.charts import changes, geography, months, overlap, profile, retention, rfm_map, sizes

    found: dict[str, Draw] = {}
    if data.months:
        found["sales"] = lambda width: months.chart(data.months, data.currency, width=width)
    if any(s.people for s in data.segments):
        found["segments"] = lambda width: sizes.chart(data.segments, width=width)
    if data.rfm is not None and data.rfm.scored:
        rfm = data.rfm
        found["rfm"] = lambda width: rfm_map.chart(rfm, width=width)
    if data.comparisons:
        found["profile"] = lambda width: profile.chart(data.segments, data.comparisons, width=width)
    if data.overlap is not None:
        shared = data.overlap
        found["overlap"] = lambda width: overlap.chart(shared, width=width)
    if data.retention is not None and any(c.size is not None and len(c.cells) > 1 for c in data.retention.cohorts):
        cohorts = data.retention
        found["retention"] = lambda width: retention.chart(cohorts, width=width)
    if data.geography is not None and data.geography.places:
        places = data.geography
        found["geography"] = lambda width: geography.chart(places, width=width)
    if data.changes is not None and any(c.entered_total or c.left_total for c in data.changes.segments):
        moved = data.changes
        found["changes"] = lambda width: changes.chart(moved, width=width)
    return found


def svg(chart: Any, name: str, *, title: bool = True, background: str | None = None) -> str:
    """Return a chart as SVG text; without its title where the page has it as a heading.

    name : makes the ids inside the drawing its own, and the same every time.
    """
    import vl_convert

    document = chart.to_dict()
    if not title:
        document.pop("title", None)
    document["background"] = background
    return with_own_ids(str(vl_convert.vegalite_to_svg(document)), name)


def with_own_ids(drawn: str, name: str) -> str:
    """Give a drawing ids of its own: the renderer counts on from drawing to drawing."""
    fresh = {old: f"{name}-{i}" for i, old in enumerate(dict.fromkeys(IDS.findall(drawn)))}
    marked = IDS.sub(lambda found: f'id="{fresh[found[1]]}"', drawn)
    return USES.sub(lambda found: f"url(#{fresh.get(found[1], found[1])})", marked)


def save(data: ReportData, folder: Path, *, width: int = FILE_WIDTH) -> tuple[Path, ...]:
    """Write each chart as SVG and PNG on white; return the files."""
    import vl_convert

    folder.mkdir(parents=True, exist_ok=True)
    files = []
    for name, draw in charts_of(data).items():
        drawn = svg(draw(width), name, background=LIGHT["paper"])
        vector, picture = folder / f"{name}.svg", folder / f"{name}.png"
        vector.write_text(drawn, encoding="utf-8")
        picture.write_bytes(bytes(vl_convert.svg_to_png(drawn, scale=SCALE)))
        files += [vector, picture]
    return tuple(files)
