"""The one integral of Pareto/NBD: against adaptive quadrature, panels against tables, and its derivatives."""

from __future__ import annotations

from itertools import pairwise

import numpy as np
import pytest
from scipy.integrate import quad

from segmentary.models.value.pareto_kernels import by_panels, fine, leaving_odds, likelihood, rule_for
from segmentary.models.value.pareto_nbd import gauss_legendre

RULES, WEIGHTS = gauss_legendre()


def adaptive(r: float, alpha: float, s: float, beta: float, x: float, t_x: float, age: float) -> float:
    """Return ln A by scipy, piece by piece."""

    def density(u: float) -> float:
        fall = (r + x) * np.log((alpha + t_x) / (alpha + u)) + s * np.log((beta + t_x) / (beta + u))
        return float(s / (beta + u) * np.exp(fall))

    cuts = np.concatenate([[t_x], t_x + (age - t_x) * np.logspace(-7, 0, 25)])
    whole = sum(quad(density, a, b, epsabs=0, epsrel=1e-11)[0] for a, b in pairwise(cuts))
    return float(
        np.log(whole) + (r + x) * np.log((alpha + age) / (alpha + t_x)) + s * np.log((beta + age) / (beta + t_x))
    )


@pytest.mark.parametrize("seed", range(25))
def test_panels_are_exact_anywhere(seed: int) -> None:
    chance = np.random.default_rng(seed)
    point = np.exp(chance.uniform(-4, 4, 4))
    age = float(np.exp(chance.uniform(-3, 4)))
    t_x = age * chance.uniform(0, 1) if seed % 2 else 0.0
    x = 0 if t_x == 0 else int(chance.integers(1, 300))
    ours = by_panels(*point, float(x), t_x, age, RULES, WEIGHTS)[0]
    assert ours == pytest.approx(adaptive(*point, x, t_x, age), rel=1e-8, abs=1e-8)


@pytest.mark.parametrize("seed", range(6))
def test_tables_are_panels(seed: int) -> None:
    chance = np.random.default_rng(seed)
    point = np.exp(chance.uniform(-2, 3, 4))
    times = np.arange(200.0) / 100
    x = chance.integers(1, 49, 500)
    last = chance.integers(1, 199, 500)
    end = np.minimum(last + chance.integers(0, 150, 500), 199)
    assert fine(*point, times, 48)
    held = []
    for top in (48, -1):
        odds, slopes = np.empty(500), np.empty((4, 500))
        leaving_odds(*point, x, last, end, times, top, RULES, WEIGHTS, odds, slopes)
        held.append((odds, slopes))
    share = 1 / (1 + np.exp(-held[1][0]))
    some = np.isfinite(held[1][0])
    np.testing.assert_allclose((held[0][0][some] - held[1][0][some]) * share[some], 0, atol=1e-7)
    np.testing.assert_allclose((held[0][1] - held[1][1]) * share, 0, atol=1e-7)


@pytest.mark.parametrize("top", [-1, 5])
def test_gradient_of_the_likelihood(top: int) -> None:
    times = np.array([0.0, 1.0, 3.0, 9.0, 10.0])
    x = np.array([0, 1, 4, 40, 0])
    last, end = np.array([0, 1, 2, 3, 0]), np.array([4, 4, 3, 4, 0])
    count = np.array([5.0, 2.0, 1.0, 1.0, 3.0])
    theta = np.log([0.6, 4.0, 0.8, 7.0])

    def at(point: np.ndarray) -> tuple[float, np.ndarray]:
        r, alpha, s, beta = np.exp(point)
        gradient, by_group = np.zeros(4), np.zeros((1, 2))
        value = likelihood(
            r,
            np.array([alpha]),
            s,
            np.array([beta]),
            np.array([0, 5]),
            x,
            last,
            end,
            times,
            count,
            np.array([top]),
            RULES,
            WEIGHTS,
            gradient,
            by_group,
        )
        return value, gradient

    analytic = at(theta)[1]
    for j in range(4):
        to = np.zeros(4)
        to[j] = 1e-6
        numeric = (at(theta + to)[0] - at(theta - to)[0]) / 2e-6
        assert analytic[j] == pytest.approx(numeric, rel=1e-5, abs=1e-6)


def test_nobody_can_have_left_in_no_time() -> None:
    assert by_panels(0.5, 4.0, 0.8, 7.0, 3.0, 10.0, 10.0, RULES, WEIGHTS)[0] == -np.inf
    assert by_panels(0.5, 4.0, 0.0, 7.0, 3.0, 1.0, 10.0, RULES, WEIGHTS)[0] == -np.inf


def test_wide_gaps_want_panels() -> None:
    assert not fine(0.5, 0.01, 0.8, 7.0, np.array([0.0, 1.0]), 3)
    assert rule_for(0.1, 0.1) == 0
    assert rule_for(19.0, 2.0) == 3
    assert rule_for(30.0, 2.0) == 4
