"""Typed tables as flat ones: objects flattened with dots, lists as JSON, exotic types as plain ones."""

from __future__ import annotations

import datetime as dt
import json
from collections.abc import Iterator
from decimal import Decimal

import pyarrow as pa
import pyarrow.compute as pc

from segmentary.sources.base import ROW_NUMBER
from segmentary.sources.names import unique


def leaves(name: str, kind: pa.DataType) -> Iterator[tuple[str, pa.DataType]]:
    """Yield (name, type) of every flat column a column becomes."""
    if pa.types.is_struct(kind) and kind.num_fields:
        for index in range(kind.num_fields):
            field = kind.field(index)
            yield from leaves(f"{name}.{field.name}", field.type)
    else:
        yield name, flat_type(kind)


def flat_type(kind: pa.DataType) -> pa.DataType:
    """Return the plain type a column is delivered in."""
    if pa.types.is_dictionary(kind):
        return flat_type(kind.value_type)
    if isinstance(kind, pa.BaseExtensionType):
        return flat_type(kind.storage_type)
    if pa.types.is_float16(kind):
        return pa.float64()
    simple = (
        pa.types.is_boolean(kind)
        or pa.types.is_integer(kind)
        or pa.types.is_floating(kind)
        or pa.types.is_decimal(kind)
        or pa.types.is_date(kind)
        or pa.types.is_timestamp(kind)
    )
    return kind if simple else pa.string()


def flatten_schema(schema: pa.Schema) -> list[pa.Field]:
    """Return the flat fields, with unique names."""
    flat = [leaf for field in schema for leaf in leaves(field.name, field.type)]
    names = unique((name or "column" for name, _ in flat), reserved=(ROW_NUMBER,))
    return [pa.field(name, kind) for name, (_, kind) in zip(names, flat, strict=True)]


def flatten_batch(batch: pa.RecordBatch, schema: pa.Schema) -> pa.RecordBatch:
    """Return a batch with the flat columns of `schema` (``row_number`` left out)."""
    arrays = [flat for column in batch.columns for flat in flatten_array(column)]
    fields = [field for field in schema if field.name != ROW_NUMBER]
    return pa.RecordBatch.from_arrays(arrays, schema=pa.schema(fields))


def flatten_array(array: pa.Array) -> Iterator[pa.Array]:
    kind = array.type
    if pa.types.is_struct(kind) and kind.num_fields:
        for index in range(kind.num_fields):
            yield from flatten_array(pc.struct_field(array, index))
    else:
        yield flat_array(array)


def flat_array(array: pa.Array) -> pa.Array:
    kind = array.type
    if isinstance(kind, pa.BaseExtensionType):
        return flat_array(array.storage)
    if pa.types.is_dictionary(kind):
        return flat_array(array.dictionary_decode())
    wanted = flat_type(kind)
    if kind == wanted:
        return array
    if pa.types.is_float16(kind) or pa.types.is_large_string(kind) or pa.types.is_string_view(kind):
        return array.cast(wanted)
    if pa.types.is_null(kind):
        return pa.nulls(len(array), pa.string())
    return pa.array([canonical(v) for v in array.to_pylist()], pa.string())


def canonical(value: object) -> str | None:
    """Return any value as text: numbers without needless digits, ISO dates, objects and lists as JSON."""
    match value:
        case None:
            return None
        case str():
            return value
        case bool():
            return "true" if value else "false"
        case int():
            return str(value)
        case float():
            return number_text(value)
        case Decimal():
            return f"{value:f}" if value.is_finite() else None
        case dt.datetime() | dt.date() | dt.time():
            return value.isoformat()
        case bytes() | bytearray() | memoryview():
            return bytes_text(bytes(value))
        case dict() | list() | tuple() | set():
            return json.dumps(value, ensure_ascii=False, default=canonical)
    return str(value)


def number_text(value: float) -> str | None:
    """Return a float as the shortest exact decimal text; not-a-number and infinities are missing."""
    if value != value or value in (float("inf"), float("-inf")):
        return None
    if value.is_integer() and abs(value) < 1e15:
        return str(int(value))
    return format(Decimal(repr(value)), "f")


def bytes_text(value: bytes) -> str:
    try:
        return value.decode("utf-8")
    except UnicodeDecodeError:
        return value.hex()
