"""Attributes over time: since when it has been so, whether it ever was, and how it was at the moment of an event."""

from __future__ import annotations

import datetime as dt
from decimal import Decimal

import pytest
from tests.language.histories import NOW, Both, happened, utc

from segmentary.errors import DefinitionError
from segmentary.language.oracle import AttributeVersion, Person
from segmentary.language.tree import (
    Absolute,
    Calendar,
    Compare,
    Constant,
    Context,
    Duration,
    EventFilter,
    EventMeasure,
    Had,
    HasBeen,
    Last,
    Not,
    TraitAtEvent,
    TraitDefinition,
    TraitValue,
)

DAY, MOMENT = dt.timedelta(days=1), dt.timedelta(microseconds=1)
TEN_DAYS = Duration(10, "day")
TRIAL = Compare(TraitValue("plan"), "is", "trial")


def version(
    value: str, since: dt.datetime | None = None, until: dt.datetime | None = None, name: str = "plan"
) -> AttributeVersion:
    return AttributeVersion(name, value, "text", since, until)


def both(context: Context = NOW, **people: tuple[AttributeVersion, ...]) -> Both:
    persons = [Person(name, attributes) for name, attributes in people.items()]
    return Both(*persons, Person("nobody"), context=context, types={"plan": "text", "city": "text"})


def ago(days: float) -> dt.datetime:
    return NOW.as_of - dt.timedelta(days=days)


def test_how_long_it_has_been_so() -> None:
    asked = both(
        always=(version("trial"),),
        exactly=(version("trial", ago(10)),),
        nearly=(version("trial", ago(10) + MOMENT),),
        long=(version("trial", ago(40)),),
        over=(version("trial", ago(40)), version("paid", ago(5))),
        renewed=(version("trial", ago(40), ago(20)), version("trial", ago(20))),
        broken=(version("trial", ago(40), ago(20)), version("trial", ago(8))),
        ended=(version("trial", ago(40), ago(1)),),
    )
    at_least = asked.members(HasBeen(TRIAL, at_least=TEN_DAYS))
    assert at_least == {"always", "exactly", "long", "renewed"}
    assert asked.members(HasBeen(TRIAL, less_than=TEN_DAYS)) == {"nearly", "broken"}
    assert asked.members(HasBeen(TRIAL, Duration(5, "day"), TEN_DAYS)) == {"nearly", "broken"}
    complement = asked.members(Not(HasBeen(TRIAL, at_least=TEN_DAYS)))
    assert complement == {"nearly", "over", "broken", "ended", "nobody"}


def test_an_end_at_as_of_still_holds() -> None:
    asked = both(
        until_now=(version("trial", ago(20), NOW.as_of),), before=(version("trial", ago(20), ago(0) - MOMENT),)
    )
    assert asked.members(HasBeen(TRIAL, at_least=TEN_DAYS)) == {"until_now"}


def test_several_values_may_pass_without_a_break() -> None:
    asked = both(
        both_pass=(version("trial", ago(40), ago(20)), version("demo", ago(20))),
        gap=(version("trial", ago(40), ago(20)), version("demo", ago(20) + MOMENT)),
    )
    free = Compare(TraitValue("plan"), "in", ("trial", "demo"))
    assert asked.members(HasBeen(free, at_least=Duration(30, "day"))) == {"both_pass"}
    assert asked.members(HasBeen(free, at_least=Duration(20, "day"))) == {"both_pass"}
    assert asked.members(HasBeen(Compare(TraitValue("plan"), "missing"), at_least=TEN_DAYS)) == {"nobody"}


def test_months_move_on_the_local_calendar() -> None:
    # A month before 31 March 12:00 in Berlin is 28 February 12:00, which is 11:00 in UTC.
    asked = both(
        before=(version("trial", utc(2026, 2, 28, 11)),), after=(version("trial", utc(2026, 2, 28, 11) + MOMENT),)
    )
    assert asked.members(HasBeen(TRIAL, at_least=Duration(1, "month"))) == {"before"}
    leap = Context(utc(2024, 3, 31, 10), "Europe/Berlin")
    asked = both(leap, before=(version("trial", utc(2024, 2, 29, 11)),), after=(version("trial", utc(2024, 3, 1)),))
    assert asked.members(HasBeen(TRIAL, at_least=Duration(1, "month"))) == {"before"}


def test_it_was_so_at_some_instant_of_a_window() -> None:
    asked = both(
        always=(version("trial"),),
        ended_at_start=(version("trial", ago(40), ago(10)), version("paid", ago(10))),
        ended_after=(version("trial", ago(40), ago(10) + MOMENT), version("paid", ago(10) + MOMENT)),
        inside=(version("paid", ago(40)), version("trial", ago(5), ago(4))),
        later_wins=(version("trial", ago(40)), version("paid", ago(10))),
        from_now=(version("trial", NOW.as_of),),
        just=(version("trial", NOW.as_of - MOMENT),),
    )
    assert asked.members(Had(TRIAL, Last(TEN_DAYS))) == {"always", "ended_after", "inside", "just"}
    assert asked.members(Had(TRIAL, Last(Duration(1, "day")))) == {"always", "just"}
    empty = Had(TRIAL, Absolute(ago(1), ago(2)))
    assert asked.members(empty) == set()
    assert asked.members(Had(TRIAL, Absolute(None, ago(39)))) == {
        "always",
        "ended_at_start",
        "ended_after",
        "later_wins",
    }


def test_a_calendar_window_of_states() -> None:
    asked = both(
        yes=(version("trial", utc(2026, 2, 1), utc(2026, 2, 20)),),
        # February ends at 23:00 UTC on the 28th; a value that begins then holds just after.
        at_end=(version("trial", utc(2026, 2, 28, 23)),),
        before_end=(version("trial", utc(2026, 2, 28, 23) - MOMENT),),
    )
    assert asked.members(Had(TRIAL, Calendar("month", "previous"))) == {"yes", "before_end"}


def test_the_attribute_as_it_was_when_the_event_happened() -> None:
    when = utc(2026, 3, 10)
    ordered = happened("order", when)

    def person(name: str, *versions: AttributeVersion) -> Person:
        return Person(name, versions, (ordered,))

    def city(value: str, since: dt.datetime | None = None, until: dt.datetime | None = None) -> AttributeVersion:
        return version(value, since, until, "city")

    asked = Both(
        person("moved_after", city("Paris", None, when + DAY), city("Rome", when + DAY)),
        person("moved_before", city("Paris", None, when - DAY), city("Rome", when - DAY)),
        person("begun_then", city("Rome"), city("Paris", when)),
        person("ended_then", city("Paris", None, when), city("Rome", when)),
        person("unknown"),
        types={"city": "text"},
    )
    in_paris = EventFilter(("order",), Compare(TraitAtEvent("city"), "is", "Paris"))
    rule = Compare(EventMeasure(in_paris, "count"), "gte", Decimal(1))
    assert asked.members(rule) == {"moved_after", "begun_then"}
    missing = EventFilter(("order",), Compare(TraitAtEvent("city"), "missing"))
    assert asked.members(Compare(EventMeasure(missing, "count"), "gte", Decimal(1))) == {"unknown"}


def test_only_attributes_have_a_past() -> None:
    asked = both(one=(version("trial"),))
    asked.traits["computed"] = TraitDefinition("computed", Constant("x"), "text")
    oracle = asked.oracle()
    with pytest.raises(DefinitionError, match="past"):
        oracle.holds(HasBeen(Compare(TraitValue("computed"), "is", "x"), at_least=TEN_DAYS), "one")
    with pytest.raises(DefinitionError, match="past"):
        oracle.holds(Had(Compare(Constant("x"), "is", "x"), Last(TEN_DAYS)), "one")
    with pytest.raises(DefinitionError, match="how long"):
        oracle.holds(HasBeen(TRIAL), "one")


def test_a_trace_says_since_when() -> None:
    asked = both(
        long=(version("trial", ago(40)),), always=(version("trial"),), over=(version("trial", ago(9), ago(2)),)
    )
    oracle = asked.oracle()
    rule = HasBeen(TRIAL, at_least=TEN_DAYS)
    found = oracle.trace(rule, "long")
    assert (found.truth, found.value, found.note) == (True, "trial", "it has been so since 2026-02-19 11:00")
    assert oracle.trace(rule, "always").note == "it has always been so"
    assert oracle.trace(rule, "nobody").through_missing
    assert (
        oracle.trace(Had(TRIAL, Last(TEN_DAYS)), "over").note
        == "it was so from 2026-03-22 11:00 until 2026-03-29 12:00"
    )
    assert oracle.trace(Had(TRIAL, Last(TEN_DAYS)), "nobody").note == "it was never so"
