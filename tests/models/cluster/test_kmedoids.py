"""K-medoids: the best people to be about, by brute force where that is possible."""

from __future__ import annotations

import itertools

import numpy as np
import pytest

from segmentary.models.cluster.gower import gower
from segmentary.models.cluster.kmedoids import KMedoids


def mixed(n: int, seed: int) -> np.ndarray:
    random = np.random.default_rng(seed)
    segment = random.integers(0, 3, n)
    return np.column_stack([random.normal(4 * segment, 1), (segment + (random.random(n) < 0.2)) % 3]).round(3)


@pytest.mark.parametrize("seed", range(5))
def test_nothing_is_better_in_small(seed):
    x = mixed(14, seed)
    weights = np.random.default_rng(seed).uniform(0.5, 2, 14)
    apart = gower(x, ["number", "nominal"])
    best = min(float(weights @ apart[:, list(some)].min(axis=1)) for some in itertools.combinations(range(14), 3))
    found = KMedoids(3, categorical_features=[1], n_init=8).fit(x, sample_weight=weights)
    assert found.cost_ == pytest.approx(best, rel=1e-6)
    assert all((x == medoid).all(axis=1).any() for medoid in found.medoids_)


def test_weights_are_repetitions():
    x, weights = mixed(40, 0), np.random.default_rng(0).integers(0, 4, 40)
    weighted = KMedoids(3, categorical_features=[1]).fit(x, sample_weight=weights)
    repeated = KMedoids(3, categorical_features=[1]).fit(np.repeat(x, weights, axis=0))
    assert weighted.medoids_.tolist() == repeated.medoids_.tolist()
    assert weighted.cost_ == pytest.approx(repeated.cost_)


def test_samples_of_many_come_near():
    x = mixed(3000, 1)
    whole = KMedoids(3, categorical_features=[1]).fit(x)
    few = KMedoids(3, categorical_features=[1], max_rows=400).fit(x)
    assert few.cost_ <= whole.cost_ * 1.03
    assert whole.agreement_ > 0.9


def test_missing_everything():
    x = np.array([[np.nan, np.nan], [1.0, 0], [2.0, 1], [np.nan, 1]])
    found = KMedoids(2, categorical_features=[1]).fit(x)
    assert set(found.labels_) <= {0, 1}
    assert (found.predict(x) == found.terms().labels(x)).all()
    assert KMedoids(1).fit(np.full((3, 2), np.nan)).labels_.tolist() == [0, 0, 0]


def test_ordered_and_asymmetric_answers():
    x = np.array([[0.0, 0], [1, 0], [3, 1], [4, 1], [4, 0]])
    found = KMedoids(2, measures=["ordinal", "asymmetric"]).fit(x)
    assert found.labels_[0] == found.labels_[1] != found.labels_[2]
    with pytest.raises(ValueError, match="not both"):
        KMedoids(2, measures=["ordinal"], categorical_features=[0]).fit(x[:, :1])
