"""Charts as the office program's own: bars, lines, points and bubbles with their workbook inside, intervals as bars."""

from __future__ import annotations

from importlib import import_module
from typing import Any

from segmentary.report.document import Native, Series
from segmentary.report.theme import LIGHT

COLOURS = ("blue", "orange", "green", "purple", "gold", "slate")
LONGEST = 80


def add_chart(slide: Any, native: Native, at: tuple[int, int, int, int]) -> Any:
    """Add the chart to a slide; return its frame."""
    T = import_module("pptx.enum.chart").XL_CHART_TYPE  # noqa: N806 - a name of the library

    kinds = {
        "bars": T.BAR_CLUSTERED,
        "columns": T.COLUMN_CLUSTERED,
        "stacked": T.BAR_STACKED_100,
        "lines": T.LINE_MARKERS,
        "points": T.XY_SCATTER,
        "bubbles": T.BUBBLE,
    }
    frame = slide.shapes.add_chart(kinds[native.kind], *at, data_of(native))
    chart = frame.chart
    dress_chart(chart, native)
    if native.kind in ("bars", "columns", "lines", "points"):
        for drawn, given in zip(chart.plots[0].series, native.series, strict=True):
            add_error_bars(drawn, given, native.kind)
    return frame


def data_of(native: Native) -> Any:
    """Return the numbers as the chart's own workbook holds them."""
    kinds = import_module("pptx.chart.data")

    if native.kind in ("points", "bubbles"):
        data = (kinds.BubbleChartData if native.kind == "bubbles" else kinds.XyChartData)(
            number_format=native.number_format
        )
        for one in native.series:
            series = data.add_series(one.name)
            for place, (x, y) in enumerate(zip(one.x, one.values, strict=True)):
                if x is None or y is None:
                    continue
                if native.kind == "bubbles":
                    series.add_data_point(x, y, (one.size[place] if one.size else None) or 1.0)
                else:
                    series.add_data_point(x, y)
        return data
    data = kinds.CategoryChartData(number_format=native.number_format)
    data.categories = [category[:LONGEST] for category in native.categories]
    for one in native.series:
        data.add_series(one.name, [None if value is None or value != value else value for value in one.values])
    return data


def dress_chart(chart: Any, native: Native) -> None:
    """Give the chart the colours, the legend and the axes of the house."""
    from pptx.enum.chart import XL_LEGEND_POSITION
    from pptx.util import Pt

    colours = import_module("pptx.dml.color").RGBColor

    def rgb(role: str) -> Any:
        return colours.from_string(LIGHT[role].removeprefix("#").upper())

    chart.has_title = False
    chart.font.size, chart.font.name = Pt(12 if len(native.categories) <= 14 else 9), "Calibri"
    chart.font.color.rgb = rgb("ink")
    chart.has_legend = len(native.series) > 1
    if chart.has_legend:
        chart.legend.position, chart.legend.include_in_layout = XL_LEGEND_POSITION.TOP, False
    for place, series in enumerate(chart.plots[0].series):
        role = COLOURS[place % len(COLOURS)]
        if native.kind in ("lines", "points"):
            series.marker.size = 8
            series.marker.style = marker(place)
            series.marker.format.fill.solid()
            series.marker.format.fill.fore_color.rgb = rgb(role)
            series.format.line.color.rgb = rgb(role)
            if native.kind == "points":
                series.format.line.fill.background()
            else:
                series.smooth = False
        else:
            series.format.fill.solid()
            series.format.fill.fore_color.rgb = rgb(role)
            for at, pale in enumerate(native.series[place].pale):
                if pale:
                    series.points[at].format.fill.solid()
                    series.points[at].format.fill.fore_color.rgb = rgb("faded")
    axes(chart, native, rgb)


def marker(place: int) -> Any:
    from pptx.enum.chart import XL_MARKER_STYLE as S

    return (S.CIRCLE, S.DIAMOND, S.SQUARE, S.TRIANGLE, S.X, S.PLUS)[place % 6]


def axes(chart: Any, native: Native, rgb: Any) -> None:
    values, others = chart.value_axis, chart.category_axis
    values.tick_labels.number_format, values.tick_labels.number_format_is_linked = native.number_format, False
    values.major_gridlines.format.line.color.rgb = rgb("grid")
    values.format.line.fill.background()
    others.format.line.color.rgb = rgb("axis")
    if native.kind in ("bars", "stacked"):
        # Lying bars are read from the top.
        others.reverse_order = True
        from pptx.enum.chart import XL_TICK_LABEL_POSITION

        others.tick_label_position = XL_TICK_LABEL_POSITION.LOW
        values.tick_label_position = XL_TICK_LABEL_POSITION.HIGH
    if native.kind in ("points", "bubbles"):
        others.has_major_gridlines = True
        others.major_gridlines.format.line.color.rgb = rgb("grid")
        others.tick_labels.number_format, others.tick_labels.number_format_is_linked = native.number_format, False
        label_points(chart, native)
    if native.kind in ("bars", "columns", "stacked"):
        chart.plots[0].gap_width = 60
        if native.kind != "stacked":
            chart.plots[0].overlap = -5
    for axis, text in ((values, native.axis), (others, native.across)):
        axis.has_title = bool(text)
        if text:
            axis.axis_title.text_frame.text = text


def label_points(chart: Any, native: Native) -> None:
    """Write beside each point whose it is: a scatter's own workbook has no room for names."""
    from pptx.util import Pt

    for drawn, given in zip(chart.plots[0].series, native.series, strict=True):
        names = native.categories or (given.name,) * len(given.values)
        place = 0
        for name, x, y in zip(names, given.x, given.values, strict=True):
            if x is None or y is None:
                continue
            frame = drawn.points[place].data_label.text_frame
            frame.text = name[:LONGEST]
            frame.paragraphs[0].runs[0].font.size = Pt(10)
            place += 1


def add_error_bars(drawn: Any, given: Series, kind: str) -> None:
    """Add intervals as custom error bars, which the chart library does not offer itself."""
    if not given.low or all(low is None for low in given.low):
        return
    etree = import_module("lxml.etree")

    space = "http://schemas.openxmlformats.org/drawingml/2006/chart"
    drawing = "http://schemas.openxmlformats.org/drawingml/2006/main"

    def add(parent: Any, tag: str, **attributes: str) -> Any:
        return etree.SubElement(parent, f"{{{space}}}{tag}", attributes)

    bars = etree.Element(f"{{{space}}}errBars")
    if kind in ("lines", "points"):
        # Bars and columns know one direction only, and do not name it.
        add(bars, "errDir", val="y")
    add(bars, "errBarType", val="both")
    add(bars, "errValType", val="cust")
    add(bars, "noEndCap", val="0")
    for tag, far in (("plus", given.high), ("minus", given.low)):
        literal = add(add(bars, tag), "numLit")
        add(literal, "formatCode").text = "General"
        add(literal, "ptCount", val=str(len(given.values)))
        for place, (value, end) in enumerate(zip(given.values, far, strict=True)):
            if value is not None and end is not None and value == value and end == end:
                add(add(literal, "pt", idx=str(place)), "v").text = repr(abs(end - value))
    shape = add(bars, "spPr")
    line = etree.SubElement(shape, f"{{{drawing}}}ln", {"w": "12700"})
    fill = etree.SubElement(line, f"{{{drawing}}}solidFill")
    etree.SubElement(fill, f"{{{drawing}}}srgbClr", {"val": LIGHT["ink"].removeprefix("#").upper()})
    place_error_bars(drawn._element, bars, space)


def place_error_bars(series: Any, bars: Any, space: str) -> None:
    """Put the bars where the order of the format wants them: before the values."""
    for tag in ("cat", "xVal", "val", "yVal"):
        found = series.find(f"{{{space}}}{tag}")
        if found is not None:
            found.addprevious(bars)
            return
    series.append(bars)
