"""Memberships of other moments at their edges, in both evaluators."""

import datetime as dt

import pytest
from tests.language.histories import NOW, Both, happened, utc

from segmentary.errors import CycleError, DefinitionError
from segmentary.language.oracle import Entry, Person
from segmentary.language.tree import (
    Absolute,
    AnyOf,
    Calendar,
    Compare,
    Duration,
    EventFilter,
    EventMeasure,
    Last,
    SegmentAt,
    SegmentDefinition,
    SegmentDuring,
    SegmentMoved,
)

TICK = dt.timedelta(microseconds=1)
MARCH = Absolute(utc(2026, 3, 1), utc(2026, 3, 11))
BOUGHT = Compare(EventMeasure(EventFilter(("order_completed",)), "count"), "gte", 1)


def moved(entered, at, known=None):
    return Entry("vip", "a", entered, at, known or at)


def stay(since, until=None):
    return [moved(True, since), *([] if until is None else [moved(False, until)])]


def holds(rule, *entries, **more):
    return Both(Person("a"), entries=entries, **more).members(rule) == {"a"}


@pytest.mark.parametrize(
    ("since", "until", "any_of_it", "all_of_it", "at_its_end"),
    [
        (utc(2026, 3, 1), utc(2026, 3, 11), True, True, True),
        (utc(2026, 3, 1) + TICK, None, True, False, True),
        (utc(2026, 2, 1), utc(2026, 3, 11) - TICK, True, False, False),
        (utc(2026, 2, 1), utc(2026, 3, 1), False, False, False),
        (utc(2026, 2, 1), utc(2026, 3, 1) + TICK, True, False, False),
        (utc(2026, 3, 11), None, False, False, False),
        (utc(2026, 3, 11) - TICK, None, True, False, True),
        (utc(2026, 1, 1), None, True, True, True),
    ],
)
def test_a_stay_and_a_window(since, until, any_of_it, all_of_it, at_its_end):
    entries = stay(since, until)
    assert holds(SegmentDuring("vip", MARCH), *entries) is any_of_it
    assert holds(SegmentDuring("vip", MARCH, "all"), *entries) is all_of_it
    assert holds(SegmentDuring("vip", MARCH, "at_end"), *entries) is at_its_end


def test_stays_in_a_window_add_up():
    entries = [*stay(utc(2026, 2, 1), utc(2026, 3, 3)), *stay(utc(2026, 3, 10), utc(2026, 4, 1))]
    assert holds(SegmentDuring("vip", MARCH, "at_least", Duration(3, "day")), *entries)
    assert not holds(SegmentDuring("vip", MARCH, "at_least", Duration(72 * 60 + 1, "minute")), *entries)


def test_windows_without_beginning_or_content():
    entries = stay(utc(2020, 1, 1))
    assert not holds(SegmentDuring("vip", Absolute(None, utc(2026, 1, 1)), "all"), *entries)
    assert holds(SegmentDuring("vip", Absolute(None, utc(2026, 1, 1))), *entries)
    nothing = Absolute(utc(2026, 3, 2), utc(2026, 3, 2))
    assert not holds(SegmentDuring("vip", nothing), *entries)
    assert not holds(SegmentDuring("vip", nothing, "all"), *entries)
    assert holds(SegmentDuring("vip", nothing, "at_least", Duration(0, "day")))


def test_entries_while_inside_and_exits_while_outside_change_nothing():
    entries = [
        moved(False, utc(2026, 1, 1)),
        moved(True, utc(2026, 1, 2)),
        moved(True, utc(2026, 1, 3)),
        moved(False, utc(2026, 1, 4)),
        moved(False, utc(2026, 1, 5)),
        moved(True, utc(2026, 1, 6)),
    ]
    assert holds(SegmentMoved("vip", "entered", Absolute(utc(2026, 1, 6), None), nth=2), *entries)
    assert not holds(SegmentMoved("vip", "entered", nth=3), *entries)
    assert holds(SegmentMoved("vip", "exited", Absolute(utc(2026, 1, 4), utc(2026, 1, 5)), nth=1), *entries)
    assert not holds(SegmentMoved("vip", "exited", nth=2), *entries)


def test_an_exit_comes_before_an_entry_of_the_same_instant():
    turn = utc(2026, 1, 10)
    entries = [moved(True, utc(2026, 1, 1)), moved(True, turn), moved(False, turn)]
    assert holds(SegmentMoved("vip", "entered", nth=2), *entries)
    assert holds(SegmentAt("vip", NOW.as_of), *entries)


def test_how_long_a_stay_lasted():
    rule = SegmentMoved("vip", "entered", Last(Duration(7, "day")), stayed=Duration(3, "day"))
    assert holds(rule, moved(True, NOW.as_of - dt.timedelta(days=3)))
    assert not holds(rule, moved(True, NOW.as_of - dt.timedelta(days=3) + TICK))
    begin = NOW.as_of - dt.timedelta(days=6)
    assert not holds(rule, *stay(begin, begin + dt.timedelta(days=3) - TICK))
    with pytest.raises(DefinitionError, match="does not last"):
        holds(SegmentMoved("vip", "exited", stayed=Duration(3, "day")))


def test_a_member_at_a_moment_was_one_just_before_it():
    moment = utc(2026, 3, 1)
    assert not holds(SegmentAt("vip", moment), moved(True, moment))
    assert holds(SegmentAt("vip", moment), moved(True, moment - TICK))
    assert holds(SegmentAt("vip", moment), *stay(utc(2026, 1, 1), moment))
    assert not holds(SegmentAt("vip", moment), *stay(utc(2026, 1, 1), moment - TICK))
    assert holds(SegmentAt("vip", utc(2030, 1, 1)), moved(True, NOW.as_of - TICK))
    assert not holds(SegmentAt("vip", utc(2030, 1, 1)), moved(True, NOW.as_of))


def test_what_was_not_known_is_not_there():
    from dataclasses import replace

    late = moved(True, utc(2026, 1, 1), utc(2026, 3, 1))
    before = replace(NOW, known_at=utc(2026, 3, 1) - TICK)
    assert holds(SegmentAt("vip", utc(2026, 2, 1)), late)
    assert not holds(SegmentAt("vip", utc(2026, 2, 1)), late, context=before)


def test_evaluated_it_needs_no_log():
    buyer = Person("a", events=(happened("order_completed", utc(2025, 12, 31, 12)),))
    late = Person("b", events=(happened("order_completed", utc(2026, 1, 5)),))
    both = Both(buyer, late, segments={"buyer": SegmentDefinition("buyer", BOUGHT)})
    assert both.members(SegmentAt("buyer", Calendar("year", "previous"), evaluated=True)) == {"a"}
    assert both.members(SegmentAt("buyer", Duration(60, "day"), evaluated=True)) == {"a", "b"}


def test_moments_of_moments():
    buyer = Person("a", events=(happened("order_completed", utc(2026, 1, 1)),))
    month_ago = SegmentAt("buyer", Duration(30, "day"), evaluated=True)
    segments = {"buyer": SegmentDefinition("buyer", BOUGHT), "then": SegmentDefinition("then", month_ago)}
    both = Both(buyer, segments=segments)
    assert both.members(SegmentAt("then", Duration(50, "day"), evaluated=True)) == {"a"}
    assert both.members(SegmentAt("then", Duration(70, "day"), evaluated=True)) == set()


def test_a_segment_may_ask_the_log_about_itself_but_not_its_definition():
    stays = SegmentDefinition("vip", AnyOf((BOUGHT, SegmentAt("vip", NOW.as_of))))
    both = Both(Person("a"), Person("b"), segments={"vip": stays}, entries=[moved(True, utc(2026, 1, 1))])
    assert both.members("vip") == {"a"}
    circle = SegmentDefinition("vip", SegmentAt("vip", Duration(1, "day"), evaluated=True))
    with pytest.raises(CycleError):
        Both(Person("a"), segments={"vip": circle}).members("vip")
