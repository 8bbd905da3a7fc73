from __future__ import annotations

import datetime as dt
from decimal import Decimal

import pytest
from tests.language.strategies import VOCABULARY

from segmentary.errors import DefinitionError
from segmentary.language.fit import Examination, check_compare, check_pattern, check_window, is_before
from segmentary.language.tree import Absolute, Between, Calendar, Compare, Duration, Last, TraitValue

EXAM = Examination(VOCABULARY)


@pytest.mark.parametrize(
    ("operator", "operand"),
    [
        ("is", None),
        ("is", (Decimal(1),)),
        ("in", ()),
        ("in", Decimal(1)),
        ("between", (Decimal(1),)),
        ("between", (Decimal(2), Decimal(1))),
        ("gt", "3"),
        ("exists", Decimal(1)),
        ("is", "text"),
    ],
)
def test_operands_of_the_wrong_shape(operator, operand):
    with pytest.raises(DefinitionError):
        check_compare(EXAM, "where", Compare(TraitValue("age"), operator, operand), ())


@pytest.mark.parametrize(
    ("operator", "operand"),
    [
        ("within_last", Decimal(3)),
        ("within_last", Duration(0, "day")),
        ("between_from_now", (Duration(5, "day"), Duration(3, "day"))),
        ("in_period", "this_week"),
        ("in_period", Calendar("week", "this", 2)),
        ("weekday_in", (Decimal(8),)),
        ("weekday_in", (Decimal("1.5"),)),
        ("weekday_in", ("monday",)),
        ("before", "2026-01-01"),
        ("between", (dt.date(2026, 1, 1), dt.datetime(2026, 1, 2, tzinfo=dt.UTC))),
    ],
)
def test_dates_ask_for_lengths_periods_and_weekdays(operator, operand):
    with pytest.raises(DefinitionError):
        check_compare(EXAM, "where", Compare(TraitValue("birth_date"), operator, operand), ())


@pytest.mark.parametrize("pattern", ["(", "a{1001}", "(?<=a)b", r"(a)\1", "\ud800", "a" * 201])
def test_patterns_re2_refuses(pattern):
    with pytest.raises(DefinitionError):
        check_pattern(EXAM, "where", pattern)


@pytest.mark.parametrize("pattern", ["", "^a.*b$", "(?i)paris", r"\p{Lu}", "é", "(a+)+b"])
def test_patterns_re2_takes(pattern):
    check_pattern(EXAM, "where", pattern)


@pytest.mark.parametrize(
    "window",
    [
        Last(Duration(0, "day")),
        Between(Duration(30, "day"), Duration(30, "day")),
        Between(Duration(1, "week"), Duration(8, "day")),
        Calendar("week", "previous", 0),
        Absolute(None, None),
        Absolute(dt.date(2026, 1, 2), dt.date(2026, 1, 1)),
    ],
)
def test_windows_nothing_can_lie_in(window):
    with pytest.raises(DefinitionError):
        check_window(EXAM, "during", window)


def test_windows_something_can_lie_in():
    for window in (
        None,
        Between(Duration(1, "month"), Duration(40, "day")),  # months and days have no fixed ratio
        Absolute(dt.date(2026, 1, 1), None),
        Absolute(dt.date(2026, 1, 1), dt.datetime(2026, 1, 1, 12, tzinfo=dt.UTC)),
    ):
        check_window(EXAM, "during", window)


def test_what_is_certainly_less():
    assert is_before(Duration(6, "day"), Duration(1, "week"))
    assert is_before(Duration(2, "month"), Duration(1, "quarter"))
    assert not is_before(Duration(30, "day"), Duration(1, "month"))
    assert is_before(Decimal(1), Decimal(2))
    assert not is_before("a", "b")
