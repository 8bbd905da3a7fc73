"""Explain one customer: fetch what is known of them and let the oracle judge, with the population's part handed in.

Only what a single person's facts cannot answer is evaluated for everybody: ranks and scores. A rule without them reads
the rows of that customer (and of the others of their account or household, where a rule asks about those) and no more.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

from sqlglot import exp

from segmentary.engine.base import Engine
from segmentary.engine.sqlfile import literal
from segmentary.errors import DefinitionError, UnknownNameError
from segmentary.language.history import Person
from segmentary.language.judge import Judge
from segmentary.language.kinds import model_key
from segmentary.language.next_change import next_change
from segmentary.language.oracle import Population
from segmentary.language.references import referenced
from segmentary.language.stays import moment
from segmentary.language.surroundings import wider
from segmentary.language.tree import (
    Context,
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
from segmentary.language.walk import Node, segments_remembered, walk
from segmentary.ledger.definitions import lists
from segmentary.models.rfm import OUTPUTS as RFM_OUTPUTS
from segmentary.segments.explain import Explanation, explanation
from segmentary.workspace.evaluating import pinned
from segmentary.workspace.evaluation import Evaluation, flag_query
from segmentary.workspace.fetching import (
    fetch,
    fetch_entries,
    fetch_group_people,
    fetch_people,
    fetch_places,
    fetch_references,
)

if TYPE_CHECKING:
    from segmentary.workspace.moments import Moment
    from segmentary.workspace.workspace import Workspace


@dataclass(frozen=True)
class Case:
    """What is to be explained and everything it refers to: definitions in force, pinned ones, and the people asked."""

    workspace: Workspace
    definition: SegmentDefinition
    segments: Mapping[str, SegmentDefinition]
    traits: Mapping[str, TraitDefinition]
    people: tuple[Person, ...]

    @property
    def nodes(self) -> Iterator[tuple[Node, str | None]]:
        """Every node that is reached, with the zone it is judged in."""
        yield from reached(self.definition, self.segments, self.traits)


def explain(workspace: Workspace, definition: SegmentDefinition, customer_id: str, as_of: Moment) -> Explanation:
    """Say why a customer is, or is not, in a segment.

    Raises
    ------
    UnknownNameError
        when there is no such customer.
    DefinitionError
        for a segment of accounts or households.
    """
    if definition.entity in ("account", "household"):
        raise DefinitionError(
            f"segment {definition.name!r} is about {definition.entity}s: only customers can be explained",
            hint="`segmentary segment people` lists its members",
        )
    workspace.derived.ensure()
    run = workspace.last_run()
    when = as_of if as_of is not None else run.as_of if run is not None else None
    context = workspace.context(when)
    case = made(workspace, definition, fetch(workspace.warehouse, customer_id))
    population = judged(case, context)
    if customer_id not in population.universe():
        raise UnknownNameError("customer at that moment", customer_id, [], see=f"{customer_id} was first seen later")
    trace = population.trace(definition.where, customer_id, definition.timezone, segment=definition.name)
    changes = None
    if not asks_population(case, through_moments=True):
        changes = next_change(population, definition.where, customer_id, definition.timezone, segment=definition.name)
    return explanation(
        definition, customer_id, trace, as_of=context.as_of, version=version(definition), will_change_at=changes
    )


def made(workspace: Workspace, definition: SegmentDefinition, person: Person) -> Case:
    """Return what is to be explained, with the others of the person's groups where a rule asks about them."""
    segments = {**workspace.segments_defined(), definition.name: definition}
    traits = workspace.traits_defined()
    own = {name: traits[name] for name in names_of_traits(definition, segments, traits)}
    segments |= pinned(workspace.ledger, segments, own)
    people = [person]
    related = [node for node, _ in reached(definition, segments, traits) if isinstance(node, Related)]
    kinds = {node.group for node in related}
    for _ in related:
        others = fetch_group_people(workspace.warehouse, people, kinds)
        if not others:
            break
        people += fetch_people(workspace.warehouse, others)
    return Case(workspace, definition, segments, traits, tuple(people))


def names_of_traits(
    definition: SegmentDefinition, segments: Mapping[str, SegmentDefinition], traits: Mapping[str, TraitDefinition]
) -> set[str]:
    """Return the names of the computed traits that are reached."""
    nodes = reached(definition, segments, traits)
    return {node.name for node, _ in nodes if isinstance(node, TraitValue) and node.name in traits}


def reached(
    definition: SegmentDefinition, segments: Mapping[str, SegmentDefinition], traits: Mapping[str, TraitDefinition]
) -> Iterator[tuple[Node, str | None]]:
    """Yield every node of a definition and of all it depends on, with the zone it is judged in."""
    waiting: list[SegmentDefinition | TraitDefinition] = [definition]
    seen: set[str] = set()
    while waiting:
        one = waiting.pop()
        key = f"{type(one).__name__} {version(one) if isinstance(one, SegmentDefinition) else one.name}"
        if key in seen:
            continue
        seen.add(key)
        for node in walk(one):
            yield node, one.timezone
            if isinstance(node, TraitValue) and node.name in traits:
                waiting.append(traits[node.name])
            for name in names_evaluated(node, segments):
                waiting.append(segments[name])


def names_evaluated(node: Node, segments: Mapping[str, SegmentDefinition]) -> list[str]:
    """Return the key of the segment whose definition a node depends on."""
    match node:
        case SegmentReference(name=name, version=pin):
            pass
        case SegmentAt(name=name, version=pin, evaluated=True):
            pass
        case _:
            return []
    key = name if pin is None else f"{name}@{pin}"
    return [key if key in segments else name] if name in segments or key in segments else []


# ---------------------------------------------------------------- the population


def judged(case: Case, context: Context) -> Population:
    """Return the oracle's population of the people fetched, as of a moment."""
    workspace, engine, definition = case.workspace, case.workspace.warehouse, case.definition
    nodes = list(case.nodes)
    ids = [person.customer_id for person in case.people]
    remembered = {name for node, _ in nodes for name in segments_remembered(node)}
    remembered |= {definition.name, *(name for node, _ in nodes for name in names_evaluated(node, case.segments))}
    in_rank, given = population_part(case, context) if asks_population(case) else ({}, {})
    population = Population(
        case.people,
        context,
        segments=case.segments,
        traits=case.traits,
        given=given,
        given_types={**workspace.derived.attribute_types(), **RFM_OUTPUTS},
        lists=lists(workspace.ledger),
        known_ranks=in_rank,
        entries=fetch_entries(engine, ids, remembered),
        places=fetch_places(engine, (node.places for node, _ in nodes if isinstance(node, Near) and node.places)),
        references=fetch_references(engine, (node.table for node, _ in nodes if isinstance(node, ReferenceValue))),
    )
    if asks_population(case):
        judge = Judge(population, ids[0], definition.timezone)
        for node, zone in nodes:
            if isinstance(node, SegmentAt) and node.evaluated:
                instant = moment(type(judge)(population, ids[0], zone), node.at)
                asked = case.segments[referenced(SegmentReference(node.name, node.version), case.segments)]
                then = replace(case, definition=asked)
                population.moments[instant] = judged(then, replace(context, as_of=instant))
    return population


def asks_population(case: Case, *, through_moments: bool = False) -> bool:
    """Say whether a rule needs what only the whole population tells: ranks and scores.

    through_moments : only where it asks for them as of another moment.
    """
    nodes = [node for node, _ in case.nodes]
    if through_moments and not any(isinstance(node, SegmentAt) and node.evaluated for node in nodes):
        return False
    scored = any(isinstance(node, TraitValue) and node.name in RFM_OUTPUTS for node in nodes)
    return scored or any(isinstance(node, Rank | ModelValue) for node in nodes)


def population_part(case: Case, context: Context) -> tuple[dict[Rank, set[str]], dict[str, Mapping[str, Scalar]]]:
    """Return who of the people is within each rank, and their scores: one evaluation of everybody."""
    engine, ids = case.workspace.warehouse, [person.customer_id for person in case.people]
    ranks: dict[Rank, str | None] = {}
    for node, zone in case.nodes:
        if isinstance(node, Rank):
            for one in (replace(node, keep_share=None, keep_number=None), wider(node)):
                if one is not None:
                    ranks.setdefault(one, zone)
    asked = {
        f"rank {i}": SegmentDefinition(f"rank {i}", rank, timezone=zone) for i, (rank, zone) in enumerate(ranks.items())
    }
    names = {node.name for node, _ in case.nodes if isinstance(node, TraitValue)}
    models = {model_key(node) for node, _ in case.nodes if isinstance(node, ModelValue)}
    evaluation = case.workspace.evaluate(asked, context, traits=names)
    in_rank = {rank: members_among(engine, evaluation, f"rank {i}", ids) for i, rank in enumerate(ranks)}
    return in_rank, scores(engine, evaluation, ids, models)


def members_among(engine: Engine, evaluation: Evaluation, segment: str, ids: Iterable[str]) -> set[str]:
    """Return who of some people is in an evaluated segment."""
    query = flag_query(evaluation, segment).where(exp.column("customer_id", quoted=True).isin(*map(literal, ids)))
    return {row[0] for row in engine.rows(query)}


def scores(
    engine: Engine, evaluation: Evaluation, ids: Iterable[str], models: Iterable[str]
) -> dict[str, Mapping[str, Scalar]]:
    """Return the model outputs of some people; missing ones are left out."""
    scored = RFM_OUTPUTS if evaluation.rfm is not None else ()
    names = [name for name in dict.fromkeys((*scored, *models)) if name in evaluation.given]
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
