"""Expressions that build on each other, each computed once: nested selects instead of ever larger expressions."""

from __future__ import annotations

from sqlglot import exp


class Steps:
    """Named intermediate columns over one table.

    Parameters
    ----------
    table : name of the table all expressions are about.
    alias : what the relation is called in the query that uses it.
    """

    def __init__(self, table: str, alias: str) -> None:
        self.table = table
        self.alias = alias
        self.levels: list[dict[str, exp.Expr]] = []
        self.depth: dict[str, int] = {}
        self.names: dict[str, str] = {}

    def let(self, expression: exp.Expr) -> exp.Expr:
        """Return a column that holds an expression; the same expression gives the same column."""
        if isinstance(expression, exp.Column | exp.Literal | exp.Null):
            return expression.copy()
        key = expression.sql("duckdb")
        name = self.names.get(key)
        if name is None:
            name = f"v{len(self.names)}"
            self.names[key] = name
            level = max((self.depth.get(column.name, 0) for column in expression.find_all(exp.Column)), default=0)
            self.depth[name] = level + 1
            while len(self.levels) <= level:
                self.levels.append({})
            self.levels[level][name] = expression.copy()
        return exp.column(name)

    def relation(self) -> exp.Table | exp.Subquery:
        """Return the relation of the table's columns and all intermediate ones; ask for it once."""
        relation: exp.Table | exp.Subquery = exp.to_table(self.table)
        for place, level in enumerate(self.levels):
            columns = [exp.alias_(expression, name, copy=False) for name, expression in level.items()]
            query = exp.select("*", *columns, copy=False).from_(relation, copy=False)
            relation = query.subquery(f"step{place}", copy=False)
        relation.set("alias", exp.TableAlias(this=exp.to_identifier(self.alias)))
        return relation
