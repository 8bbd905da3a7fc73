"""The Python spelling of windows and moments: ``last("30d")``, ``previous("quarter")``, ``end_of("previous_quarter")``.

Where a window that is the same for everybody is asked for, its text will do: ``"30d"`` is the last 30 days,
``"previous_quarter"`` the calendar quarter.
"""

from __future__ import annotations

import datetime as dt
import re
from collections.abc import Iterable
from typing import Literal, cast

from segmentary.errors import DefinitionError
from segmentary.language.cursor import Cursor
from segmentary.language.durations import DURATION_PATTERN, parse_calendar, parse_duration
from segmentary.language.scalars import plain_scalar
from segmentary.language.tree import (
    Absolute,
    Between,
    Calendar,
    Duration,
    FixedWindow,
    Last,
    Moment,
    Session,
    SinceEntry,
    Sliding,
    Window,
)

this_day = parse_calendar("this_day")
this_week = parse_calendar("this_week")
this_month = parse_calendar("this_month")
this_quarter = parse_calendar("this_quarter")
this_year = parse_calendar("this_year")
this_fiscal_quarter = parse_calendar("this_fiscal_quarter")
this_fiscal_year = parse_calendar("this_fiscal_year")
previous_day = parse_calendar("previous_day")
previous_week = parse_calendar("previous_week")
previous_month = parse_calendar("previous_month")
previous_quarter = parse_calendar("previous_quarter")
previous_year = parse_calendar("previous_year")
previous_fiscal_quarter = parse_calendar("previous_fiscal_quarter")
previous_fiscal_year = parse_calendar("previous_fiscal_year")


def last(length: str) -> Last:
    """Return from that long before as-of until as-of: ``last("90d")``."""
    return Last(parse_duration(length))


def this(unit: str) -> Calendar:
    """Return the current ``"week"``, ``"month"``, ... until as-of."""
    return parse_calendar(f"this_{unit}")


def previous(unit: str, count: int = 1) -> Calendar:
    """Return the complete period, or ``count`` complete periods, before the current one."""
    return parse_calendar(f"previous_{unit}" if count == 1 else f"previous_{count}_{unit}s")


def between(older: str, newer: str) -> Between:
    """Return from ``older`` ago until ``newer`` ago: ``between("60d", "30d")``."""
    return Between(parse_duration(older), parse_duration(newer))


def dates(*, since: dt.date | None = None, until: dt.date | None = None) -> Absolute:
    """Return from the start of ``since`` until ``until``, the end excluded."""
    bounds = [None if bound is None else Cursor(bound).scalar() for bound in (since, until)]
    first, final = (bound if isinstance(bound, dt.date) else None for bound in bounds)
    return Absolute(first, final)


def sliding(length: str, *, within: FixedWindow | str | None = None) -> Sliding:
    """Return a window of this length anywhere in history."""
    return Sliding(parse_duration(length), None if within is None else window_of(within))


def session(
    gap: str | None = None, *, of: str | Iterable[str] = (), within: FixedWindow | str | None = None
) -> Session:
    """Return one visit: until ``gap`` passes without an event ``of`` these; without a gap, events of one session id."""
    names = (of,) if isinstance(of, str) else tuple(of)
    length = None if gap is None or gap == "id" else parse_duration(gap)
    return Session(length, names, None if within is None else window_of(within))


def since_entering(name: str, *, which: Literal["first", "last"] = "last") -> SinceEntry:
    """Return from the first or last entry into a segment until as-of."""
    return SinceEntry(name, which)


def window_of(given: FixedWindow | str) -> FixedWindow:
    """Return a window that is the same for everybody; a text is a length or a calendar period."""
    if not isinstance(given, str):
        return given
    return last(given) if re.fullmatch(DURATION_PATTERN.strip("^$"), given) else parse_calendar(given)


def any_window_of(given: Window | str) -> Window:
    """Return any window; a text is a length or a calendar period."""
    return window_of(given) if isinstance(given, str) else given


def end_of(period: str | Calendar) -> Calendar:
    """Return the moment a calendar period ended: ``end_of("previous_quarter")``."""
    return parse_calendar(period) if isinstance(period, str) else period


def moment_of(given: Moment | str) -> Moment:
    """Return a point in time; a text is a day, an instant, or a length of time ago."""
    if isinstance(given, Duration | Calendar):
        return given
    if isinstance(given, str):
        if re.fullmatch(DURATION_PATTERN.strip("^$"), given):
            return parse_duration(given)
        found = plain_scalar(given)
        if not isinstance(found, dt.date):
            hint = 'write a date, "2026-03-31", "30d" (that long ago) or end_of("previous_quarter")'
            raise DefinitionError(f"{given!r} is not a moment", hint=hint)
        return found
    return cast(dt.date, Cursor(given).scalar())
