"""Explanations: truth, value, evidence, what is unknown, and how near it was."""

from __future__ import annotations

import datetime as dt
from decimal import Decimal

import pytest
from tests.language.histories import NOW, Both, attribute, happened, utc

from segmentary.language.oracle import Person, Population
from segmentary.language.tree import (
    All,
    AnyOf,
    Compare,
    EventFilter,
    EventMeasure,
    Not,
    PropertyValue,
    Rank,
    SegmentDefinition,
    SegmentReference,
    TraitDefinition,
    TraitValue,
)

COUNT = EventMeasure(EventFilter(("order_completed",)), "count")
AMOUNT = PropertyValue(("amount",))


def order(day: dt.datetime, amount: str | None = "10", number: int = 0, **fields: object) -> object:
    return happened("order_completed", day, number, amount=None if amount is None else Decimal(amount), **fields)


def text(value: str | None) -> Person:
    name = value if value is not None else "nobody knows"
    return Person(name, () if value is None else (attribute("x", value),))


def texts(*values: str | None) -> Both:
    return Both(*map(text, values), types={"x": "text"})


def shoppers() -> Both:
    return Both(
        Person("never"),
        Person("once", events=(order(utc(2026, 3, 30)),)),  # type: ignore[arg-type]
        Person(
            "often", events=tuple(order(utc(2026, 3, d), str(d), category="a" if d < 4 else "b") for d in (1, 2, 30))
        ),  # type: ignore[misc]
        Person("long ago", events=(order(utc(2020, 1, 1), None),)),  # type: ignore[arg-type]
    )


def trace(both: Both, rule: object, customer: str) -> object:
    return both.oracle().trace(rule, customer)  # type: ignore[arg-type]


def test_a_trace_shows_values_events_and_near_misses() -> None:
    both = shoppers()
    found = trace(both, Compare(COUNT, "gte", Decimal(5)), "often")
    assert (found.truth, found.value, found.evidence_count) == (False, 3, 3)  # type: ignore[attr-defined]
    assert found.note == "value 3, needs 5 or more: 2 short"  # type: ignore[attr-defined]
    assert found.evidence[0].happened_at == utc(2026, 3, 30)  # type: ignore[attr-defined]


def test_a_trace_says_who_is_in_only_through_a_missing_value() -> None:
    both = texts("Paris", None)
    rule = Not(Compare(TraitValue("x"), "is", "Paris"))
    assert trace(both, rule, "nobody knows").through_missing  # type: ignore[attr-defined]
    assert not trace(both, AnyOf((rule, Compare(TraitValue("x"), "missing"))), "nobody knows").through_missing  # type: ignore[attr-defined]


def test_a_trace_looks_into_computed_traits_and_segments() -> None:
    both = shoppers()
    both.traits["orders"] = TraitDefinition("orders", COUNT, "number")
    both.segments["buyers"] = SegmentDefinition("buyers", Compare(TraitValue("orders"), "gte", Decimal(1)))
    found = trace(both, SegmentReference("buyers"), "often")
    assert found.truth  # type: ignore[attr-defined]
    assert found.parts[0].evidence_count == 3  # type: ignore[attr-defined]


def test_ranks_and_segments_known_from_elsewhere_are_believed() -> None:
    rank = Rank(TraitValue("spent"), number=1)
    population = Population(
        [Person("a")],
        NOW,
        given_types={"spent": "number"},
        known_members={"vip": {"a"}},
        known_ranks={rank: {"a"}},
    )
    assert population.holds(All((rank, SegmentReference("vip"))), "a")
    assert population.trace(SegmentReference("vip"), "a").truth


def test_what_is_unknown_shows_through_groups() -> None:
    both = texts("a", None)
    known, unknown = Compare(TraitValue("x"), "missing"), Compare(TraitValue("x"), "is", "a")
    assert trace(both, All((known, Not(unknown))), "nobody knows").through_missing
    assert trace(both, All((unknown, Not(known))), "nobody knows").through_missing is False
    assert trace(both, AnyOf((unknown, Not(known))), "a").through_missing is False


@pytest.mark.parametrize(
    ("operator", "operand", "note"),
    [
        ("gt", Decimal(3), "value 3, needs more than 3"),
        ("lte", Decimal("2.50"), "value 3, needs at most 2.5: 0.5 too many"),
        ("is", Decimal(4), "value 3, needs exactly 4"),
        ("between", (Decimal(5), Decimal(9)), "value 3, needs 5 to 9: 2 short"),
        ("between", (Decimal(1), Decimal(2)), "value 3, needs 1 to 2: 1 too many"),
        ("in", (Decimal(1),), ""),
    ],
)
def test_near_misses(operator: str, operand: object, note: str) -> None:
    rule = Compare(COUNT, operator, operand)  # type: ignore[arg-type]
    assert trace(shoppers(), rule, "often").note == note


def test_evidence_is_the_one_event_for_first_last_and_nth_and_at_most_ten_otherwise() -> None:
    both = Both(Person("a", events=tuple(order(utc(2026, 3, d)) for d in range(1, 15))))  # type: ignore[misc]
    events = EventFilter(("order_completed",))
    second = EventMeasure(events, "nth", AMOUNT, nth=2)
    assert trace(both, Compare(second, "exists"), "a").evidence[0].happened_at == utc(2026, 3, 2)
    counted = trace(both, Compare(COUNT, "exists"), "a")
    assert (len(counted.evidence), counted.evidence_count) == (10, 14)
