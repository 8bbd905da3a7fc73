"""The search: never downhill, honest about how often the best was found."""

from __future__ import annotations

import numpy as np
import pytest

from segmentary.models.cluster.em import by_size, climb, criteria, search, settle
from segmentary.models.cluster.em_design import different_rows
from segmentary.models.cluster.gaussian_mixture import NormalProblem


def problem(k: int = 3, family: str = "VVV") -> NormalProblem:
    rng = np.random.default_rng(0)
    x = np.concatenate([rng.normal(m, 1, (60, 2)) for m in (0, 2, 5)])
    return NormalProblem(x, np.ones(180), k, family, np.full(2, 1e-5), x)


@pytest.mark.parametrize("family", ["VVV", "EEE", "VVI", "EII"])
def test_steps_never_lose(family):
    one = problem(family=family)
    place = one.start(np.random.default_rng(1), 0)
    known = []
    for _ in range(40):
        place, value = one.step(place)
        known.append(value)
    assert (np.diff(known) >= -1e-8).all()


def test_acceleration_ends_where_plain_steps_do_but_sooner():
    one = problem()
    place = one.start(np.random.default_rng(1), 0)
    plain, value = climb(one, place, 4000)
    fast = settle(one, place, tol=1e-12, max_iter=4000)
    assert fast.settled
    assert fast.log_likelihood == pytest.approx(value, abs=1e-5)
    assert fast.steps < 1000
    assert np.abs(fast.place - plain).max() < 1e-2


def test_the_same_seed_finds_the_same():
    runs = [search(problem(), seed=4, n_init=6, tol=1e-9, max_iter=500) for _ in range(2)]
    assert (runs[0].place == runs[1].place).all()
    assert runs[0].starts == 6
    assert 1 <= runs[0].reached <= runs[0].runs


def test_doubtful_runs_are_taken_only_where_there_is_no_other():
    found = search(problem(), seed=1, n_init=5, tol=1e-9, max_iter=500, sound=lambda looked, place: False)
    assert np.isfinite(found.log_likelihood)


def test_criteria_by_hand():
    said = criteria(-10.0, 3, np.array([[1.0, 0.0], [0.5, 0.5]]), np.array([1.0, 3.0]))
    assert said.aic == 26.0
    assert said.bic == pytest.approx(20 + 3 * np.log(4))
    assert said.icl == pytest.approx(said.bic + 2 * 3 * np.log(2))
    assert said.entropy == pytest.approx(0.25)
    assert said.classification_error == pytest.approx(0.375)


def test_order_is_by_size_then_profile():
    assert by_size(np.array([0.2, 0.5, 0.3]), np.zeros((3, 1))).tolist() == [1, 2, 0]
    assert by_size(np.array([0.5, 0.5]), np.array([[1.0], [2.0]])).tolist() == [1, 0]


def test_different_rows_do_not_depend_on_order_or_size_of_columns():
    rng = np.random.default_rng(0)
    x = np.column_stack([rng.integers(0, 3, 200) * 1e15, rng.integers(0, 4, 200) * 1e-3, rng.integers(0, 2, 200)])
    x[rng.random(x.shape) < 0.2] = np.nan
    weight = rng.integers(0, 3, 200).astype(np.float64)
    rows, counts = different_rows(x, weight)
    turn = rng.permutation(200)
    again, others = different_rows(x[turn], weight[turn])
    assert np.array_equal(rows, again, equal_nan=True)
    assert (counts == others).all()
    assert counts.sum() == weight.sum()
    assert len(np.unique(np.nan_to_num(rows, nan=-1), axis=0)) == len(rows)
