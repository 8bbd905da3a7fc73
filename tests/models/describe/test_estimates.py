"""Weighted means and shares: the textbook's without weights, the linearised ones with."""

from __future__ import annotations

import numpy as np
import pytest

from segmentary.models.describe.estimates import (
    apart_in_mean,
    apart_in_share,
    effective_people,
    grouped,
    mean_interval,
    share_interval,
    weighted_share,
    wilson_at,
)
from segmentary.models.intervals import Moments, difference_of_means, difference_of_shares, wilson

LABELS = np.repeat([0, 1, 2], [40, 60, 100])
X = np.random.default_rng(0).normal(LABELS, 2.0)
YES = (np.random.default_rng(1).random(200) < 0.3 + 0.2 * LABELS).astype(float)
EVEN = np.ones(200)


def test_without_weights_shares_are_wilsons():
    one, _, total = grouped(YES, LABELS, EVEN, 3)
    for place in range(3):
        found, wanted = (
            share_interval(one, place),
            wilson(int(YES[place == LABELS].sum()), int((place == LABELS).sum())),
        )
        assert (found.estimate, found.low, found.high) == pytest.approx((wanted.estimate, wanted.low, wanted.high))
        assert found.n == wanted.n
    assert total.mean[0] == pytest.approx(YES.mean())
    assert weighted_share(YES > 0, EVEN * 3).low == pytest.approx(wilson(int(YES.sum()), 200).low)


def test_without_weights_differences_are_welchs_and_the_pooled_z():
    one, others, _ = grouped(X, LABELS, EVEN, 3)
    effect, p = apart_in_mean(one, others)
    for place in range(3):
        a, b = X[place == LABELS], X[place != LABELS]
        wanted = difference_of_means(Moments(len(a), a.mean(), a.var(ddof=1)), Moments(len(b), b.mean(), b.var(ddof=1)))
        assert (effect[place], p[place]) == pytest.approx((wanted.effect, wanted.p))
    one, others, _ = grouped(YES, LABELS, EVEN, 3)
    effect, p = apart_in_share(one, others)
    for place in range(3):
        a, b = YES[place == LABELS], YES[place != LABELS]
        wanted = difference_of_shares(int(a.sum()), len(a), int(b.sum()), len(b))
        assert (effect[place], p[place]) == pytest.approx((wanted.effect, wanted.p))


def test_a_mean_has_students_interval():
    from scipy import stats

    one, _, _ = grouped(X, LABELS, EVEN, 3)
    own = X[LABELS == 0]
    low, high = stats.t.interval(0.95, 39, own.mean(), stats.sem(own))
    found = mean_interval(one, 0, (X.min(), X.max()))
    assert (found.estimate, found.low, found.high) == pytest.approx((own.mean(), low, high))


def test_weights_shift_estimates_and_widen_intervals():
    chance = np.random.default_rng(0)
    covered, wide = 0, []
    for _ in range(300):
        weight = chance.lognormal(0, 1, 250)
        yes = chance.random(250) < 0.3
        found = weighted_share(yes, weight)
        covered += found.low <= 0.3 <= found.high
        wide.append(found.high - found.low)
    assert 0.91 <= covered / 300 <= 0.99
    assert np.mean(wide) > 1.3 * (wilson(75, 250).high - wilson(75, 250).low)


def test_missing_values_are_left_out():
    x = X.copy()
    x[::4] = np.nan
    one, _, total = grouped(x, LABELS, EVEN, 3)
    assert one.n.tolist() == [30, 45, 75]
    assert total.mean[0] == pytest.approx(np.nanmean(x))


def test_one_heavy_person_makes_nothing_sure():
    weight = np.ones(200)
    weight[0] = 1e9
    one, others, _ = grouped(X, LABELS, weight, 3)
    assert apart_in_mean(one, others)[1].tolist() == [1.0, 1.0, 1.0]
    low, high = X.min(), X.max()
    assert (mean_interval(one, 0, (low, high)).low, mean_interval(one, 0, (low, high)).high) == (low, high)
    found = weighted_share(LABELS == 0, weight)
    assert found.high - found.low > 0.5
    assert effective_people(0.999, 1e-9, 1.0) == 1.0


def test_nobody_one_person_and_constants():
    one, _, _ = grouped(np.array([1.0, 5.0, 5.0]), np.array([0, 1, 1]), np.ones(3), 3)
    assert mean_interval(one, 0, (1.0, 5.0)).high == 5.0
    assert mean_interval(one, 2, (1.0, 5.0)).n == 0
    assert wilson_at(0.0, 0.0, 0).high == 1.0
    effect, p = apart_in_mean(*grouped(np.repeat([1.0, 2.0], 5), np.repeat([0, 1], 5), np.ones(10), 2)[:2])
    assert (effect.tolist(), p.tolist()) == ([-10.0, 10.0], [0.0, 0.0])
    same = grouped(np.full(10, 0.1), np.repeat([0, 1], 5), np.linspace(1, 2, 10), 2)
    assert apart_in_mean(*same[:2])[1].tolist() == [1.0, 1.0]
