"""Lengths of time and calendar periods as text: ``30d`` and ``previous_5_weeks``, there and back."""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import get_args

from segmentary.errors import DefinitionError
from segmentary.language.tree import Calendar, Duration, DurationUnit, PeriodUnit

SUFFIXES: Mapping[str, DurationUnit] = {
    "min": "minute",
    "h": "hour",
    "d": "day",
    "w": "week",
    "mo": "month",
    "q": "quarter",
    "y": "year",
}
SUFFIX_OF: Mapping[DurationUnit, str] = {unit: suffix for suffix, unit in SUFFIXES.items()}
PERIODS: tuple[PeriodUnit, ...] = get_args(PeriodUnit)
LARGEST = 100_000

DURATION_PATTERN = r"^(0|[1-9][0-9]{0,5})(min|h|d|w|mo|q|y)$"
CALENDAR_PATTERN = (
    r"^(this_(day|week|month|quarter|year|fiscal_quarter|fiscal_year)"
    r"|previous_(day|week|month|quarter|year|fiscal_quarter|fiscal_year)"
    r"|previous_[1-9][0-9]{0,3}_(days|weeks|months|quarters|years|fiscal_quarters|fiscal_years))$"
)
DURATION_HINT = "write a whole number and a unit: 30min, 12h, 30d, 6w, 3mo, 1q, 2y"
CALENDAR_HINT = "for example this_week, previous_month, previous_5_weeks, this_fiscal_year"


def parse_duration(text: str) -> Duration:
    """Read ``30d``.

    Raises
    ------
    DefinitionError
        when the text is not a number and a unit.
    """
    found = re.fullmatch(DURATION_PATTERN.strip("^$"), text) if isinstance(text, str) else None
    if found is None:
        raise DefinitionError(f"{text!r} is not a length of time", hint=DURATION_HINT)
    if int(found[1]) > LARGEST:
        raise DefinitionError(f"{text!r} is longer than {LARGEST:,} units", hint="use a larger unit")
    return Duration(int(found[1]), SUFFIXES[found[2]])


def duration_text(duration: Duration) -> str:
    return f"{duration.amount}{SUFFIX_OF[duration.unit]}"


def parse_calendar(text: str) -> Calendar:
    """Read ``this_week`` or ``previous_5_weeks``.

    Raises
    ------
    DefinitionError
        when the word names no period.
    """
    if isinstance(text, str) and re.fullmatch(CALENDAR_PATTERN.strip("^$"), text):
        which, _, rest = text.partition("_")
        first, _, tail = rest.partition("_")
        count, unit = (int(first), tail.removesuffix("s")) if first.isdigit() else (1, rest)
        for period in PERIODS:
            if period == unit:
                return Calendar(period, "this" if which == "this" else "previous", count)
    hint = CALENDAR_HINT
    if isinstance(text, str) and text.removeprefix("last_") in PERIODS:
        hint = f"the complete one before this is previous_{text.removeprefix('last_')}"
    raise DefinitionError(f"{text!r} is not a calendar period", hint=hint)


def calendar_text(calendar: Calendar) -> str:
    if calendar.count == 1:
        return f"{calendar.which}_{calendar.unit}"
    return f"{calendar.which}_{calendar.count}_{calendar.unit}s"
