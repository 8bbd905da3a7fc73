"""The rows of a delivery as they arrive: one temporary table with plain column names."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass

import pyarrow as pa
from sqlglot import exp

from segmentary.engine.base import Engine
from segmentary.errors import MappingError
from segmentary.sources.base import ROW_NUMBER
from segmentary.sources.steps import Steps
from segmentary.sources.values import Column, node, trimmed

ARRIVING = "arriving_rows"
ARRIVED = "arrived"
"""Column of the arriving rows that numbers them; one row of a file may arrive as several with one row_number."""


@dataclass(frozen=True, slots=True)
class Arrival:
    """What arrived: the number of rows, and per source column its raw place and SQL type."""

    rows: int
    raw: Mapping[str, tuple[exp.Column, str]]

    @property
    def signature(self) -> tuple[tuple[str, str], ...]:
        """The columns and their types: files with the same signature are read by the same queries."""
        return tuple((name, kind) for name, (_, kind) in self.raw.items())

    def has_text(self, name: str) -> bool:
        """Whether a column arrived as text."""
        return self.place(name)[1] == "VARCHAR"

    def place(self, name: str) -> tuple[exp.Column, str]:
        """Return where a source column is, and its SQL type.

        Raises
        ------
        MappingError
            when the delivery has no such column.
        """
        found = self.raw.get(name)
        if found is None:
            raise MappingError(
                f"the mapping names a column {name!r} that the file does not have",
                hint=f"its columns are: {', '.join(self.raw)}",
            )
        return found

    def reader(self) -> Reader:
        """Return a new reader of the rows, for one query."""
        return Reader(self, Steps(ARRIVING, "arriving"))


@dataclass(frozen=True, slots=True)
class Reader:
    """The columns of an arrival inside one query, text trimmed, with the intermediate values they need."""

    arrival: Arrival
    steps: Steps

    def column(self, name: str) -> Column:
        """Return a source column."""
        place, kind = self.arrival.place(name)
        return Column(self.steps.let(trimmed(place)) if kind == "VARCHAR" else place, kind, self.steps)


def arrive(engine: Engine, batches: pa.RecordBatchReader) -> Arrival:
    """Put a delivery into the temporary table and say what its columns are."""
    names = [name for name in batches.schema.names if name != ROW_NUMBER]
    places = {name: f"c{i}" for i, name in enumerate(names)}
    fields = [field.with_name(places.get(field.name, ROW_NUMBER)) for field in batches.schema]
    schema = pa.schema([*fields, pa.field(ARRIVED, pa.int64())])

    def renamed() -> Iterator[pa.RecordBatch]:
        following = 1
        for batch in batches:
            numbers = pa.array(range(following, following + batch.num_rows), pa.int64())
            following += batch.num_rows
            yield pa.RecordBatch.from_arrays([*batch.columns, numbers], schema=schema)

    rows = engine.ingest(ARRIVING, pa.RecordBatchReader.from_batches(schema, renamed()))
    types = engine.columns(ARRIVING)
    return Arrival(rows, {name: (exp.column(place), types[place]) for name, place in places.items()})


def row_hash(arrival: Arrival) -> exp.Expr:
    """Return the hash of a row's text: columns in the order of their names, absent values told from empty ones."""
    parts: list[exp.Expr] = []
    for _, (place, kind) in sorted(arrival.raw.items()):
        text = place if kind == "VARCHAR" else node("cast($x as varchar)", x=place)
        parts.append(node("coalesce($x, chr(30))", x=text))
    if not parts:
        return exp.Literal.string("")
    return exp.MD5(this=exp.func("concat_ws", node("chr(31)"), *parts, dialect="duckdb"))
