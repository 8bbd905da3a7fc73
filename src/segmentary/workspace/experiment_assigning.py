"""Putting people into arms, once: drawn in the warehouse, written as exposures, counted in the plan."""

from __future__ import annotations

import datetime as dt
from dataclasses import replace
from typing import TYPE_CHECKING

from sqlglot import exp

from segmentary.engine.sqlfile import column, literal
from segmentary.errors import NoAnswerError, UsageError
from segmentary.ledger.records import append_record, record
from segmentary.models.progress import Tell
from segmentary.profiles.asof import universe_query
from segmentary.schema import EXPOSURES
from segmentary.workspace.experiment_people import EXPOSED, Then, exposed, strata
from segmentary.workspace.record_names import named_records

if TYPE_CHECKING:
    from segmentary.measurement.experiment.plan import Plan
    from segmentary.workspace.experiments import Assigned
    from segmentary.workspace.workspace import Workspace

DRAWN = "experiment_drawn"


def assign_people(workspace: Workspace, plan: Plan, *, add_new: bool, tell: Tell) -> Assigned:
    """Assign everybody of a plan who is not assigned yet: all at first, later only with `add_new`."""
    from segmentary.measurement.experiment.assignment import assign
    from segmentary.workspace.experiments import Assigned

    if plan.randomised:
        raise UsageError(f"the arms of {plan.name} were drawn elsewhere: {plan.randomised}")
    workspace.derived.ensure()
    # Whoever is held out for good since this was planned is in no experiment that begins now.
    plan = replace(plan, global_holdout=max(plan.global_holdout, workspace.experiments.global_holdout()))
    tell("who takes part", 0.1)
    now = workspace.tick()
    people: exp.Query = universe_query(workspace.context(now))
    then = moment(workspace, plan, now)
    first = not plan.waves
    if first:
        refuse_used(workspace, plan)
    else:
        people = newcomers(workspace, plan, people)
    table = strata(workspace, plan, people, then)
    tell("drawing", 0.4)
    salt = plan.salt if first else f"{plan.salt}:{len(plan.waves) + 1}"
    counts = assign(workspace.warehouse, table, plan.arms, salt=salt, global_holdout=plan.global_holdout, into=DRAWN)
    new = sum(sum(arms.values()) for arms in counts.values())
    if not first and not (add_new and new):
        held = together(plan)
        said = f"{plan.name} is assigned already: nothing was changed"
        said += f"; {new:,} people came since and are not in it (--add-new puts them into arms)" if new else ""
        return Assigned(plan.name, plan.waves[0].assigned_at, held, 0, new, said)
    if new == 0:
        raise NoAnswerError(f"nobody takes part in {plan.name}", hint="see the members of its segments")
    tell("writing exposures", 0.7)
    write(workspace, plan, now)
    kept = keep(workspace, plan, then, now, counts)
    said = f"{new:,} people are assigned to {plan.name}"
    last = workspace.last_run()
    said += f", segments as of {last.as_of:%Y-%m-%d}" if then.run_id and last is not None else ""
    said += f", read on {kept.look_at:%Y-%m-%d}" if kept.look_at and kept.look.kind == "single" else ""
    return Assigned(plan.name, now, together(kept), new, 0, said)


def moment(workspace: Workspace, plan: Plan, now: dt.datetime) -> Then:
    """Return by which run's memberships people are told apart: the newest, frozen from here on.

    Raises
    ------
    UsageError
        when a segment was never computed.
    """
    wanted = [*plan.segments, *([plan.within] if plan.within else [])]
    last = workspace.last_run()
    if plan.by or not wanted:
        return Then(now)
    missing = [one for one in wanted if last is None or one not in last.segments]
    if last is None or missing:
        raise UsageError(f"the segment {missing[0]} was never computed", hint="run `segmentary run` first")
    return Then(now, last.run_id)


def refuse_used(workspace: Workspace, plan: Plan) -> None:
    """Refuse a name under which exposures are there already: they would be mixed up."""
    query = exp.select(exp.Count(this=exp.Star())).from_(exp.table_(EXPOSURES.name, quoted=True))
    if workspace.engine.value(query.where(exp.EQ(this=column("campaign"), expression=literal(plan.name)))):
        raise UsageError(f"there are exposures of a campaign {plan.name} already", hint="plan it under another name")


def newcomers(workspace: Workspace, plan: Plan, people: exp.Query) -> exp.Query:
    """Return the people who are not exposed yet."""
    exposed(workspace, plan.exposed_as)
    on = exp.EQ(this=column("customer_id", "x"), expression=column("customer_id", "p"))
    return (
        exp.select(column("customer_id", "p"))
        .from_(people.subquery("p"))
        .join(exp.table_(EXPOSED, quoted=True, alias="x"), on=on, join_type="left")
        .where(exp.Is(this=column("customer_id", "x"), expression=exp.null()))
    )


def write(workspace: Workspace, plan: Plan, now: dt.datetime) -> None:
    """Load the drawn arms as exposures, in the id space each customer's record belongs to."""
    query = (
        exp.select(
            column("record_id", "i"),
            literal(plan.name).as_("campaign"),
            column("arm", "d"),
            literal(now.isoformat()).as_("assigned_at"),
            column("id_space", "i"),
        )
        .from_(exp.table_(DRAWN, quoted=True, alias="d"))
        .join(
            named_records().subquery("i"),
            on=exp.EQ(this=column("customer_id", "i"), expression=column("customer_id", "d")),
        )
        .order_by(column("customer_id", "d"))
    )
    table = workspace.warehouse.table(query)
    import pyarrow.compute as pc

    for space in sorted(set(table.column("id_space").to_pylist())):
        part = table.filter(pc.equal(table.column("id_space"), space)).drop_columns(["id_space"])
        workspace.add(
            part,
            kind="exposures",
            columns={"record_id": "record_id", "campaign": "campaign", "arm": "arm", "assigned_at": "assigned_at"},
            name=f"experiment_{plan.name}",
            id_space=space,
        )
    workspace.derived.ensure()


def keep(workspace: Workspace, plan: Plan, then: Then, now: dt.datetime, counts: dict[str, dict[str, int]]) -> Plan:
    """Keep the assignment with the plan: how many, never who; and the day it is read on."""
    from segmentary.measurement.experiment.plan import Wave

    look_at = plan.look_at
    if look_at is None and plan.look.kind == "single":
        look_at = now + dt.timedelta(days=plan.longest)
    kept = replace(plan, look_at=look_at, waves=(*plan.waves, Wave(then.run_id or 0, now, counts)))
    before = record(workspace.ledger, "experiment", plan.name).document
    append_record(workspace.ledger, "experiment", plan.name, {**before, **kept.to_document()}, at=workspace.tick())
    return kept


def together(plan: Plan) -> dict[str, dict[str, int]]:
    """Return people by segment and arm, all assignments together."""
    found: dict[str, dict[str, int]] = {}
    for wave in plan.waves:
        for segment, arms in wave.counts.items():
            held = found.setdefault(segment, {})
            for arm, people in arms.items():
                held[arm] = held.get(arm, 0) + people
    return found
