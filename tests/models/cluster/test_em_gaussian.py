"""Rounded values: no segment shrinks onto one of them."""

import numpy as np
import pytest

from segmentary.models.cluster.em_gaussian import rounding_floor
from segmentary.models.cluster.gaussian_mixture import GaussianMixture
from segmentary.models.cluster.mixed_mixture import MixedMixture


def test_the_floor_is_that_of_one_per_step():
    years = np.repeat(np.arange(20.0, 60.0), 5)
    assert rounding_floor(years, np.ones(len(years))) == pytest.approx(1 / (2 * np.pi))
    assert rounding_floor(years / 3, np.ones(len(years))) == pytest.approx(1 / 9 / (2 * np.pi))


def test_what_is_hardly_rounded_has_hardly_a_floor():
    x = np.random.default_rng(1).normal(size=5_000)
    assert rounding_floor(x, np.ones(len(x))) < 1e-6
    assert rounding_floor(np.full(9, 3.0), np.ones(9)) == 0.0
    assert rounding_floor(np.array([]), np.array([])) == 0.0


def test_rows_without_weight_round_nothing():
    x = np.concatenate([np.repeat([0.0, 1.0, 2.0], 10), [0.001]])
    weight = np.append(np.ones(30), 1e-9)
    assert rounding_floor(x, weight) == pytest.approx(1 / (2 * np.pi), rel=1e-2)


def answers(seed: int = 3) -> np.ndarray:
    """Means of three five-point answers to four scales, of one population with one trait."""
    chance = np.random.default_rng(seed)
    trait = chance.normal(size=(500, 1, 1))
    told = np.clip(np.round(3 + 0.5 * trait + chance.normal(scale=0.8, size=(500, 4, 3))), 1, 5)
    return told.mean(axis=2)


@pytest.mark.parametrize("make", [GaussianMixture, MixedMixture])
def test_means_of_answers_are_no_segments(make):
    x = answers()
    bics = [make(k, n_init=3).fit(x).bic_ for k in (1, 2, 8)]
    assert bics[2] > min(bics[:2])
