"""Events and members made by hand, in a database of their own."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable, Mapping, Sequence
from decimal import Decimal
from typing import Any

import pyarrow as pa
from sqlglot import exp

from segmentary.engine.duckdb import DuckDB

COLUMNS = {
    "customer_id": pa.string(),
    "name": pa.string(),
    "happened_at": pa.timestamp("us"),
    "known_at": pa.timestamp("us"),
    "amount": pa.decimal128(18, 4),
    "quantity": pa.decimal128(18, 4),
    "product_id": pa.string(),
    "category": pa.string(),
    "brand": pa.string(),
    "channel": pa.string(),
    "properties": pa.string(),
}
KNOWN = dt.datetime(2020, 1, 1)
EVENTS = exp.table_("events", quoted=True)


def event(customer: str, at: dt.datetime, **more: Any) -> dict[str, Any]:
    """One event: a line sold for 10 unless said otherwise."""
    row = dict.fromkeys(COLUMNS) | {"customer_id": customer, "name": "product_purchased", "happened_at": at}
    return row | {"known_at": KNOWN, "amount": Decimal(10), "quantity": Decimal(1), "properties": "{}"} | more


def engine_with(rows: Sequence[Mapping[str, Any]], name: str = "events") -> DuckDB:
    engine = DuckDB(threads=1)
    columns = {key: pa.array([row[key] for row in rows], kind) for key, kind in COLUMNS.items()}
    engine.ingest(name, pa.table(columns), temporary=False)
    return engine


def members(engine: DuckDB, segments: Sequence[Iterable[str]], everybody: Iterable[str]) -> exp.Query:
    """Who is in which segment; -1 is everybody."""
    pairs = [(who, -1) for who in everybody] + [(who, k) for k, ids in enumerate(segments) for who in ids]
    table = pa.table({"customer_id": pa.array([p[0] for p in pairs], pa.string()),
                      "segment": pa.array([p[1] for p in pairs], pa.int64())})  # fmt: skip
    engine.ingest("members", table, temporary=False)
    return exp.select("*").from_(exp.table_("members", quoted=True))
