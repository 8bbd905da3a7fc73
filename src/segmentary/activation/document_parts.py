"""What documents of campaigns, offers, journeys and bots write alike: shares, local days and times, lists of texts."""

from __future__ import annotations

import datetime as dt
from decimal import Decimal, InvalidOperation
from zoneinfo import ZoneInfo

from segmentary.language.cursor import Cursor


def share_of(at: Cursor, *, at_most: str = "100%") -> float:
    """Return a share written as ``10%`` or ``0.1``.

    Raises
    ------
    DefinitionError
        when it is none, or more than what is possible here.
    """
    content = at.content
    text = "" if isinstance(content, bool) or content is None else str(content).strip()
    value, highest = number_of(text), number_of(at_most)
    if value is None or highest is None or not 0 <= value <= highest:
        raise at.wrong(f"{content!r} is no share from 0% to {at_most}", "write it as 10% or 0.1")
    return float(value)


def number_of(text: str) -> Decimal | None:
    """Return the number that a share stands for; None where it stands for none."""
    try:
        value = Decimal(text.removesuffix("%").strip()) / (100 if text.endswith("%") else 1)
    except InvalidOperation:
        return None
    return value if value.is_finite() else None


def moment_of(at: Cursor | None) -> str:
    """Return a local day (``2026-03-01``) or a local time (``2026-03-01T09:00``) as ISO text; empty where none is said.

    Raises
    ------
    DefinitionError
        when it is neither.
    """
    if at is None or at.content in (None, ""):
        return ""
    content = at.content
    text = content.isoformat() if isinstance(content, dt.date) else at.text().strip()
    try:
        if len(text) <= 10:
            return dt.date.fromisoformat(text).isoformat()
        moment = dt.datetime.fromisoformat(text)
    except ValueError:
        raise at.wrong(f"{text!r} is no day or time", "2026-03-01, or 2026-03-01 09:00 of local time") from None
    return moment.isoformat(timespec="auto" if moment.second or moment.microsecond else "minutes")


def bound(text: str, zone: str | ZoneInfo, *, end: bool) -> dt.datetime | None:
    """Return the instant a local day or time stands for; of a day that ends something, its end.

    >>> bound("2026-03-15", "Europe/Berlin", end=True).isoformat()
    '2026-03-15T23:00:00+00:00'
    """
    if not text:
        return None
    place = ZoneInfo(zone) if isinstance(zone, str) else zone
    if len(text) == 10:
        day = dt.date.fromisoformat(text) + dt.timedelta(days=1 if end else 0)
        return dt.datetime.combine(day, dt.time(), place).astimezone(dt.UTC)
    moment = dt.datetime.fromisoformat(text)
    return (moment if moment.tzinfo is not None else moment.replace(tzinfo=place)).astimezone(dt.UTC)


def in_order(at: Cursor, starts: str, ends: str) -> None:
    """Refuse what is over before it begins; a day that ends something is part of it.

    Raises
    ------
    DefinitionError
        at ``until``.
    """
    begins, over = bound(starts, "UTC", end=False), bound(ends, "UTC", end=True)
    if begins is not None and over is not None and over <= begins:
        raise at.down("until").wrong(f"it ends ({ends}) before it begins ({starts})", "until: a later day")


def texts_of(at: Cursor | None) -> tuple[str, ...]:
    """Return one text or a list of texts."""
    if at is None:
        return ()
    if isinstance(at.content, list | tuple):
        return tuple(one.name() for one in at.items("a list of texts"))
    return (at.name(),)
