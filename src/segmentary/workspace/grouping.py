"""Segments of accounts and households: judged by their own attributes and by the people in them.

What they ask about people is evaluated with the segments of customers, in the same pass. In the end all flags stand in
one table: a segment's ids are ids of its own kind of entity, and false for every other kind.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, replace

from sqlglot import exp

from segmentary.engine.base import Engine
from segmentary.engine.sqlfile import literal
from segmentary.language.inputs import Inputs
from segmentary.language.plan import Plan
from segmentary.language.tree import Context, EntityType, SegmentDefinition
from segmentary.profiles.asof import profile_query
from segmentary.profiles.observed import group_attribute_types
from segmentary.schema import EVENTS, GROUPS
from segmentary.workspace.evaluation import (
    GROUP_KINDS,
    PARTS,
    Evaluation,
    Request,
    evaluate_customers,
    flag_query,
    moments_of,
)
from segmentary.workspace.gathering import asked, gathered, group_attributes, make_view
from segmentary.workspace.pass_over_events import make_activity


@dataclass(frozen=True, slots=True)
class GroupPlan:
    """The segments of one kind of group, compiled.

    people : what they ask about their members, as segments of customers, by their keys among those; keys : the plan's
    own key of each.
    """

    kind: EntityType
    segments: Mapping[str, SegmentDefinition]
    plan: Plan
    profile: exp.Query
    attributes: exp.Table
    people: Mapping[str, SegmentDefinition]
    keys: Mapping[str, str]


def with_groups(engine: Engine, request: Request) -> Evaluation:
    """Evaluate segments of customers and of groups."""
    plans = [planned(engine, kind, request) for kind in GROUP_KINDS if of_kind(request.segments, kind)]
    own = {name: one for name, one in request.segments.items() if one.entity not in GROUP_KINDS}
    people = {key: one for plan in plans for key, one in plan.people.items()}
    customers = evaluate_customers(engine, replace(request, segments={**own, **people}))
    flags: list[tuple[Mapping[str, str], str]] = [({n: customers.segment_columns[n] for n in own}, customers.flags)]
    universes = dict(customers.universes)
    everybody = [customers.universe]
    for plan in plans:
        size, columns, prefix = evaluate_groups(engine, plan, customers, request)
        universes[plan.kind] = size
        flags.append((columns, f"{prefix}_flags"))
        everybody.append(f"{prefix}_universe")
    table, universe = f"{request.prefix}_all_flags", f"{request.prefix}_everybody"
    query, places = together(flags)
    engine.create_as(table, query, temporary=True)
    engine.create_as(universe, everyone([exp.table_(name, quoted=True) for name in everybody]), temporary=True)
    entities = {name: plan.kind for plan in plans for name in plan.segments}
    return replace(
        customers,
        universe=universe,
        flags=table,
        segment_columns=places,
        universes=universes,
        entities=entities,
    )


def everyone(universes: Iterable[exp.Table | exp.Query]) -> exp.Query:
    """Return the ids of several universes, each once."""
    first, *others = (
        exp.select(exp.column("customer_id", quoted=True)).from_(
            one if isinstance(one, exp.Table) else one.subquery("universe")
        )
        for one in universes
    )
    found: exp.Query = first
    for other in others:
        found = exp.union(found, other)
    return found


def universe_of_run(engine: Engine, evaluation: Evaluation, kinds: Iterable[str]) -> exp.Table:
    """Return the universe of an evaluation of customers with the groups of the kinds that were judged beside them."""
    groups = [groups_query(kind, evaluation.context) for kind in GROUP_KINDS if kind in set(kinds)]
    if groups:
        query = everyone([exp.table_(evaluation.universe, quoted=True), *groups])
        engine.create_as("universe_of_run", query, temporary=True)
        return exp.table_("universe_of_run", quoted=True)
    return exp.table_(evaluation.universe, quoted=True)


def of_kind(segments: Mapping[str, SegmentDefinition], kind: EntityType) -> dict[str, SegmentDefinition]:
    return {name: one for name, one in segments.items() if one.entity == kind}


def planned(engine: Engine, kind: EntityType, request: Request) -> GroupPlan:
    """Compile the segments of one kind of group."""
    segments, context = of_kind(request.segments, kind), request.context
    attributes = group_attributes(engine, kind, context, f"{request.prefix}_{kind}")
    query, given = profile_query(group_attribute_types(engine, kind), context, table=attributes)
    plan = Plan.build(
        segments=segments, traits={}, given=dict(given), context=context, lists=request.lists, entity=kind
    )
    people, keys = {}, {}
    for key, (rule, timezone) in plan.related.items():
        name = f"members of {kind}s, {key}"
        people[name] = SegmentDefinition(name, rule, timezone=timezone)
        keys[key] = name
    return GroupPlan(kind, segments, plan, query, attributes, people, keys)


def evaluate_groups(
    engine: Engine, group: GroupPlan, customers: Evaluation, request: Request
) -> tuple[int, Mapping[str, str], str]:
    """Evaluate the segments of one kind of group; return how many groups there are, the columns and the prefix."""
    plan, context = group.plan, request.context
    prefix = f"{request.prefix}_{group.kind}"
    moments = moments_of(engine, plan, replace(request, prefix=prefix))
    related = {}
    for number, (key, name) in enumerate(group.keys.items()):
        place = f"{prefix}_related{number}"
        engine.create_as(place, flag_query(customers, name), temporary=True)
        related[key] = exp.table_(place, quoted=True)
    tables = {part: exp.table_(f"{prefix}_{part}", quoted=True) for part in PARTS}
    size = engine.create_as(f"{prefix}_universe", groups_query(group.kind, context), temporary=True)
    engine.create_as(f"{prefix}_profile", group.profile, temporary=True)
    nothing = exp.select("*").from_(exp.table_(EVENTS.name, quoted=True)).where(exp.false())
    make_view(engine, f"{prefix}_events", nothing)
    events = exp.table_(f"{prefix}_events", quoted=True)
    inputs = Inputs(tables["universe"], tables["profile"], events, tables["activity"], moments=moments, related=related)
    inputs = gathered(engine, inputs, asked(group.segments.values()) - {"attributes"}, context, prefix)
    inputs = replace(inputs, attributes=group.attributes)
    if inputs.decisions is not None:
        # Customers decide, groups do not; an id may be both.
        make_view(engine, f"{prefix}_undecided", exp.select("*").from_(inputs.decisions).where(exp.false()))
        inputs = replace(inputs, decisions=exp.table_(f"{prefix}_undecided", quoted=True))
    make_activity(engine, plan, inputs, f"{prefix}_activity")
    engine.create_as(f"{prefix}_traits", plan.trait_values(inputs), temporary=True)
    engine.create_as(f"{prefix}_flags", plan.memberships(replace(inputs, traits=tables["traits"])), temporary=True)
    return size, dict(plan.segment_columns), prefix


def groups_query(kind: EntityType, context: Context) -> exp.Select:
    """Return the ids of the groups of a kind that existed before as-of; the undated have always existed."""
    seen = exp.column("first_seen_at", quoted=True)
    named = exp.EQ(this=exp.column("group_kind", quoted=True), expression=literal(kind))
    there = exp.or_(seen.is_(exp.null()), exp.LT(this=seen.copy(), expression=literal(context.as_of)))
    ids = exp.column("group_id", quoted=True).as_("customer_id", quoted=True)
    return exp.select(ids).from_(exp.table_(GROUPS.name, quoted=True)).where(named, there)


def together(flags: list[tuple[Mapping[str, str], str]]) -> tuple[exp.Query, dict[str, str]]:
    """Return one relation of the flags of several kinds of entities, and the column of every segment in it."""
    places = {name: f"s{i}" for i, name in enumerate(name for columns, _ in flags for name in columns)}
    parts = []
    for columns, table in flags:
        part = exp.select(exp.column("customer_id", quoted=True)).from_(exp.table_(table, quoted=True))
        for name, place in places.items():
            value = exp.column(columns[name], quoted=True) if name in columns else exp.false()
            part = part.select(exp.alias_(value, place, quoted=True), copy=False)
        parts.append(part)
    everything: exp.Query = parts[0]
    for part in parts[1:]:
        everything = exp.union(everything, part, distinct=False)
    # An account may have the id of a customer: one row each, as everything that reads flags expects.
    query = exp.select(exp.column("customer_id", quoted=True)).from_(everything.subquery("parts"))
    for place in places.values():
        merged = exp.LogicalOr(this=exp.column(place, quoted=True))
        query = query.select(exp.alias_(merged, place, quoted=True), copy=False)
    return query.group_by(exp.column("customer_id", quoted=True)), places
