"""Differences against independent computations: scipy's Welch test, statsmodels-like formulas by hand, brute force."""

from __future__ import annotations

import math
from fractions import Fraction

import numpy as np
import pytest

from segmentary.measurement.experiment.effects import Effect, Look, Side, effect, fieller, newcombe
from segmentary.measurement.experiment.sums import Sums


def test_welch_is_scipys():
    from scipy import stats

    chance = np.random.default_rng(1)
    one, other = chance.gamma(2, 3, 400), chance.gamma(2, 2.5, 250)
    found = effect(Sums.of(one), Sums.of(other))
    theirs = stats.ttest_ind(one, other, equal_var=False)
    low, high = theirs.confidence_interval(0.95)
    assert (found.p, found.low, found.high) == pytest.approx((theirs.pvalue, low, high))
    assert found.estimate == pytest.approx(one.mean() - other.mean())


def test_newcombes_interval_is_that_of_his_paper():
    # Newcombe (1998), table II, method 10, examples (a) 56/70 - 48/80 and (e) 5/56 - 0/29.
    for one, other, low, high in (((56, 70), (48, 80), 0.0524, 0.3339), ((5, 56), (0, 29), -0.0381, 0.1926)):
        sums = [Sums(n, n, 0, Fraction(k), Fraction(k)) for k, n in (one, other)]
        assert newcombe(*sums) == pytest.approx((low, high), abs=5e-5)
    assert newcombe(Sums.of([0, 2]), Sums.of([1, 0])) is None


def test_a_ratio_has_the_variance_of_many_repetitions():
    chance = np.random.default_rng(2)

    def draw():
        orders = 1 + chance.poisson(2, 500)
        return Sums.of(orders * 20 + chance.normal(0, 10, 500), None, orders)

    made = [effect(draw(), draw(), "ratio") for _ in range(400)]
    spread = float(np.std([one.estimate for one in made]))
    assert spread == pytest.approx(np.mean([one.error for one in made]), rel=0.1)
    assert effect(Sums.of([1, 2]), Sums.of([1, 2]), "ratio") is None


def test_the_relative_interval_holds_the_truth_as_often_as_it_says():
    chance = np.random.default_rng(3)
    held = 0
    for _ in range(600):
        found = effect(Sums.of(chance.exponential(1.2, 300)), Sums.of(chance.exponential(1.0, 300)))
        held += found.relative_low <= 0.2 <= found.relative_high
    assert 0.92 <= held / 600 <= 0.98


def test_nothing_is_said_relative_to_what_may_be_nothing():
    assert fieller(Side(1, 0.1, 50), Side(0.1, 0.1, 50), 1.96) == (None, None, None)
    assert fieller(Side(1, 0.1, 50), Side(-2, 0.001, 50), 1.96) == (None, None, None)


def test_one_person_or_no_variation_is_no_answer():
    assert effect(Sums.of([1.0]), Sums.of([1.0, 2.0])) is None
    assert effect(Sums.of([1.0, 1.0]), Sums.of([1.0, 1.0])) is None
    assert effect(Sums(), Sums()) is None


def test_a_sequence_is_wider_by_what_it_is_known_to_be():
    chance = np.random.default_rng(4)
    one, other = (Sums.of(chance.normal(size=4_000)) for _ in range(2))
    single, many = effect(one, other), effect(one, other, look=Look("sequence"))
    assert 1.4 < (many.high - many.low) / (single.high - single.low) < 1.8
    assert Effect.from_document(many.to_document()) == many
    assert math.isclose(many.estimate, single.estimate)
