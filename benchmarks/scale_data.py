"""A seeded business of any size: as a source would deliver it, and straight in the layout of a warehouse.

``deliveries`` is Parquet, in no order; ``loaded.duckdb`` holds it as it came, every word written out;
``warehouse.duckdb`` holds what `derive` makes of it: events customer by customer.
"""

from __future__ import annotations

import shutil
from pathlib import Path

import numpy as np
import pyarrow as pa
import pyarrow.parquet as pq
from sqlglot import exp

from segmentary.engine.duckdb import DuckDB
from segmentary.engine.sqlfile import literal, parse_query
from segmentary.schema import CUSTOMERS, EVENTS, SQL_TYPES

START = np.datetime64("2023-01-01", "us")
SECONDS = 1096 * 24 * 3600
NAMES = ("order_completed", "product_viewed", "email_opened", "email_clicked", "support_chat_started", "login")
SHARES = (0.18, 0.42, 0.18, 0.06, 0.02, 0.14)
CHANNELS = ("web", "app", "store", "mail")
CATEGORIES = tuple(f"category_{i:02d}" for i in range(20))
COUNTRIES = ("DE", "FR", "GB", "ES", "IT", "NL", "PL", "SE")
BLOCK = 2_000_000
MEMORY = "6GB"


def words(codes: np.ndarray, of: tuple[str, ...]) -> pa.DictionaryArray:
    return pa.DictionaryArray.from_arrays(pa.array(codes.astype(np.int8)), pa.array(of))


def customer_ids(numbers: np.ndarray) -> pa.Array:
    """Return ids as sources write them: c00000017."""
    letters = np.empty((len(numbers), 9), dtype=np.uint8)
    letters[:, 0] = ord("c")
    rest = numbers.astype(np.int64)
    for place in range(8, 0, -1):
        letters[:, place] = rest % 10 + ord("0")
        rest //= 10
    offsets = np.arange(0, letters.size + 9, 9, dtype=np.int32)
    return pa.StringArray.from_buffers(len(numbers), pa.py_buffer(offsets), pa.py_buffer(letters))


def block(number: int, size: int, customers: int) -> pa.Table:
    """Return so many events; few customers have many of them."""
    rng = np.random.default_rng([7, number])
    who = np.minimum((customers * rng.random(size) ** 2.5).astype(np.int32), customers - 1)
    kind = np.searchsorted(np.cumsum(SHARES), rng.random(size), side="right").clip(max=len(NAMES) - 1)
    cents = (np.exp(3.4 + 0.9 * rng.standard_normal(size)) * 100).astype(np.int64)
    scaled = np.empty(2 * size, dtype=np.int64)
    scaled[0::2], scaled[1::2] = cents, 0
    # Every event has an amount, so that RFM can be of all of them, as in the measurements the goals come from.
    amount = pa.Array.from_buffers(pa.decimal128(18, 2), size, [None, pa.py_buffer(scaled)])
    at = START + rng.integers(0, SECONDS, size).astype("timedelta64[s]").astype("timedelta64[us]")
    return pa.table(
        {
            "customer_id": customer_ids(who),
            "number": who,
            "name": words(kind, NAMES),
            "happened_at": at,
            "amount": amount,
            "channel": words(rng.integers(0, len(CHANNELS), size), CHANNELS),
            "category": words(rng.integers(0, len(CATEGORIES), size), CATEGORIES),
        }
    )


def deliver(folder: Path, *, customers: int, events: int) -> None:
    """Write the deliveries."""
    shutil.rmtree(folder / "deliveries", ignore_errors=True)
    (folder / "deliveries").mkdir(parents=True)
    for number in range(-(-events // BLOCK)):
        size = min(BLOCK, events - number * BLOCK)
        pq.write_table(
            block(number, size, customers), folder / "deliveries" / f"{number:04d}.parquet", compression="zstd"
        )


def warehouse(folder: Path, *, customers: int, clustered: bool) -> None:
    """Fill a warehouse with the deliveries, as they came or clustered."""
    place = folder / ("warehouse.duckdb" if clustered else "loaded.duckdb")
    place.unlink(missing_ok=True)
    engine = DuckDB(place, memory_limit=MEMORY)
    arrived = exp.select("*").from_(
        exp.Table(this=exp.Anonymous(this="read_parquet", expressions=[literal(str(folder / "deliveries/*.parquet"))]))
    )
    if clustered:
        # As `derive` does: numbers sort faster than ids, and give the same order.
        arrived = arrived.order_by("number", "happened_at")
    own = {
        "source": literal("shop"),
        "known_at": exp.cast(literal("2026-01-01"), "timestamp"),
        "amount": exp.cast(exp.column("amount"), "decimal(18, 4)"),
    }
    kept = {"customer_id", "name", "happened_at", "channel", "category"}
    columns = []
    for one in EVENTS.columns:
        empty = exp.cast(exp.null(), SQL_TYPES[one.type], dialect="duckdb")
        value = exp.cast(exp.column(one.name), SQL_TYPES[one.type]) if one.name in kept else own.get(one.name, empty)
        columns.append(exp.alias_(value, one.name, quoted=True))
    engine.create_as(EVENTS.name, exp.select(*columns).from_(arrived.subquery("arrived")))
    people(engine, customers)
    engine.checkpoint()
    engine.close()


def people(engine: DuckDB, customers: int) -> None:
    """Give everybody an age and a country."""
    rng = np.random.default_rng(11)
    facts = {
        "customer_id": customer_ids(np.arange(customers)),
        "age": pa.array(rng.integers(16, 90, customers)),
        "country": words(rng.integers(0, len(COUNTRIES), customers), COUNTRIES),
    }
    engine.ingest("facts", pa.table(facts))
    rest = ", ".join(
        f"null::{SQL_TYPES[one.type]} as {one.name}" for one in CUSTOMERS.columns if one.name != "customer_id"
    )
    engine.create_as(CUSTOMERS.name, parse_query(f"select customer_id, {rest} from facts"))
    told = " union all ".join(
        f"select customer_id, '{name}' as name, {name}::varchar as value, '{kind}' as value_type, "
        "null::timestamp as valid_from, null::timestamp as valid_to, timestamp '2026-01-01' as known_at, "
        "'crm' as source from facts"
        for name, kind in (("age", "number"), ("country", "text"))
    )
    engine.create_as("customer_attributes", parse_query(told))
    engine.drop("facts")
