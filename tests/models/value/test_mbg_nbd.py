"""MBG/NBD: the figures of CDNOW, and a customer who bought once may be gone."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest
from tests.models.value.cdnow import everybody, sample

from segmentary.models.value.cells import distinct
from segmentary.models.value.mbg_nbd import ModifiedBetaGeo
from segmentary.models.value.simulation import simulated_beta_geometric


@pytest.mark.real_data
def test_cdnow(real_data: Path) -> None:
    model = ModifiedBetaGeo().fit(sample(real_data))
    assert model.log_likelihood_ == pytest.approx(-9582.13, abs=0.01)
    for name, value in {"r": 0.5248, "alpha": 6.183, "a": 0.8914, "b": 1.614}.items():
        assert model.params_[name] == pytest.approx(value, rel=1e-3)
    assert model.alive(0, 0, 39)[0] < 0.8
    assert ModifiedBetaGeo().fit(everybody(real_data)).log_likelihood_ == pytest.approx(-95336.96, abs=0.01)


def test_a_new_customer_may_leave_at_once() -> None:
    model = ModifiedBetaGeo()
    model.params_, model.covariance_ = {"r": 0.6, "alpha": 6.5, "a": 0.9, "b": 1.6}, np.eye(4) / 100
    assert model.alive(0, 0, 0)[0] == pytest.approx(1.6 / 2.5)
    # One purchase soon expected: the chance to have stayed, times the mean rate.
    assert model.expected_from_start(1e-6)[0] == pytest.approx(1e-6 * 0.6 / 6.5 * 1.6 / 2.5, rel=1e-5)
    estimate, low, high = model.expected_from_start_interval([1.0, 100.0])
    assert ((low < estimate) & (estimate < high)).all()


def test_simulated_parameters_are_found() -> None:
    truth = {"r": 1.2, "alpha": 6.5, "a": 0.9, "b": 1.6}
    age = np.random.default_rng(1).uniform(27, 39, 40_000)
    x, t_x = simulated_beta_geometric(*truth.values(), age, first_chance="first purchase", seed=2)
    model = ModifiedBetaGeo().fit(distinct(x, t_x, age))
    for name, value in truth.items():
        assert abs(np.log(model.params_[name] / value)) < 4 * model.standard_errors_[name] / model.params_[name]
