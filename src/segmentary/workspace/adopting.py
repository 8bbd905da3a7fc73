"""A solution put in force: its model in the ledger, its segments as ordinary definitions."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping
from typing import TYPE_CHECKING, Literal

from segmentary.errors import UnknownNameError, UsageError
from segmentary.language.tree import Base, Compare, ModelValue, SegmentDefinition
from segmentary.ledger.records import append_record, current_records
from segmentary.profiles.naming import base_of
from segmentary.workspace.scoring import Model, assigner, outputs_of
from segmentary.workspace.variables import types_of

if TYPE_CHECKING:
    from segmentary.models.discover.solution import Solution
    from segmentary.workspace.workspace import Workspace


def in_force(workspace: Workspace, solution: Solution, version: str) -> None:
    """Let a version of a solution place everybody from the next evaluation on.

    Raises
    ------
    UnknownNameError
        when customers have no trait of which it is made (a solution found in a dataframe, or in a market survey).
    """
    known = types_of(workspace)
    own = outputs_of({solution.name: Model(solution.name, version, assigner(workspace.ledger, solution.name, version))})
    for column in solution.assigner.columns:
        if column.name not in known or column.name in own:
            see = "customers do not have it: make a typing tool from what they have (`segmentary discover typing`)"
            raise UnknownNameError("trait", column.name, known, see=see)
    append_record(workspace.ledger, "model", solution.name, {"version": version}, at=workspace.tick())


def out_of_force(workspace: Workspace, name: str) -> None:
    """Take a model out of force.

    Raises
    ------
    UnknownNameError
        when there is none of that name.
    UsageError
        when definitions in force ask for it.
    """
    from segmentary.workspace.scoring import models_in_force, used

    held = current_records(workspace.ledger, "model")
    if name not in held:
        raise UnknownNameError("model", name, held)
    models = models_in_force(workspace.ledger)
    using = [one.name for one in workspace.segments_defined().values() if name in used(models, (), [one])]
    using += [one.name for one in workspace.traits_defined().values() if name in used(models, (), [one])]
    if using:
        raise UsageError(
            f"{name} is used by {', '.join(sorted(using))}",
            hint="retire those definitions first (`segmentary apply --prune`)",
        )
    append_record(workspace.ledger, "model", name, held[name].document, at=workspace.tick(), retired=True)


def base_of_solution(solution: Solution, defined: Mapping[str, Base]) -> Base:
    """Return the kind of knowledge most of a solution's columns are; of equals, the first."""
    if solution.fit.source.startswith("survey "):
        return "psychographic"
    told = [defined.get(column.name) or base_of(column.name) for column in solution.columns]
    return Counter(told).most_common(1)[0][0] if told else "other"


def definitions_of(
    solution: Solution, way: Literal["model", "rules"], defined: Mapping[str, Base]
) -> list[SegmentDefinition]:
    """Return a definition per found segment, called ``NAME_KEY``. defined : the base of each computed trait."""
    base = base_of_solution(solution, defined)
    from segmentary.language.yaml import parse_document

    found = []
    rules = {one.segment: one for one in solution.description.rules}
    for one in solution.description.segments:
        name = f"{solution.name}_{one.key}"
        purpose = one.sentence
        if way == "model":
            rule = Compare(ModelValue(solution.name, "label"), "is", solution.assigner.labels[one.place])
            found.append(SegmentDefinition(name, rule, title=one.name, purpose=purpose, base=base))
            continue
        if one.place not in rules:
            raise UsageError(
                f"there is no readable rule for {one.name}", hint="put the model in force instead: it needs no rules"
            )
        parsed = parse_document({"segment": name, "where": rules[one.place].document})
        if isinstance(parsed, SegmentDefinition):
            found.append(SegmentDefinition(name, parsed.where, title=one.name, purpose=purpose, base=base))
    return found
