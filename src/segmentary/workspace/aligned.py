"""The evaluation of a few definitions over columns of everybody in memory: what previews take.

The plan is the one every evaluation compiles. Its relations ``universe``, ``profile``, ``activity`` and ``traits`` are
one Arrow table, a row for everybody in the order of ids: nothing has to be joined, and each column is computed by a
query of its own, or taken from memory (`column_memory`). Where that is not possible, `judging.ordinary` is taken: other
engines than the embedded one, accounts and households, definitions evaluated at other moments, events that do not
stand customer by customer.
"""

from __future__ import annotations

from collections.abc import Hashable, Iterator, Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

import pyarrow as pa
from sqlglot import exp

from segmentary.engine.duckdb import DuckDB
from segmentary.engine.sqlfile import column
from segmentary.language.inputs import Inputs
from segmentary.language.plan import Given, Plan
from segmentary.language.tree import Context, SegmentDefinition
from segmentary.models.rfm import OUTPUTS as RFM_OUTPUTS
from segmentary.profiles.asof import CASTS, holds, named, profile_query
from segmentary.schema import CUSTOMER_ATTRIBUTES, EVENTS
from segmentary.workspace.evaluating import request_of
from segmentary.workspace.evaluation import GROUP_KINDS, Request, evaluate
from segmentary.workspace.event_columns import counted, key_of, others, placed, scanned
from segmentary.workspace.gathering import asked, gathered
from segmentary.workspace.pass_over_events import count_sequences
from segmentary.workspace.population import Population, population_of, state_of
from segmentary.workspace.scoring import fingerprints_of, models_given
from segmentary.workspace.timed import Timed

if TYPE_CHECKING:
    from segmentary.workspace.workspace import Workspace

PLACE = "place"
FIRM = (pa.types.is_integer, pa.types.is_decimal, pa.types.is_string, pa.types.is_boolean, pa.types.is_date32)
"""Kinds of columns that come back from Arrow as what they were."""


@dataclass(slots=True)
class Aligned:
    """Judged over columns in memory, as `judging.Judged`. ``places``: trait name to its column of the inputs."""

    engine: Timed
    context: Context
    plan: Plan
    inputs: Inputs
    size: int
    prefix: str
    places: Mapping[str, str]
    counted: Mapping[str, int]
    flagged: bool = False

    @property
    def engine_seconds(self) -> float:
        """How long the warehouse took."""
        return self.engine.seconds

    def people(self, segment: str) -> int:
        """Return how many are in a segment."""
        return self.counted[segment]

    def base(self, definition: SegmentDefinition) -> int:
        """Return how many customers there are."""
        return self.size

    def flags(self) -> tuple[str, Mapping[str, str]]:
        """Return the table of a boolean per person and segment, and which column is which segment's."""
        name = f"{self.prefix}_flags"
        if not self.flagged:
            columns = [self.plan.segment_columns[one] for one in self.counted]
            self.engine.create_as(name, self.plan.layers.query(columns, self.inputs), temporary=True)
            self.flagged = True
        return name, self.plan.segment_columns

    def members(self, segment: str) -> exp.Query:
        """Return the query of the ids of a segment's members."""
        table, columns = self.flags()
        return exp.select(column("customer_id")).from_(exp.table_(table, quoted=True)).where(column(columns[segment]))

    def valued(self, trait: str) -> exp.Select:
        """Return ``customer_id, value`` of a trait for everybody.

        Raises
        ------
        UnknownNameError
            when there is no such trait.
        """
        from segmentary.workspace.judging import unknown_trait

        if trait not in self.places:
            raise unknown_trait(trait)
        value = column(self.places[trait], "everybody").as_("value", quoted=True)
        table = exp.alias_(self.inputs.universe.copy(), "everybody", table=True)
        return exp.select(column("customer_id", "everybody"), value).from_(table)


@contextmanager
def aligned(
    workspace: Workspace, engine: Timed, request: Request, segments: Sequence[str], traits: Sequence[str]
) -> Iterator[Aligned | None]:
    """Judge a request over columns in memory; None where it has to be evaluated as runs do.

    segments : those to count; traits : those whose values are asked for.
    """
    groups = any(one.entity in GROUP_KINDS for one in request.segments.values())
    if not isinstance(engine.engine, DuckDB) or groups or request.context.known_at is not None:
        yield None
        return
    state = state_of(workspace, engine)
    population = population_of(workspace, engine, state, request.context)
    if population is None:
        yield None
        return
    with ExitStack() as lent:
        making = Making(workspace, engine, request, state, population, lent)
        yield None if making.plan.moments else making.judged(segments, traits)


class Making:
    """One judgement in the making: columns of everybody, one after the other."""

    def __init__(
        self,
        workspace: Workspace,
        engine: Timed,
        request: Request,
        state: Hashable,
        population: Population,
        lent: ExitStack,
    ) -> None:
        self.workspace, self.engine, self.request = workspace, engine, request
        self.state, self.population, self.lent = state, population, lent
        _, given = profile_query(request.attributes, request.context)
        made = {name: Given(name, kind) for name, kind in RFM_OUTPUTS.items()}
        made |= {name: one for part in models_given(request.models) for name, one in part.items()}
        self.known = {**given, **made}
        self.plan = Plan.build(
            segments=request.segments,
            traits=request.traits,
            given=self.known,
            context=request.context,
            lists=request.lists,
        )

    def judged(self, segments: Sequence[str], traits: Sequence[str]) -> Aligned | None:
        """Return the judgement; None where a column would not come back from memory as what it was."""
        plan, request = self.plan, self.request
        names = {name for name, _ in plan.layers.given_columns} | {one for one in traits if one in self.known}
        columns: dict[str, pa.Array] = {"customer_id": self.population.ids, PLACE: places_of(self.population)}
        self.lend("people", columns)
        places = {name: self.known[name].column for name in sorted(names)}
        columns |= {places[name]: self.attribute(name) for name in places}
        events = exp.table_(EVENTS.name, quoted=True)
        inputs = self.over("profile", columns, Inputs(events, events, events))
        reads = asked([*request.segments.values(), *request.traits.values()])
        inputs = gathered(self.engine, inputs, reads, request.context, request.prefix)
        columns |= self.activity(inputs)
        inputs = self.over("activity", columns, inputs)
        if request.traits:
            values = self.engine.table(plan.trait_values(inputs)).combine_chunks()
            if not self.firm(values):
                return None
            columns |= {name: whole(values.column(name)) for name in values.column_names if name != "customer_id"}
            inputs = self.over("traits", columns, inputs, traits=True)
        flags = plan.layers.query([plan.segment_columns[one] for one in segments], inputs)
        sizes = exp.Select().from_(flags.subquery("flags"))
        for one in segments:
            test = exp.Where(this=column(plan.segment_columns[one], "flags"))
            sizes.append("expressions", exp.Filter(this=exp.Count(this=exp.Star()), expression=test))
        found = self.engine.rows(sizes)[0] if segments else ()
        counted_here = {name: int(n) for name, n in zip(segments, found, strict=True)}
        places |= dict(plan.trait_columns)
        size = len(self.population)
        return Aligned(self.engine, request.context, plan, inputs, size, request.prefix, places, counted_here)

    def lend(self, part: str, columns: Mapping[str, pa.Array]) -> exp.Table:
        """Let the engine read columns as a relation until the judgement is no longer needed."""
        name = f"{self.request.prefix}_{part}"
        self.lent.enter_context(self.engine.lent(name, pa.table(dict(columns))))
        return exp.table_(name, quoted=True)

    def over(self, part: str, columns: Mapping[str, pa.Array], inputs: Inputs, *, traits: bool = False) -> Inputs:
        """Return the inputs with universe, profile and activity (and traits) as one table of everybody."""
        table = self.lend(f"with_{part}", columns)
        computed = table.copy() if traits else None
        return replace(inputs, universe=table, profile=table.copy(), activity=table.copy(), traits=computed)

    def firm(self, table: pa.Table) -> bool:
        """Say whether trait values stand in the order of the population, in kinds of columns Arrow keeps."""
        kinds = [table.schema.field(name).type for name in table.column_names]
        firm = all(any(test(kind) for test in FIRM) for kind in kinds)
        return firm and whole(table.column("customer_id")).equals(self.population.ids)

    def attribute(self, name: str) -> pa.Array:
        """Return the values of an attribute, or what a model or RFM says, at the moment."""
        request = self.request
        of_model = name not in request.attributes
        rests_on = (str(sorted(fingerprints_of(request.models).items())), str(request.traits)) if of_model else ()
        key = ("attribute", request.context.as_of, name, request.attributes.get(name), rests_on)

        def make() -> pa.Array:
            if of_model:
                return self.of_everybody(self.scored(name))
            # Nearly always everybody has one value of it at most, and nothing has to be chosen.
            told = self.of_everybody(self.told(name), once=True)
            return self.of_everybody(self.profile(name)) if told is None else told

        found: pa.Array = self.workspace.columns.known(self.state, key, make, lambda one: int(one.nbytes))
        return found

    def of_everybody(self, query: exp.Select, *, once: bool = False) -> pa.Array | None:
        """Return the ``value`` of a query by ``customer_id`` as a column; with `once`, None where somebody has two."""
        joined = exp.select(column(PLACE, "people"), column("value", "told").as_("value", quoted=True))
        same = exp.EQ(this=column("customer_id", "told"), expression=column("customer_id", "people"))
        people = exp.table_(f"{self.request.prefix}_people", quoted=True, alias="people")
        table = self.engine.table(joined.from_(query.subquery("told")).join(people, on=same))
        return placed(table, len(self.population), once=once).get("value")

    def told(self, name: str) -> exp.Select:
        """Return every value of an attribute that holds at the moment."""
        value: exp.Expr = column("value", "held")
        target = CASTS[self.request.attributes[name]]
        if target is not None:
            value = exp.TryCast(this=value, to=exp.DataType.build(target, dialect="duckdb"))
        source = exp.table_(CUSTOMER_ATTRIBUTES.name, quoted=True)
        held = exp.select(column("customer_id"), column("value")).from_(source)
        held = held.where(named((name,)), holds(self.request.context))
        return exp.select(column("customer_id", "held"), value.as_("value", quoted=True)).from_(held.subquery("held"))

    def profile(self, name: str) -> exp.Select:
        """Return the values of one attribute, where some have several: the one that counts."""
        query, given = profile_query({name: self.request.attributes[name]}, self.request.context)
        return exp.select(column("customer_id", "held"), column(given[name].column, "held").as_("value")).from_(
            query.subquery("held")
        )

    def scored(self, name: str) -> exp.Select:
        """Return what a model or RFM says of everybody, evaluated as runs do."""
        prefix = f"{self.request.prefix}_scored"
        one = request_of(self.workspace, {}, self.request.context, traits=[name], prefix=prefix)
        evaluation = evaluate(
            self.engine,
            segments=one.segments,
            traits=one.traits,
            attributes=one.attributes,
            context=one.context,
            lists=one.lists,
            prefix=prefix,
            models=one.models,
        )
        value: exp.Expr = column(evaluation.given[name].column, "scored")
        query = exp.select(column("customer_id", "scored"), value.as_("value", quoted=True))
        return query.from_(exp.table_(evaluation.scored, quoted=True, alias="scored"))

    def activity(self, inputs: Inputs) -> dict[str, pa.Array]:
        """Return every aggregate of the plan, from memory or newly computed."""
        activity, found, rest = self.plan.collected, dict[str, pa.Array](), []
        columns, waiting = self.workspace.columns, []
        # While the engine looks for the next events, those found are added up.
        with ThreadPoolExecutor(1) as adding:
            for one in self.plan.aggregates:
                key = key_of(activity, one)
                held = columns.find(self.state, key) if key is not None else None
                if held is not None:
                    found[one.column] = held
                elif key is None:
                    rest.append(one.column)
                else:
                    rows = scanned(self.engine, activity, one, inputs.events)
                    waiting.append((one.column, key, adding.submit(counted, rows, one, self.population)))
            for name, key, made in waiting:
                added = made.result()
                if added is None:
                    rest.append(name)
                else:
                    columns.keep(self.state, key, added, int(added.nbytes))
                    found[name] = added
        if rest:
            if any(one.in_order is not None for one in self.plan.aggregates):
                count_sequences(self.engine, self.plan, inputs, f"{self.request.prefix}_activity")
            several = [one for one in self.plan.aggregates if one.column in rest]
            found |= others(self.engine, activity, several, inputs, len(self.population))
        return found


def places_of(population: Population) -> pa.Array:
    """Return the place of everybody, from 0."""
    import numpy as np

    return pa.array(np.arange(len(population), dtype=np.int64))


def whole(read: pa.ChunkedArray) -> pa.Array:
    """Return a column in one piece."""
    return pa.concat_arrays(read.chunks) if read.num_chunks else pa.array([], read.type)
