"""A past moment with what came after: aligned by id, nobody from the future, sums by name or in order."""

from __future__ import annotations

import datetime as dt

import numpy as np
import pytest

from segmentary.errors import DataError
from segmentary.models.predict.next_period import NextPeriod
from segmentary.models.table.columns import Column
from segmentary.models.table.typed_table import TypedTable
from segmentary.models.value.purchases import Purchases

DAY = dt.date(2024, 3, 1)


def purchases() -> Purchases:
    return Purchases.from_transactions(["b", "a", "b", "c"], [1, 2, 9, 5], [5.0, 7.0, 9.0, 1.0], until=20)


def table(*ids: str) -> TypedTable:
    values = np.arange(len(ids), dtype=float)[:, None]
    return TypedTable((Column("x", "numeric"),), values, ids=ids)


def test_features_and_what_came_after_are_matched_by_id() -> None:
    found = NextPeriod.of(DAY, table("c", "zz", "b"), purchases(), {"b": 12.5, "new": 99.0}, {"b": 1.0})
    assert found.purchases.ids.tolist() == ["b", "c"]
    assert found.features.values[:, 0].tolist() == [2.0, 0.0]
    assert found.spend.tolist() == [12.5, 0.0]
    assert found.bought.tolist() == [True, False]
    # The lifetime model still sees everybody.
    assert len(found.watched) == 3


def test_refunds_are_no_spend_and_are_counted() -> None:
    found = NextPeriod.of(DAY, None, purchases(), [-3.0, 4.0, 0.0], [1, 1, 0])
    assert found.spend.tolist() == [0.0, 4.0, 0.0]
    assert found.refunded == 1
    assert found.features.values.shape == (3, 0)


def test_some_of_the_customers() -> None:
    found = NextPeriod.of(DAY, table("a", "b", "c"), purchases(), [1.0, 2.0, 3.0], [1, 0, 1])
    part = found.only(np.array([True, False, True]))
    assert part.purchases.ids.tolist() == ["a", "c"]
    assert part.spend.tolist() == [1.0, 3.0]
    assert len(part) == 2
    assert len(part.watched) == 3


@pytest.mark.parametrize(
    ("features", "spend"),
    [
        (TypedTable((), np.zeros((2, 0))), [0.0, 0.0, 0.0]),
        (None, [0.0, 0.0]),
        (None, [0.0, float("nan"), 0.0]),
        (None, [0.0, float("inf"), 0.0]),
    ],
)
def test_what_does_not_fit_is_refused(features: TypedTable | None, spend: list[float]) -> None:
    with pytest.raises(DataError):
        NextPeriod.of(DAY, features, purchases(), spend, [0, 0, 0])
