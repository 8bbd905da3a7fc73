"""By which record a customer is called when something is written down of them here."""

from __future__ import annotations

from sqlglot import exp

from segmentary.engine.base import Engine
from segmentary.engine.sqlfile import column, literal
from segmentary.schema import IDENTITY_MAP


def named_records() -> exp.Select:
    """Return one record of every customer: ``customer_id, id_space, record_id``.

    It is the record that gave the id; where several records are one customer, the first of them.
    """
    named = exp.Case().when(exp.EQ(this=column("record_id"), expression=column("customer_id")), literal(0))
    place = exp.Window(
        this=exp.RowNumber(),
        partition_by=[column("customer_id")],
        order=exp.Order(
            expressions=[
                exp.Ordered(this=one) for one in (named.else_(literal(1)), column("id_space"), column("record_id"))
            ]
        ),
    )
    names = exp.select(
        column("customer_id"), column("id_space"), column("record_id"), place.as_("place", quoted=True)
    ).from_(exp.table_(IDENTITY_MAP.name, quoted=True))
    return (
        exp.select(column("customer_id"), column("id_space"), column("record_id"))
        .from_(names.subquery("names"))
        .where(exp.EQ(this=column("place"), expression=literal(1)))
    )


def other_ids(engine: Engine) -> dict[str, tuple[str, ...]]:
    """Return the further ids people are known by, of those who have any: each belongs to one person only."""
    called = exp.select(column("customer_id")).from_(exp.table_(IDENTITY_MAP.name, quoted=True))
    query = (
        exp.select(column("record_id"), exp.Min(this=column("customer_id")).as_("customer_id", quoted=True))
        .from_(exp.table_(IDENTITY_MAP.name, quoted=True))
        .where(
            exp.NEQ(this=column("record_id"), expression=column("customer_id")),
            exp.not_(exp.In(this=column("record_id"), query=exp.Subquery(this=called))),
        )
        .group_by(column("record_id"))
        .having(exp.EQ(this=exp.Min(this=column("customer_id")), expression=exp.Max(this=column("customer_id"))))
    )
    found: dict[str, tuple[str, ...]] = {}
    for record_id, customer_id in engine.rows(query):
        found[customer_id] = (*found.get(customer_id, ()), record_id)
    return found
