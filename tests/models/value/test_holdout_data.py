"""The past cut in two: nothing after the cutoff is seen before it, and engine and arrays cut alike."""

from __future__ import annotations

import datetime as dt
from decimal import Decimal

import numpy as np
import pyarrow as pa
import pytest
from sqlglot import exp
from tests.models.value.people import UNTIL, shop

from segmentary.engine.duckdb import DuckDB
from segmentary.engine.sqlfile import query, text
from segmentary.errors import DataError, NoAnswerError
from segmentary.language.spans import Context
from segmentary.models.value.holdout_data import TRACKING, HoldoutData, holdout_data
from segmentary.models.value.purchases import Purchases

IDS = ["a", "a", "a", "b", "b", "b", "c", "d", "d"]
DAYS = [0, 10, 35, 3, 3, 33, 28, 41, 45]
AMOUNTS = [5.0, 7.0, 11.0, 1.0, 2.0, 4.0, 8.0, 9.0, 9.0]


def test_by_hand() -> None:
    held = HoldoutData.from_transactions(IDS, DAYS, AMOUNTS, cutoff=30, until=50)
    assert held.before.ids.tolist() == ["a", "b", "c"]  # d came later
    assert held.before.repeat_count.tolist() == [1, 0, 0]
    assert held.before.age.tolist() == [30.0, 27.0, 2.0]
    assert held.days == 20
    assert held.purchases.tolist() == [1.0, 1.0, 0.0]
    assert held.spend.tolist() == [11.0, 4.0, 0.0]
    assert held.earlier_purchases.tolist() == [0.0, 0.0, 1.0]  # days 11 to 30
    assert held.earlier_spend.tolist() == [0.0, 0.0, 8.0]
    assert held.weekly.tolist() == [0.0, 1.0, 0.0, 0.0, 1.0, 1.0, 0.0]
    assert held.cutoff is None
    assert len(held) == 3


def test_what_comes_after_changes_nothing_before() -> None:
    ids, days, amounts = shop(200, seed=1)
    held = HoldoutData.from_transactions(ids, days, amounts, cutoff=350, until=UNTIL)
    shuffled = np.where(days > 350, 351 + (days * 7) % 90, days)
    other = HoldoutData.from_transactions(
        ids, shuffled, amounts * np.where(days > 350, 9.0, 1.0), cutoff=350, until=UNTIL
    )
    for name in ("repeat_count", "recency", "age", "mean_spend", "total_spend"):
        np.testing.assert_array_equal(getattr(held.before, name), getattr(other.before, name))
    assert held.earlier_spend.tolist() == other.earlier_spend.tolist()
    assert held.spend.tolist() != other.spend.tolist()


def test_the_engine_cuts_alike() -> None:
    ids, days, amounts = shop(150, seed=2)
    start = dt.datetime(2024, 1, 1, 20)
    engine = DuckDB(threads=1)
    engine.ingest(
        "events",
        pa.table(
            {
                "customer_id": [f"c{one:03}" for one in ids],
                "name": ["order_completed"] * len(ids),
                "happened_at": pa.array([start + dt.timedelta(days=float(day)) for day in days], pa.timestamp("us")),
                "known_at": pa.array([start] * len(ids), pa.timestamp("us")),
                "amount": pa.array([Decimal(f"{one:.4f}") for one in amounts], pa.decimal128(18, 4)),
            }
        ),
    )
    # 20:00 UTC is the next day in Tokyo, and as-of its day 451 after the first.
    as_of = dt.datetime(2024, 1, 2, tzinfo=dt.UTC) + dt.timedelta(days=UNTIL + 1)
    context = Context(as_of=as_of - dt.timedelta(hours=9), timezone="Asia/Tokyo")
    found = holdout_data(engine, exp.table_("events"), context, days=91)
    same = HoldoutData.from_transactions(
        np.array([f"c{one:03}" for one in ids]),
        [dt.date(2024, 1, 2) + dt.timedelta(days=int(day)) for day in days],
        np.round(amounts, 4),
        cutoff=dt.date(2024, 1, 2) + dt.timedelta(days=UNTIL - 91),
        until=dt.date(2024, 1, 2) + dt.timedelta(days=UNTIL),
    )
    assert found.cutoff == same.cutoff == dt.date(2024, 1, 2) + dt.timedelta(days=UNTIL - 90)
    assert found.before.ids.tolist() == same.before.ids.tolist()
    # An engine's as-of is the day after the last one seen.
    assert (found.before.age - same.before.age).tolist() == [1.0] * len(same)
    for name in ("purchases", "earlier_purchases", "weekly"):
        assert getattr(found, name).tolist() == getattr(same, name).tolist(), name
    for name in ("spend", "earlier_spend"):
        assert getattr(found, name) == pytest.approx(getattr(same, name), abs=1e-6), name


@pytest.mark.parametrize("dialect", ["postgres", "spark"])
def test_other_engines_can_say_it(dialect: str) -> None:
    tracking = query(
        TRACKING,
        events=exp.table_("events"),
        order_event="order_completed",
        until=dt.datetime(2025, 1, 1, tzinfo=dt.UTC),
        known_at=None,
        since=None,
        zone="UTC",
        cutoff=dt.date(2024, 10, 1),
    )
    assert text(tracking, dialect)


def test_what_cannot_be_cut() -> None:
    with pytest.raises(DataError, match="later than cutoff"):
        HoldoutData.from_transactions(IDS, DAYS, AMOUNTS, cutoff=30, until=30)
    with pytest.raises(NoAnswerError, match="nobody bought before"):
        HoldoutData.from_transactions(IDS, DAYS, AMOUNTS, cutoff=-5, until=30)
    before = Purchases.from_transactions(IDS, DAYS, AMOUNTS, until=30)
    nobody = Purchases.from_transactions([], np.zeros(0), [], until=30)
    with pytest.raises(DataError, match="missing after it"):
        HoldoutData.from_purchases(nobody, before, nobody, days=20)
