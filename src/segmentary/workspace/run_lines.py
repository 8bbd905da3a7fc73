"""The runs there were: how long each took, and what it did to the segments."""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

from sqlglot import exp

from segmentary.engine.sqlfile import column, literal
from segmentary.ledger.definitions import positions
from segmentary.schema import MEMBERSHIP_LOG
from segmentary.segments.history import RunFact, history
from segmentary.workspace.runs import RunReport, run_report

if TYPE_CHECKING:
    from segmentary.workspace.workspace import Workspace


@dataclass(frozen=True, slots=True)
class RunLine:
    """One finished run. entered, left : over all segments, of one who moves in two segments twice; first : run 1."""

    run_id: int
    as_of: dt.datetime
    started_at: dt.datetime
    finished_at: dt.datetime
    customers: int
    segments: int
    entered: int
    left: int
    first: bool
    warnings: int


def run_lines(workspace: Workspace, *, before: int | None = None, limit: int = 100) -> list[RunLine]:
    """Return finished runs, newest first."""
    entries = [one for one in reversed(workspace.runs()) if before is None or one.run_id < before][:limit]
    if not entries:
        return []
    query = (
        exp.select(column("run_id"), column("entered"), exp.Count(this=exp.Star()).as_("people", quoted=True))
        .from_(exp.table_(MEMBERSHIP_LOG.name, quoted=True))
        .where(column("run_id") >= literal(entries[-1].run_id), column("run_id") <= literal(entries[0].run_id))
        .group_by(column("run_id"), column("entered"))
    )
    moved = {(int(run), bool(entered)): int(people) for run, entered, people in workspace.warehouse.rows(query)}
    return [
        RunLine(
            one.run_id,
            one.as_of,
            one.started_at,
            one.finished_at,
            int(one.context.get("universe", 0)),
            len(one.segments),
            moved.get((one.run_id, True), 0),
            moved.get((one.run_id, False), 0),
            one.run_id == 1,
            len(one.context.get("unanswered", {})),
        )
        for one in entries
    ]


def run_told(workspace: Workspace, run_id: int) -> RunReport | None:
    """Return what a run did to every segment; members are those it left, also where later runs changed them."""
    entries = workspace.runs()
    entry = next((one for one in entries if one.run_id == run_id), None)
    if entry is None:
        return None
    told = run_report(workspace.warehouse, entry, positions(workspace.ledger), unanswered(entry.context))
    if entry.run_id == entries[-1].run_id:
        return told
    facts = [RunFact(one.run_id, one.as_of, one.finished_at, "") for one in entries if one.run_id <= run_id]
    segments = []
    for one in told.segments:
        steps = history(workspace.warehouse, one.segment, [replace(fact, version="then") for fact in facts])
        segments.append(replace(one, members=steps[-1].size if steps else 0))
    return replace(told, segments=tuple(segments))


def unanswered(context: dict[str, object]) -> tuple[str, ...]:
    """Say which segments a run left as they were, and why."""
    left = context.get("unanswered", {})
    return tuple(f"{name} was left as it was: it {why}" for name, why in left.items()) if isinstance(left, dict) else ()
