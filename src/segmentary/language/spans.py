"""Lengths of time and the windows that are the same for everybody: the part of the tree about the calendar."""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass
from typing import Literal

DurationUnit = Literal["minute", "hour", "day", "week", "month", "quarter", "year"]
PeriodUnit = Literal["day", "week", "month", "quarter", "year", "fiscal_quarter", "fiscal_year"]


@dataclass(frozen=True, slots=True)
class Duration:
    """A length of time. Minutes to weeks are exact (a day is 24 h); months and longer move on the local calendar."""

    amount: int
    unit: DurationUnit


@dataclass(frozen=True, slots=True)
class Last:
    """``last: 30d``: from that long before as-of until as-of, the end excluded."""

    length: Duration


@dataclass(frozen=True, slots=True)
class Calendar:
    """``calendar: this_week`` (ends at as-of), ``previous_quarter``, ``previous_5_weeks`` (complete periods only)."""

    unit: PeriodUnit
    which: Literal["this", "previous"]
    count: int = 1


@dataclass(frozen=True, slots=True)
class Between:
    """``between: [60d, 30d]`` ago: from the older bound until the newer one, the end excluded."""

    older: Duration
    newer: Duration


@dataclass(frozen=True, slots=True)
class Absolute:
    """``from`` and/or ``until``: a date means the start of that local day; the end is excluded."""

    since: dt.date | dt.datetime | None
    until: dt.date | dt.datetime | None


Moment = dt.date | dt.datetime | Duration | Calendar
"""A point in time: a local day's start, an instant, that long before as-of, or the end of a calendar window
(``previous_quarter``: the moment it ended; ``this_week`` is not a moment of the past and is refused)."""


@dataclass(frozen=True, slots=True)
class Context:
    """The moment and calendar a definition is judged in.

    as_of : aware UTC instant; everything happens before it.
    known_at : aware UTC instant; only what was known then counts. None means everything known now.
    """

    as_of: dt.datetime
    timezone: str = "UTC"
    week_start: str = "monday"
    fiscal_year_start: int = 1
    known_at: dt.datetime | None = None
