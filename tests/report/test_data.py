"""What the report counts, against counting by hand; and what it hides."""

from __future__ import annotations

import datetime as dt
import importlib.util
import sys
from pathlib import Path
from types import ModuleType

import pyarrow as pa
import pytest

from segmentary.engine.duckdb import DuckDB
from segmentary.language.tree import Context
from segmentary.profiles.catalog import Trait
from segmentary.report.data import ReportData, SegmentInput, columns_of, gather
from segmentary.settings import Settings


def shop_module() -> ModuleType:
    """The module of the fixtures: its `shop` and `report` make other shops."""
    path = Path(__file__).with_name("conftest.py")
    spec = importlib.util.spec_from_file_location("report_shop", path)
    assert spec is not None
    assert spec.loader is not None
    module = importlib.util.module_from_spec(spec)
    sys.modules.setdefault("report_shop", module)
    spec.loader.exec_module(module)
    return module


def figures(data: ReportData) -> dict[str, int | None]:
    return {s.name: s.people for s in data.segments}


def test_counts_equal_the_warehouse(engine: DuckDB, data: ReportData) -> None:
    sizes = figures(data)
    for name in ("big", "small", "recent", "newsletter", "champions", "hostile"):
        rows = engine.connection.execute(
            f'select count(*), sum(monetary) from shop_flags join traits using (customer_id) where "{name}"'
        ).fetchone()
        assert rows is not None
        segment = next(s for s in data.segments if s.name == name)
        assert (segment.people, segment.money) == rows
        assert segment.share is not None
        assert segment.share.low < segment.people / 600 < segment.share.high
        assert segment.money_share is not None
        assert segment.money_share.low <= segment.money_share.estimate <= segment.money_share.high
    assert sizes["big"] is not None
    assert sizes["small"] is not None
    assert sizes["big"] + sizes["small"] == 600
    assert sizes["empty"] == 0
    people = data.population
    assert (people.customers, people.buyers) == (600, 600)
    orders = engine.connection.execute(
        "select count(*), sum(amount) from events where name = 'order_completed'"
    ).fetchone()
    assert (people.orders, people.money) == orders
    assert sum(m.orders for m in data.months) == people.orders


def test_small_groups_and_those_that_all_but_few_belong_to_are_hidden(data: ReportData) -> None:
    sizes = figures(data)
    assert sizes["handful"] is None
    assert sizes["all_but_few"] is None
    assert all(s.money is None and s.share is None and s.average is None for s in data.segments if s.people is None)
    assert {c.segment for c in data.comparisons} <= {name for name, people in sizes.items() if people}
    assert data.overlap is not None
    assert "handful" not in data.overlap.names
    assert data.geography is not None
    # Seven Ruritanians: hidden, and with them another group, or the total would tell.
    assert "Ruritania" not in [p.name for p in data.geography.places]
    assert data.geography.hidden >= 2 or data.geography.unknown is None


def test_nothing_is_hidden_when_nothing_has_to_be(engine: DuckDB) -> None:
    shown = shop_module().report(engine, suppress_below=1)
    assert figures(shown)["handful"] == 5
    assert shown.geography is not None
    assert {p.name for p in shown.geography.places} >= {"Ruritania"}
    assert shown.geography.unknown == 12


def test_overlap_parts_are_all_large_or_empty(engine: DuckDB, data: ReportData) -> None:
    assert data.overlap is not None
    for (a, b), both in data.overlap.both.items():
        if both is None:
            continue
        size_a, size_b = data.overlap.sizes[a], data.overlap.sizes[b]
        assert size_a is not None
        assert size_b is not None
        parts = (both, size_a - both, size_b - both, 600 - size_a - size_b + both)
        assert all(part == 0 or part >= 11 for part in parts)


def test_comparisons(data: ReportData) -> None:
    by_key = {(c.segment, c.trait, c.level): c for c in data.comparisons}
    orders = by_key["newsletter", "order_count", None]
    assert orders.marker
    assert orders.difference.low > 0
    assert orders.p_holm >= orders.difference.p
    assert by_key["big", "monetary", None].defining
    assert not by_key["recent", "monetary", None].defining
    assert {c.trait for c in data.comparisons} <= {"recency", "order_count", "monetary", "country", "newsletter"}
    reasons = dict(data.left_out)
    assert reasons["E-mail"] == "identifier data is not compared"
    assert reasons["Favourite hour"] == "a code, not an amount"
    assert all(min(c.n_members, c.n_others) >= 11 for c in data.comparisons)


def test_shares_of_few_are_not_shown(data: ReportData) -> None:
    for c in data.comparisons:
        if c.kind == "share":
            for share, n in ((c.members, c.n_members), (c.others, c.n_others)):
                with_it = round(share * n)
                assert with_it == 0 or with_it >= 11
                assert with_it == n or n - with_it >= 11


def test_retention_and_changes_are_hidden_where_small(data: ReportData) -> None:
    assert data.retention is not None
    assert data.retention.partial_month == dt.date(2026, 3, 1)
    for cohort in data.retention.cohorts:
        for cell in cohort.cells:
            if cell.active is not None:
                assert cell.active == 0 or cell.active >= 11
    assert data.changes is not None
    change = data.changes.segments[0]
    assert (change.entered_total, change.left_total) == (43, None)
    assert change.entered == {"event": None, "late_data": None}
    assert data.changes.segments[1].entered_total == 0


def test_an_empty_shop_has_a_report() -> None:
    shop = shop_module()
    nothing = shop.report(shop.shop(0))
    assert nothing.population.customers == 0
    assert nothing.retention is None
    assert all(s.people == 0 for s in nothing.segments)


@pytest.mark.parametrize("customers", [1, 7, 30])
def test_a_tiny_shop_shows_nobody(customers: int) -> None:
    shop = shop_module()
    tiny = shop.report(shop.shop(customers))
    for segment in tiny.segments:
        for part in () if segment.people is None else (segment.people, customers - segment.people):
            assert part == 0 or part >= 11


def test_without_traits_and_events() -> None:
    engine = DuckDB(threads=1)
    engine.run("create table f as select 'c' || i as customer_id, i % 2 = 0 as s0 from range(40) t(i)")
    from sqlglot import exp

    found = gather(
        engine,
        context=Context(as_of=dt.datetime(2026, 1, 1, tzinfo=dt.UTC)),
        settings=Settings(),
        flags=exp.select("*").from_("f"),
        segments=[
            SegmentInput("even"),
        ],
    )
    assert figures(found) == {"even": 20}
    assert (found.rfm, found.geography, found.overlap, found.months) == (None, None, None, ())


def test_places_and_repetitions_are_not_compared() -> None:
    engine = DuckDB()
    engine.ingest(
        "profile",
        pa.table({"customer_id": ["c1"], "country": ["France"], "country_name": ["France"], "longitude": [2.3]}),
        temporary=False,
    )
    catalogue = [
        Trait("country", "Country", "text"),
        Trait("country_name", "Country name", "text"),
        Trait("longitude", "Longitude", "number"),
    ]
    compared, left_out, _, _ = columns_of(engine, catalogue)
    assert [trait.name for trait in compared] == ["country"]
    assert left_out == [("Country name", "says the same as country"), ("Longitude", "a place, not an amount")]
    engine.close()
