"""References: the same columns to the last value, the same correlations, missing answers in their place."""

import numpy as np
import pytest

from segmentary.models.validate.latent_correlation import seen_correlation
from segmentary.models.validate.null_models import copula_null, rearranged
from segmentary.samples.planted import make


@pytest.mark.parametrize("name", ["normal", "likert", "bin_trait", "rfm_raw", "lca4"])
def test_a_reference_has_the_same_columns_and_correlations(name):
    plain = make(name, 300, 1)[0].values
    reference = copula_null(plain, np.ones(300)).sample(np.random.default_rng(0))
    assert np.array_equal(np.sort(reference, axis=0), np.sort(plain, axis=0))
    seen = [seen_correlation(x, np.ones(300)) for x in (plain, reference)]
    # Answers of 300 people cannot be rearranged to any correlation: some hundredths are left.
    assert np.abs(seen[0] - seen[1]).max() < 0.08
    assert np.abs(seen[0] - seen[1]).mean() < 0.03


def test_missing_answers_stay_where_they_are():
    plain = make("likert", 200, 1)[0].values.copy()
    plain[::7, 2] = np.nan
    reference = copula_null(plain, np.ones(200)).sample(np.random.default_rng(0))
    assert np.array_equal(np.isnan(reference), np.isnan(plain))
    assert np.array_equal(np.sort(reference[:, 2]), np.sort(plain[:, 2]), equal_nan=True)


def test_weights_give_the_weighted_column():
    rng = np.random.default_rng(4)
    x = rng.normal(size=4000)
    w = np.where(x > 0, 3.0, 1.0)
    found = rearranged(x, w, rng.normal(size=4000))
    assert np.average(found, weights=w) == pytest.approx(np.average(x, weights=w), abs=0.06)


def test_few_people_and_many_columns_work_too():
    plain = np.random.default_rng(0).normal(size=(12, 9))
    assert copula_null(plain, np.ones(12)).sample(np.random.default_rng(1)).shape == (12, 9)


def test_columns_that_say_the_same_twice_do_so_in_references():
    x = np.random.default_rng(0).normal(size=(150, 1))
    reference = copula_null(np.hstack([x, x, x]), np.ones(150)).sample(np.random.default_rng(1))
    assert np.corrcoef(reference.T).min() > 0.9999
