"""Members with their traits: as a table, and as a file that leaves out who may not be contacted."""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

import pyarrow as pa
from sqlglot import exp

from segmentary.activation.export import About, format_of, write_export
from segmentary.engine.sqlfile import literal
from segmentary.errors import UnknownNameError
from segmentary.workspace.suppressed_people import suppressed_people

if TYPE_CHECKING:
    from segmentary.workspace.reading import Reading, SegmentView
    from segmentary.workspace.workspace import Workspace


@dataclass(frozen=True, slots=True)
class Export:
    """What is wanted of an export.

    for_contact : channel the people will be written to by; missing when nobody will be.
    """

    path: Path
    file_format: str | None
    traits: tuple[str, ...]
    for_contact: str | None
    purpose: str
    exported_by: str


@dataclass(frozen=True, slots=True)
class ExportReport:
    """What was written, and who was left out, by reason."""

    segment: str
    files: tuple[str, ...]
    people: int
    left_out: Mapping[str, int]
    version: str
    as_of: dt.datetime


def export(view: SegmentView, ids: exp.Query, reading: Reading, wanted: Export) -> ExportReport:
    """Write members to a file, and say in the audit trail who did it and of what."""
    workspace = view.workspace
    chosen = format_of(wanted.path, wanted.file_format)
    left_out: dict[str, int] = {}
    at = workspace.tick()
    if wanted.for_contact is not None:
        workspace.consents.load()
        ids, left_out = contact_query(workspace, ids, wanted.for_contact, wanted.purpose, at)
    table = people_table(workspace, ids, wanted.traits, None)
    about = About(
        view.name,
        reading.version or view.version,
        view.sentence,
        reading.as_of.isoformat(),
        at.isoformat(),
        wanted.exported_by,
        table.num_rows,
        left_out,
        wanted.for_contact or "",
        wanted.purpose if wanted.for_contact else "",
        tuple(table.column_names),
    )
    written = write_export(table, wanted.path, chosen, about)
    with workspace.ledger.transaction():
        detail = {"segment": view.name, "people": table.num_rows, "by": wanted.exported_by}
        workspace.ledger.audit("export", {**detail, "for": wanted.for_contact or ""}, at=at)
    files = tuple(str(one) for one in written)
    return ExportReport(view.name, files, table.num_rows, left_out, about.version, reading.as_of)


def trait_places(workspace: Workspace) -> dict[str, str]:
    """Return trait name to the table that holds it after a run."""
    places: dict[str, str] = {}
    for table in ("profile", "traits"):
        if workspace.warehouse.has_table(table):
            places |= {name: table for name in workspace.warehouse.columns(table) if name != "customer_id"}
    return places


def people_table(
    workspace: Workspace, ids: exp.Query, traits: tuple[str, ...], limit: int | None, highest: str | None = None
) -> pa.Table:
    """Return ids and traits, sorted by id, or by falling values of the trait `highest`."""
    places = trait_places(workspace)
    if highest is not None and highest not in traits:
        traits = (*traits, highest)
    query = exp.select(exp.column("customer_id", table="members", quoted=True)).from_(ids.subquery("members"))
    for trait in traits:
        if trait not in places:
            raise UnknownNameError("trait", trait, places, see="see `segmentary traits`")
        query = query.select(exp.column(trait, table=places[trait], quoted=True), copy=False)
    for table in sorted({places[trait] for trait in traits}):
        on = exp.EQ(
            this=exp.column("customer_id", table=table, quoted=True),
            expression=exp.column("customer_id", table="members", quoted=True),
        )
        query = query.join(exp.table_(table, quoted=True), on=on, join_type="left")
    if highest is not None:
        first = exp.column(highest, table=places[highest], quoted=True)
        query = query.order_by(exp.Ordered(this=first, desc=True, nulls_first=False), copy=False)
    query = query.order_by(exp.column("customer_id", table="members", quoted=True))
    return workspace.warehouse.table(query.limit(limit) if limit is not None else query)


def contact_query(
    workspace: Workspace, ids: exp.Query, channel: str, purpose: str, at: dt.datetime
) -> tuple[exp.Query, dict[str, int]]:
    """Return the members who may be contacted, and the others by reason."""
    from segmentary.profiles.consent import contactable

    verdicts = contactable(workspace.engine, purpose=purpose, channel=channel, at=at)
    if workspace.warehouse is not workspace.engine:  # decisions are read from records, which stay here
        workspace.warehouse.ingest("now_verdicts", workspace.engine.batches(verdicts))
        verdicts = exp.select("*").from_(exp.table_("now_verdicts", quoted=True))
    same = exp.EQ(
        this=exp.column("customer_id", table="verdicts", quoted=True),
        expression=exp.column("customer_id", table="members", quoted=True),
    )
    out = pa.table({"customer_id": pa.array(suppressed_people(workspace, channel), pa.string())})
    workspace.warehouse.ingest("now_suppressed", out, temporary=True)
    suppressed = exp.In(
        this=exp.column("customer_id", table="members", quoted=True),
        query=exp.Subquery(this=exp.select("customer_id").from_(exp.table_("now_suppressed", quoted=True))),
    )
    agreed = exp.func("coalesce", exp.column("allowed", table="verdicts", quoted=True), exp.false())
    allowed = exp.and_(agreed, exp.not_(suppressed.copy()))
    decided = exp.func("coalesce", exp.column("reason", table="verdicts", quoted=True), literal("no consent known"))
    why = exp.Case().when(suppressed, literal("suppressed")).else_(decided)
    joined = (
        exp.select(exp.column("customer_id", table="members", quoted=True), allowed.as_("allowed"), why.as_("reason"))
        .from_(ids.subquery("members"))
        .join(verdicts.subquery("verdicts"), on=same, join_type="left")
    )
    workspace.warehouse.create_as("now_contact", joined, temporary=True)
    judged = exp.table_("now_contact", quoted=True)
    left = (
        exp.select("reason", exp.Count(this=exp.Star()).as_("people"))
        .from_(judged)
        .where(exp.not_(exp.column("allowed", quoted=True)))
        .group_by("reason")
        .order_by("reason")
    )
    left_out: dict[str, int] = dict(workspace.warehouse.rows(left))
    return exp.select("customer_id").from_(judged).where(exp.column("allowed", quoted=True)), left_out
