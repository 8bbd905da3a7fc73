from __future__ import annotations

import datetime as dt
from decimal import Decimal
from zoneinfo import ZoneInfo

from tests.language.histories import utc

from segmentary.language.history import (
    AttributeVersion,
    Event,
    Person,
    attributes_at,
    in_universe,
    past_events,
    property_value,
)
from segmentary.language.tree import Context

NOW = Context(utc(2026, 3, 1))
SECOND = dt.timedelta(seconds=1)
UTC = ZoneInfo("UTC")


def test_events_are_ordered_and_each_message_counts_once() -> None:
    late = Event("b", utc(2026, 2, 2), "shop", message_id="2")
    early = Event("a", utc(2026, 2, 1), "shop", message_id="1")
    elsewhere = Event("c", utc(2026, 2, 3), "web", message_id="2")
    nameless = Event("d", utc(2026, 2, 4))
    future = Event("e", NOW.as_of)
    person = Person("x", events=(late, nameless, early, late, nameless, elsewhere, future))
    assert past_events(person, NOW) == (early, late, elsewhere, nameless, nameless)


def test_what_was_learnt_later_is_not_there() -> None:
    known = Context(utc(2026, 3, 1), known_at=utc(2026, 2, 1))
    event = Event("a", utc(2026, 1, 1), message_id="1", known_at=utc(2026, 2, 1) + SECOND)
    assert past_events(Person("x", events=(event,)), known) == ()
    assert past_events(Person("x", events=(event,)), NOW) == (event,)


def test_the_universe_holds_who_was_there_before_and_the_undated() -> None:
    assert in_universe(Person("x"), NOW)
    assert in_universe(Person("x", (AttributeVersion("a", "1"),), created_at=NOW.as_of), NOW)
    assert not in_universe(Person("x", created_at=NOW.as_of), NOW)
    assert in_universe(Person("x", created_at=NOW.as_of - SECOND), NOW)
    assert not in_universe(Person("x", events=(Event("a", NOW.as_of),)), NOW)


def test_the_latest_begun_version_of_an_attribute_holds() -> None:
    old = AttributeVersion("a", "old")
    new = AttributeVersion("a", "new", valid_from=NOW.as_of - SECOND)
    future = AttributeVersion("a", "future", valid_from=NOW.as_of)
    ended = AttributeVersion("a", "ended", valid_from=NOW.as_of - SECOND, valid_to=NOW.as_of - SECOND)
    person = Person("x", (future, new, ended, old))
    assert attributes_at(person, NOW) == {"a": new}
    assert attributes_at(Person("x", (future,)), NOW) == {}


def test_properties_are_looked_up_by_their_path() -> None:
    event = Event(
        "a",
        utc(2026, 3, 1, 23, 30),
        amount=Decimal("2.5"),
        properties={"a.b": {"c": [1, "x"]}, "n": Decimal("1.50"), "none": None},
    )
    berlin = ZoneInfo("Europe/Berlin")
    assert property_value(event, ("happened_at", "date"), "date", berlin) == dt.date(2026, 3, 2)
    assert property_value(event, ("happened_at", "hour"), "number", berlin) == 0
    assert property_value(event, ("happened_at", "second"), "number", berlin) is None
    assert property_value(event, ("amount",), "number", UTC) == Decimal("2.5")
    assert property_value(event, ("a.b", "c", "1"), "text", UTC) == "x"
    assert property_value(event, ("a.b", "c"), "list", UTC) == ("1", "x")
    assert property_value(event, ("a.b",), "text", UTC) is None
    assert property_value(event, ("n",), "text", UTC) == "1.5"
    assert property_value(event, ("none",), "text", UTC) is None
    assert property_value(event, ("lost", "deeper"), "text", UTC) is None
