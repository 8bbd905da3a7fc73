from __future__ import annotations

import datetime as dt
import re
from decimal import Decimal
from pathlib import Path

import pytest
from profiles_warehouse import at, context

from segmentary.language.inputs import Inputs
from segmentary.language.oracle import AttributeVersion, Event, Person, Population
from segmentary.language.plan import Plan
from segmentary.language.tree import (
    Arithmetic,
    Constant,
    EventFilter,
    EventMeasure,
    FirstKnown,
    TraitDefinition,
    TraitValue,
)
from segmentary.language.validate import order, validate
from segmentary.language.vocabulary import Vocabulary
from segmentary.profiles.asof import profile_query, universe_query
from segmentary.profiles.standard import standard_traits, usable

ROOT = Path(__file__).resolve().parents[2]
EVENTS = {
    "order_completed": {"discount": "number", "channel": "text", "amount": "number"},
    "order_refunded": {},
    "product_purchased": {},
    "page_viewed": {"user_agent": "text", "session_id": "text"},
    "email_delivered": {},
    "email_opened": {},
    "email_clicked": {},
    "voice_coded": {
        **dict.fromkeys(("language", "tone", "intent", "topic", "need"), "text"),
        "sentiment": "number",
    },
}
FULL = Vocabulary(traits={"birth_date": "date", "birth_year": "number", "created_at": "time"}, events=EVENTS)
AS_OF = "2026-07-01"


PROMISED = {
    *("recency", "order_count", "monetary", "net_revenue", "average_order", "first_order_at", "last_order_at"),
    *("tenure_days", "median_gap_days", "active_months", "favourite_category", "favourite_channel", "favourite_hour"),
    *("favourite_weekday", "favourite_product", "returns_share", "discount_share", "distinct_categories", "sessions"),
    *("distinct_products", "orders_90d", "orders_365d", "monetary_90d", "monetary_365d", "days_since_last_event"),
    *("age", "age_band", "generation", "email_opens_90d", "email_clicks_90d", "mobile_share"),
}
"""The traits the rest of the house counts on."""


def test_the_promised_traits_are_there():
    assert standard_traits().keys() >= PROMISED


def test_every_trait_says_what_it_is():
    for trait in standard_traits().values():
        assert trait.title, trait.name
        assert trait.description.endswith("."), trait.name
        assert trait.base != "other", trait.name
        assert trait.unit or trait.type != "number", trait.name


def test_every_trait_is_documented():
    page = (ROOT / "docs" / "traits.md").read_text(encoding="utf-8")
    rows = {m[1]: m[0] for m in re.finditer(r"^\| `(\w+)` \|.*$", page, re.MULTILINE)}
    for trait in standard_traits().values():
        assert trait.name in rows, f"docs/traits.md does not explain {trait.name}"
        assert f"| {trait.type} |" in rows[trait.name], trait.name
        assert f"| {trait.base} |" in rows[trait.name], trait.name


def test_all_are_usable_where_the_data_has_everything():
    found = usable(standard_traits(), FULL)
    assert found.left_out == {}
    known = FULL.including(found.definitions.values())
    for trait in found.definitions.values():
        validate(trait, known)
    assert set(order(found.definitions.values())) == set(found.definitions)


def test_nothing_is_usable_without_data():
    found = usable(standard_traits(), Vocabulary())
    assert found.definitions == {}
    assert found.left_out["monetary"] == "no order_completed events"
    assert found.left_out["age_band"] == "no trait age"


def test_alternatives_the_data_does_not_have_are_taken_out():
    found = usable(standard_traits(), Vocabulary(events={"order_completed": {}, "page_view": {}}))
    tenure = found.definitions["tenure_days"].value
    assert not isinstance(tenure, FirstKnown)
    assert found.definitions["web_events"].value.events.names == ("page_view",)


def test_an_event_without_the_property_is_no_use():
    events = {"order_completed": {"channel": "text"}, "product_purchased": {"category": "text"}}
    found = usable(standard_traits(), Vocabulary(events=events))
    assert found.left_out["discount_share"] == "order_completed events have no discount"
    assert "favourite_category" in found.definitions
    assert "favourite_brand" in found.left_out


def test_what_the_data_says_itself_wins():
    found = usable(standard_traits(), Vocabulary(traits={"age": "number", "birth_year": "number"}))
    assert found.left_out["age"] == "the data has a trait of this name itself"
    assert {"age_band", "year_of_birth", "generation"} == set(found.definitions)


def test_a_trait_of_the_wrong_type_is_said():
    found = usable(standard_traits(), Vocabulary(traits={"age": "text"}))
    assert "age" in found.left_out["age_band"]
    assert "age_band" not in found.definitions


def test_circles_are_left_out():
    a = TraitDefinition("a", TraitValue("b"), "number")
    b = TraitDefinition("b", Arithmetic("add", TraitValue("a"), Constant(Decimal(1))), "number")
    found = usable({"a": a, "b": b}, Vocabulary())
    assert found.definitions == {}
    assert set(found.left_out) == {"a", "b"}


def test_where_there_are_orders_there_may_be_refunds():
    found = usable(standard_traits(), Vocabulary(events={"order_completed": {}}))
    assert {"net_revenue", "returns_share"} <= found.definitions.keys()
    assert found.left_out["favourite_category"] == "no product_purchased events"


def test_several_names_keep_those_that_exist():
    count = EventMeasure(EventFilter(("x", "y")), "count")
    found = usable({"n": TraitDefinition("n", count, "number")}, Vocabulary(events={"y": {}}))
    assert found.definitions["n"].value.events.names == ("y",)


# ---------------------------------------------------------------- golden values, by hand


def person():
    def event(name, when, **columns):
        return Event(name, at(when).replace(tzinfo=dt.UTC), **columns)

    def order(when, amount, discount, channel):
        properties = {"discount": discount}
        return event("order_completed", when, amount=Decimal(amount), channel=channel, properties=properties)

    def line(when, product, category, brand):
        return event("product_purchased", when, product_id=product, category=category, brand=brand)

    def view(when, session, agent):
        properties = {"user_agent": agent} if agent else {}
        return event("page_viewed", when, session_id=session, properties=properties)

    return (
        order("2026-01-05T10:15:00", "100", 0, "store"),  # a Monday
        order("2026-01-15T10:45:00", "50", 50, "web"),
        order("2026-05-01T21:00:00", "30", 0, "web"),
        order("2026-06-21T00:00:00", "20", 0, "web"),
        event("order_refunded", "2026-06-25", amount=Decimal("-20")),
        line("2026-01-05T10:15:00", "p1", "shoes", "acme"),
        line("2026-01-15T10:45:00", "p1", "shoes", "acme"),
        line("2026-05-01T21:00:00", "p2", "hats", "zeta"),
        view("2026-06-28T08:00:00", "s1", "x Mobi y"),
        view("2026-06-28T08:01:00", "s1", "desktop"),
        view("2026-03-01T08:01:00", "s0", None),
        event("email_delivered", "2026-06-01"),
        event("email_delivered", "2026-06-02"),
        event("email_opened", "2026-06-02"),
    )


GOLDEN = {
    "order_count": 4,
    "monetary": 200,
    "net_revenue": 180,
    "average_order": 50,
    "largest_order": 100,
    "orders_30d": 1,
    "orders_90d": 2,
    "orders_365d": 4,
    "monetary_90d": 50,
    "monetary_365d": 200,
    "spend_change_90d": Decimal("0.333333"),
    "recency": 10,
    "first_order_at": dt.datetime(2026, 1, 5, 10, 15, tzinfo=dt.UTC),
    "last_order_at": dt.datetime(2026, 6, 21, tzinfo=dt.UTC),
    "tenure_days": 177,
    "active_months": 3,
    "favourite_category": "shoes",
    "favourite_brand": "acme",
    "favourite_product": "p1",
    "favourite_channel": "web",
    "favourite_hour": 10,
    "distinct_categories": 2,
    "distinct_brands": 2,
    "distinct_products": 2,
    "returns_count": 1,
    "returns_share": Decimal("0.1"),
    "discount_share": Decimal("0.2"),
    "discounted_orders_share": Decimal("0.25"),
    "web_events": 3,
    "web_events_30d": 2,
    "sessions": 2,
    "sessions_30d": 1,
    "mobile_share": Decimal("0.5"),
    "email_delivered_90d": 2,
    "email_opens_90d": 1,
    "email_clicks_90d": 0,
    "email_open_share_90d": Decimal("0.5"),
    "email_click_share_90d": 0,
    "days_since_last_event": 3,
    "age": 36,
    "age_band": "35-44",
    "year_of_birth": 1990,
    "generation": "millennial",
}
PEOPLE = {
    "c": {"birth_date": "1990-07-01"},
    "year": {"birth_year": "1981"},
    "typo": {"birth_year": "1893"},
    "unborn": {"birth_date": "2027-01-01"},
    "silent": {},
}


def test_golden_values_of_the_reference_interpreter():
    kinds = {"birth_date": "date", "birth_year": "number"}
    people = [
        Person(
            who,
            tuple(AttributeVersion(name, text, kinds[name]) for name, text in attributes.items()),
            person() if who == "c" else (),
        )
        for who, attributes in PEOPLE.items()
    ]
    traits = usable(standard_traits(), Vocabulary(traits=kinds, events=EVENTS)).definitions
    population = Population(people, context(AS_OF), segments={}, traits=traits, given={}, given_types=kinds, lists={})
    found = {name: population.value(TraitValue(name), "c") for name in GOLDEN}
    assert found == GOLDEN
    assert population.value(TraitValue("age"), "year") == 45
    assert population.value(TraitValue("generation"), "year") == "millennial"
    for who in ("typo", "unborn", "silent"):
        for name in ("age", "age_band", "year_of_birth", "generation", "recency", "average_order", "returns_share"):
            assert population.value(TraitValue(name), who) is None, (who, name)
        assert population.value(TraitValue("order_count"), who) == 0


def test_the_compiler_says_the_same(warehouse):
    from sqlglot import exp

    kinds = {"birth_date": "date", "birth_year": "number"}
    warehouse.customers(*PEOPLE)
    for who, attributes in PEOPLE.items():
        for name, text in attributes.items():
            warehouse.attribute(who, name, text, kinds[name])
    for e in person():
        columns = ("amount", "channel", "product_id", "category", "brand", "session_id")
        held = {name: getattr(e, name) for name in columns}
        moment = e.happened_at.replace(tzinfo=None).isoformat()
        warehouse.event("c", e.name, moment, dict(e.properties), **held)
    engine, moment = warehouse.engine, context(AS_OF)
    traits = usable(standard_traits(), Vocabulary(traits=kinds, events=EVENTS)).definitions
    query, given = profile_query(kinds, moment)
    plan = Plan.build(segments={}, traits=traits, given=given, context=moment)
    engine.create_as("profile", query, temporary=True)
    engine.create_as("universe", universe_query(moment), temporary=True)
    inputs = Inputs(**{name: exp.table_(name) for name in ("universe", "profile", "events", "activity")})
    engine.create_as("activity", plan.activity(inputs), temporary=True)
    rows = {row["customer_id"]: row for row in engine.table(plan.trait_values(inputs)).to_pylist()}
    for name, expected in GOLDEN.items():
        value = rows["c"][plan.trait_columns[name]]
        if isinstance(expected, dt.datetime):
            expected = expected.replace(tzinfo=None)
        assert value == (pytest.approx(expected) if isinstance(value, float) else expected), name
    assert rows["year"][plan.trait_columns["generation"]] == "millennial"
    assert rows["typo"][plan.trait_columns["age"]] is None
