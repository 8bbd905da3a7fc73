"""Who of a segment is about to leave: members of earlier moments, features as of them, and what time alone will do."""

from __future__ import annotations

import datetime as dt
from dataclasses import replace
from typing import TYPE_CHECKING

import numpy as np
from sqlglot import exp

from segmentary.engine.sqlfile import column, literal
from segmentary.errors import NoAnswerError, UsageError
from segmentary.language.tree import Rank, SegmentReference, TraitValue
from segmentary.models.progress import Tell, within
from segmentary.models.rfm import OUTPUTS as RFM_OUTPUTS
from segmentary.models.table.findings import Finding
from segmentary.schema import EVENTS, ORDER_COMPLETED
from segmentary.workspace.backfilling import earliest
from segmentary.workspace.dividing import labels_of
from segmentary.workspace.explaining import reached
from segmentary.workspace.states import states_of

if TYPE_CHECKING:
    import numpy.typing as npt

    from segmentary.dynamics.leaving import EarlyWarning, Leaver
    from segmentary.dynamics.states import States
    from segmentary.models.predict.features import FeatureTable
    from segmentary.workspace.workspace import Workspace

WARM_DAYS = 30
"""Days of data there must be before the first of them."""
YEAR_DAYS = 365
LOOKED_AT = 25
"""Members, the most at stake first, for whom it is looked up when time alone puts them out."""
SAMPLE = 50_000


def about_to_leave(
    workspace: Workspace,
    name: str,
    as_of: dt.datetime,
    horizon_days: int,
    earlier: int,
    seed: int,
    tell: Tell,
) -> EarlyWarning:
    """Say who of a segment is about to leave.

    Raises
    ------
    UsageError
        when the horizon is no number of days.
    NoAnswerError
        when too little is known to learn who leaves.
    """
    from segmentary.dynamics.leaving import Cutoff, early_warning
    from segmentary.models.predict.features import standard_features
    from segmentary.workspace.features import feature_table

    moments = moments_looked_at(workspace, name, as_of, horizon_days, earlier)
    states = states_of(workspace, [name], moments, source="evaluated", tell=within(tell, 0.0, 0.4))
    leavers = [left_after(workspace, states, place) for place in range(len(moments) - 1)]
    stake = spent(workspace, states, as_of)
    features = standard_features(workspace.derived.vocabulary(workspace.traits_defined(), frozenset(), frozenset()))
    rule = SegmentReference(name)
    tables: list[FeatureTable | None] = []
    for place, moment in enumerate(moments):
        tell(f"members as of {moment:%Y-%m-%d}", 0.4 + 0.4 * place / len(moments))
        try:
            tables.append(feature_table(workspace, features, (), moment, within=rule, sample=SAMPLE, seed=seed))
        except NoAnswerError:
            tables.append(None)
    if tables[-1] is None:
        raise NoAnswerError(f"nobody is in {name} as of {as_of:%Y-%m-%d}")
    labels = labels_of([*moments, as_of + dt.timedelta(days=horizon_days)], workspace.settings.timezone)
    past = [
        Cutoff(labels[place], table, flags(table.ids, leavers[place]))
        for place, table in enumerate(tables[:-1])
        if table is not None
    ]
    now = tables[-1]
    found = early_warning(
        name, past, now, stake, label=labels[-2], until=labels[-1], currency=workspace.settings.currency,
        seed=seed, tell=within(tell, 0.8, 0.95),
    )  # fmt: skip
    notes = list(found.findings)
    if now.universe > len(now):
        notes.append(Finding("sampled", "note", f"{len(now):,} of {now.universe:,} members were looked at, a sample"))
    listed, alone = ageing(workspace, name, as_of, horizon_days, found.leavers, tell)
    return replace(found, leavers=listed, by_time_alone=alone, findings=tuple(notes))


def moments_looked_at(
    workspace: Workspace, name: str, as_of: dt.datetime, horizon_days: int, earlier: int
) -> list[dt.datetime]:
    """Return the moments to learn from and as-of; refuse what cannot be learnt."""
    if horizon_days < 1 or earlier < 2:
        raise UsageError("the horizon is at least one day, and there are at least two earlier moments to learn from")
    definition = workspace.segment(name).definition
    if definition.entity != "customer":
        raise UsageError(f"{name} is a segment of {definition.entity}s: who leaves is learnt of customers")
    moments = moments_before(workspace, as_of, horizon_days, earlier)
    if len(moments) < 3:
        raise NoAnswerError(
            f"the data begin too late to learn who leaves {name} within {horizon_days} days",
            hint="a shorter --horizon, or older data",
        )
    return moments


def moments_before(workspace: Workspace, as_of: dt.datetime, horizon_days: int, earlier: int) -> list[dt.datetime]:
    """Return as-of and the moments before it, one horizon apart, oldest first."""
    oldest = earliest(workspace)
    found = [as_of]
    for step in range(1, earlier + 1):
        moment = as_of - dt.timedelta(days=horizon_days * step)
        if oldest is None or moment < oldest + dt.timedelta(days=WARM_DAYS):
            break
        found.append(moment)
    return found[::-1]


def flags(ids: tuple[str, ...], left: set[str]) -> npt.NDArray[np.bool_]:
    """Return (n,) whether each of some people left."""
    return np.fromiter((one in left for one in ids), dtype=bool, count=len(ids))


def left_after(workspace: Workspace, states: States, place: int) -> set[str]:
    """Return the members of a moment who are out at the next."""
    inside = [
        exp.select(column("customer_id"))
        .from_(states.relation.copy())
        .where(exp.EQ(this=column("place"), expression=literal(at)), exp.EQ(this=column("part"), expression=literal(0)))
        for at in (place, place + 1)
    ]
    rows = workspace.warehouse.rows(exp.except_(*inside))
    return {row[0] for row in rows}


def spent(workspace: Workspace, states: States, as_of: dt.datetime) -> dict[str, float]:
    """Return what each member of the last moment spent in the year before it."""
    last = len(states.moments) - 1
    inside = (
        exp.select(column("customer_id"))
        .from_(states.relation.copy())
        .where(
            exp.EQ(this=column("place"), expression=literal(last)), exp.EQ(this=column("part"), expression=literal(0))
        )
    )
    query = (
        exp.select(column("customer_id"), exp.Sum(this=exp.cast(column("amount"), "double")))
        .from_(exp.table_(EVENTS.name, quoted=True))
        .where(
            exp.EQ(this=column("name"), expression=literal(ORDER_COMPLETED)),
            exp.GTE(this=column("happened_at"), expression=literal(as_of - dt.timedelta(days=YEAR_DAYS))),
            exp.LT(this=column("happened_at"), expression=literal(as_of)),
            exp.In(this=column("customer_id"), query=inside.subquery()),
        )
        .group_by(column("customer_id"))
    )
    return {who: float(amount or 0) for who, amount in workspace.warehouse.rows(query)}


def ageing(
    workspace: Workspace, name: str, as_of: dt.datetime, horizon_days: int, leavers: tuple[Leaver, ...], tell: Tell
) -> tuple[tuple[Leaver, ...], int | None]:
    """Look up when time alone puts the first of the list out, and how many it puts out in all."""
    definition = workspace.segment(name).definition
    end = as_of + dt.timedelta(days=horizon_days)
    alone = by_time_alone(workspace, name, as_of, end)
    nodes = [one.node for one in reached(definition, workspace.segments_defined(), workspace.traits_defined())]
    ranked = any(isinstance(n, Rank) or (isinstance(n, TraitValue) and n.name in RFM_OUTPUTS) for n in nodes)
    if ranked:  # Whether somebody is among the best depends on what the others do.
        return leavers, alone
    listed = []
    for place, one in enumerate(leavers):
        if place < LOOKED_AT:
            tell("when time alone puts them out", 0.95 + 0.05 * place / LOOKED_AT)
            change = workspace.segment(name).explain(one.customer_id, as_of=as_of).will_change_at
            if change is not None and change <= end:
                days = max(0, (change - as_of).days)
                when = "today" if days == 0 else f"in {days} day{'' if days == 1 else 's'}"
                one = replace(one, ageing=f"out {when} unless they act")
        listed.append(one)
    return tuple(listed), alone


def by_time_alone(workspace: Workspace, name: str, as_of: dt.datetime, end: dt.datetime) -> int | None:
    """Count the members whom time alone puts out by the end, if nothing happens; None when something has happened."""
    newest = workspace.warehouse.value(
        exp.select(exp.Max(this=column("happened_at"))).from_(exp.table_(EVENTS.name, quoted=True))
    )
    if newest is None or newest.replace(tzinfo=dt.UTC) >= as_of:
        return None
    states = states_of(workspace, [name], [as_of, end], source="evaluated")
    return len(left_after(workspace, states, 0))
