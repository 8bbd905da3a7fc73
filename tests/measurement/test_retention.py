"""Retention cohorts: hand-made corners, and the published numbers of Online Retail."""

from __future__ import annotations

import datetime as dt
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from segmentary.engine.duckdb import DuckDB
from segmentary.language.tree import Context
from segmentary.measurement.retention import cohorts, later, months_between
from segmentary.schema import EVENTS

UTC = dt.UTC


def engine_with(orders: list[tuple[str, dt.datetime]], *, name: str = "order_completed") -> DuckDB:
    engine = DuckDB(threads=1)
    engine.create(EVENTS)
    for customer, at in orders:
        engine.connection.execute(
            "insert into events (customer_id, name, happened_at, known_at) values (?, ?, ?, timestamp '2024-06-01')",
            [customer, name, at.replace(tzinfo=None)],
        )
    return engine


def day(text: str) -> dt.datetime:
    return dt.datetime.fromisoformat(text).replace(tzinfo=UTC)


def test_nobody_ordered() -> None:
    for engine in (engine_with([]), engine_with([("a", day("2024-01-05"))], name="page_viewed")):
        table = cohorts(engine, Context(as_of=day("2024-05-01")))
        assert (table.cohorts, table.observed_until, table.partial_month) == ((), None, None)


def test_zone_decides_the_month_and_as_of_the_end() -> None:
    engine = engine_with([("a", day("2024-01-31T23:30")), ("a", day("2024-02-29T23:30")), ("a", day("2024-04-01"))])
    utc = cohorts(engine, Context(as_of=day("2024-03-01")))
    assert [(c.month, c.size) for c in utc.cohorts] == [(dt.date(2024, 1, 1), 1)]
    assert utc.partial_month is None
    paris = cohorts(engine, Context(as_of=day("2024-03-10"), timezone="Europe/Paris"))
    assert [c.month for c in paris.cohorts] == [dt.date(2024, 2, 1)]
    assert [(cell.month, cell.active, cell.partial) for cell in paris.cohorts[0].cells] == [
        (dt.date(2024, 2, 1), 1, False),
        (dt.date(2024, 3, 1), 1, True),
    ]


def test_months_without_orders_count_as_zero_and_the_cut_month_is_partial() -> None:
    engine = engine_with([("a", day("2024-01-05")), ("b", day("2024-01-06")), ("a", day("2024-04-09"))])
    table = cohorts(engine, Context(as_of=day("2024-08-01")))
    (january,) = table.cohorts
    assert [(c.months_after, c.active) for c in january.cells] == [(0, 2), (1, 0), (2, 0), (3, 1)]
    assert january.inherited
    # The data stop on 9 April: neither April nor the silent months after it are shown as falls.
    assert table.partial_month == dt.date(2024, 4, 1)
    assert table.observed_until == dt.date(2024, 4, 10)
    assert january.after(1) is not None
    assert january.after(4) is None
    assert table.cohort(dt.date(2024, 2, 1)) is None


def test_only_what_was_known_counts() -> None:
    engine = engine_with([("a", day("2024-01-05"))])
    assert cohorts(engine, Context(as_of=day("2024-08-01"), known_at=day("2024-05-31"))).cohorts == ()
    assert len(cohorts(engine, Context(as_of=day("2024-08-01"), known_at=day("2024-06-01"))).cohorts) == 1


@pytest.fixture(scope="module")
def engine() -> DuckDB:
    return engine_with([])


@given(
    orders=st.lists(
        st.tuples(
            st.sampled_from("abcdef"),
            st.datetimes(day("2023-01-01").replace(tzinfo=None), day("2024-12-31").replace(tzinfo=None)),
        ),
        min_size=1,
        max_size=25,
    )
)
def test_equals_counting_by_hand(engine: DuckDB, orders: list[tuple[str, dt.datetime]]) -> None:
    engine.run("delete from events")
    for customer, at in orders:
        engine.connection.execute(
            "insert into events (customer_id, name, happened_at) values (?, 'order_completed', ?)", [customer, at]
        )
    table = cohorts(engine, Context(as_of=day("2025-01-01")))
    months: dict[str, set[dt.date]] = {}
    for customer, at in orders:
        months.setdefault(customer, set()).add(dt.date(at.year, at.month, 1))
    assert sum(c.size for c in table.cohorts) == len(months)
    for cohort in table.cohorts:
        people = [m for m in months.values() if min(m) == cohort.month]
        assert cohort.size == len(people) == cohort.cells[0].active
        for cell in cohort.cells:
            assert cell.active == sum(cell.month in m for m in people)
            assert cell.share.low <= cell.share.estimate <= cell.share.high


def test_month_arithmetic() -> None:
    assert later(dt.date(2023, 11, 1), 2) == dt.date(2024, 1, 1)
    assert months_between(dt.date(2023, 11, 1), dt.date(2024, 1, 1)) == 2


@pytest.mark.real_data
def test_online_retail_cohorts(real_data: Path) -> None:
    engine = DuckDB(threads=2)
    engine.create(EVENTS)
    path = str(real_data / "online_retail/online_retail.parquet")
    engine.connection.execute(
        """
        insert into events (customer_id, name, happened_at, known_at, order_id, amount)
        select cast(cast(CustomerID as bigint) as varchar), 'order_completed', min(InvoiceDate), now()::timestamp,
               InvoiceNo, sum(cast(Quantity * UnitPrice as decimal(18, 4)))
        from read_parquet(?)
        where CustomerID is not null and InvoiceNo not like 'C%' and Quantity > 0 and UnitPrice > 0
        group by all
        """,
        [path],
    )
    assert engine.count("events") == 18_532
    table = cohorts(engine, Context(as_of=day("2011-12-10"), timezone="Europe/London"))
    december, january = table.cohort(dt.date(2010, 12, 1)), table.cohort(dt.date(2011, 1, 1))
    assert december is not None
    assert january is not None
    assert (december.size, december.cells[1].active, december.cells[3].active) == (885, 324, 340)
    assert (january.size, january.cells[1].active, january.cells[3].active) == (417, 92, 96)
    # December 2011 is nine days long: marked, not shown as a fall.
    assert table.partial_month == dt.date(2011, 12, 1)
    assert december.cells[12].partial
    assert sum(c.size for c in table.cohorts) == 4338
