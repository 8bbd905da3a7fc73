"""What a prediction rests on."""

from __future__ import annotations

import numpy as np

from segmentary.models.predict.importance import giving_away, linear_weights, permuted
from segmentary.models.predict.learners import fit_boosting, fit_logistic
from segmentary.models.predict.metrics import log_loss
from segmentary.models.table.columns import Column
from segmentary.models.table.typed_table import TypedTable


def people():
    chance = np.random.default_rng(0)
    values = np.column_stack([chance.normal(size=(2_000, 3)), chance.integers(0, 2, 2_000)])
    columns = (*(Column(name, "numeric") for name in "abc"), Column("t", "nominal", ("Kiel", "Ulm")))
    y = (chance.random(2_000) < 1 / (1 + np.exp(-2 * values[:, 0] + values[:, 1]))).astype(float)
    return TypedTable(columns, values), y


def test_what_matters_comes_first_with_its_direction():
    table, y = people()
    for formula in (fit_logistic(table, y), fit_boosting(table, y)):
        found = permuted(table, formula.predict, lambda told: log_loss(y, told).estimate)
        assert [one.name for one in found[:2]] == ["a", "b"]
        assert [one.direction for one in found[:2]] == ["more", "less"]
        assert sum(one.importance for one in found) <= 1 + 1e-9
    weights = linear_weights(fit_logistic(table, y, penalty=1.0))
    assert weights[0].name == "a"
    assert {one.title for one in weights} >= {"t: Ulm"} or {one.title for one in weights} >= {"t: Kiel"}


def test_columns_that_give_the_outcome_away_are_named():
    table, y = people()
    values = table.values.copy()
    values[:, 2] = np.where(y > 0, np.nan, 1.0)
    values[:, 3] = y
    assert giving_away(TypedTable(table.columns, values), y) == ("c", "t")
    assert giving_away(table, y) == ()
