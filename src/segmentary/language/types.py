"""Which type a value has, given a vocabulary; the same question for the operand of a condition."""

from __future__ import annotations

from collections.abc import Iterable
from typing import assert_never

from segmentary.language.kinds import is_built_in
from segmentary.language.kinds import property_type as built_in_type
from segmentary.language.scalars import scalar_type
from segmentary.language.tree import (
    Arithmetic,
    Band,
    Calendar,
    Case,
    Constant,
    DatePart,
    Duration,
    Elapsed,
    EventMeasure,
    FirstKnown,
    ModelValue,
    Operand,
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
from segmentary.language.vocabulary import Vocabulary


def type_of(value: Value, vocabulary: Vocabulary, events: tuple[str, ...] = ()) -> ValueType | None:
    """Return the type of a value, or None when the vocabulary cannot tell.

    ``events`` are the names of the events whose properties a `PropertyValue` reads.
    """
    match value:
        case TraitValue(name, path) | TraitAtEvent(name, path):
            return None if path else vocabulary.traits.get(name)
        case PropertyValue(path):
            return property_type(path, vocabulary, events)
        case EventMeasure(measure="min" | "max" | "first" | "last" | "nth" | "most_frequent", of=PropertyValue(path)):
            return property_type(path, vocabulary, value.events.names)
        case Constant(constant):
            return scalar_type(constant)
        case EventMeasure() | Arithmetic() | Elapsed() | DatePart():
            return "number"
        case SessionMeasure() | PeriodsWith() | SequenceCount():
            return "number"
        case ModelValue(output=output):
            return "text" if output == "label" else "number"
        case ReferenceValue(table=table, name=name):
            return vocabulary.references.get(table, {}).get(name)
        case Band():
            return "text"
        case Case(branches, otherwise):
            parts = [then for _, then in branches] + ([] if otherwise is None else [otherwise])
            return first_type(parts, vocabulary, events)
        case FirstKnown(values):
            return first_type(values, vocabulary, events)
        case _:
            assert_never(value)


def first_type(values: Iterable[Value], vocabulary: Vocabulary, events: tuple[str, ...]) -> ValueType | None:
    return next((kind for value in values if (kind := type_of(value, vocabulary, events)) is not None), None)


def property_type(path: tuple[str, ...], vocabulary: Vocabulary, events: tuple[str, ...]) -> ValueType | None:
    """Return the type all these events agree on; without events, that of what every event has."""
    if not events and is_built_in(path):
        return built_in_type(path)
    kinds = set()
    for event in events:
        try:
            kinds.add(vocabulary.property_type(event, path))
        except KeyError:
            continue
    return kinds.pop() if len(kinds) == 1 else None


def operand_types(operand: Operand) -> set[ValueType]:
    """Return the types of the fixed values in an operand; lengths of time and periods have none."""
    parts = operand if isinstance(operand, tuple) else (operand,)
    return {scalar_type(part) for part in parts if part is not None and not isinstance(part, Duration | Calendar)}
