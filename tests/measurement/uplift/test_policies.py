"""What policies are worth: by hand, and with intervals of differences that are paired."""

from __future__ import annotations

import numpy as np
import pytest
from tests.measurement.uplift.planted import planted

from segmentary.measurement.uplift.heterogeneity import heterogeneity, places_of, slope_of
from segmentary.measurement.uplift.policies import ALL, NONE, Economics, best_share, difference, weighed
from segmentary.measurement.uplift.segment_rule import best_rule


def test_worth_by_hand():
    scores = np.array([1.0, 1.0, -1.0, -1.0] * 100)
    treated = np.arange(400) % 2 == 0
    chosen = {"half": (scores > 0).astype(float)}
    policies, drawn = weighed(chosen, scores, treated, Economics(cost=0.25, value=2.0))
    held = {one.name: one for one in policies}
    assert held[NONE].worth.estimate == 0.0
    assert held[ALL].worth.estimate == pytest.approx(-0.25)
    assert held["half"].worth.estimate == pytest.approx(0.5 * 1.75)
    assert held["half"].share == 0.5
    assert held["half"].effect.estimate == pytest.approx(1.0)
    assert held["half"].against_all.low > 0.9
    gap = difference(policies, drawn, "half", ALL)
    assert gap.estimate == pytest.approx(0.5 * 2.25)
    assert difference(policies, drawn, "half", "another") is None


def test_the_best_share_is_where_the_next_costs_more():
    scores = np.concatenate([np.ones(300), np.full(700, -0.1)])
    assert best_share(scores, -np.arange(1_000.0), Economics()) == pytest.approx(0.3)
    assert best_share(np.full(10, -1.0), np.arange(10.0), Economics()) == 0.0


def test_a_prediction_that_is_right_has_slope_one():
    r = np.random.default_rng(3)
    predicted = r.normal(0, 1, 4_000)
    found = heterogeneity(predicted + r.normal(0, 3, 4_000), predicted, predicted)
    assert found.found
    assert found.slope.low < 1 < found.slope.high
    assert found.q_p < 0.01
    assert slope_of(predicted, np.ones(4_000)) == (0.0, 0.0)
    alike = heterogeneity(predicted, np.ones(4_000), np.ones(4_000))
    assert not alike.found
    assert len(alike.tenths) == 1


def test_ties_stay_in_one_tenth():
    place = places_of(np.array([1.0] * 50 + [0.0] * 50), 10)
    assert len(set(place[:50])) == 1
    assert place[0] < place[-1]


def test_the_best_rule_is_the_planted_one():
    trial, _ = planted("both", 3_000)
    rule = best_rule(trial)
    assert rule.text == "fan = yes"
    assert rule.inside > 0 > rule.outside
    assert best_rule(trial.take(np.arange(60))) is None
