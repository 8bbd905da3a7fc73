"""Spark 4 as an engine: in this process, on a standalone cluster, or behind Spark Connect."""

from __future__ import annotations

import hashlib
import os
import shutil
import tempfile
import time
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager, suppress
from typing import Any

import pyarrow as pa
from sqlglot import exp

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

    Temporary tables are views over data kept by the cluster; other tables are saved in the session's catalogue. There
    is one session in this process at a time, unless it is behind Spark Connect.

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
        self.pending: dict[str, Any] | None = None
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
        frame = self.run(text(statement, self.dialect))
        with self.failing():
            frame.collect()
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
        frame = self.run(f"create table {quoted(table.name)} ({columns}) using parquet")
        with self.failing():
            frame.collect()

    def create_as(self, name: str, query: exp.Query, *, temporary: bool = False, order_by: Sequence[str] = ()) -> int:
        """Make (or replace) a table from a query, stored in that order; return its number of rows."""
        if order_by:
            query = exp.select("*").from_(query.copy().subquery("stored")).order_by(*(identifier(n) for n in order_by))
        return self.keep(name, self.run(text(query, self.dialect)), temporary=temporary)

    def ingest(self, name: str, data: pa.Table | pa.RecordBatchReader, *, temporary: bool = True) -> int:
        """Make (or replace) a table from Arrow data; return its number of rows."""
        table = data if isinstance(data, pa.Table) else data.read_all()
        with self.failing():
            frame = self.arrived(normal(plain(table)))
            if temporary:  # what came from here needs no computing
                frame.createOrReplaceTempView(name)
                return int(table.num_rows)
        return self.keep(name, frame, temporary=temporary)

    def arrived(self, table: pa.Table) -> Any:
        """Return Arrow data as a frame; Spark Connect cannot tell the types of no rows."""
        if table.num_rows:
            return self.session.createDataFrame(table)
        from pyspark.sql.pandas.types import from_arrow_schema

        return self.session.createDataFrame([], from_arrow_schema(table.schema, prefer_timestamp_ntz=True))

    def keep(self, name: str, frame: Any, *, temporary: bool) -> int:
        """Compute a result once and give it a name; inside a transaction other tables are saved at its end."""
        with self.failing():
            kept = frame.localCheckpoint()
            if temporary or self.pending is not None:
                kept.createOrReplaceTempView(name)
                if not temporary and self.pending is not None:
                    self.pending[name] = kept
            else:
                self.session.catalog.dropTempView(name)
                kept.write.mode("overwrite").saveAsTable(quoted(name))
            return int(kept.count())

    def count(self, name: str) -> int:
        """Return the number of rows of a table."""
        return int(self.value(exp.select(exp.Count(this=exp.Star())).from_(exp.table_(name, quoted=True))))

    def drop(self, name: str) -> None:
        """Drop a table if it is there."""
        with self.failing():
            if self.session.catalog.dropTempView(name):
                return
            self.session.sql(f"drop table if exists {quoted(name)}").collect()

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
        """Save tables at the end of the block only, and none where it raises; each is saved as a whole."""
        if self.pending is not None:
            yield
            return
        self.pending = {}
        try:
            yield
            made = self.pending
            self.pending = None
            with self.failing():
                for name, frame in made.items():
                    self.session.catalog.dropTempView(name)
                    frame.write.mode("overwrite").saveAsTable(quoted(name))
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


def plain(table: pa.Table) -> pa.Table:
    """Return a table without the types Spark has no equal of."""
    for place, field in enumerate(table.schema):
        kind = field.type
        if pa.types.is_dictionary(kind):
            kind = kind.value_type
        if pa.types.is_large_string(kind) or pa.types.is_null(kind):
            kind = pa.string()
        if kind != field.type:
            table = table.set_column(place, pa.field(field.name, kind), table.column(place).cast(kind))
    return table


def quoted(name: str) -> str:
    return identifier(name).sql("spark")


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
