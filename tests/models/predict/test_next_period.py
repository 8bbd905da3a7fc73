"""A past moment with what came after: aligned by id, nobody from the future, sums by name or in order."""

from __future__ import annotations

import datetime as dt

import numpy as np
import pytest
from tests.models.predict.shoppers import START, shop

from segmentary.errors import DataError, NoAnswerError
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


def test_from_transactions() -> None:
    ids = ["a", "a", "b", "a", "new", "b"]
    days = [dt.date(2024, 1, day) for day in (1, 5, 9, 20, 21, 29)]
    found = NextPeriod.from_transactions(ids, days, [1, 2, 4, 8, 16, 32], cutoff=dt.date(2024, 1, 20), horizon_days=10)
    assert found.purchases.ids.tolist() == ["a", "b"]
    assert found.purchases.age.tolist() == [19, 11]
    # The day of the cutoff belongs to what comes after; whoever came later is nobody's next purchase.
    assert found.spend.tolist() == [8, 32]
    assert found.features.values.shape == (2, 0)  # no window is as short as the data
    with pytest.raises(NoAnswerError, match="nobody bought before"):
        NextPeriod.from_transactions(ids, days, [1.0] * 6, cutoff=dt.date(2024, 1, 1), horizon_days=10)
    with pytest.raises(NoAnswerError, match="purchases end"):
        NextPeriod.from_transactions(ids, days, [1.0] * 6, cutoff=dt.date(2024, 1, 20), horizon_days=60)


def test_windows_as_far_as_the_data_reach() -> None:
    made = shop(40, days=150)
    days = np.datetime64(START) + made.days.astype("timedelta64[D]")
    cutoff = START + dt.timedelta(days=90)
    found = NextPeriod.from_transactions(made.ids, days, made.amounts, cutoff=cutoff, horizon_days=30)
    expected = made.period(90, 30)
    assert found.features.names == ("orders_30d", "spend_30d")
    np.testing.assert_allclose(found.features.values[:, 0], expected.features.values[:, 0])
    np.testing.assert_allclose(found.features.values[:, 1], expected.features.values[:, 2])
    np.testing.assert_allclose(found.spend, expected.spend)
    np.testing.assert_array_equal(found.bought, expected.bought)
