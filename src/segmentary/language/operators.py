"""The operators of a condition: what each takes, which values it fits, and how people say it."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Literal

from segmentary.language.tree import Operator, ValueType

OperandKind = Literal[
    "scalar",
    "scalars",
    "number",
    "pair",
    "text",
    "flag",
    "version",
    "moment",
    "duration",
    "durations",
    "weekdays",
    "period",
]

EVERYTHING: frozenset[ValueType] = frozenset({"text", "number", "boolean", "date", "time", "list"})
SINGLE: frozenset[ValueType] = frozenset({"text", "number", "boolean", "date", "time"})
NAMED: frozenset[ValueType] = frozenset({"text", "number", "date", "time"})
DATED: frozenset[ValueType] = frozenset({"date", "time"})
ORDERED: frozenset[ValueType] = frozenset({"number", "date", "time"})
TEXT: frozenset[ValueType] = frozenset({"text"})
NUMBER: frozenset[ValueType] = frozenset({"number"})
LIST: frozenset[ValueType] = frozenset({"list"})


@dataclass(frozen=True, slots=True)
class OperatorFacts:
    """How one operator is written and read.

    takes : the shape of its operand.
    fits : the value types it can judge.
    words : how a sentence says it, the operand following; ``between`` and its like have their own grammar.
    case : whether ``ignore_case`` has a meaning for it.
    """

    takes: OperandKind
    fits: frozenset[ValueType]
    words: str
    case: bool = False


OPERATORS: Mapping[Operator, OperatorFacts] = {
    "is": OperatorFacts("scalar", SINGLE, "is", case=True),
    "is_not": OperatorFacts("scalar", SINGLE, "is known but not", case=True),
    "in": OperatorFacts("scalars", NAMED, "is", case=True),
    "not_in": OperatorFacts("scalars", NAMED, "is known but none of", case=True),
    "lt": OperatorFacts("number", NUMBER, "is below"),
    "lte": OperatorFacts("scalar", ORDERED, "is at most"),
    "gt": OperatorFacts("number", NUMBER, "is above"),
    "gte": OperatorFacts("scalar", ORDERED, "is at least"),
    "between": OperatorFacts("pair", ORDERED, "is between"),
    "contains": OperatorFacts("text", TEXT, "contains", case=True),
    "starts_with": OperatorFacts("text", TEXT, "starts with", case=True),
    "ends_with": OperatorFacts("text", TEXT, "ends with", case=True),
    "matches": OperatorFacts("text", TEXT, "matches the pattern", case=True),
    "exists": OperatorFacts("flag", EVERYTHING, "is known"),
    "missing": OperatorFacts("flag", EVERYTHING, "is missing"),
    "has_any": OperatorFacts("scalars", LIST, "has any of", case=True),
    "has_all": OperatorFacts("scalars", LIST, "has all of", case=True),
    "has_none": OperatorFacts("scalars", LIST, "is known but has none of", case=True),
    "version_lt": OperatorFacts("version", TEXT, "is a version below"),
    "version_lte": OperatorFacts("version", TEXT, "is at most version"),
    "version_gt": OperatorFacts("version", TEXT, "is a version above"),
    "version_gte": OperatorFacts("version", TEXT, "is at least version"),
    "before": OperatorFacts("moment", DATED, "is before"),
    "after": OperatorFacts("moment", DATED, "is after"),
    "within_last": OperatorFacts("duration", DATED, "is within the last"),
    "within_next": OperatorFacts("duration", DATED, "is within the next"),
    "between_from_now": OperatorFacts("durations", DATED, "lies ahead by between"),
    "anniversary_within_next": OperatorFacts("duration", DATED, "has its anniversary within the next"),
    "anniversary_within_last": OperatorFacts("duration", DATED, "had its anniversary within the last"),
    "weekday_in": OperatorFacts("weekdays", DATED, "falls on a"),
    "in_period": OperatorFacts("period", DATED, "falls in"),
}

WEEKDAY_NAMES = ("monday", "tuesday", "wednesday", "thursday", "friday", "saturday", "sunday")
"""A weekday is a number in the tree, 1 for Monday, and its name in the written form."""

COUNTED = ("count", "active_days", "active_weeks", "active_months", "median_gap_days")
"""Measures of the events themselves; every other measure is taken of a property."""
MEASURED = ("distinct", "sum", "mean", "min", "max", "first", "last", "most_frequent", "nth")
