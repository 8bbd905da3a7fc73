"""The laws of two-valued logic hold for every leaf, and what stands in the wrong place is refused."""

from __future__ import annotations

import random
from decimal import Decimal

import pytest
from tests.language.histories import Both, attribute, happened, history, utc
from tests.language.strategies import LISTS, TRAITS
from tests.language.wild_events import dense_history
from tests.language.wild_events import rule as event_rule
from tests.language.wild_people import WildPeople

from segmentary.errors import DefinitionError
from segmentary.language.oracle import Person, Population
from segmentary.language.tree import (
    All,
    AnyOf,
    Compare,
    Duration,
    EventFilter,
    EventMeasure,
    Last,
    Not,
    PropertyValue,
    ReferenceValue,
    Rule,
    SegmentDefinition,
    TraitAtEvent,
)


def people_and_rules(seed: int) -> tuple[Population, Rule, Rule]:
    """A population and two rules: of states, groups and places, or of how events follow each other."""
    rng = random.Random(seed)
    if seed % 2:
        past = dense_history(rng, 6)
        return past.population({}, {}, LISTS), event_rule(rng), event_rule(rng)
    past = history(rng, 6)
    wild = WildPeople(rng, dict(past.types))
    wild.attributes = TRAITS
    segments = {"segment_0": SegmentDefinition("segment_0", wild.rule())}
    wild.segments.append("segment_0")
    return past.population(segments, {}, LISTS), wild.beyond(1), wild.beyond(1)


@pytest.mark.parametrize("seed", range(40))
def test_the_laws_hold(seed: int) -> None:
    population, a, b = people_and_rules(seed)
    everybody = set(population.universe())

    def members(rule: Rule) -> set[str]:
        return {customer for customer in everybody if population.holds(rule, customer)}

    assert members(Not(a)) == everybody - members(a)
    assert members(Not(Not(a))) == members(a)
    assert members(Not(All((a, b)))) == members(AnyOf((Not(a), Not(b))))
    assert members(Not(AnyOf((a, b)))) == members(All((Not(a), Not(b))))
    assert members(All((a, b))) == members(All((b, a))) == members(a) & members(b)
    assert members(AnyOf((a, a, b))) == members(AnyOf((b, a))) == members(a) | members(b)
    assert all(population.trace(a, customer).truth == population.holds(a, customer) for customer in everybody)


def test_a_filter_without_names_is_every_event() -> None:
    asked = Both(
        Person("a", events=(happened("order", utc(2026, 3, 1)), happened("view", utc(2026, 3, 2)))), Person("b")
    )
    assert asked.values(EventMeasure(EventFilter(()), "count"), "number") == {"a": 2, "b": 0}


def test_facts_about_what_an_event_names() -> None:
    def visit(store: str | None) -> tuple[object, ...]:
        return (happened("visit", utc(2026, 3, 1), properties={"store": store}),)

    asked = Both(
        *(Person(name, events=visit(store)) for name, store in (("a", "s1"), ("b", "s2"), ("c", None), ("d", "s9"))),  # type: ignore[arg-type]
        references={"stores": {"s1": {"kind": "flagship"}, "s2": {"size": "12"}}},
    )

    def visited(condition: Rule) -> set[str]:
        counted = EventMeasure(EventFilter(("visit",), condition), "count")
        return asked.members(Compare(counted, "gte", Decimal(1)))

    store = PropertyValue(("store",))
    assert visited(Compare(ReferenceValue("stores", store, "kind"), "is", "flagship")) == {"a"}
    assert visited(Compare(ReferenceValue("stores", store, "size"), "gte", Decimal(12))) == {"b"}
    assert visited(Compare(ReferenceValue("stores", store, "kind"), "missing")) == {"b", "c", "d"}
    assert visited(Compare(ReferenceValue("nothing", store, "kind"), "exists")) == set()


def test_what_belongs_inside_a_filter_is_refused_outside() -> None:
    oracle = Both(Person("a", (attribute("city", "Paris"),))).oracle()
    for value in (PropertyValue(("name",)), TraitAtEvent("city"), ReferenceValue("t", PropertyValue(("x",)), "n")):
        with pytest.raises(DefinitionError, match="outside an event filter"):
            oracle.holds(Compare(value, "exists"), "a")


def test_conditions_of_a_filter_may_look_at_the_clock() -> None:
    recent = Compare(PropertyValue(("happened_at",)), "within_last", Duration(5, "day"))
    events = (happened("order", utc(2026, 3, 27)), happened("order", utc(2026, 3, 1)))
    asked = Both(Person("a", events=events))
    counted = EventMeasure(EventFilter(("order",), recent), "count", during=Last(Duration(60, "day")))
    assert asked.values(counted, "number") == {"a": 1}
