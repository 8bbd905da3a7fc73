"""Copies of the membership table, so that reading what was served long ago needs only the log behind the copy.

A copy is kept by the first run of a month, and whenever the log since the last copy has outgrown it: reading then never
goes through more rows than a month has, or a few times as many as there are customers.
"""

from __future__ import annotations

import datetime as dt

from sqlglot import exp

from segmentary.engine.base import Engine
from segmentary.engine.sqlfile import column, literal
from segmentary.schema import MEMBERSHIP_LOG
from segmentary.segments.history import served_query
from segmentary.segments.membership import MEMBERSHIP, mask_count, members_query

SNAPSHOTS = "membership_snapshots"
OUTGROWN = 4
"""Rows of the log per customer after which a new copy is kept."""


def table_of(run_id: int) -> str:
    """Return the name of the copy that a run kept."""
    return f"membership_of_run_{run_id}"


def kept(engine: Engine) -> list[tuple[int, dt.datetime]]:
    """Return the runs that kept a copy, with their moments, oldest first."""
    if not engine.has_table(SNAPSHOTS):
        return []
    query = exp.select("run_id", "detected_at").from_(exp.table_(SNAPSHOTS, quoted=True)).order_by("run_id")
    return [(int(run_id), at) for run_id, at in engine.rows(query)]


def keep(engine: Engine, run_id: int, detected_at: dt.datetime) -> None:
    """Keep a copy of what is served now. Call inside the transaction that publishes the run."""
    engine.create_as(table_of(run_id), exp.select("*").from_(exp.table_(MEMBERSHIP, quoted=True)))
    row = exp.select(exp.cast(literal(run_id), "bigint").as_("run_id"), literal(detected_at).as_("detected_at"))
    if engine.has_table(SNAPSHOTS):
        earlier = exp.select("run_id", "detected_at").from_(exp.table_(SNAPSHOTS, quoted=True))
        row = exp.union(earlier.where(column("run_id").neq(literal(run_id))), row, distinct=False)  # type: ignore[assignment]
    engine.create_as(SNAPSHOTS, row)


def due(engine: Engine, detected_at: dt.datetime) -> bool:
    """Say whether the run that is being published should keep a copy."""
    copies = kept(engine)
    if not copies:
        return True
    last, at = copies[-1]
    if (at.year, at.month) != (detected_at.year, detected_at.month):
        return True
    log, count = exp.table_(MEMBERSHIP_LOG.name, quoted=True), exp.Count(this=exp.Star())
    behind = engine.value(exp.select(count).from_(log).where(column("run_id") > literal(last)))
    return bool(behind > OUTGROWN * engine.value(exp.select(count.copy()).from_(exp.table_(MEMBERSHIP, quoted=True))))


def served(engine: Engine, segment: str, run_id: int, position: int) -> exp.Select:
    """Return the query of the ids that a run had served: from the newest copy before it and the log behind that."""
    fitting = [number for number, _ in kept(engine) if number <= run_id]
    if not fitting:
        return served_query(segment, run_id)
    table = table_of(fitting[-1])
    held = sum(1 for name in engine.columns(table) if name.startswith("mask"))
    if mask_count({segment: position}) > held:  # the segment came later: nobody was in it
        return served_query(segment, run_id, after=fitting[-1])
    return served_query(segment, run_id, snapshot=members_query(position, table), after=fitting[-1])
