import numpy as np
import pytest

from segmentary.samples.planted_lives import lives
from segmentary.samples.planted_truth import truth_of


def test_truth_of_people():
    people = lives(500, np.random.default_rng(3))
    ids = [str(k) for k in range(500)]
    truth = truth_of(people, ids, experiment=True)
    assert truth.survival("basic", 0) == 1
    assert truth.survival("basic", 30) == pytest.approx(np.exp(-0.06))
    assert truth.shift_from == "2024-12"
    assert next(iter(truth.categories["pro"])) == "2023-09"
    assert list(truth.categories["pro"])[-1] == "2026-02"
    plus = truth.effects["plus"]
    assert plus.revenue == pytest.approx(0.35 * plus.baseline_revenue)
    assert plus.converts > plus.converts_untreated
