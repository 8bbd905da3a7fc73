"""Aggregates of values that Spark calls non-deterministic (``reflect``): the values are computed one step before."""

from __future__ import annotations

from sqlglot import exp

ROWS = "rows_before"


def in_two_steps(select: exp.Select) -> exp.Select:
    """Return a select whose aggregates are of plain columns, where it must be so.

    Spark refuses aggregates of what it takes for non-deterministic, and filters on it. So the arguments, conditions and
    group keys become columns of a query below.
    """
    if not any(reflects(one) for one in select.expressions) or not aggregates(select):
        return select
    keys = [one for one in (select.args.get("group") or exp.Group()).expressions]
    below = exp.Select()
    for part in ("with_", "from_", "joins", "where", "laterals"):
        if select.args.get(part) is not None and part != "with_":
            below.set(part, select.args[part])
            select.set(part, None)
    made: dict[exp.Expr, str] = {}

    def kept(value: exp.Expr) -> exp.Expr:
        if value not in made:
            made[value] = f"c{len(made)}"
            below.append("expressions", exp.alias_(value.copy(), made[value], quoted=True))
        return exp.column(made[value], table=ROWS)

    places = {key: kept(key) for key in keys}
    for place, one in enumerate(list(select.expressions)):
        inner = one.this if isinstance(one, exp.Alias) else one
        name = one.alias_or_name
        changed = outer(inner, places, kept)
        select.expressions[place] = exp.alias_(changed, name, quoted=True)
    select.set("expressions", list(select.expressions))
    if keys:
        select.set("group", exp.Group(expressions=[places[key].copy() for key in keys]))
    having = select.args.get("having")
    if having is not None:
        having.set("this", outer(having.this, places, kept))
    if not below.expressions:
        below.append("expressions", exp.alias_(exp.Literal.number(1), "c0", quoted=True))
    return select.from_(below.subquery(ROWS), copy=False)


def reflects(node: exp.Expr) -> bool:
    return any(str(one.this).lower() == "reflect" for one in node.find_all(exp.Anonymous))


def is_aggregate(node: exp.Expr) -> bool:
    """Say whether a node is an aggregate, not a window function."""
    if isinstance(node, exp.Anonymous):
        return str(node.this).lower() in ("collect_list", "max_by", "min_by", "bool_or", "bool_and")
    return isinstance(node, exp.AggFunc) and not isinstance(
        node, exp.RowNumber | exp.Rank | exp.DenseRank | exp.Lag | exp.Lead
    )


def aggregates(select: exp.Select) -> bool:
    """Say whether a select aggregates its own rows."""
    if select.args.get("group") is not None:
        return True
    return any(
        is_aggregate(node) and not isinstance(node.parent, exp.Window) and node.parent_select is select
        for one in select.expressions
        for node in one.find_all(exp.AggFunc, exp.Anonymous)
    )


def outer(node: exp.Expr, places: dict[exp.Expr, exp.Expr], kept) -> exp.Expr:  # type: ignore[no-untyped-def]  # noqa: ANN001
    """Return an expression over groups with its rows' expressions replaced by columns of the query below."""
    if node in places:
        return places[node].copy()
    if isinstance(node, exp.Filter):
        return exp.Filter(this=argument(node.this, kept), expression=exp.Where(this=kept(node.expression.this)))
    if is_aggregate(node) and not isinstance(node.parent, exp.Window):
        return argument(node, kept)
    for key, value in list(node.args.items()):
        if isinstance(value, exp.Expr):
            node.set(key, outer(value, places, kept))
        elif isinstance(value, list):
            node.set(key, [outer(one, places, kept) if isinstance(one, exp.Expr) else one for one in value])
    return node


def argument(node: exp.Expr, kept) -> exp.Expr:  # type: ignore[no-untyped-def]  # noqa: ANN001
    """Return an aggregate of columns of the query below."""
    if isinstance(node, exp.Anonymous):
        given = [inside(one, kept) for one in node.expressions]
        return exp.Anonymous(this=node.this, expressions=given)
    if isinstance(node.this, exp.Expr):
        node.set("this", inside(node.this, kept))
    return node


def inside(node: exp.Expr, kept) -> exp.Expr:  # type: ignore[no-untyped-def]  # noqa: ANN001
    if isinstance(node, exp.Star | exp.Literal):
        return node
    if isinstance(node, exp.Distinct):
        return exp.Distinct(expressions=[kept(one) for one in node.expressions])
    if isinstance(node, exp.Alias):
        return exp.alias_(kept(node.this), node.alias)
    if isinstance(node, exp.Anonymous) and str(node.this).lower() == "struct":
        return exp.Anonymous(this="struct", expressions=[inside(one, kept) for one in node.expressions])
    return kept(node)
