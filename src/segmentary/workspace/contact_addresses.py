"""Where a person is written to: of the addresses known, one; verified before others, then the newest."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pyarrow as pa
from sqlglot import exp

from segmentary.activation.addresses import normal_address
from segmentary.engine.sqlfile import column, literal
from segmentary.schema import IDENTIFIERS, IDENTITY_MAP

if TYPE_CHECKING:
    from segmentary.workspace.workspace import Workspace

SPELLED, NEW = "spelled_addresses", "spelled_addresses_new"
TEXT = pa.string()


def spelled(workspace: Workspace, kind: str) -> exp.Table:
    """Make a temporary table of every identifier of a kind in its one spelling: ``kind, raw, address``.

    The address is missing where it could not be written to: a placeholder, a number without its country. What was
    spelled before in this process is not spelled again.
    """
    engine = workspace.engine
    if not engine.has_table(SPELLED):
        engine.ingest(SPELLED, spelling("", [], []), temporary=True)
    told = exp.table_(SPELLED, quoted=True)
    known = exp.select(column("raw")).from_(told).where(exp.EQ(this=column("kind"), expression=literal(kind)))
    fresh = (
        exp.select(column("value"))
        .distinct()
        .from_(exp.table_(IDENTIFIERS.name, quoted=True))
        .where(
            exp.EQ(this=column("kind"), expression=literal(kind)),
            exp.not_(exp.Is(this=column("value"), expression=exp.null())),
            exp.not_(exp.In(this=column("value"), query=exp.Subquery(this=known))),
        )
    )
    raw = engine.table(fresh).column("value").to_pylist()
    if raw:
        country = workspace.settings.country
        addresses = [normal_address(kind, one, country=country) for one in raw]
        engine.ingest(NEW, spelling(kind, raw, addresses), temporary=True)
        both = [exp.select("kind", "raw", "address").from_(exp.table_(one, quoted=True)) for one in (SPELLED, NEW)]
        held = engine.table(exp.union(*both, distinct=False))
        engine.ingest(SPELLED, held, temporary=True)
        engine.drop(NEW)
    return told


def spelling(kind: str, raw: list[str], addresses: list[str | None]) -> pa.Table:
    return pa.table(
        {"kind": pa.array([kind] * len(raw), TEXT), "raw": pa.array(raw, TEXT), "address": pa.array(addresses, TEXT)}
    )


def all_addresses(workspace: Workspace, kind: str, customers: exp.Query | None = None) -> exp.Select:
    """Return ``customer_id, address, verified, known_at`` of every identifier of a kind; address missing: unusable.

    customers : only of these ids.
    """
    on = exp.and_(
        exp.EQ(this=column("id_space", "m"), expression=column("id_space", "i")),
        exp.EQ(this=column("record_id", "m"), expression=column("record_id", "i")),
    )
    same = exp.and_(
        exp.EQ(this=column("kind", "s"), expression=column("kind", "i")),
        exp.EQ(this=column("raw", "s"), expression=column("value", "i")),
    )
    found = (
        exp.select(
            column("customer_id", "m"),
            column("address", "s"),
            exp.Coalesce(this=column("verified", "i"), expressions=[exp.false()]).as_("verified", quoted=True),
            column("known_at", "i"),
        )
        .from_(exp.table_(IDENTIFIERS.name, quoted=True, alias="i"))
        .join(exp.table_(IDENTITY_MAP.name, quoted=True, alias="m"), on=on)
        .join(exp.alias_(spelled(workspace, kind).copy(), "s", table=True), on=same, join_type="left")
        .where(exp.EQ(this=column("kind", "i"), expression=literal(kind)))
    )
    if customers is not None:
        found = found.where(exp.In(this=column("customer_id", "m"), query=exp.Subquery(this=customers)))
    return found


def best_addresses(workspace: Workspace, kind: str, customers: exp.Query | None = None) -> exp.Select:
    """Return ``customer_id, address`` of everybody with an identifier of a kind (email, phone); for the workbench.

    The address is missing where none of them could be written to. customers : only of these ids.
    """
    missing = exp.Case().when(exp.Is(this=column("address"), expression=exp.null()), literal(1)).else_(literal(0))
    vouched = exp.Case().when(column("verified"), literal(0)).else_(literal(1))
    place = exp.Window(
        this=exp.RowNumber(),
        partition_by=[column("customer_id")],
        order=exp.Order(
            expressions=[
                exp.Ordered(this=missing),
                exp.Ordered(this=vouched),
                exp.Ordered(this=column("known_at"), desc=True),
                exp.Ordered(this=column("address")),
            ]
        ),
    )
    ranked = exp.select(column("customer_id"), column("address"), place.as_("place", quoted=True)).from_(
        all_addresses(workspace, kind, customers).subquery("given")
    )
    return (
        exp.select(column("customer_id"), column("address"))
        .from_(ranked.subquery("ranked"))
        .where(exp.EQ(this=column("place"), expression=literal(1)))
    )


def address_of(workspace: Workspace, customer_id: str, kind: str) -> str:
    """Return where one person is written to; empty where no address is known."""
    one = exp.select(literal(customer_id))
    rows = workspace.engine.rows(best_addresses(workspace, kind, one))
    return str(rows[0][1] or "") if rows else ""
