"""Membership over time, out of the append-only log of entries and exits."""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from sqlglot import exp

from segmentary.engine.base import Engine
from segmentary.engine.sqlfile import column, literal
from segmentary.schema import MEMBERSHIP_LOG


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
        .where(column("segment").eq(literal(segment)), column("run_id") > literal(0))
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


def latest(keys: Sequence[str], *conditions: exp.Expr) -> exp.Select:
    """Return `keys` and ``entered``: the last word of the runs on each of them, among the rows that fit."""
    newest = (
        exp.select(
            *(column(key) for key in keys),
            column("entered"),
            exp.Window(
                this=exp.RowNumber(),
                partition_by=[column(key) for key in keys],
                order=exp.Order(expressions=[exp.Ordered(this=column("run_id"), desc=True)]),
            ).as_("place"),
        )
        .from_(exp.table_(MEMBERSHIP_LOG.name, quoted=True))
        .where(*conditions)
    )
    return (
        exp.select(*(column(key) for key in keys), column("entered"))
        .from_(newest.subquery("newest"))
        .where(column("place").eq(exp.Literal.number(1)))
    )


def served_query(segment: str, run_id: int, *, snapshot: exp.Query | None = None, after: int = 0) -> exp.Select:
    """Return the ids that a run had served as members.

    What was computed for the past afterwards (rows of negative runs) was never served.

    snapshot : the ids that run `after` had served: then only the log behind it is read.
    """
    newest = latest(
        ["customer_id"],
        column("segment").eq(literal(segment)),
        column("run_id") > literal(after),
        column("run_id") <= literal(run_id),
    )
    if snapshot is None:
        return exp.select(column("customer_id")).from_(newest.subquery("newest")).where(column("entered"))
    who = exp.func("coalesce", column("customer_id", "newest"), column("customer_id", "kept"))
    return (
        exp.select(who.as_("customer_id", quoted=True))
        .from_(snapshot.subquery("kept"))
        .join(
            newest.subquery("newest"),
            on=exp.EQ(this=column("customer_id", "newest"), expression=column("customer_id", "kept")),
            join_type="full outer",
        )
        .where(exp.func("coalesce", column("entered", "newest"), exp.true()))
    )
