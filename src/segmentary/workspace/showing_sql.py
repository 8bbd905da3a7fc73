"""The SQL of one segment, to be read: what the compiler makes of it for each engine."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import TYPE_CHECKING

from sqlglot import exp

from segmentary.engine.sqlfile import text
from segmentary.errors import SegmentaryError
from segmentary.language.inputs import Inputs
from segmentary.language.plan import Given, Plan
from segmentary.language.tree import SegmentDefinition
from segmentary.models.rfm import OUTPUTS as RFM_OUTPUTS
from segmentary.profiles.asof import profile_query, universe_query
from segmentary.workspace.evaluating import in_force, pinned
from segmentary.workspace.evaluation import needed
from segmentary.workspace.previewing import preview_context
from segmentary.workspace.scoring import models_given, models_in_force, used

if TYPE_CHECKING:
    from segmentary.language.tree import Context
    from segmentary.workspace.workspace import Workspace


def shown(workspace: Workspace, definition: SegmentDefinition, dialects: Iterable[str]) -> dict[str, str]:
    """Return the statements an evaluation of a segment runs, per engine, in the order they run."""
    statements = statements_of(workspace, definition, preview_context(workspace, None))
    return {dialect: script(statements, dialect) for dialect in dialects}


def script(statements: Mapping[str, exp.Query], dialect: str) -> str:
    """Return the statements as one text; where an engine refuses one, why."""
    parts = []
    for title, query in statements.items():
        try:
            parts.append(f"-- {title}\n{text(query.copy(), dialect, pretty=True)};")
        except SegmentaryError as error:
            parts.append(f"-- {title}: not on this engine: {error.message.splitlines()[0]}")
    return "\n\n".join(parts) + "\n"


def statements_of(workspace: Workspace, definition: SegmentDefinition, context: Context) -> dict[str, exp.Query]:
    """Return what an evaluation of a segment runs, by what each statement makes."""
    known = in_force(workspace)
    available = {**known.segments, definition.name: definition}
    available |= pinned(workspace.ledger, available, known.traits)
    models = models_in_force(workspace.ledger)
    closed, wanted, names = needed({definition.name: definition}, available, known.traits, models=models)
    types = workspace.derived.attribute_types()
    attributes = {name: types[name] for name in types if name in names}
    query, given = profile_query(attributes, context)
    outputs = {name: Given(name, kind) for name, kind in RFM_OUTPUTS.items()}
    scored = {
        name: one
        for part in models_given(used(models, names, [*closed.values(), *wanted.values()]))
        for name, one in part.items()
    }
    plan = Plan.build(
        segments=closed, traits=wanted, given={**given, **outputs, **scored}, context=context, lists=known.lists
    )
    tables = ("universe", "profile", "activity", "traits", "attributes", "decisions", "entries", "belongings")
    place = {name: exp.table_(name, quoted=True) for name in (*tables, "places", "references", "events")}
    inputs = Inputs(
        **place,
        moments={key: exp.table_(f"then_{number}", quoted=True) for number, key in enumerate(plan.moments)},
        related={key: exp.table_(f"related_{number}", quoted=True) for number, key in enumerate(plan.related)},
    )
    found: dict[str, exp.Query] = {"everybody there is at the moment: universe": universe_query(context)}
    if attributes:
        found["the attributes the segment reads: profile"] = query
    if plan.aggregates:
        found["one pass over the events: activity"] = plan.activity(inputs)
    if wanted:
        found["computed traits: traits"] = plan.trait_values(inputs)
    found["who is in"] = plan.memberships(inputs)
    return found
