"""Explain one customer: fetch what is known of them and let the oracle judge, with the population's part handed in."""

from __future__ import annotations

import datetime as dt
import json
from collections.abc import Iterator, Mapping
from typing import TYPE_CHECKING, Any

from sqlglot import exp

from segmentary.engine.base import Engine
from segmentary.engine.sqlfile import literal
from segmentary.errors import UnknownNameError
from segmentary.language.history import AttributeVersion, Event, Person
from segmentary.language.oracle import Population
from segmentary.language.tree import Rank, Scalar, SegmentDefinition, TraitDefinition
from segmentary.language.version import version
from segmentary.language.walk import walk
from segmentary.ledger.definitions import lists
from segmentary.models.rfm import OUTPUTS as RFM_OUTPUTS
from segmentary.schema import CUSTOMER_ATTRIBUTES, CUSTOMERS, EVENTS
from segmentary.segments.explain import Explanation, explanation
from segmentary.workspace.evaluation import Evaluation, flag_query, needed

if TYPE_CHECKING:
    from segmentary.workspace.moments import Moment
    from segmentary.workspace.workspace import Workspace


def explain(workspace: Workspace, definition: SegmentDefinition, customer_id: str, as_of: Moment) -> Explanation:
    """Say why a customer is, or is not, in a segment.

    Raises
    ------
    UnknownNameError
        when there is no such customer.
    """
    workspace.derived.ensure()
    run = workspace.last_run()
    moment = as_of if as_of is not None else run.as_of if run is not None else None
    context = workspace.context(moment)
    person = fetch(workspace.warehouse, customer_id)
    everything, traits = workspace.segments_defined() | {definition.name: definition}, workspace.traits_defined()
    closed, wanted, touched = needed({definition.name: definition}, everything, traits)
    ranks = ranks_in(closed, wanted)
    members: dict[str, set[str]] = {}
    in_rank: dict[Rank, set[str]] = {}
    given: dict[str, Mapping[str, Scalar]] = {}
    others = {name: one for name, one in closed.items() if name != definition.name}
    if ranks or others or touched & RFM_OUTPUTS.keys():
        asked = dict(others)
        asked |= {
            f"rank {i}": SegmentDefinition(f"rank {i}", rank, timezone=zone) for i, (rank, zone) in enumerate(ranks)
        }
        evaluation = workspace.evaluate(asked, context, traits=touched)
        inside = {name: is_in(workspace.warehouse, evaluation, name, customer_id) for name in asked}
        members = {name: {customer_id} if inside[name] else set() for name in others}
        in_rank = {rank: {customer_id} if inside[f"rank {i}"] else set() for i, (rank, _) in enumerate(ranks)}
        given = {customer_id: scores(workspace.warehouse, evaluation, customer_id)}
    population = Population(
        [person],
        context,
        segments=closed,
        traits=wanted,
        given=given,
        given_types={**workspace.derived.attribute_types(), **RFM_OUTPUTS},
        lists=lists(workspace.ledger),
        known_members=members,
        known_ranks=in_rank,
    )
    if customer_id not in population.universe():
        raise UnknownNameError("customer at that moment", customer_id, [], see=f"{customer_id} was first seen later")
    trace = population.trace(definition.where, customer_id, definition.timezone)
    return explanation(definition, customer_id, trace, as_of=context.as_of, version=version(definition))


def ranks_in(
    segments: Mapping[str, SegmentDefinition], traits: Mapping[str, TraitDefinition]
) -> list[tuple[Rank, str | None]]:
    """Return the rank conditions of definitions, each once, with the zone they are judged in."""
    found: dict[Rank, str | None] = {}
    definitions: list[SegmentDefinition | TraitDefinition] = [*segments.values(), *traits.values()]
    for definition in definitions:
        for node in nodes(definition):
            if isinstance(node, Rank):
                found.setdefault(node, definition.timezone)
    return list(found.items())


def nodes(definition: SegmentDefinition | TraitDefinition) -> Iterator[object]:
    root = definition.where if isinstance(definition, SegmentDefinition) else definition.value
    yield from walk(root)


def is_in(engine: Engine, evaluation: Evaluation, segment: str, customer_id: str) -> bool:
    query = flag_query(evaluation, segment).where(exp.column("customer_id", quoted=True).eq(literal(customer_id)))
    return bool(engine.rows(query))


def scores(engine: Engine, evaluation: Evaluation, customer_id: str) -> dict[str, Scalar]:
    """Return a customer's model outputs; missing ones are left out."""
    names = [name for name in RFM_OUTPUTS if name in evaluation.given and evaluation.rfm is not None]
    if not names:
        return {}
    query = (
        exp.select(*(exp.column(evaluation.given[name].column, quoted=True) for name in names))
        .from_(exp.table_(evaluation.scored, quoted=True))
        .where(exp.column("customer_id", quoted=True).eq(literal(customer_id)))
    )
    rows = engine.rows(query)
    return {name: value for name, value in zip(names, rows[0], strict=True) if value is not None} if rows else {}


def fetch(engine: Engine, customer_id: str) -> Person:
    """Return everything known of one customer.

    Raises
    ------
    UnknownNameError
        when there is no such customer.
    """
    people = rows_of(engine, CUSTOMERS.name, customer_id, ("customer_id", "created_at"))
    if not people:
        raise UnknownNameError("customer", customer_id, [], see="ids are those of the newest data; see the people list")
    names = tuple(name for name in EVENTS.names if name != "customer_id")
    events = [event(dict(zip(names, row, strict=True))) for row in rows_of(engine, EVENTS.name, customer_id, names)]
    fields = ("name", "value", "value_type", "valid_from", "valid_to", "known_at", "source")
    attributes = [
        AttributeVersion(name, value, kind, aware(since), aware(until), aware(known), source or "")
        for name, value, kind, since, until, known, source in rows_of(
            engine, CUSTOMER_ATTRIBUTES.name, customer_id, fields
        )
        if value is not None
    ]
    return Person(customer_id, tuple(attributes), tuple(events), aware(people[0][1]))


def rows_of(engine: Engine, table: str, customer_id: str, columns: tuple[str, ...]) -> list[tuple[Any, ...]]:
    query = (
        exp.select(*(exp.column(name, quoted=True) for name in columns))
        .from_(exp.table_(table, quoted=True))
        .where(exp.column("customer_id", quoted=True).eq(literal(customer_id)))
    )
    return engine.rows(query)


def event(row: Mapping[str, Any]) -> Event:
    """Turn a row of the events table into an event."""
    from decimal import Decimal

    properties = json.loads(row["properties"], parse_float=Decimal) if row["properties"] else {}
    return Event(
        name=row["name"],
        happened_at=row["happened_at"].replace(tzinfo=dt.UTC),
        source=row["source"] or "",
        sequence=row["sequence"] or 0,
        message_id=row["message_id"] or "",
        order_id=row["order_id"],
        session_id=row["session_id"],
        amount=row["amount"],
        currency=row["currency"],
        product_id=row["product_id"],
        category=row["category"],
        brand=row["brand"],
        quantity=row["quantity"],
        channel=row["channel"],
        properties=properties,
        known_at=aware(row["known_at"]),
    )


def aware(instant: dt.datetime | None) -> dt.datetime | None:
    return instant.replace(tzinfo=dt.UTC) if instant is not None else None
