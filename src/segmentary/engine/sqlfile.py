"""Fixed queries: a ``.sql`` file beside its module, ``$name`` for every value and every relation.

Files are written in DuckDB's dialect, a portable subset of it. They are parsed once; values and relations are bound as
SQL nodes; the tree is rendered for the engine that runs it.
"""

from __future__ import annotations

import datetime as dt
from decimal import Decimal
from functools import cache
from pathlib import Path

from sqlglot import ErrorLevel, exp, parse_one


def literal(value: object) -> exp.Expr:
    """Return a value as a SQL node: the only door from Python values into SQL.

    Raises
    ------
    TypeError
        for anything without an exact meaning in SQL: floats, zone-aware or naive confusion, NUL characters, objects.
    """
    match value:
        case exp.Expr():
            return value.copy()
        case None:
            return exp.null()
        case bool():
            return exp.Boolean(this=value)
        case int():
            return exp.Literal.number(value)
        case Decimal() if value.is_finite():
            digits = f"{value:f}"
            scale = len(digits.partition(".")[2])
            return exp.cast(exp.Literal.string(digits), f"decimal(38, {scale})", dialect="duckdb")
        case str() if "\0" not in value:
            return exp.Literal.string(value)
        case dt.datetime() if value.tzinfo is None:
            return exp.TimeStrToTime(this=exp.Literal.string(value.isoformat(sep=" ")))
        case dt.datetime():
            naive = value.astimezone(dt.UTC).replace(tzinfo=None)
            return exp.TimeStrToTime(this=exp.Literal.string(naive.isoformat(sep=" ")))
        case dt.date():
            return exp.cast(exp.Literal.string(value.isoformat()), "date")
        case tuple() | list():
            return exp.Tuple(expressions=[literal(v) for v in value])
    raise TypeError(f"cannot become a SQL literal: {value!r}")


def identifier(name: str) -> exp.Identifier:
    """Return a name as a quoted identifier."""
    return exp.to_identifier(name, quoted=True)


def column(name: str, table: str | None = None) -> exp.Column:
    """Return a column, of a relation where one is named, as quoted identifiers."""
    return exp.Column(this=identifier(name), table=identifier(table) if table else None)


@cache
def parsed(path: Path) -> exp.Select:
    """Return the tree of a .sql file, parsed once."""
    return parse_one(path.read_text(encoding="utf-8"), read="duckdb", into=exp.Select)


def query(path: Path, **given: object) -> exp.Query:
    """Return the statement of a .sql file with every ``$name`` bound, as a tree.

    Raises
    ------
    TypeError
        when a name is missing or unknown, or a value stands where a relation is wanted.
    """
    tree = parsed(path).copy()
    holes = list(tree.find_all(exp.Placeholder))
    names = {hole.name for hole in holes}
    if names != given.keys():
        raise TypeError(f"{path.name}: missing {sorted(names - given.keys())}, unknown {sorted(given.keys() - names)}")
    for hole in holes:
        value = given[hole.name]
        match hole.parent, value:
            case exp.Table() as place, exp.Table() | exp.Query() as relation:
                bind_relation(place, relation)
            case exp.Table(), _:
                raise TypeError(f"{path.name}: ${hole.name} stands for a relation, not {value!r}")
            case _:
                hole.replace(literal(value))
    return tree


def parse_query(sql: str) -> exp.Query:
    """Return the tree of a query written in DuckDB's dialect; for people and tests, never for values from outside."""
    return parse_one(sql, read="duckdb", into=exp.Select)


def bind_relation(place: exp.Table, relation: exp.Table | exp.Query) -> None:
    alias = place.alias or place.name
    node = relation.copy() if isinstance(relation, exp.Table) else relation.copy().subquery()
    node.set("alias", exp.TableAlias(this=exp.to_identifier(alias)))
    place.replace(node)


def text(tree: exp.Expr, dialect: str, *, pretty: bool = False) -> str:
    """Return the SQL of one engine; an operator the engine lacks is an error, never dropped.

    Raises
    ------
    UnsupportedError
        when the engine has no exact way to say it, naming the operator.
    """
    ours = dialect != "duckdb"  # then it is a copy already
    if ours:
        from segmentary.engine.dialects.rewriting import rewritten

        tree = rewritten(tree, dialect)
    return tree.sql(
        dialect, identify=True, comments=False, pretty=pretty, copy=not ours, unsupported_level=ErrorLevel.RAISE
    )
