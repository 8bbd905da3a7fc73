"""BG/NBD: published figures, and simulated parameters found again."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest
from tests.models.value.cdnow import CUSTOMER_1516, everybody, sample

from segmentary.models.value.bg_nbd import BetaGeo
from segmentary.models.value.cells import distinct
from segmentary.models.value.simulation import simulated_beta_geometric

TRUTH = {"r": 0.5, "alpha": 5.0, "a": 0.8, "b": 2.4}


@pytest.mark.real_data
def test_cdnow_as_published(real_data: Path) -> None:
    model = BetaGeo().fit(sample(real_data))
    assert model.log_likelihood_ == pytest.approx(-9582.429, abs=0.01)
    for name, value in {"r": 0.2426, "alpha": 4.4136, "a": 0.7929, "b": 2.4259}.items():
        assert model.params_[name] == pytest.approx(value, rel=1e-3)
    assert float(model.expected_purchases(*CUSTOMER_1516, 52)[0]) == pytest.approx(25.7566, rel=1e-4)
    assert float(model.alive(*CUSTOMER_1516)[0]) == pytest.approx(0.96885, rel=1e-4)
    assert model.note_ == ""


@pytest.mark.real_data
def test_all_of_cdnow(real_data: Path) -> None:
    purchases = everybody(real_data)
    assert len(purchases) == 23_570
    model = BetaGeo().fit(purchases)
    assert model.log_likelihood_ == pytest.approx(-95368.44, abs=0.01)
    assert model.n_cells_ == 8_685


def test_intervals_hold_the_truth_about_as_often_as_they_say() -> None:
    held = dict.fromkeys(TRUTH, 0)
    for seed in range(20):
        age = np.random.default_rng(100 + seed).uniform(27, 39, 2000)
        x, t_x = simulated_beta_geometric(*TRUTH.values(), age, seed=seed)
        model = BetaGeo().fit(distinct(x, t_x, age))
        assert model.note_ == ""
        for name, (_, low, high) in model.parameter_interval().items():
            held[name] += low <= TRUTH[name] <= high
    assert all(count >= 16 for count in held.values()), held


def test_whoever_bought_once_counts_as_alive() -> None:
    model = BetaGeo()
    model.params_, model.covariance_ = dict(TRUTH), np.eye(4) / 100
    assert model.alive(0, 0, 1000)[0] == 1.0
    estimate, low, high = model.alive_interval([0, 1], [0, 5], 40)
    assert (low[0], high[0]) == (1.0, 1.0)
    assert 0 < low[1] < estimate[1] < high[1] < 1


def test_delta_intervals_are_those_of_drawn_parameters() -> None:
    """What the delta method says equals the spread over parameters drawn from their distribution."""
    model = BetaGeo()
    model.params_, model.covariance_ = dict(TRUTH), np.diag([0.01, 0.02, 0.03, 0.02]) ** 2 * 9
    low, high = (v[0] for v in model.expected_purchases_interval(3, 20, 30, 26)[1:])
    chance = np.random.default_rng(0)
    drawn = chance.multivariate_normal(np.log(list(TRUTH.values())), model.covariance_, 4000)
    other, found = BetaGeo(), []
    for theta in drawn:
        other.params_ = dict(zip(TRUTH, np.exp(theta), strict=True))
        found.append(float(other.expected_purchases(3, 20, 30, 26)[0]))
    np.testing.assert_allclose([low, high], np.quantile(found, [0.025, 0.975]), rtol=0.01)
