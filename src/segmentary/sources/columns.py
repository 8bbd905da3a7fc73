"""Types of the attributes of a delivery, and their values as canonical text."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Literal

from sqlglot import exp

from segmentary.sources.base import SourceMapping
from segmentary.sources.values import (
    BROKEN,
    WHOLE,
    Column,
    as_boolean,
    as_decimal,
    as_instant,
    canonical_date,
    canonical_number,
    canonical_time,
    given,
    node,
)

ValueType = Literal["text", "number", "boolean", "date", "time", "list"]
FIXED_TYPES: Mapping[str, ValueType] = {
    "first_name": "text",
    "last_name": "text",
    "email": "text",
    "phone": "text",
    "birth_date": "date",
    "birth_year": "number",
    "gender": "text",
    "country": "text",
    "region": "text",
    "city": "text",
    "postal_code": "text",
    "latitude": "number",
    "longitude": "number",
    "user_agent": "text",
    "created_at": "time",
}


def typed(sql_type: str) -> ValueType | None:
    """Return what a typed column holds; None for text, whose values decide."""
    if sql_type.endswith("]") or sql_type.startswith(("STRUCT", "MAP", "JSON")):
        return "list"
    if sql_type == "BOOLEAN":
        return "boolean"
    if sql_type in WHOLE or sql_type in BROKEN or sql_type.startswith("DECIMAL"):
        return "number"
    if sql_type == "DATE":
        return "date"
    if sql_type.startswith("TIMESTAMP"):
        return "time"
    return None if sql_type == "VARCHAR" else "text"


def canonical(
    column: Column, kind: ValueType, mapping: SourceMapping, *, zone: str, codes: tuple[str, ...]
) -> exp.Expr:
    """Return a value as canonical text of its type; null where it is missing or of another type."""
    text = given(column, codes, lenient=kind != "text")
    match kind:
        case "number":
            value = canonical_number(column.let(as_decimal(column, mapping, "decimal(38, 10)")))
        case "boolean":
            value = node("cast($x as varchar)", x=as_boolean(column))
        case "date":
            # A birthday is a calendar date: it is not moved into another zone.
            value = canonical_date(column.let(as_instant(column, mapping_without_zone(mapping), "UTC")))
        case "time":
            value = canonical_time(column.let(as_instant(column, mapping, zone)))
        case "text" | "list":
            return text
    if codes:
        return node("case when $text is not null then $value end", text=text, value=value)
    return value


def mapping_without_zone(mapping: SourceMapping) -> SourceMapping:
    return SourceMapping(
        kind=mapping.kind,
        date_order=mapping.date_order,
        time_format=mapping.time_format,
        decimal_mark=mapping.decimal_mark,
        timezone="UTC",
    )
