"""Were people split as planned?"""

from __future__ import annotations

import pytest

from segmentary.errors import NoAnswerError
from segmentary.measurement.experiment.sample_ratio import by_segment, sample_ratio

THIRDS = {"none": 1 / 3, "mens": 1 / 3, "womens": 1 / 3}


def test_the_split_of_the_hillstrom_e_mail():
    found = sample_ratio({"none": 21_306, "mens": 21_307, "womens": 21_387}, THIRDS)
    assert found.p == pytest.approx(0.904, abs=5e-4)
    assert not found.mismatch
    assert "as planned" in found.sentence
    assert "p .904" in found.sentence


def test_it_is_scipys_chi_square():
    from scipy.stats import chisquare

    found = sample_ratio({"a": 910, "b": 80, "c": 10}, {"a": 90, "b": 9, "c": 1})
    assert found.p == pytest.approx(chisquare([910, 80, 10], [900, 90, 10]).pvalue)


def test_an_arm_that_nobody_got_is_a_mismatch():
    found = sample_ratio({"a": 400}, {"a": 0.5, "b": 0.5})
    assert found.mismatch
    assert "planned a 200, b 200" in found.sentence


def test_nobody_at_all_is_no_mismatch():
    assert not sample_ratio({}, {"a": 0.5, "b": 0.5}).mismatch
    with pytest.raises(NoAnswerError):
        sample_ratio({"a": 1}, {"a": 0.0})


def test_segments_are_corrected_for_being_many():
    counts = {(f"s{n}", arm): people for n in range(10) for arm, people in (("a", 500), ("b", 500 + 100 * (n == 3)))}
    found = by_segment(counts, {"a": 0.5, "b": 0.5}, {"s1": {"a": 500, "b": 500}})
    assert len(found) == 10
    assert found[3].p < found[3].p_holm
    assert found[3].p_holm == pytest.approx(10 * found[3].p)
