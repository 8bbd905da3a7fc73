"""What the log of entries and exits says: stays, moves, membership at another moment."""

from __future__ import annotations

import datetime as dt
from decimal import Decimal

import pytest
from tests.language.histories import NOW, Both, happened, utc

from segmentary.errors import CycleError, DefinitionError
from segmentary.language.oracle import Entry, Person
from segmentary.language.stays import Stay, stays
from segmentary.language.tree import (
    Absolute,
    All,
    AnyOf,
    Calendar,
    Compare,
    Context,
    Duration,
    EventFilter,
    EventMeasure,
    Last,
    Not,
    SegmentAt,
    SegmentDefinition,
    SegmentDuring,
    SegmentMoved,
    SinceEntry,
    StaticList,
)

MOMENT = dt.timedelta(microseconds=1)
COUNT = EventMeasure(EventFilter(("order",)), "count")


def ago(days: float) -> dt.datetime:
    return NOW.as_of - dt.timedelta(days=days)


def entries(**people: tuple[float, ...]) -> tuple[Entry, ...]:
    """Entries and exits in turn, each so many days ago."""
    return tuple(
        Entry("vip", name, number % 2 == 0, ago(days), ago(days))
        for name, moves in people.items()
        for number, days in enumerate(moves)
    )


def both(**people: tuple[float, ...]) -> Both:
    vip = {"vip": SegmentDefinition("vip", StaticList(tuple(people)))}
    return Both(*map(Person, people), Person("nobody"), entries=entries(**people), segments=vip)


def entry(at: dt.datetime, entered: bool, detected: dt.datetime | None = None) -> Entry:
    return Entry("vip", "a", entered, at, detected or at)


def test_entries_while_inside_and_exits_while_outside_change_nothing() -> None:
    log = [entry(ago(9), False), entry(ago(8), True), entry(ago(7), True), entry(ago(6), False), entry(ago(5), False)]
    assert stays(reversed(log), NOW) == (Stay(ago(8), ago(6)),)
    assert stays([], NOW) == ()


def test_at_one_instant_exits_come_before_entries() -> None:
    log = [entry(ago(8), True), entry(ago(6), True), entry(ago(6), False)]
    assert stays(log, NOW) == (Stay(ago(8), ago(6)), Stay(ago(6), None))


def test_what_happens_at_as_of_or_was_noticed_later_does_not_count() -> None:
    assert stays([entry(NOW.as_of, True)], NOW) == ()
    known = Context(NOW.as_of, NOW.timezone, known_at=ago(1))
    log = [entry(ago(8), True, ago(1)), entry(ago(6), False, ago(1) + MOMENT)]
    assert stays(log, known) == (Stay(ago(8), None),)


def test_member_at_some_moment_of_a_window() -> None:
    asked = both(
        inside=(20, 10), open=(3,), ended_at_start=(60, 30), ended_after=(60, 29.999), before=(60, 40), back=(60, 50, 2)
    )
    during = Last(Duration(30, "day"))
    assert asked.members(SegmentDuring("vip", during)) == {"inside", "open", "ended_after", "back"}
    assert asked.members(Not(SegmentDuring("vip", during))) == {"ended_at_start", "before", "nobody"}
    assert asked.members(SegmentDuring("vip", Absolute(ago(1), ago(2)))) == set()


def test_member_all_through_a_window() -> None:
    asked = both(exactly=(30,), longer=(60,), shorter=(29.999,), gap=(60, 20, 19), ended=(60, 1))
    assert asked.members(SegmentDuring("vip", Last(Duration(30, "day")), "all")) == {"exactly", "longer"}
    past = Absolute(ago(30), ago(1))
    assert asked.members(SegmentDuring("vip", past, "all")) == {"exactly", "longer", "ended"}
    assert asked.members(SegmentDuring("vip", Absolute(None, ago(1)), "all")) == set()
    assert asked.members(SegmentDuring("vip", Absolute(ago(1), ago(1)), "all")) == set()


def test_member_at_the_end_of_a_window() -> None:
    asked = both(
        open=(5,), ended_then=(20, 10), ended_before=(20, 10.001), entered_then=(10,), entered_before=(10.001,)
    )
    assert asked.members(SegmentDuring("vip", Absolute(ago(15), ago(10)), "at_end")) == {"ended_then", "entered_before"}
    assert asked.members(SegmentDuring("vip", Last(Duration(1, "day")), "at_end")) == {
        "open",
        "entered_then",
        "entered_before",
    }


def test_stays_within_the_window_add_up() -> None:
    asked = both(exactly=(40, 20, 4), less=(40, 20, 3.999), once=(20, 6), before=(90, 31))
    rule = SegmentDuring("vip", Last(Duration(30, "day")), "at_least", Duration(14, "day"))
    assert asked.members(rule) == {"exactly", "once"}
    rule = SegmentDuring("vip", Last(Duration(24, "day")), "at_least", Duration(8, "day"))
    assert asked.members(rule) == {"exactly", "once"}
    with pytest.raises(DefinitionError, match="fixed length"):
        asked.oracle().holds(SegmentDuring("vip", Last(Duration(1, "year")), "at_least", Duration(1, "month")), "once")
    with pytest.raises(DefinitionError, match="at_least"):
        asked.oracle().holds(SegmentDuring("vip", Last(Duration(1, "year")), "at_least"), "once")


def test_entered_and_left() -> None:
    asked = both(edge=(7,), outside=(7.001,), twice=(50, 40, 3), left=(50, 5))
    week = Last(Duration(7, "day"))
    assert asked.members(SegmentMoved("vip", "entered", week)) == {"edge", "twice"}
    assert asked.members(SegmentMoved("vip", "exited", week)) == {"left"}
    assert asked.members(SegmentMoved("vip", "entered")) == {"edge", "outside", "twice", "left"}
    assert asked.members(SegmentMoved("vip", "exited", nth=1)) == {"twice", "left"}


def test_the_second_entry_that_lasted() -> None:
    asked = both(long=(50, 40, 5), short=(50, 40, 2.999), exactly=(50, 40, 3), ended=(50, 40, 6, 2), once=(5,))
    rule = SegmentMoved("vip", "entered", Last(Duration(7, "day")), 2, Duration(3, "day"))
    assert asked.members(rule) == {"long", "exactly", "ended"}
    with pytest.raises(DefinitionError, match="does not last"):
        asked.oracle().holds(SegmentMoved("vip", "exited", stayed=Duration(3, "day")), "once")


def test_member_at_another_moment_by_the_log() -> None:
    day = utc(2026, 3, 10)
    people = {
        "entered_then": (day, None),
        "entered_before": (day - MOMENT, None),
        "left_then": (utc(2026, 1, 1), day),
        "left_before": (utc(2026, 1, 1), day - MOMENT),
    }
    log = [Entry("vip", name, True, since, since) for name, (since, _) in people.items()]
    log += [Entry("vip", name, False, until, until) for name, (_, until) in people.items() if until is not None]
    asked = Both(*map(Person, people), entries=log, segments={"vip": SegmentDefinition("vip", StaticList())})
    assert asked.members(SegmentAt("vip", day)) == {"entered_before", "left_then"}
    assert asked.members(SegmentAt("vip", Duration(1, "hour"))) == {"entered_then", "entered_before"}
    # The previous quarter ended on 1 January; nobody had entered before.
    assert asked.members(SegmentAt("vip", Calendar("quarter", "previous"))) == set()
    assert asked.members(SegmentAt("vip", dt.date(2027, 1, 1))) == {"entered_then", "entered_before"}
    with pytest.raises(DefinitionError, match="not"):
        asked.members(SegmentAt("vip", Calendar("week", "this")))


def test_member_at_another_moment_by_the_definition() -> None:
    buyers = SegmentDefinition("buyers", Compare(COUNT, "gte", Decimal(2)))
    first, second = happened("order", utc(2026, 3, 1)), happened("order", utc(2026, 3, 20))
    people = (Person("two", events=(first, second)), Person("late", events=(second,)), Person("undated"))
    asked = Both(*people, segments={"buyers": buyers})
    assert asked.members(SegmentAt("buyers", Duration(5, "day"), evaluated=True)) == {"two"}
    assert asked.members(SegmentAt("buyers", utc(2026, 3, 20), evaluated=True)) == set()
    assert asked.members(SegmentAt("buyers", utc(2026, 3, 20) + MOMENT, evaluated=True)) == {"two"}
    few = SegmentDefinition("few", Compare(COUNT, "lte", Decimal(1)))
    asked = Both(*people, segments={"few": few})
    # Who was not there yet is no member, whatever the rule says.
    assert asked.members(SegmentAt("few", utc(2026, 3, 10), evaluated=True)) == {"two", "undated"}


def test_a_segment_cannot_rest_on_itself_but_on_the_log_of_itself() -> None:
    stay = AnyOf((Compare(COUNT, "gte", Decimal(2)), SegmentDuring("vip", Last(Duration(1, "day")), "at_end")))
    log = entries(was=(9,))
    asked = Both(Person("was"), Person("never"), entries=log, segments={"vip": SegmentDefinition("vip", stay)})
    assert asked.members("vip") == {"was"}
    circle = SegmentDefinition("vip", SegmentAt("vip", Duration(1, "day"), evaluated=True))
    with pytest.raises(CycleError):
        Both(Person("was"), segments={"vip": circle}).oracle().members("vip")


def test_events_since_an_entry_include_the_one_at_that_instant() -> None:
    log = entries(some=(20, 15, 10), never=())
    events = tuple(happened("order", ago(days)) for days in (25, 20, 12, 10, 3))
    asked = Both(Person("some", events=events), Person("never", events=events), entries=log)
    first = EventMeasure(EventFilter(("order",)), "count", during=SinceEntry("vip", "first"))
    last = EventMeasure(EventFilter(("order",)), "count", during=SinceEntry("vip"))
    assert asked.values(first, "number") == {"some": 4, "never": 0}
    assert asked.values(last, "number") == {"some": 2, "never": 0}


def test_a_trace_tells_the_stays() -> None:
    oracle = both(some=(20, 15, 10), none=()).oracle()
    found = oracle.trace(SegmentDuring("vip", Last(Duration(30, "day"))), "some")
    assert found.note == "member from 2026-03-11 11:00 until 2026-03-16 11:00 and from 2026-03-21 11:00 until now"
    assert oracle.trace(SegmentDuring("vip", Last(Duration(30, "day"))), "none").note == "no stay is known then"
    at = oracle.trace(SegmentAt("vip", Duration(17, "day")), "some")
    assert at.note == "at 2026-03-14 11:00: member from 2026-03-11 11:00 until 2026-03-16 11:00"
    moved = oracle.trace(All((SegmentMoved("vip", "entered", nth=3),)), "some")
    assert moved.parts[0].note == "of 2 known stays none fits"
