"""History before the first run: who was in a segment at past moments, evaluated now and appended to the log.

Every entry and exit has its true ``valid_at``, the moment of the backfill as ``detected_at``, the reason ``backfill``
and a negative run number: nothing that was served changes. A backfill that dies leaves nothing behind.
"""

from __future__ import annotations

import datetime as dt
import itertools
from collections.abc import Callable
from dataclasses import dataclass
from typing import TYPE_CHECKING
from zoneinfo import ZoneInfo

from sqlglot import exp

from segmentary.engine.base import Engine
from segmentary.engine.sqlfile import column, literal
from segmentary.errors import CoverageError, UsageError
from segmentary.ledger.archive import hash_of
from segmentary.ledger.attempts import begin, died, end
from segmentary.ledger.backfills import BackfillEntry, Every, Knowledge, append_backfill, backfills
from segmentary.ledger.definitions import positions
from segmentary.ledger.runs import RunEntry
from segmentary.schema import ATTRIBUTES, EVENTS, MEMBERSHIP_LOG
from segmentary.segments.snapshots import served
from segmentary.segments.stays import state_query
from segmentary.workspace.evaluating import evaluate_segments, in_force
from segmentary.workspace.evaluation import flag_query
from segmentary.workspace.moments import as_of_instant
from segmentary.workspace.runs import append_log, write_changes
from segmentary.workspace.workspace import require_run

if TYPE_CHECKING:
    from segmentary.language.tree import SegmentDefinition
    from segmentary.workspace.workspace import Workspace

Span = dt.date | dt.datetime | str
"""``all``, ``none``, or the moment to begin with."""
FOUND, MOVES = "backfill_found", "backfill_moves"


@dataclass(frozen=True, slots=True)
class Backfilled:
    """What a backfill did: of which version, for which moments, how many entries and exits it appended.

    until : since when the log is of this definition; the runs go on from there. Without history nothing is computed.
    """

    segment: str
    version: str
    since: dt.datetime | None
    until: dt.datetime
    every: Every
    knowledge: Knowledge
    moments: int
    entered: int
    left: int
    detected_at: dt.datetime | None


def backfill(
    workspace: Workspace, name: str, span: Span, every: Every, knowledge: Knowledge, progress: Callable[[str], None]
) -> Backfilled:
    """Evaluate a segment at past moments and append who came and went.

    Raises
    ------
    UsageError
        when the span does not begin before the first run of the definition in force.
    CoverageError
        when the definition asks the log about a time before it begins.
    """
    if every not in ("day", "week", "month"):
        raise UsageError(f"every {every!r} is no distance between moments", hint="day, week or month")
    view = workspace.segment(name)
    ensure_run(workspace, name, view.version, progress)
    first = coverage(workspace, name, view.version)
    if span == "none":
        cut_off = died(workspace.ledger, "backfill").get(name)
        if cut_off is not None:
            end(workspace.ledger, cut_off.number, "failed", at=workspace.tick())
        return Backfilled(name, view.version, None, first.as_of, every, knowledge, 0, 0, 0, None)
    since = earliest(workspace) if span == "all" else as_of_instant(span, workspace.settings.timezone)
    if since is None or since >= first.as_of:
        raise UsageError(
            f"the log of {name} begins at {first.as_of:%Y-%m-%d %H:%M} UTC: there is nothing before it to compute",
            hint="--history since DATE with an earlier date",
        )
    moments = moments_between(workspace, since, first.as_of, every)
    asked = {"span": span if isinstance(span, str) else span.isoformat(), "every": every, "knowledge": knowledge}
    attempt = begin(workspace.ledger, "backfill", name, at=workspace.tick(), detail=asked)
    try:
        return carried_through(workspace, view.definition, first, Wish(moments, every, knowledge, attempt), progress)
    except BaseException:
        end(workspace.ledger, attempt, "failed", at=workspace.tick())
        raise


@dataclass(frozen=True, slots=True)
class Wish:
    """The moments to compute, and how."""

    moments: list[dt.datetime]
    every: Every
    knowledge: Knowledge
    attempt: int


def ensure_run(workspace: Workspace, name: str, version: str, progress: Callable[[str], None]) -> None:
    """Run first, as of the newest run's moment (else now), where the definition was not part of it as it is.

    Raises
    ------
    UsageError
        when the run could not answer it either.
    """
    from segmentary.workspace.running import run_once

    run = workspace.last_run()
    if run is None or run.segments.get(name) != version or name in run.context.get("unanswered", {}):
        run_once(workspace, run.as_of if run is not None else None, None, progress)
        told = require_run(workspace).context.get("unanswered", {})
        if name in told:
            raise CoverageError(f"{name} {told[name]}", hint="backfill that segment first")


def coverage(workspace: Workspace, name: str, version: str) -> RunEntry:
    """Return the first of the newest runs that all had this version of a segment."""
    earlier = workspace.runs()
    having = list(itertools.takewhile(lambda run: run.segments.get(name) == version, reversed(earlier)))
    if not having:
        raise UsageError(f"{name}, as it is now, was not part of the last run", hint="run `segmentary run` first")
    return having[-1]


def earliest(workspace: Workspace) -> dt.datetime | None:
    """Return the moment just after the first thing that is dated: an event, or an attribute's beginning."""
    workspace.derived.ensure()
    found = []
    for table, moment in ((EVENTS.name, "happened_at"), (ATTRIBUTES.name, "valid_from")):
        if workspace.engine.has_table(table):
            query = exp.select(exp.Min(this=column(moment))).from_(exp.table_(table, quoted=True))
            found.append(workspace.engine.value(query))
    dated = [one for one in found if one is not None]
    return min(dated).replace(tzinfo=dt.UTC) if dated else None


def moments_between(workspace: Workspace, since: dt.datetime, until: dt.datetime, every: Every) -> list[dt.datetime]:
    """Return the moments to evaluate in ``[since, until)``: the first, and every start of a local day, week or month.

    Moments at which a run spoke of an older definition of the segment are no moments of their own.
    """
    zone = ZoneInfo(workspace.settings.timezone)
    weekday = 6 if workspace.settings.week_start == "sunday" else 0
    found = [since]
    day = since.astimezone(zone).date()
    while True:
        if every == "month":
            day = (day.replace(day=1) + dt.timedelta(days=32)).replace(day=1)
        else:
            day += dt.timedelta(days=1)
            while every == "week" and day.weekday() != weekday:
                day += dt.timedelta(days=1)
        moment = as_of_instant(day, workspace.settings.timezone)
        if moment >= until:
            return found
        if moment > since:
            found.append(moment)


def carried_through(
    workspace: Workspace,
    definition: SegmentDefinition,
    first: RunEntry,
    wish: Wish,
    progress: Callable[[str], None],
) -> Backfilled:
    """Evaluate moment after moment, then publish everything at once."""
    engine, ledger, name = workspace.warehouse, workspace.ledger, definition.name
    done = backfills(ledger)
    number = done[-1].number + 1 if done else 1
    detected_at, used = workspace.tick(), first.segments[name]
    row = Row(-number, name, detected_at, used)
    log = exp.select(*(column(c) for c in MEMBERSHIP_LOG.names)).from_(exp.table_(MEMBERSHIP_LOG.name, quoted=True))
    engine.create_as(MOVES, log.copy().where(column("segment").eq(literal(name))), temporary=True)
    held = in_force(workspace)
    for place, moment in enumerate(wish.moments, 1):
        progress(f"{name}: {moment:%Y-%m-%d}, {place:,} of {len(wish.moments):,}")
        context = workspace.context(moment, moment if wish.knowledge == "then" else None)
        evaluation = evaluate_segments(workspace, {name: definition}, context, definitions=held, prefix="past")
        row.correct(engine, flag_query(evaluation, name), moment)
    # From the first run on the runs speak: what they served is where this history must arrive.
    row.correct(engine, served(engine, name, first.run_id, positions(ledger)[name]), first.as_of)
    mine = exp.select("*").from_(exp.table_(MOVES, quoted=True)).where(column("run_id").eq(literal(-number)))
    changes = mine.order_by("valid_at", "customer_id", "entered")
    file = f"membership/backfill-{number:08d}-{detected_at:%Y%m%dT%H%M%S%f}.parquet"
    path = workspace.archive.write(file, lambda target: write_changes(engine, changes, target))
    entry = BackfillEntry(
        number,
        name,
        used,
        wish.moments[0],
        first.as_of,
        wish.every,
        wish.knowledge,
        len(wish.moments),
        detected_at,
        file,
        hash_of(path),
    )
    moved = tally(engine, mine)
    with engine.transaction():
        append_log(engine, mine)
        with ledger.transaction():
            append_backfill(ledger, entry)
            end(ledger, wish.attempt, "done", at=detected_at)
    return Backfilled(
        name,
        used,
        entry.since,
        entry.until,
        wish.every,
        wish.knowledge,
        entry.moments,
        moved.get(True, 0),
        moved.get(False, 0),
        detected_at,
    )


def tally(engine: Engine, rows: exp.Query) -> dict[bool, int]:
    """Count entries and exits."""
    kind = column("entered")
    counted = exp.select(kind, exp.Count(this=exp.Star())).from_(rows.subquery("rows")).group_by(kind.copy())
    return {bool(entered): int(people) for entered, people in engine.rows(counted)}


@dataclass(frozen=True, slots=True)
class Row:
    """What all rows of one backfill share."""

    run_id: int
    segment: str
    detected_at: dt.datetime
    version: str

    def correct(self, engine: Engine, members: exp.Query, moment: dt.datetime) -> None:
        """Append what makes the log say, at a moment, that exactly these are members.

        Where the log has an entry at the very same instant, the exit that contradicts it stands a microsecond later:
        exits come before entries of their instant.
        """
        state = state_query(exp.table_(MOVES, quoted=True), moment)
        engine.create_as(FOUND, members, temporary=True)
        found = exp.table_(FOUND, quoted=True, alias="found")
        who = exp.func("coalesce", column("customer_id", "found"), column("customer_id", "told"))
        is_in = exp.not_(column("customer_id", "found").is_(exp.null()))
        was_in = exp.func("coalesce", column("entered", "told"), exp.false())
        tied = exp.and_(exp.not_(is_in.copy()), column("valid_at", "told").eq(literal(moment)))
        later = literal(moment + dt.timedelta(microseconds=1))
        query = (
            exp.select(
                exp.cast(literal(self.run_id), "bigint").as_("run_id"),
                literal(self.segment).as_("segment"),
                who.as_("customer_id"),
                is_in.as_("entered"),
                exp.Case().when(tied, later).else_(literal(moment)).as_("valid_at"),
                literal(self.detected_at).as_("detected_at"),
                literal(self.version).as_("version"),
                literal("backfill").as_("reason"),
            )
            .from_(found)
            .join(
                state.subquery("told"),
                on=exp.EQ(this=column("customer_id", "told"), expression=column("customer_id", "found")),
                join_type="full outer",
            )
            .where(exp.NEQ(this=exp.Paren(this=is_in.copy()), expression=was_in))
        )
        engine.create_as("backfill_step", query, temporary=True)
        target = exp.Schema(
            this=exp.table_(MOVES, quoted=True),
            expressions=[exp.to_identifier(name, quoted=True) for name in MEMBERSHIP_LOG.names],
        )
        rows = exp.select(*(column(c) for c in MEMBERSHIP_LOG.names)).from_(exp.table_("backfill_step", quoted=True))
        engine.execute(exp.Insert(this=target, expression=rows))
