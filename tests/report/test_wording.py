"""Fixed words."""

from __future__ import annotations

from segmentary.report import wording
from segmentary.report.data import ReportData
from segmentary.report.images import charts_of


def test_plural_and_limit() -> None:
    assert wording.hidden_groups("country", 1, 11).startswith("1 country is hidden: fewer than 11")
    assert wording.hidden_groups("country", 28, 11).startswith("28 countries are hidden")
    assert wording.hidden_groups("segment", 2, 5).startswith("2 segments are hidden: fewer than 5")


def test_every_chart_has_words(data: ReportData) -> None:
    assert charts_of(data).keys() == wording.CHARTS.keys()


def test_terms_name_the_moment_and_the_currency(data: ReportData) -> None:
    terms = dict(wording.terms(data))
    assert "10 March 2026 in Europe/Paris" in terms["As of"]
    assert "EUR" in terms["Gross sales"]
    assert "Groups below 11" in terms["Hidden"]


def test_cuts() -> None:
    assert wording.cuts({"recency": ("1", "2"), "order_count": ()}) == "Cut points: days since the last order 1, 2."
