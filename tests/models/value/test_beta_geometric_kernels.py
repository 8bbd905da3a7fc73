"""The sums behind BG/NBD: against the hypergeometric closed form, against the integral, and their derivatives."""

from __future__ import annotations

import numpy as np
import pytest
from scipy.special import hyp2f1, psi

from segmentary.models.value.beta_geometric_kernels import (
    alive_logits,
    digamma,
    expected,
    integrated,
    likelihood,
    rising,
)

DRAWS = [np.exp(np.random.default_rng(seed).uniform(-2, 2, 4)) for seed in range(40)]


def closed_form(r: float, alpha: float, a: float, b: float, t: float) -> float:
    """FHL (2005) equation 9, where a is not 1."""
    z = t / (alpha + t)
    return float((a + b - 1) / (a - 1) * (1 - (1 - z) ** r * hyp2f1(r, b, a + b - 1, z)))


@pytest.mark.parametrize("draw", DRAWS)
def test_expected_purchases_are_the_closed_form(draw: np.ndarray) -> None:
    r, alpha, a, b = draw
    if abs(a - 1) < 0.05 or a + b - 1 < 0.05:
        pytest.skip("the closed form cancels there")
    out = np.zeros(5)
    for t in (alpha / 10, alpha, 5 * alpha):
        expected(r, alpha, a, b, t, False, out)
        assert out[0] == pytest.approx(closed_form(r, alpha, a, b, t), rel=1e-9)


@pytest.mark.parametrize("draw", DRAWS[:12])
@pytest.mark.parametrize("x", [0, 3, 250])
def test_the_sum_and_the_integral_agree(draw: np.ndarray, x: int) -> None:
    r, alpha, a, b = draw[0] + x, draw[1] + 1, draw[2], draw[3] + x
    summed, reckoned = np.zeros(5), np.zeros(5)
    expected(r, alpha, a, b, alpha, True, summed)
    integrated(r, alpha, a, b, alpha, reckoned)
    np.testing.assert_allclose(summed[[0, 3, 4]], reckoned[[0, 3, 4]], rtol=2e-6)
    # How much depends on the rate may be nothing at all: everybody leaves before.
    np.testing.assert_allclose(summed[1:3] * [r, alpha], reckoned[1:3] * [r, alpha], rtol=2e-6, atol=1e-9 * summed[0])


@pytest.mark.parametrize("t", [0.5, 1e5])
def test_derivatives_of_expected_purchases(t: float) -> None:
    point = np.array([0.7, 5.0, 0.8, 2.4])
    out = np.zeros(5)
    expected(*point, t, True, out)
    analytic = out[1:].copy()
    for j in range(4):
        to = np.zeros(4)
        to[j] = 1e-5 * point[j]
        up, down = np.zeros(5), np.zeros(5)
        expected(*(point + to), t, False, up)
        expected(*(point - to), t, False, down)
        assert analytic[j] == pytest.approx((up[0] - down[0]) / (2 * to[j]), rel=1e-5)


def test_no_pole_at_one_and_nobody_who_leaves() -> None:
    near, at = np.zeros(5), np.zeros(5)
    expected(0.5, 4.0, 1.0, 2.0, 30.0, True, at)
    expected(0.5, 4.0, 1.0 + 1e-9, 2.0, 30.0, True, near)
    assert at[0] == pytest.approx(near[0], rel=1e-8)
    expected(0.5, 4.0, 0.0, 1.0, 30.0, True, at)
    assert at[0] == pytest.approx(0.5 / 4.0 * 30.0)
    expected(0.5, 4.0, 1.0, 2.0, 0.0, True, at)
    assert at[0] == 0.0


@pytest.mark.parametrize("modified", [0, 1])
def test_gradient_of_the_likelihood(modified: int) -> None:
    times = np.array([0.0, 1.0, 3.0, 9.0, 10.0])
    x = np.array([0, 1, 4, 40])
    last, end = np.array([0, 1, 2, 3]), np.array([4, 4, 3, 4])
    count = np.array([5.0, 2.0, 1.0, 1.0])
    theta = np.log([0.6, 4.0, 0.8, 2.0])

    def at(point: np.ndarray) -> tuple[float, np.ndarray]:
        gradient = np.zeros(4)
        return likelihood(*np.exp(point), modified, x, last, end, times, count, gradient), gradient

    analytic = at(theta)[1]
    for j in range(4):
        to = np.zeros(4)
        to[j] = 1e-6
        numeric = (at(theta + to)[0] - at(theta - to)[0]) / 2e-6
        assert analytic[j] == pytest.approx(numeric, rel=1e-6, abs=1e-7)


def test_who_cannot_have_left_is_alive() -> None:
    x, zero, age = np.array([0.0, 2.0]), np.zeros(2), np.array([10.0, 10.0])
    logits, slopes = np.empty(2), np.empty((4, 2))
    alive_logits(0.5, 4.0, 0.8, 2.0, 0, x, zero, age, logits, slopes)
    assert np.isposinf(logits[0])
    assert np.isfinite(logits[1])
    assert not slopes[:, 0].any()


def test_prefix_sums_and_digamma() -> None:
    logs, slopes = rising(0.3, 5)
    assert logs[0] == 0.0
    assert slopes[5] == pytest.approx(psi(5.3) - psi(0.3))
    for value in (0.01, 0.5, 3.0, 40.0):
        assert digamma(value) == pytest.approx(float(psi(value)), rel=1e-10)
