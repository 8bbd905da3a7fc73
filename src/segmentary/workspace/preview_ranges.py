"""Ranges of a trait with many values, each of about as many people: for breaking people down by numbers and days."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from sqlglot import exp

from segmentary.engine.base import Engine
from segmentary.engine.sqlfile import column, literal

RANGES = 6
FEW = 12
"""So many different values are shown one by one."""
ORDERED = ("number", "date", "time")


def edges_of(engine: Engine, table: exp.Select, type_: str) -> list[Any]:
    """Return the highest value of every range but the last; none where values are few, or have no order.

    table : ``customer_id, value`` of everybody.
    """
    if type_ not in ORDERED:
        return []
    value = column("value", "valued")
    told = exp.select(value.as_("value", quoted=True)).from_(table.subquery("valued"))
    told = told.where(exp.not_(exp.Is(this=value.copy(), expression=exp.null())))
    different = exp.Count(this=exp.Distinct(expressions=[column("value", "told")]))
    size = exp.select(exp.Count(this=exp.Star()), different).from_(told.subquery("told"))
    n, values = engine.rows(size)[0]
    if values <= FEW:
        return []
    order = exp.Order(expressions=[exp.Ordered(this=column("value", "told"))])
    place = exp.Window(this=exp.RowNumber(), order=order).as_("place", quoted=True)
    placed = exp.select(column("value", "told"), place).from_(told.subquery("told"))
    wanted = [literal(max(1, n * part // RANGES)) for part in range(1, RANGES)]
    found = exp.select(column("value", "placed")).distinct().from_(placed.subquery("placed"))
    found = found.where(exp.In(this=column("place", "placed"), expressions=wanted)).order_by(column("value", "placed"))
    return [one for (one,) in engine.rows(found)]


def range_of(edges: Sequence[Any]) -> exp.Expr:
    """Return the number of the range a value falls into, from 1; missing for a missing one."""
    value = column("value", "valued")
    found = exp.Case().when(exp.Is(this=value, expression=exp.null()), exp.null())
    for number, edge in enumerate(edges, 1):
        found = found.when(exp.LTE(this=value.copy(), expression=literal(edge)), literal(number))
    return found.else_(literal(len(edges) + 1))
