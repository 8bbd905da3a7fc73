"""Covariates in one step: planted effects come back, with standard errors that fit."""

from __future__ import annotations

import warnings

import numpy as np
import pytest

from segmentary.models.cluster.latent_class import LatentClass
from segmentary.models.cluster.latent_class_regression import LatentClassRegression


def planted(n: int = 1200, seed: int = 5, effect: float = 1.0) -> np.ndarray:
    """Six items, then an age-like covariate that moves membership of the smaller class, then noise."""
    rng = np.random.default_rng(seed)
    age = rng.normal(50, 10, n)
    p = 1 / (1 + np.exp(-(-1.0 + effect * (age - 50) / 10)))
    z = (rng.random(n) < p).astype(int)
    x = (rng.random((n, 6)) < np.array([[0.2] * 6, [0.8] * 6])[z]).astype(np.float64)
    return np.column_stack([x, age, rng.normal(size=n)])


def test_planted_effects_come_back():
    model = LatentClassRegression(2, covariates=[6, 7], n_init=10).fit(planted())
    errors = model.standard_errors()
    effect, error = model.coefficients_[1], errors.coefficients[1]
    assert model.coefficients_[0].tolist() == [0.0, 0.0]
    assert abs(effect[0] - 0.1) < 3 * error[0]
    assert 0.005 < error[0] < 0.02
    assert abs(effect[1]) < 3 * error[1]
    assert errors.intercepts[0] == 0.0


def test_standard_errors_cover():
    inside = 0
    for seed in range(30):
        model = LatentClassRegression(2, covariates=[6], n_init=2).fit(planted(400, seed)[:, :7])
        inside += abs(model.coefficients_[1, 0] - 0.1) < 1.96 * model.standard_errors().coefficients[1, 0]
    assert inside >= 25


def test_without_covariates_it_is_latent_class_analysis():
    x = planted()[:, :6]
    one, two = LatentClass(2).fit(x), LatentClassRegression(2, n_init=10).fit(x)
    assert two.log_likelihood_ == pytest.approx(one.log_likelihood_, abs=1e-4)
    assert two.n_parameters_ == one.n_parameters_
    assert two.weights_ == pytest.approx(one.weights_, abs=1e-3)


def test_the_unit_of_a_covariate_does_not_matter():
    x = planted()[:, :7]
    other = x.copy()
    other[:, 6] = x[:, 6] * 1e6 - 3e7
    one = LatentClassRegression(2, covariates=[6], n_init=5).fit(x)
    two = LatentClassRegression(2, covariates=[-1], n_init=5).fit(other)
    assert two.log_likelihood_ == pytest.approx(one.log_likelihood_, abs=1e-6)
    assert two.coefficients_ * 1e6 == pytest.approx(one.coefficients_, rel=1e-3)


def test_a_missing_covariate_is_said_and_placed_as_average():
    x = planted()[:, :7]
    x[:10, 6] = np.nan
    with pytest.warns(UserWarning, match="10 of 1200"):
        model = LatentClassRegression(2, covariates=[6], n_init=3).fit(x)
    assert model.n_used_ == 1190
    average = x[:10].copy()
    average[:, 6] = np.nanmean(x[:, 6])
    assert model.predict_proba(x[:10]) == pytest.approx(model.predict_proba(average))
    assert len(model.labels_) == 1200
    x[:, 6] = np.nan
    with pytest.raises(ValueError, match="every row"):
        LatentClassRegression(2, covariates=[6]).fit(x)


def test_perfect_separation_stays_finite():
    x = planted(effect=0.0)[:, :7]
    x[:, 6] = x[:, :6].sum(axis=1) > 3
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        model = LatentClassRegression(2, covariates=[6], n_init=3).fit(x)
    assert np.isfinite(model.coefficients_).all()
    assert np.isfinite(model.predict_proba(x)).all()


def test_an_item_nobody_answered_and_constant_covariates():
    x = planted(300)[:, :7]
    more = np.column_stack([x, np.full(300, np.nan), np.ones(300)])
    one = LatentClassRegression(2, covariates=[6], n_init=5).fit(x)
    two = LatentClassRegression(2, covariates=[6, 8], n_init=5).fit(more)
    assert two.log_likelihood_ == pytest.approx(one.log_likelihood_, abs=1e-4)
    assert np.isfinite(two.predict_proba(more)).all()


def test_many_rows_start_from_a_sample():
    model = LatentClassRegression(2, covariates=[6], n_init=5).fit(planted(7000)[:, :7])
    assert model.coefficients_[1, 0] == pytest.approx(0.1, abs=0.015)
