"""How columns are spread."""

from __future__ import annotations

import numpy as np
import pytest

from segmentary.models.predict.distributions import distributions, spread_of
from segmentary.models.table.columns import Column
from segmentary.models.table.typed_table import TypedTable


def test_shares_add_up_with_the_missing():
    chance = np.random.default_rng(0)
    levels = tuple(f"l{i:02d}" for i in range(30))
    values = np.column_stack([chance.normal(size=500), chance.integers(0, 30, 500), chance.poisson(0.3, 500)]).astype(
        float
    )
    values[:50] = np.nan
    table = TypedTable((Column("x", "numeric"), Column("l", "nominal", levels), Column("n", "count")), values)
    for one in distributions(table):
        assert sum(one.shares) + one.missing == pytest.approx(1.0)
        assert one.missing == pytest.approx(0.1)
    number, text, count = distributions(table)
    assert len(number.shares) == len(number.edges) + 1 == 10
    np.testing.assert_allclose(number.shares, 0.09, atol=0.005)
    assert len(text.levels) == 20
    assert len(text.shares) == 21
    assert list(count.edges) == sorted(set(count.edges))


def test_a_value_equal_to_a_border_is_below_it():
    found = spread_of("x", np.array([0.0] * 60 + [1.0] * 40))
    assert found.edges == (0.0,)
    assert found.shares == (0.6, 0.4)


def test_the_constant_the_missing_and_nobody():
    assert spread_of("x", np.ones(5)).shares == (1.0,)
    assert spread_of("x", np.full(5, np.nan)).missing == 1.0
    assert spread_of("x", np.empty(0)).missing == 0.0
    empty = TypedTable((Column("l", "binary", ("no", "yes")),), np.empty((0, 1)))
    assert distributions(empty)[0].missing == 0.0
