"""The parts of a page have sensible defaults."""

from __future__ import annotations

from segmentary.report.page import Cell, Section


def test_defaults() -> None:
    assert Cell("1").numeric
    section = Section("a", "A")
    assert (section.tables, section.cards, section.notes, section.terms, section.chart) == ((), (), (), (), "")
