"""Drawn customers: their means are the models', and everything follows from the seed."""

from __future__ import annotations

import numpy as np
import pytest

from segmentary.errors import DataError
from segmentary.models.value.bg_nbd import BetaGeo
from segmentary.models.value.mbg_nbd import ModifiedBetaGeo
from segmentary.models.value.pareto_nbd import ParetoNBD
from segmentary.models.value.simulation import in_whole_days, simulated_beta_geometric, simulated_pareto

AGE = np.full(60_000, 30.0)


def test_means_are_the_models() -> None:
    geometric = {"r": 0.8, "alpha": 6.0, "a": 0.9, "b": 2.0}
    pareto = {"r": 0.8, "alpha": 6.0, "s": 0.9, "beta": 20.0}
    draws = [
        (BetaGeo(), geometric, simulated_beta_geometric(*geometric.values(), AGE, seed=1)),
        (
            ModifiedBetaGeo(),
            geometric,
            simulated_beta_geometric(*geometric.values(), AGE, first_chance="first purchase", seed=1),
        ),
        (ParetoNBD(), pareto, simulated_pareto(*pareto.values(), AGE, seed=1)),
    ]
    for model, params, (x, t_x) in draws:
        model.params_ = dict(params)
        error = 4 * x.std() / np.sqrt(len(x))
        assert abs(x.mean() - float(model.expected_from_start(30.0)[0])) < error, model.kind
        assert (t_x[x == 0] == 0).all()
        assert (t_x[x > 0] > 0).all()
        assert t_x.max() <= 30


def test_the_seed_decides() -> None:
    one, again = (simulated_pareto(0.5, 5.0, 0.5, 5.0, AGE[:50], seed=3) for _ in range(2))
    other = simulated_pareto(0.5, 5.0, 0.5, 5.0, AGE[:50], seed=4)
    np.testing.assert_array_equal(one, again)
    assert (one[0] != other[0]).any()


def test_days_are_whole_and_within() -> None:
    x, t_x = simulated_pareto(0.5, 5.0, 0.5, 5.0, AGE[:500], seed=3)
    cells = in_whole_days(x, t_x, AGE[:500])
    assert cells.n_customers == 500
    assert (cells.recency == np.floor(cells.recency)).all()
    assert (cells.recency <= cells.age).all()


def test_ages_are_lengths() -> None:
    with pytest.raises(DataError, match="positive length"):
        simulated_pareto(0.5, 5.0, 0.5, 5.0, [0.0], seed=1)
