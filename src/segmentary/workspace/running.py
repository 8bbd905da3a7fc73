"""Carry a run through: evaluate everything on one snapshot, publish it, and say what a person should know."""

from __future__ import annotations

import datetime as dt
import time
from collections.abc import Callable, Mapping
from dataclasses import replace
from typing import TYPE_CHECKING

from segmentary.errors import DefinitionError
from segmentary.language.tree import Context, SegmentDefinition
from segmentary.language.version import version
from segmentary.language.walk import traits_used
from segmentary.ledger.attempts import begin, end
from segmentary.ledger.definitions import current, lists, positions
from segmentary.ledger.loads import load_count
from segmentary.models.rfm import OUTPUTS as RFM_OUTPUTS
from segmentary.workspace import definitions as defining
from segmentary.workspace.evaluating import pinned
from segmentary.workspace.evaluation import Evaluation, evaluate
from segmentary.workspace.runs import RunPlan, RunReport, publish, run_report

if TYPE_CHECKING:
    from segmentary.workspace.moments import Moment
    from segmentary.workspace.workspace import Workspace


def run(workspace: Workspace, as_of: Moment, known_at: Moment, progress: Callable[[str], None]) -> RunReport:
    """Evaluate every trait, score and segment as of a moment and publish the memberships.

    That it begins is noted first: who reads after it died is told that what is served is older than it should be.
    """
    started, began = workspace.tick(), time.perf_counter()
    context = workspace.context(as_of, known_at)
    attempt = begin(workspace.ledger, "run", "", at=started)
    try:
        report = carried_through(workspace, context, started, attempt, progress)
    except BaseException:
        end(workspace.ledger, attempt, "failed", at=workspace.tick())
        raise
    # Publishing is part of the work: the moments of the entry are those of knowledge, not of a stop watch.
    return replace(report, seconds=round(time.perf_counter() - began, 3))


def carried_through(
    workspace: Workspace, context: Context, started: dt.datetime, attempt: int, progress: Callable[[str], None]
) -> RunReport:
    progress("customers and events")
    workspace.derived.ensure()
    segments, traits = workspace.segments_defined(), workspace.traits_defined()
    named = lists(workspace.ledger)
    evaluation = evaluate(
        workspace.warehouse,
        segments=segments | pinned(workspace.ledger, segments, traits),
        traits=traits,
        attributes=workspace.derived.attribute_types(),
        context=context,
        lists=named,
        tell=progress,
    )
    progress("membership")
    plan = RunPlan(
        as_of=context.as_of,
        known_at=workspace.tick(),
        started_at=started,
        versions={name: version(one) for name, one in segments.items()},
        depends=defining.fingerprints(segments, traits, named),
        context={
            "timezone": context.timezone,
            "week_start": context.week_start,
            "fiscal_year_start": context.fiscal_year_start,
            "known_at": context.known_at.isoformat() if context.known_at else None,
        },
        loads=load_count(workspace.ledger),
        attempt=attempt,
    )
    places = positions(workspace.ledger)
    entry = publish(workspace.warehouse, workspace.ledger, workspace.archive, evaluation, plan, places)
    warnings = [*workspace.derived.staleness(entry.as_of), *unscored(evaluation, segments), *unapplied(workspace)]
    return run_report(workspace.warehouse, entry, places, warnings)


def unscored(evaluation: Evaluation, segments: Mapping[str, SegmentDefinition]) -> list[str]:
    """Say which segments are empty because there are no RFM scores."""
    empty = [name for name, one in segments.items() if traits_used(one.where) & RFM_OUTPUTS.keys()]
    if evaluation.rfm is not None or not empty:
        return []
    needs = "orders, and no source that says recency, order_count or monetary itself"
    return [f"there are no RFM scores (they need {needs}), so nobody is in {', '.join(sorted(empty))}"]


def unapplied(workspace: Workspace) -> list[str]:
    """Say which definition files differ from what is in force; a file that cannot be read is named too."""
    if not workspace.folder.segments.exists():
        return []
    held = {("segment", n): e for n, e in current(workspace.ledger, "segment").items()}
    held |= {("trait", n): e for n, e in current(workspace.ledger, "trait").items()}
    try:
        parsed = defining.read_files(workspace.folder.segments).parsed
    except DefinitionError as error:
        return [f"a definition file cannot be read: {error.message}"]
    found = []
    for one in parsed:
        definition = one.definition
        before = held.get((defining.kind_of(definition), definition.name))
        if before is None or before.version != version(definition):
            found.append(definition.name)
    return [f"not applied yet: {', '.join(sorted(found))} (run `segmentary apply`)"] if found else []
