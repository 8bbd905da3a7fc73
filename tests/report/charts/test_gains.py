"""Gains of a first share of people: a band of the first order, a line each, and chance."""

from __future__ import annotations

import pytest

from segmentary.report.charts.gains import Gain, chart


@pytest.mark.parametrize("width", [340, 760])
def test_every_order_has_a_line_and_the_first_a_band(width):
    shares = (0.0, 0.5, 1.0)
    drawn = chart(
        [Gain("one", shares, (0.0, 0.1, 0.1), (0.0, 0.0, 0.0), (0.0, 0.2, 0.2)), Gain("two", shares, (0.0, 0.0, 0.1))],
        "Gains", "By share", expression="datum.value", width=width,
    ).to_dict()  # fmt: skip
    text = str(drawn)
    assert "'area'" in text
    assert "'one'" in text
    assert "'two'" in text
