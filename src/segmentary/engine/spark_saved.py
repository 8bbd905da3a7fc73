"""Tables that last on Spark: a view by the table's name, over a stored table that nobody writes to again.

Spark replaces no table while it is read and has no transactions. A new state is stored beside the old one, piece by
piece where it comes from here, and shown by replacing the view. A catalogue that forgets its tables leaves their files
behind; stored tables have names that never come again, so nothing stands in the way of the next ones.
"""

from __future__ import annotations

import re
import uuid
from collections.abc import Iterator
from typing import Any

import pyarrow as pa
import pyarrow.types as pt

from segmentary.engine.sqlfile import identifier

PIECE_BYTES = 4 << 20
PIECE_ROWS = 100_000
MARK = r"__[0-9a-f]{16}"


def new_name(name: str) -> str:
    """Return a name for a stored table that never was."""
    return f"{name}__{uuid.uuid4().hex[:16]}"


def store(session: Any, name: str, frames: Iterator[Any]) -> str:
    """Store frames as one table; return what it is called."""
    stored = new_name(name)
    for place, frame in enumerate(frames):
        frame.write.mode("append" if place else "error").format("parquet").saveAsTable(quoted(stored))
    return stored


def show(session: Any, name: str, stored: str) -> None:
    """Let a name mean a stored table from now on, and throw away what it meant before."""
    session.catalog.dropTempView(name)
    session.sql(f"create or replace view {quoted(name)} as select * from {quoted(stored)}").collect()  # noqa: S608
    throw_away(session, name, but=stored)


def forget(session: Any, name: str) -> None:
    """Drop a table that lasts."""
    session.sql(f"drop view if exists {quoted(name)}").collect()
    throw_away(session, name)


def throw_away(session: Any, name: str, *, but: str = "") -> None:
    """Drop the stored tables of a name."""
    rows = session.sql(f"show tables like '{name}__*'").collect()
    for found in [row["tableName"] for row in rows if not row["isTemporary"]]:
        if found != but and re.fullmatch(re.escape(name) + MARK, found):
            session.sql(f"drop table if exists {quoted(found)}").collect()


def pieces(data: pa.Table | pa.RecordBatchReader) -> Iterator[pa.Table]:
    """Cut data into tables small enough to be sent; nothing is one table without rows."""
    sent = False
    for batch in data.to_batches() if isinstance(data, pa.Table) else data:
        if not batch.num_rows:
            continue
        row = max(1, batch.nbytes // batch.num_rows)
        step = max(1, min(PIECE_ROWS, PIECE_BYTES // row))
        for start in range(0, batch.num_rows, step):
            sent = True
            yield pa.Table.from_batches([batch.slice(start, step)])
    if not sent:
        yield data.schema.empty_table()


def plain(table: pa.Table) -> pa.Table:
    """Return a table without the types Spark has no equal of."""
    for place, field in enumerate(table.schema):
        kind = field.type
        if pt.is_dictionary(kind):
            kind = kind.value_type
        if pt.is_large_string(kind) or pt.is_null(kind):
            kind = pa.string()
        if kind != field.type:
            table = table.set_column(place, pa.field(field.name, kind), table.column(place).cast(kind))
    return table


def quoted(name: str) -> str:
    return identifier(name).sql("spark")
