"""Carry a run through: evaluate everything on one snapshot, publish it, and say what a person should know."""

from __future__ import annotations

import datetime as dt
import time
from collections import Counter
from collections.abc import Callable, Mapping
from dataclasses import replace
from typing import TYPE_CHECKING, Any

from segmentary.errors import DefinitionError, UsageError
from segmentary.language.tree import Context, SegmentDefinition
from segmentary.language.version import version
from segmentary.language.walk import traits_used
from segmentary.ledger.attempts import begin, end
from segmentary.ledger.definitions import current, lists, positions
from segmentary.ledger.loads import load_count
from segmentary.models.rfm import OUTPUTS as RFM_OUTPUTS
from segmentary.workspace import definitions as defining
from segmentary.workspace.coverage import gaps
from segmentary.workspace.documents import differing
from segmentary.workspace.evaluating import Definitions, pinned
from segmentary.workspace.evaluation import Evaluation, evaluate
from segmentary.workspace.runs import RunPlan, RunReport, publish, run_report
from segmentary.workspace.scores import old_scores
from segmentary.workspace.scoring import fingerprints_of, models_in_force
from segmentary.workspace.workspace import require_run

if TYPE_CHECKING:
    from segmentary.models.progress import Tell
    from segmentary.workspace.moments import Moment
    from segmentary.workspace.workspace import Workspace


def run(workspace: Workspace, as_of: Moment, known_at: Moment, progress: Callable[[str], None]) -> RunReport:
    """Run, compute the histories that are asked for, and run again where those let a segment be answered."""
    from segmentary.workspace.histories import compute_due

    workspace.chats.load()
    # What was taken down here of consent is what definitions and figures are to see.
    workspace.consents.load()
    report = run_once(workspace, as_of, known_at, progress)
    done, told = compute_due(workspace, progress)
    newest = require_run(workspace)
    left = newest.context.get("unanswered", {})
    if done and left:
        held = Definitions(workspace.segments_defined(), workspace.traits_defined(), lists(workspace.ledger))
        still = gaps(workspace.ledger, held, workspace.context(newest.as_of, known_at))
        if any(("segment", name) not in still for name in left):
            report = together(report, run_once(workspace, newest.as_of, known_at, progress))
    return replace(report, warnings=(*told, *report.warnings))


def together(first: RunReport, second: RunReport) -> RunReport:
    """Return the report of a run that was carried through in two."""
    before = {one.segment: one for one in first.segments}
    segments = []
    for one in second.segments:
        earlier = before.get(one.segment)
        if earlier is not None:
            one = replace(
                one,
                entered=one.entered + earlier.entered,
                left=one.left + earlier.left,
                entered_by_reason=Counter(one.entered_by_reason) + Counter(earlier.entered_by_reason),
                left_by_reason=Counter(one.left_by_reason) + Counter(earlier.left_by_reason),
            )
        segments.append(one)
    return replace(second, segments=tuple(segments), seconds=round(first.seconds + second.seconds, 3))


def run_once(workspace: Workspace, as_of: Moment, known_at: Moment, progress: Callable[[str], None]) -> RunReport:
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
    missing = gaps(workspace.ledger, Definitions(segments, traits, named), context)
    left = {name: gap.reason for (kind, name), gap in missing.items() if kind == "segment"}
    answered = {name: one for name, one in segments.items() if name not in left}
    computed = {name: one for name, one in traits.items() if ("trait", name) not in missing}
    evaluation = evaluate(
        workspace.warehouse,
        segments=answered | pinned(workspace.ledger, answered, computed),
        traits=computed,
        attributes=workspace.derived.attribute_types(),
        context=context,
        lists=named,
        tell=progress,
        models=(models := models_in_force(workspace.ledger)),
    )
    progress("membership")
    versions = {name: version(one) for name, one in answered.items()}
    plan = RunPlan(
        as_of=context.as_of,
        known_at=workspace.tick(),
        started_at=started,
        versions=versions,
        depends=defining.fingerprints(segments, traits, named, answered, versions, fingerprints_of(models)),
        context={
            "timezone": context.timezone,
            "week_start": context.week_start,
            "fiscal_year_start": context.fiscal_year_start,
            "known_at": context.known_at.isoformat() if context.known_at else None,
            "unanswered": left,
            "traits_left_out": sorted(name for kind, name in missing if kind == "trait"),
        },
        loads=load_count(workspace.ledger),
        attempt=attempt,
    )
    places = positions(workspace.ledger)
    entry = publish(workspace.warehouse, workspace.ledger, workspace.archive, evaluation, plan, places)
    warnings = [*workspace.derived.staleness(entry.as_of), *old_scores(workspace, entry.as_of)]
    warnings += [*unscored(evaluation, answered), *unapplied(workspace)]
    warnings += [f"{name} is left as it was: it {gap.reason} ({gap.hint})" for (_, name), gap in missing.items()]
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
    if defining.noted(workspace.engine, workspace.ledger, workspace.folder.segments):
        return []
    held = {("segment", n): e for n, e in current(workspace.ledger, "segment").items()}
    held |= {("trait", n): e for n, e in current(workspace.ledger, "trait").items()}
    try:
        files = defining.read_files(workspace.folder.segments)
        found = differing(workspace, files.documents) if files.documents else []
    except DefinitionError as error:
        return [f"a definition file cannot be read: {error.message}"]
    for one in files.parsed:
        definition = one.definition
        before = held.get((defining.kind_of(definition), definition.name))
        if before is None or before.version != version(definition):
            found.append(definition.name)
    if not found:
        defining.note_applied(workspace.engine, workspace.ledger, workspace.folder.segments)
    return [f"not applied yet: {', '.join(sorted(found))} (run `segmentary apply`)"] if found else []


def run_job(workspace: Workspace, arguments: Mapping[str, Any], tell: Tell) -> RunReport:
    """Run as a job. Arguments: ``as_of``, ``known_at`` (dates or instants; default: now, and everything known).

    Raises
    ------
    UsageError
        when an argument is unknown, or no date.
    """
    if arguments.keys() - {"as_of", "known_at"}:
        raise UsageError("a run takes `as_of` and `known_at` only")
    for name in ("as_of", "known_at"):
        if not isinstance(arguments.get(name), str | None):
            raise UsageError(f"{name}: not a date", hint="write 2026-03-01 or 2026-03-01T12:00:00+01:00")
    steps = iter(range(1, 1_000_000))

    def progress(sentence: str) -> None:
        # Nobody knows how many steps there will be: the bar comes ever nearer to its end.
        tell(sentence, 0.95 * (1 - 0.85 ** next(steps)))

    return run(workspace, arguments.get("as_of") or None, arguments.get("known_at") or None, progress)
