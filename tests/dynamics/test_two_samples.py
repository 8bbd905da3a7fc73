"""Telling now from then: no more often than by chance where nothing changed, and by the right trait where it did."""

import numpy as np
import pytest

from segmentary.dynamics.two_samples import two_samples
from segmentary.models.table.columns import Column
from segmentary.models.table.typed_table import TypedTable

COLUMNS = (Column("spend", "numeric"), Column("town", "nominal", ("a", "b", "c")), Column("visits", "count"))


def drawn(n, shift, seed):
    chance = np.random.default_rng(seed)
    is_now = np.arange(2 * n) >= n
    spend = chance.normal(size=2 * n) + shift * is_now
    spend[chance.random(2 * n) < 0.1] = np.nan
    values = np.column_stack([spend, chance.integers(0, 3, 2 * n), chance.poisson(3, 2 * n)]).astype(float)
    return TypedTable(COLUMNS, values), is_now


def test_the_same_population_cannot_be_told():
    said = [two_samples(*drawn(120, 0.0, seed), seed=seed).p < 0.05 for seed in range(4)]
    assert sum(said) <= 1
    found = two_samples(*drawn(400, 0.0, 3))
    assert found.auc.low < 0.5
    assert "cannot tell" in found.sentence


def test_a_shift_is_told_and_the_trait_named():
    found = two_samples(*drawn(400, 1.0, 5))
    assert found.auc.estimate == pytest.approx(0.74, abs=0.06)
    assert found.p < 0.001
    assert [(one.name, one.direction) for one in found.tellers] == [("spend", "higher now")]
    assert found.sentence == two_samples(*drawn(400, 1.0, 5)).sentence, "the same seed, the same answer"


def test_too_few_people_and_no_traits():
    assert two_samples(*drawn(20, 1.0, 0)) is None
    _table, is_now = drawn(150, 0.0, 0)
    assert two_samples(TypedTable((), np.zeros((300, 0))), is_now) is None
    constant = TypedTable((COLUMNS[0],), np.ones((300, 1)))
    assert two_samples(constant, is_now).p == 1.0
