"""Load one delivery into the received tables: typed, checked, counted, and at most once.

Rows read = rows kept + rows known + rows refused, exactly. The caller wraps a load in ``engine.transaction()``: it is
there whole or not at all.
"""

from __future__ import annotations

import datetime as dt
import json
import logging
from collections import Counter
from collections.abc import Hashable, Iterable, Mapping, Sequence
from dataclasses import dataclass

import pyarrow as pa
from sqlglot import exp

from segmentary.engine.base import Engine
from segmentary.engine.sqlfile import literal
from segmentary.schema import ALL_TABLES, COLUMN_NOTES, DERIVED, LOADS, REFUSALS, Table
from segmentary.settings import Settings
from segmentary.sources.arrival import ARRIVING, Arrival, arrive
from segmentary.sources.base import SourceMapping
from segmentary.sources.columns import ValueType
from segmentary.sources.judging import judge
from segmentary.sources.kinds import RULES
from segmentary.sources.known import mark_known
from segmentary.sources.plans import Rendered, kept
from segmentary.sources.receive import Load, receive
from segmentary.sources.staging import STAGED, Staging, attribute_columns, read_rows, reading
from segmentary.sources.study import ColumnFacts, Note, study
from segmentary.sources.values import node

log = logging.getLogger(__name__)
SET_ASIDE = "set aside: "


@dataclass(frozen=True, slots=True)
class LoadReport:
    """What became of the rows of one file.

    Attributes
    ----------
    rows_known : rows an earlier load, or an earlier row of this one with the same id, had already brought.
    rows_refused : rows that were not taken, each with its reason.
    refused_reasons : reason -> rows; those set aside begin with ``set aside: ``.
    rows_set_aside : of `rows_refused`, those of a recognised export that are about no customer: no fault.
    already_loaded : the same file of the same source was loaded before; nothing was done.
    """

    source: str
    kind: str
    file: str
    load_id: str
    rows_read: int
    rows_kept: int
    rows_known: int
    rows_refused: int
    refused_reasons: Mapping[str, int]
    already_loaded: bool = False
    rows_set_aside: int = 0


def load(
    engine: Engine,
    batches: pa.RecordBatchReader,
    mapping: SourceMapping,
    *,
    source: str,
    load_id: str,
    file: str,
    known_at: dt.datetime,
    settings: Settings,
    rejected: Iterable[tuple[int, str]] = (),
) -> LoadReport:
    """Load one delivery.

    known_at : when the system learnt of it, with a zone or in UTC.
    rejected : (row number, reason) of rows the reader could not parse; read after the batches are drained.

    Raises
    ------
    MappingError
        when the mapping names columns the delivery does not have, or leaves out one its kind needs.
    CurrencyError
        when amounts are in a currency that is neither the workspace's nor in a rates table.
    """
    prepare(engine)
    earlier = earlier_loads(engine, source, load_id)
    if earlier.same is not None:
        return earlier.same
    arrival = arrive(engine, batches)
    refused_lines = list(rejected)
    this = Load(source=source, load_id=load_id, known_at=naive_utc(known_at), currency=settings.currency)
    staging, facts = stage_rows(engine, arrival, mapping, this, earlier, settings)
    marked = mark_known(engine, staging, source, repeated=earlier.of_source > 0)
    counts = outcome(engine, marked=marked)
    receive(engine, staging, this, marked=marked)
    reasons = Counter({reason: rows for (reason, known), rows in counts.items() if reason})
    reasons.update(reason for _, reason in refused_lines)
    report = LoadReport(
        source=source,
        kind=mapping.kind,
        file=file,
        load_id=load_id,
        rows_read=arrival.rows + len(refused_lines),
        rows_kept=sum(rows for (reason, known), rows in counts.items() if not reason and not known),
        rows_known=sum(rows for (reason, known), rows in counts.items() if not reason and known),
        rows_refused=reasons.total(),
        refused_reasons=dict(sorted(reasons.items())),
        rows_set_aside=sum(rows for reason, rows in reasons.items() if reason.startswith(SET_ASIDE)),
    )
    write_refusals(engine, this, refused_lines, has_faults=any(reason for reason, _ in counts))
    write_notes(engine, this, facts)
    write_load(engine, report, this, earlier.all + 1)
    for name in (STAGED, ARRIVING):
        engine.drop(name)
    log.info("loaded", extra={"source": source, "kept": report.rows_kept, "refused": report.rows_refused})
    return report


def stage_rows(
    engine: Engine, arrival: Arrival, mapping: SourceMapping, this: Load, earlier: Earlier, settings: Settings
) -> tuple[Staging, ColumnFacts]:
    """Make the staged rows of what arrived; return what they hold, and what their columns are like."""
    settled = known_types(engine, this.source, mapping, earlier)
    plan = plan_key(arrival, mapping, settings)
    facts = study(engine, arrival, mapping, attribute_columns(mapping), settled, zone=settings.timezone, plan=plan)
    prefix = ""
    if "record_id" not in mapping.columns:
        prefix = f"{this.source}:{this.load_id[:6]}:" if earlier.of_source else f"{this.source}:"
    signs = tuple(note.column for note in facts.notes if note.code == "money_text")

    def make() -> tuple[Staging, tuple[Rendered, ...]]:
        staging, queries = reading(
            arrival, mapping, facts.types, facts.notes, source=this.source, prefix=prefix, settings=settings
        )
        return staging, tuple(Rendered(query) for query in queries)

    staging, queries = kept((plan, "reading", tuple(facts.types.items()), signs, prefix, this.source), make)
    read_rows(engine, queries)
    judge(engine, staging, settings, plan=(plan, staging.fields))
    return staging, facts


def plan_key(arrival: Arrival, mapping: SourceMapping, settings: Settings) -> Hashable:
    """Return what the queries of a load depend on, apart from the rows."""
    document = json.dumps(mapping.to_document(), sort_keys=True)
    return arrival.signature, document, settings.timezone, settings.currency


@dataclass(frozen=True, slots=True)
class Earlier:
    """What was loaded before: the same file, loads of this source, all loads."""

    same: LoadReport | None
    of_source: int
    all: int


def prepare(engine: Engine) -> None:
    """Make the received tables if they are not there."""
    if not all(engine.has_table(table.name) for table in (LOADS, COLUMN_NOTES)):
        for table in ALL_TABLES:
            if table not in DERIVED:
                engine.create(table)


def earlier_loads(engine: Engine, source: str, load_id: str) -> Earlier:
    query = exp.select(
        node("count(*)"),
        node("count(*) filter (where source = $source)", source=source),
        node("coalesce(max(ordinal), 0)"),
    ).from_(LOADS.name)
    _, of_source, ordinal = engine.rows(query)[0]
    rows = engine.rows(
        exp.select("kind", "file", "rows_read").from_(LOADS.name).where(node("load_id = $id", id=load_id))
    )
    if not rows:
        return Earlier(None, of_source, ordinal)
    kind, file, rows_read = rows[0]
    same = LoadReport(source, kind, file, load_id, rows_read, 0, rows_read, 0, {}, already_loaded=True)
    return Earlier(same, of_source, ordinal)


def known_types(engine: Engine, source: str, mapping: SourceMapping, earlier: Earlier) -> dict[str, ValueType]:
    """Return the types that attributes of this source have had so far: a later file does not change them."""
    if not earlier.of_source or not RULES[mapping.kind].entity_type or mapping.kind == "attributes":
        return {}
    query = (
        exp.select("name", node("min(value_type)"))
        .from_("attributes")
        .where(node("source = $source and value is not null", source=source))
        .group_by("name")
    )
    return dict(engine.rows(query))


def outcome(engine: Engine, *, marked: bool) -> dict[tuple[str | None, bool], int]:
    """Return how many rows are refused for which reason, known, and kept."""
    known = node("known_key is not null") if marked else exp.false()
    query = exp.select("fault", known.as_("known"), node("count(*)")).from_(STAGED).group_by(node("1"), node("2"))
    return {(reason, is_known): rows for reason, is_known, rows in engine.rows(query)}


def naive_utc(instant: dt.datetime) -> dt.datetime:
    return instant if instant.tzinfo is None else instant.astimezone(dt.UTC).replace(tzinfo=None)


def insert_values(engine: Engine, table: Table, rows: Sequence[Sequence[object]]) -> None:
    """Insert a few rows."""
    tuples = [exp.Tuple(expressions=[literal(value) for value in row]) for row in rows]
    engine.execute(exp.insert(exp.Values(expressions=tuples), table.name, columns=list(table.names)))


def write_refusals(engine: Engine, this: Load, lines: Sequence[tuple[int, str]], *, has_faults: bool) -> None:
    if has_faults:
        query = (
            exp.select(
                literal(this.load_id).as_("load_id"),
                literal(this.source).as_("source"),
                "row_number",
                node("fault").as_("reason"),
                node("fault_column").as_("column_name"),
            )
            .from_(STAGED)
            .where(node("fault is not null"))
            .order_by("row_number")
        )
        engine.execute(exp.insert(query, REFUSALS.name, columns=list(REFUSALS.names)))
    for start in range(0, len(lines), 500):
        some = lines[start : start + 500]
        insert_values(engine, REFUSALS, [(this.load_id, this.source, number, why, None) for number, why in some])


def write_notes(engine: Engine, this: Load, facts: ColumnFacts) -> None:
    if facts.notes:
        rows = [note_row(this, note) for note in facts.notes]
        insert_values(engine, COLUMN_NOTES, rows)


def note_row(this: Load, note: Note) -> tuple[object, ...]:
    example = note.example.replace("\0", "")[:80]
    return this.load_id, this.source, note.column, note.code, note.count, example


def write_load(engine: Engine, report: LoadReport, this: Load, ordinal: int) -> None:
    row = (
        report.load_id,
        report.source,
        report.kind,
        report.file,
        report.rows_read,
        report.rows_kept,
        report.rows_known,
        report.rows_refused,
        this.known_at,
        ordinal,
    )
    insert_values(engine, LOADS, [row])
