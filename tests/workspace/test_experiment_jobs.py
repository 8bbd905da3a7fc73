"""Experiments as jobs: planned, tried without keeping, read again; wrong arms, shares and costs are refused."""

from __future__ import annotations

import pytest
from tests.workspace.experiment_shop import PEOPLE, SPEND, quiet, shop

from segmentary.errors import UnknownNameError, UsageError
from segmentary.workspace.experiment_jobs import (
    arms_of,
    assign_job,
    number,
    plan_job,
    planned,
    power_job,
    read_before,
    read_job,
)


def test_a_plan_that_is_only_tried_is_not_kept():
    asked = {"name": "tried", "primary": SPEND, "arms": {"mail": 0.9, "control": 0.1}, "dry_run": True}
    found = plan_job(shop(), asked, quiet)
    assert found.plan.shares == {"mail": 0.9, "control": 0.1}
    assert sum(found.people.values()) == PEOPLE
    assert planned(shop(), "tried") is found
    assert "tried" not in {one.name for one in shop().experiments.kept()}


def test_what_a_kept_plan_could_see_is_measured_again_and_remembered():
    found = power_job(shop(), {"name": "vouchers", "power": 0.9}, quiet)
    assert found.plan.name == "vouchers"
    assert planned(shop(), "vouchers") is found


def test_arms_are_drawn_once_and_what_was_read_is_remembered():
    assert assign_job(shop(), {"name": "vouchers"}, quiet).added == 0
    read = read_job(shop(), {"name": "vouchers"}, quiet)
    document = read_before(shop(), "vouchers")
    assert (read.experiment, read.word, read.sentence) == ("vouchers", document.answer.word, document.answer.sentence)
    assert read_before(shop(), "never_read") is None


@pytest.mark.parametrize("job", [plan_job, power_job, assign_job, read_job])
def test_a_job_without_a_name_or_with_unknown_wishes_says_so(job):
    with pytest.raises(UsageError, match="name is missing") as told:
        job(shop(), {}, quiet)
    assert told.value.hint
    with pytest.raises(UnknownNameError, match="colour"):
        job(shop(), {"name": "vouchers", "colour": "red"}, quiet)


@pytest.mark.parametrize("job", [power_job, assign_job, read_job])
def test_an_experiment_nobody_planned_is_named(job):
    with pytest.raises(UnknownNameError, match="ghost"):
        job(shop(), {"name": "ghost"}, quiet)


def test_nothing_said_of_arms_and_costs_is_nothing():
    assert arms_of(None) is arms_of({}) is number(None, "cost") is number("", "cost") is None
    assert arms_of({"a": 0.25, "b": 0.75}) == {"a": 0.25, "b": 0.75}
    assert number(0, "cost") == 0.0


@pytest.mark.parametrize(
    "given", [["a", "b"], {"a": 0.5}, {"a": 1, "b": 0}, {"a": True, "b": 0.5}, {"a": "half", "b": 0.5},
              {"a": float("nan"), "b": 0.5}, {str(n): 0.04 for n in range(21)}],
)  # fmt: skip
def test_arms_that_are_no_shares_are_refused(given):
    with pytest.raises(UsageError, match="arm") as told:
        arms_of(given)
    assert "control" in told.value.hint


@pytest.mark.parametrize("given", [-1, True, "ten", float("nan"), float("inf"), 1e13, [1]])
def test_a_cost_that_is_no_amount_is_refused(given):
    with pytest.raises(UsageError, match="cost is a number"):
        number(given, "cost")
