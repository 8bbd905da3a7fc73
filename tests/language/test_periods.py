"""In how many of the last calendar periods something happened often enough."""

from __future__ import annotations

import datetime as dt
from decimal import Decimal

import pytest
from tests.language.histories import Both, happened, utc

from segmentary.errors import DefinitionError
from segmentary.language.oracle import Event, Person
from segmentary.language.tree import (
    Compare,
    Context,
    Duration,
    EventFilter,
    EventMeasure,
    Last,
    PeriodsWith,
    PropertyValue,
)

USED = EventFilter(("used",))
COUNT = EventMeasure(USED, "count")
# Wednesday noon in Berlin; the week before began on Monday 23 March and holds the change of the clocks.
WEDNESDAY = Context(utc(2026, 4, 1, 10), "Europe/Berlin")


def used(*days: tuple[int, int, int], **fields: object) -> tuple[Event, ...]:
    return tuple(happened("used", utc(2026, *day), number, **fields) for number, day in enumerate(days))


def both(**people: tuple[Event, ...]) -> Both:
    return Both(*(Person(name, events=events) for name, events in people.items()), Person("nobody"), context=WEDNESDAY)


def test_complete_weeks_are_counted_and_this_one_is_not() -> None:
    asked = both(
        regular=used((3, 24, 9), (3, 25, 9), (3, 17, 9), (3, 18, 9), (3, 30, 9), (3, 31, 9)),
        this_week=used((3, 30, 9), (3, 31, 9)),
    )
    rule = PeriodsWith(COUNT, "gte", Decimal(2), "week", 5)
    assert asked.values(rule, "number") == {"regular": 2, "this_week": 0, "nobody": 0}
    assert asked.values(PeriodsWith(COUNT, "gte", Decimal(2), "week", 1), "number")["regular"] == 1


def test_periods_begin_at_local_midnight_on_both_sides_of_the_change_of_the_clocks() -> None:
    asked = both(
        # Monday 30 March begins at 22:00 UTC on Sunday, in summer time; Monday 23 March at 23:00 UTC, in winter time.
        last=(happened("used", utc(2026, 3, 29, 21, 59, 59)),),
        next=(happened("used", utc(2026, 3, 29, 22)),),
        first=(happened("used", utc(2026, 3, 22, 23)),),
        before=(happened("used", utc(2026, 3, 22, 22, 59, 59)),),
    )
    rule = PeriodsWith(COUNT, "gte", Decimal(1), "week", 1)
    assert asked.members(Compare(rule, "gte", Decimal(1))) == {"last", "first"}


def test_a_period_in_which_nothing_happened_counts_zero() -> None:
    asked = both(once=used((3, 24, 9)))
    assert asked.values(PeriodsWith(COUNT, "lte", Decimal(0), "week", 3), "number") == {"once": 2, "nobody": 3}
    total = EventMeasure(USED, "sum", PropertyValue(("amount",)))
    assert asked.values(PeriodsWith(total, "lt", Decimal(1), "week", 3), "number") == {"once": 3, "nobody": 3}
    days = EventMeasure(USED, "active_days")
    assert asked.values(PeriodsWith(days, "is", Decimal(0), "month", 2), "number") == {"once": 1, "nobody": 2}
    highest = EventMeasure(USED, "max", PropertyValue(("amount",)))
    assert asked.values(PeriodsWith(highest, "lte", Decimal(100), "week", 3), "number") == {"once": 0, "nobody": 0}


def test_a_mean_is_compared_exactly() -> None:
    thirds = tuple(
        happened("used", utc(2026, 3, 24, hour), amount=Decimal(amount)) for hour, amount in ((9, 1), (10, 1), (11, 2))
    )
    asked = both(thirds=thirds)
    mean = EventMeasure(USED, "mean", PropertyValue(("amount",)))
    assert asked.values(PeriodsWith(mean, "gt", Decimal("1.333333"), "week", 1), "number")["thirds"] == 1
    assert asked.values(PeriodsWith(mean, "is", Decimal("1.333333"), "week", 1), "number")["thirds"] == 0


def test_months_and_quarters() -> None:
    asked = both(some=used((1, 31, 9), (2, 28, 9), (3, 31, 9)))
    for unit, last, expected in (("month", 3, 3), ("quarter", 1, 1), ("month", 2, 2), ("day", 1, 1), ("year", 1, 0)):
        value = PeriodsWith(COUNT, "gte", Decimal(1), unit, last)  # type: ignore[arg-type]
        assert asked.values(value, "number")["some"] == expected


def test_the_measure_has_no_window_of_its_own() -> None:
    windowed = EventMeasure(USED, "count", during=Last(Duration(5, "day")))
    with pytest.raises(DefinitionError, match="no window"):
        both(some=()).oracle().value(PeriodsWith(windowed, "gte", Decimal(1), "week", 1), "some")


def test_evidence_is_what_happened_in_the_periods() -> None:
    asked = both(some=used((3, 24, 9), (3, 31, 9))).oracle()
    found = asked.trace(Compare(PeriodsWith(COUNT, "gte", Decimal(1), "week", 1), "gte", Decimal(1)), "some")
    assert [event.happened_at for event in found.evidence] == [dt.datetime(2026, 3, 24, 9, tzinfo=dt.UTC)]
