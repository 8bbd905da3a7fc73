"""Which attributes, events and properties the data holds, and of which type: what definitions may speak of."""

from __future__ import annotations

import json
from collections.abc import Iterable, Mapping
from typing import cast, get_args

from sqlglot import exp

from segmentary.engine.base import Engine
from segmentary.engine.sqlfile import column, literal
from segmentary.language.tree import ValueType
from segmentary.schema import (
    CUSTOMER_ATTRIBUTES,
    EVENT_COLUMNS,
    EVENTS,
    GROUP_ATTRIBUTES,
    ORDER_COMPLETED,
    ORDER_REFUNDED,
    PLACES,
    PRODUCT_PURCHASED,
    PRODUCT_RETURNED,
    REFERENCE_VALUES,
    ColumnType,
)

TYPES: tuple[ValueType, ...] = get_args(ValueType)
COLUMN_TYPES: Mapping[ColumnType, ValueType] = {
    "text": "text",
    "integer": "number",
    "decimal": "number",
    "degrees": "number",
    "instant": "time",
    "date": "date",
    "boolean": "boolean",
    "json": "text",
}
FILLED = tuple((name, COLUMN_TYPES[type_]) for name, type_, _ in EVENT_COLUMNS if name not in ("name", "properties"))
# A sale can always be taken back: a day without a refund must not make definitions about refunds unknown.
SALE_EVENTS = (ORDER_COMPLETED, ORDER_REFUNDED, PRODUCT_PURCHASED, PRODUCT_RETURNED)


def attribute_types(engine: Engine) -> dict[str, ValueType]:
    """Return every attribute of ``customer_attributes`` and its type, by name."""
    return types_of(engine, exp.select("*").from_(exp.table_(CUSTOMER_ATTRIBUTES.name, quoted=True)))


def group_attribute_types(engine: Engine, kind: str) -> dict[str, ValueType]:
    """Return every attribute of accounts (households) and its type, by name."""
    groups = exp.select("*").from_(exp.table_(GROUP_ATTRIBUTES.name, quoted=True))
    return types_of(engine, groups.where(exp.EQ(this=column("group_kind"), expression=literal(kind))))


def reference_facts(engine: Engine) -> dict[str, dict[str, ValueType]]:
    """Return every reference table with the names of its facts, which are text."""
    pair = (column("table_name"), column("name"))
    query = exp.select(*pair).distinct().from_(exp.table_(REFERENCE_VALUES.name, quoted=True))
    found: dict[str, dict[str, ValueType]] = {}
    for table, name in sorted(engine.rows(query)):
        found.setdefault(table, {})[name] = "text"
    return found


def place_lists(engine: Engine) -> frozenset[str]:
    """Return the names of the lists of places."""
    query = exp.select(column("list_name")).distinct().from_(exp.table_(PLACES.name, quoted=True))
    return frozenset(name for (name,) in engine.rows(query))


def types_of(engine: Engine, attributes: exp.Select) -> dict[str, ValueType]:
    """Return every name of a relation of attributes and its type.

    Where deliveries disagree, days and instants together are instants; anything else together is text, which every
    canonical value can be read as.
    """
    pair = (column("name"), column("value_type"))
    query = exp.select(*pair).distinct().from_(attributes.subquery("attributes"))
    seen: dict[str, set[ValueType]] = {}
    for name, type_ in engine.rows(query.where(exp.not_(column("value").is_(exp.null())))):
        seen.setdefault(name, set()).add(cast("ValueType", type_) if type_ in TYPES else "text")
    return {name: together(seen[name]) for name in sorted(seen)}


def together(types: Iterable[ValueType]) -> ValueType:
    """Return the one type that values of these types can all be read as."""
    found = set(types)
    if len(found) == 1:
        return found.pop()
    return "time" if found == {"date", "time"} else "text"


def event_types(engine: Engine) -> dict[str, dict[str, ValueType]]:
    """Return, for every event name, the properties that are filled at least once, and their types.

    Built-in columns (amount, category, ...) and the event's own properties stand side by side. Where there are orders,
    refunds and their lines are listed too, with the columns of the orders.
    """
    found: dict[str, dict[str, ValueType]] = {}
    place = exp.table_(EVENTS.name, quoted=True)
    counts = [exp.Count(this=column(name)) for name, _ in FILLED]
    for row in engine.rows(exp.select(column("name"), *counts).from_(place).group_by(column("name"))):
        filled = {name: type_ for (name, type_), count in zip(FILLED, row[1:], strict=True) if count}
        found[row[0]] = {"name": "text", "source": "text", **filled}
    for event, properties in own_properties(engine).items():
        for name, types in properties.items():
            found[event].setdefault(name, together(types))
    if ORDER_COMPLETED in found:
        for name in SALE_EVENTS:
            found.setdefault(name, dict(found[ORDER_COMPLETED]))
    return {name: found[name] for name in sorted(found)}


def own_properties(engine: Engine) -> dict[str, dict[str, set[ValueType]]]:
    """Return the types each property has, looking at two events of every set of properties that occurs together.

    Sources deliver a property in one type, so two events of a set tell as much as all of them, at a quarter the cost.
    """
    keys = exp.Anonymous(this="json_keys", expressions=[column("properties")])
    ends = [exp.alias_(end(this=column("properties")), end.__name__.lower()) for end in (exp.Min, exp.Max)]
    query = (
        exp.select(column("name"), *ends)
        .from_(exp.table_(EVENTS.name, quoted=True))
        .where(exp.NEQ(this=column("properties"), expression=literal("{}")))
        .group_by(column("name"), keys)
    )
    found: dict[str, dict[str, set[ValueType]]] = {}
    for event, *examples in engine.rows(query):
        for text in examples:
            for name, value in json.loads(text).items():
                if value is not None:
                    found.setdefault(event, {}).setdefault(name, set()).add(property_type(value))
    return found


def property_type(value: object) -> ValueType:
    """Return the type of one value of a JSON object."""
    match value:
        case bool():
            return "boolean"
        case int() | float():
            return "number"
        case list():
            return "list"
        case _:
            return "text"
