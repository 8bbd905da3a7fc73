"""Types of values: what a value is by nature, and what a comparison wants it to be.

A property has no declared type: it is text until a comparison or a measure wants a number, a date, ... from it. So
types flow downwards: from the operand of a comparison, or the declared type of a computed trait, to the properties.

From text, every other type can be read (see `values`); from an instant its local date, from a date its first local
instant. Any other conversion gives a missing value.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping
from decimal import Decimal
from typing import assert_never

from segmentary.errors import DefinitionError, UnknownNameError
from segmentary.language.tree import (
    Arithmetic,
    Band,
    Case,
    Compare,
    Constant,
    DatePart,
    Elapsed,
    EventMeasure,
    FirstKnown,
    ModelValue,
    PeriodsWith,
    PropertyValue,
    ReferenceValue,
    SequenceCount,
    SessionMeasure,
    TraitAtEvent,
    TraitValue,
    Value,
    ValueType,
)

BUILT_IN: Mapping[str, ValueType] = {
    "name": "text",
    "happened_at": "time",
    "source": "text",
    "order_id": "text",
    "session_id": "text",
    "amount": "number",
    "currency": "text",
    "product_id": "text",
    "category": "text",
    "brand": "text",
    "quantity": "number",
    "channel": "text",
}
MOMENT_PARTS: Mapping[str, ValueType] = {
    "date": "date",
    "year": "number",
    "month": "number",
    "day": "number",
    "weekday": "number",
    "hour": "number",
}
TEXT_OPERATORS = (
    "contains",
    "starts_with",
    "ends_with",
    "matches",
    "version_lt",
    "version_lte",
    "version_gt",
    "version_gte",
)
MOMENT_OPERATORS = ("within_last", "within_next", "between_from_now", "in_period")
DAY_OPERATORS = ("anniversary_within_next", "anniversary_within_last", "weekday_in")
WEEKDAY_NUMBERS = {"monday": 1, "tuesday": 2, "wednesday": 3, "thursday": 4, "friday": 5, "saturday": 6, "sunday": 7}
# Money has four decimals, anything read from text or given from outside ten, a quotient six.
MONEY_DECIMALS, DECIMALS, QUOTIENT_DECIMALS, DIGITS = 4, 10, 6, 18


def scalar_type(value: object) -> ValueType:
    """Return the type of a constant."""
    match value:
        case bool():
            return "boolean"
        case Decimal() | int():
            return "number"
        case dt.datetime():
            return "time"
        case dt.date():
            return "date"
        case str():
            return "text"
    raise DefinitionError(f"a constant cannot be {value!r}", hint="text, whole or decimal numbers, true, dates, times")


def natural(value: Value, traits: Mapping[str, ValueType]) -> ValueType:
    """Return the type a value has by nature.

    Raises
    ------
    UnknownNameError
        for a trait that does not exist.
    """
    match value:
        case TraitValue(name=name, path=path) | TraitAtEvent(name=name, path=path):
            if name not in traits:
                raise UnknownNameError("trait", name, traits, see="`segmentary traits` lists what there is")
            return "text" if path else traits[name]
        case PropertyValue(path=path):
            return property_type(path)
        case EventMeasure(measure=measure):
            if measure in ("min", "max", "first", "last", "nth", "most_frequent"):
                return property_type(measured(value).path)
            return "number"
        case Constant(value=constant):
            return scalar_type(constant)
        case Arithmetic() | Elapsed() | DatePart() | SessionMeasure() | PeriodsWith() | SequenceCount():
            return "number"
        case Band() | ReferenceValue():
            return "text"
        case ModelValue():
            return model_type(value, traits)
        case Case(branches=branches, otherwise=otherwise):
            first = branches[0][1] if branches else otherwise
            return "text" if first is None else natural(first, traits)
        case FirstKnown(values=values):
            return natural(values[0], traits) if values else "text"
        case _:
            assert_never(value)


def model_key(value: ModelValue) -> str:
    """Return under which name the output of a model is given: ``model.output`` or ``model.output.of``."""
    return ".".join(part for part in (value.model, value.output, value.of) if part is not None)


def model_type(value: ModelValue, traits: Mapping[str, ValueType]) -> ValueType:
    """Return the type of a model's output.

    Raises
    ------
    UnknownNameError
        when no such output is given.
    """
    if model_key(value) not in traits:
        known = {name.partition(".")[0] for name in traits if "." in name}
        see = f"no {value.output} is given" + (f" of {value.of!r}" if value.of is not None else "")
        raise UnknownNameError("model", value.model, known - {value.model}, see=f"{see}: run the model first")
    return "text" if value.output == "label" else "number"


def property_type(path: tuple[str, ...]) -> ValueType:
    if len(path) == 1:
        return BUILT_IN.get(path[0], "text")
    if len(path) == 2 and path[0] == "happened_at" and path[1] in MOMENT_PARTS:
        return MOMENT_PARTS[path[1]]
    return "text"


def is_built_in(path: tuple[str, ...]) -> bool:
    """Say whether a property is a column of the events, or a part of when one happened."""
    return path[0] in BUILT_IN if len(path) == 1 else path[0] == "happened_at" and path[1:2] != ()


def measured(value: EventMeasure) -> PropertyValue:
    """Return what a measure is taken of.

    Raises
    ------
    DefinitionError
        when it is missing.
    """
    if value.of is None:
        raise DefinitionError(f"{value.measure} needs to know of which property", hint="say `of: amount`")
    return value.of


def read_as(value: EventMeasure, wanted: ValueType) -> ValueType:
    """Return the type a measure reads its property as, when a value of the wanted type is to come out."""
    if value.measure in ("sum", "mean"):
        return "number"
    kind = property_type(measured(value).path)
    return wanted if kind == "text" and value.measure != "distinct" else kind


def wanted(rule: Compare, traits: Mapping[str, ValueType]) -> ValueType:
    """Return the type a comparison reads its value as."""
    kind = natural(rule.value, traits)
    if rule.operator in ("exists", "missing"):
        return kind
    if rule.operator in TEXT_OPERATORS:
        return "text"
    if rule.operator in ("has_any", "has_all", "has_none"):
        return "list"
    if rule.operator in MOMENT_OPERATORS:
        return kind if kind in ("date", "time") else "date"
    if rule.operator in DAY_OPERATORS:
        return "date"
    operands = rule.operand if isinstance(rule.operand, tuple) else (rule.operand,)
    return scalar_type(operands[0]) if operands else kind


def ratio(value: Value) -> tuple[Value, Value] | EventMeasure | None:
    """Return the parts of a quotient or mean, which is compared by cross-multiplication; None for any other value."""
    match value:
        case Arithmetic(operator="divide", left=left, right=right):
            return left, right
        case EventMeasure(measure="mean"):
            return value
    return None


def decimals(value: Value, traits: Mapping[str, ValueType]) -> int:
    """Return how many digits after the point a number can have."""
    match value:
        case EventMeasure(measure="mean"):
            return QUOTIENT_DECIMALS
        case EventMeasure(measure="count" | "distinct" | "active_days" | "active_weeks" | "active_months"):
            return 0
        case EventMeasure(measure="median_gap_days"):
            return QUOTIENT_DECIMALS
        case EventMeasure(of=PropertyValue(path=path)):
            return property_decimals(path)
        case PropertyValue(path=path):
            return property_decimals(path)
        case Constant(value=Decimal() as number):
            return max(0, -int(number.normalize().as_tuple().exponent))
        case Constant() | Elapsed() | DatePart() | PeriodsWith() | SequenceCount():
            return 0
        case SessionMeasure(measure=measure):
            return 0 if measure == "count" else QUOTIENT_DECIMALS
        case Arithmetic(operator="divide"):
            return QUOTIENT_DECIMALS
        case Arithmetic(operator="multiply", left=left, right=right):
            return min(DECIMALS, decimals(left, traits) + decimals(right, traits))
        case Arithmetic(left=left, right=right):
            return max(decimals(left, traits), decimals(right, traits))
        case Case(branches=branches, otherwise=otherwise):
            parts = [part for _, part in branches] + ([] if otherwise is None else [otherwise])
            return max((decimals(part, traits) for part in parts), default=0)
        case FirstKnown(values=values):
            return max((decimals(part, traits) for part in values), default=0)
        case _:
            return DECIMALS


def property_decimals(path: tuple[str, ...]) -> int:
    if path[0] in ("amount", "quantity") and len(path) == 1:
        return MONEY_DECIMALS
    return 0 if path[0] == "happened_at" else DECIMALS
