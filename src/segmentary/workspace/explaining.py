"""Explain one customer: fetch what is known of them and let the oracle judge, with the population's part handed in.

Only what a single person's facts cannot answer is evaluated for everybody: ranks and scores. A rule without them reads
the rows of that customer (and of the others of their account or household, where a rule asks about those) and no more.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Any

from sqlglot import exp

from segmentary.engine.base import Engine
from segmentary.engine.sqlfile import literal
from segmentary.errors import UnknownNameError
from segmentary.language.history import Person
from segmentary.language.instants import instant_of
from segmentary.language.kinds import model_key
from segmentary.language.next_change import Sought, seek
from segmentary.language.oracle import Population
from segmentary.language.surroundings import wider
from segmentary.language.tree import (
    Context,
    EntityType,
    ModelValue,
    Near,
    Rank,
    ReferenceValue,
    Related,
    Scalar,
    SegmentAt,
    SegmentDefinition,
    SegmentReference,
    TraitDefinition,
    TraitValue,
)
from segmentary.language.version import version
from segmentary.language.walk import Node, children, segments_remembered
from segmentary.ledger.definitions import lists
from segmentary.models.rfm import OUTPUTS as RFM_OUTPUTS
from segmentary.profiles.observed import group_attribute_types
from segmentary.segments.explain import Explanation, explanation
from segmentary.workspace.evaluating import pinned
from segmentary.workspace.evaluation import GROUP_KINDS, Evaluation, flag_query
from segmentary.workspace.fetching import (
    fetch,
    fetch_entries,
    fetch_group,
    fetch_group_people,
    fetch_members,
    fetch_people,
    fetch_places,
    fetch_references,
)
from segmentary.workspace.scoring import outputs_of

if TYPE_CHECKING:
    from segmentary.workspace.moments import Moment
    from segmentary.workspace.workspace import Workspace

READINGS = 50_000
"""How many readings of an event the search for the next change is worth."""


@dataclass(frozen=True, slots=True)
class Reached:
    """A node a definition rests on, with the zone it is judged in and what is judged."""

    node: Node
    timezone: str | None
    entity: EntityType


@dataclass(frozen=True, slots=True)
class Case:
    """What is to be explained and everything it refers to.

    subject : whom it is about, a customer or a group; people : the customers that are judged, the subject among them or
    its members; nodes : every node that is reached.
    """

    workspace: Workspace
    definition: SegmentDefinition
    segments: Mapping[str, SegmentDefinition]
    traits: Mapping[str, TraitDefinition]
    subject: Person
    people: tuple[Person, ...]
    nodes: tuple[Reached, ...]


def explain(workspace: Workspace, definition: SegmentDefinition, entity_id: str, as_of: Moment) -> Explanation:
    """Say why a customer (account, household) is, or is not, in a segment.

    Raises
    ------
    UnknownNameError
        when there is no such customer or group.
    """
    workspace.derived.ensure()
    run = workspace.last_run()
    when = as_of if as_of is not None else run.as_of if run is not None else None
    context = workspace.context(when)
    case = made(workspace, definition, entity_id)
    population = judged(case, context)
    if entity_id not in population.universe():
        kind = f"{definition.entity} at that moment"
        raise UnknownNameError(kind, entity_id, [], see=f"{entity_id} was first seen later")
    trace = population.trace(definition.where, entity_id, definition.timezone, segment=definition.name)
    changes = Sought(None, context.as_of, complete=True)
    if not (asks_population(case) and moments_of(case)):
        zone, name = definition.timezone, definition.name
        changes = seek(population, definition.where, entity_id, zone, segment=name, effort=READINGS)
    return explanation(
        definition,
        entity_id,
        trace,
        as_of=context.as_of,
        version=version(definition),
        will_change_at=changes.instant,
        sought_until=None if changes.complete else changes.until,
    )


def made(workspace: Workspace, definition: SegmentDefinition, entity_id: str) -> Case:
    """Return what is to be explained, with the members of the group, or the others of a customer's groups."""
    engine = workspace.warehouse
    segments = {**workspace.segments_defined(), definition.name: definition}
    traits = workspace.traits_defined()
    names = {one.node.name for one in reached(definition, segments, traits) if isinstance(one.node, TraitValue)}
    segments |= pinned(workspace.ledger, segments, {name: traits[name] for name in names & traits.keys()})
    nodes = tuple(reached(definition, segments, traits))
    if definition.entity in GROUP_KINDS:
        subject = fetch_group(engine, definition.entity, entity_id)
        people = fetch_people(engine, fetch_members(engine, definition.entity, entity_id))
    else:
        subject = fetch(engine, entity_id)
        people = [subject]
    related = [one.node for one in nodes if isinstance(one.node, Related) and one.entity not in GROUP_KINDS]
    for _ in related:
        others = fetch_group_people(engine, people, {node.group for node in related})
        if not others:
            break
        people += fetch_people(engine, others)
    return Case(workspace, definition, segments, traits, subject, tuple(people), nodes)


def reached(
    definition: SegmentDefinition, segments: Mapping[str, SegmentDefinition], traits: Mapping[str, TraitDefinition]
) -> Iterator[Reached]:
    """Yield every node of a definition and of all it depends on; what groups ask of members is about customers."""
    waiting: list[Reached] = [Reached(definition, definition.timezone, definition.entity)]
    seen: set[Node] = set()
    while waiting:
        one = waiting.pop()
        yield one
        node = one.node
        entity = "customer" if isinstance(node, Related) else one.entity
        waiting += [Reached(part, one.timezone, entity) for part in children(node)]
        named: list[SegmentDefinition | TraitDefinition] = []
        if isinstance(node, TraitValue) and node.name in traits and one.entity not in GROUP_KINDS:
            named.append(traits[node.name])
        named += [segments[key] for key in keys_evaluated(node, segments)]
        for other in named:
            if other not in seen:
                seen.add(other)
                waiting.append(Reached(other, other.timezone, one.entity))


def keys_evaluated(node: Node, segments: Mapping[str, SegmentDefinition]) -> list[str]:
    """Return the key of the segment whose definition a node depends on, where there is one."""
    if isinstance(node, SegmentReference) or (isinstance(node, SegmentAt) and node.evaluated):
        key = node.name if node.version is None else f"{node.name}@{node.version}"
        return [one for one in (key, node.name) if one in segments][:1]
    return []


# ---------------------------------------------------------------- the population


def judged(case: Case, context: Context) -> Population:
    """Return the oracle's population of whom a case is about, as of a moment."""
    workspace, engine, definition = case.workspace, case.workspace.warehouse, case.definition
    found = [one.node for one in case.nodes]
    ids = [case.subject.customer_id, *(person.customer_id for person in case.people)]
    remembered = {name for node in found for name in segments_remembered(node)}
    # Ranks keep the members of the segment they stand in, by its log.
    standing = {key for node in found for key in keys_evaluated(node, case.segments)}
    remembered |= {definition.name, *(case.segments[key].name for key in standing)}
    shared: dict[str, Any] = {
        "segments": case.segments,
        "lists": lists(workspace.ledger),
        "entries": fetch_entries(engine, ids, remembered),
        "places": fetch_places(engine, {n.places for n in found if isinstance(n, Near) and n.places is not None}),
    }
    ranks, given = population_part(case, context) if asks_population(case) else ({}, {})
    customers = Population(
        case.people,
        context,
        traits=case.traits,
        given=given,
        given_types={**workspace.derived.attribute_types(), **RFM_OUTPUTS, **workspace.derived.outputs()},
        known_ranks=ranks.get("customer", {}),
        references=fetch_references(engine, {n.table for n in found if isinstance(n, ReferenceValue)}),
        **shared,
    )
    population = customers
    if definition.entity in GROUP_KINDS:
        population = Population(
            [case.subject],
            context,
            given_types=group_attribute_types(engine, definition.entity),
            known_ranks=ranks.get(definition.entity, {}),
            members=customers,
            entity=definition.entity,
            **shared,
        )
    if asks_population(case):
        for one, node in moments_of(case):
            asked = case.segments[keys_evaluated(node, case.segments)[0]]
            whose = customers if one.entity == "customer" else population
            instant = instant_of(node.at, context, one.timezone)
            then = replace(case, definition=asked, nodes=tuple(reached(asked, case.segments, case.traits)))
            whose.moments[instant] = judged(then, replace(context, as_of=instant))
    return population


def moments_of(case: Case) -> list[tuple[Reached, SegmentAt]]:
    """Return the memberships of other moments that are evaluated by a definition."""
    return [(one, one.node) for one in case.nodes if isinstance(one.node, SegmentAt) and one.node.evaluated]


def asks_population(case: Case) -> bool:
    """Say whether a rule needs what only the whole population tells: ranks and scores."""
    scored = RFM_OUTPUTS.keys() | case.workspace.derived.outputs().keys()
    return any(
        isinstance(one.node, Rank | ModelValue) or (isinstance(one.node, TraitValue) and one.node.name in scored)
        for one in case.nodes
    )


def population_part(
    case: Case, context: Context
) -> tuple[dict[EntityType, dict[Rank, set[str]]], dict[str, Mapping[str, Scalar]]]:
    """Return who is within each rank, by what is ranked, and the people's scores: one evaluation of everybody."""
    engine, ids = case.workspace.warehouse, [case.subject.customer_id, *(p.customer_id for p in case.people)]
    ranks: dict[tuple[EntityType, Rank], str | None] = {}
    for one in case.nodes:
        if isinstance(one.node, Rank):
            for rank in (replace(one.node, keep_share=None, keep_number=None), wider(one.node)):
                if rank is not None:
                    ranks.setdefault((one.entity, rank), one.timezone)
    asked = {
        f"rank {i}": SegmentDefinition(f"rank {i}", rank, timezone=ranks[entity, rank], entity=entity)
        for i, (entity, rank) in enumerate(ranks)
    }
    names = {one.node.name for one in case.nodes if isinstance(one.node, TraitValue) and one.entity == "customer"}
    models = {model_key(one.node) for one in case.nodes if isinstance(one.node, ModelValue)}
    evaluation = case.workspace.evaluate(asked, context, traits=names | models)
    found: dict[EntityType, dict[Rank, set[str]]] = {}
    for i, (entity, rank) in enumerate(ranks):
        found.setdefault(entity, {})[rank] = members_among(engine, evaluation, f"rank {i}", ids)
    return found, scores(engine, evaluation, ids, models)


def members_among(engine: Engine, evaluation: Evaluation, segment: str, ids: Iterable[str]) -> set[str]:
    """Return who of some people is in an evaluated segment."""
    query = flag_query(evaluation, segment).where(exp.column("customer_id", quoted=True).isin(*map(literal, ids)))
    return {row[0] for row in engine.rows(query)}


def scores(
    engine: Engine, evaluation: Evaluation, ids: Iterable[str], models: Iterable[str]
) -> dict[str, Mapping[str, Scalar]]:
    """Return the model outputs of some people; missing ones are left out."""
    scored = RFM_OUTPUTS if evaluation.rfm is not None else ()
    names = [n for n in dict.fromkeys((*scored, *outputs_of(evaluation.models), *models)) if n in evaluation.given]
    if not names:
        return {}
    columns = ["customer_id", *(evaluation.given[name].column for name in names)]
    query = (
        exp.select(*(exp.column(name, quoted=True) for name in columns))
        .from_(exp.table_(evaluation.scored, quoted=True))
        .where(exp.column("customer_id", quoted=True).isin(*map(literal, ids)))
    )
    found: dict[str, Mapping[str, Scalar]] = {}
    for customer, *values in engine.rows(query):
        known = zip(names, values, strict=True)
        found[customer] = {name: value for name, value in known if value is not None}
    return found
