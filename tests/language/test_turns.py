"""Superset of instants at which windows turn: every change of a window is among them."""

import datetime as dt
from zoneinfo import ZoneInfo

import pytest

from segmentary.language.tree import Absolute, Between, Calendar, Context, Duration, Last, Session, Sliding
from segmentary.language.turns import Turns, clock_changes

BERLIN = ZoneInfo("Europe/Berlin")
MOMENT = dt.timedelta(microseconds=1)


def utc(*parts):
    return dt.datetime(*parts, tzinfo=dt.UTC)


def turns(since, days=60, zone=BERLIN):
    return Turns(Context(since, str(zone)), zone, since + dt.timedelta(days=days))


def test_clocks_change_twice_a_year():
    assert clock_changes(dt.date(2026, 3, 29), BERLIN) == [utc(2026, 3, 29, 1)]
    assert clock_changes(dt.date(2026, 10, 25), BERLIN) == [utc(2026, 10, 25, 1)]
    assert clock_changes(dt.date(2026, 3, 28), BERLIN) == []


def test_periods_begin_at_local_midnight():
    assert turns(utc(2026, 3, 20)).periods("month") == {utc(2026, 3, 31, 22), utc(2026, 4, 30, 22)}
    assert utc(2026, 3, 29, 22) in turns(utc(2026, 3, 20)).periods("week")


def test_exact_lengths_meet_a_fact_once():
    fact = utc(2026, 3, 18, 7)
    here = turns(utc(2026, 3, 20))
    assert here.after([fact], Duration(10, "day")) == {utc(2026, 3, 28, 7)}
    assert here.after([fact], Duration(1, "day")) == set()
    assert here.after([], Duration(1, "month")) == set()
    assert here.before([utc(2026, 4, 18, 7)], Duration(10, "day")) == {utc(2026, 4, 8, 7)}


@pytest.mark.parametrize("hour", range(0, 24, 3))
def test_months_meet_a_fact_at_its_local_time(hour):
    """A month after, at the same local time, whatever the clocks did between."""
    fact = dt.datetime(2026, 3, 2, hour, 30, tzinfo=BERLIN)
    met = turns(utc(2026, 3, 20)).after([fact.astimezone(dt.UTC)], Duration(1, "month"))
    assert dt.datetime(2026, 4, 2, hour, 30, tzinfo=BERLIN).astimezone(dt.UTC) in met


def test_windows_turn_with_their_facts():
    here, fact = turns(utc(2026, 3, 20)), utc(2026, 3, 18)
    assert here.window(Last(Duration(10, "day")), [fact]) == {utc(2026, 3, 28)}
    assert here.window(Between(Duration(20, "day"), Duration(10, "day")), [fact]) == {utc(2026, 3, 28), utc(2026, 4, 7)}
    assert here.window(Calendar("month", "this"), []) == here.periods("month")
    assert here.window(Absolute(None, dt.date(2026, 4, 1)), []) == {utc(2026, 3, 31, 22)}
    assert here.window(None, [fact]) == set()
    inside = Last(Duration(10, "day"))
    assert here.window(Sliding(Duration(1, "day"), inside), [fact]) == {utc(2026, 3, 28)}
    assert here.window(Session(within=inside), [fact]) == {utc(2026, 3, 28)}
