"""Arrow in and out of PostgreSQL by COPY: CSV in which missing values are bare and everything else is quoted."""

from __future__ import annotations

import io
import json
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import pyarrow as pa
import pyarrow.compute as pc
import pyarrow.csv as csv

from segmentary.errors import EngineError

# Numbers without declared digits come out like DuckDB's widest with ten decimals.
UNDECLARED = pa.decimal128(38, 10)
BATCH_BYTES = 1 << 22
# PostgreSQL's numbers of its types (pg_type.oid), which never change.
TYPES: Mapping[int, pa.DataType] = {
    16: pa.bool_(),
    20: pa.int64(),
    21: pa.int16(),
    23: pa.int32(),
    25: pa.string(),
    700: pa.float32(),
    701: pa.float64(),
    1042: pa.string(),
    1043: pa.string(),
    1082: pa.date32(),
    1114: pa.timestamp("us"),
    1184: pa.timestamp("us", "UTC"),
    114: pa.string(),
    2950: pa.string(),
    3802: pa.string(),
}
NUMERIC, TEXT_LIST, VARCHAR_LIST, UNKNOWN = 1700, 1009, 1015, 705
COUNTED = (20, 23)


@dataclass(frozen=True, slots=True)
class Column:
    """One column of a result: its name, its type here, and whether it must be read as text first."""

    name: str
    type: pa.DataType
    as_text: bool = False


def column_of(name: str, oid: int, modifier: int) -> Column:
    """Return how a column of a result is read.

    Raises
    ------
    EngineError
        for a type nobody here knows.
    """
    if oid == NUMERIC:
        if modifier < 4:
            return Column(name, UNDECLARED, as_text=True)
        digits, places = (modifier - 4) >> 16 & 0xFFFF, (modifier - 4) & 0x7FF
        return Column(name, pa.decimal128(min(digits, 38), places))
    if oid in (TEXT_LIST, VARCHAR_LIST):
        return Column(name, pa.list_(pa.string()), as_text=True)
    if oid in TYPES:
        return Column(name, TYPES[oid])
    if oid == UNKNOWN:
        return Column(name, pa.string())
    raise EngineError(f"column {name!r} has a type that cannot leave PostgreSQL (oid {oid})", hint="cast it")


class Chunks(io.RawIOBase):
    """The pieces COPY gives, as a file."""

    def __init__(self, pieces: Iterator[bytes | bytearray | memoryview]) -> None:
        self.pieces = pieces
        self.rest = b""

    def readable(self) -> bool:
        """Say yes: it can only be read."""
        return True

    def read(self, size: int = -1) -> bytes:
        """Return the next bytes; nothing at the end."""
        size = BATCH_BYTES if size is None or size < 0 else size
        found = [self.rest]
        have = len(self.rest)
        while have < size:
            piece = next(self.pieces, None)
            if piece is None:
                break
            found.append(bytes(piece))
            have += len(found[-1])
        whole = b"".join(found)
        self.rest = whole[size:]
        return whole[:size]

    def readinto(self, buffer: Any) -> int:
        """Fill a buffer."""
        found = self.read(len(buffer))
        buffer[: len(found)] = found
        return len(found)


def arriving(pieces: Iterator[bytes | bytearray | memoryview], columns: Sequence[Column]) -> Iterator[pa.RecordBatch]:
    """Yield what COPY gives as Arrow."""
    schema = pa.schema([(c.name, c.type) for c in columns])
    places = [f"c{i}" for i in range(len(columns))]
    reader = csv.open_csv(
        pa.PythonFile(io.BufferedReader(Chunks(pieces), BATCH_BYTES), mode="r"),
        read_options=csv.ReadOptions(column_names=places, block_size=BATCH_BYTES),
        parse_options=csv.ParseOptions(newlines_in_values=True),
        convert_options=csv.ConvertOptions(
            column_types={p: pa.string() if c.as_text else c.type for p, c in zip(places, columns, strict=True)},
            null_values=[""],
            strings_can_be_null=True,
            quoted_strings_can_be_null=False,
            true_values=["t"],
            false_values=["f"],
            include_columns=places,
        ),
    )
    for batch in reader:
        arrays = [typed(batch.column(i), column) for i, column in enumerate(columns)]
        yield pa.record_batch(arrays, schema=schema)


def typed(array: pa.Array, column: Column) -> pa.Array:
    """Return a column read as text as what it is."""
    if not column.as_text:
        return array if array.type == column.type else array.cast(column.type)
    if pa.types.is_list(column.type):
        return pa.array([None if one is None else json.loads(one) for one in array.to_pylist()], column.type)
    try:
        return pc.cast(array, column.type)
    except pa.ArrowInvalid as error:
        raise EngineError(
            f"numbers of column {column.name!r} do not fit {column.type}", hint="cast the column to a decimal"
        ) from error


def leaving(batch: pa.RecordBatch) -> bytes:
    """Return rows as CSV for COPY."""
    arrays = [told(column) for column in batch.columns]
    names = [f"c{i}" for i in range(len(arrays))]
    buffer = io.BytesIO()
    csv.write_csv(
        pa.table(arrays, names=names), buffer, csv.WriteOptions(include_header=False, quoting_style="all_valid")
    )
    return buffer.getvalue()


def told(column: pa.Array) -> pa.Array:
    """Return a column as the CSV writer takes it."""
    kind = column.type
    if pa.types.is_list(kind) or pa.types.is_large_list(kind):
        return pa.array([None if one is None else array_literal(one) for one in column.to_pylist()], pa.string())
    if pa.types.is_dictionary(kind):
        return column.cast(kind.value_type)
    if pa.types.is_decimal(kind) or pa.types.is_timestamp(kind) or pa.types.is_date(kind):
        return column.cast(pa.string())
    if pa.types.is_null(kind):
        return column.cast(pa.string())
    return column


def array_literal(items: Sequence[object]) -> str:
    """Return a list of text as PostgreSQL writes it."""
    told = ("NULL" if i is None else '"' + str(i).replace("\\", "\\\\").replace('"', '\\"') + '"' for i in items)
    return "{" + ",".join(told) + "}"


def sql_type(kind: pa.DataType) -> str:
    """Return PostgreSQL's type of an Arrow column, text comparing byte by byte.

    Raises
    ------
    EngineError
        for a type it has no equal of.
    """
    if pa.types.is_dictionary(kind):
        return sql_type(kind.value_type)
    if pa.types.is_decimal(kind):
        return f"numeric({kind.precision}, {kind.scale})"
    if pa.types.is_timestamp(kind):
        return "timestamptz" if kind.tz else "timestamp"
    if pa.types.is_list(kind) or pa.types.is_large_list(kind):
        return 'text[] collate "C"'
    tests = (
        (pa.types.is_boolean, "boolean"),
        (pa.types.is_string, 'text collate "C"'),
        (pa.types.is_large_string, 'text collate "C"'),
        (pa.types.is_null, 'text collate "C"'),
        (pa.types.is_date, "date"),
        (pa.types.is_int64, "bigint"),
        (pa.types.is_uint32, "bigint"),
        (pa.types.is_uint64, "numeric(20, 0)"),
        (pa.types.is_integer, "integer"),
        (pa.types.is_floating, "double precision"),
    )
    for test, name in tests:
        if test(kind):
            return name
    raise EngineError(f"PostgreSQL has no type for {kind}", hint="cast the column first")
