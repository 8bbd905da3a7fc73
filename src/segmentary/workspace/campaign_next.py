"""What to do next with every segment: what campaigns and experiments showed, held together."""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, TypeAlias

from sqlglot import exp

from segmentary.engine.sqlfile import column
from segmentary.errors import NoAnswerError, SegmentaryError, UnknownNameError
from segmentary.ledger import campaign_facts as facts
from segmentary.ledger.records import current_records
from segmentary.models.progress import Tell, quiet, within
from segmentary.models.table.findings import Finding
from segmentary.workspace.moments import Moment

if TYPE_CHECKING:
    from segmentary.measurement.campaign.next_action import Evidence, NextAction
    from segmentary.measurement.experiment.analysis import Analysis, Comparison
    from segmentary.measurement.experiment.metrics import Metric
    from segmentary.measurement.experiment.sums import Sums
    from segmentary.workspace.workspace import Workspace

Costs: TypeAlias = Mapping[str, float]
"""What an action cost per person treated, by segment; of an empty name: of every other."""
NOTHING = "no segment is known to campaigns or experiments yet, so there is nothing to go by"


@dataclass(frozen=True)
class NextActions:
    """What to do next with each segment, and which evidence was left out and why."""

    as_of: dt.datetime
    rows: tuple[NextAction, ...]
    evidence: tuple[str, ...]
    findings: tuple[Finding, ...]

    def row(self, segment: str) -> NextAction:
        """Return what to do with one segment."""
        return next(one for one in self.rows if one.segment == segment)

    def to_document(self) -> dict[str, Any]:
        """Return it as JSON values."""
        return {
            "as_of": self.as_of.isoformat(),
            "rows": [one.to_document() for one in self.rows],
            "evidence": list(self.evidence),
            "findings": [one.to_document() for one in self.findings],
        }


def next_actions_of(
    workspace: Workspace,
    *,
    segments: Sequence[str] = (),
    margin: float | None = None,
    as_of: Moment = None,
    power: float = 0.8,
    tell: Tell = quiet,
) -> NextActions:
    """Return what to do next with each segment.

    Parameters
    ----------
    segments : default: those any campaign or experiment told apart. margin : share of revenue that is profit: then
        actions are judged by profit after their cost, else by the metric they were made for.

    Raises
    ------
    NoAnswerError
        when there are no segments to speak of.
    """
    from segmentary.measurement.campaign.next_action import by_segment

    defined = workspace.segments_defined()
    for one in segments:
        if one not in defined:
            raise UnknownNameError("segment", one, defined, see="see `segmentary segment list`")
    moment = workspace.context(as_of).as_of
    analyses, findings = readable(workspace, moment, within(tell, 0.0, 0.7))
    told = [evidence for one, costs in analyses for evidence in evidence_of(one, costs, margin)]
    held = by_segment(told)
    wanted = list(segments) or [name for name in dict.fromkeys((*held, *targeted(workspace))) if name in defined]
    if not wanted:
        raise NoAnswerError(NOTHING, hint="freeze a campaign with a holdout, or `segmentary experiment plan`")
    tell("how many people, and what a test would see", 0.75)
    people = sizes(workspace, wanted)
    findings += [
        Finding("not_computed", "warning", f"{name} was not computed by the newest run: its people count as none",
                "segmentary run")
        for name in wanted if name not in people
    ]  # fmt: skip
    metric = test_metric()
    past = history_of(workspace, wanted, metric, moment, findings)
    actions = list(dict.fromkeys(one.action for one in told))
    rows = [row_of(workspace, name, people.get(name, 0), held.get(name, []), past, metric, actions, power)
            for name in wanted]  # fmt: skip
    order = {"do": 0, "try": 1, "leave alone": 2}
    rows.sort(key=lambda row: (order[row.do], -(row.total.low if row.total else 0.0), row.segment))
    return NextActions(moment, tuple(rows), tuple(actions), tuple(findings))


def row_of(
    workspace: Workspace, segment: str, people: int, tried: Sequence[Evidence], past: Mapping[str, Sums],
    metric: Metric, actions: Sequence[str], power: float,
) -> NextAction:  # fmt: skip
    """Return what to do with one segment."""
    from segmentary.measurement.campaign.next_action import next_action

    mine = {one.action for one in tried}
    untried = next((one for one in actions if one not in mine), "")
    return next_action(
        segment, people, tried, past.get(segment), metric=metric.name, kind="share", days=metric.days, untried=untried,
        power=power, currency=workspace.settings.currency,
    )  # fmt: skip


def test_metric() -> Metric:
    """Return what a test is judged by: whether people buy within four weeks."""
    from segmentary.measurement.campaign.plan import metrics_of

    return metrics_of("", "")[0]


def targeted(workspace: Workspace) -> list[str]:
    """Return the segments campaigns are made for."""
    found: list[str] = []
    for record in current_records(workspace.ledger, "campaign").values():
        for one in record.document.get("targets", ()):
            name = one.get("segment", "") if isinstance(one, dict) else str(one)
            found.append(name)
    return [name for name in dict.fromkeys(found) if name]


def readable(
    workspace: Workspace, moment: dt.datetime, tell: Tell
) -> tuple[list[tuple[Analysis, Costs]], list[Finding]]:
    """Read every campaign and experiment that is over, with its costs per person; say of the others why not."""
    from segmentary.measurement.experiment.plan import Plan

    workspace.derived.ensure()
    drawn = facts.campaigns_drawn(workspace.ledger)
    others = [
        name
        for name, kept in current_records(workspace.ledger, "experiment").items()
        if name not in drawn and "metrics" in kept.document
    ]
    found: list[tuple[Analysis, Costs]] = []
    findings: list[Finding] = []
    for number, name in enumerate((*drawn, *others)):
        tell(f"what {name} showed", number / max(1, len(drawn) + len(others)))
        try:
            if name in drawn:
                one, costs = of_campaign(workspace, name, moment)
            else:
                plan: Plan = workspace.experiments.get(name)
                one, costs = of_experiment(workspace, plan, moment), {"": plan.cost or 0.0}
        except SegmentaryError as error:
            message = f"{name} is no evidence: {error.message}"
            findings.append(Finding("not_evidence", "note", message, error.hint or ""))
            continue
        if one.blocked:
            findings.append(Finding("not_evidence", "warning", f"{name} is no evidence: {one.sentence}"))
        else:
            found.append((one, costs))
    return found, findings


def of_campaign(workspace: Workspace, name: str, moment: dt.datetime) -> tuple[Analysis, Costs]:
    """Read a campaign of ours, and what it cost per person drawn to be treated, by segment.

    Raises
    ------
    NoAnswerError
        when nobody was held out, or its day has not come.
    """
    from segmentary.measurement.campaign.reactions import together
    from segmentary.workspace.campaign_results import funnel_of, read_outcomes
    from segmentary.workspace.campaign_whom import whom

    found = whom(workspace, name, moment)
    read = read_outcomes(workspace, found, moment, peek=False, tell=quiet)
    if found.refusal or read.analysis is None:
        doubt = next((one.message for one in read.findings if one.code == "no_outcome"), "")
        when = f"its day is {found.plan.look_at:%Y-%m-%d}" if found.plan and found.plan.look_at else ""
        raise NoAnswerError(found.refusal or doubt or when or "it cannot be read", hint=found.needed)
    rows = [one for one in funnel_of(workspace, read, moment) if one.arm != found.control]
    costs = {}
    for segment in dict.fromkeys(one.segment for one in rows):
        whole = together(one for one in rows if one.segment == segment)
        costs[segment] = float(whole.cost) / whole.people if whole.people else 0.0
    return read.analysis, costs


def of_experiment(workspace: Workspace, plan: Any, moment: dt.datetime) -> Analysis:
    """Read an experiment that was no campaign of ours."""
    from segmentary.workspace.experiment_reading import analyse_plan

    moment, early = workspace.experiments.ready(plan, moment, peek=False)
    return analyse_plan(workspace, plan, moment, peeking=early, tell=quiet)


def evidence_of(analysis: Analysis, costs: Costs, margin: float | None) -> list[Evidence]:
    """Return what an analysis says of each segment it told apart."""
    plan = analysis.plan
    revenue = next((one for one in plan.metrics if one.top.of == "amount" and one.per is None), None)
    money = margin is not None and revenue is not None
    metric = revenue if money and revenue is not None else plan.primary
    found = []
    for one in analysis.segments or analysis.overall:
        if one.metric != metric.name or one.deciding is None or one.segment.startswith("("):
            continue
        if one.segment:
            cost = costs.get(one.segment, costs.get("", 0.0))
            found.append(measured(one, analysis, margin if money else None, cost, metric.better == "lower"))
    return found


def measured(one: Comparison, analysis: Analysis, margin: float | None, cost: float, lower: bool) -> Evidence:
    """Return one segment's figure, shrunken towards the others, as profit where the margin is known."""
    from segmentary.measurement.campaign.next_action import Evidence
    from segmentary.models.intervals import normal_quantile

    deciding = one.deciding
    assert deciding is not None  # noqa: S101 - chosen so by the caller
    estimate, error = deciding.estimate, deciding.error
    if one.shrunken is not None:
        estimate = one.shrunken.estimate
        error = (one.shrunken.high - one.shrunken.low) / (2 * normal_quantile(deciding.level))
    if margin is not None:
        estimate, error = margin * estimate - cost, margin * error
    elif lower:
        estimate = -estimate
    plan = analysis.plan
    action = plan.name if len(plan.treatments) == 1 else f"{plan.name} ({one.arm})"
    n = deciding.n_treated + deciding.n_control
    return Evidence(action, one.segment, one.metric, one.kind, estimate, error, n, margin is not None, one.verdict.word)


def sizes(workspace: Workspace, segments: Sequence[str]) -> dict[str, int]:
    """Count the people of each segment as the newest run served them; what it did not serve is not in the answer."""
    from segmentary.segments.history import served_query

    last = workspace.last_run()
    found = {}
    for name in segments:
        if last is not None and name in last.segments:
            query = exp.select(exp.Count(this=exp.Star())).from_(served_query(name, last.run_id).subquery("served"))
            found[name] = int(workspace.warehouse.value(query))
    return found


def history_of(
    workspace: Workspace, segments: Sequence[str], metric: Metric, moment: dt.datetime, findings: list[Finding]
) -> dict[str, Sums]:
    """Return what each segment's metric was in its last window; nothing where it cannot be told.

    Each segment is looked at by itself: a person may be in several.
    """
    from segmentary.measurement.experiment.plan import Arm, Plan
    from segmentary.workspace.experiment_planning import past

    if metric.top.name not in workspace.derived.events():
        return {}
    until = min(moment, newest(workspace, metric.top.name) or moment)
    found: dict[str, Sums] = {}
    for name in segments:
        arms = (Arm("treated", 0.5), Arm("control", 0.5))
        plan = Plan("next", "", (metric,), arms, "control", "", segments=(name,))
        try:
            sums, doubts = past(workspace, plan, metric, until)
        except SegmentaryError as error:
            findings.append(Finding("no_history", "note", f"{name}: its past cannot be told: {error.message}"))
            continue
        findings += [one for one in doubts if one not in findings]
        if name in sums:
            found[name] = sums[name]
    return found


def newest(workspace: Workspace, event: str) -> dt.datetime | None:
    """Return the newest event of a name: where the data end early, the last window ends with them."""
    query = exp.select(exp.Max(this=column("happened_at"))).from_(exp.table_("events", quoted=True))
    at = workspace.warehouse.value(query.where(exp.EQ(this=column("name"), expression=exp.Literal.string(event))))
    return None if at is None else at.replace(tzinfo=dt.UTC) + dt.timedelta(seconds=1)
