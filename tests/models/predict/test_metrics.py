"""Figures against scikit-learn, scipy and the obvious way."""

from __future__ import annotations

import math

import numpy as np
import pytest

from segmentary.errors import DataError
from segmentary.models.intervals import wilson
from segmentary.models.predict import metrics


def chances(seed: int, n: int = 400, ties: bool = True):
    rng = np.random.default_rng(seed)
    p = rng.beta(1, 3, n)
    y = (rng.random(n) < p).astype(float)
    return y, np.round(p, 1) if ties else p


@pytest.mark.parametrize("seed", range(4))
def test_auc_is_scikit_learns_and_its_interval_delongs(seed):
    from sklearn.metrics import brier_score_loss, log_loss, roc_auc_score

    y, p = chances(seed, 150)
    found = metrics.auc(y, p)
    assert found.estimate == pytest.approx(roc_auc_score(y, p), abs=1e-12)
    held = np.clip(p, 0.01, 0.99)
    assert metrics.log_loss(y, held).estimate == pytest.approx(log_loss(y, held))
    assert metrics.brier(y, p).estimate == pytest.approx(brier_score_loss(y, p))
    above, below = p[y > 0][:, None], p[y == 0][None, :]
    wins = (above > below) + (above == below) / 2
    variance = wins.mean(axis=1).var(ddof=1) / len(above) + wins.mean(axis=0).var(ddof=1) / below.size
    logit = math.log(found.estimate / (1 - found.estimate))
    half = 1.959963984540054 * math.sqrt(variance) / (found.estimate * (1 - found.estimate))
    assert found.low == pytest.approx(1 / (1 + math.exp(half - logit)))
    assert found.high == pytest.approx(1 / (1 + math.exp(-half - logit)))


def test_auc_covers_the_truth():
    inside = 0
    for seed in range(200):
        rng = np.random.default_rng(seed)
        y = (rng.random(300) < 0.2).astype(float)
        found = metrics.auc(y, y + rng.normal(size=300) * math.sqrt(1))
        truth = 0.5 * (1 + math.erf(1 / math.sqrt(2) / math.sqrt(2)))
        inside += found.low <= truth <= found.high
    assert 182 <= inside <= 198


def test_what_cannot_be_said_is_not_a_number():
    for figure in (metrics.auc, metrics.lift_at, metrics.spearman):
        assert math.isnan(figure(np.zeros(5), np.arange(5.0)).estimate)
    assert math.isnan(metrics.brier([], []).estimate)
    assert math.isnan(metrics.normalised_gini(np.zeros(20), np.arange(20.0)).estimate)
    assert math.isnan(metrics.expected_calibration_error(()))
    assert metrics.calibration_bins([], []) == ()
    assert metrics.auc([1, 0], [1, 0]).estimate == 1.0
    assert metrics.auc([1, 0], [1, 1]).estimate == 0.5
    with pytest.raises(DataError):
        metrics.auc([1.0, np.nan], [0.1, 0.2])
    with pytest.raises(DataError):
        metrics.auc([1.0], [0.1, 0.2])


def test_lift_shares_ties_at_the_border():
    y, p = chances(3, 1_000)
    order = np.random.default_rng(0)
    drawn = [y[np.lexsort((order.random(1_000), -p))[:100]].mean() for _ in range(800)]
    found = metrics.lift_at(y, p)
    assert found.estimate * y.mean() == pytest.approx(np.mean(drawn), abs=0.005)
    assert found.low < found.estimate < found.high
    assert metrics.lift_at(y, np.zeros(1_000)).estimate == pytest.approx(1.0)


def test_gini_of_the_perfect_order_is_one_of_none_zero_and_of_the_reverse_below():
    rng = np.random.default_rng(0)
    spend = np.where(rng.random(500) < 0.6, 0.0, rng.gamma(1, 50, 500))
    assert metrics.normalised_gini(spend, spend).estimate == pytest.approx(1.0)
    assert metrics.normalised_gini(spend, np.ones(500)).estimate == pytest.approx(0.0, abs=1e-12)
    assert metrics.normalised_gini(spend, -spend).estimate < 0
    noisy = spend + rng.normal(0, 30, 500)
    found = metrics.normalised_gini(spend, noisy, seed=1)
    assert 0 < found.low < found.estimate < found.high < 1
    assert metrics.normalised_gini(spend, noisy, seed=1) == found
    assert metrics.normalised_gini(spend, 3 * noisy + 9, seed=1).estimate == pytest.approx(found.estimate)


def test_of_chances_the_gini_is_twice_the_auc_less_one():
    y, p = chances(2)
    assert metrics.normalised_gini(y, p).estimate == pytest.approx(2 * metrics.auc(y, p).estimate - 1)


def test_spearman_is_scipys():
    from scipy.stats import spearmanr

    y, p = chances(1, ties=True)
    found = metrics.spearman(y, p)
    assert found.estimate == pytest.approx(spearmanr(y, p).statistic)
    assert found.low < found.estimate < found.high


def test_totals_and_deciles():
    y = np.arange(1.0, 101.0)
    assert metrics.total_bias(y, y * 1.1).estimate == pytest.approx(0.1)
    assert metrics.decile_calibration(y, y).estimate == 0.0
    assert metrics.decile_calibration(y, y * 0.8).estimate == pytest.approx(0.2)
    shifted = np.where(y <= 50, y + 10, y - 10)
    assert 0 < metrics.decile_calibration(y, shifted).estimate < 0.25
    assert metrics.total_bias(y, shifted).estimate == pytest.approx(0)
    assert metrics.mean_absolute_error(y, y + 2).estimate == 2.0


def test_bins_part_no_ties_and_hold_everybody():
    y, p = chances(5, 1_000)
    bins = metrics.calibration_bins(y, p)
    assert sum(one.people for one in bins) == 1_000
    assert len(bins) <= 10
    assert [one.predicted for one in bins] == sorted(one.predicted for one in bins)
    part = metrics.tenths(p)
    for value in np.unique(p):
        assert len(np.unique(part[p == value])) == 1
    here = part == part.max()
    assert bins[-1].actual == wilson(float(y[here].sum()), int(here.sum()))
    amounts = metrics.calibration_bins(y * 7.5, p)
    assert amounts[-1].actual.low < amounts[-1].actual.estimate < amounts[-1].actual.high
    assert metrics.expected_calibration_error(bins) < 0.1
    assert metrics.expected_calibration_error(metrics.calibration_bins(y, np.minimum(1, p + 0.3))) > 0.2


def test_of_many_people_the_interval_is_scaled():
    rng = np.random.default_rng(0)
    n = metrics.BOOTSTRAPPED * 2
    y = rng.gamma(1, 10, n)
    found = metrics.total_bias(y, y + rng.normal(0, 20, n), draws=40)
    assert found.high - found.low == pytest.approx(2 * 1.96 * 20 / 10 / math.sqrt(n), rel=0.4)
