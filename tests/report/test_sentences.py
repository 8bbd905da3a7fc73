"""Headlines say what the figures say, and nothing that is hidden."""

from __future__ import annotations

import datetime as dt
from dataclasses import replace

from segmentary.report.data import ReportData
from segmentary.report.figures import Population
from segmentary.report.sentences import difference_figure, figure, headlines, marker_sentence


def texts(data: ReportData) -> str:
    return "\n".join(h.text for h in headlines(data))


def test_general_figures(data: ReportData) -> None:
    said = texts(data)
    assert "600 of 600 customers have bought" in said
    assert "ordered more than once (95% interval" in said
    assert "The best fifth of buyers (120 of 600) brings" in said
    assert "March 2026 had not ended (data until 8 March 2026)" in said
    assert "order again in the month after their first order" in said


def test_every_headline_points_to_a_section(data: ReportData) -> None:
    sections = {"sales", "segments", "rfm", "profile", "overlap", "retention", "geography", "changes"}
    assert {h.section for h in headlines(data)} <= sections


def test_no_orders() -> None:
    nothing = ReportData("t", dt.datetime(2026, 1, 1, tzinfo=dt.UTC), None, "UTC", "EUR", 11, Population(3))
    assert texts(nothing) == "3 customers are known; none of them has an order yet."


def test_an_ended_month_is_not_mentioned(data: ReportData) -> None:
    ended = replace(data, months=tuple(replace(m, partial=False) for m in data.months))
    assert "had not ended" not in texts(ended)


def test_comparisons_carry_units(data: ReportData) -> None:
    by_key = {(c.segment, c.trait, c.level): c for c in data.comparisons}
    orders = by_key["newsletter", "order_count", None]
    assert figure(orders, 3.21, "EUR") == "3.21 orders"
    assert marker_sentence(orders, "EUR").startswith("Orders: ")
    assert difference_figure(orders, "EUR")[0].endswith("orders")
    money = by_key["newsletter", "monetary", None]
    assert figure(money, 1234.5, "EUR") == "€1,234"
    assert difference_figure(money, "EUR")[0].startswith("+€")
    share = next(c for c in data.comparisons if c.kind == "share")
    assert figure(share, 0.25, "EUR") == "25.0%"
    assert difference_figure(share, "EUR")[0].endswith("points")
