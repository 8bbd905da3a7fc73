"""Differences of estimates."""

import math
from statistics import NormalDist

import pytest

from segmentary.market.estimate import Estimate, contrast, corrected, p_value, share_contrast, t_quantile
from segmentary.models.intervals import difference_of_shares, wilson


def share(k: int, n: int) -> Estimate:
    one = wilson(k, n)
    p = k / n
    return Estimate(p, math.sqrt(p * (1 - p) / n), one.low, one.high, n, effective_n=float(n))


def test_independent_shares_are_compared_as_newcombe_and_the_pooled_test_do():
    for k, n, other, m in ((30, 100, 45, 110), (0, 20, 5, 30), (3, 8, 200, 400)):
        ours, theirs = share_contrast(share(k, n), share(other, m)), difference_of_shares(k, n, other, m)
        assert (ours.estimate, ours.low, ours.high) == pytest.approx((theirs.estimate, theirs.low, theirs.high))
        assert ours.p == pytest.approx(theirs.p)


def test_a_positive_covariance_makes_a_difference_surer():
    one, other = share(30, 100), share(40, 100)
    apart, together = share_contrast(one, other), share_contrast(one, other, 0.8 * one.error * other.error)
    assert together.p < apart.p
    assert together.high - together.low < apart.high - apart.low


def test_equal_ends_and_unknown_ones():
    assert share_contrast(share(0, 10), share(0, 20)).p == 1
    assert not share_contrast(share(1, 10), Estimate(math.nan, math.nan, math.nan, math.nan, 0)).known
    exact = Estimate(0.4, 0.0, 0.4, 0.4, 500, effective_n=math.inf, exact=True)
    assert share_contrast(share(30, 100), exact).p == pytest.approx(
        2 * NormalDist().cdf(-0.1 / math.sqrt(0.24 / 100)), rel=0.05
    )


def test_contrasts_without_variance():
    assert contrast(0.0, 0.0, 10, (5, 5)).p == 1
    assert math.isnan(contrast(1.0, 0.0, 10, (5, 5)).p)
    assert math.isnan(contrast(1.0, math.nan, 10, (5, 5)).low)
    assert math.isnan(contrast(1.0, 1.0, 0, (1, 1)).p)


def test_correction_leaves_out_what_could_not_be_tested():
    known, unknown = contrast(2.0, 1.0, math.inf, (5, 5)), contrast(1.0, math.nan, 10, (5, 5))
    first, second, third = corrected([known, unknown, known])
    assert first.p_holm == third.p_holm == pytest.approx(2 * known.p)
    assert math.isnan(second.p_holm)
    assert not second.sure


def test_quantiles_of_t():
    assert t_quantile(math.inf) == pytest.approx(1.959964)
    assert t_quantile(10.0) == pytest.approx(2.228139)
    assert p_value(2.228139, 10) == pytest.approx(0.05, abs=1e-6)


def test_flags_of_small_bases():
    assert (share(1, 10).small, share(1, 10).suppressed) == (True, True)
    assert (share(1, 29).small, share(1, 29).suppressed) == (True, False)
    assert (share(1, 30).small, share(1, 30).interval.n) == (False, 30)
