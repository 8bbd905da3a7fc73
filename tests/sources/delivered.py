"""Small deliveries for the tests of loading and quality."""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping, Sequence
from typing import Any

import pyarrow as pa
from sqlglot import exp

from segmentary.engine.duckdb import DuckDB
from segmentary.settings import Settings
from segmentary.sources.base import SourceMapping
from segmentary.sources.loading import LoadReport, load

NOON = dt.datetime(2026, 3, 1, 12, tzinfo=dt.UTC)
SETTINGS = Settings(currency="EUR", timezone="UTC")


def batches(columns: Sequence[str], rows: Sequence[Sequence[Any]], **types: pa.DataType) -> pa.RecordBatchReader:
    """Return rows as a delivery: text columns unless a type is given."""
    arrays = [pa.array(range(1, len(rows) + 1), pa.int64())]
    arrays += [pa.array([row[i] for row in rows], types.get(name, pa.string())) for i, name in enumerate(columns)]
    return pa.table(dict(zip(["row_number", *columns], arrays, strict=True))).to_reader()


def put(
    engine: DuckDB,
    mapping: SourceMapping,
    columns: Sequence[str],
    rows: Sequence[Sequence[Any]],
    *,
    source: str = "shop",
    load_id: str = "load1",
    known_at: dt.datetime = NOON,
    settings: Settings = SETTINGS,
    rejected: Sequence[tuple[int, str]] = (),
    types: Mapping[str, pa.DataType] | None = None,
) -> LoadReport:
    """Load rows."""
    with engine.transaction():
        report = load(
            engine,
            batches(columns, rows, **(types or {})),
            mapping,
            source=source,
            load_id=load_id,
            file=f"{load_id}.csv",
            known_at=known_at,
            settings=settings,
            rejected=rejected,
        )
    assert report.rows_read == report.rows_kept + report.rows_known + report.rows_refused
    return report


def column(engine: DuckDB, table: str, name: str, order_by: str = "row_key") -> list[Any]:
    """Return one column of a table."""
    return [row[0] for row in engine.rows(exp.select(name).from_(table).order_by(order_by))]


def rows_of(engine: DuckDB, table: str, *names: str) -> list[tuple[Any, ...]]:
    """Return some columns of a table, sorted."""
    return sorted(engine.rows(exp.select(*names).from_(table)), key=str)
