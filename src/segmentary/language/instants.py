"""Points in time and exact lengths as definitions write them."""

from __future__ import annotations

import datetime as dt

from segmentary.errors import DefinitionError
from segmentary.language.tree import Calendar, Context, Duration, Moment
from segmentary.language.windows import EXACT, as_instant, bounds, subtract, zone_of

MICROSECOND = dt.timedelta(microseconds=1)


def instant_of(moment: Moment, context: Context, timezone: str | None = None) -> dt.datetime:
    """Return the instant a moment means, as-of at the latest.

    Raises
    ------
    DefinitionError
        for a calendar window that is not over.
    """
    match moment:
        case Calendar(which="this"):
            raise DefinitionError(f"this {moment.unit} is not over", hint=f"previous_{moment.unit}")
        case Calendar():
            found = bounds(moment, context, timezone)[1]
        case Duration():
            found = subtract(context.as_of, moment, zone_of(context, timezone))
        case _:
            found = as_instant(moment, zone_of(context, timezone))
    return min(found, context.as_of)


def exact_length(length: Duration) -> int:
    """Return a length in microseconds.

    Raises
    ------
    DefinitionError
        for months and longer, which have no fixed length.
    """
    if length.unit not in EXACT:
        raise DefinitionError(f"a {length.unit} has no fixed length here", hint="say it in days: 30d")
    return length.amount * (EXACT[length.unit] // MICROSECOND)
