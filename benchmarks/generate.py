"""A seeded business for measuring: customers with a country and an age, and events with a power-law of activity."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pyarrow as pa
import pyarrow.parquet as pq

START = np.datetime64("2024-01-01", "us")
SECONDS = 731 * 24 * 3600
NAMES = np.array(
    ["order_completed", "product_viewed", "email_opened", "email_clicked", "support_chat_started", "login"]
)
SHARES = [0.18, 0.42, 0.18, 0.06, 0.02, 0.14]
CHANNELS = np.array(["web", "app", "store", "mail"])
CATEGORIES = np.array([f"category_{i:02d}" for i in range(20)])
COUNTRIES = np.array(["DE", "FR", "GB", "ES", "IT", "NL", "PL", "SE"])
BLOCK = 2_000_000


def customer_ids(numbers: np.ndarray) -> pa.Array:
    """Return ids as text: c00000017."""
    return pa.array(np.char.add("c", np.char.zfill(numbers.astype("U9"), 8)))


def generate(folder: Path, *, customers: int, events: int, seed: int = 7) -> tuple[Path, Path]:
    """Write customers.parquet and events.parquet; the same seed writes the same rows."""
    rng = np.random.default_rng(seed)
    folder.mkdir(parents=True, exist_ok=True)
    people, happenings = folder / "customers.parquet", folder / "events.parquet"
    numbers = np.arange(customers)
    pq.write_table(
        pa.table(
            {
                "customer_id": customer_ids(numbers),
                "country": COUNTRIES[rng.integers(0, len(COUNTRIES), customers)],
                "age": rng.integers(16, 90, customers),
            }
        ),
        people,
        compression="zstd",
    )
    writer: pq.ParquetWriter | None = None
    for first in range(0, events, BLOCK):
        size = min(BLOCK, events - first)
        table = event_block(rng, first, size, customers)
        writer = writer or pq.ParquetWriter(happenings, table.schema, compression="zstd")
        writer.write_table(table)
    assert writer is not None
    writer.close()
    return people, happenings


def event_block(rng: np.random.Generator, first: int, size: int, customers: int) -> pa.Table:
    who = np.minimum((customers * rng.random(size) ** 2.5).astype(np.int64), customers - 1)
    kind = rng.choice(len(NAMES), size, p=SHARES)
    cents = np.where(kind == 0, rng.lognormal(3.4, 0.9, size) * 100, 0).astype(np.int64)
    seconds = rng.integers(0, SECONDS, size)
    at = START + seconds.astype("timedelta64[s]").astype("timedelta64[us]")
    amount = pa.array(cents).cast(pa.decimal128(19, 0))
    return pa.table(
        {
            "event_id": pa.array(np.char.add("e", np.arange(first, first + size).astype("U12"))),
            "customer_id": customer_ids(who),
            "event": NAMES[kind],
            "timestamp": pa.array(at),
            "amount": pa.compute.divide(amount, pa.scalar(100, pa.decimal128(3, 0))).cast(
                pa.decimal128(18, 4), safe=False
            ),
            "channel": CHANNELS[rng.integers(0, len(CHANNELS), size)],
            "category": CATEGORIES[rng.integers(0, len(CATEGORIES), size)],
        }
    )
