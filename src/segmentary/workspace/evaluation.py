"""One evaluation: profiles, computed traits, scores and segments as of a moment, on one snapshot of the warehouse.

Temporary tables, by prefix: ``universe`` (customer_id), ``profile`` (attributes p0, p1, ...), ``activity`` (aggregates
a0, a1, ...: one pass over the events), ``traits`` (t0, t1, ...), ``scored`` (profile and model outputs), ``flags``
(one boolean per segment: s0, s1, ...). Segments at other moments are evaluated first, each moment once, under prefixes
of their own; segments of accounts and households after those of the customers they ask about (`grouping`).
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field, replace

from sqlglot import exp

from segmentary.engine.base import Engine
from segmentary.engine.sqlfile import literal
from segmentary.language.inputs import Inputs
from segmentary.language.lineage import implied
from segmentary.language.plan import Given, Plan
from segmentary.language.tree import (
    Context,
    EntityType,
    SegmentAt,
    SegmentDefinition,
    SegmentReference,
    TraitDefinition,
    ValueType,
)
from segmentary.language.walk import Node, traits_used, walk
from segmentary.models.rfm import COLUMNS as RFM_INPUTS
from segmentary.models.rfm import OUTPUTS as RFM_OUTPUTS
from segmentary.models.rfm import RFM
from segmentary.profiles.asof import profile_query, universe_query
from segmentary.schema import EVENTS
from segmentary.workspace.flagging import make_flags
from segmentary.workspace.gathering import asked, gathered
from segmentary.workspace.pass_over_events import make_activity
from segmentary.workspace.scoring import Models, models_given, outputs_of, reads_of, score_models, used

Tell = Callable[[str], None]
PARTS = ("universe", "profile", "activity", "traits", "scored", "flags")
GROUP_KINDS: tuple[EntityType, ...] = ("account", "household")


@dataclass(frozen=True, slots=True)
class Evaluation:
    """What an evaluation left behind: temporary tables by name, and which column holds what.

    given : attribute and model output columns of table `scored`; trait_columns : computed trait columns of `traits`;
    segment_columns : segment name to its column of `flags`; rfm : the scores' frozen cut points, where made.
    universes : how many entities of each kind there are; entities : what the members of a segment are, where they are
    no customers. The rows of `flags` are all of them.
    """

    context: Context
    universe_size: int
    universe: str
    scored: str
    traits: str
    flags: str
    given: Mapping[str, Given]
    trait_columns: Mapping[str, str]
    segment_columns: Mapping[str, str]
    rfm: RFM | None
    universes: Mapping[str, int] = field(default_factory=dict)
    entities: Mapping[str, EntityType] = field(default_factory=dict)
    models: Models = field(default_factory=dict)

    @property
    def outputs(self) -> set[str]:
        """Columns of `scored` that are made here, not attributes: RFM scores and what models say."""
        return RFM_OUTPUTS.keys() | outputs_of(self.models).keys()

    def universe_of(self, segment: str) -> int:
        """Return how many entities of a segment's own kind there are."""
        return self.universes.get(self.entities.get(segment, "customer"), self.universe_size)


@dataclass(frozen=True, slots=True)
class Request:
    """What is to be evaluated, and in which light."""

    segments: Mapping[str, SegmentDefinition]
    traits: Mapping[str, TraitDefinition]
    attributes: Mapping[str, ValueType]
    context: Context
    lists: Mapping[str, tuple[str, ...]]
    prefix: str = "now"
    frozen_rfm: RFM | None = None
    tell: Tell = lambda _: None
    models: Models = field(default_factory=dict)


def needed(
    segments: Mapping[str, SegmentDefinition],
    available: Mapping[str, SegmentDefinition],
    traits: Mapping[str, TraitDefinition],
    *,
    also: Iterable[str] = (),
    models: Models | None = None,
) -> tuple[dict[str, SegmentDefinition], dict[str, TraitDefinition], set[str]]:
    """Return the segments and computed traits a set of segments needs, and every trait name it touches.

    models : those in force: what one is made of is needed where it is asked for.
    """
    closed: dict[str, SegmentDefinition] = {}
    names: set[str] = set(also)
    waiting = dict(segments)
    while waiting:
        name, definition = waiting.popitem()
        closed[name] = definition
        names |= read_by(definition.where)
        for other in definitions_used(definition, available):
            if other not in closed and other not in waiting and other in available:
                waiting[other] = available[other]
    wanted: dict[str, TraitDefinition] = {}
    open_names = set(names)
    if names & RFM_OUTPUTS.keys():
        open_names |= set(RFM_INPUTS.values())
    while open_names:
        name = open_names.pop()
        names.add(name)
        if name in traits and name not in wanted:
            wanted[name] = traits[name]
            open_names |= read_by(traits[name].value) - names
            for other in definitions_used(traits[name], available):
                if other in available and other not in closed:
                    more, _, touched = needed({other: available[other]}, available, traits)
                    closed |= more
                    open_names |= touched - names
    ordered = {name: traits[name] for name in traits if name in wanted}
    read = reads_of(used(models or {}, names, [*closed.values(), *ordered.values()])) - names
    if read:
        return needed(closed, available, traits, also=names | read, models=models)
    return closed, ordered, names


def read_by(node: Node) -> set[str]:
    """Return the traits a rule or value reads: those it names, and the coordinates a distance is taken from."""
    return set(traits_used(node)) | implied(walk(node))


def definitions_used(
    definition: SegmentDefinition | TraitDefinition, available: Mapping[str, SegmentDefinition]
) -> set[str]:
    """Return the keys of the definitions one rests on, a pinned version under ``name@version`` where it is there."""
    found = set()
    for node in walk(definition):
        if isinstance(node, SegmentReference) or (isinstance(node, SegmentAt) and node.evaluated):
            pinned = f"{node.name}@{node.version}"
            found.add(pinned if node.version is not None and pinned in available else node.name)
    return found


def evaluate(
    engine: Engine,
    *,
    segments: Mapping[str, SegmentDefinition],
    traits: Mapping[str, TraitDefinition],
    attributes: Mapping[str, ValueType],
    context: Context,
    lists: Mapping[str, tuple[str, ...]],
    prefix: str = "now",
    frozen_rfm: RFM | None = None,
    tell: Tell = lambda _: None,
    models: Models | None = None,
) -> Evaluation:
    """Evaluate segments and traits; raise `EngineError` when the database fails.

    RFM scores are made whenever recency, order_count and monetary are among the traits; else they are missing.
    """
    from segmentary.workspace.grouping import with_groups

    request = Request(segments, traits, attributes, context, lists, prefix, frozen_rfm, tell, models or {})
    if any(one.entity in GROUP_KINDS for one in segments.values()):
        return with_groups(engine, request)
    return evaluate_customers(engine, request)


def evaluate_customers(engine: Engine, request: Request) -> Evaluation:
    """Evaluate the segments of customers, and the traits."""
    prefix, context, traits = request.prefix, request.context, request.traits
    names = {part: f"{prefix}_{part}" for part in PARTS}
    tables = {part: exp.table_(name, quoted=True) for part, name in names.items()}
    query, given = profile_query(request.attributes, context)
    outputs = {name: Given(name, kind) for name, kind in RFM_OUTPUTS.items()}
    numbered = models_given(request.models)
    known = {**given, **outputs, **{name: one for part in numbered for name, one in part.items()}}
    plan = Plan.build(segments=request.segments, traits=traits, given=known, context=context, lists=request.lists)
    moments = moments_of(engine, plan, request)
    request.tell("profiles")
    universe_size = engine.create_as(names["universe"], universe_query(context), temporary=True)
    engine.create_as(names["profile"], query, temporary=True)
    request.tell("activity: one pass over the events")
    inputs = Inputs(tables["universe"], tables["profile"], events_known(engine, context, prefix), tables["activity"])
    reads = asked([*request.segments.values(), *traits.values()])
    inputs = gathered(engine, replace(inputs, moments=moments), reads, context, prefix)
    make_activity(engine, plan, inputs, names["activity"])
    request.tell("computed traits")
    engine.create_as(names["traits"], plan.trait_values(inputs), temporary=True)
    rfm: RFM | None = None
    if scorable(traits):
        request.tell("RFM scores")
        columns = {measure: plan.trait_columns[name] for measure, name in RFM_INPUTS.items()}
        rfm = request.frozen_rfm or RFM().fit(engine, tables["traits"], columns)
        engine.create_as(f"{prefix}_scores", rfm.score_query(tables["traits"], columns), temporary=True)
    scores = exp.table_(f"{prefix}_scores", quoted=True) if rfm is not None else None
    if request.models:
        request.tell("segments found earlier")
    computed = {name: Given(column, traits[name].type) for name, column in plan.trait_columns.items()}
    sources = [(tables["profile"], given), (tables["traits"], computed), (scores, outputs)]
    placed = score_models(engine, request.models, sources, tables["universe"], prefix)
    made = [(outputs, scores), *((one.given, one.table) for one in placed)]
    query = scored_query(given, made, tables["universe"], tables["profile"])
    engine.create_as(names["scored"], query, temporary=True)
    request.tell("segments")
    inputs = replace(inputs, universe=tables["scored"], profile=tables["scored"], traits=tables["traits"])
    make_flags(engine, plan, inputs, names["flags"])
    return Evaluation(
        context,
        universe_size,
        names["universe"],
        names["scored"],
        names["traits"],
        names["flags"],
        known,
        dict(plan.trait_columns),
        dict(plan.segment_columns),
        rfm,
        {"customer": universe_size},
        models=request.models,
    )


def moments_of(engine: Engine, plan: Plan, request: Request) -> dict[str, exp.Table]:
    """Evaluate the segments a plan asks about as of other moments; return their members by key."""
    instants: dict[dt.datetime, dict[str, str]] = {}
    for key, (place, instant) in plan.moments.items():
        instants.setdefault(instant, {})[key] = place
    found: dict[str, exp.Table] = {}
    for number, (instant, wanted) in enumerate(sorted(instants.items())):
        request.tell(f"segments as of {instant:%Y-%m-%d}")
        starting = {place: request.segments[place] for place in wanted.values()}
        segments, traits, _ = needed(starting, request.segments, request.traits, models=request.models)
        then = evaluate(
            engine,
            segments=segments,
            traits=traits,
            attributes=request.attributes,
            context=replace(request.context, as_of=instant),
            lists=request.lists,
            prefix=f"{request.prefix}_m{number}",
            models=request.models,
        )
        for place_number, (key, place) in enumerate(wanted.items()):
            name = f"{request.prefix}_then{number}_{place_number}"
            engine.create_as(name, flag_query(then, place), temporary=True)
            found[key] = exp.table_(name, quoted=True)
        for part in (then.universe, then.scored, then.traits, then.flags):
            engine.drop(part)
    return found


def scorable(traits: Mapping[str, TraitDefinition]) -> bool:
    """Say whether the computed traits are there that RFM scores are made of."""
    return all(name in traits and traits[name].type == "number" for name in RFM_INPUTS.values())


def events_known(engine: Engine, context: Context, prefix: str) -> exp.Table:
    """Return the events known at the context's moment of knowledge, as a relation."""
    events = exp.table_(EVENTS.name, quoted=True)
    if context.known_at is None:
        return events
    known = exp.column("known_at", quoted=True) <= literal(context.known_at)
    engine.create_as(
        f"{prefix}_events",
        exp.select("*").from_(events).where(known),
        temporary=True,
        order_by=("customer_id", "happened_at"),
    )
    return exp.table_(f"{prefix}_events", quoted=True)


def scored_query(
    given: Mapping[str, Given],
    made: Iterable[tuple[Mapping[str, Given], exp.Table | None]],
    universe: exp.Table,
    profile: exp.Table,
) -> exp.Select:
    """Return one row per customer: attributes and model outputs side by side; outputs without a table are missing."""
    query = exp.select(exp.column("customer_id", table="everybody", quoted=True)).from_(
        exp.alias_(universe.copy(), "everybody", table=True)
    )
    query = query.join(
        exp.alias_(profile.copy(), "attributes", table=True), on=same("attributes"), join_type="left", copy=False
    )
    for one in given.values():
        query = query.select(exp.column(one.column, table="attributes", quoted=True), copy=False)
    for number, (outputs, table) in enumerate(made):
        alias = f"scores{number}"
        for one in outputs.values():
            value: exp.Expr = exp.column(one.column, table=alias, quoted=True)
            if table is None:
                missing = exp.cast(exp.null(), "varchar" if one.type == "text" else "bigint")
                value = missing.as_(one.column, quoted=True)
            query = query.select(value, copy=False)
        if table is not None:
            query = query.join(
                exp.alias_(table.copy(), alias, table=True), on=same(alias), join_type="left", copy=False
            )
    return query


def same(table: str) -> exp.Expr:
    return exp.EQ(
        this=exp.column("customer_id", table=table, quoted=True),
        expression=exp.column("customer_id", table="everybody", quoted=True),
    )


def named_profile(evaluation: Evaluation) -> exp.Select:
    """Return the attributes under their own names."""
    query = exp.select(exp.column("customer_id", quoted=True)).from_(exp.table_(evaluation.scored, quoted=True))
    for name, one in evaluation.given.items():
        if name not in evaluation.outputs:
            query = query.select(exp.column(one.column, quoted=True).as_(name, quoted=True), copy=False)
    return query


def named_traits(evaluation: Evaluation) -> exp.Select:
    """Return computed traits and scores under their own names."""
    query = exp.select(exp.column("customer_id", table="computed", quoted=True)).from_(
        exp.table_(evaluation.traits, quoted=True, alias="computed")
    )
    for name, column in evaluation.trait_columns.items():
        value = exp.column(column, table="computed", quoted=True)
        query = query.select(value.as_(name, quoted=True), copy=False)
    outputs = [name for name in RFM_OUTPUTS if name in evaluation.given and evaluation.rfm is not None]
    outputs += outputs_of(evaluation.models)
    if outputs:
        scored = exp.table_(evaluation.scored, quoted=True, alias="scored")
        on = exp.EQ(
            this=exp.column("customer_id", table="scored", quoted=True),
            expression=exp.column("customer_id", table="computed", quoted=True),
        )
        query = query.join(scored, on=on, join_type="left", copy=False)
        for name in outputs:
            column_name = evaluation.given[name].column
            query = query.select(
                exp.column(column_name, table="scored", quoted=True).as_(name, quoted=True), copy=False
            )
    return query


def flag_query(evaluation: Evaluation, segment: str) -> exp.Select:
    """Return the ids of a segment's members."""
    return (
        exp.select(exp.column("customer_id", quoted=True))
        .from_(exp.table_(evaluation.flags, quoted=True))
        .where(exp.column(evaluation.segment_columns[segment], quoted=True))
    )


def counts(engine: Engine, evaluation: Evaluation) -> dict[str, int]:
    """Return the number of members of every segment of an evaluation."""
    found: dict[str, int] = {}
    items = list(evaluation.segment_columns.items())
    for start in range(0, len(items), 400):
        part = items[start : start + 400]
        query = exp.Select().from_(exp.table_(evaluation.flags, quoted=True))
        for number, (_, column) in enumerate(part):
            test = exp.Where(this=exp.column(column, quoted=True))
            count = exp.Filter(this=exp.Count(this=exp.Star()), expression=test)
            query = query.select(count.as_(f"n{number}"), copy=False)
        found.update(zip((name for name, _ in part), engine.rows(query)[0], strict=True))
    return found
