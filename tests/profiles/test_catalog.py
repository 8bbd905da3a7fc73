from __future__ import annotations

import datetime as dt
from decimal import Decimal

import pytest
from profiles_warehouse import at, context

from segmentary.errors import UnknownNameError
from segmentary.language.tree import EventFilter, EventMeasure, TraitDefinition
from segmentary.profiles.catalog import catalog

ORDERS = TraitDefinition(
    "order_count",
    EventMeasure(EventFilter(("order_completed",)), "count"),
    "number",
    title="Orders",
    unit="orders",
    base="value",
    description="Orders placed.",
)


def test_an_empty_warehouse_knows_the_definitions(warehouse):
    found = catalog(warehouse.engine, {"order_count": ORDERS})
    assert found.names == ("order_count",)
    trait = found.trait("order_count")
    assert (trait.kind, trait.source, trait.fill_rate, trait.unit) == ("computed", "computed", None, "orders")
    assert found.vocabulary_types() == {"order_count": "number"}


def test_attributes_are_counted(warehouse):
    warehouse.customers("a", "b", "c", "d")
    for who, city, income in (("a", "Paris", "10.50"), ("b", "Paris", "-3"), ("c", "Rome", "100")):
        warehouse.attribute(who, "city", city)
        warehouse.attribute(who, "income", income, "number", source="shop")
        warehouse.attribute(who, "email", f"{who}@example.com")
        warehouse.attribute(who, "contact", f"{who}@example.com")
    warehouse.attribute("a", "since", "2024-02-29", "date")
    warehouse.attribute("b", "since", "2025-01-01", "date")
    found = catalog(warehouse.engine, {})
    assert found.names == ("city", "contact", "email", "income", "since")
    city = found.trait("city")
    assert (city.fill_rate, city.top_values, city.base, city.source) == (
        0.75,
        (("Paris", 2), ("Rome", 1)),
        "geographic",
        "crm",
    )
    assert (city.low, city.high) == (None, None)
    income = found.trait("income")
    assert (income.low, income.high, income.sensitivity, income.source) == (-3, 100, "personal", "shop")
    assert str(income.high) == "100"
    for name in ("email", "contact"):
        assert found.trait(name).sensitivity == "identifier"
        assert found.trait(name).top_values == ()
    since = found.trait("since")
    assert (since.low, since.high, since.fill_rate) == (dt.date(2024, 2, 29), dt.date(2025, 1, 1), 0.5)


def test_only_the_value_that_holds_counts(warehouse):
    warehouse.customers("a")
    warehouse.attribute("a", "city", "Paris")
    warehouse.attribute("a", "city", "Rome", valid_from=at("2026-01-01"))
    assert catalog(warehouse.engine, {}).trait("city").top_values == (("Rome", 1),)
    before = catalog(warehouse.engine, {}, context=context("2025-06-01"))
    assert before.trait("city").top_values == (("Paris", 1),)


def test_an_attribute_nobody_has_yet_is_still_named(warehouse):
    warehouse.customers("a")
    warehouse.attribute("a", "city", "Rome", valid_from=at("2026-01-01"))
    found = catalog(warehouse.engine, {}, context=context("2025-06-01"))
    assert found.trait("city").fill_rate == 0


def test_computed_traits_and_model_outputs_are_counted_in_their_table(warehouse):
    warehouse.engine.connection.execute(
        "create table traits as select * from (values"
        " ('a', cast(3 as decimal(38, 10)), 'champion', true, timestamp '2026-01-01 10:00:00'),"
        " ('b', cast(0 as decimal(38, 10)), 'lost', null, null),"
        " ('c', null, 'lost', null, null))"
        " as t (customer_id, order_count, rfm_segment, churned, last_order_at)"
    )
    found = catalog(warehouse.engine, {"order_count": ORDERS})
    orders = found.trait("order_count")
    assert (orders.title, orders.low, orders.high) == ("Orders", Decimal(0), Decimal(3))
    assert orders.fill_rate == pytest.approx(2 / 3)
    segment = found.trait("rfm_segment")
    assert (segment.kind, segment.base, segment.type) == ("model", "value", "text")
    assert segment.top_values == (("lost", 2), ("champion", 1))
    assert found.trait("churned").type == "boolean"
    assert found.trait("last_order_at").low == dt.datetime(2026, 1, 1, 10, tzinfo=dt.UTC)
    assert len(found) == len(list(found)) == 4


def test_an_unknown_trait_names_its_neighbour(warehouse):
    with pytest.raises(UnknownNameError, match="did you mean 'order_count'"):
        catalog(warehouse.engine, {"order_count": ORDERS}).trait("order_cuont")
