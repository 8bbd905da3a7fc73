"""The search for the top: exact on a parabola, honest at the border and where it is flat."""

from __future__ import annotations

import numpy as np

from segmentary.models.value.maximum import BORDER, FLATTEST, Floats, inverse, maximise


def test_a_parabola() -> None:
    bend = np.array([[3.0, 1.0], [1.0, 2.0]])
    top = np.array([0.5, -2.0])

    def objective(theta: Floats) -> tuple[float, Floats]:
        off = theta - top
        return float(-0.5 * off @ bend @ off) * 100, -(bend @ off) * 100

    found = maximise(objective, [np.zeros(2)], 100)
    np.testing.assert_allclose(found.theta, top, atol=1e-6)
    np.testing.assert_allclose(found.covariance, np.linalg.inv(bend * 100), rtol=1e-5)
    assert found.converged
    assert not found.flat
    assert found.runaway == ()


def test_what_runs_away_is_held_and_named() -> None:
    found = maximise(lambda theta: (float(theta[0] - theta[1] ** 2), np.array([1.0, -2 * theta[1]])), [np.ones(2)], 1.0)
    assert found.runaway == (0,)
    assert found.theta[0] == BORDER
    assert abs(found.theta[1]) < 1e-5
    # Nothing is known of it, so it has no variance of its own; the other is known as if it were given.
    np.testing.assert_allclose(found.covariance, [[0, 0], [0, 0.5]], atol=1e-8)


def test_free_elements_have_no_border() -> None:
    def objective(theta: Floats) -> tuple[float, Floats]:
        off = theta - np.array([1.0, 30.0])
        return float(-(off @ off)), -2 * off

    found = maximise(objective, [np.zeros(2)], 1.0, free=1)
    np.testing.assert_allclose(found.theta, [1.0, 30.0], atol=1e-5)
    assert found.runaway == ()


def test_other_starts_are_tried_where_the_first_fails() -> None:
    def objective(theta: Floats) -> tuple[float, Floats]:
        if theta[0] < -5:
            return np.nan, np.zeros(1)
        return float(-((theta[0] - 2) ** 2)), np.array([-2 * (theta[0] - 2)])

    found = maximise(objective, [np.array([-8.0]), np.array([1.0])], 1.0)
    assert abs(found.theta[0] - 2) < 1e-5


def test_no_information_is_a_huge_variance() -> None:
    covariance, flat = inverse(np.diag([4.0, 0.0]))
    assert flat
    np.testing.assert_allclose(covariance, np.diag([0.25, 1 / FLATTEST]))
