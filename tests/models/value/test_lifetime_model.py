"""What the models share: refusals, fallbacks that say so, intervals that stay in range, documents."""

from __future__ import annotations

import numpy as np
import pytest

from segmentary.errors import DataError, NoAnswerError, UsageError
from segmentary.models.value.bg_nbd import BetaGeo
from segmentary.models.value.cells import Cells, distinct
from segmentary.models.value.lifetime_model import LifetimeModel
from segmentary.models.value.mbg_nbd import ModifiedBetaGeo
from segmentary.models.value.pareto_nbd import ParetoNBD
from segmentary.models.value.simulation import simulated_pareto

MODELS = [BetaGeo, ModifiedBetaGeo, ParetoNBD]
AGES = np.random.default_rng(0).uniform(20, 40, 1500)


def pareto_cells(beta: float = 12.0, s: float = 0.8, n: int = 1500) -> Cells:
    x, t_x = simulated_pareto(0.5, 8.0, s, beta, AGES[:n], seed=4)
    return distinct(x, t_x, AGES[:n])


@pytest.mark.parametrize("kind", MODELS)
def test_predictions_have_intervals_in_range(kind: type[LifetimeModel]) -> None:
    model = kind().fit(pareto_cells())
    assert model.note_ == ""
    assert list(model.params_) == list(model.names)
    assert all(v > 0 for v in model.standard_errors_.values())
    x, t_x = np.array([0.0, 1.0, 5.0, 250.0, 1000.0]), np.array([0.0, 2.0, 29.0, 29.5, 12.0])
    for estimate, low, high in (
        model.alive_interval(x, t_x, 30.0),
        model.expected_purchases_interval(x, t_x, 30.0, 52.0),
        model.expected_from_start_interval([1.0, 52.0, 5000.0]),
    ):
        assert np.isfinite(estimate).all()
        assert (low >= 0).all()
        assert (low <= estimate + 1e-12).all()
        assert (estimate <= high + 1e-12).all()
    assert (model.alive_interval(x, t_x, 30.0)[2] <= 1).all()
    np.testing.assert_allclose(model.alive(x, t_x, 30.0), model.alive_interval(x, t_x, 30.0)[0])
    wide, narrow = (model.alive_interval(1, 2, 30, level=level) for level in (0.99, 0.5))
    assert wide[2] - wide[1] > narrow[2] - narrow[1]


@pytest.mark.parametrize("kind", MODELS)
def test_scores_of_cells_are_the_predictions(kind: type[LifetimeModel]) -> None:
    cells = pareto_cells()
    model = kind().fit(cells)
    scores = model.score_cells(cells, 13.0)
    given = (cells.repeat_count, cells.recency, cells.age)
    purchases = model.expected_purchases_interval(*given, 13.0)
    np.testing.assert_allclose(scores.purchases, purchases[0], rtol=1e-9)
    np.testing.assert_allclose(scores.purchases_low, purchases[1], rtol=1e-7)
    np.testing.assert_allclose(scores.purchases_high, purchases[2], rtol=1e-7)
    np.testing.assert_allclose(scores.alive_low, model.alive_interval(*given)[1], rtol=1e-7)
    nothing = model.expected_purchases(*given, 0.0)
    np.testing.assert_array_equal(nothing, 0.0)


@pytest.mark.parametrize("kind", MODELS)
def test_the_unit_of_time_is_the_callers(kind: type[LifetimeModel]) -> None:
    weeks = pareto_cells()
    days = Cells(weeks.repeat_count, weeks.recency * 7, weeks.age * 7, weeks.count)
    one, other = kind().fit(weeks), kind().fit(days)
    assert other.params_["alpha"] == pytest.approx(7 * one.params_["alpha"], rel=1e-4)
    assert other.params_["r"] == pytest.approx(one.params_["r"], rel=1e-4)
    np.testing.assert_allclose(other.covariance_, one.covariance_, rtol=1e-3, atol=1e-6)
    np.testing.assert_allclose(one.expected_purchases(3, 20, 30, 10), other.expected_purchases(3, 140, 210, 70), 1e-4)
    assert one.log_likelihood_of(weeks) == pytest.approx(one.log_likelihood_, abs=1e-6)
    assert other.log_likelihood_of(days) == pytest.approx(other.log_likelihood_, abs=1e-6)


@pytest.mark.parametrize("kind", MODELS)
def test_no_dropout_is_said_and_is_the_nbd(kind: type[LifetimeModel]) -> None:
    chance = np.random.default_rng(8)
    x = chance.poisson(0.3 * AGES).astype(float)
    t_x = np.where(x > 0, AGES * chance.beta(np.maximum(x, 1), 1), 0.0)
    cells = distinct(x, t_x, AGES)
    model = kind().fit(cells)
    assert "No dropout was found" in model.note_
    assert not model.has_dropout
    np.testing.assert_array_equal(model.alive([0, 5], [0, 1], 40), 1.0)
    np.testing.assert_array_equal(np.array(model.alive_interval(5, 1, 40)).ravel(), 1.0)
    r, alpha = model.params_["r"], model.params_["alpha"]
    expected, low, high = model.expected_purchases_interval(4, 10, 30, 5)
    assert expected[0] == pytest.approx((r + 4) / (alpha + 30) * 5, rel=1e-9)
    assert low[0] < expected[0] < high[0]
    assert model.log_likelihood_of(cells) == pytest.approx(model.log_likelihood_, abs=1e-6)
    assert all(np.isnan(model.standard_errors_[name]) for name in model.absent)
    again = kind.from_document(model.to_document())
    assert not again.has_dropout
    assert np.isnan(again.parameter_interval()[next(iter(model.absent))][1])


@pytest.mark.parametrize("kind", MODELS)
def test_odd_populations_never_fail(kind: type[LifetimeModel]) -> None:
    n = 400
    odd = {
        "all the same": (np.full(n, 3.0), np.full(n, 20.0), np.full(n, 30.0)),
        "one repeat": (np.eye(1, n)[0], np.eye(1, n)[0] * 5, np.full(n, 30.0)),
        "everybody left early": (np.ones(n), np.linspace(0.1, 2, n), np.full(n, 100.0)),
        "some just came": (np.r_[np.zeros(n), 2.0], np.r_[np.zeros(n), 3.0], np.r_[np.zeros(n), 9.0]),
        "a till": (np.r_[np.zeros(n), 3_000.0], np.r_[np.zeros(n), 30.0], np.full(n + 1, 30.0)),
    }
    for name, rows in odd.items():
        cells = distinct(*rows)
        model = kind().fit(cells)
        scores = model.score_cells(cells, 10.0)
        assert np.isfinite(scores.purchases).all(), name
        assert not np.isnan(scores.purchases_high).any(), name
        assert ((scores.alive >= 0) & (scores.alive <= 1)).all(), name
        if name != "some just came":
            assert model.note_, name


@pytest.mark.parametrize("kind", MODELS)
def test_what_cannot_be_learnt_is_refused_in_words(kind: type[LifetimeModel]) -> None:
    with pytest.raises(NoAnswerError, match="of 1 customer say nothing"):
        kind().fit(distinct(np.ones(1), np.ones(1), np.ones(1) * 2))
    with pytest.raises(NoAnswerError, match="of 0 customers"):
        kind().fit(distinct(np.empty(0), np.empty(0), np.empty(0)))
    with pytest.raises(NoAnswerError, match="none of 50 customers bought a second time"):
        kind().fit(distinct(np.zeros(50), np.zeros(50), np.ones(50)))
    with pytest.raises(NoAnswerError, match="no time has passed"):
        kind().fit(distinct(np.zeros(50), np.zeros(50), np.zeros(50)))
    with pytest.raises(DataError, match="t_x > T"):
        kind().fit(Cells(np.ones(20), np.full(20, 5.0), np.full(20, 4.0), np.ones(20)))


def test_predictions_are_asked_rightly() -> None:
    with pytest.raises(UsageError, match="not fitted"):
        BetaGeo().alive(1, 1, 2)
    with pytest.raises(UsageError, match="not fitted"):
        BetaGeo().log_likelihood_of(pareto_cells())
    model = BetaGeo().fit(pareto_cells())
    with pytest.raises(DataError, match="t_x > T"):
        model.alive(1, 3, 2)
    with pytest.raises(DataError, match="length of time"):
        model.expected_purchases(1, 1, 2, -1)
    with pytest.raises(DataError, match="length of time"):
        model.expected_from_start(np.nan)
    with pytest.raises(DataError, match="tables"):
        model.expected_from_start([[1.0]])
    with pytest.raises(UsageError, match="no covariates"):
        model.alive(1, 1, 2, covariates=[[1.0]])


@pytest.mark.parametrize("kind", MODELS)
def test_documents_say_the_same(kind: type[LifetimeModel]) -> None:
    import json

    model = kind().fit(pareto_cells())
    again = kind.from_document(json.loads(json.dumps(model.to_document())))
    cells = pareto_cells()
    for one in ("purchases", "purchases_low", "alive_high"):
        np.testing.assert_array_equal(
            getattr(again.score_cells(cells, 9.0), one), getattr(model.score_cells(cells, 9.0), one)
        )
    assert again.to_document() == model.to_document()
    with pytest.raises(DataError, match="read as"):
        kind.from_document(model.to_document() | {"kind": "other"})
