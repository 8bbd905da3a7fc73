"""Returns are read from an experiment, shrunken; and refused where it cannot carry them."""

import datetime as dt
from dataclasses import replace
from fractions import Fraction

import numpy as np
import pytest

from segmentary.errors import NoAnswerError, UsageError
from segmentary.measurement.budget import allocate
from segmentary.measurement.experiment.analysis import analyse
from segmentary.measurement.experiment.metrics import parse_metric
from segmentary.measurement.experiment.plan import Arm, Plan
from segmentary.measurement.experiment.sums import Sums
from segmentary.measurement.measured_returns import returns_of

PLAN = Plan(
    name="offer",
    hypothesis="",
    salt="",
    metrics=(parse_metric("revenue = sum order_completed.amount in 28d", "primary"),),
    arms=(Arm("treated", 0.5), Arm("control", 0.5)),
    control="control",
    cost=2.0,
    randomised="by lot",
)


def analysis(lifts, *, n=600, treated=None, plan=PLAN, peeking=False):
    rng = np.random.default_rng(7)
    cells = {}
    for segment, lift in lifts.items():
        for arm in ("treated", "control"):
            people = (treated or n) if arm == "treated" else n
            y = rng.normal(30 + (lift if arm == "treated" else 0), 15, people)
            cells[segment, arm] = sums_of(y)
    return analyse(plan, [cells], [cells], as_of=dt.datetime(2026, 3, 1, tzinfo=dt.UTC), peeking=peeking)


def sums_of(y):
    values = [Fraction(round(float(one) * 100), 100) for one in y]
    return Sums(len(y), len(y), len(y), sum(values), sum(one * one for one in values))


def test_returns_are_read_shrunken_and_with_the_margin():
    people = {"one": 100, "two": 50}
    raw = analysis({"one": 12.0, "two": -3.0})
    found = returns_of(raw, people, margin=0.5)
    assert [(one.segment, one.people, one.cost) for one in found] == [("one", 100, 2.0), ("two", 50, 2.0)]
    direct = {one.segment: one.raw.estimate for one in raw.segments}
    assert found[0].profit < 0.5 * direct["one"]
    assert found[1].profit > 0.5 * direct["two"]
    assert found[0].n == 1_200
    assert returns_of(raw, {"one": 100}, cost=1.0)[0].cost == 1.0
    assert allocate(found, 200, experiment="offer").row("one").verdict == "spend"


def test_no_answer_without_an_experiment_that_carries_it():
    people = {"one": 100, "two": 50}
    with pytest.raises(NoAnswerError, match="never measured") as told:
        returns_of(None, people)
    assert "experiment plan" in told.value.hint
    with pytest.raises(NoAnswerError, match="not what was planned"):
        returns_of(analysis({"one": 1.0, "two": 1.0}, treated=450), people)
    with pytest.raises(NoAnswerError, match="before its day"):
        returns_of(analysis({"one": 1.0, "two": 1.0}, peeking=True), people)
    with pytest.raises(NoAnswerError, match="no segments apart"):
        returns_of(analysis({"one": 1.0}), people)
    counts = replace(PLAN, metrics=(parse_metric("buys = count order_completed in 28d", "primary"),))
    with pytest.raises(NoAnswerError, match="metric in money"):
        returns_of(analysis({"one": 1.0, "two": 1.0}, plan=counts), people)
    with pytest.raises(UsageError, match="costs"):
        returns_of(analysis({"one": 1.0, "two": 1.0}, plan=replace(PLAN, cost=None)), people)
    with pytest.raises(UsageError, match="no treated arm"):
        returns_of(analysis({"one": 1.0, "two": 1.0}), people, arm="mail")
