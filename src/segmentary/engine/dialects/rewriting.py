"""Which dialect rewrites a tree."""

from __future__ import annotations

from sqlglot import exp

from segmentary.errors import UnsupportedError


def rewritten(tree: exp.Expr, dialect: str) -> exp.Expr:
    """Return the tree of another engine.

    Raises
    ------
    UnsupportedError
        when it holds an operator whose exact meaning on that engine is not known here, naming it.
    """
    match dialect:
        case "duckdb":
            return tree
        case "postgres":
            from segmentary.engine.dialects.postgres import PostgresDialect

            return PostgresDialect().rewrite(tree)
        case "spark":
            from segmentary.engine.dialects.spark import SparkDialect

            return SparkDialect().rewrite(tree)
    raise UnsupportedError("dialect", dialect)
