import math

import pytest

from segmentary.measurement.loyalty.figures import Figure, gap_by_errors, gap_of, judged
from segmentary.models.intervals import Interval, difference_of_shares


def figure(k, n, j=500, m=1000):
    gap = gap_of(difference_of_shares(k, n, j, m))
    return Figure("s", "csat", "", "share", Interval(k / n, 0, 1, n), Interval(j / m, 0, 1, m), gap)


def test_all_tests_are_corrected_together():
    found = judged([figure(560, 1000), *[figure(500, 1000)] * 9])
    assert found[0].gap.p < 0.01
    assert found[0].p == pytest.approx(10 * found[0].gap.p)
    assert {one.verdict for one in found} == {"unclear"}
    assert judged([figure(700, 1000)])[0].verdict == "higher"
    assert judged([figure(200, 1000)])[0].verdict == "lower"


def test_few_people_are_marked():
    assert "mind the interval" in judged([figure(10, 20)])[0].note
    assert judged([figure(100, 200)])[0].note == ""
    assert judged([]) == ()


def test_gaps():
    assert gap_of(None) is None
    assert gap_by_errors(math.nan, 0.5, 0.1, 0.1) is None
    assert gap_by_errors(0.5, 0.5, 0.0, 0.0) is None
    assert gap_by_errors(0.5, 0.3, 0.03, 0.04).low == pytest.approx(0.2 - 1.96 * 0.05, abs=1e-4)
