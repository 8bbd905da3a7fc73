"""Membership over time, out of the append-only log of entries and exits."""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from sqlglot import exp

from segmentary.engine.base import Engine
from segmentary.engine.sqlfile import literal
from segmentary.schema import MEMBERSHIP_LOG
from segmentary.segments.membership import column


@dataclass(frozen=True, slots=True)
class Step:
    """What one run did to one segment. Sizes are people after the run; reasons count entries and exits apart."""

    run_id: int
    as_of: dt.datetime
    detected_at: dt.datetime
    version: str
    size: int
    entered: int
    left: int
    entered_by_reason: Mapping[str, int]
    left_by_reason: Mapping[str, int]


@dataclass(frozen=True, slots=True)
class RunFact:
    """A run, as history needs it. ``version`` is the segment's in that run, empty when it was not part of it."""

    run_id: int
    as_of: dt.datetime
    detected_at: dt.datetime
    version: str


def history(engine: Engine, segment: str, runs: Sequence[RunFact]) -> list[Step]:
    """Return a segment's size, entries and exits run by run, oldest first."""
    log = exp.table_(MEMBERSHIP_LOG.name, quoted=True)
    query = (
        exp.select(column("run_id"), column("entered"), column("reason"), exp.Count(this=exp.Star()).as_("people"))
        .from_(log)
        .where(column("segment").eq(literal(segment)))
        .group_by(column("run_id"), column("entered"), column("reason"))
        .order_by(column("run_id"), column("reason"))
    )
    moved: dict[tuple[int, bool], dict[str, int]] = {}
    for run_id, entered, reason, people in engine.rows(query):
        moved.setdefault((run_id, bool(entered)), {})[reason] = people
    steps: list[Step] = []
    size = 0
    for run in runs:
        came, went = moved.get((run.run_id, True), {}), moved.get((run.run_id, False), {})
        if not run.version and not came and not went:
            continue
        size += sum(came.values()) - sum(went.values())
        steps.append(
            Step(
                run.run_id,
                run.as_of,
                run.detected_at,
                run.version,
                size,
                sum(came.values()),
                sum(went.values()),
                came,
                went,
            )
        )
    return steps


def served_query(segment: str, served_at: dt.datetime) -> exp.Select:
    """Return the ids that were being served as members at a moment."""
    log = exp.table_(MEMBERSHIP_LOG.name, quoted=True)
    newest = (
        exp.select(
            column("customer_id"),
            column("entered"),
            exp.Window(
                this=exp.RowNumber(),
                partition_by=[column("customer_id")],
                order=exp.Order(expressions=[exp.Ordered(this=column("run_id"), desc=True)]),
            ).as_("place"),
        )
        .from_(log)
        .where(column("segment").eq(literal(segment)), column("detected_at") <= literal(served_at))
    )
    return (
        exp.select(column("customer_id"))
        .from_(newest.subquery("newest"))
        .where(column("place").eq(exp.Literal.number(1)), column("entered"))
    )
