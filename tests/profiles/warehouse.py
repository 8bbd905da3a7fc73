"""A small warehouse in memory, filled row by row."""

from __future__ import annotations

import datetime as dt
import json
from decimal import Decimal
from typing import Any

import pyarrow as pa

from segmentary.engine.duckdb import DuckDB
from segmentary.language.tree import Context
from segmentary.schema import ALL_TABLES

LOADED = dt.datetime(2026, 1, 1)
COLUMN_KINDS = {
    "text": pa.string(),
    "json": pa.string(),
    "integer": pa.int64(),
    "decimal": pa.decimal128(18, 4),
    "degrees": pa.decimal128(38, 10),
    "instant": pa.timestamp("us"),
    "date": pa.date32(),
    "boolean": pa.bool_(),
}


def at(text: str) -> dt.datetime:
    return dt.datetime.fromisoformat(text)


def context(as_of: str, known_at: str | None = None) -> Context:
    moment = None if known_at is None else at(known_at).replace(tzinfo=dt.UTC)
    return Context(at(as_of).replace(tzinfo=dt.UTC), known_at=moment)


class Warehouse:
    """All canonical tables; ``add`` appends rows, missing columns are missing."""

    def __init__(self) -> None:
        self.engine = DuckDB()
        self.tables = {table.name: table for table in ALL_TABLES}
        for table in ALL_TABLES:
            self.engine.create(table)

    def add(self, table: str, *rows: dict[str, Any]) -> None:
        shape = self.tables[table]
        defaults = {"known_at": LOADED} if "known_at" in shape.names else {}
        kinds = pa.schema([(c.name, COLUMN_KINDS[c.type]) for c in shape.columns])
        held = [dict.fromkeys(shape.names) | defaults | row for row in rows]
        assert all(row.keys() == set(shape.names) for row in held), "a column that the table does not have"
        self.engine.ingest("arriving", pa.Table.from_pylist(held, schema=kinds))
        names = ", ".join(f'"{n}"' for n in shape.names)
        self.engine.connection.execute(f'insert into "{table}" ({names}) select {names} from arriving')
        self.engine.drop("arriving")

    def customers(self, *ids: str, **columns: Any) -> None:
        self.add("customers", *({"customer_id": i, **columns} for i in ids))
        self.add("identity_map", *({"id_space": "customer", "record_id": i, "customer_id": i} for i in ids))

    def attribute(self, customer: str, name: str, value: str | None, kind: str = "text", **columns: Any) -> None:
        row = {"customer_id": customer, "name": name, "value": value, "value_type": kind, "source": "crm"}
        self.add("customer_attributes", row | columns)

    def event(self, customer: str, name: str, happened_at: str, properties: dict | None = None, **columns: Any) -> None:
        row = {
            "customer_id": customer,
            "name": name,
            "happened_at": at(happened_at),
            "source": "web",
            "properties": json.dumps(properties or {}, separators=(",", ":")),
        }
        self.add("events", row | columns)

    def answers(self, customer: str, *, survey: str = "s", **items: object) -> None:
        self.add(
            "responses",
            *(
                {
                    "id_space": "customer",
                    "record_id": customer,
                    "survey": survey,
                    "item": item,
                    "value": None if value is None else str(value),
                    "answered_at": at("2025-06-01"),
                    "source": "survey",
                    "row_key": f"{customer}-{item}",
                    "row_number": 1,
                }
                for item, value in items.items()
            ),
        )

    def query(self, sql: str) -> list[tuple]:
        return self.engine.connection.execute(sql).fetchall()

    def derived(self, customer: str, moment: str = "2026-02-01") -> dict[str, str]:
        """What the derived attributes of a customer say at a moment."""
        from segmentary.profiles.asof import holding

        held = self.engine.rows(holding(None, context(moment)))
        names = {
            n for (n,) in self.query("select distinct name from customer_attributes where source like 'derived:%'")
        }
        return {name: value for who, name, value, _ in held if who == customer and name in names}


def money(text: str) -> Decimal:
    return Decimal(text)
