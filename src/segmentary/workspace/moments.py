"""Moments as people write them."""

from __future__ import annotations

import datetime as dt
from zoneinfo import ZoneInfo

from segmentary.errors import UsageError

Moment = dt.date | dt.datetime | str | None
"""A date (the start of that local day), a time, their ISO text, or nothing: now."""


def as_of_instant(moment: dt.date | dt.datetime | str, timezone: str) -> dt.datetime:
    """Return an aware UTC instant. A date is the start of that day in `timezone`; a time without zone is local there.

    Raises
    ------
    UsageError
        when the text is neither.
    """
    if isinstance(moment, str):
        try:
            moment = dt.date.fromisoformat(moment) if len(moment) <= 10 else dt.datetime.fromisoformat(moment)
        except ValueError:
            raise UsageError(
                f"not a date or time: {moment!r}", hint="write 2026-03-01 or 2026-03-01T12:00:00+01:00"
            ) from None
    if not isinstance(moment, dt.datetime):
        moment = dt.datetime(moment.year, moment.month, moment.day)  # noqa: DTZ001 - the zone is set below
    if moment.tzinfo is None:
        moment = moment.replace(tzinfo=ZoneInfo(timezone))
    try:
        return moment.astimezone(dt.UTC)
    except OverflowError:
        raise UsageError("no calendar reaches this moment", hint="choose a year between 2 and 9998") from None
