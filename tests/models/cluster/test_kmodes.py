"""K-modes: what differs is counted, what is missing is not."""

from __future__ import annotations

import itertools
import warnings

import numpy as np
import pytest
from kmodes.kmodes import KModes as Peer
from sklearn.exceptions import ConvergenceWarning

from segmentary.models.cluster.kmedoids import KMedoids
from segmentary.models.cluster.kmodes import KModes


def cost_of(x, labels) -> float:
    """The answers that differ from the most frequent of each segment."""
    total = 0
    for c in np.unique(labels):
        for column in x[labels == c].T:
            known = column[~np.isnan(column)].astype(int)
            total += len(known) - (np.bincount(known).max() if len(known) else 0)
    return total


@pytest.mark.parametrize("seed", range(6))
def test_nothing_is_better_in_small(seed):
    random = np.random.default_rng(seed)
    x = random.integers(0, 3, (9, 4)).astype(float)
    x[random.random(x.shape) < 0.15] = np.nan
    best = min(cost_of(x, np.array(labels)) for labels in itertools.product(range(2), repeat=9))
    assert KModes(2).fit(x).cost_ == best


@pytest.mark.parametrize("k", [2, 4])
def test_no_worse_than_the_peer(k):
    random = np.random.default_rng(k)
    x = (random.integers(0, 4, (300, 1)) + (random.random((300, 6)) < 0.4) * random.integers(0, 4, (300, 6))) % 4
    assert KModes(k).fit(x).cost_ <= Peer(k, n_init=5, random_state=0).fit(x).cost_


def test_of_equals_the_first_level():
    found = KModes(1).fit([[2.0], [1.0], [1.0], [2.0]])
    assert found.cluster_modes_.tolist() == [[1.0]]
    assert found.cost_ == 2


def test_columns_and_rows_of_nothing():
    x = np.array([[0, np.nan], [0, np.nan], [1, np.nan], [np.nan, np.nan]])
    found = KModes(2).fit(x)
    assert np.isnan(found.cluster_modes_[:, 1]).all()
    assert found.cost_ == 0
    assert found.labels_.tolist() == [0, 0, 1, 0]
    assert found.terms().labels(x).tolist() == [0, 0, 1, 0]
    assert KModes(1).fit(np.full((3, 2), np.nan)).labels_.tolist() == [0, 0, 0]


def test_weights_decide():
    x = np.array([[0.0], [1.0]])
    assert KModes(1).fit(x, sample_weight=[1, 2.5]).cluster_modes_.tolist() == [[1.0]]
    assert KModes(1).fit(x, sample_weight=[1, 2.5]).cost_ == 1


@pytest.mark.parametrize("seed", range(8))
def test_every_segment_has_somebody(seed):
    random = np.random.default_rng(seed)
    x = random.integers(0, 2, (30, 3)).astype(float)
    x[random.random(x.shape) < 0.4] = np.nan
    with warnings.catch_warnings():
        warnings.simplefilter("ignore", ConvergenceWarning)
        found = KModes(6, n_init=1).fit(x)
        medoids = KMedoids(6, categorical_features=[0, 1, 2], n_init=1).fit(x)
    assert np.unique(found.labels_).tolist() == list(range(len(found.cluster_modes_)))
    assert found.terms().segments == len(found.cluster_modes_)
    assert np.unique(medoids.labels_).tolist() == list(range(len(medoids.medoids_)))
