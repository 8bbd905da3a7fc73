"""Whether a cut comes back."""

import numpy as np
import pytest
from sklearn.metrics import adjusted_rand_score

from segmentary.models.validate.reproducibility import (
    Reproducibility,
    adjusted_rand,
    bootstrap_agreement,
    promising,
    reproducibility,
)


def test_the_adjusted_rand_index_is_the_known_one():
    rng = np.random.default_rng(0)
    for _ in range(20):
        one, two = rng.integers(4, size=80), rng.integers(3, size=80)
        assert adjusted_rand(one, two) == pytest.approx(adjusted_rand_score(one, two))
    everybody = np.zeros(9, dtype=np.intp)
    assert adjusted_rand(everybody, everybody) == 1.0


def test_weights_of_the_index_count_as_that_many_people():
    rng = np.random.default_rng(1)
    one, two, w = rng.integers(3, size=50), rng.integers(3, size=50), rng.integers(1, 4, size=50)
    expected = adjusted_rand_score(np.repeat(one, w), np.repeat(two, w))
    assert adjusted_rand(one, two, w.astype(float)) == pytest.approx(expected)


def test_distinct_segments_come_back():
    rng = np.random.default_rng(0)
    x = np.array([0.0, 9.0])[rng.integers(2, size=150), None] + rng.normal(size=(150, 2))
    found = reproducibility(x, np.ones(150), (2, 3), seed=0)
    assert found.holds
    assert found.strength[2] == pytest.approx(1.0)
    assert found.agreement == {2: pytest.approx(1.0)}
    assert bootstrap_agreement(x, np.ones(150), 2) == pytest.approx(1.0)


def test_what_is_already_known_is_not_measured_again():
    x = np.random.default_rng(0).uniform(size=(80, 5))
    found = reproducibility(x, np.ones(80), (2, 3), seed=0, agreement={2: 0.9})
    assert found.agreement == {2: 0.9}
    assert found.holds


def test_the_marks():
    assert Reproducibility({2: 0.8}, {}).holds
    assert Reproducibility({2: 0.79}, {3: 0.85}).holds
    assert not Reproducibility({2: 0.79}, {3: 0.84}).holds
    assert promising({2: 0.9, 3: 0.85}) == [2]
    assert promising({2: 0.3, 3: 0.5, 4: 0.2}) == [3]
    assert promising({}) == []
