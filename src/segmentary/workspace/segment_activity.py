"""What happens in a segment: run by run who came and went and why, and where they came from and went to."""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass
from typing import TYPE_CHECKING

from sqlglot import exp

from segmentary.engine.sqlfile import column, literal
from segmentary.schema import MEMBERSHIP_LOG

if TYPE_CHECKING:
    from segmentary.workspace.workspace import Workspace


@dataclass(frozen=True, slots=True)
class Flow:
    """People who moved together with this segment in one run.

    direction : ``from`` (left the other segment and entered this one), ``to`` (left this one, entered the other).
    """

    direction: str
    segment: str
    title: str
    people: int


@dataclass(frozen=True, slots=True)
class Transitions:
    """Where people came from and went to in one run.

    entered_from_nowhere, left_to_nowhere : who moved between no other segments; None: too few to be told.
    """

    segment: str
    run_id: int
    as_of: dt.datetime | None
    entered: int
    left: int
    stayed: int
    flows: tuple[Flow, ...]
    entered_from_nowhere: int | None
    left_to_nowhere: int | None


def transitions(workspace: Workspace, name: str) -> Transitions:
    """Return where people came from and went to in the newest run in which anybody moved."""
    workspace.segment(name)
    steps = workspace.segment(name).history()
    moved = [one for one in steps[1:] if one.entered or one.left]
    if not moved:
        size = steps[-1].size if steps else 0
        newest = steps[-1] if steps else None
        as_of = newest.as_of if newest is not None else None
        return Transitions(name, newest.run_id if newest else 0, as_of, 0, 0, size, (), 0, 0)
    step = moved[-1]
    titles = {key: one.title or key for key, one in workspace.segments_defined().items()}
    flows = []
    apart: dict[str, int] = {}
    for direction in ("from", "to"):
        for segment, people in workspace.warehouse.rows(beside(name, step.run_id, direction)):
            if segment in titles:
                flows.append(Flow(direction, segment, titles[segment], int(people)))
        apart[direction] = int(workspace.warehouse.value(alone(name, step.run_id, direction)))
    return Transitions(
        name, step.run_id, step.as_of, step.entered, step.left, step.size - step.entered, tuple(flows),
        apart["from"], apart["to"],
    )  # fmt: skip


def rows_of(run_id: int, entered: bool, *, segment: str | None = None, apart: str | None = None) -> exp.Select:
    query = (
        exp.select(column("segment"), column("customer_id"))
        .from_(exp.table_(MEMBERSHIP_LOG.name, quoted=True))
        .where(column("run_id").eq(literal(run_id)))
        .where(column("entered") if entered else exp.not_(column("entered")))
    )
    if segment is not None:
        query = query.where(column("segment").eq(literal(segment)))
    if apart is not None:
        query = query.where(exp.NEQ(this=column("segment"), expression=literal(apart)))
    return query


def beside(name: str, run_id: int, direction: str) -> exp.Select:
    """Return the other segments and how many people moved the other way between them and this one."""
    own, other = rows_of(run_id, direction == "from", segment=name), rows_of(run_id, direction != "from", apart=name)
    same = exp.EQ(this=column("customer_id", "own"), expression=column("customer_id", "other"))
    people = exp.Count(this=exp.Star())
    return (
        exp.select(column("segment", "other"), people.as_("people", quoted=True))
        .from_(own.subquery("own"))
        .join(other.subquery("other"), on=same)
        .group_by(column("segment", "other"))
        .order_by(exp.Ordered(this=column("people"), desc=True), column("segment", "other"))
    )


def alone(name: str, run_id: int, direction: str) -> exp.Select:
    """Return how many moved without moving the other way in any other segment."""
    own, other = rows_of(run_id, direction == "from", segment=name), rows_of(run_id, direction != "from", apart=name)
    ids = exp.select(column("customer_id")).from_(other.subquery("other"))
    return (
        exp.select(exp.Count(this=exp.Star()))
        .from_(own.subquery("own"))
        .where(exp.not_(exp.In(this=column("customer_id", "own"), query=ids.subquery())))
    )
