"""Who is in an experiment: in which segment as it was before anything was done, in which arm, since when."""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

from sqlglot import exp

from segmentary.engine.sqlfile import column, literal
from segmentary.errors import UnknownNameError, UsageError
from segmentary.models.table.findings import Finding
from segmentary.schema import EXPOSURES, IDENTITY_MAP
from segmentary.segments.history import served_query
from segmentary.workspace.evaluation import Evaluation, flag_query

if TYPE_CHECKING:
    from segmentary.measurement.experiment.plan import Plan
    from segmentary.workspace.workspace import Workspace

STRATA, ASSIGNED, EXPOSED = "experiment_strata", "experiment_assigned", "experiment_exposed"
MOST_VALUES = 50


@dataclass(frozen=True, slots=True)
class Then:
    """The moment whose segments count. run_id : of the run whose memberships are read; None: evaluated as of `at`."""

    at: dt.datetime
    run_id: int | None = None


def campaign_names(workspace: Workspace) -> list[str]:
    """Return the campaigns there are exposures of."""
    query = exp.select(column("campaign")).distinct().from_(exp.table_(EXPOSURES.name, quoted=True))
    return sorted(str(row[0]) for row in workspace.warehouse.rows(query) if row[0] is not None)


def exposed(workspace: Workspace, campaign: str) -> exp.Table:
    """Make a table of a campaign's people: ``customer_id, arm, arms, assigned_at``; arms: in how many they are.

    Raises
    ------
    UnknownNameError
        when there are no exposures of it.
    """
    workspace.derived.ensure()
    on = exp.and_(
        exp.EQ(this=column("id_space", "i"), expression=column("id_space", "x")),
        exp.EQ(this=column("record_id", "i"), expression=column("record_id", "x")),
    )
    arm = exp.Coalesce(this=column("arm", "x"), expressions=[literal("")])
    query = (
        exp.select(
            column("customer_id", "i"),
            exp.Min(this=arm).as_("arm", quoted=True),
            exp.Max(this=arm.copy()).as_("arm_last", quoted=True),
            exp.Min(this=column("assigned_at", "x")).as_("assigned_at", quoted=True),
        )
        .from_(exp.table_(EXPOSURES.name, quoted=True, alias="x"))
        .join(exp.table_(IDENTITY_MAP.name, quoted=True, alias="i"), on=on)
        .where(exp.EQ(this=column("campaign", "x"), expression=literal(campaign)))
        .group_by(column("customer_id", "i"))
    )
    if workspace.warehouse.create_as(EXPOSED, query, temporary=True) == 0:
        known = campaign_names(workspace)
        raise UnknownNameError("campaign", campaign, known, see="campaigns are the exposures loaded or assigned")
    return exp.table_(EXPOSED, quoted=True)


def arms_of(workspace: Workspace, table: exp.Table) -> dict[str, int]:
    """Return people by arm; the arm of those of whom it is not said is empty."""
    query = exp.select(column("arm"), exp.Count(this=exp.Star()).as_("n")).from_(table.copy()).group_by(column("arm"))
    return {str(arm): int(n) for arm, n in sorted(workspace.warehouse.rows(query))}


def moments_of(workspace: Workspace, table: exp.Table) -> list[dt.datetime]:
    """Return the moments of assignment, oldest first; none where the exposures do not say."""
    query = exp.select(column("assigned_at")).distinct().from_(table.copy())
    known = [row[0] for row in workspace.warehouse.rows(query) if row[0] is not None]
    return [one.replace(tzinfo=dt.UTC) for one in sorted(known)]


# ---------------------------------------------------------------- segments as they were


def evaluated(workspace: Workspace, plan: Plan, at: dt.datetime, traits: Sequence[str] = ()) -> Evaluation:
    """Evaluate a plan's segments and traits as of a moment."""
    held = workspace.segments_defined()
    wanted = {name: held[name] for name in (*plan.segments, *([plan.within] if plan.within else []))}
    return workspace.evaluate(wanted, workspace.context(at), traits=traits)


def strata(workspace: Workspace, plan: Plan, people: exp.Query, then: Then, into: str = STRATA) -> exp.Table:
    """Make a table of ``customer_id, segment`` of the people who take part, by what was true then."""
    from segmentary.measurement.experiment.assignment import strata_query

    members: dict[str, exp.Query] = {}
    everybody = people
    if plan.by:
        found = evaluated(workspace, plan, then.at, [plan.by])
        members = values_of(workspace, plan.by, found)
    elif then.run_id is None:
        found = evaluated(workspace, plan, then.at)
        members = {name: flag_query(found, name) for name in plan.segments}
    else:
        members = {name: served_query(name, then.run_id) for name in plan.segments}
    if plan.within:
        inside = flag_query(found, plan.within) if then.run_id is None else served_query(plan.within, then.run_id)
        everybody = exp.select(column("customer_id", "p")).from_(people.subquery("p")).where(
            exp.In(this=column("customer_id", "p"), query=exp.Subquery(this=inside))
        )  # fmt: skip
    workspace.warehouse.create_as(into, strata_query(everybody, members), temporary=True)
    return exp.table_(into, quoted=True)


def values_of(workspace: Workspace, trait: str, found: Evaluation) -> dict[str, exp.Query]:
    """Return the people of each value of a trait, named ``trait = value``.

    Raises
    ------
    UnknownNameError, UsageError
        when there is no such trait, or it has too many values to be segments.
    """
    from segmentary.measurement.comparison import label

    table, value = place_of(found, trait)
    query = exp.select(value.copy().as_("value")).distinct().from_(table)
    values = [row[0] for row in workspace.warehouse.rows(query) if row[0] is not None]
    if len(values) > MOST_VALUES:
        raise UsageError(f"{trait} has {len(values):,} different values: no segments", hint="make a trait with bands")
    ids = exp.select(column("customer_id")).from_(table)
    return {
        f"{trait} = {label(one)}": ids.copy().where(exp.EQ(this=value.copy(), expression=literal(one)))
        for one in sorted(values)
    }


def place_of(found: Evaluation, trait: str) -> tuple[exp.Table, exp.Expr]:
    """Return the table and column that hold a trait after an evaluation."""
    if trait in found.trait_columns:
        return exp.table_(found.traits, quoted=True), column(found.trait_columns[trait])
    if trait in found.given:
        return exp.table_(found.scored, quoted=True), column(found.given[trait].column)
    raise UnknownNameError("trait", trait, [*found.given, *found.trait_columns], see="see `segmentary traits`")


# ---------------------------------------------------------------- people with segment and arm


def assigned(workspace: Workspace, plan: Plan) -> tuple[exp.Table, list[Finding]]:
    """Make a table of ``customer_id, segment, arm, assigned_at`` of everybody in an arm of the plan.

    People in several arms, in none of the plan's, or in the global holdout are left out, and counted.
    """
    table = exposed(workspace, plan.exposed_as)
    engine = workspace.warehouse
    one_arm = exp.EQ(this=column("arm"), expression=column("arm_last"))
    known = exp.In(this=column("arm"), expressions=[literal(arm.name) for arm in plan.arms])
    findings = left_out(workspace, plan, table, one_arm, known)
    people = (
        exp.select(column("customer_id"), column("arm"), column("assigned_at"))
        .from_(table.copy())
        .where(one_arm.copy(), known.copy())
    )
    engine.create_as(f"{EXPOSED}_kept", people, temporary=True)
    kept = exp.table_(f"{EXPOSED}_kept", quoted=True)
    pieces: list[exp.Query] = []
    waves = waves_of(workspace, plan, kept)
    for number, (then, chosen) in enumerate(waves):
        ids = exp.select(column("customer_id")).from_(kept.copy())
        ids = ids if chosen is None else ids.where(chosen.copy())
        place = strata(workspace, plan, ids, then, f"{STRATA}_{number}")
        on = exp.EQ(this=column("customer_id", "k"), expression=column("customer_id", "s"))
        pieces.append(
            exp.select(
                column("customer_id", "k"), column("segment", "s"), column("arm", "k"), column("assigned_at", "k")
            )
            .from_(exp.alias_(kept.copy(), "k", table=True))
            .join(exp.alias_(place, "s", table=True), on=on)
        )
    query = pieces[0]
    for piece in pieces[1:]:
        query = exp.union(query, piece, distinct=False)
    strangers = engine.value(exp.select(exp.Count(this=exp.Star())).from_(kept.copy()))
    strangers -= engine.create_as(ASSIGNED, query, temporary=True)
    if strangers:
        findings.append(
            Finding(
                "not_drawn", "warning",
                f"{strangers:,} people stand in the exposures of {plan.exposed_as} and were not drawn for it, or do not"
                " take part: they are left out",
                "exposures of an experiment come from its assignment alone",
            )
        )  # fmt: skip
    return exp.table_(ASSIGNED, quoted=True), findings


def waves_of(workspace: Workspace, plan: Plan, kept: exp.Table) -> list[tuple[Then, exp.Expr | None]]:
    """Return by which moment's segments people are read, and which people these are."""
    if plan.waves:
        return [
            (
                Then(wave.assigned_at, wave.run_id or None),
                exp.EQ(this=column("assigned_at"), expression=literal(wave.assigned_at)),
            )
            for wave in plan.waves
        ]
    moments = moments_of(workspace, kept)
    return [(Then(moments[0] if moments else workspace.context().as_of), None)]


def left_out(workspace: Workspace, plan: Plan, table: exp.Table, one_arm: exp.Expr, known: exp.Expr) -> list[Finding]:
    """Say how many exposed people are not analysed, and why."""
    from segmentary.measurement.experiment.plan import GLOBAL_HOLDOUT

    engine = workspace.warehouse
    count = exp.select(exp.Count(this=exp.Star())).from_(table.copy())
    twice = int(engine.value(count.copy().where(exp.not_(one_arm.copy()))))
    found = []
    if twice:
        found.append(
            Finding(
                "several_arms", "warning", f"{twice:,} people are in more than one arm: they are left out",
                "see which file brought them: an assignment puts everybody into one arm",
            )
        )  # fmt: skip
    unsaid = exp.and_(one_arm.copy(), exp.not_(known.copy()))
    unsaid = exp.and_(unsaid, exp.NEQ(this=column("arm"), expression=literal(GLOBAL_HOLDOUT)))
    others = int(engine.value(count.where(unsaid)))
    if others:
        names = ", ".join(arm.name for arm in plan.arms)
        found.append(Finding("other_arms", "note", f"{others:,} people are in none of the arms {names}: left out", ""))
    return found


def shares_by_segment(plan: Plan) -> Mapping[str, Mapping[str, float]]:
    """Return the shares that were really planned in each segment: exact counts up to one person, all waves together."""
    planned: dict[str, dict[str, float]] = {}
    for wave in plan.waves:
        for segment, counts in wave.counts.items():
            held = planned.setdefault(segment, {})
            for arm in plan.shares:
                held[arm] = held.get(arm, 0) + counts.get(arm, 0)
    return {segment: held for segment, held in planned.items() if all(held.values())}
