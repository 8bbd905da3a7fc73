"""A solution put in force: its model in the ledger, its segments as ordinary definitions."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Mapping
from dataclasses import replace
from typing import TYPE_CHECKING, Literal, TypeAlias

from segmentary.errors import UnknownNameError, UsageError
from segmentary.language.tree import Base, Compare, ModelValue, Rule, SegmentDefinition, TraitDefinition
from segmentary.language.walk import segments_used
from segmentary.ledger.definitions import append_version, current
from segmentary.ledger.records import Record, append_record, current_records, record, records
from segmentary.profiles.naming import base_of
from segmentary.workspace.definitions import Change
from segmentary.workspace.scoring import models_in_force, used
from segmentary.workspace.variables import types_of

if TYPE_CHECKING:
    from segmentary.models.discover.solution import Solution
    from segmentary.workspace.workspace import Workspace

Way: TypeAlias = Literal["model", "rules"]


def adopt(workspace: Workspace, name: str, version: str, way: Way) -> list[Change]:
    """Put a version of a solution in force with its definitions, all or nothing; return what that changes.

    Definitions of an older version that this one has no more are retired: nobody could be in them again.

    Raises
    ------
    UnknownNameError
        when customers have no trait of which it is made.
    UsageError
        when it would write over a definition somebody made, or retire one that others rest on.
    """
    entry = record(workspace.ledger, "solution", name, version)
    solution = solution_of(entry)
    arriving = definitions_of(solution, way, {one.name: one.base for one in workspace.traits_defined().values()})
    own, held = made_of(workspace, entry.name), workspace.segments_defined()
    for one in arriving:
        if one.name in held and one.name not in own:
            raise UsageError(
                f"the segment {one.name} is there already, and {entry.name} did not make it",
                hint="rename that segment, or find the solution again under another name",
            )
    gone = own - {one.name for one in arriving}
    rested_on(workspace, gone, apart=own, why=f"this version of {entry.name} has no such segment")
    with workspace.ledger.transaction():
        if way == "model":
            in_force(workspace, solution, entry.version)
        return [*workspace.define(*arriving), *retired(workspace, gone)]


def in_force(workspace: Workspace, solution: Solution, version: str) -> None:
    """Let a version of a solution place everybody from the next evaluation on.

    Raises
    ------
    UnknownNameError
        when customers have no trait of which it is made (a solution found in a dataframe, or in a market survey).
    UsageError
        when it is made of what another model says: models are not computed one after the other.
    """
    known = types_of(workspace)
    models = models_in_force(workspace.ledger)
    said = {output: model.name for model in models.values() for output in model.outputs}
    for column in solution.assigner.columns:
        if column.name in said:
            raise UsageError(
                f"{solution.name} is made of {column.name}, which the model {said[column.name]} says",
                hint="find it by traits that are known without a model",
            )
        if column.name not in known:
            see = "customers do not have it: make a typing tool from what they have (`segmentary discover typing`)"
            raise UnknownNameError("trait", column.name, known, see=see)
    append_record(workspace.ledger, "model", solution.name, {"version": version}, at=workspace.tick())


def out_of_force(workspace: Workspace, name: str) -> list[Change]:
    """Take a model out of force with the definitions made of it; return what that changes.

    Raises
    ------
    UnknownNameError
        when there is none of that name.
    UsageError
        when other definitions in force ask for it, or rest on its segments.
    """
    held = current_records(workspace.ledger, "model")
    if name not in held:
        raise UnknownNameError("model", name, held)
    gone = made_of(workspace, name)
    rested_on(workspace, gone, apart=gone, why=f"{name} is to place nobody any more")
    models = models_in_force(workspace.ledger)
    using = sorted(key for key, one in defined_in(workspace) if key not in gone and name in used(models, (), [one]))
    if using:
        raise UsageError(f"{name} is used by {', '.join(using)}", hint="change or prune those definitions first")
    with workspace.ledger.transaction():
        append_record(workspace.ledger, "model", name, held[name].document, at=workspace.tick(), retired=True)
        return retired(workspace, gone)


def made_of(workspace: Workspace, name: str) -> set[str]:
    """Return the names of the segments in force that a version of a solution made, as a model or by its rules."""
    held = {key: one for key, one in workspace.segments_defined().items() if key.startswith(f"{name}_")}
    if not held:
        return set()
    made: set[tuple[str, Rule]] = set()
    for entry in records(workspace.ledger, "solution", name):
        solution = solution_of(entry)
        made |= {(one.name, one.where) for one in definitions_of(solution, "model", {})}
        if len(solution.description.rules) == len(solution.description.segments):
            made |= {(one.name, one.where) for one in definitions_of(solution, "rules", {})}
    return {key for key, one in held.items() if (key, one.where) in made}


def rested_on(workspace: Workspace, gone: set[str], *, apart: set[str], why: str) -> None:
    """Refuse to retire segments that other definitions rest on."""
    for key, one in defined_in(workspace):
        lost = sorted(segments_used(one) & gone)
        if lost and key not in apart:
            raise UsageError(f"{key} rests on {lost[0]}, and {why}", hint=f"change {key} first")


def defined_in(workspace: Workspace) -> list[tuple[str, SegmentDefinition | TraitDefinition]]:
    """Return the definitions in force with their names; a segment and a trait may have the same."""
    return [*workspace.segments_defined().items(), *workspace.traits_defined().items()]


def retired(workspace: Workspace, names: Iterable[str]) -> list[Change]:
    """Retire segments in force."""
    held, found = current(workspace.ledger, "segment"), []
    for name in sorted(names):
        entry = replace(held[name], retired=True, created_at=workspace.tick())
        append_version(workspace.ledger, entry, segments=[])
        found.append(Change("segment", name, "retired", entry.version, entry.origin))
    return found


def base_of_solution(solution: Solution, defined: Mapping[str, Base]) -> Base:
    """Return the kind of knowledge most of a solution's columns are; of equals, the first."""
    if solution.fit.source.startswith("survey "):
        return "psychographic"
    told = [defined.get(column.name) or base_of(column.name) for column in solution.columns]
    return Counter(told).most_common(1)[0][0] if told else "other"


def solution_of(entry: Record) -> Solution:
    from segmentary.models.discover.solution import Solution

    return Solution.from_document(entry.document)


def definitions_of(solution: Solution, way: Way, defined: Mapping[str, Base]) -> list[SegmentDefinition]:
    """Return a definition per found segment, called ``NAME_KEY``. defined : the base of each computed trait."""
    from segmentary.language.yaml import parse_document

    base, found = base_of_solution(solution, defined), []
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
