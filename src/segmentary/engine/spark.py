"""Spark 4 as an engine: in this process, on a standalone cluster, or behind Spark Connect."""

from __future__ import annotations

import hashlib
import os
import shutil
import tempfile
import time
import warnings
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager, suppress
from typing import Any

import pyarrow as pa
from sqlglot import exp

from segmentary.engine.spark_saved import PIECE_BYTES, forget, new_name, pieces, plain, quoted, show, store
from segmentary.engine.spark_text import normal
from segmentary.engine.sqlfile import identifier, text
from segmentary.errors import EngineError
from segmentary.schema import SQL_TYPES, Table

# What the meaning of a plan rests on; every one of them can be set on a running server.
MEANING: Mapping[str, str] = {
    "spark.sql.session.timeZone": "UTC",
    "spark.sql.timestampType": "TIMESTAMP_NTZ",
    "spark.sql.ansi.enabled": "true",
    "spark.sql.decimalOperations.allowPrecisionLoss": "false",
    "spark.sql.variant.allowDuplicateKeys": "true",
    "spark.sql.caseSensitive": "true",
    "spark.sql.variable.substitute": "false",  # or ${x} in a text would be replaced
    "spark.sql.execution.arrow.maxRecordsPerBatch": "50000",
}
OURS: Mapping[str, str] = {
    "spark.ui.enabled": "false",
    "spark.ui.showConsoleProgress": "false",
    "spark.driver.host": "127.0.0.1",
    "spark.driver.bindAddress": "127.0.0.1",
    "spark.log.level": "OFF",
}
BATCH_ROWS = 100_000


class Spark:
    """A Spark session as an `Engine`.

    Spark cannot bring text into normal form, so `ingest` does; ids stay as they are.

    Temporary tables are views over data kept by the cluster; other tables are stored in the session's catalogue (see
    `spark_saved`). There is one session in this process at a time, unless it is behind Spark Connect.

    Parameters
    ----------
    address : ``local[2]``, ``spark://host:port`` (a standalone cluster) or ``sc://host:port`` (Spark Connect).
    settings : more settings of the session, for one that begins here.

    Raises
    ------
    EngineError
        when Java or the server is not there.
    """

    dialect = "spark"

    def __init__(self, address: str = "local[*]", settings: Mapping[str, str] | None = None) -> None:
        self.address = address
        self.remote = address.startswith("sc://")
        self.folder: str | None = None
        self.pending: dict[str, str] | None = None
        self.passing: set[str] = set()
        try:
            self.session = self.reached() if self.remote else self.begun(settings or {})
            for name, value in MEANING.items():
                self.session.conf.set(name, value)
        except EngineError:
            raise
        except Exception as error:
            raise EngineError(
                f"{address}: no Spark session: {first_line(error)}",
                hint="Java 17 is needed, and the server must be running",
            ) from error

    def reached(self) -> Any:
        """Return a session of a Spark Connect server."""
        with warnings.catch_warnings():
            # It warns of a version of pandas whose parts we do not use.
            warnings.simplefilter("ignore", FutureWarning)
            from pyspark.sql.connect.session import SparkSession

        return SparkSession.builder.remote(self.address).create()

    def begun(self, settings: Mapping[str, str]) -> Any:
        """Return a session whose driver is beside this process."""
        from pyspark.sql import SparkSession

        if shutil.which("java") is None and "JAVA_HOME" not in os.environ:
            raise EngineError(
                f"{self.address}: Spark needs Java", hint="install a Java 17 runtime, or use sc://host:port"
            )
        self.folder = tempfile.mkdtemp(prefix="segmentary-spark-")
        builder = SparkSession.builder.master(self.address).appName("segmentary")
        for name, value in {**OURS, **MEANING, "spark.sql.warehouse.dir": self.folder, **settings}.items():
            builder = builder.config(name, value)
        return builder.getOrCreate()

    # ---------------------------------------------------------------- reading

    def run(self, sql: str) -> Any:
        """Run SQL text that `text` rendered, turning errors into ours; what it gives is not computed yet."""
        with self.failing():
            return self.session.sql(sql)

    @contextmanager
    def failing(self) -> Iterator[None]:
        """Turn Spark's errors into ours."""
        from py4j.protocol import Py4JError
        from pyspark.errors import PySparkException

        try:
            yield
        except (PySparkException, Py4JError, ConnectionError) as error:
            raise failure(self.address, error) from error
        except Exception as error:
            if type(error).__module__.startswith("grpc"):
                raise failure(self.address, error) from error
            raise

    def execute(self, statement: exp.Expr) -> int:
        """Run a statement; Spark does not say how many rows it changed."""
        if isinstance(statement, exp.Insert):
            return self.append(statement)
        frame = self.run(text(statement, self.dialect))
        with self.failing():
            frame.collect()
        return 0

    def append(self, statement: exp.Insert) -> int:
        """Put a table together with what is inserted: what was stored is never written to."""
        target = statement.this
        name = target.this.name if isinstance(target, exp.Schema) else target.name
        columns = list(self.columns(name))
        given = [one.name for one in target.expressions] if isinstance(target, exp.Schema) else columns
        if given != columns:
            raise EngineError(f"{self.address}: an insert into {name} names {given} for {columns}")
        there = exp.select(*(exp.column(one, quoted=True) for one in columns)).from_(exp.table_(name, quoted=True))
        self.create_as(name, exp.union(there, statement.expression, distinct=False), temporary=name in self.passing)
        return 0

    def rows(self, query: exp.Expr) -> list[tuple[Any, ...]]:
        """Return all rows of a query."""
        table = self.table(query)
        return list(zip(*(column.to_pylist() for column in table.columns), strict=True))

    def value(self, query: exp.Expr) -> Any:
        """Return the single value of a query with one row and one column."""
        rows = self.rows(query)
        if len(rows) != 1 or len(rows[0]) != 1:
            raise EngineError(f"expected one value, got {len(rows)} rows")
        return rows[0][0]

    def table(self, query: exp.Expr) -> pa.Table:
        """Return a query's result as an Arrow table."""
        frame = self.run(text(query, self.dialect))
        with self.failing():
            return frame.toArrow()

    def batches(self, query: exp.Expr) -> pa.RecordBatchReader:
        """Return a query's result piece by piece."""
        return self.table(query).to_reader(BATCH_ROWS)

    # ---------------------------------------------------------------- tables

    def create(self, table: Table) -> None:
        """Create a canonical table if it is not there."""
        if self.has_table(table.name):
            return
        from segmentary.engine.dialects.spark import SparkDialect

        kinds = {
            kind: SparkDialect().data_type(exp.DataType.build(sql, dialect="duckdb")).sql("spark")
            for kind, sql in SQL_TYPES.items()
        }
        columns = ", ".join(f"{quoted(c.name)} {kinds[c.type]}" for c in table.columns)
        stored = new_name(table.name)
        frame = self.run(f"create table {quoted(stored)} ({columns}) using parquet")
        with self.failing():
            frame.collect()
            show(self.session, table.name, stored)

    def create_as(self, name: str, query: exp.Query, *, temporary: bool = False, order_by: Sequence[str] = ()) -> int:
        """Make (or replace) a table from a query, stored in that order; return its number of rows."""
        if order_by:
            query = exp.select("*").from_(query.copy().subquery("stored")).order_by(*(identifier(n) for n in order_by))
        return self.keep(name, self.run(text(query, self.dialect)), temporary=temporary)

    def ingest(self, name: str, data: pa.Table | pa.RecordBatchReader, *, temporary: bool = True) -> int:
        """Make (or replace) a table from Arrow data; return its number of rows."""
        if temporary:
            data = data if isinstance(data, pa.Table) else data.read_all()
        if isinstance(data, pa.Table) and temporary and data.nbytes <= PIECE_BYTES:
            with self.failing():  # what came from here needs no computing
                self.arrived(normal(plain(data))).createOrReplaceTempView(name)
            self.passing.add(name)
            return int(data.num_rows)
        with self.failing():
            stored = store(self.session, name, (self.arrived(normal(plain(one))) for one in pieces(data)))
            self.put(name, stored, temporary=temporary)
        return self.count(name)

    def arrived(self, table: pa.Table) -> Any:
        """Return Arrow data as a frame; Spark Connect cannot tell the types of no rows."""
        if table.num_rows:
            return self.session.createDataFrame(table)
        from pyspark.sql.pandas.types import from_arrow_schema

        return self.session.createDataFrame([], from_arrow_schema(table.schema, prefer_timestamp_ntz=True))

    def keep(self, name: str, frame: Any, *, temporary: bool) -> int:
        """Compute a result once and give it a name."""
        with self.failing():
            if temporary:
                kept = frame.localCheckpoint()
                kept.createOrReplaceTempView(name)
                self.passing.add(name)
                return int(kept.count())
            self.put(name, store(self.session, name, iter([frame])), temporary=False)
        return self.count(name)

    def put(self, name: str, stored: str, *, temporary: bool) -> None:
        """Show what was stored: at once, at the end of a transaction, or to this session only."""
        if temporary or self.pending is not None:
            self.session.table(quoted(stored)).createOrReplaceTempView(name)
            if temporary:
                self.passing.add(name)
            elif self.pending is not None:
                self.passing.discard(name)
                self.pending[name] = stored
        else:
            self.passing.discard(name)
            show(self.session, name, stored)

    def count(self, name: str) -> int:
        """Return the number of rows of a table."""
        return int(self.value(exp.select(exp.Count(this=exp.Star())).from_(exp.table_(name, quoted=True))))

    def drop(self, name: str) -> None:
        """Drop a table if it is there."""
        with self.failing():
            self.passing.discard(name)
            if self.session.catalog.dropTempView(name) and name not in (self.pending or {}):
                return
            (self.pending or {}).pop(name, None)
            forget(self.session, name)

    def has_table(self, name: str) -> bool:
        """Say whether a table is there."""
        with self.failing():
            return bool(self.session.catalog.tableExists(quoted(name)))

    def columns(self, name: str) -> dict[str, str]:
        """Return column names and SQL types of a table, in order."""
        with self.failing():
            return {field.name: field.dataType.simpleString() for field in self.session.table(quoted(name)).schema}

    def checksum(self, name: str) -> tuple[int, str]:
        """Return the number of rows of a table and a checksum of them that does not depend on their order."""
        query = exp.select("*").from_(exp.table_(name, quoted=True))
        rows = total = 0
        for row in self.rows(query):
            rows += 1
            total += int.from_bytes(hashlib.sha256(repr(row).encode()).digest()[:8], "big") >> 4
        return rows, str(total)

    @contextmanager
    def transaction(self) -> Iterator[None]:
        """Show tables to others at the end of the block only, and none where it raises; each is shown as a whole."""
        if self.pending is not None:
            yield
            return
        self.pending = {}
        try:
            yield
            made, self.pending = self.pending, None
            with self.failing():
                for name, stored in made.items():
                    show(self.session, name, stored)
        finally:
            for name in self.pending or {}:
                with suppress(Exception):
                    self.session.catalog.dropTempView(name)
            self.pending = None

    def close(self) -> None:
        """Let go of the session; a driver that began here ends with it."""
        with suppress(Exception):
            self.session.stop()
        if not self.remote:
            end_of_java()
        if self.folder is not None:
            shutil.rmtree(self.folder, ignore_errors=True)


def end_of_java() -> None:
    """End the Java process that pyspark started for this one."""
    from pyspark import SparkContext

    gateway = SparkContext._gateway
    if gateway is None:
        return
    process = getattr(gateway, "proc", None)
    with suppress(Exception):
        gateway.shutdown()
    SparkContext._gateway = None
    SparkContext._jvm = None
    if process is not None:
        with suppress(Exception):
            process.stdin.close()
        deadline = time.monotonic() + 10
        while process.poll() is None and time.monotonic() < deadline:
            time.sleep(0.05)
        if process.poll() is None:
            process.kill()


def first_line(error: BaseException) -> str:
    lines = [line for line in str(error).strip().splitlines() if line.strip()]
    return lines[0][:500] if lines else type(error).__name__


def failure(address: str, error: BaseException) -> EngineError:
    """Return Spark's error as ours."""
    line = first_line(error)
    lowered = str(error).lower()
    if "no space left" in lowered:
        return EngineError(f"{address}: the disk is full: {line}", hint="free some space; nothing was changed")
    if "unavailable" in lowered or "connection refused" in lowered or "connection reset" in lowered:
        return EngineError(f"{address}: the server cannot be reached: {line}", hint="is it running?")
    return EngineError(f"{address}: Spark refused a statement: {line}")
