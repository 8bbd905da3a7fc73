"""Ward's and Genie's partitions are those of scikit-learn and genieclust; weights are repetitions."""

from __future__ import annotations

import genieclust
import numpy as np
import pytest
from sklearn.cluster import AgglomerativeClustering
from sklearn.datasets import load_iris, load_wine, make_blobs, make_circles, make_moons
from sklearn.exceptions import ConvergenceWarning
from sklearn.metrics import adjusted_rand_score

from segmentary.models.cluster.hierarchical import Hierarchical

SETS = {
    "moons": make_moons(300, noise=0.07, random_state=1)[0],
    "circles": make_circles(300, noise=0.05, factor=0.4, random_state=1)[0],
    "blobs": make_blobs(300, centers=4, random_state=3)[0],
    "iris": load_iris().data,
    "wine": load_wine().data,
}


@pytest.mark.parametrize("name", SETS)
@pytest.mark.parametrize("k", [2, 3, 6])
def test_the_partitions_of_the_peers(name, k):
    x = np.unique(SETS[name], axis=0)
    ward = Hierarchical(k, method="ward").fit(x)
    assert adjusted_rand_score(ward.labels_, AgglomerativeClustering(k).fit_predict(x)) == 1
    if name == "iris":
        return  # lengths of its edges are equal: any order of them is right
    for threshold in (0.1, 0.3, 1.0):
        ours = Hierarchical(k, method="genie", gini_threshold=threshold).fit(x)
        peer = genieclust.Genie(n_clusters=k, gini_threshold=threshold).fit_predict(x)
        assert adjusted_rand_score(ours.labels_, peer) == 1


@pytest.mark.parametrize("method", ["ward", "genie"])
def test_weights_are_repetitions(method):
    x = SETS["blobs"][:80]
    weights = np.random.default_rng(0).integers(0, 4, 80)
    weighted = Hierarchical(3, method=method).fit(x, sample_weight=weights)
    repeated = Hierarchical(3, method=method).fit(np.repeat(x, weights, axis=0))
    np.testing.assert_allclose(weighted.centroids_, repeated.centroids_)
    assert weighted.inertia_ == pytest.approx(repeated.inertia_)
    assert weighted.agreement_ == pytest.approx(repeated.agreement_)


def test_agreement_says_how_far_centroids_keep_to_shapes():
    found = Hierarchical(2, method="genie").fit(SETS["circles"])
    assert found.agreement_ == pytest.approx((found.predict(SETS["circles"]) == found.labels_).mean())
    assert found.agreement_ < 0.7


def test_more_rows_than_are_merged():
    x = make_blobs(3000, centers=[[0, 0], [9, 9], [20, 0]], random_state=0)[0]
    found = Hierarchical(3, max_rows=200).fit(x)
    assert found.sampled_ == 200
    assert np.bincount(found.labels_).tolist() == [1000, 1000, 1000]


def test_few_rows():
    with pytest.warns(ConvergenceWarning, match="1 segments, not 3"):
        assert Hierarchical(3).fit(np.ones((5, 2))).labels_.tolist() == [0] * 5
    with pytest.raises(ValueError, match="n_samples=2"):
        Hierarchical(3).fit(np.eye(2))
    with pytest.raises(ValueError, match="gini_threshold"):
        Hierarchical(2, gini_threshold=2).fit(np.eye(3))
    with pytest.raises(ValueError, match="method"):
        Hierarchical(2, method="single").fit(np.eye(3))
