"""Latent correlations of tied answers: what went in comes out, and it is the tetrachoric correlation."""

import numpy as np
import pytest
from scipy.optimize import brentq
from scipy.stats import multivariate_normal, norm

from segmentary.models.validate.latent_correlation import (
    latent_correlation,
    margin,
    positive_definite,
    scored,
    seen_correlation,
)


def latent(x, w=None):
    w = np.ones(len(x)) if w is None else w
    margins = [margin(x[:, j], w) for j in range(x.shape[1])]
    z = np.column_stack([scored(x[:, j], one) for j, one in enumerate(margins)])
    return latent_correlation(z, w, margins)


def test_two_yes_no_columns_give_the_tetrachoric_correlation():
    counts = np.array([[40, 25], [15, 60]])
    x = np.array([[i, j] for i in (0, 1) for j in (0, 1) for _ in range(counts[i, j])], dtype=float)
    cuts = norm.ppf(counts.sum(axis=1)[0] / 140), norm.ppf(counts.sum(axis=0)[0] / 140)

    def missing(r):
        return multivariate_normal([0, 0], [[1, r], [r, 1]]).cdf(cuts) - counts[0, 0] / 140

    assert latent(x)[0, 1] == pytest.approx(brentq(missing, -0.95, 0.95), abs=1e-3)


@pytest.mark.parametrize("rho", [-0.8, -0.3, 0.0, 0.5, 0.9])
@pytest.mark.parametrize("cuts", [(0.5,), (-1.5, -0.5, 0.5, 1.5), (1.0, 1.5), None])
def test_correlations_behind_cut_columns_come_back(rho, cuts):
    z = np.random.default_rng(1).multivariate_normal([0, 0], [[1, rho], [rho, 1]], size=20_000)
    x = z.copy()
    if cuts is not None:
        x[:, 0] = np.searchsorted(cuts, z[:, 0])
        x[:, 1] = np.searchsorted((-0.4, 0.8), z[:, 1])
    assert latent(x)[0, 1] == pytest.approx(rho, abs=0.03)


def test_weights_and_missing_answers():
    rng = np.random.default_rng(2)
    x = (rng.multivariate_normal([0, 0], [[1, 0.6], [0.6, 1]], size=4000) > 0.3).astype(float)
    w = rng.integers(1, 4, size=4000).astype(float)
    repeated = np.repeat(x, w.astype(int), axis=0)
    assert latent(x, w)[0, 1] == pytest.approx(latent(repeated)[0, 1], abs=1e-9)
    x[rng.uniform(size=4000) < 0.2, 0] = np.nan
    assert latent(x)[0, 1] == pytest.approx(0.6, abs=0.06)


def test_constant_columns_correlate_with_nothing():
    x = np.column_stack([np.ones(50), np.arange(50.0)])
    assert np.array_equal(latent(x), np.eye(2))
    assert np.array_equal(seen_correlation(x, np.ones(50)), np.eye(2))


def test_impossible_correlations_become_possible():
    impossible = np.array([[1, 0.9, -0.9], [0.9, 1, 0.9], [-0.9, 0.9, 1]])
    mended = positive_definite(impossible)
    assert np.linalg.eigvalsh(mended).min() > 0
    assert np.allclose(np.diag(mended), 1)
