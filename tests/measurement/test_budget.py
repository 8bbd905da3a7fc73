"""A budget by measured returns: where it goes, what it is worth, and when there is no answer."""

import datetime as dt
from dataclasses import replace
from fractions import Fraction

import numpy as np
import pytest

from segmentary.errors import NoAnswerError, UsageError
from segmentary.measurement.budget import SegmentReturn, allocate, greedy, returns_of
from segmentary.measurement.experiment.analysis import analyse
from segmentary.measurement.experiment.metrics import parse_metric
from segmentary.measurement.experiment.plan import Arm, Plan
from segmentary.measurement.experiment.sums import Sums

GOOD = SegmentReturn("good", 500, 2.0, 12.0, 1.5, 900)
OPEN = SegmentReturn("open", 800, 2.0, 2.5, 3.0, 900)
BAD = SegmentReturn("bad", 700, 2.0, -9.0, 2.0, 900)


def test_money_goes_where_it_returns():
    found = allocate([BAD, OPEN, GOOD], 2_000, currency="EUR")
    assert [row.segment for row in found.rows] == ["good", "open", "bad"]
    good, open_, bad = found.rows
    assert (good.verdict, open_.verdict, bad.verdict) == ("spend", "learn", "spend nothing")
    assert good.spend == 1_000  # everybody there is
    assert good.treated == 500
    assert open_.spend == open_.learning == 200  # a tenth, to learn
    assert bad.spend == 0
    assert "spend nothing here" in bad.sentence
    assert found.left == pytest.approx(800)
    assert "stay" in found.sentence
    assert good.pays > 0.99 > open_.pays > 0.3
    assert sum(row.best for row in found.rows) == pytest.approx(1)


def test_what_each_way_is_worth():
    found = allocate([BAD, OPEN, GOOD], 2_000)
    careful, alike = found.way("careful"), found.way("over all alike")
    assert careful.gain.estimate == pytest.approx(500 * 10, rel=0.02)
    assert careful.gain.low == pytest.approx(500 * (10 - 1.96 * 1.5), rel=0.03)
    assert careful.against_equal.low > 0
    assert alike.gain.estimate < careful.gain.estimate
    assert alike.against_equal.estimate == 0
    assert found.way("expected").spent == 2_000  # the open one pays on average
    assert careful.loses == 0


def test_nothing_pays():
    found = allocate([BAD], 1_000, currency="EUR")
    assert found.sentence.startswith("spend nothing")
    assert found.left == 1_000
    assert {row.spend for row in found.rows} == {0.0}


def test_nothing_is_kept_for_learning_where_all_is_known():
    found = allocate([GOOD, BAD], 600)
    assert found.row("good").spend == 600
    assert found.row("good").learning == 0


def test_greedy():
    most = np.array([100.0, 100.0, 100.0])
    assert greedy(np.array([0.1, 0.5, -0.2]), most, 150).tolist() == [50, 100, 0]
    assert greedy(np.array([-0.1, -0.5, -0.2]), most, 150).tolist() == [0, 0, 0]


def test_chance_is_an_argument():
    assert allocate([GOOD, OPEN], 900, seed=3) == allocate([GOOD, OPEN], 900, seed=3)


def test_what_makes_no_sense_is_refused():
    with pytest.raises(NoAnswerError, match="no experiment"):
        allocate([], 100)
    with pytest.raises(NoAnswerError):
        allocate([replace(GOOD, error=0.0)], 100)
    with pytest.raises(UsageError, match="budget"):
        allocate([GOOD], 0)
    with pytest.raises(UsageError, match="costs nothing"):
        allocate([replace(GOOD, cost=0.0)], 100)
    with pytest.raises(UsageError, match="learning"):
        allocate([GOOD], 100, learning=1.0)


def test_the_gain_interval_holds():
    rng = np.random.default_rng(1)
    held = 0
    for seed in range(150):
        truth = np.array([8.0, 3.0, -2.0])
        seen = truth + rng.normal(0, 1.5, 3)
        given = [SegmentReturn(f"s{k}", 400, 2.0, 2 + seen[k], 1.5, 800) for k in range(3)]
        found = allocate(given, 1_200, seed=seed)
        alike = found.way("over all alike")
        real = float(truth.sum()) * 200  # half of the 400 people of each
        held += alike.gain.low <= real <= alike.gain.high
    assert 0.88 <= held / 150 <= 1.0


# ---------------------------------------------------------------- read from an experiment

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
