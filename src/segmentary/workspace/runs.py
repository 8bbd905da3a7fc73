"""A run: evaluate everything, note who came and who went and why, and publish it as what is served.

What makes it safe is the order: the changes are in the archive (synced), the ledger acknowledges the run (synced), the
warehouse commits. A run that dies earlier leaves the old membership served; one that dies after the acknowledgement is
completed from the archive at the next opening.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

import pyarrow as pa
import pyarrow.parquet as pq
from sqlglot import exp

from segmentary.engine.base import Engine
from segmentary.engine.sqlfile import column, literal
from segmentary.ledger.archive import Archive, hash_of
from segmentary.ledger.attempts import end
from segmentary.ledger.backfills import backfills
from segmentary.ledger.ledger import Ledger
from segmentary.ledger.runs import RunEntry, append_run, runs
from segmentary.schema import CUSTOMER_ATTRIBUTES, CUSTOMERS, EVENTS, IDENTITY_MAP, MEMBERSHIP_LOG
from segmentary.segments.history import latest
from segmentary.segments.membership import (
    MEMBERSHIP,
    changes_query,
    masks_of_members,
    masks_query,
    sizes,
    stored_places,
    with_bits_kept,
)
from segmentary.segments.snapshots import due, keep
from segmentary.workspace.evaluation import Evaluation, named_profile, named_traits

NEXT = "next_membership"
CHANGES = "next_changes"
SERVED_RUN = "served_run"


@dataclass(frozen=True, slots=True)
class SegmentChange:
    """What a run did to a segment: people in it now, people who entered and left, by reason."""

    segment: str
    members: int
    entered: int
    left: int
    entered_by_reason: Mapping[str, int]
    left_by_reason: Mapping[str, int]


@dataclass(frozen=True, slots=True)
class RunReport:
    """A finished run. ``warnings`` are sentences a person should read."""

    run_id: int
    as_of: dt.datetime
    detected_at: dt.datetime
    customers: int
    segments: tuple[SegmentChange, ...]
    warnings: tuple[str, ...]
    seconds: float


@dataclass(frozen=True, slots=True)
class RunPlan:
    """What a run needs to know beside the evaluation.

    versions, depends : per segment its version, and a fingerprint of everything its meaning rests on.
    attempt : the number under which the beginning of this run is noted.
    """

    as_of: dt.datetime
    known_at: dt.datetime
    started_at: dt.datetime
    versions: Mapping[str, str]
    depends: Mapping[str, str]
    context: Mapping[str, Any]
    loads: int
    attempt: int = 0


def publish(
    engine: Engine,
    ledger: Ledger,
    archive: Archive,
    evaluation: Evaluation,
    plan: RunPlan,
    positions: Mapping[str, int],
) -> RunEntry:
    """Write the changes, acknowledge the run, and swap the served tables."""
    earlier = runs(ledger)
    previous = earlier[-1] if earlier else None
    run_id = previous.run_id + 1 if previous else 1
    flags = exp.table_(evaluation.flags, quoted=True)
    # What is pinned to an older version is evaluated for others, and served to nobody.
    served = {name: flag for name, flag in evaluation.segment_columns.items() if name in positions}
    plan = with_left(plan, previous)
    left = [name for name in plan.context.get("unanswered", {}) if name in plan.versions]
    query = masks_query(flags, served, positions)
    if left and engine.has_table(MEMBERSHIP):
        query = with_bits_kept(query, left, positions, masks_before(engine))
    engine.create_as(NEXT, query, temporary=True)
    prepare_changes(engine, plan, previous, run_id, positions)
    changes = exp.select("*").from_(exp.table_(CHANGES, quoted=True)).order_by("segment", "customer_id")
    file = f"membership/{run_id:08d}-{plan.known_at:%Y%m%dT%H%M%S%f}.parquet"
    path = archive.write(file, lambda place: write_changes(engine, changes, place))
    entry = RunEntry(
        run_id,
        plan.as_of,
        plan.known_at,
        plan.started_at,
        plan.known_at,
        {
            **plan.context,
            "depends": dict(plan.depends),
            "universe": evaluation.universe_size,
            "universes": dict(evaluation.universes),
        },
        dict(plan.versions),
        frozen(evaluation),
        file,
        hash_of(path),
        plan.loads,
    )
    with engine.transaction():
        append_log(engine, exp.table_(CHANGES, quoted=True))
        engine.create_as(MEMBERSHIP, exp.select("*").from_(exp.table_(NEXT, quoted=True)), order_by=["customer_id"])
        publish_profiles(engine, evaluation)
        mark_served(engine, run_id)
        if due(engine, plan.known_at):
            keep(engine, run_id, plan.known_at)
        with ledger.transaction():
            append_run(ledger, entry)
            end(ledger, plan.attempt, "done", at=plan.known_at)
    return entry


def frozen(evaluation: Evaluation) -> dict[str, Any]:
    """Return the parameters of the models of an evaluation: RFM cuts, and which versions placed people."""
    found: dict[str, Any] = {} if evaluation.rfm is None else {"rfm": evaluation.rfm.to_document()}
    if evaluation.models:
        found["models"] = {name: model.version for name, model in evaluation.models.items()}
    return found


def with_left(plan: RunPlan, previous: RunEntry | None) -> RunPlan:
    """Let what cannot be answered stand in the run as the one before served it, if it did."""
    if previous is None:
        return plan
    depends: Mapping[str, str] = previous.context.get("depends", {})
    left = [name for name in plan.context.get("unanswered", {}) if name in previous.segments]
    return replace(
        plan,
        versions={**plan.versions, **{name: previous.segments[name] for name in left}},
        depends={**plan.depends, **{name: depends[name] for name in left if name in depends}},
    )


def masks_before(engine: Engine, table: str = MEMBERSHIP) -> int:
    """Return how many mask columns a membership table has."""
    return sum(1 for name in engine.columns(table) if name.startswith("mask"))


def mark_served(engine: Engine, run_id: int) -> None:
    """Note which run the served tables are of."""
    engine.create_as(SERVED_RUN, exp.select(exp.cast(literal(run_id), "bigint").as_("run_id")))


def served_run(engine: Engine) -> int:
    """Return the number of the run the served tables are of (0: none)."""
    if not engine.has_table(SERVED_RUN):
        return 0
    return int(engine.value(exp.select("run_id").from_(exp.table_(SERVED_RUN, quoted=True))))


def publish_profiles(engine: Engine, evaluation: Evaluation) -> None:
    """Store the profiles and traits of an evaluation under their own names."""
    engine.create_as("profile", named_profile(evaluation), order_by=["customer_id"])
    engine.create_as("traits", named_traits(evaluation), order_by=["customer_id"])


def write_changes(engine: Engine, changes: exp.Query, place: Path) -> None:
    """Write the changes piece by piece: the first run of a large business has tens of millions of them.

    They come in order of segment and customer: an id is written as what it has more than the one before.
    """
    with engine.batches(changes) as batches:
        words = [name for name in batches.schema.names if name != "customer_id"]
        ids = {"customer_id": "DELTA_BYTE_ARRAY"}
        with pq.ParquetWriter(
            place, batches.schema, compression="zstd", use_dictionary=words, column_encoding=ids
        ) as writer:
            for batch in batches:
                writer.write_batch(batch)


def append_log(engine: Engine, changes: exp.Table | exp.Query) -> None:
    """Append changes to the log."""
    columns = [column(name) for name in MEMBERSHIP_LOG.names]
    source = exp.select(*columns).from_(changes if isinstance(changes, exp.Table) else changes.subquery("changes"))
    target = exp.Schema(
        this=exp.table_(MEMBERSHIP_LOG.name, quoted=True),
        expressions=[exp.to_identifier(name, quoted=True) for name in MEMBERSHIP_LOG.names],
    )
    engine.execute(exp.Insert(this=target, expression=source))


def prepare_changes(
    engine: Engine, plan: RunPlan, previous: RunEntry | None, run_id: int, positions: Mapping[str, int]
) -> None:
    """Make the temporary table of log rows: every differing bit, with its reason."""
    before = MEMBERSHIP
    if not engine.has_table(MEMBERSHIP):
        before = "nobody_yet"
        nobody = exp.select("*").from_(exp.table_(NEXT, quoted=True)).where(exp.false())
        engine.create_as(before, nobody, temporary=True)
    held = masks_before(engine, before)
    bare = changes_query(
        before=before, after=NEXT, positions=positions, masks_before=held, places=stored_places(engine, positions)
    )
    engine.create_as("next_differences", bare, temporary=True)
    differences = exp.table_("next_differences", quoted=True, alias="differences")
    told = told_by_definition(plan, previous)
    engine.ingest("next_told", pa.table(told))
    query = (
        exp.select(
            exp.cast(exp.Literal.number(run_id), "bigint").as_("run_id"),
            column("segment", "differences"),
            column("customer_id", "differences"),
            column("entered", "differences"),
            literal(plan.as_of).as_("valid_at"),
            literal(plan.known_at).as_("detected_at"),
            exp.func("coalesce", column("version", "told"), literal("")).as_("version"),
            exp.func("coalesce", column("reason", "told"), about_customer(previous)).as_("reason"),
        )
        .from_(differences)
        .join(
            exp.table_("next_told", quoted=True, alias="told"),
            on=exp.EQ(this=column("segment", "told"), expression=column("segment", "differences")),
            join_type="left",
        )
    )
    if previous is not None:
        engine.create_as("next_news", news_query(previous, plan.as_of), temporary=True)
        news = exp.table_("next_news", quoted=True, alias="news")
        same = exp.EQ(this=column("customer_id", "news"), expression=column("customer_id", "differences"))
        query = query.join(news, on=same, join_type="left")
    engine.create_as(CHANGES, query, temporary=True)


def told_by_definition(plan: RunPlan, previous: RunEntry | None) -> dict[str, pa.Array]:
    """Return segment, version and reason: missing where the reason lies with the customer, not with the definition."""
    depends_before: Mapping[str, str] = previous.context.get("depends", {}) if previous is not None else {}
    names = sorted({*plan.versions, *(previous.segments if previous is not None else ())})
    reasons: list[str | None] = []
    for name in names:
        if previous is None or name not in previous.segments:
            reasons.append("backfill")
        elif plan.depends.get(name) != depends_before.get(name):
            reasons.append("edit")
        else:
            reasons.append("backfill" if plan.as_of < previous.as_of else None)
    return {
        "segment": pa.array(names, pa.string()),
        "version": pa.array([plan.versions.get(name, "") for name in names], pa.string()),
        "reason": pa.array(reasons, pa.string()),
    }


def about_customer(previous: RunEntry | None) -> exp.Expr:
    """Say what happened to the customer: gone, news of three kinds, or only time passing."""
    if previous is None:
        return exp.cast(literal("backfill"), "varchar")
    about = gone()
    for flag, word in (("late", "late_data"), ("event", "event"), ("attribute", "attribute")):
        about = about.when(exp.func("coalesce", column(f"has_{flag}", "news"), exp.false()), literal(word), copy=False)
    return about.else_(literal("ageing"), copy=False)


def gone() -> exp.Case:
    """Say why a customer is no customer any more: every record erased at its source, or joined with another's."""
    customers = exp.select(column("customer_id")).from_(exp.table_(CUSTOMERS.name, quoted=True))
    known = exp.select(column("customer_id")).from_(exp.table_(IDENTITY_MAP.name, quoted=True))
    who = column("customer_id", "differences")
    here = exp.In(this=who, query=customers.subquery())
    mapped = exp.In(this=who.copy(), query=known.subquery())
    return exp.Case().when(exp.and_(exp.not_(here), mapped), literal("erasure")).when(exp.not_(here), literal("merge"))


def news_query(previous: RunEntry, as_of: dt.datetime) -> exp.Query:
    """Return per customer what has become known, or come to pass, since the previous run."""
    since, seen_until = previous.known_at, previous.as_of
    new_event = column("known_at") > literal(since)
    before = column("happened_at") < literal(seen_until)
    events = (
        exp.select(
            column("customer_id"),
            exp.func("bool_or", exp.and_(new_event, before)).as_("has_late"),
            exp.func("bool_or", exp.and_(new_event.copy(), exp.not_(before.copy()))).as_("has_event"),
            exp.func("bool_or", exp.false()).as_("has_attribute"),
        )
        .from_(exp.table_(EVENTS.name, quoted=True))
        .where(column("happened_at") < literal(as_of), exp.or_(new_event.copy(), exp.not_(before.copy())))
        .group_by(column("customer_id"))
    )
    attributes = (
        exp.select(
            column("customer_id"),
            exp.false().as_("has_late"),
            exp.false().as_("has_event"),
            exp.true().as_("has_attribute"),
        )
        .from_(exp.table_(CUSTOMER_ATTRIBUTES.name, quoted=True))
        .where(column("known_at") > literal(since))
        .group_by(column("customer_id"))
    )
    both = exp.union(events, attributes, distinct=False)
    return (
        exp.select(
            column("customer_id"),
            *(exp.func("bool_or", column(f"has_{w}")).as_(f"has_{w}") for w in ("late", "event", "attribute")),
        )
        .from_(both.subquery("heard"))
        .group_by(column("customer_id"))
    )


def run_report(engine: Engine, entry: RunEntry, positions: Mapping[str, int], warnings: Sequence[str]) -> RunReport:
    """Return what a run did, segment by segment in the order of their names."""
    query = (
        exp.select(column("segment"), column("entered"), column("reason"), exp.Count(this=exp.Star()).as_("people"))
        .from_(exp.table_(MEMBERSHIP_LOG.name, quoted=True))
        .where(column("run_id").eq(exp.Literal.number(entry.run_id)))
        .group_by(column("segment"), column("entered"), column("reason"))
        .order_by(column("segment"), column("reason"))
    )
    moved: dict[tuple[str, bool], dict[str, int]] = {}
    for segment, entered, why, people in engine.rows(query):
        moved.setdefault((segment, bool(entered)), {})[why] = people
    names = sorted({*entry.segments, *(segment for segment, _ in moved)})
    people = sizes(engine, names, positions)
    changes = []
    for name in names:
        came, went = moved.get((name, True), {}), moved.get((name, False), {})
        changes.append(SegmentChange(name, people[name], sum(came.values()), sum(went.values()), came, went))
    seconds = (entry.finished_at - entry.started_at).total_seconds()
    customers = int(entry.context.get("universe", 0))
    return RunReport(entry.run_id, entry.as_of, entry.known_at, customers, tuple(changes), tuple(warnings), seconds)


def replay_log(engine: Engine, ledger: Ledger, archive: Archive) -> int:
    """Bring the changes of runs and backfills the warehouse lacks back from the archive; return of how many."""
    log = exp.table_(MEMBERSHIP_LOG.name, quoted=True)
    held = {row[0] for row in engine.rows(exp.select("run_id").distinct().from_(log))}
    written = [(run.run_id, run.changes_file, run.changes_hash) for run in runs(ledger)]
    written += [(-one.number, one.changes_file, one.changes_hash) for one in backfills(ledger)]
    missing = []
    for number, file, file_hash in written:
        if number in held:
            continue
        archive.check(file, file_hash)
        table = pq.read_table(archive.path(file))
        if table.num_rows:
            missing.append(table)
    with engine.transaction():
        for table in missing:
            engine.ingest(CHANGES, table)
            append_log(engine, exp.table_(CHANGES, quoted=True))
    return len(missing)


def rebuild_masks(engine: Engine, positions: Mapping[str, int], universe: exp.Table) -> None:
    """Make the membership table from the log: the runs' last word on every (segment, customer) of the universe."""
    newest = latest(["segment", "customer_id"], column("run_id") > literal(0))
    members = exp.select(column("segment"), column("customer_id")).from_(newest.subquery("newest"))
    everybody = exp.select(column("customer_id")).from_(universe)
    query = masks_of_members(members.where(column("entered")), everybody, positions)
    engine.create_as(MEMBERSHIP, query, order_by=["customer_id"])
