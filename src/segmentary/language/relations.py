"""Building blocks of relations that are joined by customer."""

from __future__ import annotations

from collections.abc import Iterable

from sqlglot import exp

from segmentary.language.sql import column


def given(table: exp.Table | None, name: str) -> exp.Table:
    """Return a relation a plan asks for.

    Raises
    ------
    TypeError
        when the caller has not handed it in.
    """
    if table is None:
        raise TypeError(f"the plan reads {name!r}, which is not among its inputs")
    return table


def over(function: exp.Expr, by: Iterable[exp.Expr], order: Iterable[exp.Expr] = ()) -> exp.Expr:
    """Return a window function."""
    arranged = list(order)
    return exp.Window(
        this=function,
        partition_by=[one.copy() for one in by],
        order=exp.Order(expressions=arranged) if arranged else None,
    )


def customers_of(relation: exp.Table | exp.Query, alias: str) -> exp.Select:
    """Return the customers of a relation, once each."""
    source = (
        exp.alias_(relation.copy(), alias, table=True) if isinstance(relation, exp.Table) else relation.subquery(alias)
    )
    query = exp.select(column("customer_id", alias)).from_(source, copy=False)
    return query.group_by(column("customer_id", alias), copy=False)
