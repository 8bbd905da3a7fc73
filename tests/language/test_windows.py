import datetime as dt
from zoneinfo import ZoneInfo

import pytest

from segmentary.language.tree import (
    Absolute,
    Between,
    Calendar,
    Context,
    Duration,
    EventFilter,
    Last,
    SinceEvent,
    Window,
)
from segmentary.language.windows import (
    EARLIEST,
    anniversaries,
    bounds,
    days_within,
    first_day_from,
    keeps_leap_day,
    period_days,
    shifted,
    start_of_day,
    subtract,
)


def utc(*parts: int) -> dt.datetime:
    return dt.datetime(*parts, tzinfo=dt.UTC)


BERLIN = Context(utc(2026, 3, 31, 10), "Europe/Berlin")


def test_days_are_24_hours_even_across_a_change_of_clocks() -> None:
    assert bounds(Last(Duration(3, "day")), BERLIN) == (utc(2026, 3, 28, 10), utc(2026, 3, 31, 10))


def test_months_move_the_local_clock_and_clamp_to_the_end_of_the_month() -> None:
    # 31 March 12:00 local (summer time) back to 28 February 12:00 local (winter time).
    assert bounds(Last(Duration(1, "month")), BERLIN)[0] == utc(2026, 2, 28, 11)
    assert bounds(Last(Duration(1, "quarter")), BERLIN)[0] == utc(2025, 12, 31, 11)
    assert bounds(Last(Duration(2, "year")), BERLIN)[0] == utc(2024, 3, 31, 10)


def test_a_year_before_the_leap_day_is_the_end_of_february() -> None:
    leap = Context(utc(2024, 2, 29, 12))
    assert bounds(Last(Duration(1, "year")), leap)[0] == utc(2023, 2, 28, 12)


@pytest.mark.parametrize(
    ("window", "since", "until"),
    [
        (None, None, utc(2026, 3, 31, 10)),
        (SinceEvent(EventFilter(("x",))), None, utc(2026, 3, 31, 10)),
        (Calendar("day", "this"), utc(2026, 3, 30, 22), utc(2026, 3, 31, 10)),
        (Calendar("week", "this"), utc(2026, 3, 29, 22), utc(2026, 3, 31, 10)),
        (Calendar("week", "previous"), utc(2026, 3, 22, 23), utc(2026, 3, 29, 22)),
        (Calendar("week", "previous", 5), utc(2026, 2, 22, 23), utc(2026, 3, 29, 22)),
        (Calendar("month", "previous"), utc(2026, 1, 31, 23), utc(2026, 2, 28, 23)),
        (Calendar("quarter", "this"), utc(2025, 12, 31, 23), utc(2026, 3, 31, 10)),
        (Calendar("quarter", "previous", 2), utc(2025, 6, 30, 22), utc(2025, 12, 31, 23)),
        (Calendar("year", "previous"), utc(2024, 12, 31, 23), utc(2025, 12, 31, 23)),
        (Between(Duration(60, "day"), Duration(30, "day")), utc(2026, 1, 30, 10), utc(2026, 3, 1, 10)),
        (Absolute(dt.date(2026, 3, 29), dt.date(2026, 3, 30)), utc(2026, 3, 28, 23), utc(2026, 3, 29, 22)),
        (Absolute(None, dt.date(2030, 1, 1)), None, utc(2026, 3, 31, 10)),
        (Absolute(utc(2026, 1, 1), None), utc(2026, 1, 1), utc(2026, 3, 31, 10)),
    ],
)
def test_bounds(window: Window | None, since: dt.datetime | None, until: dt.datetime) -> None:
    assert bounds(window, BERLIN) == (since, until)


def test_a_definitions_own_zone_wins() -> None:
    assert bounds(Calendar("day", "this"), BERLIN, "Pacific/Kiritimati")[0] == utc(2026, 3, 31, 10)


@pytest.mark.parametrize(
    ("week_start", "first"),
    [("monday", dt.date(2026, 3, 30)), ("sunday", dt.date(2026, 3, 29)), ("wednesday", dt.date(2026, 3, 25))],
)
def test_weeks_start_where_the_workspace_says(week_start: str, first: dt.date) -> None:
    context = Context(utc(2026, 3, 31, 10), "UTC", week_start)
    assert period_days(Calendar("week", "this"), context)[0] == first


def test_the_fiscal_year_starts_where_the_workspace_says() -> None:
    context = Context(utc(2026, 3, 31, 10), fiscal_year_start=4)
    assert period_days(Calendar("fiscal_year", "this"), context) == (dt.date(2025, 4, 1), dt.date(2026, 4, 1))
    assert period_days(Calendar("fiscal_quarter", "this"), context) == (dt.date(2026, 1, 1), dt.date(2026, 4, 1))
    assert period_days(Calendar("fiscal_quarter", "previous"), context)[0] == dt.date(2025, 10, 1)


def test_a_local_time_that_does_not_exist_is_read_with_the_offset_before_the_jump() -> None:
    zone = ZoneInfo("Europe/Berlin")
    # One month before 29 April 02:30 local would be 29 March 02:30, which the clocks skipped.
    assert subtract(utc(2026, 4, 29, 0, 30), Duration(1, "month"), zone) == utc(2026, 3, 29, 1, 30)


def test_a_day_that_starts_twice_starts_the_first_time() -> None:
    havana = ZoneInfo("America/Havana")
    assert start_of_day(dt.date(2025, 11, 2), havana) == utc(2025, 11, 2, 4)


def test_a_day_without_midnight_starts_at_the_jump() -> None:
    havana = ZoneInfo("America/Havana")
    assert start_of_day(dt.date(2026, 3, 8), havana) == utc(2026, 3, 8, 5)


def test_lengths_beyond_the_calendar_end_at_its_edges() -> None:
    assert bounds(Last(Duration(99_999, "year")), BERLIN)[0] == EARLIEST
    assert bounds(Last(Duration(10**9, "day")), BERLIN)[0] == EARLIEST
    assert period_days(Calendar("year", "previous", 30_000), BERLIN)[0] == EARLIEST.date()


def test_first_day_from() -> None:
    zone = ZoneInfo("Europe/Berlin")
    assert first_day_from(start_of_day(dt.date(2026, 3, 29), zone), zone) == dt.date(2026, 3, 29)
    assert first_day_from(utc(2026, 3, 29, 12), zone) == dt.date(2026, 3, 30)


@pytest.mark.parametrize("hour", [0, 12])
def test_thirty_calendar_days_are_thirty_whatever_the_hour_and_the_clocks(hour: int) -> None:
    context = Context(dt.datetime(2025, 11, 10, hour, tzinfo=ZoneInfo("Europe/Berlin")), "Europe/Berlin")
    low, high = days_within(Duration(30, "day"), -1, context)
    assert (high - low).days == 30
    assert days_within(Duration(30, "day"), 1, context)[0] == high


def test_shifted_clamps() -> None:
    assert shifted(dt.date(2026, 1, 31), 1) == dt.date(2026, 2, 28)
    assert shifted(dt.date(2026, 1, 31), -11) == dt.date(2025, 2, 28)
    assert shifted(dt.date(2024, 2, 29), 12) == dt.date(2025, 2, 28)


def test_the_leap_day_is_kept_on_28_february_in_other_years() -> None:
    assert keeps_leap_day(dt.date(2026, 2, 28)) == 229
    assert keeps_leap_day(dt.date(2024, 2, 28)) == 228
    assert anniversaries(dt.date(2026, 2, 25), dt.date(2026, 3, 1)) == [(2026, 225, 229)]


def test_anniversaries_over_new_year_and_over_years() -> None:
    assert anniversaries(dt.date(2025, 12, 30), dt.date(2026, 1, 3)) == [(2025, 1230, 1231), (2026, 101, 102)]
    assert anniversaries(dt.date(2020, 5, 1), dt.date(2026, 1, 3)) == [
        (2020, 501, 1231),
        (2025, 101, 1231),
        (2026, 101, 102),
    ]
    assert anniversaries(dt.date(2026, 1, 3), dt.date(2026, 1, 3)) == []
