"""Rows of a query as dictionaries."""

from __future__ import annotations

from decimal import Decimal

from sqlglot import exp

from segmentary.engine.base import Engine

Row = dict[str, object]


def records(engine: Engine, wanted: exp.Query) -> list[Row]:
    """Return the rows of a query, by column name."""
    names = wanted.named_selects
    return [dict(zip(names, row, strict=True)) for row in engine.rows(wanted)]


def by_source(engine: Engine, wanted: exp.Query) -> dict[str, Row]:
    """Return the one row each source has in a query."""
    return {str(row["source"]): row for row in records(engine, wanted)}


def number(row: Row, name: str) -> int:
    """Return a count of a row; nothing counts as zero."""
    value = row.get(name)
    if value is None:
        return 0
    if isinstance(value, int | Decimal | float):
        return int(value)
    raise TypeError(f"{name} is not a number: {value!r}")
