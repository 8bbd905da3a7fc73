"""Intervals and corrections against published values and against scipy."""

from __future__ import annotations

import math

import pytest
from hypothesis import given
from hypothesis import strategies as st
from scipy import stats

from segmentary.models.intervals import (
    Moments,
    benjamini_hochberg,
    difference_of_means,
    difference_of_shares,
    holm,
    mean_interval,
    share_of_sum,
    wilson,
)


def test_newcombe_published_examples() -> None:
    # Newcombe (1998): 81/263 by the score method without correction, and 56/70 against 48/80 by method 10.
    share = wilson(81, 263)
    assert (round(share.low, 4), round(share.high, 4)) == (0.2553, 0.3662)
    gap = difference_of_shares(56, 70, 48, 80)
    assert gap is not None
    assert (round(gap.estimate, 4), round(gap.low, 4), round(gap.high, 4)) == (0.2, 0.0524, 0.3339)


@given(n=st.integers(0, 10_000), data=st.data())
def test_wilson_holds_its_estimate(n: int, data: st.DataObject) -> None:
    k = data.draw(st.integers(0, n))
    share = wilson(k, n)
    assert 0 <= share.low <= share.high <= 1
    if n:
        expected = stats.binomtest(k, n).proportion_ci(method="wilson")
        assert share.low == pytest.approx(expected.low, abs=1e-12)
        assert share.high == pytest.approx(expected.high, abs=1e-12)


@given(
    a=st.lists(st.floats(-1e4, 1e4), min_size=2, max_size=20),
    b=st.lists(st.floats(-1e4, 1e4), min_size=2, max_size=20),
)
def test_welch_equals_scipy(a: list[float], b: list[float]) -> None:
    def moments(x: list[float]) -> Moments:
        mean = math.fsum(x) / len(x)
        return Moments(len(x), mean, math.fsum((v - mean) ** 2 for v in x) / (len(x) - 1))

    one, two = moments(a), moments(b)
    gap = difference_of_means(one, two)
    if min(one.variance + two.variance, 1) < 1e-6:
        return
    assert gap is not None
    expected = stats.ttest_ind(a, b, equal_var=False)
    assert gap.p == pytest.approx(float(expected.pvalue), rel=1e-6, abs=1e-12)
    low, high = expected.confidence_interval()
    assert (gap.low, gap.high) == pytest.approx((low, high), rel=1e-6, abs=1e-6)


def test_a_mean_is_known_by_students_interval() -> None:
    x = [3.0, 5.0, 4.0, 8.0]
    found = mean_interval(Moments(4, 5.0, 14 / 3), level=0.9)
    low, high = stats.t.interval(0.9, 3, 5.0, stats.sem(x))
    assert (found.estimate, found.low, found.high, found.n) == (5.0, pytest.approx(low), pytest.approx(high), 4)
    one, nobody = mean_interval(Moments(1, 3.0, math.nan)), mean_interval(Moments(0, math.nan, math.nan))
    assert (one.estimate, math.isnan(one.low)) == (3.0, True)
    assert math.isnan(nobody.estimate)
    assert nobody.n == 0


def test_nothing_to_compare() -> None:
    assert difference_of_means(Moments(1, 3, math.nan), Moments(9, 1, 1)) is None
    assert difference_of_means(Moments(5, 3, 0), Moments(9, 1, 0)) is None
    assert difference_of_shares(0, 0, 1, 2) is None
    assert difference_of_shares(0, 5, 0, 5) is None
    assert math.isnan(wilson(0, 0).estimate)
    assert math.isnan(share_of_sum(0, 0, 0, 0, 5).estimate)


def test_share_of_sum() -> None:
    everyone = share_of_sum(10, 10, 30, 30, 5)
    assert (everyone.estimate, everyone.low, everyone.high) == (1, 1, 1)
    # Equal amounts: the share of money is the share of people, with the same standard error.
    half = share_of_sum(50, 100, 50, 100, 100)
    error = math.sqrt(0.25 / 99)
    assert (half.low, half.high) == pytest.approx((0.5 - 1.959964 * error, 0.5 + 1.959964 * error))


def test_corrections() -> None:
    p = [0.01, 0.04, 0.03, 0.005]
    assert holm(p) == pytest.approx([0.03, 0.06, 0.06, 0.02])
    assert benjamini_hochberg(p) == pytest.approx(list(stats.false_discovery_control(p)))
    assert holm([]) == benjamini_hochberg([]) == []
