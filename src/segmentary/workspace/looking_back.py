"""Moments of the past to learn from, and what everybody had bought by each."""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

from sqlglot import exp

from segmentary.engine.sqlfile import literal
from segmentary.errors import NoAnswerError
from segmentary.schema import EVENTS, ORDER_COMPLETED

if TYPE_CHECKING:
    from segmentary.language.tree import Context
    from segmentary.models.value.purchases import Purchases
    from segmentary.workspace.workspace import Workspace

FITTED_AT = 2
"""Past moments a model is fitted at, beside the one it is tested on."""
A_DAY = dt.timedelta(days=1)
"""The day of the first event is a whole one: nobody opens at midnight."""


@dataclass(frozen=True, slots=True)
class Past:
    """Moments to learn from: fitted at `train` (rising), tested at `test`; data begin at `first`, end at `now`."""

    train: tuple[Context, ...]
    test: Context
    first: dt.datetime
    now: Context


def past(workspace: Workspace, context: Context, days: int, *, event: str | None = None) -> Past:
    """Return the moments of the past, each with a whole horizon after it and one before it.

    event : the sort of events that count (default: all).

    Raises
    ------
    NoAnswerError
        when the history is too short, or ended long before the moment.
    """
    workspace.derived.ensure()
    first, last = span(workspace, context, event)
    ahead = dt.timedelta(days=days)
    if context.as_of - last > max(ahead, dt.timedelta(days=30)):
        day = last.date() + dt.timedelta(days=1)
        silent = f"nothing happened in the {(context.as_of - last).days:,} days before {context.as_of:%Y-%m-%d}"
        raise NoAnswerError(
            f"{silent}: that is no past to learn from", hint=f"look back from the data's end: --as-of {day}"
        )
    moments = [context.as_of - (back + 1) * ahead for back in range(FITTED_AT + 1)]
    held = [replace(context, as_of=moment, known_at=None) for moment in moments if moment - first > ahead - A_DAY]
    if len(held) < 2:
        history = f"the data hold {(context.as_of - first).days:,} days before {context.as_of:%Y-%m-%d}"
        raise NoAnswerError(
            f"{history}; to look {days:,} days ahead takes {3 * days:,}: one to know people, one to fit, one to test",
            hint=f"look less far ahead: --days {max(1, (context.as_of - first).days // 3)}",
        )
    return Past(tuple(reversed(held[1:])), held[0], first, context)


def span(workspace: Workspace, context: Context, event: str | None) -> tuple[dt.datetime, dt.datetime]:
    """Return the first and the last moment at which something happened before as-of."""
    when = exp.column("happened_at", quoted=True)
    query = (
        exp.select(exp.Min(this=when).as_("first"), exp.Max(this=when.copy()).as_("last"))
        .from_(exp.table_(EVENTS.name, quoted=True))
        .where(exp.LT(this=when.copy(), expression=literal(context.as_of)))
    )
    if event is not None:
        query = query.where(exp.column("name", quoted=True).eq(literal(event)))
    ((first, last),) = workspace.warehouse.rows(query)
    if first is None:
        what = "no orders" if event == ORDER_COMPLETED else "no events"
        raise NoAnswerError(
            f"there are {what} before {context.as_of:%Y-%m-%d}", hint="load some, or look back from a later day"
        )
    return first.replace(tzinfo=dt.UTC), last.replace(tzinfo=dt.UTC)


def purchases(workspace: Workspace, context: Context) -> Purchases:
    """Return what everybody had bought by a moment."""
    from segmentary.models.value.purchases import Purchases, purchases_query

    query = purchases_query(exp.table_(EVENTS.name, quoted=True), context)
    return Purchases.from_table(workspace.warehouse.table(query))


def local_day(context: Context) -> dt.date:
    """Return the day of a moment in the workspace's zone."""
    from zoneinfo import ZoneInfo

    return context.as_of.astimezone(ZoneInfo(context.timezone)).date()
