"""Prediction strength by its definition."""

import numpy as np
import pytest

from segmentary.models.validate.prediction_strength import kept_together, kmeans_placer, prediction_strength


def test_the_worst_segment_counts_by_its_pairs():
    own = np.array([0, 0, 0, 0, 1, 1, 1])
    other = np.array([0, 0, 0, 1, 1, 1, 1])
    assert kept_together(own, other, np.ones(7), 2) == pytest.approx(3 / 6)


def test_weights_count_as_that_many_people():
    own, other = np.array([0, 0, 0, 1, 1]), np.array([0, 0, 1, 1, 1])
    w = np.array([2.0, 1.0, 1.0, 1.0, 1.0])
    pairs = {(0, 1): 2.0, (0, 2): 2.0, (1, 2): 1.0}
    assert kept_together(own, other, w, 2) == pytest.approx(pairs[0, 1] / sum(pairs.values()))


def test_segments_far_apart_are_predicted_and_one_cloud_is_not():
    rng = np.random.default_rng(0)
    apart = np.array([0.0, 10.0, 20.0])[rng.integers(3, size=200), None] + rng.normal(size=(200, 2))
    assert prediction_strength(kmeans_placer, apart, 3).mean == pytest.approx(1.0)
    cloud = rng.uniform(size=(200, 6))
    assert prediction_strength(kmeans_placer, cloud, 4).mean < 0.5


def test_edges():
    x = np.random.default_rng(0).normal(size=(5, 2))
    assert prediction_strength(kmeans_placer, x, 1).mean == 1.0
    assert np.isnan(prediction_strength(kmeans_placer, x, 3).mean)


def test_it_can_be_cancelled():
    def stop(sentence, done):
        raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        prediction_strength(kmeans_placer, np.random.default_rng(0).normal(size=(50, 2)), 2, tell=stop)
