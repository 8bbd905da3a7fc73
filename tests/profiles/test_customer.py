"""From received rows to customers, events and attributes in time."""

from __future__ import annotations

import datetime as dt
import json
from decimal import Decimal

import pyarrow as pa
import pyarrow.parquet
import pytest
from sqlglot import exp
from tests.sources.delivered import put, rows_of

from segmentary.engine.duckdb import DuckDB
from segmentary.identity.resolve import resolve
from segmentary.profiles.customer import derive
from segmentary.settings import Settings
from segmentary.sources.base import SourceMapping
from segmentary.sources.loading import load

SETTINGS = Settings(currency="EUR")
LINES = SourceMapping(
    kind="order_lines",
    columns={
        "order_id": "o",
        "product_id": "p",
        "quantity": "q",
        "unit_price": "u",
        "happened_at": "t",
        "record_id": "c",
    },
    attributes={"country": "country"},
    cancellation_prefix="C",
)
NAMES = ("o", "p", "q", "u", "t", "c", "country")


@pytest.fixture
def engine():
    database = DuckDB(threads=1)
    yield database
    database.close()


def run(engine: DuckDB, settings: Settings = SETTINGS) -> None:
    resolve(engine, settings)
    derive(engine, settings)


def test_nothing_at_all(engine):
    put(engine, LINES, NAMES, [])
    run(engine)
    for table in ("customers", "events", "customer_attributes", "customer_consents"):
        assert engine.count(table) == 0


def test_orders_become_events(engine):
    rows = [
        ("1", "A", "2", "2.50", "2026-01-05 10:00:00", "ann", "FR"),
        ("1", "B", "1", "1.00", "2026-01-05 10:01:00", "ann", "FR"),
        ("1", "G", "1", "0", "2026-01-05 10:01:00", "ann", "FR"),
        ("C2", "A", "-2", "2.50", "2026-01-07", "ann", "FR"),
        ("3", "A", "1", "2.50", "2026-01-08", "", "FR"),
        ("C4", "A", "-1", "2.50", "2026-01-09", "bob", "DE"),
    ]
    put(engine, LINES, NAMES, rows)
    run(engine)
    assert rows_of(engine, "events", "customer_id", "name", "order_id", "amount", "happened_at") == sorted(
        [
            ("ann", "order_completed", "1", Decimal(6), dt.datetime(2026, 1, 5, 10)),
            ("ann", "product_purchased", "1", Decimal(5), dt.datetime(2026, 1, 5, 10)),
            ("ann", "product_purchased", "1", Decimal(1), dt.datetime(2026, 1, 5, 10, 1)),
            ("ann", "order_refunded", "C2", Decimal(-5), dt.datetime(2026, 1, 7)),
            ("ann", "product_returned", "C2", Decimal(-5), dt.datetime(2026, 1, 7)),
            ("bob", "order_refunded", "C4", Decimal("-2.5"), dt.datetime(2026, 1, 9)),
            ("bob", "product_returned", "C4", Decimal("-2.5"), dt.datetime(2026, 1, 9)),
        ],
        key=str,
    )
    properties = {name: json.loads(p) for name, p in rows_of(engine, "events", "name", "properties")}
    assert properties["order_completed"] == {"line_count": 2, "product_count": 2}
    assert properties["order_refunded"]["line_count"] == 1
    assert properties["product_purchased"]["country"] == "FR"
    assert rows_of(engine, "customers", "customer_id", "first_seen_at") == [
        ("ann", dt.datetime(2026, 1, 5, 10)),
        ("bob", dt.datetime(2026, 1, 9)),
    ]
    paired = exp.select("order_id", "cancels_order_id").from_("order_lines").where("sale_kind = 'cancellation'")
    assert sorted(engine.rows(paired.order_by("order_id"))) == [("C2", "1"), ("C4", None)]


def test_products_fill_in_category_and_brand(engine):
    products = SourceMapping(
        kind="products", columns={"product_id": "p", "category": "cat", "name": "n"}, attributes={"maker": "m"}
    )
    put(engine, LINES, NAMES, [("1", "A", "2", "2.50", "2026-01-05", "ann", "FR")])
    put(engine, products, ("p", "cat", "n", "m"), [("A", "toys", "Top", "x")], source="products", load_id="load2")
    run(engine)
    line = exp.select("category", "properties").from_("events").where("name = 'product_purchased'")
    category, properties = engine.rows(line)[0]
    assert category == "toys"
    assert json.loads(properties) == {"unit_price": 2.5, "description": "Top", "country": "FR", "maker": "x"}


CRM = SourceMapping(
    kind="customers", columns={"record_id": "id", "deleted": "gone"}, attributes={"city": "city", "points": "points"}
)
CRM_NAMES = ("id", "gone", "city", "points")


def test_attributes_in_time(engine):
    april, may = dt.datetime(2026, 4, 1), dt.datetime(2026, 5, 1)
    put(engine, CRM, CRM_NAMES, [("ann", "", "Rome", "1"), ("bob", "", "Oslo", "2")])
    put(engine, CRM, CRM_NAMES, [("ann", "", "Paris", "1")], load_id="load2", known_at=april)
    put(engine, CRM, CRM_NAMES, [("ann", "", "", "1")], load_id="load3", known_at=may)
    run(engine)
    found = rows_of(engine, "customer_attributes", "customer_id", "name", "value", "valid_from", "valid_to")
    assert found == [
        ("ann", "city", "Paris", april, may),
        ("ann", "city", "Rome", None, april),
        ("ann", "points", "1", None, None),
        ("bob", "city", "Oslo", None, None),
        ("bob", "points", "2", None, None),
    ]
    assert rows_of(engine, "customers", "customer_id", "first_seen_at") == [("ann", april), ("bob", None)]


def test_deleted_customers_are_left_out_with_all_they_did(engine):
    put(engine, LINES, NAMES, [("1", "A", "2", "2.50", "2026-01-05", "ann", "FR")])
    put(engine, CRM, CRM_NAMES, [("ann", "", "Rome", "1"), ("bob", "", "Oslo", "2")], source="crm", load_id="load2")
    put(engine, CRM, CRM_NAMES, [("ann", "true", "Rome", "1")], source="crm", load_id="load3")
    run(engine)
    assert rows_of(engine, "customers", "customer_id") == [("bob",)]
    assert rows_of(engine, "events", "name") == []


def test_statuses_that_are_no_sale_are_events_of_their_own(engine):
    mapping = SourceMapping(
        kind="orders",
        columns={"order_id": "o", "happened_at": "t", "amount": "a", "record_id": "c", "status": "s"},
        sale_status=("Won",),
    )
    rows = [
        ("1", "2026-01-01", "5", "ann", "Won"),
        ("2", "2026-01-02", "0", "ann", "Lost"),
        ("3", "", "", "ann", "Open"),
    ]
    put(engine, mapping, ("o", "t", "a", "c", "s"), rows)
    run(engine)
    assert rows_of(engine, "events", "name", "order_id") == [("order_completed", "1"), ("order_lost", "2")]


def test_consents_follow_the_customer(engine):
    mapping = SourceMapping(
        kind="consents",
        columns={"record_id": "c", "granted": "yes", "happened_at": "t"},
        constants={"channel": "email"},
    )
    put(engine, mapping, ("c", "yes", "t"), [("ann", "opted_out", "2026-01-01"), ("ann", "maybe", "2026-01-02")])
    run(engine)
    found = rows_of(engine, "customer_consents", "customer_id", "purpose", "channel", "granted")
    assert found == [("ann", "marketing", "email", False)]


RETAIL = SourceMapping(
    kind="order_lines",
    columns={
        "order_id": "InvoiceNo",
        "product_id": "StockCode",
        "description": "Description",
        "quantity": "Quantity",
        "happened_at": "InvoiceDate",
        "unit_price": "UnitPrice",
        "record_id": "CustomerID",
    },
    attributes={"country": "Country"},
    cancellation_prefix="C",
)


def load_part(engine: DuckDB, table: pa.Table, load_id: str) -> None:
    numbered = table.add_column(0, "row_number", pa.array(range(1, table.num_rows + 1), pa.int64()))
    with engine.transaction():
        load(
            engine,
            numbered.to_reader(),
            RETAIL,
            source="online_retail",
            load_id=load_id,
            file=load_id,
            known_at=dt.datetime(2011, 12, 10),
            settings=Settings(currency="GBP"),
        )


@pytest.mark.real_data
def test_online_retail_in_parts_equals_online_retail_at_once(real_data):
    """The numbers of the published set; and what day by day brings is what the whole file brings."""
    table = pa.parquet.read_table(real_data / "online_retail" / "online_retail.parquet")
    days = table["InvoiceDate"].cast(pa.date32()).to_pylist()
    cut = dt.date(2011, 12, 4)
    late = sorted({day for day in days if day >= cut})
    pieces = [table.filter(pa.array([day < cut for day in days]))]
    pieces += [table.filter(pa.array([day == one for day in days])) for one in late]
    results = []
    for parts in ([table], pieces):
        engine = DuckDB()
        for i, part in enumerate(parts):
            load_part(engine, part, f"part{i}")
        run(engine, Settings(currency="GBP"))
        results.append(figures(engine))
        engine.close()
    whole, in_parts = results
    assert whole["clean"] == (397_884, 4_338, 18_532, Decimal("8911407.9040"))
    assert whole["orders"] == (18_532, 4_338, Decimal("8911407.9040"))
    assert whole["universe"] == 4_372
    assert in_parts == whole


def figures(engine: DuckDB) -> dict[str, object]:
    def one(text: str) -> object:
        from sqlglot import parse_one

        return engine.rows(parse_one(text, read="duckdb"))[0]

    clean = one(
        "select count(*), count(distinct record_id), count(distinct order_id), sum(amount) from order_lines"
        " where sale_kind = 'sale' and record_id is not null"
    )
    orders = one("select count(*), count(distinct customer_id), sum(amount) from events where name = 'order_completed'")
    columns = "customer_id, name, happened_at, order_id, product_id, amount, quantity, properties"
    state = one(f"select md5(string_agg(concat_ws('|', {columns}), ';' order by {columns})) from events")
    attributes = one(
        "select md5(string_agg(concat_ws('|', customer_id, name, value, valid_from, valid_to), ';'"
        " order by customer_id, name, valid_from)) from customer_attributes"
    )
    universe = engine.count("customers")
    return {"clean": clean, "orders": orders, "events": state, "attributes": attributes, "universe": universe}
