"""Sessions and sliding windows: where one visit ends, what the busiest window holds."""

from __future__ import annotations

import datetime as dt
from decimal import Decimal

import pytest
from tests.language.histories import NOW, Both, happened, utc

from segmentary.errors import DefinitionError
from segmentary.language.oracle import Event, Person
from segmentary.language.tree import (
    Compare,
    Duration,
    EventFilter,
    EventMeasure,
    Last,
    PropertyValue,
    Session,
    SessionMeasure,
    Sliding,
)
from segmentary.language.visits import sessions

ORDER, VIEW, EVERY = EventFilter(("order",)), EventFilter(("view",)), EventFilter(())
AMOUNT = PropertyValue(("amount",))
HALF_HOUR = Session(Duration(30, "minute"))
START = utc(2026, 3, 20, 12)


def at(name: str, minutes: float, number: int = 0, **fields: object) -> Event:
    return happened(name, START + dt.timedelta(minutes=minutes), number, **fields)


def both(**people: tuple[Event, ...]) -> Both:
    return Both(*(Person(name, events=events) for name, events in people.items()), Person("nobody"))


def measured(
    measure: str, window: object, of: PropertyValue | None = None, events: EventFilter = ORDER
) -> EventMeasure:
    return EventMeasure(events, measure, of, window)  # type: ignore[arg-type]


def test_a_session_ends_where_the_gap_is_reached() -> None:
    events = (at("view", 0), at("view", 29.99), at("order", 59.99), at("view", 80))
    found = sessions(HALF_HOUR, events)
    assert [len(visit) for visit in found] == [2, 2]
    assert [len(visit) for visit in sessions(Session(Duration(30, "minute"), of=("order",)), events)] == [1]
    assert sessions(HALF_HOUR, ()) == []


def test_without_a_gap_the_session_id_makes_the_session() -> None:
    events = (
        at("view", 0, session_id="é"),
        at("view", 1, session_id="b"),
        at("view", 2, session_id="e\u0301"),
        at("x", 3),
    )
    assert sorted(len(visit) for visit in sessions(Session(), events)) == [1, 2]


def test_a_measure_in_a_session_is_its_largest() -> None:
    asked = both(
        some=(at("order", 0), at("view", 20), at("order", 40), at("order", 500), at("order", 501), at("order", 502)),
        views=(at("view", 0),),
    )
    assert asked.values(measured("count", HALF_HOUR), "number") == {"some": 3, "views": 0, "nobody": 0}
    by_orders = Session(Duration(30, "minute"), of=("order",))
    assert asked.values(measured("count", by_orders, events=EVERY), "number")["some"] == 3
    assert asked.values(measured("count", HALF_HOUR, events=EVERY), "number")["some"] == 3


def test_within_limits_what_is_measured_not_how_sessions_are_made() -> None:
    edge = NOW.as_of - dt.timedelta(days=1)
    minute = dt.timedelta(minutes=1)
    asked = both(
        some=(
            happened("order", edge - 10 * minute),
            happened("order", edge),
            happened("order", edge + 20 * minute),
            happened("order", edge + 300 * minute),
        )
    )
    session = Session(Duration(30, "minute"), within=Last(Duration(1, "day")))
    assert asked.values(measured("count", session), "number")["some"] == 2
    counted = SessionMeasure(session, "count")
    assert asked.values(counted, "number") == {"some": 1, "nobody": 0}


def test_sums_may_be_negative_and_distinct_counts_once() -> None:
    asked = both(
        refunds=(at("order", 0, amount=Decimal("-5")), at("order", 100, amount=Decimal("-2"))),
        mixed=(at("order", 0, amount=Decimal(3)), at("order", 1, amount=Decimal(3)), at("order", 2)),
    )
    assert asked.values(measured("sum", HALF_HOUR, AMOUNT), "number") == {"refunds": -2, "mixed": 6, "nobody": 0}
    assert asked.values(measured("distinct", HALF_HOUR, AMOUNT), "number") == {"refunds": 1, "mixed": 1, "nobody": 0}
    sliding = Sliding(Duration(1, "hour"))
    assert asked.values(measured("sum", sliding, AMOUNT), "number") == {"refunds": -2, "mixed": 6, "nobody": 0}
    assert asked.values(measured("distinct", sliding, AMOUNT), "number") == {"refunds": 1, "mixed": 1, "nobody": 0}


def test_a_sliding_window_is_half_open_and_begins_at_a_match() -> None:
    asked = both(
        inside=(at("order", 0), at("order", 30), at("order", 59.9)),
        edge=(at("order", 0), at("order", 30), at("order", 60)),
        tied=(at("order", 0, 1), at("order", 0, 2), at("order", 0, 3)),
    )
    counted = measured("count", Sliding(Duration(1, "hour")))
    assert asked.values(counted, "number") == {"inside": 3, "edge": 2, "tied": 3, "nobody": 0}
    assert asked.members(Compare(counted, "gte", Decimal(3))) == {"inside", "tied"}


def test_within_limits_which_events_a_sliding_window_counts() -> None:
    edge = NOW.as_of - dt.timedelta(days=1)
    asked = both(
        some=tuple(happened("order", edge + dt.timedelta(seconds=s)) for s in (-2, -1, 0, 1)),
    )
    window = Sliding(Duration(1, "hour"), Last(Duration(1, "day")))
    assert asked.values(measured("count", window), "number") == {"some": 2, "nobody": 0}


def test_how_long_sessions_are() -> None:
    asked = both(
        some=(at("view", 0), at("order", 10), at("view", 100), at("view", 125)),
        one=(at("view", 0),),
        thirds=(at("view", 0), at("view", 0.1), at("view", 100), at("view", 200)),
    )
    longest = asked.values(SessionMeasure(HALF_HOUR, "longest_minutes"), "number")
    assert longest == {"some": 25, "one": 0, "thirds": Decimal("0.1"), "nobody": None}
    total = asked.values(SessionMeasure(HALF_HOUR, "total_minutes"), "number")
    assert total == {"some": 35, "one": 0, "thirds": Decimal("0.1"), "nobody": 0}
    mean = asked.values(SessionMeasure(HALF_HOUR, "mean_minutes"), "number")
    assert mean == {"some": Decimal("17.5"), "one": 0, "thirds": Decimal("0.033333"), "nobody": None}
    with_order = SessionMeasure(HALF_HOUR, "count", ORDER)
    assert asked.values(with_order, "number") == {"some": 1, "one": 0, "thirds": 0, "nobody": 0}
    assert asked.values(SessionMeasure(HALF_HOUR, "longest_minutes", ORDER), "number")["some"] == 10


def test_events_at_as_of_are_in_no_session() -> None:
    asked = both(some=(happened("view", NOW.as_of), happened("view", NOW.as_of - dt.timedelta(microseconds=1))))
    assert asked.values(SessionMeasure(HALF_HOUR, "count"), "number")["some"] == 1
    assert asked.values(measured("count", HALF_HOUR, events=VIEW), "number")["some"] == 1


def test_what_has_no_largest_value_is_refused() -> None:
    asked = both(some=(at("order", 0),)).oracle()
    with pytest.raises(DefinitionError, match="no largest value"):
        asked.value(measured("mean", HALF_HOUR, AMOUNT), "some")
    with pytest.raises(DefinitionError, match="no fixed length"):
        asked.value(measured("count", Sliding(Duration(1, "month"))), "some")


def test_a_trace_shows_the_events_of_the_sessions() -> None:
    asked = both(some=(at("view", 0), at("order", 10), at("view", 100))).oracle()
    found = asked.trace(Compare(SessionMeasure(HALF_HOUR, "count", ORDER), "gte", Decimal(1)), "some")
    assert (found.value, found.evidence_count) == (1, 2)
