"""Profile intervals: where the likelihood has fallen as far as it may, whatever the scale."""

from __future__ import annotations

import math

import numpy as np
import pytest

from segmentary.models.value.bg_nbd import BetaGeo
from segmentary.models.value.cells import Cells, distinct
from segmentary.models.value.maximum import Floats, maximise
from segmentary.models.value.mbg_nbd import ModifiedBetaGeo
from segmentary.models.value.profile import profile_intervals
from segmentary.models.value.simulation import simulated_beta_geometric


def drawn(n: int = 2000, seed: int = 1) -> Cells:
    age = np.random.default_rng(seed).uniform(27, 39, n)
    return distinct(*simulated_beta_geometric(0.6, 6.5, 0.9, 1.6, age, first_chance="first purchase", seed=seed), age)


def test_the_ends_are_where_the_deviance_says() -> None:
    cells = drawn()
    model = ModifiedBetaGeo().fit(cells)
    found = profile_intervals(model, cells)
    problem = model.problem(cells)
    for side in (1, 2):
        fixed = math.log(found["r"][side])

        def rest(part: Floats, fixed: float = fixed) -> tuple[float, Floats]:
            value, gradient = problem.full(np.insert(part, 0, fixed))
            return value, gradient[1:]

        units = np.array([problem.unit, 1.0, 1.0])
        start = np.log(np.array(list(model.params_.values()))[1:] / units)
        best = maximise(rest, [start], cells.n_customers)
        deviance = 2 * (model.log_likelihood_ - problem.constant - best.value)
        assert math.sqrt(deviance) == pytest.approx(1.96, abs=0.02)


def test_they_are_near_the_usual_ones_where_there_are_many_customers() -> None:
    cells = drawn(40_000)
    model = ModifiedBetaGeo().fit(cells)
    usual, profiled = model.parameter_interval(), profile_intervals(model, cells)
    for name, (estimate, low, high) in profiled.items():
        assert low < estimate < high
        np.testing.assert_allclose([low, high], usual[name][1:], rtol=0.02)
    wider = profile_intervals(model, cells, level=0.99)
    assert wider["r"][2] > profiled["r"][2]


def test_what_is_not_estimated_has_none_and_what_has_no_end_none() -> None:
    chance = np.random.default_rng(8)
    age = chance.uniform(20, 40, 800)
    x = chance.poisson(0.3 * age).astype(float)
    cells = distinct(x, np.where(x > 0, age * chance.beta(np.maximum(x, 1), 1), 0.0), age)
    never = BetaGeo().fit(cells)
    assert not never.has_dropout
    assert all(math.isnan(low) for _, low, _ in profile_intervals(never, cells).values())
    few = drawn(60, 5)
    for estimate, low, high in profile_intervals(ModifiedBetaGeo().fit(few), few).values():
        assert math.isnan(low) or low <= estimate <= high
