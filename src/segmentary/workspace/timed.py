"""An engine that tells how long it was waited for, and asks before every question whether it is still wanted."""

from __future__ import annotations

import time
from collections.abc import Callable, Sequence
from contextlib import AbstractContextManager
from typing import Any

import pyarrow as pa
from sqlglot import exp

from segmentary.engine.base import Engine
from segmentary.schema import Table


class Timed:
    """Another engine, with `seconds` spent in it.

    check : called before every question; what it raises ends the work.
    """

    def __init__(self, engine: Engine, check: Callable[[], None] = lambda: None) -> None:
        self.engine, self.check = engine, check
        self.dialect = engine.dialect
        self.seconds = 0.0

    def timed(self, ask: Callable[[], Any]) -> Any:
        """Return an answer of the engine."""
        self.check()
        began = time.perf_counter()
        try:
            return ask()
        finally:
            self.seconds += time.perf_counter() - began

    def execute(self, statement: exp.Expr) -> int:
        """Run a statement."""
        return int(self.timed(lambda: self.engine.execute(statement)))

    def rows(self, query: exp.Expr) -> list[tuple[Any, ...]]:
        """Return all rows of a query."""
        return list(self.timed(lambda: self.engine.rows(query)))

    def value(self, query: exp.Expr) -> Any:
        """Return the single value of a query."""
        return self.timed(lambda: self.engine.value(query))

    def table(self, query: exp.Expr) -> pa.Table:
        """Return a query's result as an Arrow table."""
        return self.timed(lambda: self.engine.table(query))

    def batches(self, query: exp.Expr) -> pa.RecordBatchReader:
        """Return a query's result piece by piece."""
        return self.timed(lambda: self.engine.batches(query))

    def create(self, table: Table) -> None:
        """Create a canonical table if it is not there."""
        self.timed(lambda: self.engine.create(table))

    def create_as(self, name: str, query: exp.Query, *, temporary: bool = False, order_by: Sequence[str] = ()) -> int:
        """Make a table from a query."""
        return int(self.timed(lambda: self.engine.create_as(name, query, temporary=temporary, order_by=order_by)))

    def ingest(self, name: str, data: pa.Table | pa.RecordBatchReader, *, temporary: bool = True) -> int:
        """Make a table from Arrow data."""
        return int(self.timed(lambda: self.engine.ingest(name, data, temporary=temporary)))

    def lent(self, name: str, data: pa.Table) -> AbstractContextManager[None]:
        """Let queries in the block read Arrow data; only the embedded engine can."""
        lend: Callable[[str, pa.Table], AbstractContextManager[None]] = self.engine.lent  # type: ignore[attr-defined]
        return lend(name, data)

    def drop(self, name: str) -> None:
        """Drop a table if it is there."""
        self.timed(lambda: self.engine.drop(name))

    def has_table(self, name: str) -> bool:
        """Say whether a table is there."""
        return bool(self.timed(lambda: self.engine.has_table(name)))

    def columns(self, name: str) -> dict[str, str]:
        """Return column names and SQL types of a table."""
        found: dict[str, str] = self.timed(lambda: self.engine.columns(name))
        return found

    def checksum(self, name: str) -> tuple[int, str]:
        """Return the number of rows and a checksum of a table."""
        found: tuple[int, str] = self.timed(lambda: self.engine.checksum(name))
        return found

    def transaction(self) -> AbstractContextManager[None]:
        """All or nothing."""
        return self.engine.transaction()

    def close(self) -> None:
        """Leave the engine open: it belongs to somebody else."""
