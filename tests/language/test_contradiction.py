from __future__ import annotations

import datetime as dt

import pytest

from segmentary.language.contradiction import contradiction, opposites
from segmentary.language.python import events, trait

orders = events("order_completed")


@pytest.mark.parametrize(
    "condition",
    [
        (trait("x") < 18) & (trait("x") > 30),
        (trait("x") < 18) & (trait("y") > 3) & (trait("x") >= 18),
        (trait("x") == "a") & (trait("x") == "b"),
        (trait("x") == "a") & (trait("x") != "a"),
        trait("x").is_in(1, 2) & (trait("x") > 2),
        trait("x").is_missing() & (trait("x") > 2),
        trait("x").is_missing() & trait("x").exists(),
        trait("x").before(dt.date(2026, 1, 1)) & trait("x").after(dt.date(2026, 1, 1)),
        (orders.count() >= 3) & (orders.count() <= 2),
        trait("x").is_missing() & trait("x").within_last("3d"),
    ],
)
def test_conditions_that_cannot_hold_together_are_named(condition):
    assert contradiction(condition.rule) is not None


@pytest.mark.parametrize(
    "condition",
    [
        (trait("x") > 18) & (trait("x") < 30),
        (trait("x") >= 18) & (trait("x") <= 18),
        trait("x").after(dt.date(2026, 1, 1)) & trait("x").before(dt.datetime(2026, 1, 1, tzinfo=dt.UTC)),
        (orders.last("3d").count() >= 3) & (orders.count() <= 2),
        (trait("x") == "a") & trait("x").equals("b", ignore_case=True),
    ],
)
def test_conditions_that_can_hold_together_are_left_alone(condition):
    assert contradiction(condition.rule) is None


def test_the_conditions_that_clash_are_given():
    low, high, other = trait("x") < 18, trait("x") > 30, trait("y") > 3
    assert contradiction((low & other & high).rule) == (low.rule, high.rule)


def test_opposites():
    rule = trait("x") > 3
    assert opposites([rule.rule, (~rule).rule]) == rule.rule
    assert opposites([rule.rule, (trait("x") <= 3).rule]) is None
