"""Silhouettes against scikit-learn, and against one population."""

import numpy as np
import pytest
from sklearn.metrics import silhouette_score

from segmentary.models.validate.silhouette import silhouette, silhouette_excess
from segmentary.samples.planted import make


def test_the_mean_width_is_the_known_one():
    rng = np.random.default_rng(0)
    x, labels = rng.normal(size=(700, 3)), rng.integers(4, size=700)
    assert silhouette(x, labels) == pytest.approx(silhouette_score(x, labels), abs=1e-9)


def test_weights_count_as_that_many_people():
    rng = np.random.default_rng(1)
    x, labels, w = rng.normal(size=(60, 2)), rng.integers(3, size=60), rng.integers(1, 4, size=60)
    # A person of weight w is w people at one place; alone among themselves they are at no distance.
    widths = silhouette(np.repeat(x, w, axis=0), np.repeat(labels, w))
    assert silhouette(x, labels, w.astype(float)) == pytest.approx(widths, abs=0.05)


def test_the_unassigned_are_left_out_and_one_segment_has_none():
    x, labels = np.array([[0.0], [0.1], [5.0], [5.1], [99.0]]), np.array([0, 0, 1, 1, -1])
    assert silhouette(x, labels) == pytest.approx(silhouette(x[:4], labels[:4]))
    assert np.isnan(silhouette(x, np.zeros(5, dtype=np.intp)))


def test_one_population_has_no_excess_and_segments_do():
    one = silhouette_excess(make("normal", 200, 3)[0], (2, 3), references=10)
    assert max(found.excess for found in one) < 4
    three = silhouette_excess(make("g3_sep", 200, 3)[0], (2, 3), references=10)
    assert max(three, key=lambda found: found.excess).k == 3
    assert three[1].excess > 4
