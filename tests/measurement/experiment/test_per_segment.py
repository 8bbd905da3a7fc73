"""Segments: do they differ, and how far to believe each."""

from __future__ import annotations

from dataclasses import replace

import pytest

from segmentary.measurement.experiment.effects import Effect
from segmentary.measurement.experiment.per_segment import family, interaction, shrunken, unsure


def made(estimate, error):
    return Effect(
        estimate, estimate - 1.96 * error, estimate + 1.96 * error, error, 0.5, estimate, 0.0, 100, 100, "Welch"
    )


def test_cochrans_q_by_hand():
    found = interaction([made(0.0111, 0.0044), made(0.0731, 0.0046)])
    assert found.q == pytest.approx((0.0731 - 0.0111) ** 2 / (0.0044**2 + 0.0046**2))
    assert found.found
    assert interaction([made(1, 1)]) is None


def test_a_sequence_is_as_unsure_as_its_interval():
    single, wide = made(1.0, 0.1), replace(made(1.0, 0.1), low=0.6, high=1.4, method="Welch, confidence sequence")
    assert unsure(single) == 0.1
    assert unsure(wide) == pytest.approx(0.4 / 1.96, rel=1e-3)


def test_segments_that_are_alike_borrow_and_those_that_are_not_do_not():
    alike = shrunken([made(v, 1.0) for v in (1.0, 1.1, 0.9, 1.05, 0.95)])
    apart = shrunken([made(v, 0.1) for v in (-5.0, 0.0, 5.0)])
    assert all(one.borrowed > 0.5 for one in alike)
    assert all(one.borrowed < 0.02 for one in apart)
    assert all(0.95 < one.estimate < 1.05 for one in alike)
    assert [round(one.estimate, 1) for one in apart] == [-5.0, 0.0, 5.0]


def test_the_largest_of_many_is_pulled_back_most_where_it_is_noisy():
    found = shrunken([made(0.0, 0.5), made(0.1, 0.5), made(-0.1, 0.5), made(3.0, 2.0)])
    assert found[3].estimate < 1.0
    assert found[3].borrowed > 0.7
    assert found[3].low < found[3].estimate < found[3].high


def test_one_segment_stays_as_it_is_and_none_is_none():
    assert shrunken([made(2.0, 1.0)])[0].estimate == 2.0
    assert shrunken([]) == []


def test_the_family_is_adjusted_as_one():
    assert family({("a", "x"): 0.01, ("b", "x"): 0.04, ("c", "x"): 0.5}) == {
        ("a", "x"): pytest.approx(0.03), ("b", "x"): pytest.approx(0.06), ("c", "x"): pytest.approx(0.5),
    }  # fmt: skip
