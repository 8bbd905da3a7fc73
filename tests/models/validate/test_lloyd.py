"""The small k-means against scikit-learn, and its weights."""

import numpy as np
import pytest
from sklearn.cluster import KMeans

from segmentary.models.validate import lloyd


@pytest.mark.parametrize("k", [1, 2, 3, 5])
def test_many_starts_reach_the_cost_of_scikit_learn(k):
    x = np.random.default_rng(k).normal(size=(200, 4))
    cost, centres, labels = lloyd.fit(x, np.ones(200), k, starts=60, seed=1)
    reference = KMeans(k, n_init=60, random_state=0).fit(x)
    assert cost <= reference.inertia_ * 1.002
    assert cost == pytest.approx(((x - centres[labels]) ** 2).sum())
    assert np.array_equal(lloyd.nearest(x, centres), labels)


def test_weights_count_as_that_many_people():
    rng = np.random.default_rng(0)
    x, w = rng.normal(size=(60, 2)), rng.integers(1, 5, size=60).astype(float)
    weighted = lloyd.fit(x, w, 3, starts=50, seed=0)[0]
    repeated = lloyd.fit(np.repeat(x, w.astype(int), axis=0), np.ones(int(w.sum())), 3, starts=50, seed=0)[0]
    assert weighted == pytest.approx(repeated)


def test_the_seed_decides_and_more_segments_cost_less():
    x = np.random.default_rng(0).normal(size=(150, 3))
    one = lloyd.costs(x, np.ones(150), (2, 3, 4, 5), starts=5, seed=9)
    assert np.array_equal(one, lloyd.costs(x, np.ones(150), (2, 3, 4, 5), starts=5, seed=9))
    assert np.all(np.diff(one) < 0)


def test_fewer_distinct_rows_than_segments_cost_nothing():
    x = np.repeat(np.array([[0.0], [1.0]]), 20, axis=0)
    assert lloyd.fit(x, np.ones(40), 5, starts=3, seed=0)[0] == 0.0
