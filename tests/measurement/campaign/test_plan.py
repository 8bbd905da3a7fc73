"""What a campaign is judged by, and the experiment it is."""

import datetime as dt

import pytest

from segmentary.activation.campaign import Campaign, Target
from segmentary.errors import UsageError
from segmentary.measurement.campaign.plan import metrics_of, place_of, plan_of, window_days
from segmentary.measurement.experiment.plan import Wave

AT = dt.datetime(2026, 3, 1, 9, tzinfo=dt.UTC)
MAIL = Campaign("spring", "email", "marketing", "m", (Target("gold"), Target("plain")), holdout=0.2)


def test_orders_and_revenue_stand_beside_what_was_wished_for():
    assert [one.text for one in metrics_of("", "2w")] == [
        "buys = any order_completed in 14d",
        "orders = count order_completed in 14d",
        "revenue = sum order_completed.amount in 14d",
    ]
    own = metrics_of("spend = sum order_completed.amount in 7d", "28d")
    assert [(one.name, one.days) for one in own] == [("spend", 7), ("orders", 7)]
    assert [one.name for one in metrics_of("visits = trait visited", "")] == ["visits", "orders", "revenue"]
    assert place_of(own, "sum", "amount") == 0
    assert place_of(own, "any") == -1
    with pytest.raises(UsageError):
        window_days("soon")


def test_the_holdout_is_the_control_arm():
    waves = [Wave(1, AT, {}), Wave(2, AT + dt.timedelta(days=5), {})]
    plan = plan_of(MAIL, waves)
    assert plan.shares == {"treated": 0.8, "holdout": 0.2}
    assert plan.control == "holdout"
    assert plan.segments == ("gold", "plain")
    assert plan.look_at == AT + dt.timedelta(days=33)
    assert plan.adjusted
    arms = Campaign("ab", "email", "marketing", "m", (Target("gold"),), arms={"a": 1, "b": 3}, holdout=0.2)
    assert plan_of(arms, []).shares == pytest.approx({"a": 0.2, "b": 0.6, "holdout": 0.2})
    assert plan_of(arms, []).look_at is None


def test_without_a_holdout_there_is_nothing_to_hold_it_against():
    with pytest.raises(UsageError, match="nobody was held out"):
        plan_of(Campaign("all", "email", "marketing", "m", (Target("gold"),), holdout=0.0), [])
