"""Where a person is written to: of the addresses known, one; verified before others, then the newest."""

from __future__ import annotations

from typing import TYPE_CHECKING

from sqlglot import exp

from segmentary.engine.sqlfile import column, literal
from segmentary.schema import IDENTIFIERS, IDENTITY_MAP

if TYPE_CHECKING:
    from segmentary.workspace.workspace import Workspace


def best_addresses(kind: str, customers: exp.Query | None = None) -> exp.Select:
    """Return ``customer_id, address`` of everybody with an identifier of a kind (email, phone).

    The address is missing where none of them could be written to: a placeholder, a number without its country.
    customers : only of these ids.
    """
    on = exp.and_(
        exp.EQ(this=column("id_space", "m"), expression=column("id_space", "i")),
        exp.EQ(this=column("record_id", "m"), expression=column("record_id", "i")),
    )
    local = exp.Like(this=column("value", "i"), expression=literal("local:%"))
    usable = exp.Case().when(exp.not_(local), column("value", "i"))
    given = (
        exp.select(
            column("customer_id", "m"),
            usable.as_("address", quoted=True),
            exp.Coalesce(this=column("verified", "i"), expressions=[exp.false()]).as_("verified", quoted=True),
            column("known_at", "i"),
        )
        .from_(exp.table_(IDENTIFIERS.name, quoted=True, alias="i"))
        .join(exp.table_(IDENTITY_MAP.name, quoted=True, alias="m"), on=on)
        .where(exp.EQ(this=column("kind", "i"), expression=literal(kind)))
    )
    if customers is not None:
        given = given.where(exp.In(this=column("customer_id", "m"), query=exp.Subquery(this=customers)))
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
        given.subquery("given")
    )
    return (
        exp.select(column("customer_id"), column("address"))
        .from_(ranked.subquery("ranked"))
        .where(exp.EQ(this=column("place"), expression=literal(1)))
    )


def address_of(workspace: Workspace, customer_id: str, kind: str) -> str:
    """Return where one person is written to; empty where no address is known."""
    one = exp.select(literal(customer_id))
    rows = workspace.engine.rows(best_addresses(kind, one))
    return str(rows[0][1] or "") if rows else ""
