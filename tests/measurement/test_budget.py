"""A budget by measured returns: where it goes, what it is worth, and when there is no answer."""

from dataclasses import replace

import numpy as np
import pytest

from segmentary.errors import NoAnswerError, UsageError
from segmentary.measurement.budget import SegmentReturn, allocate, greedy, worth_knowing

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


def test_learning_goes_where_knowing_is_worth_most():
    rng = np.random.default_rng(2)
    draws = OPEN.net + OPEN.error * rng.standard_normal(400_000)
    assert worth_knowing(OPEN) == pytest.approx(np.maximum(draws, 0).mean() - max(OPEN.net, 0), rel=0.02)
    doubtful = SegmentReturn("doubtful", 800, 2.0, -20.0, 18.0, 300)
    even = SegmentReturn("even", 800, 2.0, 3.0, 18.0, 300)
    found = allocate([doubtful, even], 1_000)
    assert {row.verdict for row in found.rows} == {"learn"}
    assert found.row("even").learning > 2 * found.row("doubtful").learning


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
