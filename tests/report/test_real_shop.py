"""The report of Online Retail: known answers, and the honest refusals."""

from __future__ import annotations

import datetime as dt
from decimal import Decimal
from pathlib import Path

import pytest
from sqlglot import exp, parse_one

from segmentary.engine.duckdb import DuckDB
from segmentary.language.tree import Context
from segmentary.models.rfm import RFM
from segmentary.profiles.catalog import Trait
from segmentary.report.data import ReportData, SegmentInput, gather
from segmentary.report.sentences import headlines
from segmentary.schema import EVENTS
from segmentary.settings import Settings

pytestmark = pytest.mark.real_data

SALES = """
create table sales as
select cast(cast(CustomerID as bigint) as varchar) as customer_id, InvoiceNo as order_id, InvoiceDate as happened_at,
       Country as country, cast(Quantity * UnitPrice as decimal(18, 4)) as amount
from read_parquet(?)
where CustomerID is not null and InvoiceNo not like 'C%' and Quantity > 0 and UnitPrice > 0
"""
ORDERS = """
insert into events (customer_id, name, happened_at, order_id, amount)
select customer_id, 'order_completed', min(happened_at), order_id, sum(amount) from sales group by customer_id, order_id
"""
MEASURES = """
create table measures as
select customer_id, date_diff('day', cast(max(happened_at) as date), date '2011-12-10') as recency,
       count(*) as order_count, sum(amount) as monetary
from events group by customer_id
"""
RULES = """
select customer_id, recency <= 30 and order_count >= 5 and monetary >= 1000 as regulars, recency > 180 as lapsed,
       order_count = 1 as one_time, country = 'EIRE' as eire
from traits join profile using (customer_id)
"""


@pytest.fixture(scope="module")
def data(real_data: Path) -> ReportData:
    engine = DuckDB(threads=2)
    engine.create(EVENTS)
    engine.connection.execute(SALES, [str(real_data / "online_retail/online_retail.parquet")])
    engine.run(ORDERS)
    engine.run(MEASURES)
    measures = exp.table_("measures")
    engine.create_as("scores", RFM().fit(engine, measures).score_query(measures))
    engine.run("create table traits as from measures join scores using (customer_id)")
    engine.run("create table profile as select customer_id, mode(country) as country from sales group by customer_id")
    return gather(
        engine,
        context=Context(as_of=dt.datetime(2011, 12, 10, tzinfo=dt.UTC), timezone="Europe/London"),
        settings=Settings(currency="GBP", timezone="Europe/London"),
        flags=parse_one(RULES, read="duckdb", into=exp.Select),
        segments=[SegmentInput(name) for name in ("regulars", "lapsed", "one_time", "eire")],
        traits=[Trait(n, type="number", title=n) for n in ("recency", "order_count", "monetary")]
        + [Trait("country", type="text", title="Country")],
    )


def test_known_answers(data: ReportData) -> None:
    p = data.population
    assert (p.customers, p.buyers, p.orders, p.repeat_buyers) == (4338, 4338, 18_532, 2845)
    assert round(p.money, 2) == Decimal("8911407.90")
    assert p.best_fifth_share == pytest.approx(0.7459, abs=5e-5)
    sizes = {s.name: s.people for s in data.segments}
    assert (sizes["regulars"], sizes["lapsed"], sizes["one_time"]) == (739, 861, 1493)


def test_three_customers_are_not_a_country(data: ReportData) -> None:
    assert {s.name: s.people for s in data.segments}["eire"] is None
    assert data.geography is not None
    names = [p.name for p in data.geography.places]
    assert names[:3] == ["United Kingdom", "Germany", "France"]
    assert "EIRE" not in names
    assert "Netherlands" not in names  # nine customers
    assert data.geography.hidden > 20


def test_nine_days_are_not_a_month(data: ReportData) -> None:
    assert data.months[-1].partial
    assert data.months[-1].money == Decimal("518192.79")
    assert data.months[-2].money == pytest.approx(Decimal("1161817.38"))
    assert data.months[-2].buyers == 1664
    assert "December 2011 had not ended (data until 9 December 2011)" in "\n".join(h.text for h in headlines(data))


def test_retention(data: ReportData) -> None:
    assert data.retention is not None
    first = data.retention.cohorts[0]
    assert first.inherited
    assert (first.size, first.cells[1].active, first.cells[3].active) == (885, 324, 340)
