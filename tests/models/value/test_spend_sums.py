"""Sums of purchases: the engine and arrays say the same, and nothing is pulled into Python by the person."""

from __future__ import annotations

import datetime as dt
from decimal import Decimal
from zoneinfo import ZoneInfo

import numpy as np
import pyarrow as pa
import pytest
from sqlglot import exp
from tests.models.value.people import UNTIL, shop

from segmentary.engine.duckdb import DuckDB
from segmentary.engine.sqlfile import query, text
from segmentary.language.spans import Context
from segmentary.models.value import spend_sums
from segmentary.models.value.spend_sums import SpendSums, Together, border_of, log_moments

START = dt.datetime(2024, 1, 1, 12)
CONTEXT = Context(as_of=dt.datetime(2025, 3, 27, tzinfo=dt.UTC))


def events(ids: np.ndarray, days: np.ndarray, amounts: list[float | None]) -> pa.Table:
    return pa.table(
        {
            "customer_id": [f"c{one}" for one in ids],
            "name": ["order_completed"] * len(ids),
            "happened_at": pa.array([START + dt.timedelta(days=float(day)) for day in days], pa.timestamp("us")),
            "known_at": pa.array([START] * len(ids), pa.timestamp("us")),
            "amount": pa.array(
                [None if one is None else Decimal(f"{one:.4f}") for one in amounts], pa.decimal128(18, 4)
            ),
        }
    )


def engine_with(table: pa.Table) -> DuckDB:
    engine = DuckDB(threads=1)
    engine.ingest("events", table)
    people = sorted(set(table["customer_id"].to_pylist()))
    created = [START + dt.timedelta(days=300) if one == "c3" else None for one in people]
    engine.ingest("customers", pa.table({"customer_id": people, "created_at": pa.array(created, pa.timestamp("us"))}))
    return engine


def test_engine_and_arrays_say_the_same() -> None:
    ids, days, amounts = shop(300, seed=1)
    money: list[float | None] = np.round(amounts, 4).tolist()
    money[:3], money[5], money[9] = [0.0, 0.0, -4.0], None, 90_000.0
    engine = engine_with(events(ids, days, money))
    found = SpendSums.from_engine(engine, exp.table_("events"), exp.table_("customers"), CONTEXT)
    told = np.array([np.nan if one is None else one for one in money])
    same = SpendSums.from_transactions(
        np.array([f"c{one}" for one in ids]),
        [START.date() + dt.timedelta(days=int(day)) for day in days],
        told,
        until=START.date() + dt.timedelta(days=UNTIL),
    )
    for name in ("customers", "orders", "days", "zero", "negative", "unknown", "first_day", "last_day", "extreme"):
        assert getattr(found, name) == getattr(same, name), name
    for name in ("spend", "log_mean", "log_deviation", "extreme_spend", "most"):
        assert getattr(found, name) == pytest.approx(getattr(same, name)), name
    assert [one.customer_id for one in found.loudest] == [one.customer_id for one in same.loudest]
    assert found.loudest[0].busiest == same.loudest[0].busiest
    assert found.together.people == same.together.people
    assert found.together.correlation().estimate == pytest.approx(same.together.correlation().estimate)
    mine = days[ids == 3]
    assert found.early.purchases == (mine < 300).sum() > 0
    assert not engine.has_table("checks_people")


def test_purchases_before_creation_in_arrays() -> None:
    day = dt.date(2025, 3, 1)
    bought = [day, day + dt.timedelta(days=9), day, day]
    created = [day + dt.timedelta(days=1), day + dt.timedelta(days=1), day, None]
    told = SpendSums.from_transactions(
        ["a", "a", "b", "c"], bought, np.ones(4), until=dt.date(2025, 4, 1), created=created
    )
    assert told.early == spend_sums.Odd(1, 1)
    numbers = SpendSums.from_transactions(["a", "b"], [3.0, 4.0], np.ones(2), until=9.0, created=[4.0, np.nan])
    assert numbers.early == spend_sums.Odd(1, 1)


def test_nothing_is_nothing() -> None:
    engine = engine_with(events(np.zeros(0), np.zeros(0), []))
    found = SpendSums.from_engine(engine, exp.table_("events"), exp.table_("customers"), CONTEXT)
    assert (found.customers, found.orders, found.first_day, found.history_days, found.loudest) == (0, 0, None, 0, ())


@pytest.mark.parametrize("dialect", ["postgres", "spark"])
def test_other_engines_can_say_it(dialect: str) -> None:
    people = query(
        spend_sums.HERE.with_name("spend_people.sql"),
        events=exp.table_("events"),
        customers=exp.table_("customers"),
        order_event="order_completed",
        as_of=CONTEXT.as_of,
        known_at=None,
        since=None,
        zone=str(ZoneInfo("Europe/Vienna")),
    )
    one = exp.cast(exp.Literal.string("1.5"), "double")
    assert text(people, dialect)
    assert text(query(spend_sums.HERE.with_name("spend_sums.sql"), people=exp.table_("p")), dialect)
    assert text(query(spend_sums.HERE.with_name("spend_extreme.sql"), people=exp.table_("p"), border=one), dialect)
    assert text(query(spend_sums.HERE.with_name("spend_together.sql"), purchases=exp.table_("p")), dialect)


def test_correlation_from_sums() -> None:
    draw = np.random.default_rng(2)
    x, z = draw.integers(1, 9, 200).astype(float), draw.gamma(3.0, 10.0, 200)
    sums = Together(200, x.sum(), z.sum(), x @ x, z @ z, x @ z)
    found = sums.correlation()
    assert found.estimate == pytest.approx(np.corrcoef(x, z)[0, 1])
    assert found.low < found.estimate < found.high
    assert np.isnan(Together(3, 1.0, 1.0, 1.0, 1.0, 1.0).correlation().estimate)
    assert np.isnan(Together(5, 5.0, 9.0, 5.0, 99.0, 9.0).correlation().estimate)  # everybody bought once again


def test_moments_of_few() -> None:
    assert np.isnan(log_moments(0, 0.0, 0.0)[0])
    assert log_moments(1, 2.0, 4.0) == (2.0, 0.0)
    assert border_of(2.0, 0.0) is None
    assert border_of(float("nan"), float("nan")) is None
