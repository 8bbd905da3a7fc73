"""Figures of populations: by hand, by simulation, and where nothing can be said."""

import json
import math

import numpy as np
import pytest

from segmentary.errors import DataError, UsageError
from segmentary.market.groups import Groups
from segmentary.market.replicates import jackknife
from segmentary.market.survey_design import SurveyDesign
from segmentary.market.survey_estimates import (
    against_rest,
    mean,
    pairwise,
    quantile,
    ratio,
    share,
    shares_of,
    total,
)


def drawn(seed: int, n: int = 120, levels: int = 3):
    r = np.random.default_rng(seed)
    labels = r.integers(0, levels, n)
    return SurveyDesign(r.lognormal(0, 0.5, n)), Groups(tuple("abc"[:levels]), labels), r.gamma(2, 5, n)


def test_segments_are_domains_of_the_whole_sample():
    design, groups, y = drawn(0)
    for place, one in enumerate(mean(design, y, groups=groups)):
        inside = groups.labels == place
        w = design.weights * inside
        middle = w @ y / w.sum()
        scores = w * (y - middle) / w.sum()
        assert one.estimate == pytest.approx(middle)
        n = len(y)
        assert one.error == pytest.approx(math.sqrt(n / (n - 1) * ((scores - scores.mean()) ** 2).sum()))
        assert one.n == inside.sum()


def test_parts_add_up():
    design, groups, y = drawn(1)
    assert sum(one.estimate for one in total(design, y, groups=groups)) == pytest.approx(total(design, y)[0].estimate)
    assert sum(one.estimate for one in shares_of(design, groups)[0]) == pytest.approx(1)
    assert sum(one.estimate for one in total(design, groups=groups)) == pytest.approx(design.population)


def test_missing_values_are_left_out_and_counted():
    design, groups, y = drawn(2)
    y[groups.labels == 1] = np.nan
    y[0:5] = np.nan
    found = mean(design, y, groups=groups)
    gone = [int(np.isnan(y[groups.labels == place]).sum()) for place in range(3)]
    assert [one.missing for one in found] == gone
    assert found[1].n == 0
    assert math.isnan(found[1].estimate)
    assert not found[1].known
    kept = ~np.isnan(y)
    w = np.where(kept, design.weights, 0.0)
    again = mean(SurveyDesign(w), np.nan_to_num(y))[0]
    assert mean(design, y)[0].estimate == pytest.approx(again.estimate)
    assert mean(design, y)[0].error == pytest.approx(again.error)


def test_probabilities_count_proportionally():
    design, groups, y = drawn(3)
    sure = Groups(groups.names, groups.labels, groups.parts)
    assert mean(design, y, groups=sure) == mean(design, y, groups=groups)
    half = Groups(("a", "b"), np.zeros(len(y), dtype=np.intp), np.full((len(y), 2), 0.5))
    assert [one.estimate for one in shares_of(design, half)[0]] == pytest.approx([0.5, 0.5, 0.0])
    assert mean(design, y, groups=half)[1].estimate == pytest.approx(mean(design, y)[0].estimate)


def test_ratio_needs_both_parts():
    design, _, y = drawn(4)
    x = y * 2
    x[3] = np.nan
    (one,) = ratio(design, y, x)
    assert one.estimate == pytest.approx(0.5)
    assert one.error == pytest.approx(0, abs=1e-12)
    assert one.n == len(y) - 1


def test_shares_stay_inside_and_know_their_ends():
    design, _, y = drawn(5)
    for yes in (np.zeros(len(y)), np.ones(len(y)), (y > np.quantile(y, 0.99)).astype(float)):
        (one,) = share(design, yes)
        assert 0 <= one.low <= one.estimate <= one.high <= 1
        assert one.high > one.low
    plain = SurveyDesign(np.ones(100))
    (none,) = share(plain, np.zeros(100))
    assert (none.low, none.high) == (0.0, pytest.approx(0.0379, abs=0.0003))
    (logit,) = share(plain, np.arange(100) < 30, interval="logit")
    assert logit.low < 0.3 < logit.high
    with pytest.raises(DataError):
        share(design, y)


def test_quantiles_are_values_with_woodruff_ends():
    plain = SurveyDesign(np.ones(101))
    (one,) = quantile(plain, np.arange(101.0))
    assert (one.estimate, one.low, one.high) == (50, 40, 60)
    (weighted,) = quantile(SurveyDesign(np.array([1.0, 1.0, 8.0])), np.array([1.0, 2.0, 3.0]))
    assert weighted.estimate == 3
    (empty,) = quantile(plain, np.full(101, np.nan))
    assert (empty.n, empty.missing) == (0, 101)
    with pytest.raises(UsageError):
        quantile(plain, np.arange(101.0), 1.0)


def test_differences_take_the_overlap_of_people_into_account():
    design, groups, y = drawn(6)
    first = against_rest(design, y, groups)[0]
    two = Groups(("a", "rest"), np.where(groups.labels == 0, 0, 1))
    pair = pairwise(design, y, two)[0, 1]
    assert (first.estimate, first.error) == pytest.approx((pair.estimate, pair.error))
    assert all(one.p_holm >= one.p for one in against_rest(design, y, groups))
    replicated = pairwise(jackknife(design), y, two)[0, 1]
    assert replicated.error == pytest.approx(pair.error, rel=0.05)


def test_nobody_one_person_and_everybody():
    design, _, y = drawn(7)
    labels = np.zeros(len(y), dtype=np.intp)
    labels[0] = 1
    groups = Groups(("many", "one", "none"), labels)
    many, one, none = mean(design, y, groups=groups)
    assert many.known
    assert (one.estimate, one.n) == (y[0], 1)
    assert not one.known
    assert none.n == 0
    assert not none.known
    sizes = total(design, groups=groups)
    assert sizes[2].estimate == sizes[2].low == 0 < sizes[2].high
    assert not against_rest(design, y, groups)[2].known
    assert many.small is False
    assert one.suppressed
    assert not none.suppressed


def test_constant_values_have_no_error_but_no_claim_of_exactness():
    (one,) = mean(SurveyDesign(np.ones(50)), np.full(50, 3.0))
    assert (one.estimate, one.error, one.low, one.high, one.exact) == (3, 0, 3, 3, False)


def test_weights_that_differ_by_a_million():
    r = np.random.default_rng(8)
    w = 10 ** r.uniform(0, 6, 400)
    y = r.normal(5, 1, 400)
    (one,) = mean(SurveyDesign(w), y)
    assert one.known
    assert one.design_effect > 2
    assert one.effective_n < 200


def test_nobody_at_all():
    groups = Groups(("a",), np.zeros(0, dtype=np.intp))
    nobody = SurveyDesign(np.zeros(0))
    for found in (total(nobody, groups=groups), mean(nobody, np.zeros(0)), shares_of(nobody, groups)[0]):
        assert all(one.n == 0 and not (one.estimate > 0) for one in found)
        assert all(json.dumps(one.to_document(), allow_nan=False) for one in found)


@pytest.mark.parametrize("values", [np.array([1.0, np.inf]), np.array([1.0, 1e200]), np.ones(3)])
def test_values_that_do_not_fit_are_refused(values):
    with pytest.raises(DataError):
        mean(SurveyDesign(np.ones(2)), values)


def test_intervals_hold_their_level_in_stratified_clusters():
    """300 samples of a population with strata and clusters: the true mean and share are in 95% of the intervals."""
    r = np.random.default_rng(9)
    strata, clusters, people = 10, 60, 20
    effect = r.normal(0, 2, (strata, clusters, 1)) + np.arange(strata)[:, None, None]
    y = effect + r.normal(0, 4, (strata, clusters, people))
    yes = y > 10
    inside = {"mean": 0, "share": 0}
    rounds = 300
    for _ in range(rounds):
        chosen = np.stack([r.choice(clusters, 4, replace=False) for _ in range(strata)])
        drawn_y = y[np.arange(strata)[:, None], chosen]
        design = SurveyDesign(
            np.full(drawn_y.size, clusters / 4),
            np.repeat(np.arange(strata), 4 * people),
            np.tile(np.repeat(np.arange(4), people), strata),
        )
        (one,) = mean(design, drawn_y.reshape(-1))
        inside["mean"] += one.low <= y.mean() <= one.high
        (part,) = share(design, yes[np.arange(strata)[:, None], chosen].reshape(-1))
        inside["share"] += part.low <= yes.mean() <= part.high
    for held in inside.values():
        assert 0.92 <= held / rounds <= 0.985
