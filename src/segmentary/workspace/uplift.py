"""Whom an experiment's arms help: traits as of the assignment, the primary outcome after it, learnt and held out."""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Literal

from sqlglot import exp

from segmentary.engine.sqlfile import column, literal
from segmentary.errors import NoAnswerError, UnknownNameError, UsageError
from segmentary.ledger.definitions import lists
from segmentary.models.progress import Tell, within
from segmentary.models.table.findings import Finding
from segmentary.workspace.experiment_people import ASSIGNED, EXPOSED, moments_of, shares_by_segment
from segmentary.workspace.experiment_reading import PEOPLE, analyse_plan

if TYPE_CHECKING:
    import pyarrow as pa

    from segmentary.measurement.experiment.metrics import Metric
    from segmentary.measurement.experiment.plan import Plan
    from segmentary.measurement.uplift.policies import Economics
    from segmentary.measurement.uplift.uplift import Uplift
    from segmentary.workspace.feature_choice import Chosen
    from segmentary.workspace.workspace import Workspace

Learners = Literal["all", "ridge"]
ARM, SEGMENT, OUTCOME = "arm/", "segment/", "outcome/"
"""Columns beside traits; no trait is called so."""
SAMPLE = 100_000
MOST_MOMENTS = 30


@dataclass(frozen=True)
class Helped:
    """Whom the arms of an experiment help.

    arms : what was found of each. refused : arms of which nothing can be said, and why.
    """

    name: str
    metric: str
    as_of: dt.datetime
    assigned_at: dt.datetime | None
    peeking: bool
    arms: tuple[Uplift, ...]
    refused: dict[str, str]
    findings: tuple[Finding, ...]

    def to_document(self) -> dict[str, Any]:
        """Return it as JSON values."""
        return {
            "experiment": self.name,
            "metric": self.metric,
            "as_of": self.as_of.isoformat(),
            "assigned_at": self.assigned_at.isoformat() if self.assigned_at else None,
            "peeking": self.peeking,
            "arms": [one.to_document() for one in self.arms],
            "refused": self.refused,
            "findings": [one.to_document() for one in self.findings],
        }


def whom_it_helps(
    workspace: Workspace,
    plan: Plan,
    *,
    by: Sequence[str],
    arms: Sequence[str],
    cost: float | None,
    value: float | None,
    learners: Learners,
    as_of: dt.datetime,
    peeking: bool,
    seed: int,
    tell: Tell,
) -> Helped:
    """Read whom the arms of a plan help, by its primary metric.

    Raises
    ------
    NoAnswerError
        when the arms are not split as planned, or there is nothing to tell people apart by.
    UsageError, UnknownNameError
        when an arm or trait is none, or the metric is no outcome of a person.
    """
    wanted = checked_arms(plan, arms)
    metric = checked_metric(plan, by)
    economics = economics_of(plan, metric, cost, value)
    read = analyse_plan(workspace, plan, as_of, peeking=peeking, tell=within(tell, 0.0, 0.1))
    if read.blocked:
        raise NoAnswerError(read.sentence, hint=next((one.hint for one in read.findings if one.level == "refusal"), ""))
    moments = moments_of(workspace, exp.table_(EXPOSED, quoted=True))
    if not moments and not by:
        raise NoAnswerError(
            "the exposures do not say when people were assigned, so nothing is known to be from before",
            hint="load them with a column assigned_at, or name traits that were known before: --by TRAIT",
        )
    at = moments[0] if moments else as_of
    chosen = chosen_traits(workspace, at, by)
    findings = [*chosen.findings, *doubts(moments)]
    tell("traits as of the assignment", 0.15)
    frame = people_frame(workspace, chosen, moments[:MOST_MOMENTS] or [at], plan.metrics.index(metric), seed)
    missing = frame.num_rows - len(frame.column(OUTCOME).drop_null())
    if missing:
        findings.append(Finding("missing", "note", f"{missing:,} people without an outcome are left out", ""))
    found: list[Uplift] = []
    refused: dict[str, str] = {}
    for number, arm in enumerate(wanted):
        part = within(tell, 0.2 + 0.8 * number / len(wanted), 0.2 + 0.8 * (number + 1) / len(wanted))
        try:
            found.append(of_arm(frame, chosen, plan, arm, metric, economics, learners, seed, part))
        except NoAnswerError as error:
            refused[arm] = f"{error.message} ({error.hint})" if error.hint else error.message
    first = moments[0] if moments else None
    return Helped(plan.name, metric.text, as_of, first, peeking, tuple(found), refused, tuple(findings))


def checked_arms(plan: Plan, arms: Sequence[str]) -> tuple[str, ...]:
    """Return the arms asked for; default: all but control."""
    for arm in arms:
        if arm not in plan.treatments:
            raise UnknownNameError("arm", arm, plan.treatments)
    return tuple(dict.fromkeys(arms)) or plan.treatments


def checked_metric(plan: Plan, by: Sequence[str]) -> Metric:
    """Return the primary metric, when it is something a person has, and no trait to tell people apart by."""
    metric = plan.primary
    if metric.per is not None:
        raise UsageError(f"{metric.name} is a ratio of sums: no outcome of a person", hint="plan by a sum or a count")
    if metric.better == "lower":
        raise UsageError(f"of {metric.name} less is better: whom it helps is read of outcomes of which more is better")
    outcomes = {one.top.name for one in plan.metrics if one.top.take == "trait"}
    for name in by:
        if name in outcomes:
            raise UsageError(f"{name} is an outcome of the experiment: it was not known before", hint="leave it out")
    return metric


def economics_of(plan: Plan, metric: Metric, cost: float | None, value: float | None) -> Economics:
    """Return cost and value; an outcome in money is worth itself.

    Raises
    ------
    UsageError
        when a cost is given and nobody says what an outcome is worth.
    """
    from segmentary.measurement.uplift.policies import Economics

    money = metric.top.take == "sum" and metric.top.of == "amount"
    if value is None and not money:
        if cost is not None:
            raise UsageError(f"what is one {metric.name} worth?", hint="--value MONEY beside --cost")
        return Economics()
    return Economics(cost if cost is not None else plan.cost or 0.0, value if value is not None else 1.0)


def doubts(moments: Sequence[dt.datetime]) -> list[Finding]:
    """Say what is not known of when people were assigned."""
    if not moments:
        message = "the exposures do not say when people were assigned: that the traits are from before is on your word"
        return [Finding("undated_lot", "warning", message, "load exposures with assigned_at")]
    if len(moments) > MOST_MOMENTS:
        message = f"people were assigned at {len(moments):,} moments: those of the first {MOST_MOMENTS} are read"
        return [Finding("many_moments", "note", message, "assign in waves")]
    return []


def chosen_traits(workspace: Workspace, at: dt.datetime, by: Sequence[str]) -> Chosen:
    """Return the traits people are told apart by: those named, else every feature of their past that can be dated."""
    from segmentary.models.predict.features import with_parts
    from segmentary.workspace.feature_choice import Chosen, check_features, choose_attributes, choose_features

    if not by:
        return choose_features(workspace, at)
    workspace.derived.ensure()
    given, held = workspace.derived.attribute_types(), workspace.traits_defined()
    for name in by:
        if name not in given and name not in held:
            raise UnknownNameError("trait", name, [*given, *held], see="see `segmentary traits`")
    computed = {name: held[name] for name in by if name in held}
    for name in computed:
        check_features(workspace, with_parts([name], held))
    attributes, findings = choose_attributes(workspace, at, [name for name in by if name not in held] or "none")
    return Chosen(computed, attributes, tuple(findings))


def people_frame(
    workspace: Workspace, chosen: Chosen, moments: Sequence[dt.datetime], metric: int, seed: int
) -> pa.Table:
    """Return people with traits as of their own assignment, arm, segment and outcome, in the order of their ids."""
    import pyarrow as pa

    from segmentary.workspace.evaluating import Definitions, evaluate_segments
    from segmentary.workspace.features import PREFIX, sampled
    from segmentary.workspace.variables import columns_query

    types = types_of(chosen)
    definitions = Definitions({}, {**workspace.traits_defined(), **chosen.features}, lists(workspace.ledger))
    engine, place = workspace.warehouse, f"{PREFIX}_people"
    frames = []
    for moment in moments:
        context = workspace.context(moment)
        made = evaluate_segments(workspace, {}, context, definitions=definitions, traits=list(types), prefix=PREFIX)
        traits = columns_query(made, types, None)
        traits.set("order", None)
        only = moment if len(moments) > 1 else None
        size = engine.create_as(place, with_arms(traits, types, metric, only), temporary=True)
        extra: Mapping[str, Any] = {**types, ARM: "text", SEGMENT: "text", OUTCOME: "number"}
        if size:
            frames.append(engine.table(sampled(extra, size, max(1, SAMPLE // len(moments)), seed)))
        engine.drop(place)
    if not frames:
        raise NoAnswerError("nobody who was assigned is known", hint="load the customers of the exposures")
    whole = pa.concat_tables(frames, promote_options="permissive")
    return whole.sort_by("customer_id")


def types_of(chosen: Chosen) -> dict[str, Any]:
    """Return the type of every trait."""
    return {name: one.type for name, one in chosen.features.items()} | dict(chosen.attributes)


def with_arms(traits: exp.Select, types: Mapping[str, Any], metric: int, moment: dt.datetime | None) -> exp.Select:
    """Return traits beside arm, segment and outcome; moment: only of those assigned then."""
    outcome = exp.cast(column(f"y{metric}", "o"), "double")
    query = (
        exp.select(column("customer_id", "a"), *(column(name, "t") for name in types))
        .select(column("arm", "a").as_(ARM, quoted=True), column("segment", "a").as_(SEGMENT, quoted=True))
        .select(outcome.as_(OUTCOME, quoted=True))
        .from_(exp.alias_(exp.table_(ASSIGNED, quoted=True), "a", table=True))
    )
    outcomes = exp.alias_(exp.table_(PEOPLE, quoted=True), "o", table=True)
    for table, alias in ((outcomes, "o"), (traits.subquery("t"), "t")):
        on = exp.EQ(this=column("customer_id", alias), expression=column("customer_id", "a"))
        query = query.join(table, on=on)
    if moment is not None:
        query = query.where(exp.EQ(this=column("assigned_at", "a"), expression=literal(moment)))
    return query


def of_arm(
    frame: pa.Table,
    chosen: Chosen,
    plan: Plan,
    arm: str,
    metric: Metric,
    economics: Economics,
    learners: Learners,
    seed: int,
    tell: Tell,
) -> Uplift:
    """Return whom one arm helps."""
    import numpy as np
    import pyarrow.compute as pc

    from segmentary.measurement.uplift.trial import trial_of
    from segmentary.measurement.uplift.uplift import EVERY, uplift
    from segmentary.models.predict.features import typed_features

    either = pc.or_(pc.equal(frame.column(ARM), arm), pc.equal(frame.column(ARM), plan.control))
    inside = pc.and_(either, pc.is_valid(frame.column(OUTCOME)))
    rows = frame.filter(inside)
    titles = {name: one.title for name, one in chosen.features.items()}
    table = typed_features(rows, types_of(chosen), titles)
    drawn = np.array(rows.column(ARM).to_pylist(), dtype=object) == arm
    y = np.asarray(rows.column(OUTCOME).to_numpy(), dtype=np.float64)
    segments = rows.column(SEGMENT).to_pylist()
    chances = {one: chance_of(plan, arm, one) for one in set(segments)}
    chance = np.array([chances[one] for one in segments], dtype=np.float64)
    chosen_learners = tuple(one for one in EVERY if learners == "all" or one[1] == "ridge")
    return uplift(
        trial_of(table, drawn, y, chance), arm=arm, control=plan.control, outcome=metric.name, economics=economics,
        learners=chosen_learners, seed=seed, level=plan.look.level, tell=tell,
    )  # fmt: skip


def chance_of(plan: Plan, arm: str, segment: str | None) -> float:
    """Return with which probability somebody of a segment was put into the arm rather than into control."""
    held = shares_by_segment(plan).get(segment or "", plan.shares)
    return float(held[arm]) / float(held[arm] + held[plan.control])
