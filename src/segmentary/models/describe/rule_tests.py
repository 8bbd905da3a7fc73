"""The conditions a readable rule may be made of, in arrays and in the segment language: one meaning.

A condition is true or false, never unknown: an unknown value is out, as in the language. Numbers and levels in an order
are cut once ("at least 30", "below 30"), levels without an order belong to a set or do not. Where a column has unknown
values among the people, the other side of a condition is its complement (`not`), so that nobody falls between; where
it has none, it is said plainly ("below 30").
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from decimal import Decimal
from typing import Literal, TypeAlias

import numpy as np
import numpy.typing as npt

from segmentary.language.tree import Compare, Not, Rule, Scalar, TraitValue, ValueType
from segmentary.language.values import number_of
from segmentary.models.table.columns import Column
from segmentary.models.table.typed_table import Floats, TypedTable

Bools: TypeAlias = npt.NDArray[np.bool_]


@dataclass(frozen=True, slots=True)
class Condition:
    """One condition on one column.

    at_least : x >= this (numbers). codes : x is one of these (coded kinds). way : yes, the condition; no, known and
    not so; not, the complement, unknown included.
    """

    column: str
    at_least: Decimal | None = None
    codes: frozenset[int] = frozenset()
    way: Literal["yes", "no", "not"] = "yes"

    def holds(self, table: TypedTable) -> Bools:
        """Return (n,) whether it holds."""
        return self.among(table.values[:, table.place(self.column)])

    def among(self, x: Floats) -> Bools:
        """Return (n,) whether it holds for these values."""
        known = ~np.isnan(x)
        if self.at_least is not None:
            hit = known & (np.nan_to_num(x) >= float(self.at_least))
        else:
            hit = known & np.isin(x, list(self.codes))
        if self.way == "yes":
            return hit
        return known & ~hit if self.way == "no" else ~hit

    def rule(self, column: Column, kind: ValueType) -> Rule:
        """Return it in the segment language. kind : the type of the column's trait there."""
        value = TraitValue(self.column)
        if self.at_least is not None:
            if self.way == "no":
                return Compare(value, "lt", self.at_least)
            said: Rule = Compare(value, "gte", self.at_least)
        else:
            wanted = self.codes if self.way != "no" else frozenset(range(len(column.levels))) - self.codes
            said = among(column, kind, wanted)
        return Not(said) if self.way == "not" else said


def among(column: Column, kind: ValueType, codes: frozenset[int]) -> Rule:
    """Return the condition that a trait is one of some levels: as short as it can be said."""
    value = TraitValue(column.name)
    ordered = sorted(codes)
    operands = [operand(column, kind, code) for code in ordered]
    if len(operands) == 1:
        return Compare(value, "is", operands[0])
    if kind == "boolean":
        return Compare(value, "exists")
    numbers = [one for one in operands if isinstance(one, Decimal)]
    if kind == "number" and column.kind == "ordinal" and is_rising(column):
        # Levels that are numbers in their order: a stretch of them is a range.
        if ordered[-1] == len(column.levels) - 1 and ordered == list(range(ordered[0], len(column.levels))):
            return Compare(value, "gte", numbers[0])
        if ordered[0] == 0 and ordered == list(range(len(ordered))):
            return Compare(value, "lte", numbers[-1])
    return Compare(value, "in", tuple(operands))


def is_rising(column: Column) -> bool:
    numbers = [number_of(level.strip()) for level in column.levels]
    known = [one for one in numbers if one is not None]
    return len(known) == len(numbers) and known == sorted(known)


def operand(column: Column, kind: ValueType, code: int) -> Scalar:
    """Return a level as the language knows it."""
    level = column.levels[code]
    if kind == "boolean":
        return code == 1
    if kind == "number":
        found = number_of(level.strip())
        return level if found is None else found
    return level


def trait_type(column: Column, types: Mapping[str, ValueType] | None) -> ValueType:
    """Return the type of a column's trait: as told, else what its kind and levels say.

    Two levels that are yes and no are truth values, levels that are all numbers are numbers, others are texts.
    """
    if types is not None and column.name in types:
        return types[column.name]
    if not column.coded:
        return "number"
    words = tuple(level.strip() for level in column.levels)
    if words in (("no", "yes"), ("false", "true"), ("False", "True")):
        return "boolean"
    return "number" if all(number_of(word) is not None for word in words) else "text"
