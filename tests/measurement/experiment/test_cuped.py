"""Adjusting answers the same question with less noise, and says where arms were unlike before."""

from __future__ import annotations

import numpy as np
import pytest

from segmentary.measurement.experiment.cuped import cuped
from segmentary.measurement.experiment.effects import effect
from segmentary.measurement.experiment.sums import Sums


def sides(chance, n=2_000, shift=1.0, ahead=0.0):
    made = []
    for treated in (1, 0):
        past = chance.normal(10 + ahead * treated, 3, n)
        made.append((past + chance.normal(0, 1, n) + shift * treated, past))
    return made


def test_it_is_regression_with_the_past_centred():
    chance = np.random.default_rng(1)
    (y1, x1), (y0, x0) = sides(chance)
    found = cuped(Sums.of(y1, x1), Sums.of(y0, x0))
    design = np.column_stack([np.ones(4_000), np.repeat([1.0, 0.0], 2_000), np.concatenate([x1, x0])])
    coefficients = np.linalg.lstsq(design, np.concatenate([y1, y0]), rcond=None)[0]
    assert found.effect.estimate == pytest.approx(coefficients[1])
    assert found.slope == pytest.approx(coefficients[2])


def test_the_variance_that_goes_is_the_squared_correlation():
    chance = np.random.default_rng(12)
    (y1, x1), (y0, x0) = sides(chance)
    raw = effect(Sums.of(y1), Sums.of(y0))
    found = cuped(Sums.of(y1, x1), Sums.of(y0, x0), raw=raw)
    assert found.variance_cut == pytest.approx(0.9, abs=0.02)
    assert found.balanced
    assert not found.sign_turned
    assert found.effect.error < raw.error / 2


def test_arms_that_were_unlike_before_are_named():
    chance = np.random.default_rng(3)
    (y1, x1), (y0, x0) = sides(chance, shift=0.5, ahead=-1.0)
    raw = effect(Sums.of(y1), Sums.of(y0))
    found = cuped(Sums.of(y1, x1), Sums.of(y0, x0), raw=raw)
    assert not found.balanced
    assert found.sign_turned


def test_without_a_past_there_is_nothing_to_adjust():
    assert cuped(Sums.of([1, 2, 3]), Sums.of([2, 3, 4])) is None
    assert cuped(Sums.of([1]), Sums.of([2])) is None
