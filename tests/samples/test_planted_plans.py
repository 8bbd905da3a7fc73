import datetime as dt

import pytest

from segmentary.samples.planted_plans import ARMS, PLAN, PLANS, SHIFT_FROM, month_of


def test_shares_are_shares():
    for plan in PLANS:
        for shares in (plan.categories, plan.prices, plan.channels, plan.topics, *plan.nps.values()):
            assert sum(shares) == pytest.approx(1)
        assert sum(plan.weekday_weights) == pytest.approx(7)
    assert sum(plan.share for plan in PLANS) == pytest.approx(1)
    assert sum(ARMS.values()) == pytest.approx(1)


def test_one_taste_moves():
    plus = PLAN["plus"]
    assert plus.category_shares(SHIFT_FROM - 1) == plus.categories
    assert plus.category_shares(SHIFT_FROM)[3] > plus.categories[3]
    assert PLAN["pro"].category_shares(29) == PLAN["pro"].categories


def test_months_count_from_the_first():
    assert month_of(dt.date(2023, 9, 30)) == 0
    assert month_of(dt.date(2026, 3, 1)) == 30
