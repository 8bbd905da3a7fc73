"""Drawings: escaped, with ids of their own."""

from __future__ import annotations

from segmentary.report.data import ReportData
from segmentary.report.images import charts_of, svg, with_own_ids


def test_names_in_a_drawing_are_text(data: ReportData) -> None:
    drawn = svg(charts_of(data)["segments"](500), "s")
    assert "<script" not in drawn
    assert "<img" not in drawn


def test_own_ids() -> None:
    drawn = '<g id="clip7"/><g clip-path="url(#clip7)" fill="url(#other)"/>'
    assert with_own_ids(drawn, "sales") == '<g id="sales-0"/><g clip-path="url(#sales-0)" fill="url(#other)"/>'


def test_a_page_has_the_title_itself(data: ReportData) -> None:
    chart = charts_of(data)["sales"](500)
    assert "month by month?" in svg(chart, "s")
    assert "month by month?" not in svg(chart, "s", title=False)
