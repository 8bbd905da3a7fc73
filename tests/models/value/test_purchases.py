"""Purchases: one day is one purchase; the engine and NumPy agree; nothing from the future, no refunds."""

from __future__ import annotations

import datetime as dt
from decimal import Decimal

import numpy as np
import pyarrow as pa
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from sqlglot import exp

from segmentary.engine.duckdb import DuckDB
from segmentary.engine.sqlfile import text
from segmentary.errors import DataError
from segmentary.language.spans import Context
from segmentary.models.value.purchases import Purchases, cells_query, count_cells, purchases_query
from segmentary.schema import EVENTS

UTC = dt.UTC
START = dt.datetime(2024, 1, 1, tzinfo=UTC)
Event = tuple[str, str, dt.datetime, float | None]


def engine_with(events: list[Event]) -> DuckDB:
    engine = DuckDB(threads=1)
    engine.create(EVENTS)
    for customer, name, at, amount in events:
        engine.connection.execute(
            "insert into events (customer_id, name, happened_at, known_at, amount) values (?, ?, ?, ?, ?)",
            [
                customer,
                name,
                at.replace(tzinfo=None),
                at.replace(tzinfo=None) + dt.timedelta(days=1),
                None if amount is None else Decimal(str(amount)),
            ],
        )
    return engine


def bought(engine: DuckDB, context: Context, since: dt.datetime | None = None) -> list[dict[str, object]]:
    events = exp.table_("events", quoted=True)
    found: list[dict[str, object]] = engine.table(purchases_query(events, context, since=since)).to_pylist()
    return sorted(found, key=lambda row: str(row["customer_id"]))


HOURS = st.integers(0, 24 * 40)
EVENT = st.tuples(st.sampled_from("abc"), HOURS, st.sampled_from([0.0, -2.5, 10.0, 20.25]))


@settings(max_examples=20)
@given(st.lists(EVENT, max_size=25))
def test_the_engine_agrees_with_numpy(rows: list[tuple[str, int, float]]) -> None:
    events = [(who, "order_completed", START + dt.timedelta(hours=hour), amount) for who, hour, amount in rows]
    context = Context(as_of=START + dt.timedelta(days=30, hours=12))
    engine = engine_with(events)
    table = engine.table(purchases_query(exp.table_("events", quoted=True), context))
    theirs = Purchases.from_table(table)
    before = [event for event in events if event[2] < context.as_of]
    ours = Purchases.from_transactions(
        [event[0] for event in before],
        np.array([event[2].replace(tzinfo=None) for event in before], dtype="datetime64[s]"),
        [event[3] or 0.0 for event in before],
        until=context.as_of.date(),
    )
    assert list(theirs.ids) == list(ours.ids)
    for name in ("repeat_count", "recency", "age", "mean_spend", "spend_days", "first_spend", "total_spend"):
        np.testing.assert_allclose(getattr(theirs, name), getattr(ours, name), atol=1e-9)
    np.testing.assert_array_equal(theirs.unpaid_days, ours.unpaid_days)
    counted = count_cells(engine, purchases_query(exp.table_("events", quoted=True), context))
    expected = ours.cells()
    for name in ("repeat_count", "recency", "age", "count"):
        np.testing.assert_array_equal(getattr(counted, name), getattr(expected, name))
    engine.close()


def test_one_day_is_one_purchase_in_the_zone_and_refunds_are_none() -> None:
    engine = engine_with(
        [
            ("a", "order_completed", START + dt.timedelta(hours=21), 5.0),
            ("a", "order_completed", START + dt.timedelta(hours=23, minutes=30), 7.0),
            ("a", "order_refunded", START + dt.timedelta(days=9), -5.0),
            ("a", "order_completed", START + dt.timedelta(days=10), None),
            ("b", "order_completed", START + dt.timedelta(days=50), 7.0),
            ("c", "page_viewed", START, None),
        ]
    )
    as_of = START + dt.timedelta(days=20)
    (utc,) = bought(engine, Context(as_of=as_of))
    assert (utc["repeat_count"], utc["recency_days"], utc["age_days"]) == (1, 10, 20)
    assert (utc["mean_spend"], utc["spend_days"], utc["first_spend"], utc["unpaid_days"]) == (None, 0, 12.0, 1)
    assert utc["first_at"] == dt.datetime(2024, 1, 1, 21)
    # In Paris the second order fell on the next day.
    (paris,) = bought(engine, Context(as_of=as_of, timezone="Europe/Paris"))
    assert (paris["repeat_count"], paris["recency_days"], paris["mean_spend"]) == (2, 10, 7.0)


def test_only_what_was_known_then_and_only_since() -> None:
    engine = engine_with(
        [
            ("a", "order_completed", START, 5.0),
            ("a", "order_completed", START + dt.timedelta(days=4, hours=6), 5.0),
            ("a", "order_completed", START + dt.timedelta(days=8), 5.0),
        ]
    )
    as_of = START + dt.timedelta(days=5)
    assert bought(engine, Context(as_of=as_of))[0]["repeat_count"] == 1
    assert bought(engine, Context(as_of=as_of, known_at=as_of))[0]["repeat_count"] == 0
    late = bought(engine, Context(as_of=as_of), since=START + dt.timedelta(days=1))
    assert [(row["repeat_count"], row["age_days"]) for row in late] == [(0, 1)]
    assert bought(engine, Context(as_of=START)) == []


@pytest.mark.parametrize("dialect", ["duckdb", "postgres", "spark"])
def test_every_engine_can_say_it(dialect: str) -> None:
    context = Context(as_of=START, timezone="Europe/Paris", known_at=START)
    found = purchases_query(exp.table_("events", quoted=True), context, since=START)
    assert "purchase" not in text(found, dialect)
    assert "count" in text(cells_query(found), dialect).lower()


def test_transactions_of_numbers_and_dates() -> None:
    empty = Purchases.from_transactions([], [], until=10)
    assert len(empty) == 0
    assert len(empty.cells()) == 0
    one = Purchases.from_transactions(["a", "a", "a"], [1, 8, 99], [2.0, 3.0, 4.0], until=15)
    assert (one.repeat_count[0], one.recency[0], one.age[0]) == (1, 7.0, 14.0)
    weeks = one.in_units(7)
    assert (weeks.recency[0], weeks.age[0], weeks.mean_spend[0]) == (1.0, 2.0, 3.0)
    dates = Purchases.from_transactions(["a"], [dt.date(2024, 1, 1)], until=dt.date(2024, 1, 31))
    assert dates.age[0] == 30.0
    with pytest.raises(DataError, match="do not belong together"):
        Purchases.from_transactions(["a"], [1, 2], until=3)
    with pytest.raises(DataError, match="without a day"):
        Purchases.from_transactions(["a", "b"], [1.0, np.nan], until=3)


def test_impossible_rows_of_a_table_are_refused() -> None:
    row = dict.fromkeys(
        ("repeat_count", "recency_days", "age_days", "mean_spend", "spend_days", "first_spend", "total_spend"), 1.0
    )
    table = pa.Table.from_pylist([row | {"customer_id": "a", "age_days": 0.0, "unpaid_days": 0}])
    with pytest.raises(DataError, match="t_x > T"):
        Purchases.from_table(table)
