"""By what one can segment: why not, what to mind, a choice to begin with, what a search would take."""

from __future__ import annotations

import pytest

import segmentary as sg
from segmentary.errors import UnknownNameError, UsageError
from segmentary.workspace.variable_choice import alike, planned, suggested, variables


def test_every_trait_says_whether_it_can_be_used(analysed):
    known = {one.name: one for one in variables(analysed)}
    assert known["recency"].suitable
    assert known["recency"].fill_rate == 1
    assert "days since" in known["first_order_at"].why_not
    assert known["email"].why_not
    assert not known["email"].values, "addresses are not shown"
    assert "everybody" in known["same"].why_not or known["same"].doubts
    assert any("score" in doubt for doubt in known["rfm_segment"].doubts)
    assert any("score" in doubt for doubt in known["clv.value"].doubts)


def test_a_choice_to_begin_with_says_nothing_twice(analysed):
    known = variables(analysed)
    taken = suggested(analysed, "value", known)
    assert 1 < len(taken) <= 8
    assert not alike(analysed, taken)
    assert not {"rfm_monetary_score", "clv.value"} & set(taken)
    assert suggested(analysed, "geographic", known) == [] or all(one != "email" for one in taken)


def test_a_plan_says_what_it_takes_and_what_to_mind(analysed):
    plan = planned(analysed, ["monetary", "net_revenue", "recency"], segments=range(2, 4), repetitions=10)
    assert (plan.people, plan.columns) == (160, 3)
    assert {plan.alike[0].one, plan.alike[0].other} == {"monetary", "net_revenue"}
    assert any("160 people for 3 variables" in doubt for doubt in plan.doubts)
    low, high = plan.seconds
    assert 0 < low < high
    more = planned(analysed, ["monetary", "recency"], repetitions=100).seconds
    assert more > planned(analysed, ["monetary", "recency"], repetitions=10).seconds
    assert planned(analysed, []).columns == 0


def test_what_cannot_be_planned_is_refused(analysed):
    with pytest.raises(UnknownNameError):
        planned(analysed, ["nothing_such"])
    with pytest.raises(UsageError):
        planned(analysed, ["first_order_at"])
    with pytest.raises(UnknownNameError):
        planned(analysed, ["recency"], within="nobody")
    with pytest.raises(UnknownNameError):
        planned(analysed, ["recency"], methods=["magic"])
    with pytest.raises(UnknownNameError):
        variables(analysed, "no_survey")


def test_an_empty_workspace_has_nothing_to_choose(tmp_path):
    with sg.init(tmp_path / "shop", environment={}) as workspace:
        assert variables(workspace) == ()
        assert suggested(workspace, "value", ()) == []
        assert alike(workspace, ["a", "b"]) == ()
        assert planned(workspace, []).people == 0
