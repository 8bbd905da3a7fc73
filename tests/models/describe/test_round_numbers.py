"""Thresholds people can say aloud."""

from __future__ import annotations

from decimal import Decimal

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from segmentary.models.describe.round_numbers import roundest, threshold


@pytest.mark.parametrize(
    ("low", "high", "found"),
    [
        (17.3, 23.9, "20"),
        (0.0031, 0.0049, "0.004"),
        (-3.0, 2.0, "0"),
        (101, 149, "125"),
        (7, 7, "7"),
        (-52.0, -48.5, "-50"),
    ],
)
def test_round_numbers(low, high, found):
    assert roundest(low, high) == Decimal(found)


@given(st.floats(-1e9, 1e9), st.floats(1e-6, 1e6))
def test_a_round_number_is_where_it_should_be(low, width):
    found = roundest(low, low + width)
    assert Decimal(repr(low)) < found <= Decimal(repr(low + width)) or low == low + width


def test_thresholds_move_few_people():
    x = np.random.default_rng(0).lognormal(3, 1, 1000)
    for cut in np.quantile(x, [0.1, 0.5, 0.9]):
        moved = ((x >= float(threshold(x, cut))) != (x >= cut)).mean()
        assert moved <= 0.025
    whole = np.arange(10.0)
    assert threshold(whole, 5.0) == threshold(whole, 5.0).to_integral_value()
    assert ((whole >= float(threshold(whole, 5.0))) == (whole >= 5)).all()
