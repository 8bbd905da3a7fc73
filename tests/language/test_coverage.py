"""What definitions ask the log, and since when the log has to be there to answer."""

from __future__ import annotations

import datetime as dt

import pytest

from segmentary.language.coverage import LogQuestion, log_questions
from segmentary.language.tree import (
    Absolute,
    All,
    Context,
    Duration,
    EventFilter,
    EventMeasure,
    Last,
    Not,
    Rule,
    SegmentAt,
    SegmentDefinition,
    SegmentDuring,
    SegmentMoved,
    SinceEntry,
    TraitDefinition,
)

NOW = Context(dt.datetime(2026, 3, 1, tzinfo=dt.UTC), "UTC")
WEEK = Duration(7, "day")
AGO = NOW.as_of - dt.timedelta(days=7)


def asked(rule: Rule, name: str = "asking") -> list[tuple[str, dt.datetime, bool]]:
    return [(one.segment, one.moment, one.before) for one in log_questions(SegmentDefinition(name, rule), NOW)]


def test_a_moment_asks_for_the_state_before_it() -> None:
    assert asked(SegmentAt("vip", WEEK)) == [("vip", AGO, True)]
    assert asked(SegmentAt("vip", WEEK, evaluated=True)) == []


@pytest.mark.parametrize("rule", [SegmentDuring("vip", Last(WEEK)), SegmentMoved("vip", "entered", Last(WEEK))])
def test_a_window_asks_from_its_first_moment_on(rule: Rule) -> None:
    assert asked(rule) == [("vip", AGO, False)]


def test_a_window_without_a_beginning_asks_for_the_state_before_its_end() -> None:
    assert asked(SegmentDuring("vip", Absolute(None, dt.date(2026, 2, 1)))) == [
        ("vip", dt.datetime(2026, 2, 1, tzinfo=dt.UTC), True)
    ]


@pytest.mark.parametrize("rule", [SegmentMoved("vip", "exited"), SegmentMoved("vip", "entered", Last(WEEK), nth=2)])
def test_any_move_and_the_nth_one_need_no_beginning(rule: Rule) -> None:
    assert asked(rule) == []


def test_a_stay_rule_asks_nothing_of_others() -> None:
    rule = All((SegmentDuring("own", Last(WEEK)), Not(SegmentAt("vip", WEEK))))
    assert asked(rule, "own") == [("vip", AGO, True)]


def test_traits_ask_too() -> None:
    orders = EventMeasure(EventFilter(("order_completed",)), "count", during=SinceEntry("vip", "first"))
    [one] = log_questions(TraitDefinition("orders_since", orders, "number"), NOW)
    assert (one.segment, one.moment, one.before) == ("vip", NOW.as_of, True)


def test_the_state_before_a_moment_needs_a_log_that_is_older() -> None:
    before, since = LogQuestion("vip", AGO, "/where", before=True), LogQuestion("vip", AGO, "/where")
    second = dt.timedelta(seconds=1)
    assert [one.answered(AGO) for one in (before, since)] == [False, True]
    assert [one.answered(AGO - second) for one in (before, since)] == [True, True]
    assert [one.answered(AGO + second) for one in (before, since)] == [False, False]
    assert [one.answered(None) for one in (before, since)] == [False, False]
