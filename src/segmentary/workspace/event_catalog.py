"""The events there are: how many, of how many people, from when to when, and what each carries."""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING

from sqlglot import exp

from segmentary.engine.duckdb import DuckDB
from segmentary.engine.sqlfile import column, literal
from segmentary.errors import UnknownNameError
from segmentary.language.tree import ValueType
from segmentary.schema import EVENTS
from segmentary.workspace.population import state_of
from segmentary.workspace.value_suggestions import ValueCount

if TYPE_CHECKING:
    from segmentary.workspace.workspace import Workspace

Counted = tuple[int, int, dt.datetime | None, dt.datetime | None]
COUNTED = ("category", "brand", "channel", "product_id", "source", "currency", "status", "campaign_id")
"""Properties with a column of their own that say something by their values."""


@dataclass(frozen=True, slots=True)
class EventInfo:
    """One kind of event. ``properties``: what they carry, with types."""

    name: str
    events: int
    people: int
    first_at: dt.datetime | None
    last_at: dt.datetime | None
    properties: Mapping[str, ValueType]


def events_of(workspace: Workspace) -> list[EventInfo]:
    """Return every kind of event by name; counted once a load."""
    counted = counted_events(workspace)
    words = workspace.derived.events()
    found = []
    for name in sorted({*words, *counted}):
        events, people, first, last = counted.get(name, (0, 0, None, None))
        found.append(EventInfo(name, events, people, first, last, words.get(name, {})))
    return found


def event_of(workspace: Workspace, name: str) -> EventInfo:
    """Return one kind of event.

    Raises
    ------
    UnknownNameError
        when there is none of that name.
    """
    found = {one.name: one for one in events_of(workspace)}
    if name not in found:
        raise UnknownNameError("event", name, found)
    return found[name]


def counted_events(workspace: Workspace) -> dict[str, Counted]:
    """Return how many events of each name there are, counted once for each state of the warehouse."""
    if not isinstance(workspace.warehouse, DuckDB):
        return counts(workspace)
    state = state_of(workspace, workspace.warehouse)
    found: dict[str, Counted] = workspace.columns.known(
        state, "catalogue of events", lambda: counts(workspace), lambda one: 200 * len(one)
    )
    return found


def counts(workspace: Workspace) -> dict[str, Counted]:
    happened = column("happened_at")
    query = (
        exp.select(
            column("name"),
            exp.Count(this=exp.Star()),
            exp.Count(this=exp.Distinct(expressions=[column("customer_id")])),
            exp.Min(this=happened),
            exp.Max(this=happened.copy()),
        )
        .from_(exp.table_(EVENTS.name, quoted=True))
        .group_by(column("name"))
    )
    return {
        str(name): (int(n), int(people), aware(first), aware(last))
        for name, n, people, first, last in workspace.warehouse.rows(query)
    }


def top_values(workspace: Workspace, event: str, name: str, *, limit: int, small: int = 0) -> list[ValueCount]:
    """Return the most frequent values of a property with a column of its own, and how many people each.

    Raises
    ------
    UnknownNameError
        when the property is not counted by its values.
    """
    if name not in COUNTED or name not in workspace.warehouse.columns(EVENTS.name):
        raise UnknownNameError("property with values to choose from", name, COUNTED)
    people = exp.Count(this=exp.Distinct(expressions=[column("customer_id")]))
    text = exp.cast(column(name), "varchar")
    query = (
        exp.select(text.as_("value", quoted=True), people.as_("people", quoted=True))
        .from_(exp.table_(EVENTS.name, quoted=True))
        .where(exp.EQ(this=column("name"), expression=literal(event)))
        .where(exp.not_(exp.Is(this=column(name), expression=exp.null())))
        .group_by(text.copy())
    )
    told = exp.select(column("value"), column("people")).from_(query.subquery("counted"))
    if small:
        told = told.where(exp.GTE(this=column("people"), expression=literal(small)))
    told = told.order_by(exp.Ordered(this=column("people"), desc=True, nulls_first=False), column("value"))
    return [ValueCount(str(value), int(n)) for value, n in workspace.warehouse.rows(told.limit(limit))]


def aware(moment: dt.datetime | None) -> dt.datetime | None:
    return moment.replace(tzinfo=dt.UTC) if moment is not None else None
