"""Dense regions are those of scikit-learn's HDBSCAN; weights are repetitions."""

from __future__ import annotations

import numpy as np
import pytest
from sklearn.cluster import HDBSCAN
from sklearn.datasets import load_iris, make_blobs, make_moons
from sklearn.metrics import adjusted_rand_score

from segmentary.models.cluster.density import Density


@pytest.mark.parametrize("least", [8, 20])
@pytest.mark.parametrize("seed", range(4))
def test_the_regions_of_the_peer(seed, least):
    x = make_blobs(250, centers=4, cluster_std=1.5, random_state=seed)[0]
    x = np.vstack([x, make_moons(150, noise=0.1, random_state=seed)[0] * 3 + 15])
    ours = Density(min_cluster_size=least, min_samples=5).fit(x)
    peer = HDBSCAN(min_cluster_size=least, min_samples=5, copy=True).fit_predict(x)
    assert ours.n_clusters_ == peer.max() + 1
    assert adjusted_rand_score(ours.labels_, peer) > 0.97  # edges of one length may be cut in any order
    assert ours.noise_ == pytest.approx((ours.labels_ < 0).mean())


def test_iris_has_two():
    x = np.unique(load_iris().data, axis=0)
    assert Density(min_cluster_size=10).fit(x).n_clusters_ == 2


@pytest.mark.parametrize("least", [6, 12])
def test_weights_are_repetitions(least):
    x = make_blobs(60, centers=3, random_state=1)[0]
    weights = np.random.default_rng(0).integers(0, 9, 60)
    weighted = Density(min_cluster_size=least).fit(x, sample_weight=weights)
    repeated = Density(min_cluster_size=least).fit(np.repeat(x, weights, axis=0))
    assert (np.repeat(weighted.labels_, weights) == repeated.labels_).all()


def test_a_sample_keeps_the_shares():
    x = make_blobs(4000, centers=[[0, 0], [12, 12]], random_state=0)[0]
    found = Density(max_rows=500).fit(x)
    assert found.n_clusters_ == 2
    assert found.sampled_ == 500


def test_one_row_and_rows_alike():
    assert Density().fit([[1.0, 2.0]]).labels_.tolist() == [-1]
    assert Density().fit(np.ones((50, 2))).n_clusters_ == 0
    two = Density().fit(np.repeat([[0.0, 0], [1, 1]], 30, axis=0))
    assert two.labels_.tolist() == [0] * 30 + [1] * 30
    with pytest.raises(ValueError, match="min_cluster_size"):
        Density(min_cluster_size=1).fit(np.eye(3))
