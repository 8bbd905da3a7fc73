"""Windows of time as instants: calendars, zones and month lengths live here, and nowhere in SQL.

Every window is half-open, ``[since, until)``, and nothing ends later than as-of. Minutes to weeks are exact lengths (a
day is 24 h); months, quarters and years move the local wall clock and clamp to the end of the month. Where clocks jump,
a local time that does not exist is read with the offset before the jump, and one that exists twice is the first.
"""

from __future__ import annotations

import calendar
import datetime as dt
from typing import assert_never
from zoneinfo import ZoneInfo

from segmentary.language.tree import (
    Absolute,
    Between,
    Calendar,
    Context,
    Duration,
    Last,
    PeriodUnit,
    Session,
    SinceEntry,
    SinceEvent,
    Sliding,
    Window,
)
from segmentary.settings import WEEKDAYS

# Nobody has events before; a window that would begin earlier begins here.
EARLIEST = dt.datetime(1000, 1, 1, tzinfo=dt.UTC)
LATEST = dt.datetime(9000, 1, 1, tzinfo=dt.UTC)
MONTHS = {"month": 1, "quarter": 3, "year": 12, "fiscal_quarter": 3, "fiscal_year": 12}
EXACT = {
    "minute": dt.timedelta(minutes=1),
    "hour": dt.timedelta(hours=1),
    "day": dt.timedelta(days=1),
    "week": dt.timedelta(weeks=1),
}


def bounds(
    window: Window | None, context: Context, timezone: str | None = None
) -> tuple[dt.datetime | None, dt.datetime]:
    """Return the first instant of a window (None: from the beginning) and its end, which is outside.

    The start of a `SinceEvent` or `SinceEntry` differs from one entity to the next: the evaluators move it. The bounds
    of `Sliding` and `Session` are those of what they are made of.
    """
    zone = zone_of(context, timezone)
    until = context.as_of
    match window:
        case None | SinceEvent() | SinceEntry():
            return None, until
        case Sliding(within=within) | Session(within=within):
            return bounds(within, context, timezone)
        case Last(length=length):
            return subtract(until, length, zone), until
        case Between(older=older, newer=newer):
            return subtract(until, older, zone), min(subtract(until, newer, zone), until)
        case Calendar(which=which):
            first, end = period_days(window, context, timezone)
            since = start_of_day(first, zone)
            return since, until if which == "this" else min(start_of_day(end, zone), until)
        case Absolute(since=since_given, until=until_given):
            first_instant = None if since_given is None else as_instant(since_given, zone)
            return first_instant, until if until_given is None else min(as_instant(until_given, zone), until)
        case _:
            assert_never(window)


def zone_of(context: Context, timezone: str | None) -> ZoneInfo:
    """Return the zone of a definition: its own, or the workspace's."""
    return ZoneInfo(timezone or context.timezone)


def subtract(instant: dt.datetime, duration: Duration, zone: ZoneInfo) -> dt.datetime:
    """Return the instant that long before."""
    return moved(instant, duration, -1, zone)


def add(instant: dt.datetime, duration: Duration, zone: ZoneInfo) -> dt.datetime:
    """Return the instant that long after."""
    return moved(instant, duration, 1, zone)


def moved(instant: dt.datetime, duration: Duration, sign: int, zone: ZoneInfo) -> dt.datetime:
    try:
        if duration.unit in EXACT:
            result = instant + EXACT[duration.unit] * (sign * duration.amount)
        else:
            local = instant.astimezone(zone)
            day = shifted(local.date(), sign * duration.amount * MONTHS[duration.unit])
            result = dt.datetime.combine(day, local.time().replace(fold=0), tzinfo=zone).astimezone(dt.UTC)
    except (OverflowError, ValueError):
        return EARLIEST if sign * duration.amount < 0 else LATEST
    return min(max(result, EARLIEST), LATEST)


def shifted(day: dt.date, months: int) -> dt.date:
    """Return the day so many months later (or earlier), clamped to the end of the month."""
    year, month = divmod(day.year * 12 + day.month - 1 + months, 12)
    return dt.date(year, month + 1, min(day.day, calendar.monthrange(year, month + 1)[1]))


def start_of_day(day: dt.date, zone: ZoneInfo) -> dt.datetime:
    """Return the first instant of a local day."""
    return dt.datetime.combine(day, dt.time(), tzinfo=zone).astimezone(dt.UTC)


def as_instant(moment: dt.date | dt.datetime, zone: ZoneInfo) -> dt.datetime:
    """Return an instant; a date is the start of that local day, a naive time is local."""
    if not isinstance(moment, dt.datetime):
        return start_of_day(moment, zone)
    return (moment if moment.tzinfo is not None else moment.replace(tzinfo=zone)).astimezone(dt.UTC)


def local_day(instant: dt.datetime, zone: ZoneInfo) -> dt.date:
    """Return the local calendar day an instant falls on."""
    return instant.astimezone(zone).date()


def first_day_from(instant: dt.datetime, zone: ZoneInfo) -> dt.date:
    """Return the first local day that begins at the instant or later."""
    day = local_day(instant, zone)
    return day if start_of_day(day, zone) >= instant else day + dt.timedelta(days=1)


def week_begins(context: Context) -> int:
    """Return the number of the weekday a week starts with; Monday is 0."""
    return WEEKDAYS.index(context.week_start)


def period_start(day: dt.date, unit: PeriodUnit, context: Context) -> dt.date:
    """Return the first day of the calendar period a day lies in."""
    match unit:
        case "day":
            return day
        case "week":
            return day - dt.timedelta(days=(day.weekday() - week_begins(context)) % 7)
        case "month" | "quarter" | "year":
            into = (day.month - 1) % MONTHS[unit]
        case "fiscal_quarter" | "fiscal_year":
            into = (day.month - context.fiscal_year_start) % MONTHS[unit]
        case _:
            assert_never(unit)
    return shifted(day.replace(day=1), -into)


def period_days(window: Calendar, context: Context, timezone: str | None = None) -> tuple[dt.date, dt.date]:
    """Return the first day of a calendar window and the day after its last one; ``this`` is the whole period."""
    today = local_day(context.as_of, zone_of(context, timezone))
    start = period_start(today, window.unit, context)
    if window.which == "this":
        return start, next_period(start, window.unit, 1)
    return next_period(start, window.unit, -window.count), start


def next_period(start: dt.date, unit: PeriodUnit, count: int) -> dt.date:
    try:
        match unit:
            case "day" | "week":
                return max(start + dt.timedelta(days=count * (7 if unit == "week" else 1)), EARLIEST.date())
            case _:
                return max(shifted(start, count * MONTHS[unit]), EARLIEST.date())
    except (OverflowError, ValueError):
        return EARLIEST.date() if count < 0 else LATEST.date()


def days_within(
    length: Duration, direction: int, context: Context, timezone: str | None = None
) -> tuple[dt.date, dt.date]:
    """Return the calendar days of the last (-1) or the next (1) so long: the first, and the one after the last.

    A calendar day stands for its first instant. Days, weeks and months are counted in calendar days, so that a
    change of the clocks neither adds nor loses one.
    """
    zone = zone_of(context, timezone)
    today = first_day_from(context.as_of, zone)
    other = day_moved(today, length, direction, context, zone)
    return (other, today) if direction < 0 else (today, other)


def day_moved(day: dt.date, length: Duration, direction: int, context: Context, zone: ZoneInfo) -> dt.date:
    """Return a calendar day so much later or earlier; minutes and hours count from as-of."""
    count = direction * length.amount
    try:
        match length.unit:
            case "day" | "week":
                return day + dt.timedelta(days=count * (7 if length.unit == "week" else 1))
            case "minute" | "hour":
                return first_day_from(moved(context.as_of, length, direction, zone), zone)
            case _:
                return shifted(day, count * MONTHS[length.unit])
    except (OverflowError, ValueError):
        return EARLIEST.date() if count < 0 else LATEST.date()


def anniversaries(first: dt.date, end: dt.date) -> list[tuple[int, int, int]]:
    """Return, for every year that ``[first, end)`` touches, the year and its part as month * 100 + day, ends included.

    29 February is kept on 28 February in years without it: such a year's 228 is given as 229.
    """
    parts: list[tuple[int, int, int]] = []
    if end <= first:
        return parts
    last = end - dt.timedelta(days=1)
    # Of the years in between, all of them whole, the latest decides: whoever has an anniversary in one has it there.
    for year in sorted({first.year, max(first.year, last.year - 1), last.year}):
        low = first if year == first.year else dt.date(year, 1, 1)
        high = last if year == last.year else dt.date(year, 12, 31)
        parts.append((year, low.month * 100 + low.day, keeps_leap_day(high)))
    return parts


def keeps_leap_day(day: dt.date) -> int:
    number = day.month * 100 + day.day
    return 229 if number == 228 and not calendar.isleap(day.year) else number


def months_threshold(today: dt.date) -> int:
    """Return the day of the month from which on a month is not yet complete: 31 at the end of any month."""
    return 31 if today.day == calendar.monthrange(today.year, today.month)[1] else today.day
