"""K-means: the best cost, the same from any order, seed-by-seed, on any number of threads."""

from __future__ import annotations

import itertools

import numba
import numpy as np
import pytest
from sklearn.cluster import KMeans as Peer
from sklearn.exceptions import ConvergenceWarning

from segmentary.models.cluster.kmeans import KMeans


def blobs(n: int = 300, seed: int = 0, q: int = 3) -> np.ndarray:
    random = np.random.default_rng(seed)
    return random.normal(0, 2, (4, q))[random.integers(0, 4, n)] + random.normal(size=(n, q))


def cost_of(x, labels, weights) -> float:
    total = 0.0
    for c in np.unique(labels):
        here = labels == c
        centre = np.average(x[here], axis=0, weights=weights[here])
        total += float((weights[here, None] * (x[here] - centre) ** 2).sum())
    return total


@pytest.mark.parametrize("seed", range(6))
def test_nothing_is_better_in_small(seed):
    random = np.random.default_rng(seed)
    x, weights = random.integers(0, 6, (8, 2)).astype(float), random.uniform(0.5, 3, 8)
    best = min(cost_of(x, np.array(labels), weights) for labels in itertools.product(range(3), repeat=8))
    found = KMeans(3).fit(x, sample_weight=weights)
    assert found.inertia_ == pytest.approx(best, rel=1e-9)
    assert cost_of(x, found.labels_, weights) == pytest.approx(best, rel=1e-9)


@pytest.mark.parametrize("k", [2, 4, 7])
def test_no_worse_than_the_peer(k):
    x = blobs()
    found = KMeans(k).fit(x)
    assert found.inertia_ <= Peer(k, n_init=50, random_state=0).fit(x).inertia_ * (1 + 1e-9)
    assert np.bincount(found.labels_).tolist() == sorted(np.bincount(found.labels_), reverse=True)


def test_weights_are_repetitions_and_rows_have_no_order():
    x = blobs(120)
    weights = np.random.default_rng(1).integers(0, 4, 120)
    repeated = KMeans(4).fit(np.repeat(x, weights, axis=0))
    weighted = KMeans(4).fit(x, sample_weight=weights)
    order = np.random.default_rng(2).permutation(120)
    shuffled = KMeans(4).fit(x[order], sample_weight=7.0 * weights[order])
    np.testing.assert_allclose(weighted.cluster_centers_, repeated.cluster_centers_, rtol=1e-12)
    np.testing.assert_allclose(shuffled.cluster_centers_, repeated.cluster_centers_, rtol=1e-12)
    assert shuffled.inertia_ == pytest.approx(7 * repeated.inertia_)


@pytest.mark.parametrize("n", [400, 40_000])
def test_threads_change_nothing(n):
    x = blobs(n, q=4)
    many = KMeans(5, n_init=2).fit(x)
    before = numba.get_num_threads()
    try:
        numba.set_num_threads(1)
        one = KMeans(5, n_init=2).fit(x)
    finally:
        numba.set_num_threads(before)
    assert (one.cluster_centers_ == many.cluster_centers_).all()
    assert (one.labels_ == many.labels_).all()


def test_many_rows_by_a_sample_cost_no_more_than_the_peer():
    x = blobs(40_000)
    assert KMeans(4, n_init=2).fit(x).inertia_ <= Peer(4, n_init=2, random_state=0).fit(x).inertia_ * (1 + 1e-5)


def test_far_from_zero_and_very_large_and_small():
    x = blobs(200)
    labels = KMeans(4).fit(x).labels_
    assert (KMeans(4).fit(x + 1.7e9).labels_ == labels).all()
    assert (KMeans(4).fit(x * 1e300 / np.abs(x).max()).labels_ == labels).all()
    assert (KMeans(4).fit(x * 1e-200).labels_ == labels).all()
    assert (KMeans(4).fit(x, sample_weight=np.full(200, 1e300)).labels_ == labels).all()


def test_fewer_different_rows_than_segments():
    x = np.repeat([[0.0, 1.0], [2.0, 3.0]], 5, axis=0)
    with pytest.warns(ConvergenceWarning, match="2 segments, not 4"):
        found = KMeans(4).fit(x)
    assert found.cluster_centers_.tolist() == [[0, 1], [2, 3]]
    assert found.transform(x).shape == (10, 2)
    assert len(found.get_feature_names_out()) == 2
    assert KMeans(1).fit(x[:1]).labels_.tolist() == [0]


@pytest.mark.parametrize(
    ("options", "words"),
    [({"n_clusters": 0}, "n_clusters"), ({"n_clusters": 2.5}, "n_clusters"), ({"n_init": "many"}, "n_init")],
)
def test_parameters_out_of_range(options, words):
    with pytest.raises(ValueError, match=words):
        KMeans(**options).fit(blobs(30))


def test_too_few_rows_of_weight():
    with pytest.raises(ValueError, match="n_samples=2"):
        KMeans(3).fit(blobs(5), sample_weight=[1, 1, 0, 0, 0])


def test_it_can_be_cancelled():
    class CancelledError(Exception):
        pass

    def tell(sentence, done):
        assert 0 <= done <= 1
        raise CancelledError(sentence)

    found = KMeans(3)
    with pytest.raises(CancelledError):
        found.fit(blobs(), tell=tell)
    assert not hasattr(found, "labels_")
