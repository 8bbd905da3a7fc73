"""Intervals by the delta method: on the scale they belong to, without overflow."""

from __future__ import annotations

import numpy as np
import pytest
from numpy.typing import NDArray

from segmentary.models.value.delta import around, delta, vague
from segmentary.models.value.maximum import Maximum

Array = NDArray[np.float64]


def found(covariance: Array, *, flat: bool = False) -> Maximum:
    return Maximum(np.zeros(len(covariance)), 0.0, covariance, True, flat, (), 9)


def test_what_is_all_but_unknown_is_vague() -> None:
    assert not vague(found(np.diag([1.0, 4.0])))
    assert vague(found(np.diag([1.0, 25.0])))
    assert vague(found(np.diag([0.1, 0.1]), flat=True))


def test_an_unknown_direction_does_not_overflow() -> None:
    estimate, low, high = delta(np.exp, np.zeros(1), np.diag([1e6]))
    assert np.isfinite([estimate, low, high]).all()
    assert low[0] < 1e-20


def test_delta_on_each_scale() -> None:
    theta, covariance = np.array([0.0]), np.array([[0.01]])
    estimate, low, high = delta(np.exp, theta, covariance)
    assert (low[0], estimate[0], high[0]) == pytest.approx((np.exp(-0.196), 1.0, np.exp(0.196)), rel=1e-4)
    _, low, high = delta(lambda at: 1 / (1 + np.exp(-at)), theta, covariance, link="logit")
    assert (low[0], high[0]) == pytest.approx((1 / (1 + np.exp(0.196)), 1 / (1 + np.exp(-0.196))), rel=1e-4)
    _, low, high = delta(lambda at: 3 * at, theta, covariance, link="identity")
    assert (low[0], high[0]) == pytest.approx((-0.588, 0.588), rel=1e-3)


def test_what_is_certain_keeps_its_value() -> None:
    low, high = around(np.array([0.0, 1.0, 0.5]), np.zeros(3), link="logit")
    assert low.tolist() == high.tolist() == [0.0, 1.0, 0.5]
    assert [one.tolist() for one in around(np.array([0.0, 2.0]), np.zeros(2), link="log")] == [[0.0, 2.0]] * 2
