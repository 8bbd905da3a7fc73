"""A campaign made by hand: six people, their reactions and orders, in a database of their own."""

from __future__ import annotations

import datetime as dt
from decimal import Decimal

import pyarrow as pa
from sqlglot import exp

from segmentary.engine.duckdb import DuckDB

START = dt.datetime(2026, 3, 1, 9)
AS_OF = dt.datetime(2026, 7, 1, tzinfo=dt.UTC)
PEOPLE = [
    ("ann", "gold", "treated", "a"),
    ("bob", "gold", "treated", "a"),
    ("cyd", "gold", "holdout", "a"),
    ("dan", "plain", "treated", "b"),
    ("eve", "plain", "treated", "b"),
    ("fay", "plain", "holdout", "b"),
]
MINE, OTHER = '{"campaign": "spring"}', '{"campaign": "summer"}'
ROBOT = '{"campaign": "spring", "machine": true}'
HAPPENED = [
    ("ann", "email_sent", 0, MINE, None),
    ("ann", "email_delivered", 0.1, MINE, None),
    ("ann", "email_opened", 1, MINE, None),
    ("ann", "email_clicked", 1.5, MINE, None),
    ("ann", "email_clicked", 1.6, MINE, None),  # the same person once more
    ("ann", "order_completed", 2, "{}", "30.00"),
    ("bob", "email_delivered", 0.1, MINE, None),
    ("bob", "email_opened", 0.2, ROBOT, None),
    ("bob", "email_clicked", 0.2, ROBOT, None),
    ("bob", "order_completed", 40, "{}", "10.00"),  # after the window
    ("cyd", "order_completed", 3, "{}", "20.00"),
    ("cyd", "email_opened", 1, OTHER, None),
    ("dan", "email_bounced", 0.1, '{"message": "m-dan@shop.example"}', None),  # names the message only
    ("eve", "email_delivered", 0.1, '{"message": "m-eve"}', None),
    ("eve", "email_clicked", 5, '{"message": "m-eve"}', None),
    ("eve", "email_clicked", 5.5, OTHER, None),
    ("eve", "order_completed", 6, "{}", "50.00"),
    ("eve", "email_unsubscribed", 7, MINE, None),
    ("fay", "email_delivered", 0.1, '{"message": "m-ann"}', None),  # of somebody else's message
]
MESSAGES = [("ann", "m-ann"), ("bob", "m-bob"), ("dan", "m-dan"), ("eve", "m-eve")]


def made() -> tuple[DuckDB, exp.Table, exp.Table]:
    """Return engine, people and messages."""
    engine = DuckDB(threads=1)
    engine.ingest("people", pa.table({
        **{key: [row[i] for row in PEOPLE] for i, key in enumerate(("customer_id", "segment", "arm", "variant"))},
        "assigned_at": pa.array([START] * len(PEOPLE), pa.timestamp("us")),
    }))  # fmt: skip
    day = dt.timedelta(days=1)
    engine.ingest("events", pa.table({
        "customer_id": [row[0] for row in HAPPENED], "name": [row[1] for row in HAPPENED],
        "happened_at": pa.array([START + row[2] * day for row in HAPPENED], pa.timestamp("us")),
        "properties": [row[3] for row in HAPPENED], "order_id": [f"o{n}" for n in range(len(HAPPENED))],
        "amount": pa.array([Decimal(row[4]) if row[4] else None for row in HAPPENED], pa.decimal128(18, 4)),
        "quantity": pa.array([None] * len(HAPPENED), pa.decimal128(18, 4)),
    }))  # fmt: skip
    engine.ingest("messages", pa.table({"customer_id": [m[0] for m in MESSAGES], "message": [m[1] for m in MESSAGES]}))
    return engine, exp.table_("people", quoted=True), exp.table_("messages", quoted=True)


NAMES = tuple(sorted({row[1] for row in HAPPENED if row[1].startswith("email_")}))
