from __future__ import annotations

import numpy as np

from segmentary.dynamics.heaps import TOWARDS_SMALL, valley


def test_two_heaps_have_a_valley_and_one_has_none() -> None:
    chance = np.random.default_rng(1)
    two = np.append(chance.normal(0, 1, 300), chance.normal(5, 1, 60))
    assert valley(two, np.ones(360), 5.0, TOWARDS_SMALL) < 0.001
    assert valley(chance.normal(0, 1, 360), np.ones(360), 3.0) == 1
    assert valley(chance.exponential(1, 360), np.ones(360), 3.0) == 1


def test_one_heap_is_called_two_no_more_often_than_said() -> None:
    wrong = [
        valley(np.random.default_rng(seed).uniform(-0.8, 4.8, 300), np.ones(300), 4.0) <= 0.05 for seed in range(200)
    ]
    assert np.mean(wrong) <= 0.05


def test_nobody_on_the_line() -> None:
    assert valley(np.zeros(0), np.zeros(0), 3.0) == 1
