"""Sales by a dimension: exact money, unfinished months and small groups marked."""

import datetime as dt
from decimal import Decimal

import pyarrow as pa
import pytest

from segmentary.engine.duckdb import DuckDB
from segmentary.language.tree import Context
from segmentary.measurement.performance import sales
from segmentary.schema import EVENTS

JUNE = Context(as_of=dt.datetime(2026, 6, 10, tzinfo=dt.UTC), timezone="Europe/Berlin")


@pytest.fixture
def engine():
    found = DuckDB()
    found.create(EVENTS)
    orders = [
        ("ann", "o1", dt.datetime(2026, 4, 30, 23, 0), "10.10"),  # 1 May in Berlin
        ("ann", "o2", dt.datetime(2026, 5, 20, 12, 0), "20.20"),
        ("bob", "o3", dt.datetime(2026, 6, 3, 12, 0), "5.00"),
        ("bob", "o4", dt.datetime(2026, 6, 10, 0, 0), "99.00"),  # at as-of: not yet
    ]
    rows = []
    for who, order, at, money in orders:
        rows.append(
            {
                "customer_id": who,
                "order_id": order,
                "happened_at": at,
                "amount": Decimal(money),
                "name": "order_completed",
            }
        )
        rows.append({**rows[-1], "name": "product_purchased", "product_id": "p1" if order == "o1" else "p2"})
    table = pa.Table.from_pylist([{name: row.get(name) for name in EVENTS.names} for row in rows])
    found.ingest("delivered", table)
    from segmentary.engine.sqlfile import parse_query

    found.create_as("events", parse_query("select * from delivered"))
    found.ingest("profile", pa.table({"customer_id": ["ann", "bob"], "country": ["France", None]}), temporary=False)
    yield found
    found.close()


def values(found):
    return [(row.value, row.money, row.orders, row.buyers, row.note) for row in found.rows]


def test_months_are_local_and_the_unfinished_one_is_marked(engine):
    assert values(sales(engine, JUNE, by="month", currency="EUR")) == [
        ("2026-05-01", Decimal("30.30"), 2, 1, ""),
        ("2026-06-01", Decimal("5.00"), 1, 1, "3 of 30 days only: not a fall"),
    ]


def test_products_add_up_to_the_same_total(engine):
    by_product = sales(engine, JUNE, by="product", currency="EUR")
    assert by_product.total == sales(engine, JUNE, by="customer", currency="EUR").total == Decimal("35.30")
    assert [row.value for row in by_product.rows] == ["p2", "p1"]


def test_a_trait_with_its_unknown_value_and_small_groups(engine):
    found = sales(engine, JUNE, by="country", currency="EUR", trait_table="profile")
    assert [(row.value, row.money) for row in found.rows] == [("France", Decimal("30.30")), (None, Decimal("5.00"))]
    assert all(row.note == "1 buyer: too few to be a segment" for row in found.rows)


def test_nothing_sold(engine):
    long_ago = Context(as_of=dt.datetime(2000, 1, 1, tzinfo=dt.UTC))
    found = sales(engine, long_ago, by="month", currency="EUR")
    assert (found.total, found.rows) == (Decimal(0), ())
