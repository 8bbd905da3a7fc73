"""The confidence sequence: the formula of the paper, and the p-value that is its inversion."""

from __future__ import annotations

import math

import pytest

from segmentary.measurement.experiment.sequence import half_width, p_value, tuning


def test_it_is_the_boundary_of_the_paper():
    n, alpha, sigma = 3_000, 0.05, 2.0
    rho = math.sqrt((-2 * math.log(alpha) + math.log(-2 * math.log(alpha) + 1)) / 5_000)
    boundary = sigma * math.sqrt(2 * (n * rho**2 + 1) / (n**2 * rho**2) * math.log(math.sqrt(n * rho**2 + 1) / alpha))
    assert tuning() == pytest.approx(rho)
    assert half_width(sigma / math.sqrt(n), n) == pytest.approx(boundary)


@pytest.mark.parametrize("n", [100, 5_000, 1_000_000])
def test_the_p_value_is_5_percent_where_the_sequence_touches_0(n):
    half = half_width(0.1, n)
    assert p_value(half, 0.1, n) == pytest.approx(0.05)
    assert p_value(0.0, 0.1, n) == 1.0
    assert p_value(100.0, 0.1, n) < 1e-10
    assert p_value(1.0, 0.0, n) == 1.0
