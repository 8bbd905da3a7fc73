"""Sizes run by run are drawn, few and many, with and without movement."""

import pytest

from segmentary.report.charts.size_history import Moment, chart


@pytest.mark.parametrize("many", [1, 3, 40])
@pytest.mark.parametrize("width", [320, 900])
def test_drawn(many, width):
    moments = [
        Moment(f"day {n}", f"2026-01-{n % 28 + 1:02d}T00:00:00+00:00", 10 + n, 2 if n else None, 1 if n else None)
        for n in range(many)
    ]
    document = chart(moments, width=width).to_dict()
    assert ("vconcat" in document) == (many > 1)
