"""Reading experiments: outcomes and sums made in the warehouse, held against the plan."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable, Sequence
from typing import TYPE_CHECKING

from sqlglot import exp

from segmentary.engine.sqlfile import column, literal
from segmentary.errors import UnknownNameError, UsageError
from segmentary.models.progress import Tell
from segmentary.models.table.findings import Finding
from segmentary.workspace.experiment_people import EXPOSED, assigned, moments_of, place_of, shares_by_segment

if TYPE_CHECKING:
    from segmentary.measurement.experiment.analysis import Analysis
    from segmentary.measurement.experiment.metrics import Metric, Taken
    from segmentary.measurement.experiment.outcomes import Traits
    from segmentary.measurement.experiment.plan import Plan
    from segmentary.workspace.evaluation import Evaluation
    from segmentary.workspace.workspace import Workspace

PEOPLE, WINSORISED = "experiment_people", "experiment_winsorised"


def check_metrics(workspace: Workspace, metrics: Iterable[Metric]) -> None:
    """Refuse metrics of events and traits that are not there.

    Raises
    ------
    UnknownNameError
        naming the nearest.
    """
    events = workspace.derived.events()
    traits = [*workspace.derived.attribute_types(), *workspace.traits_defined()]
    for metric in metrics:
        for one in (metric.top, metric.per):
            if one is None:
                continue
            if one.take == "trait" and one.name not in traits:
                raise UnknownNameError("trait", one.name, traits, see="see `segmentary traits`")
            if one.take != "trait" and one.name not in events:
                raise UnknownNameError("event", one.name, events, see="events come from orders and event files")
        if metric.before_trait and metric.before_trait not in traits:
            raise UnknownNameError("trait", metric.before_trait, traits, see="see `segmentary traits`")


def trait_figures(workspace: Workspace, metrics: Sequence[Metric], as_of: dt.datetime, before: dt.datetime) -> Traits:
    """Return where the traits of metrics are, as numbers: as of the look, those before as of the assignment."""
    from segmentary.measurement.experiment.outcomes import BEFORE, parts_of

    wanted = [part.taken for part in parts_of(metrics) if part.taken.take == "trait"]
    found: dict[str, tuple[exp.Query, exp.Expr]] = {}
    for at, group in ((as_of, [t for t in wanted if t.of != BEFORE]), (before, [t for t in wanted if t.of == BEFORE])):
        if not group:
            continue
        made = workspace.evaluate({}, workspace.context(at), traits=[one.name for one in group])
        for number, one in enumerate(group):
            table, value = numeric(workspace, made, one)
            # Evaluations share their temporary tables: what is read of one is put aside before the next.
            place = f"{PEOPLE}_{'before' if one.of == BEFORE else 'trait'}_{number}"
            workspace.warehouse.create_as(
                place, exp.select(column("customer_id"), value.as_("value")).from_(table), temporary=True
            )
            kept = exp.select(column("customer_id"), column("value")).from_(exp.table_(place, quoted=True))
            found[one.text] = (kept, column("value"))
    return found


def numeric(workspace: Workspace, found: Evaluation, taken: Taken) -> tuple[exp.Table, exp.Expr]:
    """Return a trait as a number; a yes is 1.

    Raises
    ------
    UsageError
        when it is a text or a date: there is nothing to average.
    """
    table, value = place_of(found, taken.name)
    own = workspace.traits_defined()
    kind = own[taken.name].type if taken.name in own else found.given[taken.name].type
    if kind == "boolean":
        return table, exp.Case().when(value, literal(1)).when(exp.not_(value.copy()), literal(0))
    if kind != "number":
        raise UsageError(f"{taken.name} is a {kind}: there is nothing to average", hint="a number, or a yes and no")
    return table, value


def analyse_plan(workspace: Workspace, plan: Plan, as_of: dt.datetime, *, peeking: bool, tell: Tell) -> Analysis:
    """Read an experiment as of a moment."""
    tell("who was assigned", 0.05)
    people, findings = assigned(workspace, plan)
    moments = moments_of(workspace, exp.table_(EXPOSED, quoted=True))
    return analyse_people(workspace, plan, people, moments, as_of, peeking=peeking, findings=findings, tell=tell)


def analyse_people(
    workspace: Workspace,
    plan: Plan,
    people: exp.Table,
    moments: Sequence[dt.datetime],
    as_of: dt.datetime,
    *,
    peeking: bool,
    findings: Sequence[Finding],
    tell: Tell,
) -> Analysis:
    """Read what became of people in arms.

    people : ``customer_id, segment, arm, assigned_at``. moments : of assignment. findings : made before.
    """
    from segmentary.measurement.experiment.analysis import analyse
    from segmentary.measurement.experiment.outcomes import cut_at, outcomes, winsorised
    from segmentary.measurement.experiment.sums import count_sums

    check_metrics(workspace, plan.metrics)
    tell("traits", 0.2)
    traits = trait_figures(workspace, plan.metrics, as_of, moments[0] if moments else as_of)
    tell("what became of them", 0.4)
    engine = workspace.warehouse
    table = outcomes(engine, people, plan.metrics, traits, as_of=as_of, into=PEOPLE)
    tell("sums", 0.7)
    counted = count_sums(engine, table, len(plan.metrics))
    cuts = [
        cut_at(engine, table, number) if metric.per is None and any(not one.share for one in counted[number].values())
        else None
        for number, metric in enumerate(plan.metrics)
    ]  # fmt: skip
    cut = count_sums(engine, winsorised(table, cuts), len(plan.metrics))
    tell("comparing", 0.9)
    return analyse(
        plan,
        counted,
        cut,
        as_of=as_of,
        cuts={metric.name: at for metric, at in zip(plan.metrics, cuts, strict=True) if at is not None},
        peeking=peeking,
        planned=shares_by_segment(plan),
        findings=(*findings, *unfinished(plan, moments, as_of)),
    )


def unfinished(plan: Plan, moments: Sequence[dt.datetime], as_of: dt.datetime) -> list[Finding]:
    """Say when the windows of some people are not over yet."""
    if not moments or not plan.longest:
        return []
    over = moments[-1] + dt.timedelta(days=plan.longest)
    if over <= as_of:
        return []
    return [
        Finding(
            "unfinished", "note", f"the {plan.longest} days after assignment are not over before {over:%Y-%m-%d}",
            "the arms are cut off alike, so they can be compared; the figures are those so far",
        )
    ]  # fmt: skip
