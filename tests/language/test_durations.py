import pytest
from hypothesis import given
from tests.language.strategies import calendars, durations

from segmentary.errors import DefinitionError
from segmentary.language.durations import calendar_text, duration_text, parse_calendar, parse_duration
from segmentary.language.tree import Calendar, Duration


@pytest.mark.parametrize(
    ("text", "duration"),
    [
        ("30min", Duration(30, "minute")),
        ("12h", Duration(12, "hour")),
        ("30d", Duration(30, "day")),
        ("6w", Duration(6, "week")),
        ("3mo", Duration(3, "month")),
        ("1q", Duration(1, "quarter")),
        ("2y", Duration(2, "year")),
        ("0d", Duration(0, "day")),
    ],
)
def test_lengths_of_time(text, duration):
    assert parse_duration(text) == duration
    assert duration_text(duration) == text


@pytest.mark.parametrize("text", ["30", "d", "30 days", "-3d", "1.5h", "03d", "3m", "3D", "", "1d\n", "٣d", "999999d"])
def test_what_is_no_length_of_time(text):
    with pytest.raises(DefinitionError):
        parse_duration(text)


@pytest.mark.parametrize(
    ("text", "calendar"),
    [
        ("this_week", Calendar("week", "this")),
        ("previous_quarter", Calendar("quarter", "previous")),
        ("previous_5_weeks", Calendar("week", "previous", 5)),
        ("this_fiscal_year", Calendar("fiscal_year", "this")),
        ("previous_2_fiscal_quarters", Calendar("fiscal_quarter", "previous", 2)),
    ],
)
def test_calendar_periods(text, calendar):
    assert parse_calendar(text) == calendar
    assert calendar_text(calendar) == text


@pytest.mark.parametrize("text", ["week", "this_5_weeks", "previous_0_weeks", "previous_5_week", "last_week"])
def test_what_is_no_calendar_period(text):
    with pytest.raises(DefinitionError, match="is not a calendar period"):
        parse_calendar(text)


def test_one_previous_period_has_one_spelling():
    assert parse_calendar("previous_1_weeks") == parse_calendar("previous_week")


@given(duration=durations, calendar=calendars)
def test_there_and_back(duration, calendar):
    assert parse_duration(duration_text(duration)) == duration
    assert parse_calendar(calendar_text(calendar)) == calendar
