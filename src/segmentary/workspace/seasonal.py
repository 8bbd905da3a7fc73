"""How much data a workspace has, month by month, for what may be said of seasons."""

from __future__ import annotations

import datetime as dt
from pathlib import Path
from typing import TYPE_CHECKING
from zoneinfo import ZoneInfo

from segmentary.engine.sqlfile import query
from segmentary.schema import EVENTS
from segmentary.workspace.moments import Moment, as_of_instant

if TYPE_CHECKING:
    from segmentary.dynamics.seasons import Seasons
    from segmentary.workspace.workspace import Workspace

MONTHS = Path(__file__).with_name("seasonal.sql")


def seasons_of(workspace: Workspace, event: str, as_of: Moment) -> Seasons:
    """Say what may be said of the seasons of an event: its money where it has amounts, else its number."""
    from sqlglot import exp

    from segmentary.dynamics.seasons import seasons

    workspace.derived.ensure()
    zone = workspace.settings.timezone
    until = as_of_instant(as_of, zone) if as_of is not None else workspace.tick()
    rows = workspace.warehouse.rows(
        query(MONTHS, events=exp.table_(EVENTS.name, quoted=True), zone=zone, event=event, as_of=until)
    )
    if not rows:
        return seasons(None, None)
    local = ZoneInfo(zone)
    first = min(row[1] for row in rows).replace(tzinfo=dt.UTC).astimezone(local).date()
    last = max(row[2] for row in rows).replace(tzinfo=dt.UTC).astimezone(local).date()
    money = any(row[4] for row in rows)
    totals = {row[0]: float(row[4] or 0) if money else float(row[3]) for row in rows}
    # The first and the last month count only when they were seen whole.
    whole = {
        month: total
        for month, total in totals.items()
        if month >= first.replace(day=1) and (month > first or first.day == 1) and next_month(month) <= last + DAY
    }
    return seasons(first, last, whole)


DAY = dt.timedelta(days=1)


def next_month(month: dt.date) -> dt.date:
    """Return the first day of the month after.

    >>> next_month(dt.date(2026, 12, 1))
    datetime.date(2027, 1, 1)
    """
    return (month + dt.timedelta(days=32)).replace(day=1)
