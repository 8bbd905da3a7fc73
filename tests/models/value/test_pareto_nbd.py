"""Pareto/NBD: published figures, customers with many purchases, covariates."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest
from tests.models.value.cdnow import CUSTOMER_1516, sample

from segmentary.errors import DataError, UsageError
from segmentary.models.value import pareto_nbd
from segmentary.models.value.cells import distinct
from segmentary.models.value.pareto_nbd import ParetoNBD
from segmentary.models.value.purchases import Purchases
from segmentary.models.value.simulation import in_whole_days, simulated_pareto

TRUTH = {"r": 0.55, "alpha": 8.0, "s": 0.9, "beta": 12.0}


def known(**params: float) -> ParetoNBD:
    model = ParetoNBD()
    model.params_, model.covariance_ = dict(params), np.eye(4) / 100
    return model


@pytest.mark.real_data
def test_cdnow_as_published(real_data: Path) -> None:
    model = ParetoNBD().fit(sample(real_data))
    assert model.log_likelihood_ == pytest.approx(-9594.976, abs=0.01)
    for name, value in {"r": 0.5532, "alpha": 10.576, "s": 0.6062, "beta": 11.67}.items():
        assert model.params_[name] == pytest.approx(value, rel=1e-3)
    for name, value in {"r": 0.0476, "alpha": 0.843, "s": 0.187, "beta": 6.21}.items():
        assert model.standard_errors_[name] == pytest.approx(value, rel=2e-3)
    assert float(model.expected_purchases(*CUSTOMER_1516, 52)[0]) == pytest.approx(25.4565, rel=1e-4)
    assert float(model.alive(*CUSTOMER_1516)[0]) == pytest.approx(0.99787, rel=1e-4)
    assert float(model.expected_from_start(52)[0]) == pytest.approx(1.47343, rel=1e-4)


def test_many_purchases_are_no_trouble() -> None:
    """The case that broke CLVTools once, as its tests hold it."""
    model = known(r=0.5143, alpha=2.8845, s=0.2856, beta=14.1087)
    alive = model.alive(
        [221, 254, 161, 204], [103.42857, 97.14286, 94.71429, 98.57143], [103.57143, 97.28571, 98, 99.42857]
    )
    assert np.isfinite(alive).all()
    assert alive[1] == pytest.approx(0.99956, abs=5e-6)
    expected = model.expected_purchases([0, 250, 5000], [0, 97, 90], 98, [1, 52, 520])
    assert np.isfinite(expected).all()
    # Whoever bought 5,000 times and then was silent for eight weeks is gone.
    assert expected[2] < 1e-6


def test_dropout_at_shape_one_has_no_pole() -> None:
    at, near = (known(r=0.5, alpha=8, s=s, beta=12).expected_purchases(2, 5, 9, 26)[0] for s in (1.0, 1.0 + 1e-7))
    assert at == pytest.approx(near, rel=1e-6)


def test_derivatives_of_predictions() -> None:
    model = known(**TRUTH)
    x, t_x, age, t = np.array([0.0, 3.0]), np.array([0.0, 20.0]), np.array([30.0, 30.0]), np.array([0.0, 26.0])

    def at(theta: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
        other = known(**dict(zip(TRUTH, np.exp(theta), strict=True)))
        return other.alive_parts(x, t_x, age, None)[0], other.expected_parts(x, age, t + 1, None, derive=False)[0]

    point = np.log(list(TRUTH.values()))
    slopes = model.alive_parts(x, t_x, age, None)[1], model.expected_parts(x, age, t + 1, None, derive=True)[1]
    for j in range(4):
        to = np.zeros(4)
        to[j] = 1e-6
        for which in (0, 1):
            numeric = (at(point + to)[which] - at(point - to)[which]) / 2e-6
            np.testing.assert_allclose(slopes[which][j], numeric, rtol=1e-5, atol=1e-8)


def test_intervals_hold_the_truth_about_as_often_as_they_say() -> None:
    held = dict.fromkeys(TRUTH, 0)
    for seed in range(20):
        age = np.random.default_rng(100 + seed).uniform(27, 39, 2000)
        x, t_x = simulated_pareto(*TRUTH.values(), age, seed=seed)
        model = ParetoNBD().fit(distinct(x, t_x, age))
        for name, (_, low, high) in model.parameter_interval().items():
            held[name] += low <= TRUTH[name] <= high
    assert all(count >= 16 for count in held.values()), held


def test_tables_change_nothing(monkeypatch: pytest.MonkeyPatch) -> None:
    age = np.random.default_rng(0).integers(20, 40, 3000).astype(float)
    x, t_x = simulated_pareto(*TRUTH.values(), age, seed=5)
    cells = in_whole_days(x, t_x, age)
    found = []
    for worth in (0, 10**9):
        monkeypatch.setattr(pareto_nbd, "WORTH", worth)
        found.append(ParetoNBD().fit(cells))
    assert found[0].log_likelihood_ == pytest.approx(found[1].log_likelihood_, abs=1e-6)
    np.testing.assert_allclose(list(found[0].params_.values()), list(found[1].params_.values()), rtol=1e-5)


def test_covariates_are_found_and_used() -> None:
    n = 6000
    chance = np.random.default_rng(1)
    z = np.column_stack([chance.integers(0, 2, n), chance.integers(0, 2, n)]).astype(float)
    age = chance.uniform(27, 39, n)
    x, t_x = simulated_pareto(0.8, 8 * np.exp(-(z @ [0.7, 0.0])), 0.9, 12 * np.exp(-(z @ [0.0, 0.8])), age, seed=3)
    purchases = Purchases(
        np.arange(n),
        x.astype(np.int64),
        t_x,
        age,
        np.full(n, np.nan),
        np.zeros(n, dtype=np.int64),
        np.zeros(n),
        np.zeros(n),
        np.zeros(n, dtype=np.int64),
    )
    model = ParetoNBD(["member", "sale"]).fit(purchases, covariates=z)
    truth = {"rate_member": 0.7, "rate_sale": 0.0, "dropout_member": 0.0, "dropout_sale": 0.8}
    for name, value in truth.items():
        assert abs(model.params_[name] - value) < 3.5 * model.standard_errors_[name], name
    plain = ParetoNBD().fit(purchases)
    assert model.log_likelihood_ > plain.log_likelihood_ + 50
    members = model.expected_from_start_interval(26, covariates=[[1, 0]])
    others = model.expected_from_start_interval(26, covariates=[[0, 0]])
    assert members[1][0] > others[2][0]
    cells = purchases.cells(z)
    scores = model.score_cells(cells, 13)
    np.testing.assert_allclose(
        scores.purchases,
        model.expected_purchases(cells.repeat_count, cells.recency, cells.age, 13, covariates=cells.covariates),
        rtol=1e-9,
    )
    again = ParetoNBD.from_document(model.to_document())
    np.testing.assert_array_equal(again.score_cells(cells, 13).alive_low, scores.alive_low)
    one = ParetoNBD(["member"]).fit(purchases.cells(z[:, :1]))
    assert set(one.params_) == {"r", "alpha", "s", "beta", "rate_member", "dropout_member"}


@pytest.mark.real_data
def test_the_clothes_shop(real_data: Path) -> None:
    import pyarrow.parquet as pq

    bought = pq.read_table(real_data / "clv" / "apparelTrans.parquet").to_pydict()
    about = pq.read_table(real_data / "clv" / "apparelStaticCov.parquet").to_pydict()
    end = np.datetime64("2005-01-02") + 104 * 7
    days = np.array(bought["Date"], dtype="datetime64[D]")
    purchases = Purchases.from_transactions(bought["Id"], days, until=end).in_units(7)
    place = {one: i for i, one in enumerate(about["Id"])}
    z = np.column_stack([about["Gender"], about["Channel"]])[[place[one] for one in purchases.ids]]
    assert ParetoNBD().fit(purchases).log_likelihood_ == pytest.approx(-5848.10, abs=0.01)
    model = ParetoNBD(["Gender", "Channel"]).fit(purchases, covariates=z)
    assert model.log_likelihood_ == pytest.approx(-5821.06, abs=0.01)
    assert model.params_["rate_Channel"] == pytest.approx(0.624, abs=1e-3)
    assert model.params_["dropout_Gender"] == pytest.approx(-0.642, abs=1e-3)


def test_covariates_are_asked_rightly() -> None:
    age = np.full(100, 30.0)
    x, t_x = simulated_pareto(*TRUTH.values(), age, seed=1)
    cells = distinct(x, t_x, age)
    with pytest.raises(UsageError, match="announced, but not given"):
        ParetoNBD(["member"]).fit(cells)
    with pytest.raises(UsageError, match="announced, but the table"):
        ParetoNBD(["member"]).fit(cells, covariates=np.ones((len(cells), 2)))
    with pytest.raises(DataError, match="missing covariate"):
        ParetoNBD(["member"]).fit(cells, covariates=np.full(len(cells), np.nan))
    model = ParetoNBD(["member"]).fit(cells, covariates=np.arange(len(cells)) % 2)
    with pytest.raises(UsageError, match="none are given"):
        model.alive(1, 1, 2)
    assert model.alive(1, 1, 2, covariates=[[1.0], [0.0]]).shape == (2,)
