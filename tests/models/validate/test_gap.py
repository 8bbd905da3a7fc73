"""The gap statistic by its definition."""

import numpy as np
import pytest

from segmentary.models.validate.gap import Gap, Gaps, gap_statistic, plain_spread


def test_three_segments_are_chosen_and_an_even_box_has_none():
    rng = np.random.default_rng(0)
    centres = np.array([[0, 0], [8, 0], [0, 8]])
    x = centres[rng.integers(3, size=150)] + rng.normal(size=(150, 2))
    assert gap_statistic(x, range(1, 7), references=20).choice == 3
    assert gap_statistic(rng.uniform(size=(150, 2)), range(1, 6), references=20).choice == 1


def test_the_choice_is_the_first_within_an_error():
    assert Gaps((Gap(1, 0.1, 0.01), Gap(2, 0.5, 0.02), Gap(3, 0.51, 0.02), Gap(4, 0.9, 0.01))).choice == 2
    assert Gaps((Gap(1, 0.1, 0.01), Gap(2, 0.5, 0.02))).choice == 2


def test_plain_distances_are_summed_over_pairs():
    x = np.array([[0.0], [3.0], [10.0]])
    assert plain_spread(x, np.ones(3), np.array([0, 0, 1])) == pytest.approx(2 * 3 / (2 * 2))


def test_edges():
    assert gap_statistic(np.zeros((3, 2)), [9]).rows == ()
    assert len(gap_statistic(np.zeros((30, 2)), [1, 2], references=3).rows) == 2
