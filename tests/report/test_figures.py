"""Figures are frozen, and name what they compare."""

from __future__ import annotations

from dataclasses import FrozenInstanceError

import pytest

from segmentary.report.data import ReportData
from segmentary.report.figures import SegmentInput


def test_a_report_cannot_be_changed(data: ReportData) -> None:
    with pytest.raises(FrozenInstanceError):
        data.title = "other"  # type: ignore[misc]


def test_labels(data: ReportData) -> None:
    labels = {c.label for c in data.comparisons}
    assert "Orders" in labels
    assert "Country: Freedonia" in labels
    assert data.tests == len(data.comparisons) > 20


def test_a_segment_needs_only_a_name() -> None:
    assert SegmentInput("vip").uses == frozenset()
