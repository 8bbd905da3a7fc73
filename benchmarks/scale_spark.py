"""The same definitions on a standalone Spark cluster of this machine, for the record: RFM and the fifty segments.

Spark reads the deliveries as they are, in no order; of more than `AT_MOST` events it gets the first so many. What it
costs is measured as wall time: the cluster's processes are not ours.
"""

from __future__ import annotations

import argparse
import time
from pathlib import Path
from typing import Any

import pyarrow as pa
from sqlglot import exp

AT_MOST = 2_000_000
ROWS_OF_A_FILE = 2_000_000
TABLES = ("customers", "customer_attributes")


def on_spark(given: argparse.Namespace) -> dict[str, Any]:
    """Run on a master and a worker that begin and end here."""
    from tests.engine.spark_cluster import cluster

    from segmentary.engine.spark import Spark

    files = sorted((given.folder / "deliveries").glob("*.parquet"))[: AT_MOST // ROWS_OF_A_FILE]
    with cluster() as (master, _):
        spark = Spark(master, {"spark.driver.memory": "3g", "spark.executor.memory": "2g"})
        try:
            prepare(spark, given.folder, files)
            return measured(spark) | {"events": ROWS_OF_A_FILE * len(files)}
        finally:
            spark.close()


def prepare(spark: Any, folder: Path, files: list[Path]) -> None:
    """Let Spark see the people and the events."""
    from segmentary.engine.duckdb import DuckDB
    from segmentary.engine.sqlfile import literal
    from segmentary.schema import EVENTS, SQL_TYPES

    warehouse = DuckDB(folder / "warehouse.duckdb", memory_limit="2GB")
    for name in TABLES:
        data: pa.Table = warehouse.table(exp.select("*").from_(exp.table_(name, quoted=True)))
        spark.ingest(name, data)
    warehouse.close()
    spark.session.read.parquet(*map(str, files)).createOrReplaceTempView("delivered")
    own = {"source": literal("shop")}
    columns = []
    for one in EVENTS.columns:
        empty = exp.cast(exp.null(), SQL_TYPES[one.type], dialect="duckdb")
        held = one.name in ("customer_id", "name", "happened_at", "channel", "category", "amount")
        value = exp.cast(exp.column(one.name), SQL_TYPES[one.type], dialect="duckdb") if held else empty
        columns.append(exp.alias_(own.get(one.name, value), one.name, quoted=True))
    spark.create_as("events", exp.select(*columns).from_(exp.table_("delivered")), temporary=True)


def measured(spark: Any) -> dict[str, Any]:
    """Measure a group by customer and the fifty segments."""
    from benchmarks.scale import heavy, sized
    from segmentary.engine.sqlfile import parse_query

    def timed(work: Any) -> dict[str, float]:
        began = time.perf_counter()
        work()
        return {"wall_s": time.perf_counter() - began, "cpu_s": float("nan")}

    group = parse_query("select count(*) from (select customer_id, count(*) as n from events group by customer_id)")
    held: list[dict[str, int]] = []
    figures = {
        "group by customer": timed(lambda: spark.rows(group)),
        "50 segments": timed(lambda: held.append(sized(spark, heavy()))),
    }
    return figures | {"sizes": held[-1]}
