"""K-prototypes: means and modes together, at the peer's cost."""

from __future__ import annotations

import numpy as np
import pytest
from kmodes.kprototypes import KPrototypes as Peer
from sklearn.cluster import KMeans as PeerMeans

from segmentary.models.cluster.kmodes import KModes
from segmentary.models.cluster.kprototypes import KPrototypes


def mixed(n: int = 400, seed: int = 0) -> np.ndarray:
    random = np.random.default_rng(seed)
    segment = random.integers(0, 3, n)
    return np.column_stack(
        [random.normal(3 * segment, 1), random.normal(-2 * segment, 1), (segment + (random.random(n) < 0.3)) % 3]
    )


@pytest.mark.parametrize("k", [2, 3, 5])
def test_at_most_the_cost_of_the_peer_and_counted_alike(k):
    x = mixed()
    peer = Peer(k, n_init=3, random_state=0).fit(x, categorical=[2])
    found = KPrototypes(k, categorical_features=[2]).fit(x)
    assert found.gamma_ == pytest.approx(peer.gamma)
    assert found.cost_ <= peer.cost_ * (1 + 1e-9)
    if k == 3:
        assert found.cost_ == pytest.approx(peer.cost_, rel=1e-9)


def test_without_codes_it_is_k_means_and_without_numbers_k_modes():
    x = mixed()
    numbers = KPrototypes(3).fit(x[:, :2])
    assert numbers.cost_ == pytest.approx(PeerMeans(3, n_init=30, random_state=0).fit(x[:, :2]).inertia_, rel=1e-9)
    codes = np.column_stack([x[:, 2], mixed(seed=1)[:, 2]])
    assert KPrototypes(2, categorical_features=[0, 1], gamma=1).fit(codes).cost_ == KModes(2).fit(codes).cost_


def test_what_is_missing_decides_nothing():
    x = mixed()
    gaps = np.random.default_rng(3).random(x.shape) < 0.2
    found = KPrototypes(3, categorical_features=[2]).fit(np.where(gaps, np.nan, x))
    whole = KPrototypes(3, categorical_features=[2]).fit(x)
    assert (found.labels_ == whole.labels_).mean() > 0.8
    assert np.isfinite(found.cluster_prototypes_).all()
    empty = np.column_stack([np.full(400, np.nan), x])
    again = KPrototypes(3, categorical_features=[3]).fit(empty)
    assert again.n_features_in_ == 4
    assert (again.labels_ == again.terms().labels(empty)).all()


def test_places_or_flags():
    x = mixed()
    assert (
        KPrototypes(3, categorical_features=[False, False, True]).fit(x).labels_
        == KPrototypes(3, categorical_features=[2]).fit(x).labels_
    ).all()


@pytest.mark.parametrize(
    ("options", "words"),
    [
        ({"categorical_features": [3]}, "not places"),
        ({"categorical_features": [1, 1]}, "not places"),
        ({"categorical_features": [True]}, "flags"),
        ({"gamma": -1.0}, "gamma"),
        ({"gamma": float("nan")}, "gamma"),
    ],
)
def test_parameters_out_of_range(options, words):
    with pytest.raises(ValueError, match=words):
        KPrototypes(2, **options).fit(mixed(20))
