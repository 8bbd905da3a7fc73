"""What was brought in all, and the cost of one more."""

from __future__ import annotations

import pytest

from segmentary.measurement.experiment.effects import Effect
from segmentary.measurement.experiment.incremental import incremental


def made(low, high):
    middle = (low + high) / 2
    return Effect(middle, low, high, 0.1, 0.01, 1.0, 0.5, 1_000, 1_000, "Welch")


def test_totals_and_costs_of_one_more():
    found = incremental(made(0.1, 0.3), 1_000, arm="mail", metric="orders", cost_per_person=0.5)
    assert (found.total, found.low, found.high) == pytest.approx((200, 100, 300))
    assert (found.each, found.each_low, found.each_high) == pytest.approx((2.5, 500 / 300, 5.0))
    assert found.gain is None


def test_money_is_held_against_its_cost():
    found = incremental(made(1.0, 3.0), 1_000, arm="mail", metric="spend", cost_per_person=0.5, money=True)
    assert (found.gain, found.gain_low, found.gain_high) == pytest.approx((3.0, 1.0, 5.0))


def test_where_nothing_may_have_been_brought_a_cost_cannot_be_said():
    found = incremental(made(-0.1, 0.3), 1_000, arm="mail", metric="orders", cost_per_person=0.5)
    assert found.each is None
    assert found.why.startswith("cannot be said")
    assert incremental(made(-0.1, 0.3), 1_000, arm="mail", metric="orders").why == ""
