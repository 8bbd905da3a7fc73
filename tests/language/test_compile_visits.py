"""Visits, sliding windows and periods: both evaluators, at the boundaries."""

from __future__ import annotations

import datetime as dt
from decimal import Decimal

from tests.language.histories import Both, happened, utc

from segmentary.language.history import Person
from segmentary.language.tree import (
    Absolute,
    Compare,
    Duration,
    EventFilter,
    EventMeasure,
    PeriodsWith,
    PropertyValue,
    Session,
    SessionMeasure,
    Sliding,
)

START = utc(2026, 3, 10, 12)
MINUTE, MICROSECOND = dt.timedelta(minutes=1), dt.timedelta(microseconds=1)
AMOUNT, PRODUCT = PropertyValue(("amount",)), PropertyValue(("product_id",))
ORDERS = EventFilter(("order",))
HOUR = Duration(1, "hour")


def at(minutes: float, name: str = "order", number: int = 0, **fields: object):
    return happened(name, START + minutes * MINUTE, number, **fields)


def both(*events, **more) -> Both:
    return Both(Person("a", (), events), Person("b"), **more)


def largest(measured: Both, during, measure: str = "count", of: PropertyValue | None = None):
    found = measured.values(EventMeasure(ORDERS, measure, of, during), "number")  # type: ignore[arg-type]
    assert found["b"] == 0
    return found["a"]


def test_a_sliding_window_ends_just_before_its_length() -> None:
    sliding = Sliding(HOUR)
    assert largest(both(at(0), at(60)), sliding) == 1
    assert largest(both(at(0), happened("order", START + 60 * MINUTE - MICROSECOND)), sliding) == 2
    assert largest(both(at(0), at(0, number=1), at(59), at(100), at(119)), sliding) == 3
    assert largest(both(at(0, "view")), sliding) == 0
    since = Absolute(START + MINUTE, None)
    assert largest(both(at(0), at(1), at(2)), Sliding(HOUR, since)) == 2


def test_the_largest_sum_may_be_negative_and_distinct_values_are_counted_once() -> None:
    loss = both(at(0, amount=Decimal(-3)), at(120, amount=Decimal(-2)), at(121))
    assert largest(loss, Sliding(HOUR), "sum", AMOUNT) == 0
    assert largest(both(at(0, amount=Decimal(-3)), at(120, amount=Decimal(-2))), Sliding(HOUR), "sum", AMOUNT) == -2
    values = both(*(at(i * 20, product_id=p) for i, p in enumerate(("A", "B", "A", "C", None, "B"))))
    assert largest(values, Sliding(HOUR), "distinct", PRODUCT) == 3
    assert largest(values, Sliding(Duration(1, "minute")), "distinct", PRODUCT) == 1


def test_visits_part_at_the_gap_and_hold_only_their_kind_of_event() -> None:
    events = (at(0), at(29), at(30, "view"), at(60), at(89), at(90), at(119))
    half = Duration(30, "minute")
    assert largest(both(*events), Session(half)) == 4
    assert largest(both(*events), Session(half, ("order",))) == 4
    assert largest(both(*events), Session(half, ("view",))) == 0
    assert largest(both(*events), Session(half, (), Absolute(START + 61 * MINUTE, None))) == 3
    named = both(at(0, session_id="é"), at(500, session_id="e\u0301"), at(1), at(2), at(3))
    assert largest(named, Session()) == 2


def test_how_long_visits_are_is_cut_once() -> None:
    third = dt.timedelta(microseconds=20_000_000)
    events = (
        happened("order", START),
        happened("order", START + third),
        happened("view", START + 60 * MINUTE),
        happened("view", START + 60 * MINUTE + third),
        happened("view", START + 120 * MINUTE),
    )
    session = Session(Duration(30, "minute"))
    asked = both(*events)

    def found(measure: str, containing: EventFilter | None = None, visits: Session = session):
        return asked.values(SessionMeasure(visits, measure, containing), "number")  # type: ignore[arg-type]

    assert found("count") == {"a": 3, "b": 0}
    assert found("total_minutes") == {"a": Decimal("0.666666"), "b": 0}
    assert found("longest_minutes") == {"a": Decimal("0.333333"), "b": None}
    assert found("mean_minutes") == {"a": Decimal("0.222222"), "b": None}
    assert found("count", ORDERS) == {"a": 1, "b": 0}
    later = Session(session.gap, (), Absolute(START + 60 * MINUTE, START + 120 * MINUTE))
    assert found("count", visits=later) == {"a": 1, "b": 0}


def test_periods_are_complete_and_local() -> None:
    # Berlin: the week of 30 March has begun; the one before is 23 March 00:00 +01:00 until 30 March 00:00 +02:00.
    events = [
        happened("order", when) for when in (utc(2026, 3, 22, 23), utc(2026, 3, 29, 21, 59), utc(2026, 3, 29, 22))
    ]
    asked = both(*events)

    def found(operator: str, operand: int, last: int, measure: EventMeasure):
        return asked.values(PeriodsWith(measure, operator, Decimal(operand), "week", last), "number")  # type: ignore[arg-type]

    count = EventMeasure(ORDERS, "count")
    assert found("gte", 2, 1, count) == {"a": 1, "b": 0}
    assert found("gte", 1, 5, count) == {"a": 1, "b": 0}
    assert found("is", 0, 5, count) == {"a": 4, "b": 5}
    assert found("gte", 0, 5, EventMeasure(ORDERS, "max", AMOUNT)) == {"a": 0, "b": 0}
    assert found("lt", 1, 2, EventMeasure(ORDERS, "sum", AMOUNT)) == {"a": 2, "b": 2}


def test_every_event_is_an_event_without_names() -> None:
    asked = both(at(0), at(1, "view"), at(2, "anything"))
    assert asked.values(EventMeasure(EventFilter(()), "count"), "number") == {"a": 3, "b": 0}
    expensive = EventFilter((), Compare(AMOUNT, "gt", Decimal(1)))
    assert asked.values(EventMeasure(expensive, "count"), "number") == {"a": 0, "b": 0}
