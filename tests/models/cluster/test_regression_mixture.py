"""Mixtures of regressions: planted lines come back, with standard errors that fit."""

from __future__ import annotations

import numpy as np
import pytest

from segmentary.models.cluster.regression_mixture import RegressionMixture


def planted(n: int = 500, seed: int = 0) -> tuple[np.ndarray, np.ndarray]:
    rng = np.random.default_rng(seed)
    x = rng.normal(10, 2, (n, 2))
    z = (rng.random(n) < 0.4).astype(int)
    y = np.array([5.0, -8.0])[z] + (x * np.array([[2.0, 0.0], [0.0, 3.0]])[z]).sum(axis=1)
    return np.column_stack([x, y + rng.normal(0, np.array([1.0, 0.5])[z])]), z


def test_planted_lines_come_back():
    x, z = planted()
    model = RegressionMixture(2).fit(x)
    errors = model.standard_errors()
    assert (np.abs(model.coefficients_ - [[2, 0], [0, 3]]) < 3.5 * errors.coefficients).all()
    assert (np.abs(model.intercepts_ - [5, -8]) < 3.5 * errors.intercepts).all()
    assert model.sigmas_ == pytest.approx([1.0, 0.5], rel=0.2)
    assert (model.labels_ == z).mean() > 0.9
    assert model.predict_response(x)[:, 0] == pytest.approx(model.intercepts_[0] + x[:, :2] @ model.coefficients_[0])


def test_one_line_is_least_squares():
    x, _ = planted()
    model = RegressionMixture(1).fit(x)
    one = np.column_stack([np.ones(len(x)), x[:, :2]])
    b, rest, *_ = np.linalg.lstsq(one, x[:, 2], rcond=None)
    assert model.intercepts_[0] == pytest.approx(b[0])
    assert model.coefficients_[0] == pytest.approx(b[1:])
    variance = rest[0] / len(x)
    assert model.log_likelihood_ == pytest.approx(-0.5 * len(x) * (np.log(2 * np.pi * variance) + 1))
    expected = np.sqrt(np.diag(np.linalg.inv(one.T @ one)) * variance)
    found = model.standard_errors()
    assert np.append(found.intercepts[0], found.coefficients[0]) == pytest.approx(expected, rel=1e-4)


def test_the_response_can_stand_anywhere():
    x, _ = planted()
    one = RegressionMixture(2).fit(x)
    two = RegressionMixture(2, response=0).fit(x[:, [2, 0, 1]])
    assert two.log_likelihood_ == pytest.approx(one.log_likelihood_, abs=1e-6)
    assert two.coefficients_ == pytest.approx(one.coefficients_, abs=1e-4)
    assert (two.labels_ == one.labels_).all()
    with pytest.raises(ValueError, match="response"):
        RegressionMixture(response=5).fit(x)


def test_columns_that_repeat_each_other():
    x, _ = planted()
    double = np.column_stack([x[:, 0], x[:, 0] * 2, x])
    one, two = RegressionMixture(2).fit(x), RegressionMixture(2).fit(double)
    assert two.log_likelihood_ == pytest.approx(one.log_likelihood_, abs=0.01)
    assert np.isfinite(two.predict_proba(double)).all()
