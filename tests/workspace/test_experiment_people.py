"""Who is in an experiment: by arm, by segment as it was, whom nobody drew, and who is in two arms."""

from __future__ import annotations

import datetime as dt
from dataclasses import replace

import pytest
from sqlglot import exp
from tests.workspace.experiment_shop import IDS, NOW, PEOPLE, shop

from segmentary.errors import UnknownNameError, UsageError
from segmentary.workspace.experiment_people import (
    Then,
    arms_of,
    assigned,
    campaign_names,
    exposed,
    moments_of,
    shares_by_segment,
    strata,
)


def counted(table):
    query = exp.select("segment", exp.Count(this=exp.Star())).from_(table).group_by("segment")
    return dict(shop().warehouse.rows(query))


def everybody():
    return exp.select(exp.column("customer_id", quoted=True)).from_(exp.table_("profile", quoted=True))


def test_exposed_people_have_one_row_each_with_their_moment():
    assert campaign_names(shop()) == ["Spring / 2026", "vouchers"]
    table = exposed(shop(), "Spring / 2026")
    assert sum(arms_of(shop(), table).values()) == 50
    assert moments_of(shop(), table) == [NOW - dt.timedelta(days=40)]
    with pytest.raises(UnknownNameError, match="autumn"):
        exposed(shop(), "autumn")


def test_everybody_drawn_is_read_in_the_segment_and_arm_that_was_planned():
    plan = shop().experiments.get("vouchers")
    table, findings = assigned(shop(), plan)
    assert findings == []
    assert counted(table) == {"gold": PEOPLE / 4, "(others)": PEOPLE * 3 / 4}
    assert {name: sum(arms.values()) for name, arms in shares_by_segment(plan).items()} == counted(table)


def test_people_in_two_arms_and_in_arms_of_another_plan_are_left_out_and_counted():
    plan = replace(shop().experiments.get("vouchers"), campaign="Spring / 2026", waves=())
    table, (twice, other) = assigned(shop(), plan)
    assert counted(table) == {}
    assert (twice.code, twice.level, twice.message.split()[0]) == ("several_arms", "warning", "1")
    assert (other.code, other.level, other.message.split()[0]) == ("other_arms", "note", "49")
    assert shares_by_segment(plan) == {}


def test_values_of_a_trait_are_segments_unless_there_are_too_many():
    plan = replace(shop().experiments.get("vouchers"), segments=(), by="tier")
    assert counted(strata(shop(), plan, everybody(), Then(NOW), "tried")) == {"tier = gold": 30, "tier = plain": 90}
    inside = replace(plan, within="gold")
    assert counted(strata(shop(), inside, everybody(), Then(NOW), "tried")) == {"tier = gold": 30}
    with pytest.raises(UsageError, match=f"{len(IDS)} different values") as told:
        strata(shop(), replace(plan, by="code"), everybody(), Then(NOW))
    assert "bands" in told.value.hint
    with pytest.raises(UnknownNameError, match="shoe_size"):
        strata(shop(), replace(plan, by="shoe_size"), everybody(), Then(NOW))
