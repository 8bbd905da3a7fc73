"""The embedded default: one DuckDB file, owned by one process. Only what 1.5.5 and 2.0 have in common is used."""

from __future__ import annotations

import os
import re
from collections.abc import Iterator, Sequence
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import Any

import duckdb
import pyarrow as pa
from sqlglot import exp

from segmentary.engine.sqlfile import identifier, text
from segmentary.errors import EngineError, WorkspaceLockedError
from segmentary.schema import SQL_TYPES, Table

# A file that 1.5 can still open, whichever version wrote it.
STORAGE_VERSION = "v1.5.0"
MENDING = "where it is damaged, `segmentary rebuild` makes it again from archive and ledger"


class DuckDB:
    """A DuckDB database as an `Engine`.

    Parameters
    ----------
    path : the database file, or None for one in memory.
    threads : missing means one per core.
    memory_limit : such as "4GB"; missing means half of the machine's memory, at most 8 GB. What does not fit goes to
        the disk, beside the database file.

    Raises
    ------
    WorkspaceLockedError
        when another process has the file, with its process id where the system tells.
    EngineError
        when the file cannot be opened.
    """

    dialect = "duckdb"

    def __init__(
        self, path: Path | None = None, *, threads: int | None = None, memory_limit: str | None = None
    ) -> None:
        self.path = path
        self.inside = False
        try:
            self.connection = duckdb.connect(":memory:")
            if threads is not None:
                self.connection.execute("set threads = ?", [threads])
            self.connection.execute("set memory_limit = ?", [memory_limit or usual_memory_limit()])
            self.connection.execute("set preserve_insertion_order = true")
            self.connection.execute("set enable_progress_bar = false")
            if path is not None:
                attach = exp.Literal.string(str(path)).sql("duckdb")
                self.connection.execute(f"attach {attach} as warehouse (storage_version '{STORAGE_VERSION}')")
                self.connection.execute("use warehouse")
                self.connection.execute("set temp_directory = ?", [str(path.parent / "temporary")])
        except duckdb.Error as error:
            raise opening_error(path, str(error)) from error

    def beside(self) -> DuckDB:
        """Return another connection to the same database, for another thread; temporary tables are its own."""
        other = DuckDB.__new__(DuckDB)
        other.path, other.inside = self.path, False
        other.connection = self.connection.cursor()
        if self.path is not None:
            other.connection.execute("use warehouse")
        return other

    @contextmanager
    def snapshot(self) -> Iterator[None]:
        """See one state of the database in the whole block, whatever others commit; nothing written in it stays."""
        self.run("begin transaction")
        self.inside = True
        try:
            yield
        finally:
            self.inside = False
            with suppress(duckdb.Error):
                self.connection.execute("rollback")

    def interrupt(self) -> None:
        """Stop what this connection is doing; may be called from another thread."""
        self.connection.interrupt()

    def execute(self, statement: exp.Expr) -> int:
        """Run a statement; return the number of rows it changed."""
        result = self.run(text(statement, self.dialect)).fetchall()
        if result and len(result[0]) == 1 and isinstance(result[0][0], int):
            return result[0][0]
        return 0

    def rows(self, query: exp.Expr) -> list[tuple[Any, ...]]:
        """Return all rows of a query."""
        return list(self.run(text(query, self.dialect)).fetchall())

    def value(self, query: exp.Expr) -> Any:
        """Return the single value of a query with one row and one column."""
        rows = self.rows(query)
        if len(rows) != 1 or len(rows[0]) != 1:
            raise EngineError(f"expected one value, got {len(rows)} rows")
        return rows[0][0]

    def table(self, query: exp.Expr) -> pa.Table:
        """Return a query's result as an Arrow table."""
        sql = text(query, self.dialect)
        try:
            return self.connection.sql(sql).to_arrow_table()
        except duckdb.Error as error:
            raise EngineError(f"the warehouse refused a query: {first_line(error)}") from error

    def batches(self, query: exp.Expr) -> pa.RecordBatchReader:
        """Return a query's result piece by piece; read it to its end before asking anything else."""
        sql = text(query, self.dialect)
        try:
            return self.connection.sql(sql).to_arrow_reader(100_000)
        except duckdb.Error as error:
            raise engine_error(error) from error

    def create(self, table: Table) -> None:
        """Create a canonical table if it is not there."""
        columns = [
            exp.ColumnDef(this=identifier(c.name), kind=exp.DataType.build(SQL_TYPES[c.type], dialect="duckdb"))
            for c in table.columns
        ]
        place = exp.Schema(this=exp.table_(table.name, quoted=True), expressions=columns)
        self.execute(exp.Create(this=place, kind="TABLE", exists=True))

    def create_as(self, name: str, query: exp.Query, *, temporary: bool = False, order_by: Sequence[str] = ()) -> int:
        """Make (or replace) a table from a query, stored in that order; return its number of rows."""
        if order_by:
            query = exp.select("*").from_(query.copy().subquery("stored")).order_by(*(identifier(n) for n in order_by))
        kind = "temp table" if temporary else "table"
        place = identifier(name).sql("duckdb")
        self.run(f"create or replace {kind} {place} as {text(query, self.dialect)}").fetchall()
        return self.count(name)

    def ingest(self, name: str, data: pa.Table | pa.RecordBatchReader, *, temporary: bool = True) -> int:
        """Make (or replace) a table from Arrow data; return its number of rows."""
        kind = "temp table" if temporary else "table"
        place = identifier(name).sql("duckdb")
        self.connection.register("arriving_data", data)
        try:
            self.run(f"create or replace {kind} {place} as select * from arriving_data").fetchall()  # noqa: S608
        finally:
            self.connection.unregister("arriving_data")
        return self.count(name)

    @contextmanager
    def lent(self, name: str, data: pa.Table) -> Iterator[None]:
        """Let queries in the block read Arrow data under a name, where it is in memory: nothing is copied."""
        self.connection.register(name, data)
        try:
            yield
        finally:
            with suppress(duckdb.Error):
                self.connection.unregister(name)

    def count(self, name: str) -> int:
        """Return the number of rows of a table."""
        return int(self.value(exp.select(exp.Count(this=exp.Star())).from_(exp.table_(name, quoted=True))))

    def drop(self, name: str) -> None:
        """Drop a table if it is there."""
        self.run(f"drop table if exists {identifier(name).sql('duckdb')}")

    def has_table(self, name: str) -> bool:
        """Say whether a table is there."""
        # All rows: a result that is not read to its end keeps the connection from the next question.
        found = self.connection.execute("select 1 from duckdb_tables() where table_name = ? limit 1", [name]).fetchall()
        return bool(found)

    def columns(self, name: str) -> dict[str, str]:
        """Return column names and SQL types of a table, in order."""
        rows = self.run(f"describe {identifier(name).sql('duckdb')}").fetchall()
        return {row[0]: row[1] for row in rows}

    def checksum(self, name: str) -> tuple[int, str]:
        """Return the number of rows of a table and a checksum of them that does not depend on their order.

        The sum of 60 bits of every row's MD5: rows are sets with multiplicity, so equal tables have equal sums.
        """
        table = exp.table_(name, quoted=True, alias="hashed")
        row = exp.cast(exp.column("hashed"), "varchar")
        digits = exp.Substring(this=exp.func("md5", row), start=exp.Literal.number(1), length=exp.Literal.number(15))
        number = exp.cast(exp.Concat(expressions=[exp.Literal.string("0x"), digits]), "bigint")
        total = exp.Sum(this=exp.cast(number, "hugeint", dialect="duckdb"))
        ((rows, digest),) = self.rows(exp.select(exp.Count(this=exp.Star()), total).from_(table))
        return int(rows), str(digest or 0)

    @contextmanager
    def transaction(self) -> Iterator[None]:
        """All or nothing: commit at the end of the block, roll back when it raises."""
        if self.inside:
            yield
            return
        self.run("begin transaction")
        try:
            yield
        except BaseException:
            # A refusal to roll back (an interrupted statement has done so already) must not hide what went wrong.
            with suppress(duckdb.Error):
                self.connection.execute("rollback")
            raise
        self.run("commit")

    def checkpoint(self) -> None:
        """Fold the write-ahead log into the file."""
        if self.path is not None:
            self.run("checkpoint warehouse")

    def run(self, sql: str) -> Any:
        """Run SQL text that `text` rendered, turning driver errors into ours."""
        try:
            return self.connection.execute(sql)
        except duckdb.Error as error:
            raise engine_error(error) from error

    def close(self) -> None:
        """Let go of the file."""
        self.connection.close()


def usual_memory_limit() -> str:
    """Return half of the machine's memory, at most 8 GB; a person's other programs need some too."""
    try:
        whole = os.sysconf("SC_PHYS_PAGES") * os.sysconf("SC_PAGE_SIZE")
    except (AttributeError, ValueError, OSError):  # not on Windows
        whole = 8 << 30
    return f"{min(whole // 2, 8 << 30) // (1 << 20)}MiB"


def first_line(error: BaseException) -> str:
    lines = str(error).splitlines()
    return lines[0] if lines else type(error).__name__


def engine_error(error: duckdb.Error) -> EngineError:
    line = first_line(error)
    if "No space left" in line or "disk" in line.lower():
        return EngineError(f"the disk is full or failing: {line}", hint="free some space; nothing was changed")
    if isinstance(error, duckdb.OutOfMemoryException):
        return EngineError(f"not enough memory: {line}", hint="close other programs; nothing was changed")
    return EngineError(f"the warehouse refused a statement: {line}")


def opening_error(path: Path | None, message: str) -> EngineError | WorkspaceLockedError:
    if "lock" in message.lower():
        owner = re.search(r"PID (\d+)", message)
        who = f"process {owner.group(1)}" if owner else "another process"
        return WorkspaceLockedError(
            f"the workspace is in use by {who} ({path})", hint="wait until it has finished, or stop it"
        )
    return EngineError(f"cannot open the warehouse {path}: {message.splitlines()[0]}", hint=MENDING)
