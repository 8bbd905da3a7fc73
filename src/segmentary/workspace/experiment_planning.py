"""What an experiment could see, out of the history the workspace holds."""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping
from dataclasses import asdict, dataclass, replace
from typing import TYPE_CHECKING, Any

from sqlglot import exp

from segmentary.engine.sqlfile import column, literal
from segmentary.errors import CoverageError
from segmentary.models.progress import Tell
from segmentary.models.table.findings import Finding
from segmentary.profiles.asof import universe_query
from segmentary.workspace.experiment_people import STRATA, Then, strata
from segmentary.workspace.experiment_reading import PEOPLE, trait_figures

if TYPE_CHECKING:
    from segmentary.measurement.experiment.metrics import Metric
    from segmentary.measurement.experiment.plan import Plan
    from segmentary.measurement.experiment.power import Asked, Power
    from segmentary.measurement.experiment.sums import Sums
    from segmentary.workspace.workspace import Workspace

PAST = "experiment_past"


@dataclass(frozen=True, slots=True)
class Planned:
    """A plan and what it could see.

    people : who takes part, by segment (without the global holdout). overall, segments : power; together : what the
    segments that are too small on their own could see as one. days : from assignment to the look.
    """

    plan: Plan
    people: dict[str, int]
    overall: tuple[Power, ...]
    segments: tuple[Power, ...]
    together: tuple[Power, ...]
    days: int
    findings: tuple[Finding, ...]

    @property
    def sentence(self) -> str:
        """The plan in one sentence: what it could see by its primary metric."""
        name = self.plan.primary.name
        return "; ".join(one.sentence for one in self.overall if one.metric == name)

    def to_document(self) -> dict[str, Any]:
        """Return it as JSON values."""
        return {
            "experiment": self.plan.name,
            "hypothesis": self.plan.hypothesis,
            "sentence": self.sentence,
            "metrics": [one.text for one in self.plan.metrics],
            "arms": [asdict(one) for one in self.plan.arms],
            "control": self.plan.control,
            "look": self.plan.look.kind,
            "look_at": self.plan.look_at.isoformat() if self.plan.look_at else None,
            "global_holdout": self.plan.global_holdout,
            "days": self.days,
            "people": self.people,
            "overall": [one.to_document() for one in self.overall],
            "segments": [one.to_document() for one in self.segments],
            "together": [one.to_document() for one in self.together],
            "findings": [one.to_document() for one in self.findings],
        }


def planned(workspace: Workspace, plan: Plan, asked: Asked, as_of: dt.datetime, tell: Tell) -> Planned:
    """Return what a plan could see, were the coming weeks like the last."""
    from segmentary.measurement.experiment.power import power_of, together
    from segmentary.measurement.experiment.sums import added

    tell("who takes part", 0.05)
    people = takers(workspace, plan, as_of)
    findings: list[Finding] = []
    overall: list[Power] = []
    segments: list[Power] = []
    merged: list[Power] = []
    # Several arms are several questions: each gets its part of the chance of error, as Holm's correction may take it.
    shared = replace(asked, level=1 - (1 - asked.level) / len(plan.treatments))
    for number, metric in enumerate(plan.metrics):
        tell(f"the history of {metric.name}", 0.1 + 0.8 * number / len(plan.metrics))
        history, found = past(workspace, plan, metric, as_of)
        findings += [one for one in found if one not in findings]
        held = {name: replace(sums, people=people[name]) for name, sums in history.items() if name in people}
        kind = metric.kind(share=all(sums.share for sums in held.values()))
        for arm in plan.treatments:
            shares = plan.shares[arm], plan.shares[plan.control]
            said = {"arm": arm, "metric": metric.name, "kind": kind, "shares": shares, "asked": shared}
            overall.append(power_of(added(held.values()), segment="", **said))  # type: ignore[arg-type]
            if len(held) > 1:
                each = [power_of(sums, segment=name, **said) for name, sums in sorted(held.items())]  # type: ignore[arg-type]
                segments += each
                one = together(each, held, shared)
                merged += [one] if one is not None else []
    return Planned(
        plan,
        people,
        tuple(overall),
        tuple(segments),
        tuple(merged),
        plan.longest,
        (*findings, *promises(overall)),
    )


def promises(overall: list[Power]) -> list[Finding]:
    """Say how much the past of a metric would have taken out, and that it is no promise."""
    return [
        Finding(
            "cuped",
            "note",
            f"{one.metric}: what people did before explained {one.variance_cut:.0%} of it in the past: no promise",
        )
        for one in {power.metric: power for power in overall}.values()
        if one.variance_cut >= 0.01
    ]


def takers(workspace: Workspace, plan: Plan, as_of: dt.datetime) -> dict[str, int]:
    """Count who takes part now, by segment, without the global holdout."""
    from segmentary.measurement.experiment.assignment import held_out

    last = workspace.last_run()
    then = Then(as_of, last.run_id if last is not None and plan.segments else None)
    table = strata(workspace, plan, universe_query(workspace.context(as_of)), then)
    query = exp.select(column("segment"), exp.Count(this=exp.Star()).as_("n")).from_(table)
    if plan.global_holdout:
        query = query.where(exp.not_(held_out(plan.global_holdout)))
    rows = workspace.warehouse.rows(query.group_by(column("segment")))
    return {str(name): int(n) for name, n in sorted(rows)}


def past(
    workspace: Workspace, plan: Plan, metric: Metric, as_of: dt.datetime
) -> tuple[Mapping[str, Sums], list[Finding]]:
    """Return the sums of a metric in its last whole window, by segment as it was before that window.

    Segments as they are now would hold those who bought in the window because they bought in it.
    """
    from segmentary.measurement.experiment.outcomes import outcomes
    from segmentary.measurement.experiment.sums import count_sums

    start = as_of - dt.timedelta(days=metric.days) if metric.timed else as_of
    people, findings = universe_query(workspace.context(start)), []
    try:
        table = strata(workspace, plan, people, Then(start), f"{STRATA}_past")
    except CoverageError:
        last = workspace.last_run()
        table = strata(workspace, plan, people, Then(start, last.run_id if last else None), f"{STRATA}_past")
        message = "the segments of the past cannot be told: figures are those of their members now, and too high or low"
        findings.append(Finding("segments_now", "warning", message))
    arm = literal("all").as_("arm")
    moment = exp.cast(literal(start), "timestamp").as_("assigned_at")
    query = exp.select(column("customer_id"), column("segment"), arm, moment).from_(table)
    workspace.warehouse.create_as(PAST, query, temporary=True)
    traits = trait_figures(workspace, [metric], as_of, start)
    made = outcomes(
        workspace.warehouse, exp.table_(PAST, quoted=True), [metric], traits, as_of=as_of, into=f"{PEOPLE}_past"
    )
    [counted] = count_sums(workspace.warehouse, made, 1)
    return {name: sums for (name, _), sums in counted.items()}, findings
