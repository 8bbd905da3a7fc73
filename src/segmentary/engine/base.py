"""What every engine can do: run SQL trees, hold tables, take Arrow in and give Arrow out."""

from __future__ import annotations

from collections.abc import Sequence
from contextlib import AbstractContextManager
from typing import Any, Protocol

import pyarrow as pa
from sqlglot import exp

from segmentary.schema import Table


class Engine(Protocol):
    """A database that executes SQLGlot expressions. Nothing is ever formatted into SQL text.

    Raises
    ------
    EngineError
        from every method, when the database refuses or fails.
    """

    dialect: str

    def execute(self, statement: exp.Expr) -> int:
        """Run a statement; return the number of rows it changed (0 where the engine does not say)."""
        ...

    def rows(self, query: exp.Expr) -> list[tuple[Any, ...]]:
        """Return all rows of a query."""
        ...

    def value(self, query: exp.Expr) -> Any:
        """Return the single value of a query with one row and one column."""
        ...

    def table(self, query: exp.Expr) -> pa.Table:
        """Return a query's result as an Arrow table."""
        ...

    def batches(self, query: exp.Expr) -> pa.RecordBatchReader:
        """Return a query's result piece by piece; read it to its end before asking anything else."""
        ...

    def create(self, table: Table) -> None:
        """Create a canonical table if it is not there."""
        ...

    def create_as(self, name: str, query: exp.Query, *, temporary: bool = False, order_by: Sequence[str] = ()) -> int:
        """Make (or replace) a table from a query, stored in that order; return its number of rows."""
        ...

    def ingest(self, name: str, data: pa.Table | pa.RecordBatchReader, *, temporary: bool = True) -> int:
        """Make (or replace) a table from Arrow data; return its number of rows."""
        ...

    def drop(self, name: str) -> None:
        """Drop a table if it is there."""
        ...

    def has_table(self, name: str) -> bool:
        """Say whether a table is there."""
        ...

    def columns(self, name: str) -> dict[str, str]:
        """Return column names and SQL types of a table, in order."""
        ...

    def checksum(self, name: str) -> tuple[int, str]:
        """Return the number of rows of a table and a checksum of them that does not depend on their order."""
        ...

    def transaction(self) -> AbstractContextManager[None]:
        """All or nothing: commit at the end of the block, roll back when it raises."""
        ...

    def close(self) -> None:
        """Let go of the database."""
        ...
