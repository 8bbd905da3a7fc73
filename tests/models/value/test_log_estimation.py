"""Maximum likelihood in log-parameters: it always ends, and says where the data stop speaking."""

from __future__ import annotations

import numpy as np
import pytest
from numpy.typing import NDArray

from segmentary.models.value.log_estimation import BOUNDS, WIDEST, around, delta, maximise

Array = NDArray[np.float64]


def quadratic(theta: Array) -> tuple[float, Array]:
    gap = theta - np.array([0.5, -1.0])
    curve = np.array([[4.0, 1.0], [1.0, 2.0]])
    return float(-gap @ curve @ gap / 2), -curve @ gap


def test_the_maximum_and_its_covariance() -> None:
    found = maximise(quadratic, [(0.0, 0.0), (5.0, 5.0)])
    assert found.log_parameters == pytest.approx([0.5, -1.0], abs=1e-8)
    assert found.covariance == pytest.approx(np.linalg.inv([[4.0, 1.0], [1.0, 2.0]]), rel=1e-6)
    assert (found.at_bounds, found.vague) == ((), False)


def test_a_bound_is_said_and_carries_no_uncertainty() -> None:
    found = maximise(lambda theta: (float(theta[0] - theta[1] ** 2), np.array([1.0, -2 * theta[1]])), [(0.0, 1.0)])
    assert found.at_bounds == (0,)
    assert found.log_parameters[0] == BOUNDS[1]
    assert found.covariance[0].tolist() == [0.0, 0.0]
    assert found.covariance[1, 1] == pytest.approx(0.5, rel=1e-6)


def test_an_unknown_direction_is_as_wide_as_the_widest() -> None:
    found = maximise(lambda theta: (float(-(theta[0] ** 2)), np.array([-2 * theta[0], 0.0])), [(1.0, 1.0)])
    assert found.vague
    assert found.covariance[1, 1] == pytest.approx(WIDEST**2)


def test_a_likelihood_that_is_nowhere_a_number_ends() -> None:
    found = maximise(lambda theta: (float("nan"), np.full(2, np.nan)), [(0.0, 0.0)])
    assert np.isfinite(found.log_parameters).all()


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
