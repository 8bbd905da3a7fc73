"""Who exists at a moment, and what was true of them then.

Both are queries, not tables: `universe_query` over ``customers``, `profile_query` over ``customer_attributes``. A value
holds from just after its ``valid_from`` until and including its ``valid_to``, as events count only when they happened
strictly before as-of. Undated values have always held.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable, Mapping, Sequence
from typing import TYPE_CHECKING

from sqlglot import exp

from segmentary.engine.sqlfile import column, literal
from segmentary.language.tree import Context, ValueType
from segmentary.schema import CUSTOMER_ATTRIBUTES, CUSTOMERS

if TYPE_CHECKING:
    from segmentary.language.plan import Given

# Text that cannot be read as its type becomes missing rather than an error: one bad row must not stop a run.
CASTS: dict[ValueType, str | None] = {
    "text": None,
    "number": "decimal(38, 10)",
    "boolean": "boolean",
    "date": "date",
    "time": "timestamp",
    "list": None,
}


def universe_query(context: Context) -> exp.Select:
    """Return ``customer_id`` of everyone who existed before as-of; the undated have always existed."""
    seen = column("first_seen_at")
    return (
        exp.select(column("customer_id"))
        .from_(exp.table_(CUSTOMERS.name, quoted=True))
        .where(exp.or_(seen.is_(exp.null()), exp.LT(this=seen.copy(), expression=literal(context.as_of))))
    )


def profile_query(
    attributes: Mapping[str, ValueType],
    context: Context,
    *,
    sources_priority: Sequence[str] = (),
    table: exp.Table | None = None,
) -> tuple[exp.Select, Mapping[str, Given]]:
    """Pivot the attributes that hold at as-of into one row per customer who has any.

    Parameters
    ----------
    attributes : the wanted attribute names and their types.
    context : the moment, and what was known by when.
    sources_priority : sources in falling order of trust; those not named come last.
    table : the values in time, as in ``customer_attributes``, when they are not those of customers.

    Returns
    -------
    The query (``customer_id``, ``p0``, ``p1``, ...) and, per attribute, the column that holds it. Text that does not
    read as the attribute's type is missing.
    """
    from segmentary.language.plan import Given

    given = {name: Given(f"p{i}", attributes[name]) for i, name in enumerate(attributes)}
    source = exp.table_(CUSTOMER_ATTRIBUTES.name, quoted=True) if table is None else table.copy()
    names = tuple(attributes)
    # Nearly everybody has one value of each: no order is needed to choose it, and sorting would be most of the work.
    told = exp.select(*(column(n) for n in ("customer_id", "name", "value"))).from_(source.copy())
    pivoted = pivot(given, told.where(named(names), holds(context)), many=True)
    known = [
        exp.Case().when(column(one.column).is_(exp.null()), literal(0)).else_(literal(1)) for one in given.values()
    ]
    several = exp.GT(this=column("values_told"), expression=summed(known))
    of_several = exp.In(
        this=column("customer_id"),
        query=exp.select(column("customer_id")).from_(exp.to_table("pivoted")).where(several).subquery(),
    )
    winners = holding(names, context, sources_priority=sources_priority, table=exp.to_table("several"))
    places = [column(one.column) for one in given.values()]
    one_each = exp.select(column("customer_id"), *places).from_("pivoted").where(exp.not_(several.copy()))
    chosen = exp.union(one_each, pivot(given, winners), distinct=False)
    query = exp.select(column("customer_id"))
    for place in given.values():
        value: exp.Expr = column(place.column)
        target = CASTS[place.type]
        if target is not None:
            value = exp.TryCast(this=value, to=exp.DataType.build(target, dialect="duckdb"))
        query = query.select(exp.alias_(value, place.column, quoted=True), copy=False)
    query = query.from_(chosen.subquery("chosen"), copy=False).with_("pivoted", pivoted, copy=False)
    return query.with_("several", exp.select("*").from_(source).where(of_several), copy=False), given


def pivot(given: Mapping[str, Given], values: exp.Select, *, many: bool = False) -> exp.Select:
    """Return one row per customer with the greatest text of each attribute; ``many``: and how many values there are."""
    query = exp.select(column("customer_id")).from_(values.subquery("told"))
    if many:
        query = query.select(exp.alias_(exp.Count(this=exp.Star()), "values_told", quoted=True), copy=False)
    for name, place in given.items():
        picked = exp.Case().when(exp.EQ(this=column("name"), expression=literal(name)), column("value"))
        query = query.select(exp.alias_(exp.Max(this=picked), place.column, quoted=True), copy=False)
    return query.group_by(column("customer_id"), copy=False)


def summed(numbers: Sequence[exp.Expr]) -> exp.Expr:
    """Return a sum, without nesting it deeply."""
    if len(numbers) < 2:
        return numbers[0] if numbers else literal(0)
    half = len(numbers) // 2
    return exp.Paren(this=exp.Add(this=summed(numbers[:half]), expression=summed(numbers[half:])))


def holding(
    names: Iterable[str] | None,
    context: Context | None,
    *,
    sources_priority: Sequence[str] = (),
    table: exp.Table | None = None,
) -> exp.Select:
    """Return one row per customer and attribute: the value that holds (customer_id, name, value, value_type).

    Of several values that hold, the latest ``valid_from`` wins, then the more trusted source, then what was learnt
    last, then the greatest text: never the order of arrival.

    Parameters
    ----------
    names : the wanted attributes; None means every one.
    context : the moment; None means the newest value of all time.
    """
    trusted = [exp.Ordered(this=trust(sources_priority), nulls_first=False)] if sources_priority else []
    last = [falling(column(n)) for n in ("known_at", "value", "value_type")]
    place = exp.Window(
        this=exp.RowNumber(),
        partition_by=[column("customer_id"), column("name")],
        order=exp.Order(expressions=[falling(column("valid_from")), *trusted, *last]),
    )
    wanted = ("customer_id", "name", "value", "value_type")
    ranked = exp.select(*(column(n) for n in wanted), exp.alias_(place, "place", quoted=True)).from_(
        exp.table_(CUSTOMER_ATTRIBUTES.name, quoted=True) if table is None else table.copy()
    )
    if names is not None:
        ranked = ranked.where(named(names))
    if context is not None:
        ranked = ranked.where(holds(context))
    return (
        exp.select(*(column(n) for n in wanted))
        .from_(ranked.subquery("ranked"))
        .where(exp.EQ(this=column("place"), expression=literal(1)))
    )


def holds(context: Context) -> exp.Expr:
    """Return the condition under which a row of ``customer_attributes`` holds at as-of and was known."""
    rule = exp.and_(
        missing_or(column("valid_from"), exp.LT, context.as_of), missing_or(column("valid_to"), exp.GTE, context.as_of)
    )
    if context.known_at is None:
        return rule
    return exp.and_(rule, exp.LTE(this=column("known_at"), expression=literal(context.known_at)))


def missing_or(place: exp.Column, comparison: type[exp.Binary], moment: dt.datetime) -> exp.Expr:
    return exp.or_(place.is_(exp.null()), comparison(this=place.copy(), expression=literal(moment)))


def named(names: Iterable[str]) -> exp.Expr:
    wanted = [literal(name) for name in names]
    return exp.In(this=column("name"), expressions=wanted) if wanted else exp.false()


def trust(sources_priority: Sequence[str]) -> exp.Expr:
    """Return the place of a row's source in the order of trust, as a number: smaller is better."""
    place = exp.Case()
    for i, source in enumerate(sources_priority):
        place = place.when(exp.EQ(this=column("source"), expression=literal(source)), literal(i))
    return place.else_(literal(len(sources_priority)))


def falling(place: exp.Expr) -> exp.Ordered:
    return exp.Ordered(this=place, desc=True, nulls_first=False)
