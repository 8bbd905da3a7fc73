"""What is known of everybody in a journey, read at once: segments as served, events since they came, what they got."""

from __future__ import annotations

import datetime as dt
import json
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

import pyarrow as pa
from sqlglot import exp

from segmentary.engine.sqlfile import column, literal
from segmentary.ledger.ledger import instant_text
from segmentary.schema import EVENTS

if TYPE_CHECKING:
    from segmentary.activation.journey.plan import Journey
    from segmentary.ledger.journeys import PositionEntry
    from segmentary.workspace.workspace import Workspace

PEOPLE = "journey_people"


@dataclass(frozen=True, slots=True)
class PersonFacts:
    """What is known of one person; `segmentary.activation.journey.engine.Known`."""

    segments: frozenset[str]
    events: Sequence[tuple[str, dt.datetime, str]]
    messages: dict[str, str]

    def in_segment(self, segment: str) -> bool:
        """Say whether they are a member, as served."""
        return segment in self.segments

    def happened(self, event: str, since: dt.datetime, message: str = "") -> bool:
        """Say whether the event happened at or after a moment; message: as a reaction to it."""
        return any(name == event and at >= since and message in ("", of) for name, at, of in self.events)

    def message_of(self, step: str) -> str:
        """Return the id of the newest message that a step sent them since they entered."""
        return self.messages.get(step, "")


@dataclass
class Facts:
    """What is known of many people."""

    members: dict[str, set[str]] = field(default_factory=dict)
    events: dict[str, list[tuple[str, dt.datetime, str]]] = field(default_factory=dict)
    messages: dict[str, dict[str, str]] = field(default_factory=dict)

    def of(self, customer_id: str) -> PersonFacts:
        """Return what is known of one person."""
        inside = frozenset(name for name, ids in self.members.items() if customer_id in ids)
        return PersonFacts(inside, self.events.get(customer_id, ()), self.messages.get(customer_id, {}))


def facts(workspace: Workspace, journeys: Iterable[Journey], people: Sequence[PositionEntry]) -> Facts:
    """Read what some journeys (versions of one) ask of the people who are in them."""
    found = Facts()
    plans = list(journeys)
    ids = [one.customer_id for one in people]
    asked = {name for plan in plans for name in plan.segments}
    served = set(workspace.lookup.served().positions)
    for name in sorted(asked & served):
        found.members[name] = set(workspace.lookup.members_among(ids, name))
    names = sorted({name for plan in plans for name in plan.events})
    if names and people:
        found.events = events_since(workspace, names, people)
    for plan in plans:
        for step in {getattr(one, "of", "") for one in plan.conditions} - {""}:
            for customer, message in messages_of(workspace, plan.name, step, people).items():
                found.messages.setdefault(customer, {})[step] = message
    return found


def events_since(
    workspace: Workspace, names: Sequence[str], people: Sequence[PositionEntry]
) -> dict[str, list[tuple[str, dt.datetime, str]]]:
    """Return per person the events of these names since they entered: name, instant, and which message it is about."""
    table = pa.table(
        {
            "customer_id": [one.customer_id for one in people],
            "entered_at": pa.array([one.entered_at.replace(tzinfo=None) for one in people], pa.timestamp("us")),
        }
    )
    workspace.warehouse.ingest(PEOPLE, table)
    try:
        on = exp.and_(
            exp.EQ(this=column("customer_id", "e"), expression=column("customer_id", "p")),
            exp.GTE(this=column("happened_at", "e"), expression=column("entered_at", "p")),
        )
        query = (
            exp.select(column("customer_id", "e"), column("name", "e"), column("happened_at", "e"))
            .select(column("properties", "e"))
            .from_(exp.table_(EVENTS.name, quoted=True, alias="e"))
            .join(exp.table_(PEOPLE, quoted=True, alias="p"), on=on)
            .where(exp.In(this=column("name", "e"), expressions=[literal(name) for name in names]))
        )
        rows = workspace.warehouse.rows(query)
    finally:
        workspace.warehouse.drop(PEOPLE)
    found: dict[str, list[tuple[str, dt.datetime, str]]] = {}
    for customer, name, happened_at, properties in rows:
        at = happened_at.replace(tzinfo=dt.UTC)
        found.setdefault(str(customer), []).append((str(name), at, message_in(properties)))
    return found


def message_in(properties: object) -> str:
    """Return which message a reaction is about."""
    held = json.loads(properties) if isinstance(properties, str) and '"message"' in properties else {}
    return str(held.get("message", "")) if isinstance(held, dict) else ""


def messages_of(workspace: Workspace, journey: str, step: str, people: Sequence[PositionEntry]) -> dict[str, str]:
    """Return per person the newest message that a step put into the outbox since they entered."""
    entered = {one.customer_id: instant_text(one.entered_at) for one in people}
    rows = workspace.ledger.rows(
        "select customer_id, created_at, message from outbox where origin = ? order by number", origin_of(journey, step)
    )
    return {
        customer: message for customer, created, message in rows if customer in entered and created >= entered[customer]
    }


def origin_of(journey: str, step: str) -> str:
    """Return what the outbox calls the messages of a step."""
    return f"journey:{journey}/{step}"
