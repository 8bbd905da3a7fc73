"""Moments of definitions are instants, as-of at the latest; lengths are exact or refused."""

from __future__ import annotations

import datetime as dt

import pytest

from segmentary.errors import DefinitionError
from segmentary.language.instants import exact_length, instant_of
from segmentary.language.tree import Calendar, Context, Duration

BERLIN = Context(dt.datetime(2026, 3, 31, 10, 30, tzinfo=dt.UTC), "Europe/Berlin")


def utc(*parts: int) -> dt.datetime:
    return dt.datetime(*parts, tzinfo=dt.UTC)  # type: ignore[arg-type]


@pytest.mark.parametrize(
    ("moment", "instant"),
    [
        (Duration(30, "day"), utc(2026, 3, 1, 10, 30)),  # a day is 24 hours, whatever the clocks did on 29 March
        (Duration(1, "month"), utc(2026, 2, 28, 11, 30)),  # the month's end, at the same local time
        (Calendar("month", "previous"), utc(2026, 2, 28, 23)),  # its end: local midnight, in winter time
        (Calendar("year", "previous"), utc(2025, 12, 31, 23)),
        (dt.date(2026, 3, 30), utc(2026, 3, 29, 22)),  # the start of the local day, in summer time
        (utc(2026, 3, 1, 4), utc(2026, 3, 1, 4)),
    ],
)
def test_a_moment_is_an_instant(moment: Duration | Calendar | dt.date | dt.datetime, instant: dt.datetime) -> None:
    assert instant_of(moment, BERLIN) == instant


def test_the_timezone_of_a_definition_wins() -> None:
    assert instant_of(dt.date(2026, 3, 30), BERLIN, "UTC") == utc(2026, 3, 30)


def test_nothing_is_later_than_as_of() -> None:
    assert instant_of(dt.date(2027, 1, 1), BERLIN) == BERLIN.as_of
    assert instant_of(utc(2026, 4, 1), BERLIN) == BERLIN.as_of


def test_what_is_not_over_is_refused() -> None:
    with pytest.raises(DefinitionError, match="this quarter is not over") as refused:
        instant_of(Calendar("quarter", "this"), BERLIN)
    assert refused.value.hint == "previous_quarter"


def test_lengths_are_microseconds() -> None:
    assert exact_length(Duration(1, "minute")) == 60_000_000
    assert exact_length(Duration(2, "week")) == 14 * exact_length(Duration(1, "day"))
    assert exact_length(Duration(36, "hour")) == exact_length(Duration(1, "day")) * 3 // 2


@pytest.mark.parametrize("unit", ["month", "quarter", "year"])
def test_months_have_no_length(unit: str) -> None:
    with pytest.raises(DefinitionError, match=f"a {unit} has no fixed length"):
        exact_length(Duration(1, unit))  # type: ignore[arg-type]
