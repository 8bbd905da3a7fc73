"""Learners find what is there, and refuse what cannot be learnt."""

from __future__ import annotations

import numpy as np
import pytest

from segmentary.errors import DataError, NoAnswerError
from segmentary.models.predict.encoding import encoded, linear_encodings, tree_encodings
from segmentary.models.predict.formula import log_odds
from segmentary.models.predict.learners import boosting, fit_boosting, fit_logistic, fit_tweedie, grown
from segmentary.models.table.columns import Column
from segmentary.models.table.typed_table import TypedTable

COLUMNS = (
    Column("x", "numeric"),
    Column("orders", "count"),
    Column("town", "nominal", ("Kiel", "Ulm", "Bonn")),
    Column("same", "numeric"),
)


def people(seed: int = 0, n: int = 3_000):
    chance = np.random.default_rng(seed)
    values = np.column_stack([chance.normal(size=n), chance.poisson(2, n), chance.integers(0, 3, n), np.ones(n)])
    values = values.astype(float)
    values[chance.random(n) < 0.1, 0] = np.nan
    eta = np.nan_to_num(values[:, 0]) + 0.5 * (values[:, 2] == 1) - 0.7
    y = (chance.random(n) < 1 / (1 + np.exp(-eta))).astype(float)
    return TypedTable(COLUMNS, values), y, eta


def test_logistic_is_that_of_scikit_learn_with_the_same_penalty():
    from sklearn.linear_model import LogisticRegression

    table, y, _ = people()
    weight = np.random.default_rng(1).gamma(4, 0.25, len(y))
    formula = fit_logistic(table, y, weight, penalty=3.0)
    w = weight * len(weight) / weight.sum()
    x = encoded(formula.encodings, table)
    peer = LogisticRegression(C=1 / 3.0, tol=1e-10, max_iter=1_000).fit(x, y, sample_weight=w)
    np.testing.assert_allclose(formula.weights, peer.coef_[0], atol=1e-5)
    assert formula.intercept == pytest.approx(peer.intercept_[0], abs=1e-5)
    assert any("same is the same for everybody" in note for note in formula.notes)


def test_tweedie_is_that_of_scikit_learn_with_the_same_penalty():
    from sklearn.linear_model import TweedieRegressor

    table, y, eta = people()
    amount = y * np.exp(eta) * np.random.default_rng(2).gamma(2, 20, len(y))
    formula = fit_tweedie(table, amount, penalty=2.0)
    x = encoded(formula.encodings, table)
    mean = amount.mean()
    peer = TweedieRegressor(power=1.5, alpha=2.0 / len(y), link="log", tol=1e-9, max_iter=5_000).fit(x, amount / mean)
    np.testing.assert_allclose(formula.weights, peer.coef_, atol=2e-4)
    assert formula.predict(table).mean() == pytest.approx(mean, rel=0.02)


def test_the_penalty_is_large_where_nothing_is_to_be_learnt():
    table, y, _ = people()
    nothing = np.random.default_rng(5).permutation(y)
    assert fit_logistic(table, nothing).penalty > fit_logistic(table, y).penalty
    assert max(map(abs, fit_logistic(table, nothing).weights)) < 0.1


def test_standard_errors_cover_the_truth():
    inside = total = 0
    for seed in range(20):
        table, y, eta = people(seed, 1_000)
        formula = fit_logistic(table, y, penalty=0.5)
        low, high = formula.interval(table)
        known = ~np.isnan(table.values[:, 0])
        truth = 1 / (1 + np.exp(-eta))
        inside += int(((low < truth) & (truth < high))[known].sum())
        total += int(known.sum())
    assert 0.9 < inside / total < 0.99


def test_a_column_that_separates_keeps_its_weight_finite():
    table, y, _ = people()
    values = table.values.copy()
    values[:, 1] = y * 5
    formula = fit_logistic(TypedTable(COLUMNS, values), y)
    assert np.isfinite(formula.weights).all()
    assert max(map(abs, formula.weights)) < 50
    assert np.isfinite(log_odds(formula.predict(TypedTable(COLUMNS, values)))).all()


@pytest.mark.parametrize("loss", ["logistic", "tweedie", "squared"])
def test_boosting_is_scikit_learns_and_does_not_depend_on_threads(loss):
    from threadpoolctl import threadpool_limits

    table, y, eta = people()
    outcome = y if loss == "logistic" else y * np.exp(eta) * 10
    formula = fit_boosting(table, outcome, loss=loss, seed=4)
    with threadpool_limits(limits=2):
        assert fit_boosting(table, outcome, loss=loss, seed=4) == formula
    size = outcome.mean() if loss == "tweedie" else 1.0
    x = encoded(tree_encodings(table), table)
    estimator = boosting(loss, len(y), 4, 60, 15, None)
    grown(estimator, x, outcome / size, np.ones(len(y)), loss)
    peer = estimator.predict_proba(x)[:, 1] if loss == "logistic" else estimator.predict(x) * size
    np.testing.assert_allclose(formula.predict(table), peer, rtol=1e-9)
    assert len(formula.trees) <= 60
    assert all(tree.leaves <= 15 for tree in formula.trees)


def test_little_data_is_enough():
    table, y, _ = people(3, 60)
    for formula in (fit_logistic(table, y), fit_boosting(table, y), fit_tweedie(table, y * 5)):
        assert np.isfinite(formula.predict(table)).all()


def test_what_cannot_be_learnt_is_refused():
    table, y, _ = people(0, 100)
    for fit in (fit_logistic, fit_boosting):
        with pytest.raises(NoAnswerError, match="0 of 100"):
            fit(table, np.zeros(100))
        with pytest.raises(NoAnswerError, match="100 of 100"):
            fit(table, np.ones(100))
    with pytest.raises(NoAnswerError, match="nobody of 100"):
        fit_tweedie(table, np.zeros(100))
    with pytest.raises(DataError, match="negative"):
        fit_tweedie(table, -y)
    with pytest.raises(DataError, match="0 or 1"):
        fit_logistic(table, y * 2)
    with pytest.raises(DataError, match="do not fit"):
        fit_logistic(table, y[:-1])
    with pytest.raises(DataError, match="missing"):
        fit_logistic(table, np.where(y > 0, np.nan, 0.0))
    with pytest.raises(DataError, match="weights"):
        fit_logistic(table, y, np.zeros(100))
    with pytest.raises(NoAnswerError, match="no column differs"):
        fit_logistic(table.select(["same"]), y)
    with pytest.raises(NoAnswerError, match="nobody to learn"):
        fit_logistic(table.take(slice(0)), y[:0])


def test_all_missing_and_rare_levels_have_no_feature():
    chance = np.random.default_rng(0)
    town = chance.integers(0, 2, 200).astype(float)
    town[:3] = 2
    table = TypedTable(
        (Column("gone", "numeric"), COLUMNS[2], COLUMNS[0]),
        np.column_stack([np.full(200, np.nan), town, chance.normal(size=200)]),
    )
    encodings, notes = linear_encodings(table)
    assert [(one.column, one.levels) for one in encodings if one.way == "level"] == [("town", (0,)), ("town", (1,))]
    assert notes == ("gone is the same for everybody: left out.",)
    assert {one.column for one in tree_encodings(table)} == {"town", "x"}
