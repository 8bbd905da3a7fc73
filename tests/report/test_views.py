"""Sections hold text only, each table as wide as its head, hidden figures say so."""

from __future__ import annotations

from segmentary.report.data import ReportData
from segmentary.report.views import sections, tiles


def test_tables_are_rectangular(data: ReportData) -> None:
    for section in sections(data):
        for table in section.tables:
            assert table.caption
            assert all(len(row) == len(table.columns) for row in table.rows)
            assert all(isinstance(cell.text, str) and cell.text for row in table.rows for cell in row[1:])


def test_hidden_says_hidden(data: ReportData) -> None:
    (table,) = next(s for s in sections(data) if s.id == "segments").tables
    handful = next(row for row in table.rows if row[0].text == "Handful")
    assert [cell.text for cell in handful[1:]] == ["hidden", "hidden", "–", "–", "–"]


def test_tiles(data: ReportData) -> None:
    assert [t.label for t in tiles(data)] == [
        "customers",
        "buyers",
        "orders",
        "gross sales",
        "refunds",
        "average order",
    ]


def test_reasons_are_explained(data: ReportData) -> None:
    section = next(s for s in sections(data) if s.id == "changes")
    assert section.tables[0].rows[0][2].text == "event hidden, late data hidden"
    assert dict(section.terms)["late data"]
