"""What would have to be different, in plain words."""

from __future__ import annotations

import datetime as dt
from decimal import Decimal

import pytest
from tests.language.histories import NOW, attribute, happened, utc

from segmentary.language.oracle import Decision, Person, Population
from segmentary.language.tree import (
    All,
    AnyOf,
    Compare,
    Consent,
    Duration,
    EventFilter,
    EventMeasure,
    Last,
    Near,
    Not,
    PropertyValue,
    Rule,
    SegmentDefinition,
    SegmentReference,
    Sequence,
    Step,
    TraitValue,
)
from segmentary.language.would_change import would_change_if

ORDER = EventFilter(("order_completed",))
COUNT = EventMeasure(ORDER, "count", during=Last(Duration(90, "day")))
TOTAL = EventMeasure(ORDER, "sum", PropertyValue(("amount",)))
IN_EUROPE = Compare(TraitValue("country"), "in", ("France", "Germany"))
FREQUENT = Compare(COUNT, "gte", Decimal(5))


def ways(rule: Rule) -> list[str]:
    """For somebody from Spain with three orders of 10."""
    events = tuple(happened("order_completed", utc(2026, 3, day), amount=Decimal(10)) for day in (1, 2, 30))
    located = (attribute("latitude", "0", "number"), attribute("longitude", "0", "number"))
    person = Person("a", (attribute("country", "Spain"), *located), events)
    types = {"country": "text", "age": "number", "latitude": "number", "longitude": "number"}
    segments = {"frequent": SegmentDefinition("frequent", FREQUENT)}
    population = Population([person], NOW, given_types=types, segments=segments)  # type: ignore[arg-type]
    return would_change_if(population.trace(rule, "a"))


@pytest.mark.parametrize(
    ("operator", "operand", "way"),
    [
        ("gte", 5, "2 more orders in the last 90 days"),
        ("gte", 4, "1 more order in the last 90 days"),
        ("gt", 3, "1 more order in the last 90 days"),
        ("gte", 3, "1 fewer order in the last 90 days"),
        ("gte", 2, "2 fewer orders in the last 90 days"),
        ("gt", 2, "1 fewer order in the last 90 days"),
        ("lte", 0, "3 fewer orders in the last 90 days"),
        ("lte", 3, "1 more order in the last 90 days"),
        ("lt", 3, "1 fewer order in the last 90 days"),
        ("lt", 9, "6 more orders in the last 90 days"),
        ("is", 5, "2 more orders in the last 90 days"),
    ],
)
def test_how_many_more_or_fewer(operator: str, operand: int, way: str) -> None:
    assert ways(Compare(COUNT, operator, Decimal(operand))) == [way]  # type: ignore[arg-type]


def test_sums_move_by_an_amount() -> None:
    assert ways(Compare(TOTAL, "gte", Decimal("42.50"))) == ["the total amount of orders were 12.5 higher"]
    assert ways(Compare(TOTAL, "gt", Decimal(42))) == ["the total amount of orders were more than 12 higher"]
    assert ways(Compare(TOTAL, "between", (Decimal(40), Decimal(50)))) == ["the total amount of orders were 10 higher"]
    assert ways(Compare(TOTAL, "between", (Decimal(10), Decimal(20)))) == ["the total amount of orders were 10 lower"]


def test_other_values() -> None:
    assert ways(IN_EUROPE) == ["country were France or Germany"]
    assert ways(Compare(TraitValue("country"), "is", "Spain")) == ["country were not Spain"]
    assert ways(Compare(TraitValue("country"), "starts_with", "F")) == ["country were such that it starts with F"]
    assert ways(Compare(TraitValue("age"), "exists")) == ["age were known"]


def test_groups_need_one_part_or_all() -> None:
    both = [*ways(IN_EUROPE), *ways(FREQUENT)]
    assert ways(AnyOf((IN_EUROPE, FREQUENT))) == both
    assert ways(All((IN_EUROPE, FREQUENT))) == [" and ".join(both)]
    assert ways(Not(All((IN_EUROPE, FREQUENT)))) == [" and ".join(both)]
    assert ways(Not(AnyOf((IN_EUROPE, FREQUENT)))) == both
    few = Compare(COUNT, "gte", Decimal(1))
    assert ways(All((few, FREQUENT))) == ways(FREQUENT)
    assert ways(AnyOf(())) == []
    assert ways(SegmentReference("frequent")) == ways(FREQUENT)


def test_decisions_places_and_deadlines() -> None:
    assert ways(Consent("marketing")) == ["consent to marketing were given"]
    assert ways(Consent("marketing", "email", granted=False)) == ["consent to marketing by email were refused"]
    assert ways(Near(Decimal(100), (Decimal(0), Decimal(1)))) == ["11.195 km nearer"]
    person = Person("a", decisions=(Decision("marketing", "any", True, NOW.as_of - dt.timedelta(days=1)),))
    trace = Population([person], NOW).trace(Consent("marketing"), "a")
    assert would_change_if(trace) == ["consent to marketing were withdrawn"]
    steps = (Step(ORDER), Step(EventFilter(("refund",)), max_gap=Duration(5, "day"), absent=True))
    assert ways(Sequence(steps, anchor="last")) == ["nothing happens until the deadline on 2026-04-04 00:00 UTC"]
